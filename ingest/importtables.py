"""Importing a table of ACLED or UCDP: rows sorted into new, known and changed, written in batches."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import NamedTuple

from conflict.errors import InputError
from conflict.gazetteer_file import NamedPlace
from ingest.decide import row_report_id
from ingest.importrun import BATCH, KEPT_CHARACTERS, Counts, Run, Tools
from ingest.importworker import Beside, Task
from ingest.rowmaking import SEPARATOR, Cells, Made, Makes, RowMaker
from ingest.seen import SeenIds
from ingest.sources.acled import AcledRows, is_acled
from ingest.sources.rows import Rejection, formula, short, slashed
from ingest.sources.tables import DELIMITERS, RawRow, TableFile
from ingest.sources.ucdp import UcdpRows, is_ucdp
from storage.bulk import StoredRow

LARGE = 4 << 20  # bytes of a file from which a second process is worth its start
_PERHAPS_FORMULA = re.compile(f"(?:^|{SEPARATOR})(?:=|[@+-][^\\W\\d_])")


class _Raw(NamedTuple):
    """A row as it stands in the file, with the id of the report it is."""

    report_id: str
    cells: Cells


@dataclass(slots=True)
class _Batch:
    """Rows read and not yet stored; those whose id came before in the file are in batches of their own (`twice`)."""

    rows: list[_Raw] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)
    stored: dict[str, StoredRow] = field(default_factory=dict)
    twice: bool = False

    def __len__(self) -> int:
        return len(self.rows) + len(self.rejections)


class TableRun(Run):
    """ACLED and UCDP: a table whose first row names the columns."""

    def __init__(self, tools: Tools, table: TableFile, kind: str) -> None:
        super().__init__(tools, table)
        self.data_set = kind
        self._rows = self._open(kind)
        header = next(self._rows, None)
        if not isinstance(header, tuple):
            raise InputError(f"{table.path.name} is empty or its first line cannot be read")
        self._header = header[1]
        self._width = len(header[1])
        self.reader: AcledRows | UcdpRows = tools.reader(kind, header[1])
        self._seen = SeenIds()

    def _open(self, kind: str) -> Iterator[RawRow | Rejection]:
        """The rows, in the delimiter in which the header is understood."""
        is_known = is_acled if kind == "acled" else is_ucdp
        for delimiter in (None, *DELIMITERS):
            header = next(iter(self.table.rows(delimiter)), None)
            if isinstance(header, tuple) and is_known(header[1]):
                return self.table.rows(delimiter)
        return self.table.rows()

    def run(self) -> Counts:
        """Read all rows; while a batch is written, the next one is read."""
        self._look_at_dates()
        maker = self._maker()
        try:
            waiting: _Batch | None = None
            for batch in self._batches():
                if batch.twice and waiting is not None:  # what came before must be stored to compare with
                    self._store(waiting, maker.take())
                    waiting = None
                self._leave_out_unchanged(batch)
                made = maker.take() if waiting is not None else []
                maker.give([raw.cells for raw in batch.rows], self.now())
                if waiting is not None:
                    self._store(waiting, made)
                waiting = batch
            if waiting is not None:
                self._store(waiting, maker.take())
        finally:
            maker.close()
        return self.counts

    def _maker(self) -> Makes:
        alone = self.alone()
        beside = self.tools.beside
        if beside is None:
            beside = self.table.size >= LARGE and (os.cpu_count() or 1) > 1
        if not beside:
            return RowMaker(self.reader, alone, self.storage.kind)
        with self.storage.begin() as unit:
            places = tuple(NamedPlace(place, names) for place, names in unit.places.all())
        month_first = isinstance(self.reader, AcledRows) and self.reader.month_first
        return Beside(
            Task(self.data_set, self._header, month_first, self.now(), self.storage.kind, places, alone.ceasefires)
        )

    def _batches(self) -> Iterator[_Batch]:
        batch, again = _Batch(), _Batch(twice=True)
        pending: set[str] = set()
        for raw in self._rows:
            row = raw if isinstance(raw, Rejection) else self._told_apart(*raw)
            if row is None:
                continue
            if isinstance(row, Rejection):
                batch.rejections.append(row)
            elif self._seen.add(row.report_id):
                batch.rows.append(row)
            else:
                if row.report_id in pending or len(again) >= BATCH:
                    yield from (one for one in (batch, again) if len(one))
                    batch, again = _Batch(), _Batch(twice=True)
                    pending.clear()
                pending.add(row.report_id)
                again.rows.append(row)
            if len(batch) >= BATCH:
                yield batch
                batch = _Batch()
        yield from (one for one in (batch, again) if len(one))

    def _leave_out_unchanged(self, batch: _Batch) -> None:
        with self.storage.begin() as unit:
            if self._seen_change < 0:
                self.look_around(unit)
            batch.stored = unit.bulk.stored([raw.report_id for raw in batch.rows])
        if batch.stored:
            rows = [raw for raw in batch.rows if not self._is_stored(raw, batch.stored.get(raw.report_id))]
            unchanged = len(batch.rows) - len(rows)
            self.counts.read += unchanged
            self.counts.unchanged += unchanged
            batch.rows = rows
        self._progress()

    def _is_stored(self, raw: _Raw, stored: StoredRow | None) -> bool:
        return stored is not None and stored.digest == raw.cells.digest

    def _progress(self) -> None:
        self.watcher.progress(self.counts, self.table.done())

    def _look_at_dates(self) -> None:
        """Find out whether a file with slashed dates writes the month first; only such files are read twice."""
        if not isinstance(self.reader, AcledRows):
            return
        for number, raw in enumerate(self._open(self.data_set)):
            if isinstance(raw, Rejection) or number == 0 or len(raw[1]) != self._width:
                continue
            numbers = slashed(self.reader.date_cell(raw[1]))
            if numbers is None:
                break
            if numbers[1] > 12 >= numbers[0]:
                self.reader.month_first = True
                break
        self._rows = self._open(self.data_set)
        next(self._rows, None)

    def _told_apart(self, line: int, cells: list[str]) -> _Raw | Rejection | None:
        """The row with its id and digest; why it is refused; None for a row of HXL tags."""
        if len(cells) != self._width:
            reason = f"{len(cells)} cells where the header has {self._width}"
            return Rejection(line, reason, _joined(cells))
        if line <= 2 and isinstance(self.reader, UcdpRows) and self.reader.is_tags(cells):
            return None  # HDX puts a row of HXL tags under the header: it is no row of data
        joined = SEPARATOR.join(cells)
        if joined.count(SEPARATOR) != self._width - 1 or "\0" in joined:
            return Rejection(line, "a cell holds control characters: the file is damaged", short(joined))
        try:
            digest = blake2b(joined.encode(), digest_size=16).digest()
        except UnicodeEncodeError:
            reason = "not UTF-8 (it may be Windows-1252); save the file as UTF-8"
            return Rejection(line, reason, joined.encode("utf-8", "replace").decode())
        if _PERHAPS_FORMULA.search(joined):
            found = next((cell for cell in cells if formula(cell)), None)
            if found is not None:
                return Rejection(line, f"a cell holds a formula: {short(found)}", joined)
        external_id = self.reader.external_id(cells)
        if external_id is None:
            found_wrong = self.reader.read(line, cells)
            reason = found_wrong.reason if isinstance(found_wrong, Rejection) else "the row has no id"
            return Rejection(line, reason, joined)
        return _Raw(row_report_id(self.data_set, external_id), Cells(line, joined, digest))

    def _store(self, batch: _Batch, made: list[Made | Rejection]) -> None:
        quick: list[Made] = []
        slow: list[_Raw] = []
        taken: list[Made] = []
        by_id: dict[str, _Raw] = {}
        for raw, row in zip(batch.rows, made, strict=True):
            if isinstance(row, Rejection):
                batch.rejections.append(replace(row, content=_joined(raw.cells.cells)))
                continue
            stored = batch.stored.get(raw.report_id)
            refused = _not_newer(row, stored, twice=batch.twice)
            if refused:
                batch.rejections.append(Rejection(row.line, refused, _joined(raw.cells.cells)))
                continue
            taken.append(row)
            by_id[raw.report_id] = raw
            if self.tools.one_by_one or stored is not None or self._neighbours.near(row.new.held):
                slow.append(raw)
            else:
                quick.append(row)
        if batch.rejections or any(row.flags for row in taken):
            with self.storage.begin(write=True, again=True) as unit:
                self.reject(unit, sorted(batch.rejections, key=lambda one: one.line))
                self.flag(unit, taken)
        quick.sort(key=lambda row: row.new.near)
        late = self.write(quick, self._progress)
        for raw in (*slow, *(by_id[row.new.report_id] for row in late)):
            self._take_one(raw, batch.stored.get(raw.report_id))
            self._progress()
        self._progress()

    def _take_one(self, raw: _Raw, known: StoredRow | None) -> None:
        """A row that is stored already and says something else, or near which others tell of something."""
        row = self.reader.read(raw.cells.line, raw.cells.cells)
        if isinstance(row, Rejection):
            with self.storage.begin(write=True) as unit:
                self.reject(unit, [row])
            return
        if known is not None:
            self.counts.read += 1
            if self.pipeline.retell(row.report, row.event).stored:
                self.counts.revised += 1
            else:
                self.counts.unchanged += 1
        else:
            self.count(self.pipeline.take(row.report, [row.event]))
        with self.storage.begin(write=True) as unit:
            for toll in row.tolls:
                if unit.tolls.get(toll.toll_id) is None:
                    self.counts.tolls += unit.tolls.save(toll)
            unit.bulk.mark_digest(row.report.report_id, raw.cells.digest)
            self.counts.places += unit.bulk.save_places(row.learned, at=self.now()) if row.learned else 0


def _not_newer(row: Made, known: StoredRow | None, *, twice: bool) -> str | None:
    """Why a row that differs from what is stored of it does not replace it."""
    if known is None:
        return None
    mine, theirs = row.published_at, known.published_at
    if mine is not None and theirs is not None and mine < theirs:
        return f"an earlier version of {row.external_id} than the one stored"
    if twice and (mine is None or theirs is None or mine <= theirs):
        return f"the id {row.external_id} stands twice in this file, with different content"
    return None


def _joined(cells: list[str]) -> str:
    return "\t".join(cells)[:KEPT_CHARACTERS]
