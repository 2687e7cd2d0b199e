"""Who says what: one statement on one event, with its voice, its sentence and its link."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from conflict.facts import EventFacts, Evidence
from conflict.vocabulary import OriginatorKind


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement on one event.

    `originator` is who says it (SOHR, the ministry, a resident), `carrier` who passes it on (AFP), `publisher` where it
    stood (Middle East Eye). `originator` None: the publisher names no source. `facts` is what this voice says of
    occurrence, day, place, toll, initiator; `denies`: it says that it did not happen. `responsibility` names whom it
    holds responsible.
    """

    claim_id: str
    report_id: str
    publisher: str
    facts: EventFacts
    originator: str | None = None
    originator_kind: OriginatorKind = OriginatorKind.UNNAMED
    carrier: str | None = None
    evidence: Evidence | None = None
    url: str | None = None
    published_at: datetime | None = None
    retrieved_at: datetime | None = None
    denies: bool = False
    responsibility: str | None = None
    superseded: bool = False  # the same voice has since said otherwise
