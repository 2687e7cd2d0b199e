"""What the readers of ACLED and UCDP share: a table whose header names the columns, read row by row."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import ClassVar

from conflict.errors import InputError
from conflict.vocabulary import PlaceLevel
from ingest.sources.facts import columns_of
from ingest.sources.rows import ImportedRow, Rejection, RowError, code, coordinates, tables_of
from ingest.sources.siting import Sited, Siting, Where
from ingest.sources.voices import ActorNames, Voices

Cells = dict[str, str]
_KEPT = 60_000  # distinct places remembered as they are written


def has_columns(data_set: str, header: list[str]) -> bool:
    """Whether a table with this header is one of the data set's."""
    return not _missing(data_set, columns_of(header, tables_of(data_set)["columns"]))


def _missing(data_set: str, at: dict[str, int]) -> list[str]:
    return [name for name in tables_of(data_set)["needed"] if name not in at]


class TableRows:
    """Reads the rows of one file of a data set; `now` is when it is read: nothing in it can be of later."""

    data_set: ClassVar[str]
    id_column: ClassVar[str]
    used: ClassVar[tuple[str, ...]]  # the columns read, empty where a layout lacks them

    def __init__(self, header: list[str], siting: Siting, actors: ActorNames, voices: Voices, *, now: datetime) -> None:
        self._tables = tables_of(self.data_set)
        self.publisher = str(self._tables["publisher"])
        at = columns_of(header, self._tables["columns"])
        missing = _missing(self.data_set, at)
        if missing:
            raise InputError(f"This is no file of {self.publisher}: it lacks the columns {', '.join(missing)}.")
        self._id_at = at[self.id_column]
        self._found = [(name, at[name]) for name in self.used if name in at]
        self._absent = {name: "" for name in self.used if name not in at}
        self._siting, self._actors, self._voices = siting, actors, voices
        self._now, self._today = now, now.astimezone(UTC).date()
        self._sited = lru_cache(maxsize=_KEPT)(self._site)

    def external_id(self, cells: list[str]) -> str | None:
        """The data set's own id of a row; None where it has none."""
        return self.id_of(cells[self._id_at])

    def read(self, line: int, cells: list[str]) -> ImportedRow | Rejection:
        """The row as a report with one event, or why not. `cells` has as many cells as the header."""
        row = {name: cells[number].strip() for name, number in self._found}
        try:
            return self._read(line, row | self._absent if self._absent else row)
        except RowError as reason:
            return Rejection(line, str(reason))

    def id_of(self, written: str) -> str | None:
        """The id that a cell holds; None where it is none."""
        raise NotImplementedError

    def _read(self, line: int, row: Cells) -> ImportedRow:
        raise NotImplementedError

    def level_of(self, precision: str) -> tuple[PlaceLevel | None, bool]:
        """What a code of precision means: the level, and whether only the vicinity is meant; RowError for no code."""
        raise NotImplementedError

    def names_of(self, written: str) -> tuple[str, ...]:
        """How the name of a place may be read, the likeliest first."""
        raise NotImplementedError

    def _site(
        self, name: str, country: str, admin1: str, admin2: str, latitude: str, longitude: str, precision: str
    ) -> Sited:
        """The place of all rows that write it so."""
        north, east = coordinates(latitude, longitude)
        level, vicinity = self.level_of(code(precision))
        written = name or admin2 or admin1 or country
        return self._siting.site(Where(self.names_of(written), country, admin1, admin2, north, east, level, vicinity))
