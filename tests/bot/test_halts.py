"""Telegram's "wait" outlives the process that heard it: for the chat it was said of, or for the whole bot."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from telegram.error import RetryAfter

from alerts.pacing import Limits, Rate
from bot.halts import Halts
from bot.limiter import PacedLimiter
from conflict.errors import DatabaseAwayError
from storage import Storage
from tests.bot.hooked import hook, until
from tests.botapi.server import BotApiServer

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
FAST = Limits(*[Rate(1e6, 1000)] * 3)


async def refuse(limiter: PacedLimiter, chat: int | None, seconds: int) -> None:
    """One call that Telegram refuses with "wait"; the caller gives up."""

    async def call() -> bool:
        raise RetryAfter(seconds)

    data = {} if chat is None else {"chat_id": chat}
    with pytest.raises(RetryAfter):
        await limiter.process_request(call, (), {}, "sendMessage", data, None)


async def goes_now(limiter: PacedLimiter, chat: int) -> bool:
    """Whether a message to this chat goes without waiting."""

    async def call() -> bool:
        return True

    sending = asyncio.create_task(limiter.process_request(call, (), {}, "sendMessage", {"chat_id": chat}, None))
    for _ in range(3):
        await asyncio.sleep(0)
    gone = sending.done()
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
    return gone


async def started(storage: Storage, now: datetime) -> PacedLimiter:
    """The limiter of a process that starts now."""
    limiter = PacedLimiter(FAST, longest_wait=0, halts=Halts(storage, lambda: now))
    await limiter.initialize()
    return limiter


async def test_a_chats_wait_holds_that_chat_alone_after_a_restart(storage: Storage) -> None:
    with storage.begin(write=True) as unit:
        for telegram_id in (7, 8):
            unit.chats.get_or_add(telegram_id, today=NOW.date())
    await refuse(await started(storage, NOW), 7, 60)
    restarted = await started(storage, NOW + timedelta(seconds=30))
    assert [await goes_now(restarted, chat) for chat in (7, 8)] == [False, True]
    assert await goes_now(await started(storage, NOW + timedelta(seconds=61)), 7)


async def test_the_bots_wait_holds_everything_after_a_restart(storage: Storage) -> None:
    first = await started(storage, NOW)
    await refuse(first, 1001, 60)  # nothing is stored of these two
    await refuse(first, 1002, 60)  # a second chat shortly after: the bot is meant
    restarted = await started(storage, NOW + timedelta(seconds=30))
    assert not await goes_now(restarted, 1003)
    with storage.begin() as unit:
        assert list(unit.deliveries.halts(at=NOW)) == ["bot"]
    await restarted.shutdown()


async def test_a_database_away_does_not_keep_the_wait_from_being_obeyed(
    storage: Storage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away(self: Storage, write: bool = False) -> None:
        raise DatabaseAwayError("gone")

    monkeypatch.setattr(Storage, "begin", away)
    limiter = await started(storage, NOW)
    await refuse(limiter, 7, 60)
    assert not await goes_now(limiter, 7)
    assert caplog.text.count("gone") == 2
    await limiter.shutdown()


async def test_a_bot_killed_while_it_waits_sends_nothing_before_the_time(
    botapi: BotApiServer, storage: Storage
) -> None:
    people = [botapi.person(f"Person {number}") for number in range(2)]
    fault = botapi.fail("sendMessage", 429, retry_after=2, times=2)
    first = hook(botapi, storage)
    await first.ready()
    for person in people:
        await person.say("latest")

    def halted() -> bool:
        with storage.begin() as unit:
            return "bot" in unit.deliveries.halts(at=datetime.now(UTC))

    await until(halted)
    first.task.cancel()  # as a kill: nothing is finished
    await asyncio.gather(first.task, return_exceptions=True)
    assert fault.used == 2
    second = hook(botapi, storage)
    for person in people:
        await person.see(seconds=20)
    calls = botapi.calls_of("sendMessage")
    refused = [call.at for call in calls if not call.accepted]
    assert min(call.at for call in calls if call.accepted) >= refused[-1] + 2
    await second.ended()
