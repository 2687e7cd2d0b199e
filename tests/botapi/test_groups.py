"""Groups, topics, channels, administrators and migration."""

from __future__ import annotations

import pytest
from telegram import Bot, Update
from telegram.error import BadRequest, ChatMigrated, Forbidden

from tests.botapi.conftest import message_of
from tests.botapi.server import BotApiServer


async def kinds_of(bot: Bot) -> list[str]:
    updates = await bot.get_updates(allowed_updates=Update.ALL_TYPES)
    if updates:
        await bot.get_updates(offset=updates[-1].update_id + 1, timeout=0)
    return [next(key for key in update.to_dict() if key != "update_id") for update in updates]


async def test_privacy_mode_hides_what_is_not_for_the_bot(botapi: BotApiServer) -> None:
    amal = botapi.person()
    desk = botapi.group("Aid desk", members=[amal])
    async with Bot(botapi.token, base_url=botapi.url) as bot:
        sent = await bot.send_message(desk.id, "hello")
        here = amal.at(desk)
        for text in ("chatter", "/ask Idlib", "/ask@other_bot Idlib", "hey @sitrep_test_bot", "/ask@sitrep_test_bot x"):
            await here.say(text)
        await here.say("yes", reply_to=await here.see())
        updates = await bot.get_updates()
    said = [update.message.text for update in updates if update.message]
    assert said == ["/ask Idlib", "hey @sitrep_test_bot", "/ask@sitrep_test_bot x", "yes"]
    assert message_of(updates[-1]).reply_to_message == sent


async def test_membership_and_administrators(botapi: BotApiServer) -> None:
    owner, amal = botapi.person("Owner"), botapi.person("Amal")
    desk = botapi.group("Aid desk", owner=owner, bot="left")
    async with Bot(botapi.token, base_url=botapi.url) as bot:
        with pytest.raises(Forbidden, match="not a member of the supergroup chat"):
            await bot.send_message(desk.id, "x")
        await desk.add_bot(owner)
        await desk.add_bot(owner, status="administrator")
        assert await kinds_of(bot) == ["my_chat_member", "my_chat_member"]
        await desk.set_status(amal, "member")
        await desk.set_status(amal, "administrator", by=owner)
        assert await kinds_of(bot) == ["message", "chat_member", "chat_member"]
        assert {member.user.id for member in await bot.get_chat_administrators(desk.id)} == {owner.id, amal.id, bot.id}
        assert (await bot.get_chat_member(desk.id, owner.id)).status == "creator"
        assert (await bot.get_chat_member(desk.id, amal.id)).status == "administrator"
        assert await bot.get_chat_member_count(desk.id) == 3
        await desk.remove_bot(owner)
        with pytest.raises(Forbidden, match="kicked from the supergroup chat"):
            await bot.send_message(desk.id, "x")


async def test_a_group_becomes_a_supergroup(botapi: BotApiServer) -> None:
    owner = botapi.person()
    old = botapi.group("Village watch", kind="group", owner=owner)
    async with Bot(botapi.token, base_url=botapi.url) as bot:
        await bot.send_message(old.id, "before")
        new = await old.migrate(owner)
        with pytest.raises(ChatMigrated) as moved:
            await bot.send_message(old.id, "x")
        assert moved.value.new_chat_id == new.id
        assert (await bot.send_message(new.id, "after")).chat.title == "Village watch"
        updates = await bot.get_updates()
    assert [message_of(update).migrate_to_chat_id for update in updates] == [new.id, None]
    assert [message_of(update).migrate_from_chat_id for update in updates] == [None, old.id]


async def test_topics_of_a_forum(botapi: BotApiServer) -> None:
    amal = botapi.person()
    desk = botapi.group("Newsroom", forum=True, members=[amal])
    topic = await desk.create_topic("Idlib", amal)
    there = amal.at(desk, topic)
    async with Bot(botapi.token, base_url=botapi.url) as bot:
        await there.say("/ask")
        *_, update = await bot.get_updates()
        assert (message_of(update).message_thread_id, message_of(update).is_topic_message) == (topic, True)
        await message_of(update).reply_text("in the topic")
        assert (await there.see()).text == "in the topic"
        with pytest.raises(BadRequest, match="thread not found"):
            await bot.send_message(desk.id, "x", message_thread_id=9999)
        await desk.close_topic(topic, amal)
        with pytest.raises(BadRequest, match=r"(?i)topic_closed"):
            await bot.send_message(desk.id, "x", message_thread_id=topic)


async def test_channel_posts_and_their_edits(botapi: BotApiServer) -> None:
    channel = botapi.channel("Reports", username="reports_ch")
    post = await channel.post("Clash near Tal Dam")
    await channel.edit_post(post, "Clash in Tal Dam")
    async with Bot(botapi.token, base_url=botapi.url) as bot:
        first, second = await bot.get_updates()
        sent = await bot.send_message("@reports_ch", "Map of the week")
    assert first.channel_post
    assert second.edited_channel_post
    assert message_of(first).text == "Clash near Tal Dam"
    assert message_of(second).text == "Clash in Tal Dam"
    assert sent.chat.id == channel.id
    assert (await channel.see()).text == "Map of the week"
