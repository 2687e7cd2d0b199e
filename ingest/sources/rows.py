"""A row of a data set, read: the report it is and what it says happened, or why it was not taken.

Rows are never mended: what does not make sense is refused with its line and a reason that a person can act on.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Protocol

from conflict.errors import InputError
from conflict.events import EventData, Report
from conflict.gazetteer_file import NamedPlace
from conflict.tolls import TollReport

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            *(("jan", "january"), ("feb", "february"), ("mar", "march"), ("apr", "april"), ("may",), ("jun", "june")),
            *(("jul", "july"), ("aug", "august"), ("sep", "sept", "september"), ("oct", "october")),
            *(("nov", "november"), ("dec", "december")),
        ),
        1,
    )
    for name in names
}
FIRST_YEAR = 1945
_SPREADSHEET = frozenset("=@+-")


@dataclass(frozen=True, slots=True)
class Rejection:
    """A row that was not taken: the line it begins on (the header is line 1) and why."""

    line: int
    reason: str
    content: str | None = None


@dataclass(frozen=True, slots=True)
class ImportedRow:
    """A row read. `learned` are places that no list has, with the row's own coordinates."""

    line: int
    report: Report
    event: EventData
    tolls: tuple[TollReport, ...] = ()
    flags: tuple[str, ...] = ()  # what looks odd and was taken as it is
    learned: tuple[NamedPlace, ...] = ()


class RowReader(Protocol):
    """One kind of data set, for one file: tells rows apart by the set's own id, and reads them."""

    @property
    def data_set(self) -> str:
        """The source's id: `acled`, `ucdp`."""

    @property
    def publisher(self) -> str:
        """Its name for people."""

    def external_id(self, cells: list[str]) -> str | None:
        """The data set's own id of the row; None where it has none."""

    def read(self, line: int, cells: list[str]) -> ImportedRow | Rejection:
        """The row as a report with one event, or why not."""


class RowError(Exception):
    """Why a row is not taken; inside the readers only."""


@cache
def tables_of(name: str) -> dict[str, Any]:
    """A data file of this folder's `../data/import`, by name."""
    path = files("ingest").joinpath("data", "import", f"{name}.toml")
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"ingest/data/import/{name}.toml: {error}") from error


def whole_number(text: str, column: str) -> int | None:
    """A number of people; None for an empty cell. "3.0" is 3 (spreadsheets write so), "2.5" and "-1" are refused."""
    text = text.strip()
    if not text:
        return None
    if text.isascii() and text.isdigit() and len(text) < 10:
        return int(text)
    try:
        value = float(text)
    except ValueError:
        raise RowError(f"{column} is no number: {short(text)}") from None
    if value < 0 or value != value or value > 1e9 or value != int(value):
        raise RowError(f"{column} is no number of people: {short(text)}")
    return int(value)


def code(text: str) -> str:
    """A code as written, without the ".0" that spreadsheets append."""
    return text.strip().removesuffix(".0")


def coordinates(latitude: str, longitude: str) -> tuple[float, float]:
    """WGS 84 degrees, checked for what gives broken rows away."""
    try:
        north, east = float(latitude), float(longitude)
    except ValueError:
        raise RowError(f"the coordinates are no numbers: {short(latitude)}, {short(longitude)}") from None
    if not (-90 <= north <= 90 and -180 <= east <= 180):
        swapped = -90 <= east <= 90 and -180 <= north <= 180
        raise RowError(
            f"the coordinates {short(latitude)}, {short(longitude)} are off the map"
            + ("; latitude and longitude look swapped" if swapped else "")
        )
    if abs(north) < 1e-6 and abs(east) < 1e-6:
        raise RowError("the coordinates are 0, 0: a placeholder, not a place")
    return north, east


def day(text: str, column: str, today: date) -> date:
    """A day in the forms data sets use; ISO is read as ISO, "02/05/1997" day first, two digits of a year as 1969-2068.

    RowError for anything else, and for a day in the future.
    """
    found = _day(text.strip()) if len(text) < 60 else None
    if found is None:
        raise RowError(f"{column} is no date: {short(text)}")
    if found > today:
        raise RowError(f"{column} {found.isoformat()} is in the future")
    if found.year < FIRST_YEAR:
        raise RowError(f"{column} {found.isoformat()} is before {FIRST_YEAR}")
    return found


@lru_cache(maxsize=20_000)
def _day(text: str) -> date | None:
    if len(text) >= 10 and text[4] == text[7] == "-" and text[:4].isdigit():
        if len(text) > 10 and text[10] not in "T ":
            return None
        return _date(text[:4], text[5:7], text[8:10])
    parts = text.replace("-", " ").replace("/", " ").replace(",", " ").split()
    if len(parts) != 3 or not all(part.isalnum() and part.isascii() for part in parts):
        return None
    first, second, year = parts
    if not second.isdigit():
        month = _MONTHS.get(second.lower())
        return _date(year, str(month), first) if month else None
    if "/" in text and first.isdigit() and len(year) == 4:
        return _date(year, second, first)
    return None


def slashed(text: str) -> tuple[int, int] | None:
    """The first two numbers of a date written with slashes: which of them is the day has to be found out."""
    parts = text.strip().split("/")
    if len(parts) == 3 and all(part.isascii() and part.isdigit() for part in parts) and len(parts[2]) == 4:
        return int(parts[0]), int(parts[1])
    return None


def _date(year: str, month: str, day_of_month: str) -> date | None:
    if not (year.isdigit() and month.isdigit() and day_of_month.isdigit()) or len(year) not in (2, 4):
        return None
    number = int(year)
    if len(year) == 2:
        number += 1900 if number >= 69 else 2000
    try:
        return date(number, int(month), int(day_of_month))
    except ValueError:
        return None


def instant(seconds: str) -> datetime | None:
    """An instant from seconds since 1970 or ISO 8601; None for an empty or unreadable cell."""
    text = seconds.strip()
    if not text:
        return None
    try:
        if text.replace(".", "", 1).isdigit():
            return datetime.fromtimestamp(float(text), UTC)
        found = datetime.fromisoformat(text)
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError):
        return None


def formula(text: str) -> bool:
    """Whether a spreadsheet would run the cell: no data set writes such."""
    start = text[:1]
    if start == "=":
        return True
    return start in _SPREADSHEET and text[1:2].isalpha() and "(" in text[:40]


def short(text: str) -> str:
    """A cell as it is quoted in a reason: printable and not long."""
    plain = "".join(letter if letter.isprintable() else "?" for letter in text[:41])
    return repr(plain[:40] + "…") if len(text) > 40 else repr(plain)
