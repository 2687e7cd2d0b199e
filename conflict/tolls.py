"""Counts for an area and a period: they contain events, they are never one more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from conflict.claims import Casualty, Evidence
from conflict.places import EventPlace
from conflict.vocabulary import OriginatorKind, Status


@dataclass(frozen=True, slots=True)
class TollReport:
    """A count of people for an area and a period ("96 killed in 48 hours", "160 civilians since the deal").

    `period_start`/`period_end` are inclusive days, None where not said. `as_of` is the publication day of the count.
    `sequence` names the event of the same report that it is the toll of, if any. `status` background: history, never
    added to anything current.
    """

    toll_id: str
    report_id: str
    publisher: str
    places: tuple[EventPlace, ...]
    period_start: date | None
    period_end: date | None
    as_of: date | None
    casualties: tuple[Casualty, ...]
    originator: str | None = None
    originator_kind: OriginatorKind = OriginatorKind.UNNAMED
    carrier: str | None = None
    evidence: Evidence | None = None
    url: str | None = None
    published_at: datetime | None = None
    status: Status = Status.NEW
    sequence: int | None = None  # the EventData of the same report whose toll this is


@dataclass(frozen=True, slots=True)
class BreachTally:
    """A party's count of breaches ("159 violations, including 33 explosions"): a tally, never that many events."""

    tally_id: str
    report_id: str
    publisher: str
    accuser: str | None
    accused: str | None
    count: int
    kinds: tuple[tuple[str, int], ...]  # ("explosions", 33)
    places: tuple[EventPlace, ...]
    period_start: date | None
    period_end: date | None
    evidence: Evidence | None = None
    url: str | None = None
    published_at: datetime | None = None
    exercise: bool = False
