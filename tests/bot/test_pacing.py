"""Pacing: no limit is passed whatever arrives when, nobody starves, and Telegram's "wait" is obeyed by its scope."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from telegram.error import NetworkError, RetryAfter, TimedOut

from alerts.pacing import Lane, Limits, Pacing, Rate
from bot.limiter import PacedLimiter
from bot.request import NotSentError
from tests.botapi.limits import Limits as Enforced
from tests.botapi.limits import Pace
from tests.botapi.server import BotApiServer
from tests.handlers.running import bot_at

Sent = list[tuple[float, int, Lane, int]]  # when, chat, lane, ticket
ARRIVALS = st.lists(
    st.tuples(
        st.floats(0, 90, allow_nan=False), st.sampled_from([1, 2, 3, *range(10, 60), -1, -2]), st.sampled_from(Lane)
    ),
    max_size=400,
)


def play(pacing: Pacing, arrivals: list[tuple[float, int, Lane]]) -> Sent:
    """Let them arrive at their times and send whenever the pacing says so."""
    waiting, sent, now = sorted(arrivals, key=lambda one: one[0]), Sent(), 0.0
    about: dict[int, tuple[int, Lane]] = {}
    while waiting or len(pacing):
        while waiting and waiting[0][0] <= now:
            _, chat, lane = waiting.pop(0)
            about[pacing.add(chat, lane)] = chat, lane
        ticket, wait = pacing.next(now)
        if ticket is not None:
            sent.append((now, *about[ticket], ticket))
            continue
        assert wait is None or wait > 0
        assert (wait is None) == (len(pacing) == 0)
        steps = [now + wait] if wait is not None else []
        now = min([*steps, *(one[0] for one in waiting[:1])], default=now)
    return sent


def most_within(times: list[float], seconds: float) -> int:
    """The most of them in any span that long."""
    first, most = 0, 0
    for last, time in enumerate(times):
        while times[first] <= time - seconds + 1e-4:
            first += 1
        most = max(most, last - first + 1)
    return most


@settings(max_examples=60, deadline=None)
@given(ARRIVALS)
def test_no_limit_is_passed_and_all_are_sent_in_order(arrivals: list[tuple[float, int, Lane]]) -> None:
    sent = play(Pacing(), arrivals)
    assert len(sent) == len(arrivals)
    assert most_within([time for time, *_ in sent], 1) <= 30
    chats: dict[int, list[float]] = defaultdict(list)
    order: dict[tuple[int, Lane], list[int]] = defaultdict(list)
    for time, chat, lane, ticket in sent:
        chats[chat].append(time)
        order[chat, lane].append(ticket)
    for chat, times in chats.items():
        assert most_within(times, 1) <= 4
        assert most_within(times, 60) <= (63 if chat > 0 else 20)
    assert all(tickets == sorted(tickets) for tickets in order.values())


@settings(max_examples=20, deadline=None)
@given(ARRIVALS)
def test_what_the_server_enforces_is_never_met(arrivals: list[Any]) -> None:
    clock = [0.0]
    server = Pace(Enforced(), lambda: clock[0])
    for time, chat, _, _ in play(Pacing(), arrivals):
        clock[0] = time
        assert server.allow("sendMessage", chat, is_group=chat < 0) == 0


def test_replies_go_first_and_alerts_still_go() -> None:
    flood = [(n / 100, 1000 + n, Lane.REPLY) for n in range(3000)]  # a hundred questions a second for half a minute
    alerts = [(0.0, 9000 + n, Lane.ALERT) for n in range(40)]
    sent = play(Pacing(), flood + alerts)
    last_alert = max(time for time, _, lane, _ in sent if lane is Lane.ALERT)
    assert last_alert < 10
    early = [lane for time, _, lane, _ in sent if time < 5]
    assert early.count(Lane.REPLY) >= 3 * early.count(Lane.ALERT)


def test_a_reply_does_not_wait_behind_a_thousand_alerts() -> None:
    pacing = Pacing()
    for chat in range(1, 1001):
        pacing.add(chat, Lane.ALERT)
    while pacing.next(0)[0] is not None:
        pass
    question = pacing.add(5000)
    _, wait = pacing.next(0)
    assert wait is not None
    assert wait < 0.1
    assert pacing.next(wait)[0] == question


def test_replies_wait_less_than_a_third_of_a_second_while_a_hundred_thousand_alerts_queue() -> None:
    pacing = Pacing()
    for chat in range(1, 100_001):
        pacing.add(chat, Lane.ALERT)
    waits, alerts = list[float](), 0
    asked: dict[int, float] = {}
    now, question = 0.0, 0
    while len(waits) < 300:
        if now >= question * 0.1:  # ten people a second ask, for half a minute
            asked[pacing.add(200_000 + question)] = now
            question += 1
        ticket, wait = pacing.next(now)
        if ticket is None:
            assert wait is not None
            now = min(now + wait, max(now, question * 0.1))
        elif ticket in asked:
            waits.append(now - asked[ticket])
        else:
            alerts += 1
    assert max(waits) < 0.3
    assert alerts > 300  # and they are being told, meanwhile


def test_a_chat_that_must_wait_keeps_no_other_waiting() -> None:
    pacing = Pacing()
    for _ in range(50):
        pacing.add(-1)
    other = pacing.add(7)
    given_now = []
    now = 0.0
    while other not in given_now:
        ticket, wait = pacing.next(now)
        given_now += [ticket] if ticket else []
        now += wait or 0.0
    assert now < 0.5


def test_wait_is_obeyed_by_a_chat_then_by_the_bot() -> None:
    pacing = Pacing()
    pacing.refused(0, 1, 10)
    held, free = pacing.add(1), pacing.add(2)
    assert pacing.next(0)[0] == free
    assert pacing.next(9.9)[0] is None
    assert pacing.next(10)[0] == held
    pacing.refused(20, 1, 5)
    pacing.refused(21, 2, 5)  # a second chat, so it is the bot that is meant
    third = pacing.add(3)
    assert pacing.next(25.9) == (None, pytest.approx(0.1))
    assert pacing.next(26)[0] == third


def test_what_is_dropped_is_not_given_and_thousands_of_chats_are_forgotten() -> None:
    pacing = Pacing(Limits(bot=Rate(1e6, 100)))
    dropped = pacing.add(1)
    pacing.drop(dropped)
    pacing.drop(12345)
    assert pacing.next(0) == (None, None)
    for chat in range(2, 30_000):
        pacing.add(chat)
        assert pacing.next(float(chat))[0] is not None
    assert len(pacing._chats) < 11_000


class Calls:
    """Stands for calls to Telegram: fails with these one after the other, then succeeds."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.made = 0

    async def __call__(self) -> bool:
        self.made += 1
        if self.errors:
            raise self.errors.pop(0)
        return True


async def make(calls: Calls, endpoint: str = "sendMessage", lane: Lane | None = None, wait: float = 5.0) -> Any:
    limiter = PacedLimiter(longest_wait=wait)
    try:
        return await limiter.process_request(calls, (), {}, endpoint, {"chat_id": 1}, lane)
    finally:
        assert limiter.waiting == 0
        await limiter.shutdown()


async def test_what_was_surely_not_sent_is_repeated_and_what_perhaps_was_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.limiter.REPEATS", (0.0, 0.0))
    assert await make(calls := Calls(NotSentError("no"), NotSentError("no"))) is True
    assert calls.made == 3
    with pytest.raises(NotSentError):
        await make(Calls(*[NotSentError("no")] * 3))
    for error in (TimedOut(), NetworkError("broke")):
        with pytest.raises(NetworkError):
            await make(calls := Calls(error))
        assert calls.made == 1
    with pytest.raises(NotSentError):
        await make(Calls(NotSentError("no")), lane=Lane.ALERT)  # its own schedule repeats it


async def test_telegrams_wait_is_waited_within_a_bound() -> None:
    assert await make(calls := Calls(RetryAfter(0))) is True
    assert calls.made == 2
    with pytest.raises(RetryAfter):
        await make(calls := Calls(RetryAfter(60)))
    assert calls.made == 1
    with pytest.raises(RetryAfter):
        await make(Calls(RetryAfter(1)), lane=Lane.ALERT)


async def test_one_who_gives_up_waiting_leaves_no_trace() -> None:
    limiter = PacedLimiter(Limits(bot=Rate(0.001, 1)))
    first = asyncio.create_task(limiter.process_request(Calls(), (), {}, "sendMessage", {"chat_id": 1}, None))
    assert await first is True
    second = asyncio.create_task(limiter.process_request(Calls(), (), {}, "sendMessage", {"chat_id": 2}, None))
    await asyncio.sleep(0)
    assert limiter.waiting == 1
    second.cancel()
    await asyncio.gather(second, return_exceptions=True)
    assert limiter.waiting == 0
    assert await limiter.process_request(Calls(), (), {}, "answerCallbackQuery", {}, None) is True
    await limiter.shutdown()


async def test_a_hundred_chats_at_once_meet_no_limit() -> None:
    async with BotApiServer(limits=Enforced(), strict=False) as server:
        people = [server.person(f"Person {number}") for number in range(100)]
        async with bot_at(server, limits=None) as running:
            for person in people:
                await person.say("latest")
            for person in people:
                await person.see(seconds=10)
        assert server.stats.refused == {}
        assert len(running.conversation.asked) == 100
        assert server.violations == []
