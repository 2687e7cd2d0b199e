"""Manners towards a host: few requests at once, and a pause between their starts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

_MANY = 2_000  # hosts remembered before those long quiet are forgotten


@dataclass(slots=True)
class _Host:
    places: asyncio.Semaphore
    next_start: float = 0.0
    waiting: int = 0


class Hosts:
    """Gives turns: at most `at_once` under way at a host, starts at least `pause` seconds apart, in order of asking."""

    def __init__(
        self,
        at_once: int,
        pause: float,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._at_once = at_once
        self._pause = pause
        self._clock = clock
        self._sleep = sleep
        self._known: dict[str, _Host] = {}

    @asynccontextmanager
    async def turn(self, name: str) -> AsyncIterator[None]:
        """Wait for a turn at the host and hold it."""
        host = self._host(name)
        host.waiting += 1
        try:
            async with host.places:
                now = self._clock()
                start = max(now, host.next_start)
                host.next_start = start + self._pause  # taken before sleeping, so that the next one waits behind
                if start > now:
                    await self._sleep(start - now)
                yield
        finally:
            host.waiting -= 1

    def _host(self, name: str) -> _Host:
        if name not in self._known:
            if len(self._known) >= _MANY:
                now = self._clock()
                self._known = {n: h for n, h in self._known.items() if h.waiting or h.next_start > now}
            self._known[name] = _Host(asyncio.Semaphore(self._at_once))
        return self._known[name]
