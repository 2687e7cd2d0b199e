"""What a process that died left in the inbox: handled one after the other, each noted before it is begun.

So it shows which update a process dies of: that one is set aside after a few starts and takes no innocent one with it.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, OrderedDict
from typing import Any, Final

from telegram import Bot

from bot.inbox import MAX_ATTEMPTS, Journal
from bot.intake import read_update
from conflict.errors import SitrepError
from storage.inbox import Kept

log = logging.getLogger(__name__)

PATIENCE: Final = 10.0  # seconds that one left-over update may keep the next one waiting


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
            number, one = next(iter(self._waiting.items()))
            try:
                await self._hand_out(one)
            except SitrepError as error:
                log.warning("A message left by an earlier run must wait (%s).", error)
                await asyncio.sleep(1)
                continue
            await self._settled(number)

    async def _hand_out(self, one: Kept) -> None:
        read = read_update(one.body, self._bot) if one.attempts < MAX_ATTEMPTS else None
        if read is None:
            await self._journal.set_aside(one.update_id)
            log.error("Message %s was being handled each time the bot died; it is set aside.", one.update_id)
            del self._waiting[one.update_id]
            self._leave(one.chat)
            self._less.set()
            return
        await self._journal.begin_anew(one.update_id)
        del self._waiting[one.update_id]
        self._begun[one.update_id] = one.chat
        self._queue.put_nowait(read[0])

    async def _settled(self, number: int) -> None:
        """Until it is handled and struck out, but no longer than the patience."""
        try:
            async with asyncio.timeout(self._patience):
                while number in self._begun:
                    self._less.clear()
                    await self._less.wait()
                await self._journal.struck_out()
        except TimeoutError:
            log.warning("Message %s takes long; the next one is begun beside it.", number)

    def _leave(self, chat: str | None) -> None:
        self._chats[chat] -= 1
        if self._chats[chat] <= 0:
            del self._chats[chat]


class Leftovers:
    """What an earlier run by webhook left, for a run that polls: handled beside the polling, then done with."""

    def __init__(self, bot: Bot, queue: asyncio.Queue[Any], journal: Journal) -> None:
        self._journal = journal
        self._backlog = Backlog(bot, queue, journal)
        self._task: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Find them and begin with the first; with none there is nothing to do."""
        self._backlog.add(await self._journal.orphans(()))
        if len(self._backlog):
            log.info("%s messages were left by an earlier run; they are handled first.", len(self._backlog))
            self._journal.open()
            await self._journal.live()
            self._task = asyncio.create_task(self._backlog.run(), name="leftovers")

    def done(self, update: object) -> None:
        """This update was handled."""
        number = getattr(update, "update_id", None)
        if isinstance(number, int) and self._backlog.done(number):
            self._journal.handled(number)

    async def close(self) -> None:
        """Note what was handled; what is left stays for the next run."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._journal.close()
