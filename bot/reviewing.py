"""What operators' commands ask for, done in a thread: an event found by its id, changed, and told of."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final
from zoneinfo import ZoneInfo

from alerts.decide import why_silent
from bot.answering import Answering
from bot.clock import clock
from conflict.corrections import correction_of
from conflict.events import ConflictEvent
from conflict.zones import zone_of
from handlers.context import ChatView
from handlers.operators import Asked
from ingest.reviewing import Review, release_due
from messages.operating import Action, Reviewed
from storage import Storage, Unit

TICK_SECONDS: Final = 5.0
LONGEST_HOLD: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class ReviewingServices:
    """`handlers.operators.Reviewing` over one database and one gazetteer."""

    answering: Answering
    now: Callable[[], datetime] = clock
    _pool: ThreadPoolExecutor = field(default_factory=partial(ThreadPoolExecutor, 1, "reviewing"))

    def close(self) -> None:
        """Wait for the thread to finish what it has begun."""
        self._pool.shutdown()

    async def carry_out(self, asked: Asked, operator: int, chat: ChatView) -> Reviewed:
        """Do it, whole or not at all; InputError says why it cannot be done."""
        return await asyncio.get_running_loop().run_in_executor(
            self._pool, partial(self._carry_out, asked, operator, chat)
        )

    async def history(self, event_id: str) -> tuple[ConflictEvent, tuple[Action, ...]]:
        """The audit trail of an event; InputError where there is no such event."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, partial(self._history, event_id))

    async def tick(self) -> None:
        """Let the held events go whose time has come."""
        await asyncio.get_running_loop().run_in_executor(self._pool, self._release)

    def _release(self) -> int:
        return release_held(self.answering.storage, self.now())

    def _carry_out(self, asked: Asked, operator: int, chat: ChatView) -> Reviewed:
        now = self.now()
        until = now + min(timedelta(hours=asked.hours), LONGEST_HOLD) if asked.hours else None
        with self.answering.storage.begin(write=True) as unit:
            review = Review(unit, str(operator), now)
            told_before = self._told(unit, review, asked)
            events = self._done(review, asked, until, chat, now)
            hears = 0
            if asked.command in ("release", "restore"):
                # A release is news whenever its report came out; a restored event only while it is news anyway.
                silent = why_silent(events[0], now) if asked.command == "restore" else None
                hears = 0 if silent or events[0].held else unit.matching.meant(events[0])
        return Reviewed(asked.command, events, told_before, hears, until)

    def _told(self, unit: Unit, review: Review, asked: Asked) -> int:
        """How many chats were told of the events before anything changes; of an unmerge, through their one id."""
        names = (asked.event_id, asked.other_id) if asked.command == "merge" else (asked.event_id,)
        ids = dict.fromkeys(review.find(name).event_id for name in names if name)
        return sum(unit.holds.told(event_id) for event_id in ids)

    def _done(
        self, review: Review, asked: Asked, until: datetime | None, chat: ChatView, now: datetime
    ) -> tuple[ConflictEvent, ...]:
        name, words = asked.event_id, asked.words
        match asked.command:
            case "hold":
                return (review.hold(name, until),)
            case "release":
                return (review.release(name),)
            case "withdraw":
                return (review.withdraw(name, words),)
            case "restore":
                return (review.restore(name),)
            case "confirm":
                return (review.confirm(name),)
            case "merge":
                return (review.merge(name, asked.other_id, words),)
            case "unmerge":
                return review.unmerge(name, words)
        event = review.find(name)
        where = event.facts.primary_place.place if event.facts.primary_place else None
        country = where.country_code if where else self.answering.country
        zone = zone_of(where) if where else None
        today = now.astimezone(ZoneInfo(zone) if zone else chat.tz).date()
        correction = correction_of(asked.field, words, places=self.answering.places, today=today, country=country)
        return (review.correct(event.event_id, correction),)

    def _history(self, event_id: str) -> tuple[ConflictEvent, tuple[Action, ...]]:
        with self.answering.storage.begin() as unit:
            event, done = Review(unit, "", self.now()).history(event_id)
        return event, tuple(Action(one.operator, one.action, one.acted_at, _detail(one.detail)) for one in done)


def release_held(storage: Storage, now: datetime) -> int:
    """Let the held events go whose time has come; how many. Writes nothing where there is none."""
    with storage.begin() as unit:
        if not unit.holds.due(at=now, limit=1):
            return 0
    with storage.begin(write=True) as unit:
        return release_due(unit, at=now)


def _detail(detail: dict[str, Any] | None) -> str:
    return ", ".join(f"{name}: {value}" for name, value in (detail or {}).items())
