"""Room for work that waits on others: what turns out slow steps aside, so that it holds up nobody who is quick."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, Final, TypeVar

T = TypeVar("T")

PATIENCE: Final = 1.0  # seconds; a healthy feed has answered by then
SLOW_FOR_EACH: Final = 4  # places in the slow lane for each in the quick one


class Lanes:
    """At most `quick` at work that have begun lately, and four times as many that have been at it for long."""

    def __init__(self, quick: int, *, patience: float = PATIENCE) -> None:
        self._quick = asyncio.Semaphore(quick)
        self._slow = asyncio.Semaphore(quick * SLOW_FOR_EACH)
        self._patience = patience

    async def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do this work when there is room; its result or exception. Cancelled with whoever waits for it."""
        try:
            await self._quick.acquire()
        except BaseException:
            work.close()
            raise
        held = self._quick
        task = asyncio.create_task(work)
        try:
            done, _ = await asyncio.wait({task}, timeout=self._patience)
            if not done and await self._room_aside(task):
                held.release()
                held = self._slow
            return await task
        finally:
            if not task.done():
                task.cancel()
                await asyncio.wait({task})
            held.release()

    async def _room_aside(self, task: asyncio.Task[T]) -> bool:
        """Wait for a place in the slow lane while the work goes on; False when it ended first."""
        asking = asyncio.create_task(self._slow.acquire())
        try:
            await asyncio.wait({task, asking}, return_when=asyncio.FIRST_COMPLETED)
        except BaseException:
            if not asking.cancel():
                self._slow.release()
            raise
        if asking.done():
            return True
        asking.cancel()
        return False
