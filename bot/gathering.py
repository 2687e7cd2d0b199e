"""Gathering: the running bot reads its sources. One process on a database does so, at the schedule's ticks.

Which sources are due, and where each goes on, is in the database; this only knows what is under way here.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress
from difflib import get_close_matches
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

from bot.clock import clock
from bot.scheduler import Schedule
from bot.settings import Settings
from conflict.errors import DatabaseAwayError, SettingsError
from conflict.gazetteer import Gazetteer
from conflict.policy import load as load_policy
from ingest.addresses import Allowance
from ingest.http import Client, Limits
from ingest.polling import Outcome, Polling, Status
from ingest.sources.acled_api import AcledReader
from ingest.sources.catalog import Source, SourceFormat, load_sources
from ingest.sources.feeds_polled import FeedReader
from ingest.sources.gdelt_api import GdeltReader
from ingest.sources.reading import Reader
from ingest.sources.reliefweb import ReliefWebReader
from ingest.sources.ucdp_api import UcdpReader
from storage import Storage
from storage.leases import Election
from storage.sources import Watched

log = logging.getLogger(__name__)

JOB: Final = "gathering"
SEAT: Final = "poller"
TICK_SECONDS: Final = 0.5  # the longest that nobody polls after the poller is gone (PostgreSQL)
LOOK_SECONDS: Final = 2.0  # between two looks at what is due
AGENT: Final = "Sitrep"  # what rules of robots.txt are looked up under

Opened = Callable[[], AbstractAsyncContextManager[Polling]]


class Gathering:
    """One process's part; `tick` looks whether there is something to do and returns at once."""

    def __init__(self, election: Election, storage: Storage, sources: Sequence[Source], opened: Opened) -> None:
        self._election = election
        self._storage = storage
        self._sources = {source.source_id: source for source in sources}
        self._opened = opened
        self._pool = ThreadPoolExecutor(1, JOB)
        self._stack = AsyncExitStack()
        self._polling: Polling | None = None
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._failing: set[str] = set()
        self._looked = float("-inf")
        self._work: asyncio.Task[None] | None = None
        self._stopping = False

    async def tick(self) -> None:
        """Ask for the seat; read what is due."""
        if not self._stopping and (self._work is None or self._work.done()):
            self._work = asyncio.create_task(self._run(), name=JOB)

    async def stop(self, deadline: float) -> bool:
        """Begin nothing more, break off what waits for others, let what is being written be written; leave the seat."""
        self._stopping = True
        tasks = [*self._under_way.values(), *([self._work] if self._work else [])]
        for task in tasks:
            task.cancel()
        late: set[asyncio.Task[Any]] = set()
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=deadline)
        await self._stack.aclose()
        with suppress(DatabaseAwayError):  # a lease that cannot be given back runs out
            await self._in_thread(self._election.release)
        self._pool.shutdown(wait=False)
        return not late

    async def _run(self) -> None:
        try:
            if not await self._in_thread(self._election.hold, clock()):
                await self._step_back()
                return
            now = asyncio.get_running_loop().time()
            if now - self._looked < LOOK_SECONDS:
                return
            self._looked = now
            if self._polling is None:
                await self._begin()
            await self._read_due()
        except DatabaseAwayError as error:
            log.warning("Sources wait for the database (%s).", error)
        except Exception:
            log.exception("Looking after the sources failed; it is tried again at the next tick.")

    async def _begin(self) -> None:
        """This process has the seat from now on."""
        self._polling = await self._stack.enter_async_context(self._opened())
        ready = [source for source in self._sources.values() if not self._polling.missing(source)]
        await self._in_thread(_watch, self._storage, ready)
        log.info("This process polls %d sources.", len(ready))

    async def _step_back(self) -> None:
        """Another process has the seat: what is under way here is broken off."""
        tasks, self._under_way = list(self._under_way.values()), {}
        for task in tasks:
            task.cancel()
        if tasks:
            log.warning("Another process polls the sources now.")
            await asyncio.wait(tasks)
        polling, self._polling = self._polling, None
        if polling is not None:
            await self._stack.aclose()

    async def _read_due(self) -> None:
        for source_id in await self._in_thread(_due, self._storage):
            source = self._sources.get(source_id)
            if source is not None and source_id not in self._under_way and self._polling is not None:
                task = asyncio.create_task(self._read(self._polling, source), name=source_id)
                self._under_way[source_id] = task
                task.add_done_callback(partial(self._done, source_id))

    def _done(self, source_id: str, task: asyncio.Task[None]) -> None:
        if self._under_way.get(source_id) is task:
            del self._under_way[source_id]

    async def _read(self, polling: Polling, source: Source) -> None:
        try:
            outcome = await polling.poll(source)
        except DatabaseAwayError as error:
            log.warning("%s waits for the database (%s).", source.name, error)
            await asyncio.sleep(LOOK_SECONDS)
            return
        self._tell(outcome)

    def _tell(self, outcome: Outcome) -> None:
        """One line where something is new, begins to fail or is read again; nothing else."""
        name, reading, source_id = outcome.source.name, outcome.reading, outcome.source.source_id
        if outcome.status is Status.FAILED:
            if source_id not in self._failing:
                log.warning("%s cannot be read: %s", name, outcome.words)
            self._failing.add(source_id)
            return
        if source_id in self._failing:
            self._failing.discard(source_id)
            log.info("%s is read again.", name)
        if reading.new or reading.updated:
            log.info("%s: %d new, %d updated, %d new events.", name, reading.new, reading.updated, reading.events)

    async def _in_thread(self, call: Callable[..., Any], *args: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._pool, partial(call, *args))


def seat_gathering(schedule: Schedule, storage: Storage, settings: Settings, places: Gazetteer) -> None:
    """Let the running bot poll its sources, unless it is told not to."""
    if not settings.polls:
        return
    sources = chosen(settings, places)
    opened = partial(open_polling, settings, storage, places)
    gathering = Gathering(storage.election(SEAT), storage, sources, opened)
    schedule.every(TICK_SECONDS, JOB, gathering.tick)
    schedule.also_stop(gathering.stop)


@asynccontextmanager
async def open_polling(settings: Settings, storage: Storage, places: Gazetteer) -> AsyncIterator[Polling]:
    """What polls, with its connections and threads, between the two ends of the block."""
    from ingest.extraction import Extractor

    loop = asyncio.get_running_loop()
    extractor = await loop.run_in_executor(None, Extractor.load, places)
    limits = Limits(at_once=5 * settings.poll_concurrency, at_once_per_host=1)
    allow = Allowance.parse(settings.allowed_networks)
    async with Client(agent=agent_of(settings), limits=limits, allow=allow) as client:
        readers = readers_of(settings)
        async with Polling(
            storage,
            client,
            extractor,
            places,
            readers,
            agent=AGENT,
            now=clock,
            at_once=settings.poll_concurrency,
            policy=load_policy(settings.policy_file),
        ) as polling:
            yield polling


def readers_of(settings: Settings) -> dict[SourceFormat, Reader]:
    """What reads each format, with the accounts that the settings give."""
    password, token = settings.acled_secret, settings.ucdp_token
    return {
        SourceFormat.FEED: FeedReader(),
        SourceFormat.ACLED: AcledReader(settings.acled_user, password.get_secret_value() if password else None),
        SourceFormat.UCDP: UcdpReader(token.get_secret_value() if token else None),
        SourceFormat.RELIEFWEB: ReliefWebReader(settings.reliefweb_appname),
        SourceFormat.GDELT: GdeltReader(),
    }


def agent_of(settings: Settings) -> str:
    """The User-Agent: what we are, and whom to write to."""
    try:
        number = version("sitrep")
    except PackageNotFoundError:
        number = "0"
    contact = f"; +{settings.contact}" if settings.contact else ""
    return f"{AGENT}/{number} (conflict updates; feed reader{contact})"


def chosen(settings: Settings, places: Gazetteer) -> tuple[Source, ...]:
    """The sources that SITREP_POLL_SOURCES means, of the shipped list and the operator's own."""
    return choose(load_sources(settings.sources_file), settings.poll_sources, lambda: places)


def choose(listed: Sequence[Source], wanted: Sequence[str], places: Callable[[], Gazetteer]) -> tuple[Source, ...]:
    """Of the list those wanted: `on` (the enabled), `off` (none), or ids and names (also of one that is not enabled)
    and countries (the enabled ones that report on it).

    `places` is called where a country's name has to be looked up. Raises SettingsError naming what is none of these.
    """
    found: dict[str, Source] = {}
    unknown = []
    for word in wanted:
        picked = _picked(listed, word, places)
        if picked is None:
            unknown.append(_unknown(listed, word))
        else:
            found |= {source.source_id: source for source in picked}
    if unknown:
        raise SettingsError(" ".join(unknown))
    return tuple(source for source in listed if source.source_id in found)


def _picked(listed: Sequence[Source], word: str, places: Callable[[], Gazetteer]) -> list[Source] | None:
    lowered = word.casefold()
    if lowered in ("on", "off"):
        return [source for source in listed if source.enabled and lowered == "on"]
    named = [source for source in listed if lowered in (source.source_id, source.name.casefold())]
    if named:
        return named
    code: str | None = word.upper()
    if not any(code in source.countries for source in listed):
        country = places().country(word)
        code = country.country_code if country else None
    return None if code is None else [source for source in listed if source.enabled and code in source.countries]


def _unknown(listed: Iterable[Source], word: str) -> str:
    near = get_close_matches(word.casefold(), [source.source_id for source in listed], n=1, cutoff=0.6)
    hint = f"did you mean {near[0]}?" if near else "sitrep sources --all lists them."
    return f"{word!r} is no source and no country; {hint}"


def _watch(storage: Storage, sources: Iterable[Source]) -> None:
    with storage.begin(write=True) as unit:
        unit.sources.watch(watched(source) for source in sources)


def watched(source: Source) -> Watched:
    """What the database keeps of a source that is polled."""
    return Watched(source.source_id, source.name, source.kind.value, source.url, source.countries)


def _due(storage: Storage) -> tuple[str, ...]:
    with storage.begin() as unit:
        return unit.sources.due(clock())
