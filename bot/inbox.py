"""The webhook's journal: each update is committed before it is acknowledged, and struck out when it is handled.

Commits are shared: all that arrives while one is being written goes into the next, so that a database that flushes to
disk a few hundred times a second still takes thousands of updates.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import socket
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from typing import Final, TypeVar

from conflict.errors import SitrepError
from storage import Storage, Unit
from storage.inbox import Arrival, Kept

log = logging.getLogger(__name__)

BATCH: Final = 256  # arrivals in one transaction
LEASE: Final = timedelta(seconds=15)
RENEWAL: Final = 5.0  # seconds
SWEEP: Final = 1.0  # seconds between looks for what others left (PostgreSQL only)
PRUNE: Final = 3600.0
MAX_ATTEMPTS: Final = 3  # times an update is begun anew after a process died over it, or beside it

T = TypeVar("T")


class Journal:
    """The inbox of one process, which is one holder. All its database work is done in one thread of its own."""

    def __init__(self, storage: Storage, now: Callable[[], datetime], *, holder: str | None = None) -> None:
        self.holder = holder or f"{socket.gethostname()[:60]}/{secrets.token_hex(4)}"
        self.shared = storage.kind == "postgresql"  # other processes may hold updates of the same bot
        self._storage = storage
        self._now = now
        self._arrivals: list[tuple[Arrival, asyncio.Future[str | None]]] = []
        self._handled: set[int] = set()
        self._wanted = asyncio.Event()
        self._written = asyncio.Event()
        self._thread = ThreadPoolExecutor(1, "inbox")
        self._task: asyncio.Task[None] | None = None

    def open(self) -> None:
        """Begin to write."""
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="inbox")

    async def record(self, arrival: Arrival) -> str | None:
        """Who holds it, once it is committed; None where it was seen before. Raises SitrepError when it is not kept."""
        written: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
        self._arrivals.append((arrival, written))
        self._wanted.set()
        return await written

    def handled(self, update_id: int) -> None:
        """This one is done with; it is struck out soon, together with others."""
        self._handled.add(update_id)
        self._wanted.set()

    async def struck_out(self) -> None:
        """Return when all that was told as handled is struck out."""
        while self._handled:
            self._written.clear()
            self._wanted.set()
            await self._written.wait()

    async def live(self) -> None:
        """Say that this process lives."""
        await self.do(lambda unit: unit.inbox.renew(self.holder, self._now() + LEASE))

    async def prune(self) -> None:
        """Forget what is old."""
        await self.do(lambda unit: unit.inbox.prune(self._now()))

    async def orphans(self, known: Collection[int]) -> tuple[Kept, ...]:
        """What this process must handle beyond the numbers it knows: left by the dead, or given to it by the living."""
        known = frozenset(known) | self._handled

        def take(unit: Unit) -> tuple[Kept, ...]:
            unit.inbox.take_over(self.holder, self._now(), alone=not self.shared)
            return unit.inbox.held_by(self.holder, but=known)

        return await self.do(take)

    async def begin_anew(self, update_ids: Collection[int]) -> None:
        """Note, before they are handled again, that they are."""

        def note(unit: Unit) -> None:
            for update_id in update_ids:
                unit.inbox.begin_anew(update_id)

        await self.do(note)

    async def set_aside(self, update_id: int) -> None:
        """Keep it, never hand it out again."""
        await self.do(lambda unit: unit.inbox.set_aside(update_id))

    async def do(self, work: Callable[[Unit], T]) -> T:
        """One writing transaction in the journal's thread."""

        def carry_out() -> T:
            with self._storage.begin(write=True) as unit:
                return work(unit)

        return await asyncio.get_running_loop().run_in_executor(self._thread, carry_out)

    async def close(self, *, release: bool = True) -> None:
        """Write what is left to write, let others have what this process still holds, and end the thread."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
        for _, written in self._arrivals:
            written.cancel()
        done, self._handled = self._handled, set()

        def last(unit: Unit) -> None:
            unit.inbox.handled(done)
            if release:
                unit.inbox.release(self.holder)

        try:
            await self.do(last)
        except SitrepError as error:
            log.warning("The last messages handled could not be noted (%s) and may be answered again.", error)
        self._thread.shutdown(wait=False)

    async def _run(self) -> None:
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            arrivals, self._arrivals = self._arrivals[:BATCH], self._arrivals[BATCH:]
            handled = set(self._handled)
            if not arrivals and not handled:
                continue
            if self._arrivals:
                self._wanted.set()
            try:
                held = await self.do(partial(self._write, [arrival for arrival, _ in arrivals], handled))
            except Exception as error:
                for _, written in arrivals:
                    if not written.done():
                        written.set_exception(error)
                if not isinstance(error, SitrepError):
                    log.exception("The inbox could not be written.")
                await asyncio.sleep(0.5)
                if self._handled:
                    self._wanted.set()
                continue
            self._handled -= handled
            self._written.set()
            for arrival, written in arrivals:
                if not written.done():
                    written.set_result(held.get(arrival.update_id))

    def _write(self, arrivals: list[Arrival], handled: set[int], unit: Unit) -> dict[int, str]:
        unit.inbox.handled(handled)
        return unit.inbox.record(arrivals, self.holder, self._now())
