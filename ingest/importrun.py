"""What the imports of all kinds of file share: counting, keeping aside, writing batches."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from conflict.actors import Actors
from conflict.errors import DatabaseAwayError, StorageError
from conflict.events import Report
from conflict.gazetteer import Gazetteer
from ingest.bulkload import Alone, Neighbours
from ingest.pipeline import Extraction, IngestResult, Pipeline, keep_shipped_ceasefires
from ingest.rowmaking import Made
from ingest.sources.acled import AcledRows
from ingest.sources.rows import Rejection
from ingest.sources.siting import Siting
from ingest.sources.tables import TableFile
from ingest.sources.ucdp import UcdpRows
from ingest.sources.voices import ActorNames, Voices
from storage import Storage
from storage.bulk import mark_of
from storage.sources import KeptAside
from storage.unit import Unit

BATCH = 6_000  # rows read, looked up and put in order together
_FIRST, _FEWEST, _MOST = 250, 150, 4_000  # rows in one transaction
_SECONDS = 0.02  # that a transaction should last: a small write of the running bot waits for one at most
_PAUSE = 0.002  # seconds between two on SQLite, so that whoever waits gets in
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
    """What all files of one import share. `now` is the seam for time; `one_by_one` is for comparing the two ways.

    `beside`: whether rows are read in a second process; None lets the size of the file decide.
    """

    def __init__(
        self,
        storage: Storage,
        places: Gazetteer,
        now: Callable[[], datetime],
        watcher: Watcher,
        *,
        one_by_one: bool,
        beside: bool | None,
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
        self.beside = beside

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
        self._size = _FIRST

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

    def flag(self, unit: Unit, rows: Iterable[Made]) -> None:
        """Show and note rows that were taken and look odd."""
        fresh: list[KeptAside] = []
        for row in rows:
            for reason in row.flags:
                self.counts.flagged += 1
                self.watcher.flagged(row.line, reason)
                self._keep(unit, fresh, row.line, f"taken, but: {reason}", row.external_id)
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

    def write(self, rows: Sequence[Made], progress: Callable[[], None]) -> list[Made]:
        """Write new events, so many at a time that others hardly wait; calls `progress` after each time.

        Gives back those near which others have told of something meanwhile, or whose id is in use: they are to go
        through the pipeline, as any report does.
        """
        late: list[Made] = []
        at = 0
        while at < len(rows):
            some = rows[at : at + self._size]
            at += len(some)
            started = time.perf_counter()
            try:
                left = self._write(some, frozenset())
            except DatabaseAwayError:
                raise
            except StorageError:
                used = self._in_use(some)
                if not used:
                    raise
                left = self._write(some, used)
            spent = time.perf_counter() - started
            self._size = int(min(max(self._size * min(max(_SECONDS / spent, 0.5), 1.5), _FEWEST), _MOST))
            self.counts.read += len(some) - len(left)
            self.counts.inserted += len(some) - len(left)
            late += left
            progress()
            if self.storage.kind == "sqlite":
                time.sleep(_PAUSE)
        return late

    def _write(self, rows: Sequence[Made], not_these: frozenset[str]) -> list[Made]:
        saved = self.tools.saved_places
        with self.storage.begin(write=True, again=True) as unit:
            changed = self.look_around(unit)
            late = [
                row
                for row in rows
                if row.new.event_id in not_these or (changed and self._neighbours.near(row.new.held))
            ]
            if late:
                ids = {row.new.event_id for row in late}
                rows = [row for row in rows if row.new.event_id not in ids]
            learned = [one for row in rows for one in row.learned if one.place.place_id not in saved]
            places = unit.bulk.save_places(learned, at=self.now()) if learned else 0
            unit.bulk.insert([row.new for row in rows])
            tolls = sum(
                unit.tolls.save(toll) for row in rows for toll in row.tolls if unit.tolls.get(toll.toll_id) is None
            )
            latest = unit.bulk.latest_change()
        self._seen_change = latest
        saved.update(one.place.place_id for one in learned)
        self.counts.places += places
        self.counts.tolls += tolls
        return late

    def _in_use(self, rows: Sequence[Made]) -> frozenset[str]:
        """Events of these whose own id, or whose row, is stored already: somebody else imports the same data."""
        with self.storage.begin() as unit:
            taken = unit.bulk.taken([row.new.event_id for row in rows])
            stored = unit.bulk.stored([row.new.report_id for row in rows])
        return frozenset(taken | {row.new.event_id for row in rows if row.new.report_id in stored})

    def count(self, result: IngestResult) -> None:
        """Count a row that went through the pipeline."""
        self.counts.read += 1
        if not result.stored:
            self.counts.unchanged += 1
        elif result.inserted:
            self.counts.inserted += 1
        else:
            self.counts.merged += 1
