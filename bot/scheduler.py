"""The clock of the program: says "tick" to jobs at their times, and lets them finish before it stops.

It decides nothing and remembers nothing: what is due is in the database (a restart loses no work).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from apscheduler.executors.asyncio import AsyncIOExecutor
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

log = logging.getLogger(__name__)

Job = Callable[[], Awaitable[object]]


class Schedule:
    """Jobs with fixed ids in memory; one run of a job at a time, missed runs made up for by one run, however late."""

    def __init__(self) -> None:
        self._idle = asyncio.Event()
        self._idle.set()
        self._busy: dict[str, int] = {}
        self._others: list[Callable[[float], Awaitable[bool]]] = []
        self._scheduler = AsyncIOScheduler(
            jobstores={"default": MemoryJobStore()},
            executors={"default": AsyncIOExecutor()},
            # Without a limit: the default of one second silently drops a job when the loop was busy.
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
            timezone=UTC,
        )

    def every(self, seconds: float, job_id: str, job: Job, *, at_once: bool = False) -> None:
        """Run `job` every so many seconds under this id; the same id again replaces it. `at_once`: first run now."""
        first = {"next_run_time": datetime.now(UTC)} if at_once else {}
        self._scheduler.add_job(
            self._run,
            IntervalTrigger(seconds=seconds, timezone=UTC),
            args=(job_id, job),
            id=job_id,
            replace_existing=True,
            **first,
        )

    def also_stop(self, stop: Callable[[float], Awaitable[bool]]) -> None:
        """Call this at the stop, with the seconds that it may take, before the last job ends; False: cut off."""
        self._others.append(stop)

    @property
    def jobs(self) -> tuple[str, ...]:
        """The ids of all jobs."""
        return tuple(sorted(job.id for job in self._scheduler.get_jobs()))

    async def start(self) -> None:
        """Begin to tick."""
        self._scheduler.start()

    async def stop(self, deadline: float) -> bool:
        """Begin no further run, wait up to `deadline` seconds for those under way; False when some were cut off."""
        if not self._scheduler.running:
            return True
        self._scheduler.pause()
        whole = True
        for stop in self._others:
            whole = await stop(deadline) and whole
        try:
            async with asyncio.timeout(deadline):
                await self._idle.wait()
        except TimeoutError:
            whole = False
            log.warning("Cut off while stopping: %s.", ", ".join(sorted(self._busy)))
        self._scheduler.shutdown(wait=False)  # cancels what still runs, so only after the wait
        return whole

    async def _run(self, job_id: str, job: Job) -> None:
        self._busy[job_id] = self._busy.get(job_id, 0) + 1
        self._idle.clear()
        try:
            await job()
        except Exception:
            log.exception("The job %s failed; it runs again at its next time.", job_id)
        finally:
            self._busy[job_id] -= 1
            if not self._busy[job_id]:
                del self._busy[job_id]
            if not self._busy:
                self._idle.set()
