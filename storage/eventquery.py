"""Which events a question means: the search as a value, and apart from each other its shape and its values.

Questions of one shape (a province, with a first day, of some kinds) differ only in values, so that one statement
serves them all: `storage.eventstatements` builds it from the shape, once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import cos, radians
from typing import Any, NamedTuple

from conflict.events import ConflictEvent
from conflict.facts import Casualty
from conflict.places import Place
from conflict.vocabulary import SUBTYPES_OF, TYPE_OF, EventType, PlaceLevel, SubEventType
from storage.cells import cell_ranges, half_chord_squared, rounded
from storage.types import clean

SHORT_SPAN = timedelta(days=31)  # what lasted longer is searched for apart, so that a first day can bound the index
CELLS = 200
RANGES = 4  # ranges of cells are filled up to a multiple of this, so that fewer statements serve all radii
NO_CELLS = (1, 0)
ESCAPE = "/"
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
    """A page of events, newest first. `total` is how many match in all.

    `undated` counts events of the same search without any day: they are never shown as latest.
    """

    events: tuple[ConflictEvent, ...]
    total: int
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
class Area:
    """One way to be in the place asked for: a column's value, or a radius."""

    column: str = ""
    value: str = ""
    centre: tuple[float, float] | None = None
    radius_km: float = 0.0


@dataclass(frozen=True, slots=True)
class AreaShape:
    """How an area is looked for, without where it is: by a column; or by distance, in single cells or in ranges."""

    column: str = ""  # empty: by distance
    ranges: int = 0  # by distance: how many ranges of cells; 0 where they are looked up one by one


@dataclass(frozen=True, slots=True)
class Shape:
    """What a search asks for, without the values. Its names for them are those of `values_of`."""

    areas: tuple[AreaShape, ...] = ()
    first_day: bool = False
    last_day: bool = False
    as_of: bool = False
    kinds: bool = False
    tags: int = 0
    actor: bool = False
    source: bool = False
    civilians: bool = False


def key(name: str) -> str:
    """A name as it is compared: case folded, single spaces, without our separator."""
    return " ".join(clean(name).replace("|", " ").casefold().split())


def tag_mark(tag: str) -> str:
    """The mark of a tag in `event_marks`."""
    return "tag " + key(tag)


def keys(names: Iterable[str | None]) -> str:
    """Names as a searchable list, each once: `|sohr|afp|`."""
    found = dict.fromkeys(key(name) for name in names if name)
    return "|" + "".join(f"{one}|" for one in found if one)


def area_of(place: Place, radius_km: float | None = None) -> Area:
    """How a place is searched for: the column of its level."""
    if radius_km and place.latitude is not None and place.longitude is not None:
        return Area(centre=(rounded(place.latitude), rounded(place.longitude)), radius_km=radius_km)
    if place.level is PlaceLevel.COUNTRY and place.country_code:
        return Area("country_code", place.country_code)
    if place.level is PlaceLevel.ADMIN1:
        return Area("admin1_id", place.admin1_id or place.place_id)
    if place.level is PlaceLevel.ADMIN2:
        return Area("admin2_id", place.admin2_id or place.place_id)
    return Area("place_id", place.place_id)


def areas_of(query: EventQuery) -> tuple[Area, ...]:
    """The areas of all places of the query, each once."""
    return tuple(dict.fromkeys(area_of(place, query.radius_km) for place in query.places))


def coarser_areas(query: EventQuery) -> tuple[Area, ...]:
    """The units around the places asked for, as places of their own: events known only to be somewhere in them."""
    found: list[Area] = []
    for place in query.places:
        if place.level in (PlaceLevel.COUNTRY, PlaceLevel.ADMIN1):
            continue
        around = (place.admin1_id,) if place.level is PlaceLevel.ADMIN2 else (place.admin2_id, place.admin1_id)
        found += [Area("place_id", unit) for unit in around if unit and unit != place.place_id]
    return tuple(dict.fromkeys(found))


def last_day_of(query: EventQuery) -> date | None:
    """The last day that can match: the one asked for, or the one it was as of then where a day begins first."""
    if query.as_of is None:
        return query.last_day
    today = (query.as_of + AHEAD_OF_UTC).date()
    return today if query.last_day is None else min(query.last_day, today)


def shape_of(query: EventQuery, areas: tuple[Area, ...]) -> Shape:
    """The shape of a search in these areas (none: anywhere)."""
    return Shape(
        areas=area_shapes(areas),
        first_day=query.first_day is not None,
        last_day=last_day_of(query) is not None,
        as_of=query.as_of is not None,
        kinds=kinds_of(query) is not None,
        tags=len(query.tags),
        actor=bool(query.actor),
        source=bool(query.source),
        civilians=query.civilians,
    )


def values_of(query: EventQuery, areas: tuple[Area, ...]) -> dict[str, Any]:
    """The values of a search, by the names that the statement of its shape has for them."""
    values = area_values(areas)
    if query.first_day is not None:
        values["first_day"] = query.first_day
        values["short_from"] = _earlier(query.first_day, SHORT_SPAN)
    last = last_day_of(query)
    if last is not None:
        values["last_day"] = last
    if query.as_of is not None:
        values["as_of"] = query.as_of
    kinds = kinds_of(query)
    if kinds is not None:
        values["kinds"] = kinds
    values |= {f"mark{number}": tag_mark(tag) for number, tag in enumerate(query.tags)}
    values |= {f"tag{number}": _part(f"|{key(tag)}|") for number, tag in enumerate(query.tags)}
    if query.actor:
        values["actor"] = _part(f"|{key(query.actor)}|")
    if query.source:
        values["source"] = _part(key(query.source))
    return values


def area_values(areas: tuple[Area, ...]) -> dict[str, Any]:
    """The values of areas, by name and the area's number."""
    values: dict[str, Any] = {}
    for number, area in enumerate(areas):
        if area.centre is None:
            values[f"area{number}"] = area.value
            continue
        latitude, longitude = area.centre
        values[f"latitude{number}"] = latitude
        values[f"longitude{number}"] = longitude
        values[f"squeeze{number}"] = cos(radians(latitude))
        values[f"reach{number}"] = half_chord_squared(area.radius_km)
        cells, ranges = _cells(area)
        if not ranges:
            values[f"cells{number}"] = cells
        for one, (first, last) in enumerate(ranges):
            values[f"first{number}_{one}"] = first
            values[f"last{number}_{one}"] = last
    return values


def area_shapes(areas: tuple[Area, ...]) -> tuple[AreaShape, ...]:
    """The shapes of areas, in the same order."""
    return tuple(
        AreaShape(area.column) if area.centre is None else AreaShape(ranges=len(_cells(area)[1])) for area in areas
    )


def _cells(area: Area) -> tuple[list[int], list[tuple[int, int]]]:
    """The cells of an area by distance: one by one, or as ranges, of which there is a multiple of `RANGES`."""
    latitude, longitude = area.centre or (0.0, 0.0)
    ranges = list(cell_ranges(latitude, longitude, area.radius_km))
    # One by one they can be looked up together with the day; too many are better read as ranges.
    if sum(last - first + 1 for first, last in ranges) <= CELLS:
        return [one for first, last in ranges for one in range(first, last + 1)], []
    return [], ranges + [NO_CELLS] * (-len(ranges) % RANGES)


def _earlier(day: date, by: timedelta) -> date:
    return day - by if day - date.min > by else date.min


def _part(words: str) -> str:
    """Words as a part to look for with LIKE, whose signs they may hold (`ESCAPE` is our own)."""
    return words.replace(ESCAPE, ESCAPE * 2).replace("%", f"{ESCAPE}%").replace("_", f"{ESCAPE}_")


def kinds_of(query: EventQuery) -> list[int] | None:
    """The numbers of the sub-types asked for; a type one of whose sub-types is asked for too is narrowed to those."""
    if not query.event_types and not query.sub_event_types:
        return None
    narrowed = {TYPE_OF[sub] for sub in query.sub_event_types}
    whole = {sub for kind in query.event_types if kind not in narrowed for sub in SUBTYPES_OF[kind]}
    return sorted(KIND[sub] for sub in whole | set(query.sub_event_types))
