"""The queue of updates for the bot, and long polling on it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import Any

from tests.botapi import spec
from tests.botapi.errors import ApiError
from tests.botapi.log import Log

# Sent only to bots that ask for them by name.
ON_REQUEST = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
TERMINATED = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"


class Updates:
    """Updates in order, kept until the bot confirms them by asking for later ones."""

    def __init__(self) -> None:
        self.pending: deque[dict[str, Any]] = deque()
        self.allowed: frozenset[str] | None = None
        # Every update ever made, with whether the bot had asked for its kind: for tests that ask why none came.
        self.made: Log[tuple[dict[str, Any], bool]] = Log()
        self.confirmed: Log[int] = Log()
        # Polls whose connection the bot closed before the answer.
        self.hung_up: Log[bool] = Log()
        self._next_id = 1
        self._poller: asyncio.Future[None] | None = None
        self._arrived: set[asyncio.Future[None]] = set()

    def push(self, kind: str, payload: dict[str, Any]) -> int:
        """Queue one update, checked against the specification. Gives its update_id."""
        return self.push_raw({kind: payload})

    def push_raw(self, update: dict[str, Any], *, check: bool = True) -> int:
        """Queue an update as it is; `check` off for hostile ones.

        A whole-numbered update_id is kept, so that one may come twice; else the next number is given.
        """
        given = update.get("update_id")
        update_id = given if isinstance(given, int) else self._next_id
        self._next_id = max(self._next_id, update_id + 1)
        update = {**update, "update_id": update_id}
        if check:
            spec.load().check("Update", update)
        kinds = update.keys() - {"update_id"}
        wanted = not kinds or any(self.wanted(kind) for kind in kinds)
        self.made.append((update, wanted))
        if wanted:
            self.pending.append(update)
            self.wake()
        return update_id

    def wanted(self, kind: str) -> bool:
        """Whether the bot gets updates of this kind."""
        return kind not in ON_REQUEST if self.allowed is None else kind in self.allowed

    def allow(self, kinds: Sequence[str] | None) -> None:
        """Set allowed_updates: None leaves it, an empty list means the default."""
        if kinds is not None:
            self.allowed = frozenset(kinds) or None

    def wake(self) -> None:
        """Wake pollers and webhook workers."""
        if self._poller is not None and not self._poller.done():
            self._poller.set_result(None)
        for future in self._arrived:
            if not future.done():
                future.set_result(None)
        self._arrived.clear()

    async def arrival(self, seconds: float | None) -> None:
        """Wait for something to be pushed, or for the time to pass."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._arrived.add(future)
        try:
            await asyncio.wait_for(future, seconds)
        except TimeoutError:
            pass
        finally:
            self._arrived.discard(future)

    def confirm(self, offset: int) -> None:
        """Drop what lies before `offset`; a negative one keeps that many of the newest."""
        if offset < 0:
            while len(self.pending) > -offset:
                self._drop_first()
        else:
            while self.pending and self.pending[0]["update_id"] < offset:
                self._drop_first()

    def _drop_first(self) -> None:
        self.confirmed.append(self.pending.popleft()["update_id"])

    def done(self, update: dict[str, Any]) -> None:
        """One update was taken by the webhook."""
        self.pending.remove(update)
        self.confirmed.append(update["update_id"])

    async def poll(self, offset: int, limit: int, seconds: float) -> list[dict[str, Any]]:
        """One getUpdates call. A second one ends the first with 409, as on Telegram."""
        if self._poller is not None and not self._poller.done():
            self._poller.set_exception(ApiError(409, TERMINATED))
        self.confirm(offset)
        if not self.pending and seconds > 0:
            own: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._poller = own
            try:
                async with asyncio.timeout(seconds):
                    await own
            except TimeoutError:
                pass
            except asyncio.CancelledError:
                self.hung_up.append(True)
                raise
            finally:
                if self._poller is own:
                    self._poller = None
        return [self.pending[index] for index in range(min(limit, len(self.pending)))]
