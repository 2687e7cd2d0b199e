"""What a subscription is: which events, where, how grave; and whether it means an event (`matches`: the definition).

`storage.matching` finds the same chats in one statement; a property test holds the two together. A place means itself
and all below it. A radius is counted from the middle of a grid cell of a tenth of a degree (about 10 km), never from
an exact position, and half a cell is added: whoever stands at the cell's edge misses nothing within the radius.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, cos, floor, radians
from typing import Final

from conflict.events import ConflictEvent
from conflict.nearby import distance_km
from conflict.places import Place
from conflict.vocabulary import SUBTYPES_OF, EventType, PlaceLevel, Severity, SubEventType, Verification

CELL_DEGREES: Final = 0.1
SLACK_KM: Final = 8.0  # from a cell's middle to its corner, at the equator: the most there is
WIDEST_KM: Final = 100.0
MOST_IN_A_CHAT: Final = 50
WORLD: Final = "world"
_KM_PER_DEGREE: Final = 111.0
_FARTHEST_NORTH: Final = 85.0
_POINTS: Final = (PlaceLevel.SETTLEMENT, PlaceLevel.FACILITY)
_DEGREE_OF_PROOF: Final = {
    Verification.UNVERIFIED: 0,
    Verification.DISPUTED: 0,
    Verification.CORROBORATED: 1,
    Verification.CONFIRMED: 2,
}


@dataclass(frozen=True, slots=True)
class Subscription:
    """What one chat wants to hear of: places with all below them, or a grid cell and a radius; no exact location.

    `place_ids` are ids of places, or `country:SY`. `cell` is (row, column) of the grid. `within` are the units around
    the places: with `coarser_too` an event known only as "somewhere in" one of them is heard of as well.
    """

    subscription_id: int
    chat_id: int  # the surrogate id, not Telegram's
    place_ids: tuple[str, ...] = ()
    cell: tuple[int, int] | None = None
    radius_km: float | None = None
    event_types: tuple[EventType, ...] = ()
    sub_event_types: tuple[SubEventType, ...] = ()
    tags: tuple[str, ...] = ()
    breaches_only: bool = False
    civilians_only: bool = False
    minimum_severity: Severity = Severity.MINOR
    minimum_verification: Verification = Verification.UNVERIFIED
    coarser_too: bool = True
    paused: bool = False
    within: tuple[str, ...] = ()


def matches(event: ConflictEvent, subscription: Subscription) -> bool:
    """Whether the subscription means the event, by where it was and by what it was."""
    return not subscription.paused and _of_its_kind(event, subscription) and _in_its_area(event, subscription)


def named_areas(event: ConflictEvent) -> frozenset[str]:
    """The places and units that an event lies in, by id, with its countries."""
    return frozenset(area for area in _named_areas(event) if area != WORLD and not area.startswith("in:"))


def event_areas(event: ConflictEvent) -> dict[str, float]:
    """The keys of everything an event lies in, each with the least radius (km) that a subscription there needs.

    Place ids, `country:SY` and `world` need none. `in:<id>` is for those inside a unit when no more than the unit is
    known. `cell:<row>:<column>` are the cells around each point, as far as the widest radius reaches.
    """
    areas = dict.fromkeys(_named_areas(event), 0.0)
    for latitude, longitude in _points(event):
        for cell, least in _cells_around(latitude, longitude):
            areas[cell_key(cell)] = min(least, areas.get(cell_key(cell), least))
    return areas


def subscription_areas(subscription: Subscription) -> tuple[str, ...]:
    """The keys that a subscription is found by among an event's areas; `_in_its_area` must say the same."""
    areas = list(subscription.place_ids)
    if subscription.cell is not None:
        areas.append(cell_key(subscription.cell))
    if subscription.coarser_too:
        areas += [f"in:{unit}" for unit in subscription.within]
    return tuple(dict.fromkeys(areas)) or (WORLD,)


def cell_of(latitude: float, longitude: float) -> tuple[int, int]:
    """The row and column of the cell that a point lies in (WGS 84 degrees)."""
    columns = round(360 / CELL_DEGREES)
    return floor((latitude + 90) / CELL_DEGREES), floor((longitude + 180) / CELL_DEGREES) % columns


def middle_of(cell: tuple[int, int]) -> tuple[float, float]:
    """Latitude and longitude of a cell's middle."""
    return (cell[0] + 0.5) * CELL_DEGREES - 90, (cell[1] + 0.5) * CELL_DEGREES - 180


def cell_key(cell: tuple[int, int]) -> str:
    """A cell as an area key."""
    return f"cell:{cell[0]}:{cell[1]}"


def units_around(places: Iterable[Place]) -> tuple[str, ...]:
    """The district and province of each place, without the place itself: for `within`."""
    around = [unit for place in places for unit in (place.admin2_id, place.admin1_id) if unit != place.place_id]
    return tuple(dict.fromkeys(unit for unit in around if unit))


def sub_types_wanted(subscription: Subscription) -> frozenset[SubEventType]:
    """The sub-types it names, by themselves or by their type; empty: all."""
    return frozenset(
        {sub for kind in subscription.event_types for sub in SUBTYPES_OF[kind]} | set(subscription.sub_event_types)
    )


def proven_enough(verification: Verification) -> tuple[Verification, ...]:
    """The least degrees of proof that an event of this one satisfies; none where it was withdrawn."""
    degree = _DEGREE_OF_PROOF.get(verification, -1)
    return tuple(least for least, needed in _DEGREE_OF_PROOF.items() if needed <= degree)


def concerns_civilians(event: ConflictEvent) -> bool:
    """Whether civilians were the target or are among those counted."""
    return event.facts.civilian_targeting or any(one.civilian for one in event.facts.casualties)


def concerns_truce(event: ConflictEvent) -> bool:
    """Whether a breach is reported, or it lies inside a truce area."""
    breach = event.facts.breach
    return breach is not None and bool(breach.reported or breach.inferred)


def _of_its_kind(event: ConflictEvent, subscription: Subscription) -> bool:
    wanted = sub_types_wanted(subscription)
    return (
        (not wanted or event.facts.sub_event_type in wanted)
        and (not subscription.tags or not set(subscription.tags).isdisjoint(event.facts.tags))
        and event.severity >= subscription.minimum_severity
        and subscription.minimum_verification in proven_enough(event.verification)
        and (not subscription.civilians_only or concerns_civilians(event))
        and (not subscription.breaches_only or concerns_truce(event))
    )


def _in_its_area(event: ConflictEvent, subscription: Subscription) -> bool:
    if not _named_areas(event).isdisjoint(subscription_areas(subscription)):
        return True
    cell, reach = subscription.cell, min(subscription.radius_km or 0.0, WIDEST_KM)
    return cell is not None and any(_least_km(point, cell) <= reach for point in _points(event))


def _named_areas(event: ConflictEvent) -> set[str]:
    areas = {WORLD}
    for place in (named.place for named in event.facts.places if named.place):
        country = f"country:{place.country_code}" if place.country_code else None
        areas.update(unit for unit in (place.place_id, place.admin2_id, place.admin1_id, country) if unit)
        if place.level in (PlaceLevel.ADMIN1, PlaceLevel.ADMIN2):
            areas.add(f"in:{place.place_id}")
    return areas


def _points(event: ConflictEvent) -> Iterable[tuple[float, float]]:
    """Where settlements and facilities are: the middle of a province is no place of an event."""
    for place in (named.place for named in event.facts.places if named.place):
        latitude, longitude = place.latitude, place.longitude
        if place.level not in _POINTS or latitude is None or longitude is None:
            continue
        if abs(latitude) <= _FARTHEST_NORTH and abs(longitude) <= 180:  # a ring around a pole is all cells; none lives
            yield latitude, longitude


def _least_km(point: tuple[float, float], cell: tuple[int, int]) -> float:
    """The radius that a subscription in this cell needs to reach the point, in kilometres."""
    return max(0.0, distance_km(*point, *middle_of(cell)) - SLACK_KM)


def _cells_around(latitude: float, longitude: float) -> Iterable[tuple[tuple[int, int], float]]:
    """Cells whose middle is near enough for the widest radius, with the radius that each needs, in kilometres."""
    reach = WIDEST_KM + SLACK_KM
    row, column = cell_of(latitude, longitude)
    rows = ceil(reach / _KM_PER_DEGREE / CELL_DEGREES) + 1
    columns = round(360 / CELL_DEGREES)
    for up in range(max(0, row - rows), min(round(180 / CELL_DEGREES) - 1, row + rows) + 1):
        nearest_pole = min(89.0, max(abs(latitude), abs(middle_of((up, 0))[0])))
        across = min(columns // 2, ceil(reach / (_KM_PER_DEGREE * cos(radians(nearest_pole))) / CELL_DEGREES) + 1)
        for side in range(-across, across + 1):
            cell = up, (column + side) % columns
            needed = _least_km((latitude, longitude), cell)
            if needed <= WIDEST_KM:
                yield cell, needed
