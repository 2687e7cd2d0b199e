"""How fast a bot may speak before Telegram answers 429: per bot, per chat, per group.

Figures of the Bot API FAQ: about 30 messages a second over all, one a second in a chat (short bursts pass), 20 a
minute in a group; with `allow_paid_broadcast` 1,000 a second over all.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

# Calls that put or change something in a chat. Answers to buttons, typing and look-ups are not counted.
COUNTED_PREFIXES = ("send", "forward", "copy", "editMessage")
NOT_COUNTED = {"sendChatAction"}


@dataclass(frozen=True, slots=True)
class Limits:
    """Messages per second over all, per second in a private chat (with a burst), per minute in a group."""

    per_bot: float = 30
    bot_burst: int = 30
    per_chat: float = 1
    chat_burst: int = 3
    per_group_minute: float = 20
    paid: float = 1000


@dataclass(slots=True)
class Bucket:
    """A token bucket: `rate` tokens a second up to `size`."""

    rate: float
    size: float
    tokens: float
    filled_at: float

    def wait(self, now: float) -> float:
        """Seconds until one token is there; 0 when there is one."""
        self.tokens = min(self.size, self.tokens + (now - self.filled_at) * self.rate)
        self.filled_at = now
        # A hair's breadth of tolerance: a client that waits exactly as told must pass.
        return 0.0 if self.tokens >= 1 - 1e-6 else (1 - self.tokens) / self.rate

    def take(self) -> None:
        """Use one token."""
        self.tokens -= 1


class Pace:
    """Keeps count of what one bot sends."""

    def __init__(self, limits: Limits | None, clock: Callable[[], float] = time.monotonic) -> None:
        self.limits = limits
        self._clock = clock
        self._buckets: dict[object, Bucket] = {}

    def _bucket(self, key: object, rate: float, size: float, now: float) -> Bucket:
        if key not in self._buckets:
            self._buckets[key] = Bucket(rate, size, size, now)
        return self._buckets[key]

    def allow(self, method: str, chat_id: int | None, *, is_group: bool, paid: bool = False, count: int = 1) -> int:
        """0 if the call may pass (and is then counted), else the whole seconds to wait; a refused call costs nothing.

        `count`: how many messages the call sends (an album counts each).
        """
        if self.limits is None or method in NOT_COUNTED or not method.startswith(COUNTED_PREFIXES):
            return 0
        limits, now = self.limits, self._clock()
        if paid:
            buckets = [self._bucket("paid", limits.paid, limits.paid, now)]
        else:
            buckets = [self._bucket("bot", limits.per_bot, limits.bot_burst, now)]
        if chat_id is not None and is_group:
            size = limits.per_group_minute
            buckets.append(self._bucket(("group", chat_id), size / 60, size, now))
        elif chat_id is not None:
            buckets.append(self._bucket(("chat", chat_id), limits.per_chat, limits.chat_burst, now))
        wait = max(bucket.wait(now) for bucket in buckets)
        if wait > 0:
            return max(1, math.ceil(wait - 1e-6))
        for bucket in buckets:
            for _ in range(count):
                bucket.take()
        return 0
