"""People and a real python-telegram-bot application, over real HTTP."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image
from telegram import Bot, InputMediaPhoto, ReplyKeyboardMarkup
from telegram.error import BadRequest, Forbidden

from tests.botapi.server import BotApiServer


def a_picture() -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (30, 20), "white").save(data, "PNG")
    return data.getvalue()


async def test_a_person_says_presses_and_sees(botapi: BotApiServer, application: Any) -> None:
    amal = botapi.person("Amal", language_code="ar")
    await amal.say("أخبار إدلب 💥 & more".replace("&", "and"))
    reply = await amal.see()
    assert reply.text == "You said أخبار إدلب 💥 and more"
    assert reply.html == "<b>You said</b> أخبار إدلب 💥 and more"
    assert reply.buttons == ["📄 Sources", "Map"]

    asked = await amal.press("Sources")
    assert (await amal.see_answer(asked)).text == "got s:1"
    edited = await amal.see_edit(reply)
    assert edited.history == ["You said أخبار إدلب 💥 and more", "Sources: none"]
    assert edited.buttons == []
    assert amal.answers == ["got s:1"]
    assert [message.text for message in amal.received] == ["Sources: none"]


async def test_people_do_not_see_each_others_answers(botapi: BotApiServer, application: Any) -> None:
    amal, boran = botapi.person("Amal"), botapi.person("Boran", language_code="tr")
    await amal.say("one")
    await boran.say("two")
    assert (await boran.see()).text == "You said two"
    assert (await amal.see()).text == "You said one"
    await amal.press("Sources")
    await amal.see_edit()
    assert boran.answers == []
    assert "Sources" in boran.received[0].buttons[0]


async def test_links_open_and_missing_buttons_are_named(botapi: BotApiServer, application: Any) -> None:
    amal = botapi.person()
    await amal.say("/start now")
    await amal.see()
    assert (await amal.press("map")).url == "https://e.org/m"
    with pytest.raises(LookupError, match="Sources"):
        await amal.press("Subscribe")


async def test_commands_have_entities_in_utf16_offsets(botapi: BotApiServer) -> None:
    amal = botapi.person()
    message = await amal.say("💥💥 /start@sitrep_test_bot then /stop and @amal")
    assert [(found["type"], found["offset"], found["length"]) for found in message.entities] == [
        ("bot_command", 5, 22),
        ("bot_command", 33, 5),
        ("mention", 43, 5),
    ]
    assert (await amal.say("no: idlib/aleppo")).entities == []


async def test_what_people_send_beside_text_reaches_the_bot(botapi: BotApiServer, application: Any) -> None:
    amal = botapi.person()
    for act in (
        amal.send_photo(b"jpeg", caption="look"),
        amal.send_location(35.9, 36.6),
        amal.send_document(b"a,b", "events.csv", "text/csv"),
        amal.forward("Clash near Tal Dam", channel=botapi.channel("Front news")),
        amal.forward("Clash near Tal Dam", hidden="Somebody"),
    ):
        await act
        assert "You said" in (await amal.see()).text
    first = amal.messages[0]
    file = await application.bot.get_file(first.content["photo"][0]["file_id"])
    assert bytes(await file.download_as_bytearray()) == b"jpeg"


async def test_an_edit_by_a_person_reaches_the_bot(botapi: BotApiServer, application: Any) -> None:
    amal = botapi.person()
    said = await amal.say("latest in Idlip")
    await amal.see()
    await amal.edit(said, "latest in Idlib")
    assert (await amal.see()).text == "You said latest in Idlib"
    with pytest.raises(ValueError, match="one's own"):
        await amal.edit(amal.received[0], "x")


async def test_who_blocked_the_bot_is_not_written_to(botapi: BotApiServer) -> None:
    amal, gone, stranger = botapi.person(), botapi.person("Gone"), botapi.person("Stranger", started=False)
    async with Bot(botapi.token, base_url=botapi.url) as bot:
        await amal.block()
        gone.deactivate()
        with pytest.raises(Forbidden, match="blocked by the user"):
            await bot.send_message(amal.id, "x")
        with pytest.raises(Forbidden, match="deactivated"):
            await bot.send_message(gone.id, "x")
        with pytest.raises(Forbidden, match="initiate conversation"):
            await bot.send_message(stranger.id, "x")
        await amal.unblock()
        await bot.send_message(amal.id, "x", disable_notification=True)
        updates = await bot.get_updates()
    assert (await amal.see()).silent
    statuses = [update.my_chat_member.new_chat_member.status for update in updates if update.my_chat_member]
    assert statuses == ["kicked", "member"]


async def test_reply_keyboards_are_said(botapi: BotApiServer) -> None:
    amal = botapi.person()
    async with Bot(botapi.token, base_url=botapi.url) as bot:
        await bot.send_message(amal.id, "Where?", reply_markup=ReplyKeyboardMarkup([["Idlib", "Aleppo"]]))
        await amal.press("Aleppo")
        (update,) = await bot.get_updates()
    assert update.message is not None
    assert update.message.text == "Aleppo"


async def test_pictures_are_kept_with_their_captions(botapi: BotApiServer) -> None:
    amal = botapi.person()
    async with Bot(botapi.token, base_url=botapi.url) as bot:
        sent = await bot.send_photo(amal.id, a_picture(), caption="<i>Idlib</i>", parse_mode="HTML")
        shown = await amal.see()
        assert shown.photo == a_picture()
        assert (shown.text, shown.html) == ("Idlib", "<i>Idlib</i>")
        assert (sent.photo[0].width, sent.photo[0].height) == (30, 20)
        await bot.edit_message_caption(amal.id, sent.message_id, caption="Aleppo")
        again = await bot.send_photo(amal.id, sent.photo[0].file_id)
        await bot.delete_message(amal.id, sent.message_id)
    assert shown.history == ["Idlib", "Aleppo"]
    assert shown.deleted
    await amal.see_deleted(shown)
    assert [message.message_id for message in amal.received] == [again.message_id]
    assert amal.received[0].photo == a_picture()


async def test_inline_queries_are_answered(botapi: BotApiServer) -> None:
    from telegram import InlineQueryResultArticle, InputTextMessageContent

    amal = botapi.person()
    asked = await amal.inline("idlib")
    async with Bot(botapi.token, base_url=botapi.url) as bot:
        (update,) = await bot.get_updates()
        assert update.inline_query is not None
        content = InputTextMessageContent("<b>Idlib</b>", parse_mode="HTML")
        await update.inline_query.answer([InlineQueryResultArticle("1", "Idlib", content)])
    (result,) = await amal.inline_results(asked)
    assert result["title"] == "Idlib"


async def test_silence_is_noticed(botapi: BotApiServer, application: Any) -> None:
    amal = botapi.person()
    await amal.sees_nothing(0.01)
    await amal.say("hello")
    with pytest.raises(AssertionError, match="You said hello"):
        await amal.sees_nothing(5)
    with pytest.raises(TimeoutError, match="Amal saw no edit"):
        await amal.see_edit(seconds=0.01)


async def test_another_picture_takes_the_place_of_the_first(botapi: BotApiServer) -> None:
    amal = botapi.person()
    async with Bot(botapi.token, base_url=botapi.url) as bot:
        sent = await bot.send_photo(amal.id, a_picture())
        larger = io.BytesIO()
        Image.new("RGB", (60, 20)).save(larger, "PNG")
        await bot.edit_message_media(InputMediaPhoto(larger.getvalue(), caption="again"), amal.id, sent.message_id)
        with pytest.raises(BadRequest, match=r"(?i)image_process_failed"):
            await bot.send_photo(amal.id, b"no picture")
    shown = await amal.see_edit()
    assert (shown.photo, shown.text) == (larger.getvalue(), "again")
    assert shown.edits[0].files == {"photo": a_picture()}
    assert [call.description for call in botapi.violations] == ["Bad Request: IMAGE_PROCESS_FAILED"]
    botapi.violations.clear()
