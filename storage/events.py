"""Events and their claims: searching, finding what a new report may tell of, saving, merging."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, func, select, true

from conflict.claims import Claim
from conflict.counts import Figure
from conflict.events import Change, ChangeKind, ConflictEvent
from conflict.facts import EventFacts
from conflict.tolls import figure_of
from conflict.vocabulary import TYPE_OF, CasualtyKind
from storage import eventsaving, eventstatements
from storage.asof import known_by, still_matches, totals_of
from storage.derived import KINDS, MEASURES, month_of, voices_of, where_of
from storage.eventquery import (
    Area,
    EventPage,
    EventQuery,
    EventTotals,
    Shape,
    areas_of,
    coarser_areas,
    kinds_of,
    shape_of,
    values_of,
)
from storage.eventrows import to_claim, to_event, to_totals
from storage.eventsaving import Flags
from storage.models import claims, events
from storage.session import Session
from storage.stamps import Stamp, stamp_of

__all__ = ["EventPage", "EventQuery", "EventTotals", "Events", "Flags"]

CANDIDATES = 60
MERGE_HOPS = 8
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ID_LENGTH = 10


class DayCount(NamedTuple):
    """How many events began on a day, and how many of them lasted longer."""

    day: date
    events: int
    lasting: int


_TYPES = tuple(TYPE_OF[sub] for sub in KINDS)


class Events:
    """What we hold to have happened."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, event_id: str) -> ConflictEvent | None:
        """The event of this id, or the one it was merged into; None if there is none."""
        row = self._current(event_id)
        return None if row is None else self._with_claims([row])[0]

    def get_many(self, event_ids: Iterable[str]) -> list[ConflictEvent]:
        """Events by their own ids, in the order given; those not stored are missing, merges are not followed."""
        ids = list(dict.fromkeys(event_ids))
        rows = self._session.connection.execute(select(events).where(events.c.event_id.in_(ids))).all()
        found = {event.event_id: event for event in self._with_claims(rows)}
        return [found[one] for one in ids if one in found]

    def by_short_id(self, short_id: str) -> list[ConflictEvent]:
        """Events whose id ends as people were shown it (`#7F3A` or `7f3a`), newest first; at most five."""
        rows = self._session.connection.execute(
            select(events)
            .where(events.c.short_id == short_id.strip().lstrip("#").upper(), events.c.merged_into.is_(None))
            .order_by(events.c.updated_at.desc())
            .limit(5)
        )
        return self._with_claims(rows.all())

    def of_report(self, report_id: str) -> list[ConflictEvent]:
        """The events that this report has a claim on."""
        named = select(claims.c.event_id).where(claims.c.report_id == report_id)
        rows = self._session.connection.execute(
            select(events).where(events.c.event_id.in_(named)).order_by(events.c.event_id)
        )
        return self._with_claims(rows.all())

    def former(self, event_id: str, revision: int) -> EventFacts | None:
        """What the event said at an earlier revision; None if that is its newest or is not stored."""
        return eventsaving.former_facts(self._session, event_id, revision)

    def flags(self, event_id: str) -> Flags | None:
        """What operators and merges decided about an event (merges are not followed)."""
        return eventsaving.flags(self._session, event_id)

    def absorbed_by(self, event_id: str) -> tuple[str, ...]:
        """The ids of events that were merged into this one."""
        found = select(events.c.event_id).where(events.c.merged_into == event_id).order_by(events.c.event_id)
        return tuple(self._session.connection.execute(found).scalars())

    def count(self) -> int:
        """How many events answers may show."""
        found = select(func.count()).select_from(events).where(events.c.listed == true())
        return int(self._session.connection.execute(found).scalar_one())

    def any(self) -> bool:
        """Whether any event is stored at all."""
        return self._session.connection.execute(select(events.c.event_id).limit(1)).first() is not None

    # Searching

    def query(
        self, query: EventQuery, *, with_undated: bool = True, number: Callable[[], int] | None = None
    ) -> EventPage:
        """A page of matching events: by day, then first publication, then id, newest first.

        Withdrawn, merged, held and background events are left out, and those without any day (counted in `undated`,
        unless `with_undated` is False: that takes a statement of its own). `number` knows how many match, where that is
        known by other ways than `Events.number`; it is asked only when the page is full.
        """
        return self._page(query, areas_of(query), with_undated=with_undated, number=number)

    def coarser(self, query: EventQuery) -> EventPage:
        """Events known only to be somewhere around the places asked for; empty for a province or country."""
        areas = coarser_areas(query)
        if not areas:
            return EventPage((), 0)
        return self._page(replace(query, radius_km=None), areas, with_undated=False)

    def for_totals(self, query: EventQuery) -> tuple[EventTotals, ...]:
        """What totals need of all matching events, newest first; `limit` and `offset` play no part.

        It reads the events themselves: `figures` is many times faster, and this is what it has to agree with.
        """
        areas = areas_of(query)
        values = values_of(query, areas)
        rows = self._session.connection.execute(eventstatements.totals(shape_of(query, areas)), values).all()
        further = self._further_places([row.event_id for row in rows])
        totals = [to_totals(row, further.get(row.event_id, ())) for row in rows]
        if query.as_of is None:
            return tuple(totals)
        return tuple(self._totals_as_of(query, totals, {row.event_id: row.last_claim_at for row in rows}))

    def figures(
        self, query: EventQuery, kind: CasualtyKind = CasualtyKind.KILLED, *, civilians: bool = False
    ) -> list[Figure]:
        """How many people all matching events harmed in this way, in no order; those without any number are missing."""
        if query.as_of is not None or (kind, civilians) not in MEASURES:
            told = (figure_of(event, kind, civilians) for event in self.for_totals(query))
            return [figure for figure in told if figure is not None]
        areas = areas_of(query)
        values = {**values_of(query, areas), "mark0": MEASURES[kind, civilians]}
        rows = self._session.connection.execute(eventstatements.figures(shape_of(query, areas)), values)
        types = _TYPES
        found = [
            Figure(event_id, start, end, types[number], low, best, high, where_of(where), voices_of(voices))
            for event_id, start, end, number, low, best, high, where, voices in rows
        ]
        several = len(areas) > 1 or query.radius_km is not None
        return list({figure.event_id: figure for figure in found}.values()) if several else found

    def by_day(self, query: EventQuery) -> tuple[DayCount, ...]:
        """How many of the matching events began on each day, oldest first; days without any are missing."""
        if query.as_of is not None:
            days: dict[date, list[EventTotals]] = {}
            for event in self.for_totals(query):
                days.setdefault(event.event_date, []).append(event)
            lasting = {day: sum(e.event_date_end > day for e in told) for day, told in days.items()}
            return tuple(DayCount(day, len(days[day]), lasting[day]) for day in sorted(days))
        areas = areas_of(query)
        rows = self._session.connection.execute(eventstatements.by_day(shape_of(query, areas)), values_of(query, areas))
        return tuple(DayCount(day, number, lasting) for day, number, lasting in rows)

    def first_day(self, query: EventQuery) -> date | None:
        """The first day of all matching events."""
        if query.as_of is not None:
            return min((event.event_date for event in self.for_totals(query)), default=None)
        areas = areas_of(query)
        found: date | None = self._session.connection.execute(
            eventstatements.first_day(shape_of(query, areas)), values_of(query, areas)
        ).scalar()
        return found

    def told_by(self, query: EventQuery) -> tuple[str, ...]:
        """Who tells of the matching events, whoever told of the newest first."""
        if query.as_of is not None:
            return tuple(dict.fromkeys(one for event in self.for_totals(query) for one in event.originators))
        areas = areas_of(query)
        said = self._session.connection.execute(
            eventstatements.told_by(shape_of(query, areas)), values_of(query, areas)
        ).scalars()
        return tuple(dict.fromkeys(one for words in said for one in voices_of(words)))

    def stamp(self, query: EventQuery) -> Stamp | None:
        """What stays the same as long as nothing changes in what is added up for this search; read it before the sums.

        None where they change with the time of day (`as_of`).
        """
        return stamp_of(self._session.connection, query)

    def number(self, query: EventQuery) -> int:
        """How many events match; with `as_of`, those first published by then."""
        return self._number(query, areas_of(query))

    def _number(self, query: EventQuery, areas: tuple[Area, ...]) -> int:
        """Whole months of a province, a country or the world are counted already; what is left, from the indices."""
        area = _counted_area(query, areas)
        first, last = query.first_day, query.last_day
        first_month = month_of(first) + 1 if first else None
        last_month = month_of(last) - 1 if last else None
        few = first_month is not None and last_month is not None and last_month < first_month
        if area is None or few:
            return self._scalar(eventstatements.counting, query, areas)
        asked = {"area": area, "first_month": first_month, "last_month": last_month, "kinds": kinds_of(query)}
        statement = eventstatements.counted(first is not None, last is not None, asked["kinds"] is not None)
        number = int(self._session.connection.execute(statement, asked).scalar_one())
        if first is not None:
            end = date(first.year + first.month // 12, first.month % 12 + 1, 1) if first.year < date.max.year else None
            until = end - timedelta(days=1) if end else date.max
            number += self._scalar(eventstatements.counting, replace(query, last_day=until), areas)
        if last is not None:
            number += self._scalar(eventstatements.starting, replace(query, first_day=last.replace(day=1)), areas)
        return number

    def _scalar(self, build: Callable[[Shape], Select[Any]], query: EventQuery, areas: tuple[Area, ...]) -> int:
        return int(
            self._session.connection.execute(build(shape_of(query, areas)), values_of(query, areas)).scalar_one()
        )

    def _page(
        self,
        query: EventQuery,
        areas: tuple[Area, ...],
        *,
        with_undated: bool,
        number: Callable[[], int] | None = None,
    ) -> EventPage:
        shape, values = shape_of(query, areas), values_of(query, areas)
        paging = {"limit": query.limit, "offset": query.offset, "bound": query.offset + query.limit}
        execute = self._session.connection.execute
        rows = execute(eventstatements.page(shape), {**values, **paging}).all()
        shown = self._with_claims(rows)
        total = query.offset + len(rows)
        if len(rows) == query.limit or (query.offset and not rows):
            total = number() if number else self._number(query, areas)
        if query.as_of is not None:
            earlier = known_by(shown, query.as_of)
            kept = [event for event in earlier if still_matches(event, query)]
            total -= len(rows) - len(kept)
            shown = kept
        without_day = 0
        if with_undated and not query.offset:
            without_day = int(execute(eventstatements.undated(shape), values).scalar_one())
        return EventPage(tuple(shown), total, undated=without_day)

    def _totals_as_of(
        self, query: EventQuery, totals: Sequence[EventTotals], last_claims: dict[str, datetime | None]
    ) -> list[EventTotals]:
        """The same with what was claimed later taken out; only events that were claimed on since are folded again."""
        as_of = query.as_of
        late = [one for one, last in last_claims.items() if as_of and last and last > as_of]
        if as_of is None or not late:
            return list(totals)
        folded = {event.event_id: event for event in known_by(self.get_many(late), as_of)}
        kept = []
        for one in totals:
            if one.event_id not in late:
                kept.append(one)
            elif (event := folded.get(one.event_id)) is not None and still_matches(event, query):
                kept.append(totals_of(event, one))
        return kept

    # Merging and saving

    def candidates(
        self, facts: EventFacts, *, days: int = 1, sample: bool | None = None, limit: int = CANDIDATES
    ) -> list[ConflictEvent]:
        """Events that a new report with these facts may tell of, nearest in kind and place first.

        Same country and province where both are known, days at most `days` apart (any day where the report gives none:
        then only the newest), not withdrawn or merged; same type first. In a unit begun for writing nobody else can add
        an event until it ends.
        """
        if self._session.write:
            self._session.ingesting()
        rows = self._session.connection.execute(
            eventsaving.candidate_search(facts, days=days, sample=sample, limit=limit)
        )
        return self._with_claims(rows.all())

    def new_id(self) -> str:
        """A new event id: ten letters and digits, none of which look alike."""
        while True:
            event_id = "".join(self._session.choose(_CROCKFORD) for _ in range(_ID_LENGTH))
            if self._row(event_id) is None:
                return event_id

    def save(
        self,
        event: ConflictEvent,
        kind: ChangeKind,
        *,
        report_id: str | None,
        why: str,
        fields: Sequence[str] = (),
        at: datetime,
    ) -> Change:
        """Keep an event's new revision with its claims and places, and tell the change feed, in one go.

        A new event has revision 1, else one more than is stored: StorageError if somebody else was faster. Claims that
        are stored already are not stored again.
        """
        return eventsaving.save(self._session, event, kind, report_id=report_id, why=why, fields=fields, at=at)

    def absorb(
        self,
        into: ConflictEvent,
        absorbed_id: str,
        *,
        why: str,
        at: datetime,
        report_id: str | None = None,
        fields: Sequence[str] = (),
    ) -> Change:
        """Two events are one: `into` (its next revision, with both's claims) is kept, `absorbed_id` redirects to it.

        The absorbed event's row stays, hidden, with what it last said, so that an operator can take the merge back.
        """
        return eventsaving.absorb(self._session, into, absorbed_id, why=why, at=at, report_id=report_id, fields=fields)

    def mark(
        self,
        event_id: str,
        *,
        held: bool | None = None,
        held_until: datetime | None = None,
        confirmed: bool | None = None,
    ) -> None:
        """Note an operator's decision: hold the event back (perhaps until an instant), let it go, confirm it."""
        eventsaving.mark(self._session, event_id, held=held, held_until=held_until, confirmed=confirmed)

    def link(self, event_id: str, other_id: str, kind: str, *, why: str, at: datetime) -> None:
        """Note how two events stand to each other: `possibly_same`, `contains`, `distinct` (never merge)."""
        eventsaving.link(self._session, event_id, other_id, kind, why=why, at=at)

    def links(self, event_id: str) -> tuple[tuple[str, str, str], ...]:
        """(event_id, other_id, kind) of every link this event stands in."""
        return eventsaving.links(self._session, event_id)

    # Rows

    def _row(self, event_id: str) -> Row[Any] | None:
        return self._session.connection.execute(select(events).where(events.c.event_id == event_id)).first()

    def _current(self, event_id: str) -> Row[Any] | None:
        row = self._row(event_id)
        for _ in range(MERGE_HOPS):
            if row is None or row.merged_into is None:
                return row
            row = self._row(row.merged_into)
        return row

    def _with_claims(self, rows: Sequence[Row[Any]]) -> list[ConflictEvent]:
        if not rows:
            return []
        said: dict[str, list[Claim]] = {row.event_id: [] for row in rows}
        for row in self._session.connection.execute(eventstatements.claims_of(), {"event_ids": list(said)}):
            said[row.event_id].append(to_claim(row))
        return [to_event(row, tuple(said[row.event_id])) for row in rows]

    def _further_places(self, event_ids: list[str]) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for start in range(0, len(event_ids), 500):
            some = {"event_ids": event_ids[start : start + 500]}
            for row in self._session.connection.execute(eventstatements.places_of(), some):
                found[row.event_id] = (*found.get(row.event_id, ()), row.place_id)
        return found


def _counted_area(query: EventQuery, areas: tuple[Area, ...]) -> str | None:
    """The area of `event_counts` whose numbers answer this search, if there is one."""
    narrowed = query.tags or query.actor or query.source or query.civilians or query.as_of
    if narrowed or len(areas) > 1:
        return None
    if not areas:
        return ""
    return areas[0].value if areas[0].column in ("country_code", "admin1_id") else None
