"""Importing structured conflict data: detect, read, decide, store, count.

Every row is accounted for: read = inserted + revised + merged + unchanged + rejected. A batch is one short transaction;
what is stored stays after Ctrl-C, and the same command goes on. A second run changes nothing: a row whose content is
stored is known by its digest before it is read any further.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import blake2b
from pathlib import Path

from conflict.actors import Actors
from conflict.errors import InputError
from conflict.events import ConflictEvent, EventData, Report
from conflict.gazetteer import Gazetteer
from conflict.gazetteer_file import NamedPlace
from conflict.jsonform import event_json
from ingest.bulkload import ALONE, Alone, Neighbours
from ingest.decide import row_report_id
from ingest.pipeline import Extraction, IngestResult, Pipeline, keep_shipped_ceasefires
from ingest.seen import SeenIds
from ingest.sources import gdelt
from ingest.sources.acled import AcledRows, is_acled
from ingest.sources.jsonl import DATA_SET, SitrepLines, is_sitrep
from ingest.sources.rows import ImportedRow, Rejection, RowReader, formula, short, slashed
from ingest.sources.siting import Siting
from ingest.sources.tables import DELIMITERS, LONGEST_LINE, RawRow, TableFile
from ingest.sources.ucdp import UcdpRows, is_ucdp
from ingest.sources.voices import ActorNames, Voices
from storage import Storage
from storage.bulk import NewRow, Prepared, StoredRow, mark_of, prepare
from storage.sources import KeptAside
from storage.unit import Unit

BATCH = 250  # rows in one transaction: a small write of the running bot waits for one at most
FORMATS = ("acled", "ucdp", "gdelt", "sitrep")
_KEPT_CHARACTERS = 4_000


@dataclass(slots=True)
class Counts:
    """What became of the rows of one file."""

    read: int = 0
    inserted: int = 0
    revised: int = 0
    merged: int = 0
    unchanged: int = 0
    rejected: int = 0
    flagged: int = 0
    places: int = 0
    tolls: int = 0
    links: int = 0

    def add(self, other: Counts) -> None:
        """Add another file's."""
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


class Watcher:
    """Who wants to see the run: every rejection, and how far it has come. This one keeps silent."""

    def rejected(self, rejection: Rejection) -> None:
        """A row was not taken."""

    def flagged(self, line: int, reason: str) -> None:
        """A row was taken as it is, and looks odd."""

    def progress(self, counts: Counts, done: float) -> None:
        """So many rows, and this share of the file (0-1)."""


@dataclass(slots=True)
class _Batch:
    """Rows read and not yet stored."""

    raw: list[tuple[int, list[str], str, bytes]] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)


class _NoText:
    """Stands where the pipeline wants a reader of texts; rows are not read as texts."""

    def extract(self, report: Report) -> Extraction:
        raise NotImplementedError(report.report_id)


class Importer:
    """Imports files into a database. `now` is the seam for time."""

    def __init__(
        self,
        storage: Storage,
        places: Gazetteer,
        now: Callable[[], datetime],
        watcher: Watcher | None = None,
        *,
        one_by_one: bool = False,
    ) -> None:
        self._storage = storage
        self._places = places
        self._now = now
        self._watcher = watcher or Watcher()
        self._pipeline = Pipeline(storage, _NoText(), now)
        self._siting = Siting(places)
        self._actors = ActorNames(Actors.load(), self._siting.country_code)
        self._voices = Voices()
        self._saved_places: set[str] = set()
        self._one_by_one = one_by_one  # for comparing the two ways

    def run(self, path: Path, kind: str | None = None) -> Counts:
        """Import one file. InputError when it is none of the kinds known, or not of `kind`."""
        with TableFile(path) as table:
            found = kind or detect(table)
            run: _SitrepRun | _GdeltRun | _TableRun
            if found == "sitrep":
                run = _SitrepRun(self, table)
            elif found == "gdelt":
                run = _GdeltRun(self, table)
            else:
                run = _TableRun(self, table, found)
            try:
                return run.run()
            finally:
                run.close()

    def reader(self, kind: str, header: list[str]) -> AcledRows | UcdpRows:
        """The reader for a table of this kind."""
        made = AcledRows if kind == "acled" else UcdpRows
        return made(header, self._siting, self._actors, self._voices, now=self._now())


def detect(table: TableFile) -> str:
    """The kind of file, by its header or first line; InputError says what is known."""
    line = table.first_line()
    if line and not table.is_xlsx:
        if is_sitrep(line) or _begins_sitrep(table):
            return "sitrep"
        if gdelt.is_gdelt(line):
            return "gdelt"
    header = next(iter(table.rows()), None)
    if isinstance(header, tuple):
        if is_acled(header[1]):
            return "acled"
        if is_ucdp(header[1]):
            return "ucdp"
    raise InputError(
        f"{table.path.name} is of no kind known: its first line has the columns of neither ACLED nor UCDP GED, nor is "
        "it a GDELT 2.0 export or Sitrep's JSON lines. If you know what it is, say --format"
    )


def _begins_sitrep(table: TableFile) -> bool:
    if not table.first_line().startswith("{"):
        return False
    return is_sitrep(table.text().readline(LONGEST_LINE))


class _Run:
    """What the runs share: counting, keeping aside, writing batches."""

    data_set = ""

    def __init__(self, importer: Importer, table: TableFile) -> None:
        self.importer = importer
        self.storage = importer._storage
        self.pipeline = importer._pipeline
        self.now = importer._now
        self.watcher = importer._watcher
        self.table = table
        self.counts = Counts()
        self._kept: set[int] | None = None
        self._neighbours = Neighbours()
        self._seen_change = -1
        self._alone: Alone | None = None
        self._writer = ThreadPoolExecutor(1, "import")
        self._writing: Future[list[NewRow]] | None = None

    @property
    def origin(self) -> str:
        """The file's name, as input kept aside remembers it."""
        return self.table.path.name

    def reject(self, unit: Unit, rejections: Iterable[Rejection], *, alike: str | None = None) -> None:
        """Count, show and keep aside rows that were not taken; those kept by an earlier run are not kept twice.

        Rows with the reason `alike` are counted and kept, and shown only as a number at the end.
        """
        fresh: list[KeptAside] = []
        for one in rejections:
            self.counts.read += 1
            self.counts.rejected += 1
            if one.reason != alike:
                self.watcher.rejected(one)
            self._keep(unit, fresh, one.line, one.reason, one.content)
        unit.bulk.keep_aside(fresh, at=self.now())

    def flag(self, unit: Unit, rows: Iterable[ImportedRow]) -> None:
        """Show and note rows that were taken and look odd."""
        fresh: list[KeptAside] = []
        for row in rows:
            for reason in row.flags:
                self.counts.flagged += 1
                self.watcher.flagged(row.line, reason)
                self._keep(unit, fresh, row.line, f"taken, but: {reason}", row.report.external_id)
        unit.bulk.keep_aside(fresh, at=self.now())

    def _keep(self, unit: Unit, fresh: list[KeptAside], line: int, reason: str, content: str | None) -> None:
        if self._kept is None:
            self._kept = unit.bulk.kept_lines(self.data_set, self.origin)
        mark = mark_of(line, reason)
        if mark not in self._kept:
            self._kept.add(mark)
            words = content[:_KEPT_CHARACTERS] if content else None
            fresh.append(KeptAside(self.data_set, self.origin, reason, words, line))

    def look_around(self, unit: Unit) -> bool:
        """Learn what others have told since the last look; True if anything was changed."""
        latest = unit.bulk.latest_change()
        if latest == self._seen_change:
            return False
        first = self._seen_change < 0
        self._neighbours.add(unit.bulk.held_by_others(self.data_set, 0 if first else self._seen_change))
        self._seen_change = latest
        return not first

    def alone(self) -> Alone:
        """What makes events of rows that stand alone; the shipped ceasefires are stored first, as the pipeline does."""
        if self._alone is None:
            with self.storage.begin(write=True) as unit:
                keep_shipped_ceasefires(unit)
                self._alone = Alone(unit.ceasefires.all())
        return self._alone

    def write(self, new: list[NewRow], learned: list[NamedPlace], rest: Callable[[Unit], None]) -> None:
        """Write a batch, in a transaction of its own, while the next one is read; the batch before is waited for."""
        prepared = prepare(new, at=self.now(), dialect=self.storage.kind)
        self.settle()
        self._writing = self._writer.submit(self._write, new, prepared, learned, rest)
        if self.storage.kind == "sqlite":
            # Its driver gives up and wants back the interpreter's lock at every row: beside another thread that is
            # reading rows the transaction would last a hundred times as long.
            self.settle()

    def settle(self) -> None:
        """Wait until what was given to write is stored; rows near which others have told since go the long way."""
        writing, self._writing = self._writing, None
        if writing is None:
            return
        for row in writing.result():
            data = EventData(row.report.report_id, 0, row.event.facts, row.event.claims)
            self.count(self.pipeline.take(row.report, [data]))
            with self.storage.begin(write=True) as unit:
                unit.bulk.mark_digest(row.report.report_id, row.digest)

    def close(self) -> None:
        """End the writer, after what it has begun."""
        self._writer.shutdown(wait=True)

    def count(self, result: IngestResult) -> None:
        """Count a row that went through the pipeline."""
        self.counts.read += 1
        if not result.stored:
            self.counts.unchanged += 1
        elif result.inserted:
            self.counts.inserted += 1
        else:
            self.counts.merged += 1

    def _write(
        self, new: list[NewRow], prepared: Prepared, learned: list[NamedPlace], rest: Callable[[Unit], None]
    ) -> list[NewRow]:
        at = self.now()
        saved = self.importer._saved_places
        late: list[NewRow] = []
        with self.storage.begin(write=True) as unit:
            if self.look_around(unit):
                late = [row for row in new if self._neighbours.near(row.event.facts)]
            if late:
                prepared = prepare((row for row in new if row not in late), at=at, dialect=self.storage.kind)
            fresh = [one for one in learned if one.place.place_id not in saved]
            if fresh:
                self.counts.places += unit.bulk.save_places(fresh, at=at)
            unit.bulk.insert(prepared)
            rest(unit)
            if new:
                self._seen_change = unit.bulk.latest_change()
        saved.update(one.place.place_id for one in learned)
        self.counts.read += len(new) - len(late)
        self.counts.inserted += len(new) - len(late)
        return late


class _TableRun(_Run):
    """ACLED and UCDP: a table whose first row names the columns."""

    def __init__(self, importer: Importer, table: TableFile, kind: str) -> None:
        super().__init__(importer, table)
        self.data_set = kind
        self._rows = self._open(kind)
        header = next(self._rows, None)
        if not isinstance(header, tuple):
            raise InputError(f"{table.path.name} is empty or its first line cannot be read")
        self._width = len(header[1])
        self.reader: AcledRows | UcdpRows = importer.reader(kind, header[1])
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
            near = self.importer._one_by_one or known is not None or self._neighbours.near(row.event.facts)
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


class _SitrepRun(_Run):
    """Our own JSON lines."""

    data_set = DATA_SET

    def run(self) -> Counts:
        """Read all lines, batch by batch."""
        siting = self.importer._siting
        self._lines = SitrepLines(siting.place, siting.country_code, self.now())
        text = self.table.text()
        batch: list[tuple[int, str]] = []
        number = 0
        while line := text.readline(LONGEST_LINE):
            number += 1
            if line.strip():
                batch.append((number, line))
            if len(batch) >= BATCH:
                self._store(batch)
                batch = []
        self._store(batch)
        return self.counts

    def _store(self, batch: list[tuple[int, str]]) -> None:
        rejections: list[Rejection] = []
        arrived: dict[str, tuple[int, Report, ConflictEvent, bytes]] = {}
        for line, text in batch:
            read = self._lines.read(line, text)
            if isinstance(read, Rejection):
                rejections.append(replace(read, content=text.encode("utf-8", "replace").decode()))
                continue
            report, event = read
            if event.event_id in arrived:
                rejections.append(Rejection(line, f"event {event.event_id} stands twice in this file", None))
                continue
            arrived[event.event_id] = (line, report, event, blake2b(text.strip().encode(), digest_size=16).digest())
        self.settle()
        with self.storage.begin() as unit:
            self.look_around(unit)
            stored = unit.bulk.stored([report.report_id for _, report, _, _ in arrived.values()])
            taken = unit.bulk.taken(list(arrived))
            held = {i: unit.events.get(i) for i in taken}
        new: list[NewRow] = []
        slow: list[tuple[Report, ConflictEvent, bytes]] = []
        for line, report, event, digest in arrived.values():
            here = held.get(event.event_id)
            known = stored.get(report.report_id)
            if (known and known.digest == digest) or (here and event_json(here) == event_json(event)):
                self.counts.read += 1
                self.counts.unchanged += 1
            elif here is not None or known is not None:
                # Ours has gone its own way; a file is no reason to undo what was decided here since.
                rejections.append(Rejection(line, f"event {event.event_id} is held already, in another revision"))
            elif self._neighbours.near(event.facts):
                slow.append((report, event, digest))
            else:
                new.append(NewRow(report, event, digest, "from an export"))
        self.alone()
        self.write(new, [], lambda unit: self.reject(unit, rejections))
        self.settle()
        for report, event, digest in slow:
            data = EventData(report.report_id, 0, event.facts, event.claims, event.episode, event.event_id)
            self.count(self.pipeline.take(report, [data]))
            with self.storage.begin(write=True) as unit:
                unit.bulk.mark_digest(report.report_id, digest)
        self.watcher.progress(self.counts, self.table.done())


class _GdeltRun(_Run):
    """GDELT: links kept aside, no events."""

    data_set = "gdelt"

    def run(self) -> Counts:
        """Keep each article once; every row is counted as rejected, with the same reason."""
        seen = SeenIds()
        batch: list[Rejection] = []
        lines = self.table.text()
        for number, text in enumerate(iter(lambda: lines.readline(LONGEST_LINE), ""), 1):
            row = gdelt.read_row(number, text.rstrip("\r\n").split("\t"))
            if isinstance(row, Rejection):
                batch.append(row)
            else:
                if seen.add(row.url):
                    self.counts.links += 1
                    kind = "violent" if row.violent else "other"
                    batch.append(Rejection(number, gdelt.REASON, f"{row.url} {row.country or '-'} {kind}"))
                else:
                    self.counts.read += 1
                    self.counts.rejected += 1
            if len(batch) >= BATCH:
                self._store(batch)
                batch = []
        self._store(batch)
        return self.counts

    def _store(self, batch: list[Rejection]) -> None:
        with self.storage.begin(write=True) as unit:
            self.reject(unit, batch, alike=gdelt.REASON)
        self.watcher.progress(self.counts, self.table.done())


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
    return "\t".join(cells)[:_KEPT_CHARACTERS]


__all__ = ["FORMATS", "Counts", "Importer", "RowReader", "Watcher", "detect"]
