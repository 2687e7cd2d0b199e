"""Telegram's orders to wait, kept over restarts: a bot that is killed and starts again obeys them still."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from conflict.errors import SitrepError
from storage import Storage

log = logging.getLogger(__name__)

BOT: Final = "bot"
_CHAT: Final = "chat:"


@dataclass(frozen=True, slots=True)
class Halts:
    """The halts of one bot. A chat is Telegram's id, None the whole bot; of chats unknown to us nothing is kept."""

    storage: Storage
    now: Callable[[], datetime]

    async def left(self) -> dict[int | None, float]:
        """The seconds that each halt still lasts; none where the database does not answer."""
        try:
            return await asyncio.to_thread(self._left)
        except SitrepError as error:
            log.warning("Whether Telegram asked to wait before this start is not known (%s).", error)
            return {}

    async def note(self, chats: Collection[int | None], seconds: float) -> None:
        """Keep that nothing may go there for so long; returns when that is committed, or could not be."""
        try:
            await asyncio.to_thread(self._note, chats, seconds)
        except SitrepError as error:
            log.warning("That Telegram asks to wait could not be noted (%s).", error)

    def _left(self) -> dict[int | None, float]:
        now = self.now()
        found: dict[int | None, float] = {}
        with self.storage.begin() as unit:
            for scope, until in unit.deliveries.halts(at=now).items():
                seconds = (until - now).total_seconds()
                if scope == BOT:
                    found[None] = seconds
                elif (chat := unit.chats.get(int(scope.removeprefix(_CHAT)))) is not None:
                    found[chat.telegram_id] = seconds
        return found

    def _note(self, chats: Collection[int | None], seconds: float) -> None:
        until = self.now() + timedelta(seconds=seconds)
        with self.storage.begin(write=True) as unit:
            for telegram_id in chats:
                chat = None if telegram_id is None else unit.chats.find(telegram_id)
                if telegram_id is None:
                    unit.deliveries.halt(BOT, until, "Telegram said to wait")
                elif chat is not None:
                    unit.deliveries.halt(f"{_CHAT}{chat.chat_id}", until, "Telegram said to wait")
