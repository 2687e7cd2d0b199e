"""Where a row of a data set was: its words and coordinates -> a place of the gazetteer, or a place of its own.

The name decides, near the coordinates; a name that no list has within 25 km stays a place of its own with the row's
coordinates, and is learned. Coordinates that do not lie in the country named are refused, never mended.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import blake2b

from conflict.gazetteer import Gazetteer
from conflict.gazetteer_file import NamedPlace, with_units
from conflict.names import folded, normal
from conflict.nearby import distance_km
from conflict.places import EventPlace, Place
from conflict.vocabulary import PlaceLevel
from ingest.sources.rows import RowError, tables_of

SAME_NAME_KM = 25.0
_TURNED_KM = 80.0  # nearer than this a point and the same with its coordinates swapped may both be meant
_LEARNED_KM = 5.0  # a learned place is met again only this near: villages of one name lie closer than 25 km
_FINE = (PlaceLevel.SETTLEMENT, PlaceLevel.FACILITY)
_UNITS = (PlaceLevel.ADMIN1, PlaceLevel.ADMIN2)
_RINGS = (30.0, 70.0, 150.0)  # km around a point in which places tell the country
_FEW = 6  # with fewer places around, the lists are too thin to contradict a row
_TOLD_BY = 60  # so many of the nearest places
_KEPT = 60_000  # distinct places remembered


@dataclass(frozen=True, slots=True)
class Where:
    """What a row says of its place. `level` is what its precision code means; `vicinity`: only near there."""

    names: tuple[str, ...]  # the name, then other readings of it
    country: str
    admin1: str
    admin2: str
    latitude: float
    longitude: float
    level: PlaceLevel | None
    vicinity: bool = False


@dataclass(frozen=True, slots=True)
class Sited:
    """The place found; `learned` where no list has it."""

    place: EventPlace
    learned: NamedPlace | None = None
    doubt: str | None = None  # what a person should look at


class Siting:
    """Finds places for rows; remembers names, provinces and whose land is where, so that each is looked up once."""

    def __init__(self, places: Gazetteer) -> None:
        self._places = places
        tables = tables_of("countries")
        self._country_names: dict[str, str] = {normal(name): code for name, code in tables["names"].items()}
        self._may_hold = {code: frozenset(others) | {code} for code, others in tables["may_hold"].items()}
        self._own: dict[tuple[str, str], list[Place]] = {}
        self.country_code: Callable[[str], str | None] = lru_cache(maxsize=2_000)(self._country_code)
        self._unit: Callable[[str, str, PlaceLevel], Place | None] = lru_cache(maxsize=20_000)(self._find_unit)
        self._known: Callable[[Where], Place | None] = lru_cache(maxsize=_KEPT)(self._near_by_name)
        self._holders: Callable[[float, float, float], frozenset[str]] = lru_cache(maxsize=_KEPT)(self._countries_near)

    def place(self, place_id: str) -> Place | None:
        """The place of this id."""
        return self._places.get(place_id)

    def _country_code(self, name: str) -> str | None:
        """The ISO code of a country as data sets write it."""
        for form in (name, name.partition("(")[0]):
            own = self._country_names.get(normal(form))
            if own:
                return own
            found = self._places.country(form)
            if found is not None:
                return found.country_code
        return None

    def site(self, where: Where) -> Sited:
        """The place of a row; RowError where country and coordinates cannot both be right."""
        code = self.country_code(where.country)
        if code is None:
            raise RowError(f"the country is not known: {where.country[:60]!r}")
        text = where.names[0]
        if where.level is None:
            return Sited(EventPlace(text, None))
        if where.level is PlaceLevel.COUNTRY:
            return Sited(EventPlace(text, self._places.country(code)))
        doubt = self._check_country(where, code)
        admin1, admin2 = self._units_of(where, code)
        if where.level not in _FINE:
            unit = (admin2 or admin1) if where.level is PlaceLevel.ADMIN2 else admin1
            return Sited(EventPlace(text, unit), doubt=doubt)
        known = self._known(replace(where, vicinity=False))
        if known is not None:
            return Sited(EventPlace(text, known, vicinity=where.vicinity), doubt=doubt)
        self._check_turned(where)
        made = self._learn(where, code, admin1, admin2)
        return Sited(EventPlace(text, made.place, vicinity=where.vicinity), made, doubt)

    def _check_turned(self, where: Where) -> None:
        """Refuse a point far from which, with latitude and longitude swapped, a place of the name is known."""
        if abs(where.longitude) > 90:
            return
        turned = replace(where, latitude=where.longitude, longitude=where.latitude)
        if distance_km(where.latitude, where.longitude, turned.latitude, turned.longitude) < _TURNED_KM:
            return
        known = self._near_by_name(turned)
        if known is not None:
            raise RowError(
                f"{known.name} lies near {turned.latitude:g}, {turned.longitude:g}: latitude and longitude look swapped"
            )

    def _check_country(self, where: Where, code: str) -> str | None:
        """Refuse coordinates around which there are places, and none of them in the country named.

        Where that country begins within 150 km, or hardly any place is known around, it is taken with a doubt.
        """
        allowed = self._may_hold.get(code, frozenset({code}))
        held = self._who_holds(where.latitude, where.longitude, allowed)
        if not held or not allowed.isdisjoint(held):
            return self._over_the_border(where, code, allowed)
        beyond = self._holders(round(where.latitude), round(where.longitude), _RINGS[2])
        known = self._places.near(where.latitude, where.longitude, _RINGS[1])[:_FEW]
        if not allowed.isdisjoint(beyond) or len(known) < _FEW:
            return _elsewhere(where, held, code)
        turned = abs(where.longitude) <= 90 and self._who_holds(where.longitude, where.latitude, allowed)
        hint = "; latitude and longitude look swapped" if turned and not allowed.isdisjoint(turned) else ""
        raise RowError(
            f"the coordinates {where.latitude:g}, {where.longitude:g} lie in {'/'.join(sorted(held))}, "
            f"not in {where.country[:40]} ({code}){hint}"
        )

    def _over_the_border(self, where: Where, code: str, allowed: frozenset[str]) -> str | None:
        """A doubt about coordinates whose nearest places all lie in another country, though this one begins not far."""
        nearest = self._holders(round(where.latitude, 1), round(where.longitude, 1), _RINGS[0])
        if not nearest or not allowed.isdisjoint(nearest):
            return None
        if len(self._places.near(where.latitude, where.longitude, _RINGS[0])[:_FEW]) < _FEW:
            return None
        return _elsewhere(where, nearest, code)

    def _who_holds(self, latitude: float, longitude: float, allowed: frozenset[str]) -> frozenset[str]:
        held: frozenset[str] = frozenset()
        for ring in _RINGS[:2]:
            held = self._holders(round(latitude, 1), round(longitude, 1), ring)
            if not allowed.isdisjoint(held):
                return held
        return held or self._holders(round(latitude), round(longitude), _RINGS[2])

    def _countries_near(self, latitude: float, longitude: float, ring: float) -> frozenset[str]:
        near = self._places.near(latitude, longitude, ring)[: _TOLD_BY if ring == _RINGS[0] else None]
        return frozenset(place.country_code for place in near if place.country_code)

    def _units_of(self, where: Where, code: str) -> tuple[Place | None, Place | None]:
        admin1 = self._unit(where.admin1, code, PlaceLevel.ADMIN1) if where.admin1 else None
        admin2 = self._unit(where.admin2, code, PlaceLevel.ADMIN2) if where.admin2 else None
        if admin1 is None and where.admin1:
            # What some data sets call a province is a district to the gazetteer: its province is meant then.
            district = self._unit(where.admin1, code, PlaceLevel.ADMIN2)
            admin1 = self._places.get(district.admin1_id) if district and district.admin1_id else None
        if admin2 is not None and admin1 is not None and admin2.admin1_id != admin1.place_id:
            admin2 = None
        return admin1, admin2

    def _find_unit(self, name: str, code: str, level: PlaceLevel) -> Place | None:
        name = tables_of("acled")["places"].get(name.lower(), name)
        found = self._places.find(name, country=code, limit=12)
        return next((c.place for c in found if c.place.level is level and c.place.country_code == code), None)

    def _near_by_name(self, where: Where) -> Place | None:
        code = self.country_code(where.country) or ""
        allowed = self._may_hold.get(code, frozenset({code}))
        for name in where.names:
            best: tuple[float, Place] | None = None
            for place in self._places.named(name, code):
                if place.level not in _FINE or place.country_code not in allowed:
                    continue
                away = _km(where, place)
                if away is not None and away <= SAME_NAME_KM and (best is None or away < best[0]):
                    best = away, place
            if best is not None:
                return best[1]
        return None

    def _learn(self, where: Where, code: str, admin1: Place | None, admin2: Place | None) -> NamedPlace:
        names = tuple(" ".join(name.split())[:120] for name in where.names)
        known = self._own.setdefault((code, folded(names[0])), [])
        for place in known:
            away = _km(where, place)
            if away is not None and away <= _LEARNED_KM:
                return NamedPlace(place, names[1:])
        latitude, longitude = round(where.latitude, 5), round(where.longitude, 5)
        mark = blake2b(f"{folded(names[0])} {latitude:.2f} {longitude:.2f}".encode(), digest_size=6).hexdigest()
        country = self._places.country(code)
        place = Place(
            place_id=f"sr:learned-{code.lower()}-{mark}",
            name=names[0],
            level=PlaceLevel.SETTLEMENT,
            country=country.country if country else None,
            country_code=code,
            latitude=latitude,
            longitude=longitude,
        )
        place = with_units(place, admin1, admin2)
        if len(self._own) < _KEPT:
            known.append(place)
        return NamedPlace(place, names[1:])


def _elsewhere(where: Where, held: frozenset[str], code: str) -> str:
    point = f"{where.latitude:g}, {where.longitude:g}"
    return f"the places nearest to {point} lie in {'/'.join(sorted(held))}, not in {where.country[:40]} ({code})"


def _km(where: Where, place: Place) -> float | None:
    if place.latitude is None or place.longitude is None:
        return None
    return distance_km(where.latitude, where.longitude, place.latitude, place.longitude)
