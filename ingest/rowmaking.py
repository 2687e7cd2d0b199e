"""From the cells of a row to a new event, ready to be written: the work of an import that needs no database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from conflict.gazetteer_file import NamedPlace
from conflict.tolls import TollReport
from ingest.bulkload import ALONE, Alone
from ingest.sources.rows import Rejection, RowReader
from storage.bulk import NewRow, Prepared, prepare

SEPARATOR = "\x1f"


class Cells(NamedTuple):
    """A row as it stands in the file: the line it begins on, its cells in one string, and a digest of that."""

    line: int
    joined: str
    digest: bytes

    @property
    def cells(self) -> list[str]:
        """The cells one by one."""
        return self.joined.split(SEPARATOR)


class Made(NamedTuple):
    """A row read: the new event that it is where nobody else tells of it, and what comes with it."""

    line: int
    external_id: str
    published_at: datetime | None
    flags: tuple[str, ...]
    tolls: tuple[TollReport, ...]
    learned: tuple[NamedPlace, ...]
    new: Prepared


class Makes(Protocol):
    """Makes events of rows, a batch at a time; what was given first is taken first."""

    def give(self, rows: Sequence[Cells], at: datetime) -> None:
        """Rows to be made events of; `at` is the instant of their first change. One batch at a time."""

    def take(self) -> list[Made | Rejection]:
        """What became of the batch that was given, in its order."""

    def close(self) -> None:
        """Nothing more is given."""


class RowMaker:
    """Makes events of rows when they are asked for. `dialect` is that of the database: `sqlite` or `postgresql`."""

    def __init__(self, reader: RowReader, alone: Alone, dialect: str) -> None:
        self._reader = reader
        self._alone = alone
        self._dialect = dialect
        self._given: tuple[Sequence[Cells], datetime] | None = None

    def give(self, rows: Sequence[Cells], at: datetime) -> None:
        """See `Makes`."""
        self._given = rows, at

    def take(self) -> list[Made | Rejection]:
        """See `Makes`."""
        if self._given is None:
            raise ValueError("nothing was given")
        (rows, at), self._given = self._given, None
        return [self._make(row, at) for row in rows]

    def close(self) -> None:
        """See `Makes`."""

    def _make(self, raw: Cells, at: datetime) -> Made | Rejection:
        row = self._reader.read(raw.line, raw.cells)
        if isinstance(row, Rejection):
            return row
        new = prepare(NewRow(row.report, self._alone.event(row.event), raw.digest, ALONE), at=at, dialect=self._dialect)
        report = row.report
        return Made(raw.line, report.external_id or "", report.published_at, row.flags, row.tolls, row.learned, new)
