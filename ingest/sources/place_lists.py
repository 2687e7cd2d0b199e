"""Lists of places: a GeoNames country dump (zip or txt), and OCHA's populated places as TSV, CSV or XLSX.

Provinces and districts are those that the gazetteer has; a list brings settlements and facilities only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache

from conflict.errors import InputError
from conflict.gazetteer import Gazetteer
from conflict.gazetteer_file import NamedPlace, with_units
from conflict.places import Place
from conflict.vocabulary import PlaceLevel
from ingest.sources.rows import Rejection, RowError, coordinates, formula, short, tables_of
from ingest.sources.tables import LONGEST_LINE, RawRow, TableFile

_GEONAMES = 19  # columns of a GeoNames dump, tab-separated, no header
_LONGEST_NAME = 120
_MOST_NAMES = 60


def read_places(table: TableFile, gazetteer: Gazetteer) -> Iterator[NamedPlace | Rejection]:
    """The places of a list, whatever its kind. InputError where it is none that is known."""
    first = table.first_line()
    if first.count("\t") == _GEONAMES - 1 and first.partition("\t")[0].isdigit():
        return _geonames(table, gazetteer)
    rows = table.rows()
    header = next(rows, None)
    if isinstance(header, tuple):
        columns = _columns(header[1])
        if {"id", "name", "latitude", "longitude"} <= columns.keys():
            return _ocha(rows, columns, len(header[1]), gazetteer)
    raise InputError(
        f"{table.path.name} is no list of places known: neither a GeoNames country dump, nor a table with columns for "
        "P-code, name, latitude and longitude (OCHA populated places)"
    )


def _columns(header: list[str]) -> dict[str, int]:
    at = {name.strip().lower().replace(" ", "_"): number for number, name in reversed(list(enumerate(header)))}
    found: dict[str, int] = {}
    for field, names in tables_of("place_lists").items():
        if isinstance(names, list):
            number = next((at[name] for name in names if name in at), None)
            if number is not None:
                found[field] = number
    return found


class _Units:
    """Provinces and districts by code or name, each looked up once."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer
        self.by_code: Callable[[str], Place | None] = lru_cache(maxsize=5_000)(gazetteer.by_code)
        self.named: Callable[[str, str, PlaceLevel], Place | None] = lru_cache(maxsize=5_000)(self._named)
        self.country: Callable[[str], Place | None] = lru_cache(maxsize=500)(gazetteer.country)

    def _named(self, name: str, code: str, level: PlaceLevel) -> Place | None:
        found = self._gazetteer.find(name, country=code, limit=12)
        return next((c.place for c in found if c.place.level is level and c.place.country_code == code), None)


def _ocha(
    rows: Iterator[RawRow | Rejection], columns: dict[str, int], width: int, gazetteer: Gazetteer
) -> Iterator[NamedPlace | Rejection]:
    units = _Units(gazetteer)
    for raw in rows:
        if isinstance(raw, Rejection):
            yield raw
            continue
        line, cells = raw
        cells = cells + [""] * (width - len(cells))  # spreadsheets leave out empty cells at the end
        if any(cell.startswith("#") for cell in cells[:3]):
            continue  # HXL tags
        if len(cells) != width:
            yield Rejection(line, f"{len(cells)} cells where the header has {width}")
            continue
        try:
            yield _ocha_place(cells, columns, units)
        except RowError as reason:
            yield Rejection(line, str(reason))


def _ocha_place(cells: list[str], columns: dict[str, int], units: _Units) -> NamedPlace:
    def cell(field: str) -> str:
        return " ".join(cells[columns[field]].split()) if field in columns else ""

    pcode, name = cell("id"), cell("name")
    if not pcode or not pcode.replace("-", "").isalnum() or len(pcode) > 30:
        raise RowError(f"no P-code: {short(pcode)}")
    name = name or cell("name_ar")
    if not name or len(name) > _LONGEST_NAME or formula(name):
        raise RowError(f"no name: {short(name)}")
    latitude, longitude = coordinates(cell("latitude"), cell("longitude"))
    admin1 = units.by_code(cell("admin1_id")) if cell("admin1_id") else None
    code = cell("country")[:2] or cell("admin1_id")[:2] or pcode[:2]
    country = units.country(admin1.country_code if admin1 and admin1.country_code else code)
    if country is None or country.country_code is None:
        raise RowError(f"the country is not known: {short(code)}")
    if admin1 is None and cell("admin1"):
        admin1 = units.named(cell("admin1"), country.country_code, PlaceLevel.ADMIN1)
    admin2 = units.named(cell("admin2"), country.country_code, PlaceLevel.ADMIN2) if cell("admin2") else None
    if admin1 is None or (admin2 is not None and admin2.admin1_id != admin1.place_id):
        admin2 = None
    place = Place(
        place_id=f"pcode:{pcode}",
        name=name,
        level=PlaceLevel.SETTLEMENT,
        country=country.country,
        country_code=country.country_code,
        latitude=round(latitude, 5),
        longitude=round(longitude, 5),
        name_ar=cell("name_ar")[:_LONGEST_NAME] or None,
    )
    others = (cell("alternates"),) if cell("alternates") else ()
    return NamedPlace(with_units(place, admin1, admin2), others)


def _geonames(table: TableFile, gazetteer: Gazetteer) -> Iterator[NamedPlace | Rejection]:
    units = _Units(gazetteer)
    tables = tables_of("place_lists")
    facilities, gone = tables["facilities"], frozenset(tables["gone"]["codes"])
    text = table.text()
    line = 0
    while row := text.readline(LONGEST_LINE):
        line += 1
        cells = row.rstrip("\r\n").split("\t")
        if len(cells) != _GEONAMES or not cells[0].isdigit():
            yield Rejection(line, f"{len(cells)} cells where a GeoNames dump has {_GEONAMES}")
            continue
        try:
            kind = facilities.get(cells[7])
            if (cells[6] == "P" and cells[7] not in gone) or kind:
                yield _geonames_place(cells, units, kind)
        except RowError as reason:
            yield Rejection(line, str(reason), row[:1000].encode("utf-8", "replace").decode())


def _geonames_place(cells: list[str], units: _Units, kind: str | None) -> NamedPlace:
    latitude, longitude = coordinates(cells[4], cells[5])
    country = units.country(cells[8])
    name = cells[1].strip()
    if country is None or not name or len(name) > _LONGEST_NAME:
        raise RowError(f"no name or country: {short(name)}, {short(cells[8])}")
    names = [n.strip() for n in (cells[2], *cells[3].split(",")) if 0 < len(n.strip()) <= _LONGEST_NAME]
    arabic = next((n for n in names if "\u0620" <= n[0] <= "\u064a"), None)
    place = Place(
        place_id=f"gn:{cells[0]}",
        name=name,
        level=PlaceLevel.FACILITY if kind else PlaceLevel.SETTLEMENT,
        country=country.country,
        country_code=country.country_code,
        latitude=latitude,
        longitude=longitude,
        population=int(cells[14]) if cells[14].isdigit() and len(cells[14]) < 10 else 0,
        name_ar=arabic,
        kind=kind,
    )
    admin1 = units.by_code(f"{cells[8]}.{cells[10]}") if cells[10] else None
    try:
        "".join(names).encode()
    except UnicodeEncodeError:
        raise RowError("not UTF-8") from None
    return NamedPlace(with_units(place, admin1), tuple(dict.fromkeys(names))[:_MOST_NAMES])
