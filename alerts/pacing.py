"""How fast the bot may speak: which of the messages that wait may go now, and else how long nothing may.

Telegram takes about 30 messages a second of one bot, one a second in a chat (a few at once pass), and 20 a minute in a
group (Bot API FAQ). Each limit is a GCRA: `rate` a second and `burst` at once, chosen so that no second and no minute,
wherever it begins, holds more than Telegram takes. No clock and no I/O: instants are seconds of any steady clock.
"""

from __future__ import annotations

import heapq
from collections import deque
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

SHARE: Final = 5  # of so many messages, one is an alert even while people keep asking
SAME_TROUBLE: Final = 5.0  # seconds within which refusals in two chats mean the whole bot
MANY_CHATS: Final = 10_000
HAIR: Final = 1e-6  # seconds; sums of floats must not make a caller wait twice


class Lane(IntEnum):
    """Who waits: a person for a reply, or an alert for its turn."""

    REPLY = 0
    ALERT = 1


@dataclass(frozen=True, slots=True)
class Rate:
    """So many at once, and then so many a second. In any span of s seconds at most `burst + s * per_second` pass."""

    per_second: float
    burst: float

    @classmethod
    def within(cls, count: float, seconds: float, share: float = 0.1) -> Rate:
        """A rate that lets no more than `count` pass in any `seconds`, `share` of them at once."""
        burst = max(1, int(count * share))
        return cls(max(count - burst, count / 2) / seconds, burst)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one bot may send: over all, to one person, to one group."""

    bot: Rate = Rate(29.3, 1.6)  # 30 in any second; the fraction makes up for a clock that wakes up to 20 ms late
    person: Rate = Rate(1, 3)
    group: Rate = Rate(0.25, 5)  # 20 in any minute


@dataclass(slots=True)
class Meter:
    """One limit's count: `due` is when the next would come if they came evenly."""

    rate: Rate
    due: float = float("-inf")

    def free_at(self) -> float:
        """From when on one may pass."""
        return self.due - (self.rate.burst - 1) / self.rate.per_second

    def take(self, now: float) -> None:
        """One passes."""
        self.due = max(self.due, now) + 1 / self.rate.per_second


@dataclass(slots=True)
class _Chat:
    meter: Meter
    halted_until: float = float("-inf")
    waiting: tuple[deque[int], deque[int]] = field(default_factory=lambda: (deque(), deque()))

    def free_at(self) -> float:
        return max(self.meter.free_at(), self.halted_until)

    def idle(self, now: float) -> bool:
        return not any(self.waiting) and max(self.meter.due, self.halted_until) <= now


class Pacing:
    """The messages that wait to be sent. `add` each, then call `next` until it gives none.

    A chat is Telegram's id; groups and channels have a negative one. Within a lane those wait shortest in line who came
    first, chats that must wait longer apart; within a chat a lane keeps its order. Replies go first, but one in `SHARE`
    is an alert if one can go: neither lane starves.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._bot = Meter(self._limits.bot)
        self._halted_until = float("-inf")
        self._chats: dict[int, _Chat] = {}
        self._lane_of: dict[int, Lane] = {}  # every ticket that waits
        self._later: list[tuple[float, int, int, int]] = []  # (when, ticket, lane, chat)
        self._ready: tuple[list[tuple[int, int]], list[tuple[int, int]]] = ([], [])  # by lane: (ticket, chat)
        self._refused: tuple[float, int] | None = None
        self._replies_in_a_row = 0
        self._tickets = 0
        self._too_many = MANY_CHATS

    def __len__(self) -> int:
        return len(self._lane_of)

    def add(self, chat: int, lane: Lane = Lane.REPLY) -> int:
        """One more waits; the ticket that `next` will give for it."""
        self._tickets += 1
        ticket = self._tickets
        self._lane_of[ticket] = lane
        state = self._chat(chat)
        state.waiting[lane].append(ticket)
        if len(state.waiting[lane]) == 1:
            self._line_up(chat, lane, state)
        return ticket

    def drop(self, ticket: int) -> None:
        """This one waits no more; unknown tickets do nothing."""
        self._lane_of.pop(ticket, None)

    def next(self, now: float) -> tuple[int | None, float | None]:
        """A ticket that goes now; or None and the seconds until one may, None when nothing waits."""
        while True:
            free = max(self._bot.free_at(), self._halted_until)
            if free > now + HAIR:
                return None, (free - now if self._lane_of else None)
            while self._later and self._later[0][0] <= now + HAIR:
                _, ticket, lane, chat = heapq.heappop(self._later)
                heapq.heappush(self._ready[lane], (ticket, chat))
            chosen = self._choose()
            if chosen is None:
                return None, (max(0.0, self._later[0][0] - now) if self._later and self._lane_of else None)
            gone = self._go(chosen, heapq.heappop(self._ready[chosen])[1], now)
            if gone is not None:
                return gone, None

    def refused(self, now: float, chat: int | None, seconds: float) -> tuple[int | None, ...]:
        """Telegram said to wait (429); what is halted by it. It does not say whether the chat or the bot is meant.

        For a chat it is the chat; for no chat, or for a second chat shortly after, it is the whole bot (None).
        """
        halted: tuple[int | None, ...] = (chat,)
        if chat is not None:
            before, self._refused = self._refused, (now, chat)
            if before is not None and before[1] != chat and now - before[0] <= SAME_TROUBLE:
                halted = (chat, None)
        for scope in halted:
            self.halt(scope, now + seconds)
        return halted

    def halt(self, chat: int | None, until: float) -> None:
        """Nothing goes to this chat (None: to any) before then."""
        if chat is None:
            self._halted_until = max(self._halted_until, until)
        else:
            state = self._chat(chat)
            state.halted_until = max(state.halted_until, until)

    def _chat(self, chat: int) -> _Chat:
        if chat not in self._chats:
            self._chats[chat] = _Chat(Meter(self._limits.person if chat > 0 else self._limits.group))
        return self._chats[chat]

    def _choose(self) -> Lane | None:
        replies, alerts = self._ready
        if alerts and (not replies or self._replies_in_a_row >= SHARE - 1):
            return Lane.ALERT
        return Lane.REPLY if replies else None

    def _go(self, lane: Lane, chat: int, now: float) -> int | None:
        """The chat's oldest of this lane goes, unless the chat has become busy meanwhile."""
        state = self._chats[chat]
        waiting = state.waiting[lane]
        while waiting and waiting[0] not in self._lane_of:  # dropped
            waiting.popleft()
        ticket = None
        if waiting and state.free_at() <= now + HAIR:
            ticket = waiting.popleft()
            del self._lane_of[ticket]
            state.meter.take(now)
            self._bot.take(now)
            self._replies_in_a_row = self._replies_in_a_row + 1 if lane is Lane.REPLY else 0
        if waiting:
            self._line_up(chat, lane, state)
        self._forget_idle(now)
        return ticket

    def _line_up(self, chat: int, lane: Lane, state: _Chat) -> None:
        heapq.heappush(self._later, (state.free_at(), state.waiting[lane][0], int(lane), chat))

    def _forget_idle(self, now: float) -> None:
        """A chat that has been still for as long as its limit looks back is as good as a new one."""
        if len(self._chats) > self._too_many:
            busy = {chat: state for chat, state in self._chats.items() if not state.idle(now)}
            self._chats, self._too_many = busy, max(MANY_CHATS, 2 * len(busy))
