"""Counts for an area and a period: they contain events, they are never one more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Protocol

from conflict.adding import add_up
from conflict.counts import Count, Figure, Total, Where, larger, summed
from conflict.facts import Casualty, Evidence
from conflict.places import EventPlace
from conflict.vocabulary import TYPE_OF, CasualtyKind, OriginatorKind, PlaceLevel, Status, SubEventType


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


class Counted(Protocol):
    """What totals need of an event. `place_ids` has its own place first, then what contains it, then further places."""

    @property
    def event_id(self) -> str:
        """The event."""

    @property
    def event_date(self) -> date:
        """Its first day."""

    @property
    def event_date_end(self) -> date:
        """Its last day, inclusive."""

    @property
    def sub_event_type(self) -> SubEventType:
        """What happened."""

    @property
    def fatalities_low(self) -> int | None:
        """Deaths, at least."""

    @property
    def fatalities_best(self) -> int | None:
        """Deaths, where the voices agree."""

    @property
    def fatalities_high(self) -> int | None:
        """Deaths, at most."""

    @property
    def casualties(self) -> tuple[Casualty, ...]:
        """People harmed, by side and kind."""

    @property
    def originators(self) -> tuple[str, ...]:
        """Who says so."""

    @property
    def place_ids(self) -> tuple[str, ...]:
        """Where."""


def total_over(
    events: Iterable[Counted],
    tolls: Iterable[TollReport],
    *,
    kind: CasualtyKind = CasualtyKind.KILLED,
    civilians: bool = False,
    first_day: date | None = None,
    last_day: date | None = None,
) -> Total:
    """People harmed over all these events and toll reports, each counted once.

    A toll report over an area and a period contains the events in it, as a count for a province or several days
    contains what of the same kind happened inside: the larger of the containing count and the sum of its parts is
    taken, never both. Counts that overlap without containing each other are never added either. Of one voice's counts
    for the same area and period only the latest stands. A toll report that reaches outside `first_day`-`last_day`
    (without a first day: before all events) is left out, background always. An event that does is counted `beyond`.
    """
    held = list(events)
    figures = [figure for event in held if (figure := figure_of(event, kind, civilians)) is not None]
    earliest = min((event.event_date for event in held), default=None)
    return total_of(
        figures, tolls, kind=kind, civilians=civilians, first_day=first_day, last_day=last_day, earliest=earliest
    )


def total_of(
    figures: Sequence[Figure],
    tolls: Iterable[TollReport],
    *,
    kind: CasualtyKind = CasualtyKind.KILLED,
    civilians: bool = False,
    first_day: date | None = None,
    last_day: date | None = None,
    earliest: date | None = None,
) -> Total:
    """The same of figures that were taken from events before; `earliest` is the first day of all those events."""
    first = first_day or earliest
    counts: list[Count] = []
    reports: dict[str, TollReport] = {}
    for toll in _latest_of_each(tolls):
        count = _of_toll(toll, kind, civilians)
        if (
            count is not None
            and (first is None or first <= count.start)
            and (last_day is None or count.end <= last_day)
        ):
            counts.append(count)
            reports[count.key] = toll
    within = [f for f in figures if (first_day or f.start) <= f.start and f.end <= (last_day or f.end)]
    total = _added(within, counts, reports)
    if len(within) == len(figures):
        return total
    most = _added(figures, counts, reports)
    return replace(most, low=total.low, best=None, beyond=len(figures) - len(within))


def _added(figures: Sequence[Figure], tolls: Sequence[Count], reports: Mapping[str, TollReport]) -> Total:
    total = add_up(figures, tolls, reports)
    return replace(total, inside=max(0, len(figures) + len(tolls) - total.counts))


def killed_in(toll: TollReport) -> Total:
    """The deaths that a toll report counts, its sides together."""
    return _of_casualties(toll.casualties, CasualtyKind.KILLED, False)


def figure_of(event: Counted, kind: CasualtyKind, civilians: bool, where: Where | None = None) -> Figure | None:
    """How many people of this kind an event harmed; None where nobody gave a number. `where` tells its places apart."""
    low, best, high = event.fatalities_low, event.fatalities_best, event.fatalities_high
    if kind is CasualtyKind.KILLED and not civilians and not low is best is high is None:
        low = low if low is not None else best
        high = high if high is not None else best if best is not None else low
    else:
        total = _of_casualties(event.casualties, kind, civilians)
        low, best, high = total.low, total.best, total.high
    if low is None and high is None:
        return None
    return Figure(
        event.event_id,
        event.event_date,
        max(event.event_date, event.event_date_end),
        TYPE_OF[event.sub_event_type],
        low,
        best,
        high,
        where or Where(next(iter(event.place_ids), None), event.place_ids[1:]),
        event.originators,
    )


def _of_toll(toll: TollReport, kind: CasualtyKind, civilians: bool) -> Count | None:
    end = toll.period_end or toll.as_of
    if toll.status is Status.BACKGROUND or toll.period_start is None or end is None:
        return None
    total = _of_casualties(toll.casualties, kind, civilians)
    resolved = [p.place for p in toll.places if p.place is not None]
    if (total.low is None and total.high is None) or not resolved:
        return None
    own = frozenset(p.place_id for p in resolved)
    return Count(
        key="toll " + toll.toll_id,
        own=own,
        around=own | {i for p in resolved for i in (p.admin1_id, p.admin2_id) if i},
        start=toll.period_start,
        end=max(end, toll.period_start),
        total=replace(total, voices=(toll.originator,) if toll.originator else (), counts=1),
        voices=frozenset({_voice(toll)}),
        type=None,
        everywhere=any(p.level in (PlaceLevel.COUNTRY, PlaceLevel.REGION) for p in resolved),
    )


def _latest_of_each(tolls: Iterable[TollReport]) -> tuple[TollReport, ...]:
    """Of one voice's counts for one area and period the latest; of equals the one that tells more."""
    kept: dict[tuple[object, ...], TollReport] = {}

    def order(toll: TollReport) -> tuple[float, int, str]:
        published = toll.published_at.timestamp() if toll.published_at else float("-inf")
        return published, len(toll.casualties), toll.toll_id

    for toll in sorted(tolls, key=order):
        area = frozenset(p.place.place_id for p in toll.places if p.place is not None)
        killed = any(c.kind is CasualtyKind.KILLED for c in toll.casualties)
        kept[_voice(toll), area, toll.period_start, toll.period_end, killed] = toll
    return tuple(kept.values())


def _voice(toll: TollReport) -> str:
    return (toll.originator or "publisher: " + toll.publisher).casefold()


def _of_casualties(casualties: Sequence[Casualty], kind: CasualtyKind, civilians: bool) -> Total:
    """How many of this kind; children and women are taken for part of a larger number beside them."""
    counted = [c for c in casualties if c.kind is kind and (c.civilian or not civilians)]
    stated = [c for c in counted if not (c.count is c.low is c.high is None)]
    whole = [c for c in stated if (c.role or "").casefold() not in _PART_ROLES] or stated
    sided = [c for c in whole if c.side is not None or c.civilian is not None]
    plain = [c for c in whole if c.side is None and c.civilian is None]
    if not whole:
        return Total()
    parts = summed(_of_one(c) for c in sided)
    # A round total beside two sides' exact figures ("almost 100": 51 and 45) is the same toll, less exactly.
    if len(sided) > 1 or not plain:
        return parts
    return larger(parts, max((_of_one(c) for c in plain), key=lambda t: t.high or 0))


_PART_ROLES = frozenset({"child", "children", "woman", "women", "infant", "infants", "girls", "boys", "أطفال", "نساء"})


def _of_one(casualty: Casualty) -> Total:
    low = casualty.low if casualty.low is not None else casualty.count
    high = casualty.high if casualty.high is not None else casualty.count
    if low is None:
        low = 0
    return Total(low, casualty.count, high if high is not None else low)
