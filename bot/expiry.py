"""Once a day: chats that left, or that nobody uses, are forgotten, and so is which messages were sent long ago."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from storage import Storage

log = logging.getLogger(__name__)

LEFT: Final = timedelta(days=30)  # whoever blocks the bot by mistake finds everything as it was
IDLE: Final = timedelta(days=180)  # without a subscription
SENT: Final = timedelta(days=90)  # corrections find messages that long
EVERY_SECONDS: Final = 24 * 3600.0
_AT_ONCE: Final = 500  # chats in one transaction, so that nobody waits for it


@dataclass(frozen=True, slots=True)
class Expiry:
    """The daily tick."""

    storage: Storage
    now: Callable[[], datetime]

    async def tick(self) -> None:
        """Forget what is over."""
        forgotten = await asyncio.to_thread(self.run)
        if forgotten:
            log.info("%s chats that left or were long idle are forgotten.", forgotten)

    def run(self) -> int:
        """How many chats were forgotten."""
        now, forgotten = self.now(), 0
        while True:
            with self.storage.begin(write=True) as unit:
                expired = unit.chats.expired(
                    left_before=(now - LEFT).date(), idle_before=(now - IDLE).date(), limit=_AT_ONCE
                )
                for chat_id in expired:
                    unit.chats.delete(chat_id)
            forgotten += len(expired)
            if len(expired) < _AT_ONCE:
                break
        while True:
            with self.storage.begin(write=True) as unit:
                if not unit.folding.forget(before=now - SENT, limit=_AT_ONCE * 10):
                    return forgotten
