"""Paces what is sent to Telegram, obeys its "wait", and repeats what surely was not sent; never what perhaps was.

python-telegram-bot asks it before each call. Replies and alerts wear the same one: a call with
`rate_limit_args=Lane.ALERT` lets people's replies go first.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any, Final

from telegram.error import RetryAfter
from telegram.ext import BaseRateLimiter

from alerts.pacing import Lane, Limits, Pacing
from bot.halts import Halts
from bot.request import NotSentError

log = logging.getLogger(__name__)

LONGEST_WAIT: Final = 45.0  # seconds that a reply may wait in all, by Telegram's order; then it fails
REPEATS: Final = (0.2, 1.0)  # seconds before each repeat of a call that never left this machine
# Those that put or change something in a chat, as Telegram counts them.
_COUNTED: Final = ("send", "forward", "copy", "editMessage")
_REPEATED: Final = (*_COUNTED, "answer", "delete")

Result = bool | dict[str, Any] | list[dict[str, Any]]
Call = Callable[..., Coroutine[Any, Any, Result]]


class PacedLimiter(BaseRateLimiter[Lane]):
    """One bot's pacing. Not for threads: one loop calls it. `halts` None: Telegram's "wait" is forgotten at the end."""

    def __init__(
        self, limits: Limits | None = None, *, longest_wait: float = LONGEST_WAIT, halts: Halts | None = None
    ) -> None:
        self._pacing = Pacing(limits)
        self._halts = halts
        self._turns: dict[int, asyncio.Future[None]] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._longest = longest_wait

    @property
    def waiting(self) -> int:
        """How many calls wait for their turn."""
        return len(self._turns)

    async def initialize(self) -> None:
        """Go on obeying what Telegram said before this start."""
        if self._halts is not None:
            for chat, seconds in (await self._halts.left()).items():
                self._pacing.halt(chat, _now() + seconds)
                if chat is None:
                    log.warning("Telegram asked before this start to send nothing for another %.0f s.", seconds)

    async def shutdown(self) -> None:
        """Stop the clock; calls that wait end with their tasks."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    async def process_request(
        self,
        callback: Call,
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: Lane | None,
    ) -> Result:
        """Carry out one call in its turn. Raises what the call raises."""
        counted = endpoint.startswith(_COUNTED) and endpoint != "sendChatAction"
        chat = _chat_in(data)
        lane = rate_limit_args or Lane.REPLY
        waited, repeats = 0.0, 0
        while True:
            if counted:
                await self._turn(chat or 0, lane)
            try:
                return await callback(*args, **kwargs)
            except RetryAfter as error:
                seconds = _seconds(error)
                halted = self._pacing.refused(_now(), chat if counted else None, seconds)
                waited += seconds
                if self._halts is not None:
                    await self._halts.note(halted, seconds)
                if lane is Lane.ALERT or waited > self._longest:
                    raise
                log.warning("Telegram asks to wait %.0f s before the next %s.", seconds, endpoint)
                if not counted:
                    await asyncio.sleep(seconds)
            except NotSentError:
                if lane is Lane.ALERT or repeats >= len(REPEATS) or not endpoint.startswith(_REPEATED):
                    raise
                await asyncio.sleep(REPEATS[repeats])
                repeats += 1

    async def _turn(self, chat: int, lane: Lane) -> None:
        ticket = self._pacing.add(chat, lane)
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._turns[ticket] = turn
        self._hand_out()
        try:
            await turn
        except asyncio.CancelledError:
            if self._turns.pop(ticket, None) is not None:
                self._pacing.drop(ticket)
            raise

    def _hand_out(self) -> None:
        """Give their turn to all who may go now, and come back when the next may."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while True:
            ticket, wait = self._pacing.next(_now())
            if ticket is None:
                break
            turn = self._turns.pop(ticket, None)
            if turn is not None and not turn.done():
                turn.set_result(None)
        if wait is not None:
            self._timer = asyncio.get_running_loop().call_later(wait, self._hand_out)


def _now() -> float:
    return asyncio.get_running_loop().time()


def _chat_in(data: dict[str, Any]) -> int | None:
    """The chat of a call; a channel's @name counts as one group of its own."""
    chat = data.get("chat_id")
    if isinstance(chat, int):
        return chat
    if isinstance(chat, str):
        return int(chat) if chat.lstrip("-").isdigit() else -1 - sum(chat.encode())
    return None


def _seconds(error: RetryAfter) -> float:
    asked = error.retry_after
    return float(asked if isinstance(asked, int) else asked.total_seconds())
