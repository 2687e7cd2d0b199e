"""Polling: which sources are due, reading each, what came of it, and when to ask again.

A source is read in this order: where reading goes on is looked up; what is new is taken in, each report in a
transaction of its own; what was seen is noted; at last how it went, what the server gave to send back, and when it may
be asked again. Killed anywhere, the next reading finds either the old state, and what was taken in is known by its id,
or the new one. No source holds up another: each has its own turn at its host, and what is slow steps aside.
"""

from __future__ import annotations

import asyncio
import csv
import logging
import random
import tempfile
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Final, ParamSpec, TypeVar

from conflict.errors import DatabaseAwayError
from conflict.events import Report
from conflict.gazetteer import Gazetteer
from conflict.policy import NO_POLICY, Policy
from ingest.http import Fetched, Fetches, Refused, Request, Unchanged
from ingest.importing import Counts, Importer
from ingest.intervals import next_interval, next_poll
from ingest.lanes import Lanes
from ingest.pipeline import Extracts, IngestResult, Pipeline
from ingest.robots import Robots
from ingest.sources.article_worker import ArticleReader
from ingest.sources.articles import MAX_BYTES, Article
from ingest.sources.catalog import Source, SourceFormat
from ingest.sources.reading import NotReadError, Reader, Reading
from ingest.sources.unreadable import Unreadable
from storage import Storage
from storage.sources import SourceState

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

LONGEST: Final = 900.0  # seconds for one source, its pages included
MORE_AFTER: Final = timedelta(seconds=30)  # where a reading left something for the next
SPREAD: Final = 0.1  # of the time to the next request is left to chance, so that sources do not march in step


class Status(StrEnum):
    """How asking a source went."""

    READ = "read"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    NOT_SET_UP = "not set up"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of asking one source. `words` are the error, or what its operator should know."""

    source: Source
    status: Status
    reading: Reading = Reading()  # noqa: RUF009 - frozen
    words: str | None = None
    next_poll_at: datetime | None = None


class Polling:
    """Reads sources and takes in what is new; use as `async with Polling(...) as polling`.

    `now` is the seam for time, `chance` (a number from 0 to 1) the one for randomness.
    """

    def __init__(
        self,
        storage: Storage,
        client: Fetches,
        extractor: Extracts,
        places: Gazetteer,
        readers: Mapping[SourceFormat, Reader],
        *,
        agent: str,
        now: Callable[[], datetime],
        chance: Callable[[], float] = random.random,
        at_once: int = 16,
        patience: float | None = None,
        policy: Policy = NO_POLICY,
    ) -> None:
        self._storage = storage
        self._readers = readers
        self._now = now
        self._chance = chance
        self._lanes = Lanes(at_once) if patience is None else Lanes(at_once, patience=patience)
        self._desk = _Desk(storage, client, extractor, places, agent, now, policy)

    async def __aenter__(self) -> Polling:
        await self._desk.pages.__aenter__()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._desk.pages.__aexit__(None, None, None)
        self._desk.close()

    def missing(self, source: Source) -> tuple[str, ...]:
        """The settings without which this source cannot be asked."""
        return self._readers[source.format].missing()

    async def round(self, sources: Iterable[Source]) -> AsyncIterator[Outcome]:
        """Ask each of these sources once, each as soon as there is room; outcomes as they come.

        Raises DatabaseAwayError when the database cannot be reached; what was under way then counts as not asked.
        """
        tasks = {asyncio.create_task(self.poll(source), name=source.source_id) for source in sources}
        try:
            for next_done in asyncio.as_completed(tasks):
                yield await next_done
        finally:
            for task in tasks:
                task.cancel()
            if tasks:
                await asyncio.wait(tasks)

    async def poll(self, source: Source) -> Outcome:
        """Ask one source, and note how it went. Raises DatabaseAwayError, and nothing else."""
        reader = self._readers[source.format]
        if missing := reader.missing():
            return Outcome(source, Status.NOT_SET_UP, words=f"needs {' and '.join(missing)}")
        return await self._lanes.run(self._poll(source, reader))

    async def _poll(self, source: Source, reader: Reader) -> Outcome:
        state = await self._desk.off(self._state, source)
        try:
            async with asyncio.timeout(LONGEST):
                reading = await reader.read(source, state, self._desk)
        except NotReadError as error:
            return await self._desk.off(self._failed, source, reader, str(error), error.retry_after)
        except TimeoutError:
            return await self._desk.off(self._failed, source, reader, f"It was not read within {LONGEST:g} s.", None)
        except DatabaseAwayError:
            raise
        except Exception:
            log.exception("Reading the source %s failed.", source.source_id)
            words = "Reading it failed in a way that was not foreseen; the log says more."
            return await self._desk.off(self._failed, source, reader, words, None)
        return await self._desk.off(self._succeeded, source, reader, reading)

    def _state(self, source: Source) -> SourceState:
        with self._storage.begin() as unit:
            found = unit.sources.state(source.source_id)
        if found is None:
            found = SourceState(source.source_id, source.name)
            with self._storage.begin(write=True) as unit:
                unit.sources.set_state(found)
        return found

    def _succeeded(self, source: Source, reader: Reader, reading: Reading) -> Outcome:
        now = self._now()
        with self._storage.begin(write=True) as unit:
            state = unit.sources.state(source.source_id) or SourceState(source.source_id, source.name)
            interval = next_interval(state.interval, reading.new, reader.rhythm)
            wait = next_poll(interval, fresh=reading.fresh_for, rhythm=reader.rhythm)
            wait *= 1 + SPREAD * (self._chance() - 0.5)
            at = now + (wait if reading.whole else MORE_AFTER)
            news = reading.new + reading.updated
            unit.sources.record(source.source_id, source.name, True, now, news, events=reading.events)
            unit.sources.set_state(
                replace(
                    state,
                    name=source.name,
                    cursor=reading.cursor if reading.cursor is not None else state.cursor,
                    etag=reading.validators.etag,
                    last_modified=reading.validators.last_modified,
                    next_poll_at=at,
                    failures=0,
                    interval=interval,
                )
            )
        status = Status.UNCHANGED if reading.unchanged else Status.READ
        return Outcome(source, status, reading, reading.note, at)

    def _failed(self, source: Source, reader: Reader, words: str, asked_to_wait: timedelta | None) -> Outcome:
        now = self._now()
        with self._storage.begin(write=True) as unit:
            state = unit.sources.state(source.source_id) or SourceState(source.source_id, source.name)
            failures = state.failures + 1
            wait = next_poll(
                timedelta(0),
                failures=failures,
                chance=self._chance(),
                asked_to_wait=asked_to_wait,
                rhythm=reader.rhythm,
            )
            unit.sources.record(source.source_id, source.name, False, now, error=words)
            unit.sources.set_state(replace(state, name=source.name, failures=failures, next_poll_at=now + wait))
        return Outcome(source, Status.FAILED, words=words, next_poll_at=now + wait)


class _Desk:
    """What readers work with: one thread that writes, one that takes bytes apart, a process for pages."""

    def __init__(
        self,
        storage: Storage,
        client: Fetches,
        extractor: Extracts,
        places: Gazetteer,
        agent: str,
        now: Callable[[], datetime],
        policy: Policy,
    ) -> None:
        self._storage = storage
        self._client = client
        self._extractor = extractor
        self._places = places
        self._pipeline = Pipeline(storage, extractor, now, policy)
        self._importer: Importer | None = None
        self._robots = Robots(client, agent, now)
        self._writer = ThreadPoolExecutor(1, "gather")
        self._parser = ThreadPoolExecutor(1, "feeds")
        self.pages = ArticleReader()
        self.now = now

    @property
    def storage(self) -> Storage:
        return self._storage

    def close(self) -> None:
        """Wait for what the threads have begun."""
        self._parser.shutdown(cancel_futures=True)
        self._writer.shutdown(cancel_futures=True)

    async def fetch(self, request: Request) -> Fetched | Unchanged:
        found = await self._client.fetch(request)
        if isinstance(found, Refused):
            raise NotReadError(found.reason, retry_after=found.retry_after, status=found.status)
        return found

    async def article(self, url: str) -> Article | Unreadable:
        if not await self._robots.allow(url):
            return Unreadable("is not open to programs (robots.txt)")
        found = await self._client.fetch(Request(url, accept="text/html, */*;q=0.5", max_bytes=MAX_BYTES))
        if not isinstance(found, Fetched):
            return Unreadable(f"was not to be had: {found.reason if isinstance(found, Refused) else 'unchanged'}")
        return await self.pages.read(found.body, charset=found.charset, url=found.url)

    async def off(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._writer, partial(call, *args, **kwargs))

    async def read(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._parser, partial(call, *args, **kwargs))

    async def take(self, report: Report, first_published_at: datetime | None = None) -> IngestResult:
        return await self.off(self._take, report, first_published_at)

    async def import_rows(self, kind: str, name: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> Counts:
        return await self.off(self._import, kind, name, header, rows)

    async def keep_cursor(self, source: Source, cursor: str) -> None:
        await self.off(self._keep_cursor, source, cursor)

    def _take(self, report: Report, first_published_at: datetime | None) -> IngestResult:
        if first_published_at is None or report.published_at is None:
            return self._pipeline.ingest(report)
        # A later version speaks of the days that the first one did, and its word is of now.
        said = self._extractor.extract(replace(report, published_at=first_published_at))
        at = report.published_at
        events = [
            replace(data, claims=tuple(replace(claim, published_at=at) for claim in data.claims))
            for data in said.events
        ]
        tolls = [replace(toll, published_at=at) for toll in said.tolls]
        tallies = [replace(tally, published_at=at) for tally in said.tallies]
        return self._pipeline.take(report, events, tolls, tallies, said.reason)

    def _import(self, kind: str, name: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> Counts:
        if self._importer is None:
            self._importer = Importer(self._storage, self._places, self.now)
        with tempfile.TemporaryDirectory(prefix="sitrep-") as folder:
            path = Path(folder) / name
            with path.open("w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows((header, *rows))
            return self._importer.run(path, kind)

    def _keep_cursor(self, source: Source, cursor: str) -> None:
        with self._storage.begin(write=True) as unit:
            state = unit.sources.state(source.source_id) or SourceState(source.source_id, source.name)
            unit.sources.set_state(replace(state, cursor=cursor))
