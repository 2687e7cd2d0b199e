"""Groups and places: who may change a group's language, a group that gets a new id, a location that stays coarse."""

from __future__ import annotations

import logging

import pytest

from tests.botapi.server import BotApiServer
from tests.handlers.fakes import FakeConversation
from tests.handlers.running import bot_at


async def test_a_groups_language_is_for_its_administrators(botapi: BotApiServer) -> None:
    amal, badr = botapi.person("Amal"), botapi.person("Badr")
    group = botapi.group("Group", members=[badr], admins=[amal])
    async with bot_at(botapi) as running:
        await badr.at(group).say("/language@sitrep_test_bot")
        refused = await badr.at(group).see()
        assert "administrators" in refused.text
        assert refused.buttons == []
        amal.at(group).catch_up()
        await amal.at(group).say("/language@sitrep_test_bot")
        choice = await amal.at(group).see()
        pressed = await badr.at(group).press("العربية", choice)
        assert "administrators" in (await badr.at(group).see_answer(pressed)).text
        assert running.conversation.languages == {}
        await amal.at(group).press("العربية", choice)
        await amal.at(group).see_edit(choice)
        assert running.conversation.languages == {group.id: "ar"}


async def test_where_telegram_does_not_tell_nobody_may(botapi: BotApiServer) -> None:
    amal = botapi.person("Amal")
    group = botapi.group("Group", admins=[amal])
    async with bot_at(botapi):
        botapi.fail("getChatMember", 400)
        await amal.at(group).say("/language@sitrep_test_bot")
        assert "administrators" in (await amal.at(group).see()).text


async def test_a_group_that_becomes_a_supergroup_keeps_its_settings(botapi: BotApiServer) -> None:
    amal = botapi.person("Amal")
    group = botapi.group("Group", kind="group", admins=[amal])
    conversation = FakeConversation(languages={group.id: "ar"})
    old = group.id
    async with bot_at(botapi, conversation):
        moved = await group.migrate(amal)
        await amal.say("/privacy")
        await amal.see()
    assert moved.id != old
    assert conversation.languages == {moved.id: "ar"}


async def test_a_location_is_answered_from_its_cell_and_not_logged(
    botapi: BotApiServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("asyncio").setLevel(logging.WARNING)
    amal = botapi.person("Amal")
    async with bot_at(botapi) as running:
        await amal.send_location(35.93071, 36.63391)
        assert "Kafr Nabl" in (await amal.see()).text
        await amal.send_location(-35.93071, 36.63391)
        assert "I know no place near there" in (await amal.see()).text
        assert running.conversation.asked == ["near 35.95 36.65", "near -35.95 36.65"]
    ours = "\n".join(record.getMessage() for record in caplog.records if not record.name.startswith("telegram"))
    assert "35.93071" not in ours
    assert "36.63391" not in ours


async def test_a_group_that_was_only_overheard_gets_no_apology(botapi: BotApiServer) -> None:
    amal = botapi.person("Amal")
    group = botapi.group("Group", members=[amal], bot="administrator")
    async with bot_at(botapi) as running:
        running.conversation.error = RuntimeError("broken")
        await amal.at(group).say("break this")
        await amal.at(group).say("@sitrep_test_bot break this")
        assert (await amal.at(group).see()).reply_to is not None
        assert len(amal.at(group).received) == 1
