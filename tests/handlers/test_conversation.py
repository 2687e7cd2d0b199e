"""What people say and press, and what they see, over real HTTP."""

from __future__ import annotations

import logging

import pytest

from conflict.errors import DatabaseAwayError
from tests.botapi.server import BotApiServer
from tests.handlers.fakes import FakeConversation
from tests.handlers.running import bot_at


async def test_a_question_is_answered_and_paged_in_place(botapi: BotApiServer) -> None:
    amal = botapi.person("Amal")
    async with bot_at(botapi):
        await amal.say("latest in Idlib")
        answer = await amal.see()
        assert "Idlib" in answer.html
        assert "Older" in answer.buttons
        assert answer.sent["link_preview_options"]["is_disabled"] is True
        pressed = await amal.press("Older")
        edited = await amal.see_edit(answer)
        assert "2" in edited.text
        await amal.see_answer(pressed)
        assert len(amal.received) == 1


async def test_details_and_sources_come_as_messages_of_their_own(botapi: BotApiServer) -> None:
    amal = botapi.person("Amal")
    async with bot_at(botapi):
        await amal.say("latest in Idlib")
        await amal.see()
        pressed = await amal.press("Details")
        assert "Monitor A" in (await amal.see()).text
        await amal.see_answer(pressed)
        await amal.press("Sources")
        assert "Daily" in (await amal.see()).text


async def test_a_name_of_two_places_asks_back_and_the_choice_is_answered(botapi: BotApiServer) -> None:
    amal = botapi.person("Amal")
    conversation = FakeConversation()
    async with bot_at(botapi, conversation):
        await amal.say("which Kafr Nabl")
        choice = await amal.see()
        assert len(choice.buttons) == 2
        await amal.press(choice.buttons[1])
        assert "Kafr Nabl" in (await amal.see_edit(choice)).text
        assert conversation.asked[-1] == "again gn:2 0"


async def test_the_reply_has_the_language_of_the_question_and_so_have_its_buttons(botapi: BotApiServer) -> None:
    amal = botapi.person("Amal", language_code="en")
    async with bot_at(botapi):
        await amal.say("آخر الأخبار في إدلب")
        answer = await amal.see()
        assert "إدلب" in answer.text
        await amal.press("الأقدم", answer)
        assert "إدلب" in (await amal.see_edit(answer)).text


async def test_the_chosen_language_is_kept(botapi: BotApiServer) -> None:
    amal = botapi.person("Amal", language_code="en")
    conversation = FakeConversation()
    async with bot_at(botapi, conversation):
        await amal.say("/language")
        menu = await amal.see()
        await amal.press("العربية", menu)
        await amal.see_edit(menu)
        assert conversation.languages == {amal.id: "ar"}
        await amal.say("/start some_payload")
        assert "إدلب" in (await amal.see()).text


@pytest.mark.parametrize("command", ["/start", "/help", "/privacy", "/language", "/unheard_of"])
async def test_every_page_can_be_opened(botapi: BotApiServer, command: str) -> None:
    amal = botapi.person("Amal")
    async with bot_at(botapi):
        await amal.say(command)
        page = await amal.see()
        assert page.text
        assert page.buttons


async def test_latest_takes_a_place(botapi: BotApiServer) -> None:
    amal = botapi.person("Amal")
    conversation = FakeConversation()
    async with bot_at(botapi, conversation):
        await amal.say("/latest Idlib")
        await amal.see()
        await amal.say("/latest")
        await amal.see()
    assert conversation.asked == ["latest in Idlib", "latest"]


async def test_a_changed_question_changes_its_answer(botapi: BotApiServer) -> None:
    amal = botapi.person("Amal")
    conversation = FakeConversation()
    async with bot_at(botapi, conversation):
        asked = await amal.say("hello")
        answer = await amal.see()
        await amal.edit(asked, "latest in Idlib")
        assert "Idlib" in (await amal.see_edit(answer)).text
        assert len(amal.received) == 1


async def test_a_message_answered_before_a_restart_and_changed_after_it_is_no_question(botapi: BotApiServer) -> None:
    amal = botapi.person("Amal")
    conversation = FakeConversation()
    async with bot_at(botapi):
        old = await amal.say("latest in Hama")
        await amal.see()
    async with bot_at(botapi, conversation):
        await amal.edit(old, "latest in Homs")
        await amal.say("/privacy")
        await amal.see()
    assert conversation.asked == []


@pytest.mark.parametrize("data", ["", "2", "2e" + "x" * 60, "1old", "2a;;;;", "2lgn:99999", "\u202e2h", "2hnowhere"])
async def test_a_forged_or_old_button_gets_a_kind_answer(botapi: BotApiServer, data: str) -> None:
    amal = botapi.person("Amal")
    async with bot_at(botapi):
        await amal.say("/privacy")
        page = await amal.see()
        said = await amal.see_answer(amal.send_callback(data, page))
        assert said.text
        assert len(amal.received) == 1


async def test_an_event_that_is_gone_is_said_so(botapi: BotApiServer) -> None:
    amal = botapi.person("Amal")
    async with bot_at(botapi):
        await amal.say("/privacy")
        page = await amal.see()
        assert (await amal.see_answer(amal.send_callback("2eev9999", page))).text


async def test_pictures_and_albums_get_one_line(botapi: BotApiServer) -> None:
    amal = botapi.person("Amal")
    async with bot_at(botapi):
        for _ in range(3):
            amal.send({"voice": {"file_id": "v", "file_unique_id": "v", "duration": 1}, "media_group_id": "album"})
        await amal.say("/privacy")
        first, second = await amal.see(), await amal.see()
        assert first.text != second.text
        assert len(amal.received) == 2


async def test_in_a_group_only_what_is_meant_for_the_bot_is_answered(botapi: BotApiServer) -> None:
    group = botapi.group("Desk")
    botapi.account.privacy_mode = False
    amal, badr = botapi.person("Amal").at(group), botapi.person("Badr").at(group)
    conversation = FakeConversation()
    async with bot_at(botapi, conversation):
        await badr.say("latest in Idlib is terrible")
        await badr.say("/latest@another_bot Idlib")
        asked = await amal.say("@sitrep_test_bot latest in Idlib")
        answer = await amal.see()
        assert answer.reply_to is asked
        badr.catch_up()
        await badr.say("hello, thanks", reply_to=answer)
        again = await badr.say("latest in Hama", reply_to=answer)
        assert (await badr.see()).reply_to is again
    assert conversation.asked == ["latest in Idlib", "hello, thanks", "latest in Hama"]
    assert len([m for m in group.messages if m.from_bot]) == 2


async def test_the_answer_stays_in_its_topic(botapi: BotApiServer) -> None:
    group = botapi.group("Desk", forum=True)
    amal = botapi.person("Amal")
    topic = await group.create_topic("North", amal)
    there = amal.at(group, topic)
    async with bot_at(botapi):
        await there.say("@sitrep_test_bot latest in Idlib")
        assert (await there.see()).thread_id == topic


async def test_a_failure_apologises_once_and_tells_nothing(
    botapi: BotApiServer, caplog: pytest.LogCaptureFixture
) -> None:
    amal = botapi.person("Amal")
    async with bot_at(botapi):
        await amal.say("break it please")
        apology = await amal.see()
        assert "secret" not in apology.text
        await amal.say("latest")
        assert "Idlib" in (await amal.see()).text
        assert len(amal.received) == 2
    assert "secret detail" in caplog.text
    assert "break it please" not in caplog.text
    assert str(amal.id) not in " ".join(record.getMessage() for record in caplog.records)


async def test_the_database_being_away_is_said_as_such(botapi: BotApiServer) -> None:
    amal = botapi.person("Amal")
    async with bot_at(botapi, FakeConversation(error=DatabaseAwayError("no connection to db.example"))):
        await amal.say("break")
        said = await amal.see()
        assert "says nothing about what is happening" in said.text
        assert "db.example" not in said.text


async def test_one_who_blocked_the_bot_is_no_error(botapi: BotApiServer, caplog: pytest.LogCaptureFixture) -> None:
    amal, badr = botapi.person("Amal"), botapi.person("Badr")
    botapi.fail("sendMessage", 403, chat=amal.id)
    async with bot_at(botapi):
        await amal.say("latest")
        await badr.say("latest")
        await badr.see()
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


async def test_an_answer_whose_markup_is_refused_comes_without_it(botapi: BotApiServer) -> None:
    amal = botapi.person("Amal")
    botapi.fail("sendMessage", 400, description="Bad Request: can't parse entities: unclosed tag")
    async with bot_at(botapi):
        await amal.say("latest in Idlib")
        answer = await amal.see()
        assert "Idlib" in answer.text
        assert not [e for e in answer.entities if e["type"] == "bold"]
