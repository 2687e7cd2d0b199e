"""Rows of data sets made up for tests, and what runs them."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from conflict.actors import Actors
from conflict.gazetteer import Gazetteer
from conflict.gazetteer_file import NamedPlace
from ingest.importing import Counts, Importer, Watcher
from ingest.sources.acled import AcledRows
from ingest.sources.rows import Rejection
from ingest.sources.siting import Siting
from ingest.sources.ucdp import UcdpRows
from ingest.sources.voices import ActorNames, Voices
from storage import Storage, open_storage

NOW = datetime(2026, 11, 1, tzinfo=UTC)
SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
ACLED = {
    "event_id_cnty": "SYR1", "event_date": "2019-11-26", "year": "2019", "time_precision": "1",
    "disorder_type": "Political violence", "event_type": "Battles", "sub_event_type": "Armed clash",
    "actor1": "Military Forces of Syria (2000-2024)", "assoc_actor_1": "", "inter1": "State forces",
    "actor2": "HTS: Hayat Tahrir al-Sham", "assoc_actor_2": "", "inter2": "Rebel group", "interaction": "12",
    "civilian_targeting": "", "iso": "760", "region": "Middle East", "country": "Syria", "admin1": "Idleb",
    "admin2": "Al Ma'ra", "admin3": "", "location": "Saraqab", "latitude": "35.8644", "longitude": "36.8058",
    "geo_precision": "1", "source": "SOHR", "source_scale": "Other", "notes": "On 26 November 2019, two sides clashed.",
    "fatalities": "4", "tags": "", "timestamp": "1700000000",
}  # fmt: skip
ACLED_2015 = (
    "GWNO EVENT_ID_CNTY EVENT_ID_NO_CNTY EVENT_DATE YEAR TIME_PRECISION EVENT_TYPE ACTOR1 ALLY_ACTOR_1 INTER1 ACTOR2 "
    "ALLY_ACTOR_2 INTER2 INTERACTION COUNTRY ADMIN1 ADMIN2 ADMIN3 LOCATION LATITUDE LONGITUDE GEO_PRECISION SOURCE "
    "NOTES FATALITIES"
)
UCDP = {
    "id": "300001", "year": "2019", "active_year": "1", "code_status": "Clear", "type_of_violence": "1",
    "conflict_name": "Syria: Government", "dyad_name": "Government of Syria - Syrian insurgents",
    "side_a": "Government of Syria", "side_b": "Syrian insurgents", "number_of_sources": "1",
    "source_article": '"SOHR,2019-11-27,Clashes near the town go on"', "source_office": "SOHR",
    "source_date": "2019-11-27", "source_headline": "Clashes near the town go on", "source_original": "SOHR",
    "where_prec": "1", "where_coordinates": "Saraqib town", "adm_1": "Idlib Governorate",
    "adm_2": "Markaz Idlib district",
    "latitude": "35.8644", "longitude": "36.8058", "country": "Syria", "event_clarity": "1", "date_prec": "1",
    "date_start": "2019-11-26", "date_end": "2019-11-26", "deaths_a": "2", "deaths_b": "3", "deaths_civilians": "1",
    "deaths_unknown": "0", "low": "6", "best": "6", "high": "9",
}  # fmt: skip


@cache
def gazetteer() -> Gazetteer:
    """The embedded places, loaded once."""
    return Gazetteer.load()


def acled_reader(header: Iterable[str] = ACLED) -> AcledRows:
    """A reader for a file with this header."""
    siting = Siting(gazetteer())
    return AcledRows(list(header), siting, ActorNames(Actors.load(), siting.country_code), Voices(), now=NOW)


def ucdp_reader(header: Iterable[str] = UCDP) -> UcdpRows:
    """A reader for a file with this header."""
    siting = Siting(gazetteer())
    return UcdpRows(list(header), siting, ActorNames(Actors.load(), siting.country_code), Voices(), now=NOW)


def write(path: Path, rows: Iterable[Mapping[str, str]], *, delimiter: str = ",", encoding: str = "utf-8") -> Path:
    """A table of these rows; the first names the columns."""
    rows = list(rows)
    with path.open("w", encoding=encoding, newline="") as out:
        writer = csv.DictWriter(out, list(rows[0]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
    return path


class Noted(Watcher):
    """Remembers what was rejected and flagged."""

    def __init__(self) -> None:
        self.rejections: list[Rejection] = []
        self.flags: list[tuple[int, str]] = []

    def rejected(self, rejection: Rejection) -> None:
        self.rejections.append(rejection)

    def flagged(self, line: int, reason: str) -> None:
        self.flags.append((line, reason))


def run(storage: Storage, path: Path, kind: str | None = None, *, one_by_one: bool = False) -> tuple[Counts, Noted]:
    """Import one file; checks that every row is accounted for."""
    noted = Noted()
    with storage.begin() as unit:
        places = list(unit.places.all())
    known = gazetteer() if not places else Gazetteer.load(NamedPlace(p, n) for p, n in places)
    counts = Importer(storage, known, lambda: NOW, noted, one_by_one=one_by_one).run(path, kind)
    assert counts.read == counts.inserted + counts.revised + counts.merged + counts.unchanged + counts.rejected
    return counts, noted


def open_at(path: Path) -> Storage:
    """A database with the newest schema and nothing in it."""
    storage = open_storage(f"sqlite:///{path}")
    storage.migrate()
    return storage
