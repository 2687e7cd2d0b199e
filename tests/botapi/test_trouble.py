"""Scripted faults and limits."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import Bot
from telegram.error import Forbidden, NetworkError, RetryAfter, TimedOut
from telegram.request import HTTPXRequest

from tests.botapi.conftest import Ask
from tests.botapi.limits import Limits, Pace
from tests.botapi.server import BotApiServer


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


async def test_errors_are_answered_as_scripted(botapi: BotApiServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")  # else RetryAfter warns of its own future
    amal, boran = botapi.person("Amal"), botapi.person("Boran")
    async with Bot(botapi.token, base_url=botapi.url) as bot:
        fault = botapi.fail("sendMessage", retry_after=7, times=2)
        botapi.fail("sendMessage", 403, chat=boran.id)
        with pytest.raises(RetryAfter, match="0:00:07"):
            await bot.send_message(amal.id, "x")
        with pytest.raises(RetryAfter):
            await bot.send_message(amal.id, "x")
        await bot.send_message(amal.id, "third")
        with pytest.raises(Forbidden):
            await bot.send_message(boran.id, "x")
        await bot.send_message(boran.id, "second")
        botapi.garble("sendMessage")
        with pytest.raises(NetworkError):
            await bot.send_message(amal.id, "x")
    assert fault.used == 2
    assert [message.text for message in amal.received + boran.received] == ["third", "second"]
    assert botapi.violations == []
    assert botapi.stats.refused == {429: 2, 403: 1}


@pytest.mark.parametrize("accepted", [False, True])
async def test_dropped_before_or_after_acceptance(botapi: BotApiServer, accepted: bool) -> None:
    amal = botapi.person()
    botapi.drop("sendMessage", accepted=accepted)
    async with Bot(botapi.token, base_url=botapi.url) as bot:
        with pytest.raises(NetworkError):
            await bot.send_message(amal.id, "x")
        # The bot cannot tell; we can.
        assert len(amal.received) == accepted
        assert [(call.status, call.accepted) for call in botapi.calls_of("sendMessage")] == [(0, accepted)]
        await bot.send_message(amal.id, "x")


@pytest.mark.parametrize("accepted", [False, True])
async def test_never_answered(botapi: BotApiServer, accepted: bool) -> None:
    amal = botapi.person()
    botapi.hang("sendMessage", accepted=accepted)
    async with Bot(botapi.token, base_url=botapi.url, request=HTTPXRequest(read_timeout=0.2)) as bot:
        with pytest.raises(TimedOut):
            await bot.send_message(amal.id, "x")
    assert len(amal.received) == accepted


async def test_slow_and_skipped_calls(botapi: BotApiServer, ask: Ask) -> None:
    amal = botapi.person()
    botapi.slow("sendMessage", 0.05, skip=1, accepted=True)
    for text in ("quick", "slow"):
        await ask("sendMessage", chat_id=amal.id, text=text)
    quick, slow = botapi.calls_of("sendMessage")
    assert [message.text for message in amal.received] == ["quick", "slow"]
    assert slow.at - quick.at < 0.05  # accepted at once, answered late
    botapi.slow(seconds=60)
    waiting = asyncio.create_task(ask("getMe"))
    await botapi.begun("getMe")
    await botapi.stop()  # ends the pause
    assert (await waiting)[0] == 200


async def test_in_flight_calls_are_counted() -> None:
    async with BotApiServer(latency=0.05, strict=False, open_all_chats=True) as server:
        async with aiohttp.ClientSession() as session:

            async def send(chat_id: int) -> Any:
                params = {"chat_id": chat_id, "text": "<b>x</b>", "parse_mode": "HTML"}
                async with session.post(server.url + server.token + "/sendMessage", json=params) as response:
                    return await response.json()

            sent = await asyncio.gather(*map(send, range(1, 21)))
        assert [answer["result"]["text"] for answer in sent] == ["x"] * 20
        assert server.stats.max_in_flight == 20
        assert server.stats.in_flight == 0
        assert len(server.stats.accepted_at["sendMessage"]) == 20
        assert server.stats.rate("sendMessage") > 0


async def test_limits_per_chat_group_and_bot() -> None:
    clock = Clock()
    async with BotApiServer(limits=Limits(), clock=clock, strict=False) as server, aiohttp.ClientSession() as session:

        async def send(chat_id: int, **more: Any) -> int:
            params = {"chat_id": chat_id, "text": "x", **more}
            async with session.post(server.url + server.token + "/sendMessage", json=params) as response:
                body = await response.json()
                return 0 if response.status == 200 else int(body["parameters"]["retry_after"])

        amal, desk = server.person().id, server.group().id
        assert [await send(amal) for _ in range(4)] == [0, 0, 0, 1]
        clock.at += 1
        assert [await send(amal) for _ in range(2)] == [0, 1]
        assert [await send(desk) for _ in range(21)] == [0] * 20 + [3]
        clock.at += 60
        others = [server.person(f"P{number}").id for number in range(31)]
        assert [await send(chat) for chat in others] == [0] * 30 + [1]
        assert await send(others[0], allow_paid_broadcast=True) == 0
        assert server.stats.refused[429] == 4
        assert server.violations == []


@given(st.lists(st.floats(0, 3), max_size=60), st.integers(1, 5))
def test_no_schedule_beats_the_limit(pauses: list[float], burst: int) -> None:
    clock = Clock()
    pace = Pace(Limits(per_chat=1, chat_burst=burst), clock)
    passed = []
    for pause in pauses:
        clock.at += pause
        wait = pace.allow("sendMessage", 1, is_group=False)
        if wait == 0:
            passed.append(clock.at)
        else:
            clock.at += wait
            assert pace.allow("sendMessage", 1, is_group=False) == 0
            passed.append(clock.at)
    for first in range(len(passed)):
        for last in range(first, len(passed)):
            assert last - first + 1 <= burst + (passed[last] - passed[first]) + 1e-3


async def test_what_arrived_is_carried_out_although_the_bot_hung_up(botapi: BotApiServer, ask: Ask) -> None:
    amal = botapi.person()
    botapi.slow("sendMessage", 0.05)
    send = asyncio.create_task(ask("sendMessage", chat_id=amal.id, text="x"))
    await botapi.begun("sendMessage")
    send.cancel()
    assert (await amal.see()).text == "x"
