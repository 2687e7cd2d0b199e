"""Importing a table of ACLED or UCDP: rows sorted into new, known and changed, written in batches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from hashlib import blake2b

from conflict.errors import InputError
from conflict.events import ConflictEvent
from ingest.bulkload import ALONE
from ingest.decide import row_report_id
from ingest.importrun import BATCH, KEPT_CHARACTERS, Counts, Run, Tools
from ingest.seen import SeenIds
from ingest.sources.acled import AcledRows, is_acled
from ingest.sources.rows import ImportedRow, Rejection, formula, short, slashed
from ingest.sources.tables import DELIMITERS, RawRow, TableFile
from ingest.sources.ucdp import UcdpRows, is_ucdp
from storage.bulk import NewRow, StoredRow
from storage.unit import Unit


@dataclass(slots=True)
class _Batch:
    """Rows read and not yet stored."""

    raw: list[tuple[int, list[str], str, bytes]] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)


class TableRun(Run):
    """ACLED and UCDP: a table whose first row names the columns."""

    def __init__(self, tools: Tools, table: TableFile, kind: str) -> None:
        super().__init__(tools, table)
        self.data_set = kind
        self._rows = self._open(kind)
        header = next(self._rows, None)
        if not isinstance(header, tuple):
            raise InputError(f"{table.path.name} is empty or its first line cannot be read")
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
        """Read all rows, batch by batch."""
        self._look_at_dates()
        batch = _Batch()
        for raw in self._rows:
            if isinstance(raw, Rejection):
                batch.rejections.append(raw)
            elif not self._sort(raw, batch):
                self._store(batch)  # the same id again: what came before must be stored to compare
                self.settle()
                batch = _Batch()
                self._sort(raw, batch, again=True)
            if len(batch.raw) + len(batch.rejections) >= BATCH:
                self._store(batch)
                batch = _Batch()
        self._store(batch)
        self.settle()
        self.counts.read += self._unchanged
        self.counts.unchanged += self._unchanged
        return self.counts

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

    def _sort(self, raw: RawRow, batch: _Batch, *, again: bool = False) -> bool:
        """Put a row into the batch; False where its id stands in the batch or came before in this file."""
        line, cells = raw
        if len(cells) != self._width:
            reason = f"{len(cells)} cells where the header has {self._width}"
            batch.rejections.append(Rejection(line, reason, _joined(cells)))
            return True
        if line <= 2 and isinstance(self.reader, UcdpRows) and self.reader.is_tags(cells):
            return True  # HDX puts a row of HXL tags under the header: it is no row of data
        joined = "\x1f".join(cells)
        try:
            digest = blake2b(joined.encode(), digest_size=16).digest()
        except UnicodeEncodeError:
            reason = "not UTF-8 (it may be Windows-1252); save the file as UTF-8"
            batch.rejections.append(Rejection(line, reason, joined.encode("utf-8", "replace").decode()))
            return True
        if any(sign in joined for sign in ("\x1f=", "\x1f@", "\x1f+", "\x1f-")) or joined[:1] == "=":
            found = next((cell for cell in cells if formula(cell)), None)
            if found is not None:
                batch.rejections.append(Rejection(line, f"a cell holds a formula: {short(found)}", joined))
                return True
        external_id = self.reader.external_id(cells)
        if external_id is None:
            found_wrong = self.reader.read(line, cells)
            reason = found_wrong.reason if isinstance(found_wrong, Rejection) else "the row has no id"
            batch.rejections.append(Rejection(line, reason, joined))
            return True
        if not again and not self._seen.add(external_id):
            return False
        if again:
            self._once_more = external_id
        batch.raw.append((line, cells, row_report_id(self.data_set, external_id), digest))
        return True

    _once_more: str | None = None
    _unchanged = 0

    def _store(self, batch: _Batch) -> None:
        if not (batch.raw or batch.rejections):
            return
        again, self._once_more = self._once_more, None
        with self.storage.begin() as unit:
            if self._seen_change < 0:
                self.look_around(unit)
            stored = unit.bulk.stored([report_id for _, _, report_id, _ in batch.raw])
        rows: list[tuple[ImportedRow, bytes, StoredRow | None]] = []
        unchanged = 0
        for line, cells, report_id, digest in batch.raw:
            known = stored.get(report_id)
            if known is not None and known.digest == digest:
                unchanged += 1
                continue
            row = self.reader.read(line, cells)
            if isinstance(row, Rejection):
                batch.rejections.append(replace(row, content=_joined(cells)))
                continue
            twice = again is not None and report_id == row_report_id(self.data_set, again)
            refused = _not_newer(row, known, twice=twice)
            if refused:
                batch.rejections.append(Rejection(line, refused, _joined(cells)))
            else:
                rows.append((row, digest, known))
        if rows or batch.rejections:
            self._take(rows, batch.rejections)
        self._unchanged += unchanged
        self.watcher.progress(replace(self.counts, read=self.counts.read + self._unchanged), self.table.done())

    def _take(self, rows: list[tuple[ImportedRow, bytes, StoredRow | None]], rejections: list[Rejection]) -> None:
        alone = self.alone()
        new: list[NewRow] = []
        quick: list[ImportedRow] = []
        slow: list[tuple[ImportedRow, bytes, StoredRow | None]] = []
        events: dict[str, ConflictEvent] = {}
        for row, digest, known in rows:
            near = self.tools.one_by_one or known is not None or self._neighbours.near(row.event.facts)
            if near:
                slow.append((row, digest, known))
                continue
            event = alone.event(row.event, events.__contains__)
            events[event.event_id] = event
            new.append(NewRow(row.report, event, digest, ALONE))
            quick.append(row)
        with self.storage.begin() as unit:
            taken = unit.bulk.taken(list(events))
        if taken:  # an id in use, once in a thousand million rows: the pipeline chooses another
            slow += [(r, n.digest, None) for r, n in zip(quick, new, strict=True) if n.event.event_id in taken]
            kept = [(r, n) for r, n in zip(quick, new, strict=True) if n.event.event_id not in taken]
            quick, new = [r for r, _ in kept], [n for _, n in kept]
        learned = [named for row, _, _ in rows for named in row.learned]

        def rest(unit: Unit) -> None:
            self.reject(unit, rejections)
            self.flag(unit, [row for row, _, _ in rows])
            for row in quick:
                for toll in row.tolls:
                    if unit.tolls.get(toll.toll_id) is None:
                        self.counts.tolls += unit.tolls.save(toll)

        self.write(new, learned, rest)
        if slow:
            self.settle()
        for row, digest, known in slow:
            self._take_one(row, digest, known)

    def _take_one(self, row: ImportedRow, digest: bytes, known: StoredRow | None) -> None:
        """A row that is stored already and says something else, or near which others tell of something."""
        if known is not None:
            self.counts.read += 1
            if self.pipeline.retell(row.report, row.event).stored:
                self.counts.revised += 1
            else:
                self.counts.unchanged += 1
        else:
            with self.storage.begin() as unit:
                tolls = [toll for toll in row.tolls if unit.tolls.get(toll.toll_id) is None]
            self.count(self.pipeline.take(row.report, [row.event], tolls))
            self.counts.tolls += len(tolls)
        with self.storage.begin(write=True) as unit:
            unit.bulk.mark_digest(row.report.report_id, digest)


def _not_newer(row: ImportedRow, known: StoredRow | None, *, twice: bool) -> str | None:
    """Why a row that differs from what is stored of it does not replace it."""
    if known is None:
        return None
    mine, theirs = row.report.published_at, known.published_at
    if mine is not None and theirs is not None and mine < theirs:
        return f"an earlier version of {row.report.external_id} than the one stored"
    if twice and (mine is None or theirs is None or mine <= theirs):
        return f"the id {row.report.external_id} stands twice in this file, with different content"
    return None


def _joined(cells: list[str]) -> str:
    return "\t".join(cells)[:KEPT_CHARACTERS]
