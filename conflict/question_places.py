"""Which places a question means: names read as meant, namesakes told apart, what is not understood kept and said.

Between namesakes, in this order (the first rule that leaves one decides):
1. A word for the level ("province", "مدينة") picks the meaning of that level.
2. Another place of the question that contains it ("Tripoli, Lebanon", "Kafr Nabl in Idlib") picks what it contains.
3. The country in focus, where one of them lies there.
4. A country before anything else of its name; a region before a province of its name that it covers; a province before
   its own town, which is kept as `alternative`; a town before its own district; "near" and distances ask for the town.
5. The one called so in English, over those that only another list or language calls so ("Ariha", not Jericho).
6. Size, only where overwhelming: one has 100,000 people and thirty times the next, or is a province with a large
   town of its name where the others are no towns (Gaza).
Else it is a tie, and the person is asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from conflict.lexicon import edits
from conflict.places import Candidate, Place, Places
from conflict.tokens import word_key
from conflict.vocabulary import PlaceLevel

_SURE = 0.72  # likeness from which a misspelt name is taken as meant: one typo in four letters
_APART = 0.08  # by how much it must be liker than the next other name
_SUGGESTED = 0.4
_ALIKE = 0.6
_DISTRICT_DEGREES = 0.3  # a town as close as this to the centre of a district of its name gave it the name
_LOOKED_AT = 12
_MOST_CHOICES = 6
_OVERWHELMING, _LARGE = 30, 100_000
_CLOSE = 0.12  # score below the best from which a candidate is no namesake any more
_SEAT_DEGREES = 0.7  # a capital outside the province around it (Sanaa) is still its town
_FINE = (PlaceLevel.SETTLEMENT, PlaceLevel.FACILITY)


@dataclass(frozen=True, slots=True)
class Name:
    """A place name of the question: where it stands, as written, what it may mean; `level` the word beside it."""

    start: int
    end: int
    text: str
    candidates: tuple[Candidate, ...]
    level: PlaceLevel | None = None


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a name was taken to mean: one place, or choices where it is a tie."""

    place: Place | None
    alternative: Place | None = None
    choices: tuple[Place, ...] = ()


def namesakes(name: Name) -> list[Place]:
    """The candidates that bear the name as written, best first."""
    if not name.candidates:
        return []
    best = name.candidates[0]
    exact = [c for c in name.candidates if c.how == best.how or c.how == "exact"]
    if best.how != "exact":
        exact = [c for c in exact if likeness(name.text, c.place) >= likeness(name.text, best.place) - 0.01]
    # A province or district spelled a little otherwise than its own town is still the same name.
    own = {word_key(c.place.name) for c in exact}
    exact += [c for c in name.candidates if c not in exact and word_key(c.place.name) in own]
    group = [c.place for c in exact if c.score >= best.score - _CLOSE or c.place.name == best.place.name]
    if group and group[0].level is PlaceLevel.ADMIN2:  # its own town may be listed in another spelling
        towns = [c.place for c in name.candidates if c.place.level is PlaceLevel.SETTLEMENT and c.place not in group]
        towns = [p for p in towns if p.admin1_id == group[0].admin1_id and _apart(p, group[0]) < _DISTRICT_DEGREES]
        group += [place for place in towns if likeness(name.text, place) > _ALIKE]
    return group


def meaning(name: Name, context: Sequence[Place], places: Places, country: str | None, *, town: bool) -> Meaning:
    """The place a name means by the rules above; `context` the places of the question that may contain it."""
    group = namesakes(name)
    if name.level is not None:
        group = [place for place in group if _of_level(place, name.level)] or group
    inside = [p for p in group if any(_contains(outer, p) for outer in context)]
    group = inside or group
    code = _code(country, places) if country else None
    group = _without_parts(group, places)
    focused = [place for place in group if code and place.country_code == code]
    group = focused or group
    if not group:
        return Meaning(None)
    units = _by_unit(group, town=town or name.level is PlaceLevel.SETTLEMENT)
    if len(units) > 1:
        units = [unit for unit in units if any(_named(name.text, place) for place in unit)] or units
    if len(units) > 1:
        units = _largest(units)
    if len(units) > 1:
        return Meaning(None, None, tuple(unit[0] for unit in units[:_MOST_CHOICES]))
    unit = units[0]
    alternative = unit[1] if len(unit) > 1 and unit[1].level is not unit[0].level else None
    return Meaning(unit[0], alternative)


def _without_parts(group: Sequence[Place], places: Places) -> list[Place]:
    """A region goes before a province of its name that it covers: "South Lebanon" is more than the province."""
    parts = {unit.place_id for place in group if place.level is PlaceLevel.REGION for unit in places.covered(place)}
    return [place for place in group if place.place_id not in parts]


def _by_unit(group: Sequence[Place], *, town: bool) -> list[list[Place]]:
    """Namesakes grouped by province, the meaning that goes first at the head of each group."""
    countries = [place for place in group if place.level is PlaceLevel.COUNTRY]
    if countries:
        return [countries[:1]]
    units: dict[tuple[str | None, str | None], list[Place]] = {}
    for place in group:
        key = (place.country_code, place.admin1_id or place.place_id)
        units.setdefault(key, []).append(place)
    merged: list[list[Place]] = []
    for unit in units.values():
        unit.sort(key=lambda place: _rank(place, town=town))
        seat = next((other for other in merged if _seat_of(unit, other)), None)
        if seat is None:
            merged.append(unit)
        else:
            seat.extend(unit)
            seat.sort(key=lambda place: _rank(place, town=town))
    return merged


def _seat_of(unit: Sequence[Place], other: Sequence[Place]) -> bool:
    """Whether two provinces of a country and name are a city and the country around it (Kyiv and Kyiv City)."""
    one, two = unit[0], other[0]
    if one.country_code != two.country_code or one.country_code is None:
        return False
    levels = {one.level, two.level}
    if levels == {PlaceLevel.ADMIN1}:
        return True
    return _apart(one, two) < (_SEAT_DEGREES if levels == {PlaceLevel.ADMIN1, PlaceLevel.SETTLEMENT} else 0.1)


def _apart(one: Place, two: Place) -> float:
    """Degrees between two places, the larger of north-south and east-west; far where one has no coordinates."""
    if one.latitude is None or two.latitude is None or one.longitude is None or two.longitude is None:
        return 360.0
    return max(abs(one.latitude - two.latitude), abs(one.longitude - two.longitude))


def _rank(place: Place, *, town: bool) -> int:
    order = [PlaceLevel.ADMIN1, PlaceLevel.REGION, PlaceLevel.SETTLEMENT, PlaceLevel.FACILITY, PlaceLevel.ADMIN2]
    if town:
        order = [PlaceLevel.SETTLEMENT, PlaceLevel.FACILITY, PlaceLevel.REGION, PlaceLevel.ADMIN2, PlaceLevel.ADMIN1]
    return order.index(place.level) if place.level in order else len(order)


def _largest(units: list[list[Place]]) -> list[list[Place]]:
    sized = sorted(units, key=lambda unit: -max(place.population for place in unit))
    most, second = (max(place.population for place in unit) for unit in sized[:2])
    if most >= _LARGE and second and most >= _OVERWHELMING * second:
        return sized[:1]
    towns = [unit for unit in units if any(place.level is PlaceLevel.SETTLEMENT for place in unit)]
    seats = [unit for unit in towns if max(place.population for place in unit) >= _LARGE and len(unit) > 1]
    return seats if len(towns) == len(seats) == 1 else units


def _named(text: str, place: Place) -> bool:
    return _bare(text) in (_bare(place.name), _bare(place.name_ar or ""))


def _of_level(place: Place, level: PlaceLevel) -> bool:
    if level is PlaceLevel.SETTLEMENT:
        return place.level in _FINE
    return place.level is level or (level is PlaceLevel.ADMIN1 and place.level is PlaceLevel.REGION)


def _contains(outer: Place, inner: Place) -> bool:
    if outer.place_id == inner.place_id:
        return False
    if outer.level is PlaceLevel.COUNTRY:
        return outer.country_code is not None and outer.country_code == inner.country_code
    return outer.place_id in (inner.admin1_id, inner.admin2_id)


def contains(outer: Place, inner: Place) -> bool:
    """Whether the one is a country, province or district that the other lies in."""
    return _contains(outer, inner)


def _code(country: str, places: Places) -> str | None:
    if len(country) == 2:
        return country.upper()
    found = next((c.place for c in places.find(country) if c.place.level is PlaceLevel.COUNTRY), None)
    return found.country_code if found else None


def guessed(text: str, places: Places, country: str | None) -> tuple[Name | None, tuple[Place, ...]]:
    """A name that is not known as written: what it surely is a misspelling of, and the nearest names to offer."""
    found = places.find(text, country=country, fuzzy=True, limit=_LOOKED_AT)
    code = _code(country, places) if country else None
    liked = sorted(
        (
            (likeness(text, c.place) + (0.1 if code and c.place.country_code == code else 0) + c.score / 50, c)
            for c in found
        ),
        key=lambda pair: (-pair[0], pair[1].place.place_id),
    )
    if not liked:
        return None, ()
    best = liked[0][1]
    same = [c for _, c in liked if word_key(c.place.name) == word_key(best.place.name)]
    if best.place.level is PlaceLevel.ADMIN2:  # a district's own town may be listed in another spelling
        same += [c for s, c in liked if c.place.admin2_id == best.place.place_id and s >= liked[0][0] - 0.25][:1]
    rival = next((score for score, c in liked if c not in same), 0.0)
    offers = tuple(c.place for score, c in liked if score >= _SUGGESTED)[:5]
    if likeness(text, best.place) >= _SURE and liked[0][0] - rival >= _APART:
        ranked = tuple(sorted(same, key=lambda c: (-c.score, c.place.place_id)))
        return Name(0, 0, text, ranked), offers
    return None, offers


def likeness(text: str, place: Place) -> float:
    """How alike a word is to a place's name, 0 to 1: letters that need not change, of the longer of the two."""
    typed = _bare(text)
    names = [_bare(place.name)] + ([_bare(place.name_ar)] if place.name_ar else [])
    return max(_alike(typed, name) for name in names)


def _bare(name: str) -> str:
    key = "".join(letter for letter in word_key(name)[:60] if letter.isalnum())
    return key.removeprefix("ال")


def _alike(one: str, two: str) -> float:
    longest = max(len(one), len(two))
    return 1 - edits(one, two) / longest if longest else 0.0
