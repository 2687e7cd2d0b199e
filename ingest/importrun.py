"""What the imports of all kinds of file share: counting, keeping aside, writing batches."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from conflict.actors import Actors
from conflict.events import EventData, Report
from conflict.gazetteer import Gazetteer
from conflict.gazetteer_file import NamedPlace
from ingest.bulkload import Alone, Neighbours
from ingest.pipeline import Extraction, IngestResult, Pipeline, keep_shipped_ceasefires
from ingest.sources.acled import AcledRows
from ingest.sources.rows import ImportedRow, Rejection
from ingest.sources.siting import Siting
from ingest.sources.tables import TableFile
from ingest.sources.ucdp import UcdpRows
from ingest.sources.voices import ActorNames, Voices
from storage import Storage
from storage.bulk import NewRow, Prepared, mark_of, prepare
from storage.sources import KeptAside
from storage.unit import Unit

BATCH = 250  # rows in one transaction: a small write of the running bot waits for one at most
FORMATS = ("acled", "ucdp", "gdelt", "sitrep")
KEPT_CHARACTERS = 4_000


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


class _NoText:
    """Stands where the pipeline wants a reader of texts; rows are not read as texts."""

    def extract(self, report: Report) -> Extraction:
        raise NotImplementedError(report.report_id)


class Tools:
    """What all files of one import share. `now` is the seam for time; `one_by_one` is for comparing the two ways."""

    def __init__(
        self, storage: Storage, places: Gazetteer, now: Callable[[], datetime], watcher: Watcher, *, one_by_one: bool
    ) -> None:
        self.storage = storage
        self.now = now
        self.watcher = watcher
        self.pipeline = Pipeline(storage, _NoText(), now)
        self.siting = Siting(places)
        self.actors = ActorNames(Actors.load(), self.siting.country_code)
        self.voices = Voices()
        self.saved_places: set[str] = set()
        self.one_by_one = one_by_one

    def reader(self, kind: str, header: list[str]) -> AcledRows | UcdpRows:
        """The reader for a table of this kind."""
        made = AcledRows if kind == "acled" else UcdpRows
        return made(header, self.siting, self.actors, self.voices, now=self.now())


class Run:
    """What the runs share: counting, keeping aside, writing batches."""

    data_set = ""

    def __init__(self, tools: Tools, table: TableFile) -> None:
        self.tools = tools
        self.storage = tools.storage
        self.pipeline = tools.pipeline
        self.now = tools.now
        self.watcher = tools.watcher
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
            words = content[:KEPT_CHARACTERS] if content else None
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
        saved = self.tools.saved_places
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
