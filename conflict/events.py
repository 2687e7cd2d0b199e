"""What happened: as one report says it (`EventData`), as we decided (`EventIntent`), as we hold it (`ConflictEvent`).

A value's name says how far it has come: Report -> EventData -> EventIntent -> ConflictEvent -> Change (-> Delivery, in
`alerts`). Days are days in the place's own time zone; instants are aware and in UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from conflict.claims import Claim
from conflict.corrections import Correction
from conflict.facts import EventFacts, Evidence
from conflict.vocabulary import (
    Severity,
    Verification,
)


class ReportKind(StrEnum):
    """In what shape a source published."""

    TEXT = "text"
    ARTICLE = "article"
    FEED_ITEM = "feed_item"
    ROW = "row"
    POST = "post"


@dataclass(frozen=True, slots=True)
class Report:
    """What a source published, never changed. `published_at` None means undated: such a report is never "latest".

    `report_id` is derived from source and content or from the publisher's own id (`external_id`), so that reading the
    same thing twice gives the same id. `sample` marks the bundled demonstration.
    """

    report_id: str
    source_id: str
    publisher: str
    kind: ReportKind
    text: str
    title: str | None = None
    url: str | None = None
    language: str | None = None
    published_at: datetime | None = None
    retrieved_at: datetime | None = None
    external_id: str | None = None
    sample: bool = False


@dataclass(frozen=True, slots=True)
class EventData:
    """What one report says happened: the `sequence`-th event of that report (from 0), and who says so.

    `claims` holds one statement for each voice the report gives on it, the main one first; at least one.
    `episode` is shared by events of a report that are one course of fighting. `confidence` 0-1 is the extraction's.
    `why` lists the rules that fired, for `--explain`.
    """

    report_id: str
    sequence: int
    facts: EventFacts
    claims: tuple[Claim, ...]
    episode: str | None = None
    external_id: str | None = None  # a data set's own id of the event (ACLED event_id_cnty, UCDP id)
    confidence: float | None = None
    why: tuple[str, ...] = ()

    @property
    def evidence(self) -> Evidence | None:
        """The sentence the main claim rests on."""
        return self.claims[0].evidence if self.claims else None


@dataclass(frozen=True, slots=True)
class Insert:
    """Nothing we hold tells of this: a new event."""

    data: EventData
    why: str


@dataclass(frozen=True, slots=True)
class Revise:
    """The same voice says more, less or otherwise of an event we hold."""

    event_id: str
    data: EventData
    why: str


@dataclass(frozen=True, slots=True)
class Corroborate:
    """A further report of an event we hold, by a new voice or a carrier of a known one."""

    event_id: str
    data: EventData
    why: str


@dataclass(frozen=True, slots=True)
class Merge:
    """Two events we hold are one: `absorbed` redirects to `into` from now on."""

    into: str
    absorbed: str
    why: str


@dataclass(frozen=True, slots=True)
class Retract:
    """The source took it back, or an operator withdrew it."""

    event_id: str
    why: str


EventIntent = Insert | Revise | Corroborate | Merge | Retract


@dataclass(frozen=True, slots=True)
class ConflictEvent:
    """What we hold of one event: the fold of its claims (`conflict.claims` and `conflict.tolls` say how).

    `event_id` is opaque and stable; a merged id redirects. `revision` counts from 1. `first_reported_at` is the
    earliest publication among its claims, None if all are undated.
    """

    event_id: str
    revision: int
    facts: EventFacts
    claims: tuple[Claim, ...]
    verification: Verification
    severity: Severity
    episode: str | None = None
    confidence: float | None = None
    first_reported_at: datetime | None = None
    updated_at: datetime | None = None
    disputed: tuple[str, ...] = ()  # of: occurrence toll initiator responsibility
    corrections: tuple[Correction, ...] = ()  # what operators set right, in order; `facts` has them
    sample: bool = False
    held: bool = False  # kept from answers and alerts, by an operator or the policy; never part of what is saved

    @property
    def short_id(self) -> str:
        """The id as people see it, for example `#7F3A`."""
        return "#" + self.event_id[-4:].upper()

    @property
    def originators(self) -> tuple[str, ...]:
        """The voices behind it, each once, in order of publication."""
        return tuple(dict.fromkeys(c.originator for c in self.claims if c.originator))


class ChangeKind(StrEnum):
    """What a change to an event was."""

    NEW = "new"
    REVISED = "revised"
    CORROBORATED = "corroborated"
    MERGED = "merged"
    RETRACTED = "retracted"
    RELEASED = "released"  # held back until now, and says what it said


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of the change feed: committed together with the event's new revision."""

    change_id: int
    event_id: str
    revision: int
    kind: ChangeKind
    changed_at: datetime
    report_id: str | None
    why: str
    fields: tuple[str, ...] = ()
