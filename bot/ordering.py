"""Many chats at once, each in its own order: the updates of one chat are worked on one after the other.

A chat that floods waits on itself alone: it holds no place among the updates that run while another of its own does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from contextlib import suppress
from typing import Any

from telegram import Update
from telegram.ext import BaseUpdateProcessor

MAX_WAITING = 4096


class OrderedUpdates(BaseUpdateProcessor):
    """Runs up to `running` updates at once and keeps up to `waiting` more.

    Who was given to `tell` hears of each that is done with (handled, failed or cancelled), so that the poller can let
    Telegram know.
    """

    __slots__ = ("_chats", "_running", "_settled")

    def __init__(self, running: int = 256, waiting: int = MAX_WAITING) -> None:
        super().__init__(max_concurrent_updates=running + waiting)
        self._running = asyncio.Semaphore(running)
        self._chats: dict[Hashable, _Turn] = {}
        self._settled: Callable[[object], None] | None = None

    def tell(self, settled: Callable[[object], None]) -> None:
        """Call this with each update that is done with."""
        self._settled = settled

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        """Wait for the chat's turn, then for room, then handle."""
        started = False
        try:
            key = chat_of(update)
            turn = self._chats.setdefault(key, _Turn()) if key is not None else _Turn()
            turn.wanted += 1
            try:
                async with turn.lock, self._running:
                    started = True
                    await coroutine
            finally:
                turn.wanted -= 1
                if key is not None and turn.wanted == 0:
                    self._chats.pop(key, None)
        finally:
            if not started:
                with suppress(AttributeError):
                    coroutine.close()  # type: ignore[attr-defined]  # a coroutine, unless a test passes another awaitable
            if self._settled:
                self._settled(update)

    @property
    def chats(self) -> int:
        """How many chats have something running or waiting now."""
        return len(self._chats)

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""


class _Turn:
    """Whose turn it is in one chat; asyncio's lock lets in whoever came first."""

    __slots__ = ("lock", "wanted")

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.wanted = 0


def chat_of(update: object) -> Hashable | None:
    """What an update must keep its order within: its chat, else its person; None where neither is given."""
    if not isinstance(update, Update):
        return None
    if update.effective_chat is not None:
        return update.effective_chat.id
    return update.effective_user.id if update.effective_user is not None else None
