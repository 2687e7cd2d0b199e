"""From a change to what a sender is handed, and what becomes of each outcome; on both databases."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from alerts.dispatch import Dispatcher
from alerts.matcher import Matcher
from alerts.sending import Gone, Migrated, NotSent, Outcome, Outgoing, Perhaps, Refused, SendingStopped, Sent, Wait
from conflict.actors import Actors
from conflict.events import ChangeKind, ConflictEvent
from conflict.facts import EventFacts
from conflict.fold import fold
from conflict.subscriptions import Subscription
from conflict.vocabulary import Verification
from messages.catalog import Catalog
from storage import Storage
from storage.chats import ChatState
from storage.deliveries import Delivery, DeliveryState
from tests.storage.values import ARIHA, NOW, TODAY, claim, facts, keep

CATALOG = Catalog.load(Actors.load())


@dataclass
class Hands:
    """A sender that notes what it is given and answers as told (a message id when nothing is left to answer)."""

    answers: list[Outcome | Exception] = field(default_factory=list)
    sent: list[Outgoing] = field(default_factory=list)

    async def send(self, message: Outgoing) -> Outcome:
        self.sent.append(message)
        answer = self.answers.pop(0) if self.answers else Sent(message.edit or 100 + len(self.sent))
        if isinstance(answer, Exception):
            raise answer
        return answer


@dataclass
class Bot:
    """Matcher and dispatcher over one database and a clock of their own."""

    storage: Storage
    hands: Hands = field(default_factory=Hands)
    at: datetime = NOW
    begins: bool = True

    def __post_init__(self) -> None:
        self.matcher = Matcher(self.storage, self.now)
        self.dispatcher = Dispatcher(self.storage, self.hands, CATALOG, self.now, "test")
        if self.begins:
            self.matcher.begin()

    def now(self) -> datetime:
        return self.at

    async def run(self, seconds: float = 0) -> list[Outgoing]:
        """Match and send all that is due so many seconds later; what was handed over meanwhile."""
        self.at += timedelta(seconds=seconds)
        before = len(self.hands.sent)
        while self.matcher.step():
            pass
        while await self.dispatcher.step():
            pass
        return self.hands.sent[before:]

    def subscriber(self, telegram_id: int = 1, language: str = "en") -> int:
        with self.storage.begin(write=True) as unit:
            chat_id = unit.chats.get_or_add(telegram_id, today=TODAY).chat_id
            unit.chats.set_language(chat_id, language)
            unit.subscriptions.add(Subscription(0, chat_id, ("gn:1",)), today=TODAY)
        return chat_id

    def happens(self, said: EventFacts, report_id: str = "r1") -> ConflictEvent:
        with self.storage.begin(write=True) as unit:
            return keep(unit, said, published=self.at, report_id=report_id)

    def becomes(self, event: ConflictEvent, said: EventFacts, *, gone: bool = False) -> ConflictEvent:
        self.at += timedelta(minutes=1)
        number = event.revision + 1
        earlier = [replace(one, superseded=True) for one in event.claims]
        newest = claim(f"c{number}-{event.event_id}", said, published=self.at)
        after = fold(event.event_id, number, [*earlier, newest], updated_at=self.at)
        if gone:
            after = replace(after, verification=Verification.RETRACTED)
        kind = ChangeKind.RETRACTED if gone else ChangeKind.REVISED
        with self.storage.begin(write=True) as unit:
            unit.events.save(after, kind, report_id="r1", why="a test", at=self.at)
        return after

    def deliveries(self, chat_id: int) -> tuple[Delivery, ...]:
        with self.storage.begin() as unit:
            return unit.deliveries.of_chat(chat_id)

    def states(self, chat_id: int) -> list[tuple[str, str]]:
        return [(one.part, str(one.state)) for one in self.deliveries(chat_id)]


@pytest.fixture
def bot(storage: Storage) -> Bot:
    return Bot(storage)


async def test_told_mended_answered_and_withdrawn(bot: Bot) -> None:
    chat_id = bot.subscriber()
    event = bot.happens(facts(ARIHA, killed=6))
    (told,) = await bot.run()
    assert "Air strike, Ariha" in told.reply.html
    assert (told.telegram_id, told.edit, told.answers) == (1, None, None)
    assert await bot.run() == []
    event = bot.becomes(event, facts(ARIHA, killed=2))
    mended = {bool(one.edit): one for one in await bot.run()}
    assert mended[True].edit == 101
    assert "updated" in mended[True].reply.html
    assert mended[False].answers == 101
    assert mended[False].silent
    assert "Forwarded copies are outdated" in mended[False].reply.html
    event = bot.becomes(event, facts(ARIHA, killed=2), gone=True)
    gone = {bool(one.edit): one for one in await bot.run()}
    assert "<s>" in gone[True].reply.html
    assert "withdrawn" in gone[False].reply.html
    assert await bot.run(60) == []
    assert {state for _, state in bot.states(chat_id)} == {"sent"}


async def test_what_is_stored_between_the_first_subscription_and_the_first_tick_is_told(storage: Storage) -> None:
    bot = Bot(storage, begins=False)
    bot.happens(facts(ARIHA, killed=1))
    bot.subscriber()  # and the bot ends before its clock ticks; another process ingests
    bot.happens(facts(ARIHA, killed=6), "r2")
    bot.matcher.begin()
    (told,) = await bot.run()
    assert "<b>6</b>" in told.reply.html


async def test_a_change_before_the_send_is_in_the_message_and_a_withdrawal_stops_it(bot: Bot) -> None:
    chat_id = bot.subscriber()
    event = bot.happens(facts(ARIHA, killed=6))
    other = bot.happens(facts(ARIHA, killed=1), "r2")
    bot.matcher.step()
    bot.becomes(event, facts(ARIHA, killed=9))
    bot.becomes(other, facts(ARIHA, killed=1), gone=True)
    (told,) = await bot.run()
    assert "<b>9</b>" in told.reply.html
    assert sorted(state for _, state in bot.states(chat_id)) == ["sent", "superseded"]


Check = Callable[[Bot, int], bool]


@pytest.mark.parametrize(
    ("outcome", "state", "later", "repeats"),
    [
        (Sent(7), DeliveryState.SENT, 600, 0),
        (Gone("blocked"), DeliveryState.GONE, 600, 0),
        (Refused("no"), DeliveryState.REJECTED, 600, 0),
        (Wait(30), DeliveryState.PENDING, 20, 0),
        (Wait(30), DeliveryState.SENT, 31, 1),
        (Migrated(-5), DeliveryState.SENT, 0, 1),
        (NotSent("no connection"), DeliveryState.SENT, 3, 1),
        (Perhaps("timed out"), DeliveryState.UNKNOWN, 600, 0),
    ],
)
async def test_each_outcome_has_its_consequence(
    bot: Bot, outcome: Outcome, state: DeliveryState, later: float, repeats: int
) -> None:
    chat_id = bot.subscriber()
    bot.hands.answers = [outcome]
    bot.happens(facts(ARIHA))
    first = await bot.run()
    more = await bot.run(later)
    assert len(first) + len(more) == 1 + repeats
    assert [one.state for one in bot.deliveries(chat_id)] == [state]
    with bot.storage.begin() as unit:
        chat = unit.chats.get(chat_id)
    assert chat is not None
    assert (chat.state is ChatState.BLOCKED) == isinstance(outcome, Gone)
    assert chat.telegram_id == (-5 if isinstance(outcome, Migrated) else 1)


async def test_a_severe_alert_that_perhaps_arrived_comes_once_more_and_says_so(bot: Bot) -> None:
    chat_id = bot.subscriber()
    bot.hands.answers = [Perhaps("timed out"), Perhaps("timed out")]
    event = bot.happens(facts(ARIHA, killed=60, civilian_targeting=True))
    assert event.severity >= 3
    (first,) = await bot.run()
    (again,) = await bot.run(10)
    assert "Sent again" not in first.reply.html
    assert "Sent again" in again.reply.html
    assert await bot.run(600) == []
    assert bot.states(chat_id) == [("message", "unknown")]


async def test_what_a_crash_left_in_flight_is_unknown_and_nothing_else(bot: Bot) -> None:
    chats = [bot.subscriber(n) for n in range(1, 14)]
    bot.happens(facts(ARIHA))
    bot.matcher.step()
    claimed = await asyncio.to_thread(bot.dispatcher.turn, [], bot.dispatcher.window)  # and then the process dies
    again = Dispatcher(bot.storage, bot.hands, CATALOG, bot.now, "next")
    assert again.begin(alone=True) == len(claimed) == again.window
    await bot.run(1)
    states = sorted(state for chat_id in chats for _, state in bot.states(chat_id))
    assert states == ["sent"] * (13 - again.window) + ["unknown"] * again.window


async def test_an_edit_that_telegram_refuses_becomes_a_reply(bot: Bot) -> None:
    chat_id = bot.subscriber()
    event = bot.happens(facts(ARIHA, killed=6))
    await bot.run()
    bot.hands.answers = [Refused("message can't be edited")]
    bot.becomes(event, facts(ARIHA, killed=9))
    edit, reply = await bot.run()
    assert (edit.edit, reply.edit, reply.answers) == (101, None, 101)
    assert sorted(bot.states(chat_id)) == [("edit", "rejected"), ("message", "sent"), ("reply", "sent")]


async def test_a_chat_erased_while_it_is_sent_to_is_no_error(bot: Bot) -> None:
    chat_id = bot.subscriber()
    bot.happens(facts(ARIHA))
    bot.matcher.step()
    ready = await asyncio.to_thread(bot.dispatcher.turn, [], 1)
    with bot.storage.begin(write=True) as unit:
        unit.chats.delete(chat_id)
    bot.dispatcher.turn([(one, Sent(5)) for one in ready], 0)
    assert bot.deliveries(chat_id) == ()


async def test_a_token_that_is_refused_stops_everything_and_loses_nothing(bot: Bot) -> None:
    chat_id = bot.subscriber()
    bot.hands.answers = [SendingStopped("InvalidToken")]
    bot.happens(facts(ARIHA))
    bot.matcher.step()
    assert await bot.dispatcher.step() == 1
    with pytest.raises(SendingStopped):
        await bot.dispatcher.step()
    assert bot.states(chat_id) == [("message", "pending")]


async def test_each_chat_reads_its_own_language(bot: Bot) -> None:
    bot.subscriber(1, "en")
    bot.subscriber(2, "ar")
    bot.happens(facts(ARIHA))
    texts = {one.telegram_id: one.reply.html for one in await bot.run()}
    assert "Air strike" in texts[1]
    assert "غارة" in texts[2]
