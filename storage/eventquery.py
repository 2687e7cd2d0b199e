"""Which events a question means, as one index-driven search: the search as a value, and its SQL.

The search is a union of arms, each of which walks one index in the order of the answer and stops at the page's end:
events by their first place, events by a further place, and (with a first day) the few that lasted longer than a month.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from math import cos, pi, radians
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    FromClause,
    Select,
    and_,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    text,
    true,
    union,
    union_all,
)

from conflict.claims import Casualty
from conflict.events import ConflictEvent
from conflict.places import Place
from conflict.vocabulary import SUBTYPES_OF, TYPE_OF, EventType, PlaceLevel, SubEventType
from storage.cells import cell_ranges, half_chord_squared, rounded
from storage.models import claims, event_places, events
from storage.types import clean

_T = TypeVar("_T")

SHORT_SPAN = timedelta(days=31)  # what lasted longer is searched for apart, so that a first day can bound the index
COUNT_BOUND = 10_000
LONG_BOUND = 2_000
CELLS = 200
# The number each sub-type is kept under in the indices: ACLED's order, never to be changed for stored events.
KIND = {sub: number for number, sub in enumerate(SubEventType)}
AHEAD_OF_UTC = timedelta(hours=14)  # the place where a day begins first (Kiribati)


@dataclass(frozen=True, slots=True)
class EventQuery:
    """Which events are meant. Empty tuples and None mean no restriction; several places, types or tags: any of them.

    `first_day` and `last_day` are inclusive days; an event matches that shares a day with them. `actor` is an actor's
    id or name, `source` part of the name of an originator, carrier or publisher. `as_of`: as known at that instant.
    `radius_km` widens places that have coordinates to all precise places within it.
    """

    places: tuple[Place, ...] = ()
    radius_km: float | None = None
    first_day: date | None = None
    last_day: date | None = None
    event_types: tuple[EventType, ...] = ()
    sub_event_types: tuple[SubEventType, ...] = ()
    tags: tuple[str, ...] = ()
    actor: str | None = None
    source: str | None = None
    civilians: bool = False
    as_of: datetime | None = None
    limit: int = 10
    offset: int = 0


@dataclass(frozen=True, slots=True)
class EventPage:
    """A page of events, newest first. `total` is how many match in all; with `bounded`, at least so many.

    `undated` counts events of the same search without any day: they are never shown as latest.
    """

    events: tuple[ConflictEvent, ...]
    total: int
    bounded: bool = False
    undated: int = 0


class EventTotals(NamedTuple):
    """Of one event, what totals need. `event_date` falls back on the day of its first publication."""

    event_id: str
    event_date: date
    event_date_end: date
    sub_event_type: SubEventType
    fatalities_low: int | None
    fatalities_best: int | None
    fatalities_high: int | None
    casualties: tuple[Casualty, ...]
    originators: tuple[str, ...]
    place_ids: tuple[str, ...]
    sample: bool = False


@dataclass(frozen=True, slots=True)
class _Area:
    """One way to be in the place asked for: a column's value, or a radius."""

    column: str = ""
    value: str = ""
    centre: tuple[float, float] | None = None
    radius_km: float = 0.0


def key(name: str) -> str:
    """A name as it is compared: case folded, single spaces, without our separator."""
    return " ".join(clean(name).replace("|", " ").casefold().split())


def keys(names: Iterable[str | None]) -> str:
    """Names as a searchable list, each once: `|sohr|afp|`."""
    found = dict.fromkeys(key(name) for name in names if name)
    return "|" + "".join(f"{one}|" for one in found if one)


def area_of(place: Place, radius_km: float | None = None) -> _Area:
    """How a place is searched for: the column of its level."""
    if radius_km and place.latitude is not None and place.longitude is not None:
        return _Area(centre=(rounded(place.latitude), rounded(place.longitude)), radius_km=radius_km)
    if place.level is PlaceLevel.COUNTRY and place.country_code:
        return _Area("country_code", place.country_code)
    if place.level is PlaceLevel.ADMIN1:
        return _Area("admin1_id", place.admin1_id or place.place_id)
    if place.level is PlaceLevel.ADMIN2:
        return _Area("admin2_id", place.admin2_id or place.place_id)
    return _Area("place_id", place.place_id)


def areas_of(query: EventQuery) -> tuple[_Area, ...]:
    """The areas of all places of the query, each once."""
    return tuple(dict.fromkeys(area_of(place, query.radius_km) for place in query.places))


def coarser_areas(query: EventQuery) -> tuple[_Area, ...]:
    """The units around the places asked for, as places of their own: events known only to be somewhere in them."""
    found: list[_Area] = []
    for place in query.places:
        if place.level in (PlaceLevel.COUNTRY, PlaceLevel.ADMIN1):
            continue
        around = (place.admin1_id,) if place.level is PlaceLevel.ADMIN2 else (place.admin2_id, place.admin1_id)
        found += [_Area("place_id", unit) for unit in around if unit and unit != place.place_id]
    return tuple(dict.fromkeys(found))


def within(table: FromClause, area: _Area) -> ColumnElement[bool]:
    """The condition that a row of `table` (with area columns) lies in the area."""
    if area.centre is None:
        column: ColumnElement[str] = table.c[area.column]
        return column == area.value
    latitude, longitude = area.centre
    ranges = cell_ranges(latitude, longitude, area.radius_km)
    # One by one they can be looked up together with the day; too many are better read as ranges.
    cells = [one for first, last in ranges for one in range(first, last + 1)]
    cells = cells if len(cells) <= CELLS else []
    up = func.sin((table.c.latitude - latitude) * (pi / 360))
    across = func.sin((table.c.longitude - longitude) * (pi / 360))
    squeeze = cos(radians(latitude)) * func.cos(table.c.latitude * (pi / 180))
    return and_(
        or_(*(table.c.cell.between(first, last) for first, last in ranges)) if not cells else table.c.cell.in_(cells),
        up * up + squeeze * across * across <= half_chord_squared(area.radius_km),
    )


def search(query: EventQuery, areas: tuple[_Area, ...], bound: int) -> CompoundSelect[Any]:
    """The matching events as (event_id, day, sort_at), at most `bound` from each arm, newest first within each."""
    near = any(area.centre for area in areas)

    def ordered(table: FromClause, arm: Select[Any], long: bool) -> Select[Any]:
        # By distance the cells' index must be read, and for long events theirs, not that of all days.
        day = _unindexed(table.c.day) if near or long else table.c.day
        return arm.order_by(day.desc(), table.c.sort_at.desc(), table.c.event_id.desc()).limit(bound)

    arms = [ordered(table, arm, False) for table, arm in _arms(query, areas)]
    if query.first_day is not None:
        arms.append(ordered(events, _long_arm(query, areas), True))
    return union(*(select(arm.subquery()) for arm in arms))


def counting(query: EventQuery, areas: tuple[_Area, ...], bound: int) -> Select[Any]:
    """The number of matching events, counted to `bound` for each arm at most; from the indices alone where it can.

    In one unit no event is found twice (`eventrows.further_places` sees to it).
    """
    found = [arm for _, arm in _arms(query, areas)]
    if query.first_day is not None:
        found.append(_long_arm(query, areas))
    arms = [select(arm.limit(bound).subquery().c.event_id) for arm in found]
    once = len(areas) < 2 and not any(area.centre for area in areas)
    return select(func.count()).select_from((union_all(*arms) if once else union(*arms)).subquery())


def _arms(query: EventQuery, areas: tuple[_Area, ...]) -> list[tuple[FromClause, Select[Any]]]:
    arms: list[tuple[FromClause, Select[Any]]] = []
    for area in areas or (None,):
        arms.append((events, _arm(events, query, None if area is None else within(events, area))))
        if area is not None:
            arms.append((event_places, _arm(event_places, query, within(event_places, area))))
    return arms


def _arm(table: FromClause, query: EventQuery, place: ColumnElement[bool] | None) -> Select[Any]:
    statement = select(table.c.event_id, table.c.day, table.c.sort_at).where(table.c.listed == true())
    if place is not None:
        statement = statement.where(place)
    statement = statement.where(*_window(table, query, short=True))
    kinds = _kinds(query)
    if kinds is not None:
        statement = statement.where(table.c.kind.in_(kinds))
    conditions = _conditions(query)
    if table is not events and conditions:
        statement = statement.join(events, events.c.event_id == table.c.event_id)
    return statement.where(*conditions)


def _long_arm(query: EventQuery, areas: tuple[_Area, ...]) -> Select[Any]:
    """The few events that lasted longer than a month, found by a small index of their own."""
    # The bound keeps the planners from reading the large indices instead of the small one.
    lasting = select(events.c.event_id).where(text("events.long_span = 1"), events.c.day_end >= query.first_day)
    few = lasting.order_by(events.c.day_end.desc()).limit(LONG_BOUND).subquery()
    statement = (
        select(events.c.event_id, events.c.day, events.c.sort_at)
        .join(few, few.c.event_id == events.c.event_id)
        .where(_unindexed(events.c.listed) == true())
    )
    if areas:
        further = exists().where(
            event_places.c.event_id == events.c.event_id, or_(*(within(event_places, area) for area in areas))
        )
        statement = statement.where(or_(further, *(within(events, area) for area in areas)))
    kinds = _kinds(query)
    if kinds is not None:
        statement = statement.where(events.c.kind.in_(kinds))
    return statement.where(*_window(events, query, short=False), *_conditions(query))


def _unindexed(column: ColumnElement[_T]) -> ColumnElement[_T]:
    """The same value, in a form that no index has: keeps the planners from an index that holds nearly every row."""
    return func.coalesce(column, column)


def _window(table: FromClause, query: EventQuery, *, short: bool) -> list[ColumnElement[bool]]:
    last = query.last_day
    if query.as_of is not None:
        today = (query.as_of + AHEAD_OF_UTC).date()
        last = today if last is None else min(last, today)
    conditions: list[ColumnElement[bool]] = []
    day = table.c.day if short else _unindexed(table.c.day)
    if query.as_of is not None:  # the first publication, or long ago where there is none; and it is in the index
        conditions.append(table.c.sort_at <= query.as_of)
    if last is not None:
        conditions.append(day <= last)
    if query.first_day is not None:
        conditions.append(table.c.day_end >= query.first_day)
        bound = _earlier(query.first_day, SHORT_SPAN)
        conditions.append(day >= bound if short else day < bound)
    return conditions


def _earlier(day: date, by: timedelta) -> date:
    return day - by if day - date.min > by else date.min


def _conditions(query: EventQuery) -> list[ColumnElement[bool]]:
    """What is asked of the event itself, whichever place it was found by."""
    conditions: list[ColumnElement[bool]] = []
    if query.tags:
        conditions.append(or_(*(events.c.tags.contains(f"|{key(tag)}|", autoescape=True) for tag in query.tags)))
    if query.actor:
        conditions.append(events.c.actors.contains(f"|{key(query.actor)}|", autoescape=True))
    if query.civilians:
        conditions.append(events.c.civilian == true())
    if query.source:
        said = exists(literal(1)).where(
            claims.c.event_id == events.c.event_id, claims.c.voices.contains(key(query.source), autoescape=True)
        )
        if query.as_of is not None:
            said = said.where(or_(claims.c.published_at.is_(None), claims.c.published_at <= query.as_of))
        conditions.append(said)
    return conditions


def _kinds(query: EventQuery) -> list[int] | None:
    """The numbers of the sub-types asked for; a type one of whose sub-types is asked for too is narrowed to those."""
    if not query.event_types and not query.sub_event_types:
        return None
    narrowed = {TYPE_OF[sub] for sub in query.sub_event_types}
    whole = {sub for kind in query.event_types if kind not in narrowed for sub in SUBTYPES_OF[kind]}
    return sorted(KIND[sub] for sub in whole | set(query.sub_event_types))


def undated(query: EventQuery, areas: tuple[_Area, ...]) -> Select[Any]:
    """The number of events of the search that have no day at all."""
    found = select(events.c.event_id).where(
        events.c.day.is_(None),
        events.c.listed == false(),  # with the area and no day this is the head of an index
        events.c.retracted != true(),
        events.c.held != true(),
        func.coalesce(events.c.merged_into, "") == "",  # nearly every row has none: not by its index
        events.c.status != "background",
        *_conditions(replace(query, as_of=None)),
    )
    kinds = _kinds(query)
    if kinds is not None:
        found = found.where(events.c.kind.in_(kinds))
    if areas:
        found = found.where(or_(*(within(events, area) for area in areas)))
    return select(func.count()).select_from(found.limit(COUNT_BOUND).subquery())
