"""A run from its first call to its last: starting against a silent Telegram, stopping without losing a message."""

from __future__ import annotations

import asyncio
import logging

import pytest
from telegram.error import Conflict

from bot.polling import Clash
from tests.botapi.server import BotApiServer
from tests.handlers.fakes import FakeConversation
from tests.handlers.running import bot_at, launch


async def test_a_stop_answers_what_is_in_flight_and_confirms_it(botapi: BotApiServer) -> None:
    people = [botapi.person(name) for name in ("Amal", "Badr", "Celin")]
    running = launch(botapi)
    for person in people:
        await person.say("wait for it")
    await running.conversation.heard(3)
    running.stop.set()
    running.conversation.gate.set()
    assert await running.ended() == 0
    assert [len(person.received) for person in people] == [1, 1, 1]
    async with bot_at(botapi) as again:
        await people[0].say("/privacy")
        await people[0].see()
        await people[0].see()
    assert again.conversation.asked == []


async def test_what_is_not_answered_in_time_comes_again_in_the_next_run(botapi: BotApiServer) -> None:
    amal = botapi.person("Amal")
    stuck = launch(botapi, stop=0.05)
    await amal.say("wait for it")
    await stuck.conversation.heard(1)
    assert await stuck.ended() == 0
    assert amal.received == []
    stuck.conversation.gate.set()
    conversation = FakeConversation()
    conversation.gate.set()
    async with bot_at(botapi, conversation):
        await amal.see()
    assert conversation.asked == ["wait for it"]


async def test_a_killed_run_loses_nothing(botapi: BotApiServer) -> None:
    people = [botapi.person(f"Person {number}") for number in range(5)]
    first = launch(botapi)
    for person in people:
        await person.say("wait for it")
    await first.conversation.heard(5)
    first.task.cancel()  # as a kill: nothing is finished or confirmed
    await asyncio.gather(first.task, return_exceptions=True)
    conversation = FakeConversation()
    conversation.gate.set()
    async with bot_at(botapi, conversation):
        for person in people:
            await person.see()
    assert len(conversation.asked) == 5


async def test_a_slow_answer_does_not_keep_others_waiting_and_is_given_once(botapi: BotApiServer) -> None:
    amal, badr = botapi.person("Amal"), botapi.person("Badr")
    async with bot_at(botapi) as running:
        await amal.say("wait for it")
        await badr.say("latest")
        await badr.see()
        await badr.say("latest")
        await badr.see()
        running.conversation.gate.set()
        await amal.see()
    assert running.conversation.asked.count("wait for it") == 1


async def test_a_flood_of_one_chat_is_answered_in_order_and_lets_others_in(botapi: BotApiServer) -> None:
    amal, badr = botapi.person("Amal"), botapi.person("Badr")
    async with bot_at(botapi) as running:
        await amal.say("wait first")
        for number in range(250):
            await amal.say(f"latest {number}")
        await badr.say("latest of Badr")
        await badr.see()
        running.conversation.gate.set()
        for _ in range(251):
            await amal.see()
    mine = [text for text in running.conversation.asked if "Badr" not in text]
    assert mine == ["wait first", *(f"latest {number}" for number in range(250))]


async def test_telegram_away_at_the_start_is_waited_for(botapi: BotApiServer, caplog: pytest.LogCaptureFixture) -> None:
    amal = botapi.person("Amal")
    botapi.fail("getMe", 502, times=1)
    async with bot_at(botapi):
        await amal.say("latest")
        await amal.see()
    said = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert len(said) == 1
    assert "next try in 1 s" in said[0]


async def test_telegram_away_for_too_long_ends_the_run(caplog: pytest.LogCaptureFixture) -> None:
    server = BotApiServer(port=1)
    running = launch(server, start=0.1)
    async with asyncio.timeout(5):
        assert await running.task == 1
    assert "giving up" in caplog.text
    assert server.token not in caplog.text


async def test_a_refused_token_is_one_clear_sentence(botapi: BotApiServer, caplog: pytest.LogCaptureFixture) -> None:
    botapi.fail("getMe", 401)
    running = launch(botapi)
    async with asyncio.timeout(5):
        assert await running.task == 2
    assert "does not accept TELEGRAM_TOKEN" in caplog.text
    assert botapi.token not in caplog.text


async def test_trouble_while_polling_passes(botapi: BotApiServer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "bot")
    amal = botapi.person("Amal")
    botapi.fail("getUpdates", 502)
    botapi.garble("getUpdates", skip=1)
    async with bot_at(botapi):
        for _ in range(3):
            await amal.say("latest")
            await amal.see()
    assert "works again" in caplog.text


async def test_an_update_that_cannot_be_read_is_skipped_alone(
    botapi: BotApiServer, caplog: pytest.LogCaptureFixture
) -> None:
    amal = botapi.person("Amal")
    botapi.updates.push_raw({"update_id": 900_000_000, "message": {"message_id": "nonsense"}}, check=False)
    await amal.say("latest")
    async with bot_at(botapi):
        await amal.see()
    assert "Update 900000000 could not be read" in caplog.text


def test_another_process_with_the_token_is_borne_for_a_while_only() -> None:
    now = [0.0]
    clash = Clash(60, lambda: now[0])
    clash.again()
    now[0] = 59
    clash.again()
    clash.over()
    now[0] = 100
    clash.again()
    now[0] = 161
    with pytest.raises(Conflict):
        clash.again()
