"""What a process that died left in the inbox, each noted before it is begun: many together the first time, then singly.

So it shows which update a process dies of: that one is set aside after a few starts and takes no innocent one with it.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, OrderedDict
from collections.abc import Collection, Sequence
from itertools import islice, takewhile
from typing import Any, Final

from telegram import Bot

from bot.inbox import MAX_ATTEMPTS, Journal
from bot.intake import read_update
from conflict.errors import SitrepError
from storage.inbox import Arrival, Kept

log = logging.getLogger(__name__)

PATIENCE: Final = 10.0  # seconds that one left-over update may keep the next ones waiting
TOGETHER: Final = 32  # begun at once, of those that were never begun anew before


class Backlog:
    """Left-over updates of one bot, oldest first. `done` must be called for each update that was handled."""

    def __init__(self, bot: Bot, queue: asyncio.Queue[Any], journal: Journal, patience: float = PATIENCE) -> None:
        self._bot = bot
        self._queue = queue
        self._journal = journal
        self._patience = patience
        self._waiting: OrderedDict[int, Kept] = OrderedDict()
        self._begun: dict[int, str | None] = {}
        self._chats: Counter[str | None] = Counter()
        self._more = asyncio.Event()
        self._less = asyncio.Event()

    def __len__(self) -> int:
        return len(self._waiting) + len(self._begun)

    @property
    def numbers(self) -> set[int]:
        """All it knows of."""
        return {*self._waiting, *self._begun}

    @property
    def begun(self) -> bool:
        """Whether one of them is being handled."""
        return bool(self._begun)

    def has(self, chat: str | None) -> bool:
        """Whether something of this chat waits here, so that what comes now must wait behind it."""
        return chat is not None and self._chats[chat] > 0

    def add(self, left: tuple[Kept, ...]) -> None:
        """More of them, in order."""
        for one in left:
            if one.update_id not in self._waiting and one.update_id not in self._begun:
                self._waiting[one.update_id] = one
                self._chats[one.chat] += 1
        if self._waiting:
            self._more.set()

    def done(self, number: int) -> bool:
        """Whether this one was among them and is done with."""
        if number not in self._begun:
            return False
        self._leave(self._begun.pop(number))
        self._less.set()
        return True

    async def run(self) -> None:
        """Hand them out until cancelled."""
        while True:
            if not self._waiting:
                self._more.clear()
                await self._more.wait()
            together = self._next()
            try:
                await self._hand_out(together)
            except SitrepError as error:
                log.warning("Messages left by an earlier run must wait (%s).", error)
                await asyncio.sleep(1)
                continue
            await self._settled({one.update_id for one in together})

    def _next(self) -> list[Kept]:
        """What is begun next. One that was under way before when a process died is begun with nothing beside it."""
        never_begun = takewhile(lambda one: one.attempts == 0, self._waiting.values())
        return list(islice(never_begun, TOGETHER)) or [next(iter(self._waiting.values()))]

    async def _hand_out(self, together: Sequence[Kept]) -> None:
        ready = []
        for one in together:
            read = read_update(one.body, self._bot) if one.attempts < MAX_ATTEMPTS else None
            if read is None:
                await self._set_aside(one)
            else:
                ready.append((one, read[0]))
        await self._journal.begin_anew([one.update_id for one, _ in ready])
        for one, update in ready:
            del self._waiting[one.update_id]
            self._begun[one.update_id] = one.chat
            self._queue.put_nowait(update)

    async def _set_aside(self, one: Kept) -> None:
        await self._journal.set_aside(one.update_id)
        log.error("Message %s was being handled each time the bot died; it is set aside.", one.update_id)
        del self._waiting[one.update_id]
        self._leave(one.chat)
        self._less.set()

    async def _settled(self, numbers: Collection[int]) -> None:
        """Until they are handled and struck out, but no longer than the patience."""
        try:
            async with asyncio.timeout(self._patience):
                while any(number in self._begun for number in numbers):
                    self._less.clear()
                    await self._less.wait()
                await self._journal.struck_out()
        except TimeoutError:
            late = sorted(number for number in numbers if number in self._begun)
            log.warning("%s left-over messages take long; the next ones are begun beside them.", len(late))

    def _leave(self, chat: str | None) -> None:
        self._chats[chat] -= 1
        if self._chats[chat] <= 0:
            del self._chats[chat]


class Leftovers:
    """The inbox of a run that polls: what an earlier run left there, and what a flood puts there.

    Recorded updates may be confirmed to Telegram before they are handled. `done` must be called for each update.
    """

    def __init__(self, bot: Bot, queue: asyncio.Queue[Any], journal: Journal) -> None:
        self._journal = journal
        self._backlog = Backlog(bot, queue, journal)
        self._recorded: set[int] = set()
        self._found: frozenset[int] = frozenset()
        self._task: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Find what was left and begin with it; with nothing left there is nothing to do."""
        self._backlog.add(await self._journal.orphans(()))
        self._found = frozenset(self._backlog.numbers)
        if len(self._backlog):
            log.info("%s messages were left by an earlier run; they are handled first.", len(self._backlog))
            self._journal.open()
            await self._journal.live()
            self._task = asyncio.create_task(self._backlog.run(), name="leftovers")

    def has(self, number: int) -> bool:
        """Whether this one was left, so that it need not come from Telegram once more."""
        return number in self._found

    def behind(self, arrival: Arrival) -> bool:
        """Put it behind what is left of its chat; False where nothing is."""
        if not self._backlog.has(arrival.chat):
            return False
        self._backlog.add((Kept(arrival.update_id, arrival.chat, arrival.body, 0),))
        return True

    async def record(self, arrivals: Sequence[Arrival]) -> None:
        """Commit these, all in one go. Raises SitrepError where that fails."""
        self._journal.open()
        await asyncio.gather(*(self._journal.record(arrival) for arrival in arrivals))
        self._recorded.update(arrival.update_id for arrival in arrivals)

    def done(self, update: object) -> None:
        """This update was handled."""
        number = getattr(update, "update_id", None)
        if not isinstance(number, int):
            return
        if self._backlog.done(number) or number in self._recorded:
            self._recorded.discard(number)
            self._journal.handled(number)

    async def close(self) -> None:
        """Note what was handled; what is left stays for the next run."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._journal.close()
