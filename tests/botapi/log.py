"""Something that is only ever appended to, and can be waited on without polling."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Log(Generic[T]):
    """A list whose next fitting entry can be awaited."""

    __slots__ = ("_waiting", "items")

    def __init__(self) -> None:
        self.items: list[T] = []
        self._waiting: set[asyncio.Future[None]] = set()

    def append(self, item: T) -> None:
        """Add one and wake those who wait."""
        self.items.append(item)
        if self._waiting:
            for future in self._waiting:
                if not future.done():
                    future.set_result(None)
            self._waiting.clear()

    async def wait(self, start: int, fits: Callable[[T], bool], seconds: float) -> tuple[int, T]:
        """The first fitting entry at or after position `start`, with its position. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while True:
                while start < len(self.items):
                    if fits(self.items[start]):
                        return start, self.items[start]
                    start += 1
                future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
                self._waiting.add(future)
                try:
                    await future
                finally:
                    self._waiting.discard(future)
