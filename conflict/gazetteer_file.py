"""The embedded places as flat columns in a few compressed files: read in a blink, a few bytes a place.

Built by `scripts/build_gazetteer.py`; the files are data of GeoNames (see NOTICE). Numbers are little-endian.
"""

from __future__ import annotations

import sys
import zlib
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import Path

from conflict.errors import InputError
from conflict.name_index import NameFilter, NameIndex
from conflict.names import folded, folded_words, is_arabic, normal, skeleton
from conflict.places import Place
from conflict.vocabulary import PlaceLevel

DATA = Path(__file__).parent / "data" / "places"
NOWHERE = -0x80000000  # a coordinate that is not known
NOTHING = 0xFFFFFFFF  # no such unit
LEVELS = tuple(PlaceLevel)
_SCALE = 100_000  # five decimals: about a metre
_COLUMNS = ("ids", "latitudes", "longitudes", "populations", "admin1s", "admin2s", "levels", "countries")
_TYPES = "IiiIIIBH"
_INDICES = ("normal", "folded", "skeleton")
_SHORTEST_SKELETON = 3


@dataclass(frozen=True, slots=True)
class NamedPlace:
    """A place with the names that it has beside its own two: what importers hand to `Gazetteer.load(extra=...)`."""

    place: Place
    names: tuple[str, ...] = ()

    @property
    def all_names(self) -> tuple[str, ...]:
        """Every name of the place, its own first."""
        own = (self.place.name, self.place.name_ar) if self.place.name_ar else (self.place.name,)
        return tuple(dict.fromkeys((*own, *self.names)))


@dataclass(frozen=True, slots=True)
class Indices:
    """The three indexes over the names of a set of places, by place number."""

    normal: NameIndex
    folded: NameIndex
    skeleton: NameIndex

    @classmethod
    def build(cls, names: Iterable[tuple[str, int]]) -> Indices:
        """Indexes of (name, place number) pairs. Scripts other than Latin and Arabic are found by their normal form."""
        exact, fold, bare = [], [], []
        for name, number in names:
            key = normal(name)
            exact.append((key, number))
            if folds(key):
                fold.append((folded(name), number))
                letters = skeleton(name)
                if len(letters) >= _SHORTEST_SKELETON:
                    bare.append((letters, number))
        return cls(NameIndex.build(exact), NameIndex.build(fold), NameIndex.build(bare))


def folds(key: str) -> bool:
    """Whether a normal key is of a script that has lenient keys: Latin or Arabic."""
    return key.isascii() or is_arabic(key) or "a" <= key[:1] <= "z"


class Listed:
    """Places held one by one: those of the alias and region file, and those that a database brings."""

    def __init__(self, entries: Iterable[NamedPlace]) -> None:
        self.places: list[Place] = []
        numbers: dict[str, int] = {}
        names: list[tuple[str, int]] = []
        for entry in entries:
            number = numbers.setdefault(entry.place.place_id, len(self.places))
            if number == len(self.places):
                self.places.append(entry.place)
            names.extend((name, number) for name in entry.all_names)
        self._numbers = numbers
        self.indices = Indices.build(names)
        self.words = [words for name, _ in names if (words := folded_words(name))]

    def __len__(self) -> int:
        return len(self.places)

    def place(self, number: int) -> Place:
        """The place of this number."""
        return self.places[number]

    def country_code(self, number: int) -> str | None:
        """The country of the place of this number, without making the place."""
        return self.places[number].country_code

    def population(self, number: int) -> int:
        """The inhabitants of the place of this number, 0 when unknown."""
        return self.places[number].population

    def number_of(self, place_id: str) -> int | None:
        """The number of the place with this id."""
        return self._numbers.get(place_id)

    def coordinates(self) -> Iterable[tuple[int, float, float]]:
        """Number, latitude and longitude of each settlement and facility that has them."""
        for number, place in enumerate(self.places):
            if place.latitude is not None and place.longitude is not None and place.level in LEVELS[:2]:
                yield number, place.latitude, place.longitude


class Embedded:
    """The places that come with Sitrep, as columns ordered by GeoNames id. A `Place` is made when it is asked for."""

    def __init__(
        self,
        columns: Mapping[str, Sequence[int]],
        names: tuple[bytes, Sequence[int]],
        arabic: tuple[bytes, Sequence[int]],
        countries: Sequence[tuple[str, str]],
        indices: Indices,
    ) -> None:
        self._ids = columns["ids"]
        self._columns = columns
        self._names, self._name_starts = names
        self._arabic, self._arabic_starts = arabic
        self._countries = countries
        self.indices = indices

    def __len__(self) -> int:
        return len(self._ids)

    def place(self, number: int) -> Place:
        """The place of this number."""
        columns = self._columns
        code, country = self._countries[columns["countries"][number]]
        admin1, admin2 = columns["admin1s"][number], columns["admin2s"][number]
        latitude, longitude = columns["latitudes"][number], columns["longitudes"][number]
        known = latitude != NOWHERE
        return Place(
            place_id=f"gn:{self._ids[number]}",
            name=self._name(number),
            level=LEVELS[columns["levels"][number]],
            country=country,
            country_code=code,
            admin1=None if admin1 == NOTHING else self._name(admin1),
            admin1_id=None if admin1 == NOTHING else f"gn:{self._ids[admin1]}",
            admin2=None if admin2 == NOTHING else self._name(admin2),
            admin2_id=None if admin2 == NOTHING else f"gn:{self._ids[admin2]}",
            latitude=latitude / _SCALE if known else None,
            longitude=longitude / _SCALE if known else None,
            population=columns["populations"][number],
            name_ar=self._arabic[self._arabic_starts[number] : self._arabic_starts[number + 1]].decode() or None,
        )

    def country_code(self, number: int) -> str | None:
        """The country of the place of this number, without making the place."""
        return self._countries[self._columns["countries"][number]][0]

    def population(self, number: int) -> int:
        """The inhabitants of the place of this number, 0 when unknown."""
        return self._columns["populations"][number]

    def number_of(self, place_id: str) -> int | None:
        """The number of the place with this id, `gn:` and a GeoNames id."""
        digits = place_id.removeprefix("gn:")
        if digits == place_id or not (digits.isascii() and digits.isdigit() and len(digits) < 12):
            return None
        wanted = int(digits)
        at = bisect_left(self._ids, wanted)
        return at if at < len(self._ids) and self._ids[at] == wanted else None

    def coordinates(self) -> Iterable[tuple[int, float, float]]:
        """Number, latitude and longitude of each settlement and facility that has them."""
        latitudes, longitudes = self._columns["latitudes"], self._columns["longitudes"]
        for number, level in enumerate(self._columns["levels"]):
            if level < 2 and latitudes[number] != NOWHERE:  # LEVELS: facility, settlement, then units
                yield number, latitudes[number] / _SCALE, longitudes[number] / _SCALE

    def _name(self, number: int) -> str:
        return self._names[self._name_starts[number] : self._name_starts[number + 1]].decode()


def write_embedded(
    folder: Path,
    places: Sequence[Place],
    names: Iterable[tuple[str, int]],
    country_codes: Sequence[str],
) -> dict[str, int]:
    """Write places, already in order of their GeoNames ids, and their (name, number) pairs; gives each file's bytes."""
    number_of = {place.place_id: number for number, place in enumerate(places)}
    values: dict[str, list[int]] = {column: [] for column in _COLUMNS}
    for place in places:
        row = (
            int(place.place_id.removeprefix("gn:")),
            NOWHERE if place.latitude is None else round(place.latitude * _SCALE),
            NOWHERE if place.longitude is None else round(place.longitude * _SCALE),
            min(place.population, 0xFFFFFFFF),
            number_of.get(place.admin1_id or "", NOTHING),
            number_of.get(place.admin2_id or "", NOTHING),
            LEVELS.index(place.level),
            country_codes.index(place.country_code or ""),
        )
        for column, value in zip(_COLUMNS, row, strict=True):
            values[column].append(value)
    shown = [place.name.encode() for place in places]
    arabic = [(place.name_ar or "").encode() for place in places]
    parts = [len(places).to_bytes(4, "little"), "".join(country_codes).encode().ljust(1024)]
    parts += [_native(array(kind, values[column])) for column, kind in zip(_COLUMNS, _TYPES, strict=True)]
    for texts in (shown, arabic):
        parts += [_native(array("H", map(len, texts))), sum(map(len, texts)).to_bytes(4, "little"), b"".join(texts)]
    pairs = list(names)
    indices = Indices.build(pairs)
    known = NameFilter()
    for name, _ in pairs:
        if words := folded_words(name):
            known.add(words)
    contents = {"columns": b"".join(parts), "filter": bytes(known.table)}
    contents |= {kind: getattr(indices, kind).to_bytes() for kind in _INDICES}
    sizes = {}
    for part, content in contents.items():
        packed = zlib.compress(content, 9)
        (folder / f"{part}.bin").write_bytes(packed)
        sizes[f"{part}.bin"] = len(packed)
    return sizes


def read_embedded(folder: Path, country_names: Mapping[str, str]) -> tuple[Embedded, NameFilter]:
    """The embedded places and the filter over their names. InputError when the files are missing or damaged."""
    try:
        content = {part: zlib.decompress((folder / f"{part}.bin").read_bytes()) for part in ("columns", "filter")}
        indices = Indices(
            *(NameIndex.from_bytes(zlib.decompress((folder / f"{part}.bin").read_bytes())) for part in _INDICES)
        )
        return _embedded(content["columns"], indices, country_names), NameFilter(bytearray(content["filter"]))
    except (OSError, ValueError, zlib.error, IndexError) as error:
        raise InputError(
            f"The embedded places in {folder} cannot be read ({error}). Build them again with: make gazetteer"
        ) from error


def _embedded(data: bytes, indices: Indices, country_names: Mapping[str, str]) -> Embedded:
    count = int.from_bytes(data[:4], "little")
    letters = data[4:1028].decode().strip()
    codes = [letters[n : n + 2] for n in range(0, len(letters), 2)]
    at = 1028
    columns: dict[str, Sequence[int]] = {}
    for column, kind in zip(_COLUMNS, _TYPES, strict=True):
        values: array[int] = array(kind)
        size = count * values.itemsize
        values.frombytes(data[at : at + size])
        if sys.byteorder == "big":
            values.byteswap()
        columns[column] = values
        at += size
    texts = []
    for _ in range(2):
        lengths = array("H", data[at : at + 2 * count])
        if sys.byteorder == "big":
            lengths.byteswap()
        at += 2 * count
        size = int.from_bytes(data[at : at + 4], "little")
        texts.append((data[at + 4 : at + 4 + size], array("I", accumulate(lengths, initial=0))))
        at += 4 + size
    return Embedded(columns, texts[0], texts[1], [(code, country_names.get(code, code)) for code in codes], indices)


def _native(values: array[int]) -> bytes:
    if sys.byteorder == "big":
        values.byteswap()
    return values.tobytes()


def with_units(place: Place, admin1: Place | None, admin2: Place | None = None) -> Place:
    """The place put into its province and district."""
    return replace(
        place,
        admin1=admin1.name if admin1 else place.admin1,
        admin1_id=admin1.place_id if admin1 else place.admin1_id,
        admin2=admin2.name if admin2 else place.admin2,
        admin2_id=admin2.place_id if admin2 else place.admin2_id,
    )
