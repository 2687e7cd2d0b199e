"""The gazetteer: what a place name may mean, from the embedded places, our alias and region file, and a database's.

`find` takes a name as a person writes it and gives ranked candidates; namesakes that nothing tells apart keep equal
scores, so that a question can ask back. It never invents: an unknown name gives nothing.
"""

from __future__ import annotations

import csv
import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

from conflict.errors import InputError
from conflict.gazetteer_file import DATA, Embedded, Listed, NamedPlace, folds, read_embedded
from conflict.name_index import NameFilter
from conflict.names import folded, normal, skeleton
from conflict.nearby import Grid, distance_km
from conflict.place_words import read_words, varied_names
from conflict.places import Candidate, Mention, Place
from conflict.scanning import Scanner
from conflict.typos import neighbours
from conflict.vocabulary import PlaceLevel

_OWN_NAME = 0.05  # "Ariha" is the town called so before it is Jericho
_LONGEST_NAME = 120  # characters of a question that can still be a name
_MOST_WEIGHED = 60  # the most promising of them, that are ranked in full
_MOST_HITS = 400  # namesakes looked at for one key; San José has some hundreds
_SAME_PLACE_KM = 6.0  # two entries of one name and level as close as this are one place from two lists
_HOW = {"exact": 0.70, "folded": 0.62, "skeleton": 0.50, "edit": 0.38}
_SHORT_NAME = 0.12  # taken from a lenient match of a name of three letters or fewer when folded
_LEVEL = {
    PlaceLevel.COUNTRY: 0.06,
    PlaceLevel.ADMIN1: 0.05,
    PlaceLevel.REGION: 0.03,
    PlaceLevel.FACILITY: 0.02,
    PlaceLevel.SETTLEMENT: 0.02,
    PlaceLevel.ADMIN2: -0.03,  # people mean the town, not its district
}
_POPULATION_STEPS = (5_000, 50_000, 500_000, 1_000_000)  # each step up is worth a hundredth
_IN_COUNTRY = 0.14
_IN_PROVINCE = 0.05
_AFFECTED = 0.02
_WANTED_LEVEL = 0.20  # a level said outright outweighs an exact spelling of another level
Layer = Embedded | Listed
Hit = tuple[int, int]  # layer, number


class Gazetteer:
    """All known places. Made by `load`; then read-only, and safe to share between threads."""

    def __init__(self, layers: Sequence[Layer], known: NameFilter, tables: _Tables) -> None:
        self._layers = layers
        self._known = known
        self._tables = tables
        self._scanner = Scanner(DATA, known, self._hits)
        self._grid: Grid | None = None

    @classmethod
    def load(cls, extra: Iterable[NamedPlace | Place] = ()) -> Gazetteer:
        """The embedded places with the alias and region file, and `extra`, the places that a database adds.

        Raises InputError when the shipped files are missing or damaged.
        """
        tables = _Tables(DATA)
        embedded, known = read_embedded(DATA, tables.country_names)
        listed = Listed(_hand_written(DATA, embedded, tables))
        layers: list[Layer] = [embedded, listed]
        more = [entry if isinstance(entry, NamedPlace) else NamedPlace(entry) for entry in extra]
        if more:
            layers.append(Listed(more))
        for layer in layers[1:]:
            if isinstance(layer, Listed):
                for words in layer.words:
                    known.add(words)
        return cls(layers, known, tables)

    def __len__(self) -> int:
        return sum(len(layer) for layer in self._layers)

    def get(self, place_id: str) -> Place | None:
        """The place of this id, or None."""
        for layer in reversed(self._layers):
            number = layer.number_of(place_id)
            if number is not None:
                return layer.place(number)
        return None

    def country(self, name_or_code: str) -> Place | None:
        """The country of this name (any of its names, English or Arabic) or ISO 3166-1 code; None when unknown."""
        code = self._tables.country_code(name_or_code)
        return self.get(self._tables.country_ids.get(code, "")) if code else None

    def by_code(self, code: str) -> Place | None:
        """The province of an ISO 3166-2 code (SY-ID), a GeoNames code (SY.12) or an OCHA P-code (SY07)."""
        return self.get(self._tables.codes.get(code.upper(), ""))

    def covered(self, place: Place) -> tuple[Place, ...]:
        """The provinces that a region covers (Donbas: Donetsk and Luhansk), also the Gaza Strip's; empty if unknown."""
        ids = (self._tables.codes.get(code, "") for code in self._tables.covers.get(place.place_id, ()))
        return tuple(unit for place_id in ids if (unit := self.get(place_id)))

    def within(self, place: Place, other: Place) -> bool:
        """Whether `place` is `other` or lies in it, as far as the tables say; a region covers its listed provinces."""
        if place.place_id == other.place_id:
            return True
        if other.level is PlaceLevel.COUNTRY:
            return place.country_code == other.country_code and place.country_code is not None
        if other.place_id in (place.admin1_id, place.admin2_id):
            return True
        return any(unit.place_id == place.admin1_id for unit in self.covered(other))

    def is_name(self, words: str) -> bool:
        """Whether these words, in any case, are exactly a known name: a quick check for questions in lower case."""
        key = normal(words)
        return bool(key) and not self._scanner.is_common(key) and any(self._exact(key))

    def find(
        self,
        name: str,
        *,
        country: str | None = None,
        admin1: str | None = None,
        fuzzy: bool = False,
        limit: int = 5,
    ) -> tuple[Candidate, ...]:
        """What `name` may mean, best first. "Idlib province" and "محافظة إدلب" put the level they name first.

        Steps: exact, folded romanisation, consonant skeleton (three letters or more), with `fuzzy` one or two typos.
        `country` and `admin1` (English names, or an ISO code for the country) rank, they do not filter.
        """
        name = name[:_LONGEST_NAME]
        code = self._tables.country_code(country) if country else None
        context = _Context(code, normal(admin1) if admin1 else None, self._tables.affected)
        found = self._steps(name, context, fuzzy)
        plain, level = self._scanner.without_level_words(normal(name))
        if level and plain:
            context = _Context(code, context.admin1, context.affected, level)
            for hit, how in self._steps(plain, context, fuzzy and not found).items():
                found.setdefault(hit, how)
        return self._ranked(found, context, limit, own=normal(name))

    def named(self, name: str, country: str | None = None) -> Iterator[Place]:
        """Every place that `name` may mean, by the same steps as `find`, without ranking; `country` is an ISO code."""
        context = _Context(country, None, self._tables.affected)
        return (self._place(hit) for hit in self._steps(name[:_LONGEST_NAME], context, fuzzy=False))

    def mentions(self, text: str, *, country: str | None = None, cased: bool = True) -> Sequence[Mention]:
        """All place names in a text, longest match first, non-overlapping, in order; time linear in its length.

        `country` (name or code) is the one that the text is about. `cased` False reads Latin names in lower case too,
        as questions are typed. A mention takes in the word that says its level ("Idlib province", "ريف إدلب").
        """
        code = self._tables.country_code(country) if country else None
        return self._scanner.mentions(text, self, code, cased)

    def near(self, latitude: float, longitude: float, radius_km: float) -> Sequence[Place]:
        """Settlements and facilities within the radius (at most 500 km), nearest first."""
        if self._grid is None:
            self._grid = Grid(
                ((layer, number), latitude, longitude)
                for layer, places in enumerate(self._layers)
                for number, latitude, longitude in places.coordinates()
            )
        places = [self._place(hit) for hit in self._grid.within(latitude, longitude, radius_km)]
        return list({place.place_id: place for place in places}.values())

    def sample_names(self, count: int, chance: Random) -> list[str]:
        """Some known names, in their normal form: for measuring."""
        index = self._layers[0].indices.normal
        return [index.key(chance.randrange(len(index))) for _ in range(count)]

    def exact(self, key: str) -> Sequence[Hit]:
        """The places with exactly this normal form: for the scanner."""
        return tuple(self._exact(key))

    def rank(
        self, hits: dict[Hit, str], code: str | None, level: PlaceLevel | None, limit: int
    ) -> tuple[Candidate, ...]:
        """Candidates of hits, best first: for the scanner, which believes lenient matches only within `code`."""
        if code is not None:
            hits = {
                (layer, number): how
                for (layer, number), how in hits.items()
                if how == "exact" or self._layers[layer].country_code(number) == code
            }
        return self._ranked(hits, _Context(code, None, self._tables.affected, level), limit)

    def _steps(self, name: str, context: _Context, fuzzy: bool) -> dict[Hit, str]:
        key = normal(name)
        found = dict.fromkeys(self._exact(key), "exact")
        if not folds(key):
            return found
        fold = folded(name)
        context.short = len(fold) <= 3
        for hit in self._hits(fold):
            found.setdefault(hit, "folded")
        if self._in_focus(found, context):
            return found
        bare = skeleton(name)
        if len(bare) >= 3:
            for layer, places in enumerate(self._layers):
                for number in places.indices.skeleton.find(bare)[:_MOST_HITS]:
                    found.setdefault((layer, number), "skeleton")
        if fuzzy and (not self._in_focus(found, context) or set(found.values()) == {"skeleton"}):
            for near in neighbours(fold, self._known, [layer.indices.folded for layer in self._layers]):
                for hit in self._hits(near):
                    found.setdefault(hit, "edit")
        return found

    def _in_focus(self, found: dict[Hit, str], context: _Context) -> bool:
        """Whether something was found, in the country of the question when there is one."""
        if context.code is None:
            return bool(found)
        return any(self._layers[layer].country_code(number) == context.code for layer, number in found)

    def _exact(self, key: str) -> Iterator[Hit]:
        for layer, places in enumerate(self._layers):
            for number in places.indices.normal.find(key)[:_MOST_HITS]:
                yield layer, number

    def _hits(self, fold: str) -> list[Hit]:
        return [
            (layer, number)
            for layer, places in enumerate(self._layers)
            for number in places.indices.folded.find(fold)[:_MOST_HITS]
        ]

    def _place(self, hit: Hit) -> Place:
        return self._layers[hit[0]].place(hit[1])

    def _promise(self, hit: Hit, how: str, context: _Context) -> tuple[float, int]:
        """A first, cheap idea of a hit's rank, without making the place."""
        places, number = self._layers[hit[0]], hit[1]
        focused = places.country_code(number) == context.code
        return _HOW[how] + (_IN_COUNTRY if focused else 0.0), places.population(number)

    def _ranked(
        self, found: dict[Hit, str], context: _Context, limit: int, own: str | None = None
    ) -> tuple[Candidate, ...]:
        """The best first; a place whose own name is `own` goes before one of which it is a further spelling."""
        best: dict[str, Candidate] = {}
        if len(found) > _MOST_WEIGHED:
            found = dict(
                heapq.nlargest(_MOST_WEIGHED, found.items(), key=lambda item: self._promise(item[0], item[1], context))
            )
        for hit, how in found.items():
            place = self._place(hit)
            score = _HOW[how] + context.bonus(place) - (_SHORT_NAME if context.short and how != "exact" else 0.0)
            candidate = Candidate(place, round(min(1.0, score), 3), how)
            held = best.get(place.place_id)
            if held is None or candidate.score > held.score:
                best[place.place_id] = candidate

        def rank(candidate: Candidate) -> tuple[float, int, str]:
            place = candidate.place
            called_so = context.code is None and own is not None and own == normal(place.name)
            return -candidate.score - (_OWN_NAME if called_so else 0.0), -place.population, place.place_id

        ranked = sorted(best.values(), key=rank)
        return tuple(_one_of_each(ranked[: 4 * limit + 20])[:limit])


class _Context:
    """What a question or text is about, as a preference between namesakes."""

    __slots__ = ("admin1", "affected", "code", "level", "short")

    def __init__(
        self,
        code: str | None,
        admin1: str | None,
        affected: frozenset[str],
        level: frozenset[PlaceLevel] | PlaceLevel | None = None,
    ) -> None:
        self.code = code
        self.admin1 = admin1
        self.affected = affected
        self.level = level
        self.short = False  # whether the name asked for is too short for lenient matches to mean much

    def bonus(self, place: Place) -> float:
        """What level, size and context add to a candidate's score."""
        score = _LEVEL[place.level] + 0.01 * sum(place.population >= step for step in _POPULATION_STEPS)
        if place.country_code in self.affected:
            score += _AFFECTED
        if self.code is not None and place.country_code == self.code:
            score += _IN_COUNTRY
        if self.admin1 is not None and place.admin1 and normal(place.admin1) == self.admin1:
            score += _IN_PROVINCE
        if self.level is not None and place.level is self.level:
            score += _WANTED_LEVEL
        return score


def _one_of_each(ranked: list[Candidate]) -> list[Candidate]:
    """The candidates without those that are the same place from a second list; the better one stays."""
    kept: list[Candidate] = []
    for candidate in ranked:
        if not any(_same(candidate.place, other.place) for other in kept):
            kept.append(candidate)
    return kept


def _same(place: Place, other: Place) -> bool:
    if place.level is not other.level or place.country_code != other.country_code:
        return False
    if None in (place.latitude, place.longitude, other.latitude, other.longitude):
        return False
    if place.level in (PlaceLevel.ADMIN1, PlaceLevel.REGION):
        return False
    near = distance_km(place.latitude or 0.0, place.longitude or 0.0, other.latitude or 0.0, other.longitude or 0.0)
    return near <= _SAME_PLACE_KM


class _Tables:
    """The small tables beside the places: countries, codes, what regions cover."""

    def __init__(self, folder: Path) -> None:
        self.country_names: dict[str, str] = {}
        self.country_ids: dict[str, str] = {}
        self._codes_by_name: dict[str, str] = {}
        self.codes: dict[str, str] = {}
        self.covers: dict[str, tuple[str, ...]] = {}
        affected = set()
        for row in read_table(folder / "countries.tsv"):
            code = row["code"]
            self.country_names[code] = row["name"]
            if row["affected"]:
                affected.add(code)
            for name in (code, row["name"], row["name_ar"], *row["aliases"].split("|")):
                if key := normal(name):
                    self._codes_by_name.setdefault(key, code)
        self.affected = frozenset(affected)
        for row in read_table(folder / "codes.tsv"):
            self.codes[row["code"]] = row["id"]
            if len(row["code"]) == 2:
                self.country_ids[row["code"]] = row["id"]
        for code in list(self.codes):  # provinces of provinces: the Gaza Strip (PS.GZ) and its governorates
            above, _, own = code.rpartition(".")
            if "." in above and own and above in self.codes:
                self.covers[self.codes[above]] = (*self.covers.get(self.codes[above], ()), code)
        for row in read_table(folder / "pcodes.tsv"):
            self.codes[row["code"]] = self.codes.get(row["iso"], "")

    def country_code(self, name: str) -> str | None:
        """The ISO 3166-1 code of a country by any of its names or codes."""
        return self._codes_by_name.get(normal(name))


def _hand_written(folder: Path, embedded: Embedded, tables: _Tables) -> Iterator[NamedPlace]:
    """The places and further names that we wrote down ourselves: places.tsv and aliases.tsv."""
    own: dict[str, Place] = {}
    kinds = read_words(folder / "words.toml")["kinds"]
    for row in read_table(folder / "places.tsv"):
        entry = _own_place(row, embedded, tables)
        own[entry.place.place_id] = entry.place
        if row["covers"]:
            tables.covers[entry.place.place_id] = tuple(row["covers"].split("|"))
        yield replace(entry, names=tuple(varied_names(entry.all_names, kinds.get(row["kind"], ()))))
    for row in read_table(folder / "aliases.tsv"):
        place = own.get(row["id"])
        number = embedded.number_of(tables.codes.get(row["id"], row["id"]))
        if place is None and number is not None:
            place = embedded.place(number)
        if place is not None:
            yield NamedPlace(place, tuple(row["aliases"].split("|")))


def _own_place(row: dict[str, str], embedded: Embedded, tables: _Tables) -> NamedPlace:
    unit = embedded.number_of(tables.codes.get(row["admin1"], ""))
    admin1 = embedded.place(unit) if unit is not None else None
    district = embedded.number_of(row["admin2"])
    admin2 = embedded.place(district) if district is not None else None
    try:
        place = Place(
            place_id=row["id"],
            name=row["name"],
            level=PlaceLevel(row["level"]),
            country=tables.country_names.get(row["country"]),
            country_code=row["country"] or None,
            admin1=admin1.name if admin1 else None,
            admin1_id=admin1.place_id if admin1 else None,
            admin2=admin2.name if admin2 else None,
            admin2_id=admin2.place_id if admin2 else None,
            latitude=float(row["latitude"]) if row["latitude"] else None,
            longitude=float(row["longitude"]) if row["longitude"] else None,
            name_ar=row["name_ar"] or None,
            kind=row["kind"] or None,
        )
    except ValueError as error:
        raise InputError(f"The place {row['id']} in places.tsv cannot be read: {error}") from error
    return NamedPlace(place, tuple(name for name in row["aliases"].split("|") if name))


def read_table(path: Path) -> Iterator[dict[str, str]]:
    """The rows of one of the tables beside the places: tab-separated, # begins a comment. InputError if unreadable."""
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            rows = csv.DictReader(
                (line for line in lines if not line.startswith("#")), delimiter="\t", quoting=csv.QUOTE_NONE, restval=""
            )
            yield from rows
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"The table {path.name} of the places cannot be read: {error}") from error
