"""Long polling that tells Telegram "received" only after an update was handled, so that a killed process loses none.

python-telegram-bot's own poller confirms on receipt: what is in flight at a `kill -9` is gone. Here the offset of the
next getUpdates is the oldest update not yet done with, so Telegram keeps that and all later ones and sends them again
after a crash; those already seen in this run are recognised by their number. The price: an update that was being
answered at the kill is answered twice, and getUpdates answers at once while something is in flight, so short pauses are
made then. When a hundred updates wait (one chat floods, or thousands of people ask at once), they are recorded in the
database, all in one transaction, and then confirmed, so that others get their turn and a kill still loses none. One
update that cannot be read is skipped by itself, not the whole batch.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any, Final

from telegram import Bot
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData
from telegram.request._requestparameter import RequestParameter

from bot.backlog import Leftovers
from bot.intake import number_of, read_update
from bot.ordering import chat_of
from conflict.errors import SitrepError
from storage.inbox import Arrival

log = logging.getLogger(__name__)

BATCH: Final = 100  # the most getUpdates gives at once
MAX_IN_FLIGHT: Final = 2048
MIN_PAUSE: Final = 0.05  # seconds between polls while something is in flight
MAX_PAUSE: Final = 0.5  # the same when nothing new comes and nothing gets done
FIRST_BACKOFF: Final = 0.5
MAX_BACKOFF: Final = 30.0
DEAF_AFTER: Final = 60.0  # seconds beyond a long poll's own waiting


class Poller:
    """Fetches updates of one bot into a queue. `done(update)` must be called for each once it has been handled.

    `leftovers`: the inbox, where what an earlier run left is handled first; without it a kill in a flood loses some.
    `run` ends by itself only on an error that no waiting cures (InvalidToken), or after `conflict_patience` seconds of
    another process polling with the same token (Conflict): it raises it then.
    """

    def __init__(
        self,
        bot: Bot,
        request: BaseRequest,
        queue: asyncio.Queue[Any],
        *,
        timeout: int = 50,
        allowed: tuple[str, ...] = (),
        conflict_patience: float = 60.0,
        leftovers: Leftovers | None = None,
    ) -> None:
        self._bot = bot
        self._request = request
        self._queue = queue
        self._timeout = timeout
        self._allowed = allowed
        self._patience = conflict_patience
        self._leftovers = leftovers
        self._answered_at: float | None = None  # the loop's time when Telegram last answered
        self._in_flight: dict[int, Arrival] = {}  # by number, not yet done with, oldest first
        self._done: set[int] = set()  # done with, but not confirmed because an older one is in flight
        self._early: set[int] = set()  # confirmed before they were done with
        self._next = 0
        self._idle_for = MIN_PAUSE
        self._progress = asyncio.Event()

    way = "polling"

    @property
    def in_flight(self) -> int:
        """How many updates were fetched and are not done with."""
        return len(self._in_flight) + len(self._early)

    def alive(self, now: float) -> tuple[bool, float | None]:
        """Whether Telegram answered lately, and the seconds since it last did."""
        age = None if self._answered_at is None else max(0.0, now - self._answered_at)
        return age is not None and age < self._timeout + DEAF_AFTER, age

    async def prepare(self) -> None:
        """Take the webhook away (polling is refused beside one), and begin with what an earlier run left."""
        try:
            await self._bot.delete_webhook(drop_pending_updates=False)
            self._answered_at = asyncio.get_running_loop().time()
        except TelegramError as error:
            log.warning("An earlier webhook could not be taken away (%s).", error)
        if self._leftovers is not None:
            await self._leftovers.open()

    async def close(self) -> None:
        """Nothing of its own is open."""
        if self._leftovers is not None:
            await self._leftovers.close()

    def done(self, update: object) -> None:
        """This update was handled (or failed for good): Telegram need not send it again."""
        if self._leftovers is not None:
            self._leftovers.done(update)
        number = getattr(update, "update_id", None)
        if number in self._early:
            self._early.discard(number)
            self._progress.set()
        if number in self._in_flight:
            del self._in_flight[number]
            self._done.add(number)
            self._progress.set()

    async def run(self) -> None:
        """Poll until cancelled."""
        wait = 0.0
        clash = Clash(self._patience, asyncio.get_running_loop().time)
        while True:
            try:
                await self._round()
            except InvalidToken:
                raise
            except Conflict:
                clash.again()
                wait = min(MAX_BACKOFF, max(FIRST_BACKOFF, wait * 1.5))
            except RetryAfter as error:
                wait = _waiting_time(error)
                log.warning("Telegram asks to wait %.0f s before the next poll.", wait)
            except TimedOut:
                wait = 0.0 if wait == 0.0 and self._timeout else min(MAX_BACKOFF, max(FIRST_BACKOFF, wait * 1.5))
            except TelegramError as error:
                wait = min(MAX_BACKOFF, max(FIRST_BACKOFF, wait * 1.5))
                log.warning("Fetching messages failed (%s); next try in %.1f s.", error, wait)
            else:
                if wait:
                    log.info("Fetching messages works again.")
                wait = 0.0
                clash.over()
            if wait:
                await asyncio.sleep(wait)

    async def drained(self) -> None:
        """Return when nothing is in flight."""
        while self._in_flight or self._early:
            self._progress.clear()
            await self._progress.wait()

    async def confirm(self) -> None:
        """Tell Telegram what has been handled; for the end of a run. What is still in flight will be sent again."""
        if not self._next:
            return
        try:
            await self._fetch(wait=0, limit=1)
        except TelegramError as error:
            log.warning("The last messages handled could not be confirmed (%s) and may be answered again.", error)

    async def _round(self) -> None:
        while self.in_flight >= MAX_IN_FLIGHT:
            await self._quiet(MIN_PAUSE)
        busy = bool(self._in_flight)
        updates = await self._fetch(wait=0 if busy else self._timeout, limit=BATCH)
        fresh = [update for update in updates if self._is_new(update)]
        for update in fresh:
            await self._take(update)
        if len(updates) >= BATCH and await self._record():
            return  # there is more, and room for it
        if busy and not fresh:
            await self._quiet(self._idle_for)
            self._idle_for = min(MAX_PAUSE, self._idle_for * 2)
        else:
            self._idle_for = MIN_PAUSE
            await self._quiet(MIN_PAUSE)

    async def _fetch(self, *, wait: int, limit: int) -> list[dict[str, Any]]:
        offset = next(iter(self._in_flight), self._next)
        parameters: dict[str, Any] = {"timeout": wait, "limit": limit, "allowed_updates": list(self._allowed)}
        if offset:
            parameters["offset"] = offset
        answer = await self._request.post(
            f"{self._bot.base_url}/getUpdates",
            RequestData([RequestParameter.from_input(name, value) for name, value in parameters.items()]),
            read_timeout=wait + (self._request.read_timeout or 0.0),
        )
        self._done = {number for number in self._done if number >= offset}
        if not isinstance(answer, list):
            raise TelegramError("getUpdates gave no list")
        self._answered_at = asyncio.get_running_loop().time()
        return [item for item in answer if number_of(item) is not None]

    def _is_new(self, item: dict[str, Any]) -> bool:
        number = item["update_id"]
        self._next = max(self._next, number + 1)
        left = self._leftovers is not None and self._leftovers.has(number)
        return not (left or number in self._in_flight or number in self._done)

    async def _take(self, item: dict[str, Any]) -> None:
        number: int = item["update_id"]
        read = read_update(item, self._bot)
        if read is None:
            self._done.add(number)
            return
        update, body = read
        chat = chat_of(update)
        arrival = Arrival(number, None if chat is None else str(chat), body)
        self._in_flight[number] = arrival
        if self._leftovers is None or not self._leftovers.behind(arrival):
            await self._queue.put(update)

    async def _record(self) -> bool:
        """Keep all that is in flight in the inbox, so that it need not stay with Telegram; False where that fails."""
        recorded = dict(self._in_flight)
        if self._leftovers is not None and recorded:
            try:
                await self._leftovers.record(list(recorded.values()))
            except SitrepError as error:
                log.warning("Many messages wait, and they could not be recorded (%s).", error)
                return False
        for number in recorded:
            if self._in_flight.pop(number, None) is not None:
                self._early.add(number)
            elif self._leftovers is not None:  # handled while it was being recorded
                self._leftovers.done(_Numbered(number))
            self._done.add(number)
        return True

    async def _quiet(self, seconds: float) -> None:
        """Until nothing is in flight, but no longer than this."""
        try:
            async with asyncio.timeout(seconds):
                await self.drained()
        except TimeoutError:
            pass


class Clash:
    """How long another process has been polling with the same token."""

    def __init__(self, patience: float, clock: Callable[[], float]) -> None:
        self._patience = patience
        self._clock = clock
        self._since: float | None = None

    def again(self) -> None:
        """Another conflict; raises Conflict when they have gone on for longer than the patience."""
        now = self._clock()
        if self._since is None:
            self._since = now
            log.warning(
                "Another process fetches messages with the same token. Stop the other one; "
                "this one ends if that does not change within %.0f s.",
                self._patience,
            )
        if now - self._since >= self._patience:
            raise Conflict("Another process fetches messages with the same token.")

    def over(self) -> None:
        """A poll worked."""
        self._since = None


class _Numbered:
    """Stands for an update of which only the number is known."""

    __slots__ = ("update_id",)

    def __init__(self, number: int) -> None:
        self.update_id = number


def _waiting_time(error: RetryAfter) -> float:
    asked = error.retry_after
    return float(asked if isinstance(asked, int) else asked.total_seconds())
