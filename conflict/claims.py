"""Who says what: one statement on one event, with its voice, its sentence and its link."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from conflict.vocabulary import CasualtyKind, OriginatorKind

if TYPE_CHECKING:
    from conflict.events import EventFacts


@dataclass(frozen=True, slots=True)
class Evidence:
    """The words something rests on: character offsets into the report's text (end exclusive) and the words."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Casualty:
    """A number of people harmed. `count` None with `low`/`high` is a range; all None is "some, number not given".

    `side` is an actor id or name, None where not said; `role` the report's own word (fighters, children, soldiers);
    `civilian` None where not said.
    """

    kind: CasualtyKind
    side: str | None = None
    role: str | None = None
    civilian: bool | None = None
    count: int | None = None
    low: int | None = None
    high: int | None = None


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
