"""Sends what is due: claimed and committed before the call, rendered then, settled after it.

At most a window of deliveries is in flight. What came back is settled, and as many again are claimed, in one
transaction. What is left in `sending` after a crash was in the window: it becomes unknown at the next start, and
nothing else does.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Final
from zoneinfo import ZoneInfo

from alerts.decide import Loudness
from alerts.rendering import Rendering, Texts
from alerts.retry import MOST_ATTEMPTS, Again, after_failure, after_unknown
from alerts.rhythm import MOST_AN_HOUR
from alerts.sending import (
    Gone,
    Migrated,
    NotSent,
    Outcome,
    Outgoing,
    Perhaps,
    Refused,
    Sender,
    SendingStopped,
    Sent,
    Wait,
)
from alerts.timing import Timing
from conflict.errors import StorageError
from conflict.policy import NO_POLICY, Policy
from messages.catalog import Catalog
from storage import Storage, Unit
from storage.chats import Chat, ChatState
from storage.deliveries import Delivery, DeliveryState

log = logging.getLogger(__name__)

WINDOW: Final = 10  # sends in flight: what a crash can leave unknown
TOGETHER: Final = 0.1  # seconds that those who came back wait for others, to be settled in one transaction
LOOK_UP: Final = 0.5  # seconds after which the caller may do something else while all are in flight
STALE: Final = timedelta(minutes=5)  # no call takes this long: whoever claimed it is gone
BOT: Final = "bot"
InThread = Callable[..., Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Ready:
    """A delivery that is claimed, with its text."""

    delivery: Delivery
    message: Outgoing


async def _in_thread(call: Callable[..., Any], *args: Any) -> Any:
    return await asyncio.to_thread(call, *args)


@dataclass(slots=True)
class Dispatcher:
    """One sender's hands. Two of them may share a PostgreSQL database: each claims what the other has not."""

    storage: Storage
    sender: Sender
    catalog: Catalog
    now: Callable[[], datetime]
    worker: str
    default_language: str = "en"
    default_tz: tzinfo = UTC
    window: int = WINDOW
    most_an_hour: int = MOST_AN_HOUR
    loudness: Loudness = field(default_factory=Loudness)
    policy: Policy = NO_POLICY
    in_thread: InThread = _in_thread
    _flight: dict[asyncio.Task[Outcome], Ready] = field(default_factory=dict)
    _texts: Texts = field(default_factory=Texts)

    def begin(self, *, alone: bool) -> int:
        """Settle what a crash left in flight; `alone`: nobody else can be sending. How many were unknown."""
        now = self.now()
        before = now + timedelta(seconds=1) if alone else now - STALE
        with self.storage.begin() as unit:
            if not unit.deliveries.counts().get(DeliveryState.SENDING):
                return 0
        with self.storage.begin(write=True) as unit:
            left = unit.deliveries.left_in_flight(before=before, at=now)
            for delivery_id in left:
                delivery = unit.deliveries.get(delivery_id)
                if delivery is not None:
                    self._perhaps(unit, delivery, now, "the process ended while it was being sent")
        if left:
            log.warning("%s messages were being sent when the bot ended; whether they arrived is not known.", len(left))
        return len(left)

    async def step(self) -> int:
        """Settle what came back and hand over as many again as are due; how many are in flight, 0: all is done.

        Waits until one comes back, or for half a second. SendingStopped when nothing can be sent at all: what was in
        flight is settled first.
        """
        back = [task for task in self._flight if task.done()]
        outcomes = [(self._flight[task], _known(task)) for task in back]
        free = self.window - len(self._flight) + len(back)
        ready = await self.in_thread(self.turn, outcomes, free)
        for task in back:
            del self._flight[task]
        for one in ready:
            self._flight[asyncio.ensure_future(self.sender.send(one.message))] = one
        for task in back:
            if isinstance(error := task.exception(), SendingStopped):
                await self.drain()
                raise error
        if self._flight:
            done, _ = await asyncio.wait(self._flight, timeout=TOGETHER)
            if not done:
                await asyncio.wait(self._flight, timeout=LOOK_UP, return_when=asyncio.FIRST_COMPLETED)
        return len(self._flight)

    async def drain(self) -> None:
        """Hand over nothing more; wait for what is in flight, and settle it."""
        if self._flight:
            await asyncio.wait(self._flight)
            outcomes = [(one, _known(task)) for task, one in self._flight.items()]
            await self.in_thread(self.turn, outcomes, 0)
            self._flight.clear()

    def cut_off(self) -> None:
        """Wait for nothing: what is in flight stays `sending`, and is unknown at the next start."""
        for task in self._flight:
            task.cancel()

    def turn(self, back: Sequence[tuple[Ready, Outcome]], free: int) -> list[Ready]:
        """In one transaction: note what became of those, claim as many as are free, and make their texts."""
        now = self.now()
        if not back and (not free or not self._anything_due(now)):
            return []
        with self.storage.begin(write=True) as unit:
            self._settle_all(unit, back, now)
            return self._claim(unit, free, now) if free else []

    def _anything_due(self, now: datetime) -> bool:
        with self.storage.begin() as unit:  # so that an idle bot never takes the writer's place
            return unit.deliveries.due(at=now) and BOT not in unit.deliveries.halts(at=now)

    def _settle_all(self, unit: Unit, back: Sequence[tuple[Ready, Outcome]], now: datetime) -> None:
        arrived = {one.delivery.delivery_id: outcome.message_id for one, outcome in back if isinstance(outcome, Sent)}
        unit.deliveries.sent(arrived, at=now)
        for one, outcome in back:
            if isinstance(outcome, Sent):
                continue
            try:
                self._settle(unit, one, outcome, now)
            except StorageError:
                left = unit.deliveries.get(one.delivery.delivery_id)
                if left is not None:  # None: the chat was erased meanwhile, and its deliveries with it
                    log.warning("Delivery %s is %s already, not %s.", left.delivery_id, left.state, outcome)

    def _claim(self, unit: Unit, free: int, now: datetime) -> list[Ready]:
        """What is due, the gravest first, with texts made from the newest revisions."""
        halts = unit.deliveries.halts(at=now)
        claimed = unit.deliveries.claim(self.worker, at=now, limit=free) if BOT not in halts else ()
        if not claimed:
            return []
        originals = unit.deliveries.several(one.edit_of for one in claimed if one.edit_of is not None)
        chats = unit.chats.several({one.chat_id for one in claimed})
        rendering = Rendering(unit, self.catalog, now, self._texts.at(now), self.policy)
        rendering.read([*claimed, *originals.values()])
        timing = Timing(unit, rendering, claimed, now, self.most_an_hour)
        found = [self._prepare(unit, timing, one, chats.get(one.chat_id), originals, halts) for one in claimed]
        rendering.note_shown()
        return [one for one in found if one is not None]

    def _prepare(
        self,
        unit: Unit,
        timing: Timing,
        delivery: Delivery,
        chat: Chat | None,
        originals: Mapping[int, Delivery],
        halts: Mapping[str, datetime],
    ) -> Ready | None:
        """The delivery with its text; None where it is settled already or must wait."""
        now = timing.now
        if chat is None or chat.state is not ChatState.ACTIVE:
            unit.deliveries.settle(delivery.delivery_id, DeliveryState.GONE, at=now, error="the chat left")
            return None
        halted = halts.get(f"chat:{delivery.chat_id}")
        if halted is not None:
            unit.deliveries.retry(delivery.delivery_id, due_at=halted, counts=False)
            return None
        original = delivery if delivery.edit_of is None else originals.get(delivery.edit_of)
        if original is not None and original is not delivery and original.state is DeliveryState.SENDING:
            unit.deliveries.retry(delivery.delivery_id, due_at=now + timedelta(seconds=2), counts=False)
            return None
        zone = ZoneInfo(chat.time_zone) if chat.time_zone else self.default_tz
        now_or_not = timing.ready(delivery, chat, zone)
        if now_or_not is None:
            return None
        original, delivery = (now_or_not if original is delivery else original), now_or_not
        reply = timing.text(delivery, original, chat.language or self.default_language, zone)
        if reply is None or original is None:
            unit.deliveries.settle(delivery.delivery_id, DeliveryState.SUPERSEDED, at=now)
            return None
        told = original.message_id if original is not delivery else None
        edits = delivery.part == "edit"
        message = Outgoing(
            chat.telegram_id,
            reply,
            thread_id=delivery.thread_id,
            silent=delivery.silent,
            answers=None if edits else told,
            edit=told if edits else None,
        )
        return Ready(delivery, message)

    def _settle(self, unit: Unit, ready: Ready, outcome: Outcome, now: datetime) -> None:
        delivery = ready.delivery
        number, deliveries = delivery.delivery_id, unit.deliveries
        match outcome:
            case Gone(reason, for_good):
                deliveries.settle(number, DeliveryState.GONE, at=now, error=reason)
                state = ChatState.RETIRED if for_good else ChatState.BLOCKED
                unit.chats.set_state(delivery.chat_id, state, today=now.date())
            case Migrated(telegram_id):
                deliveries.retry(number, due_at=now, error="the group has a new id", counts=False)
                unit.chats.migrate(delivery.chat_id, telegram_id)
            case Wait(seconds):
                until = now + timedelta(seconds=seconds)
                deliveries.halt(f"chat:{delivery.chat_id}", until, "Telegram said to wait")
                deliveries.retry(number, due_at=until, error=f"Telegram said to wait {seconds:.0f} s", counts=False)
            case Refused(reason):
                deliveries.settle(number, DeliveryState.REJECTED, at=now, error=reason)
                if delivery.part == "edit":
                    unit.matching.answer_alone(number, at=now)
                else:
                    log.error("Telegram refuses delivery %s: %s.", number, reason)
            case Perhaps(reason):
                deliveries.settle(number, DeliveryState.UNKNOWN, at=now, error=reason)
                self._perhaps(unit, delivery, now, reason)
            case NotSent(reason):
                again = after_failure(delivery.attempts)
                if again is None:
                    deliveries.settle(number, DeliveryState.DEAD, at=now, error=reason)
                    log.error("Delivery %s is given up after %s attempts: %s.", number, delivery.attempts, reason)
                else:
                    _again(unit, delivery, again, now, reason)

    def _perhaps(self, unit: Unit, delivery: Delivery, now: datetime, reason: str) -> None:
        """A delivery that is `unknown`: sent again where that does no harm or it is severe."""
        severe = int(self.loudness.repeated)
        again = after_unknown(delivery.part, delivery.lane, repeated=delivery.repeated, severe=severe)
        if again is not None and delivery.attempts < MOST_ATTEMPTS:
            _again(unit, delivery, again, now, reason)


def _again(unit: Unit, delivery: Delivery, again: Again, now: datetime, reason: str) -> None:
    unit.deliveries.retry(
        delivery.delivery_id, due_at=now + again.after, error=reason, repeated=delivery.repeated or again.repeated
    )


def _known(task: asyncio.Task[Outcome]) -> Outcome:
    """What is not foreseen may have happened after Telegram took the message."""
    if task.cancelled():
        return Perhaps("cut off")
    error = task.exception()
    if isinstance(error, SendingStopped):
        return NotSent("nothing can be sent now")
    if error is not None:
        log.error("Sending failed unexpectedly.", exc_info=error)
        return Perhaps(type(error).__name__)
    return task.result()
