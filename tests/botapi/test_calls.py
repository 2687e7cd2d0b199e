"""Calls that are refused, and how."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import aiohttp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.botapi import spec
from tests.botapi.conftest import Ask
from tests.botapi.errors import ApiError
from tests.botapi.server import BotApiServer

KEY = {"text": "x", "callback_data": "x"}


@pytest.fixture
def expected(botapi: BotApiServer) -> Iterator[None]:
    """The violations of this test are meant: there must be some, and they do not fail it."""
    yield
    assert botapi.violations
    botapi.violations.clear()


@pytest.mark.usefixtures("expected")
@pytest.mark.parametrize(
    ("params", "description"),
    [
        ({"text": ""}, "message text is empty"),
        ({"text": " \n "}, "message text is empty"),
        ({}, "message text is empty"),
        ({"text": 5}, "text must be of type String"),
        ({"text": "x", "txet": 1}, 'method sendMessage has no parameter "txet"'),
        ({"text": "a" * 4097}, "message is too long"),
        ({"text": "💥" * 2049}, "message is too long"),
        (
            {"text": "<b>x", "parse_mode": "HTML"},
            "can't parse entities: Can't find end tag corresponding to start tag \"b\"",
        ),
        ({"text": "<h1>x</h1>", "parse_mode": "HTML"}, 'can\'t parse entities: Unsupported start tag "h1"'),
        ({"text": "x", "parse_mode": "BBCode"}, "unsupported parse_mode"),
        ({"text": "x", "entities": [{"type": "bold", "offset": 0, "length": 2}]}, "ends outside the text"),
        ({"text": "x", "link_preview_options": {"disabled": True}}, 'has no field "disabled"'),
        ({"text": "x", "disable_notification": "maybe"}, "must be of type Boolean"),
        ({"text": "x", "reply_markup": "{"}, "can't parse reply_markup JSON object"),
        ({"text": "x", "reply_markup": {"inline_keyboard": [[{"text": "x"}]]}}, "Text buttons are unallowed"),
        ({"text": "x", "reply_markup": {"inline_keyboard": [[{**KEY, "callback_data": "x" * 65}]]}}, "BUTTON_DATA"),
        ({"text": "x", "reply_markup": {"inline_keyboard": [[{**KEY, "callback_data": "ب" * 33}]]}}, "BUTTON_DATA"),
        ({"text": "x", "reply_markup": {"inline_keyboard": [[{"text": "x", "url": "not a url"}]]}}, "Wrong HTTP URL"),
        ({"text": "x", "reply_markup": {"inline_keyboard": [[KEY]] * 101}}, "reply markup is too long"),
        ({"text": "x", "reply_markup": {"inline_keyboard": [[KEY] * 9]}}, "row is too long"),
        ({"text": "x", "reply_markup": {"inline_keyboard": [[{**KEY, "color": "red"}]]}}, 'has no field "color"'),
    ],
)
async def test_malformed_sends(botapi: BotApiServer, ask: Ask, params: dict[str, Any], description: str) -> None:
    amal = botapi.person()
    status, body = await ask("sendMessage", chat_id=amal.id, **params)
    assert (status, body["ok"], body["error_code"]) == (400, False, 400)
    assert body["description"].startswith("Bad Request: ")
    assert description in body["description"]
    assert botapi.violations[0].description == body["description"]
    assert amal.messages == []


async def test_what_just_fits_is_sent(botapi: BotApiServer, ask: Ask) -> None:
    amal = botapi.person()
    keyboard = {"inline_keyboard": [[{"text": "x", "callback_data": "ب" * 32}] * 8] * 12}
    text = "<b>" + "💥" * 2048 + "</b>"
    status, body = await ask("sendMessage", chat_id=amal.id, text=text, parse_mode="HTML", reply_markup=keyboard)
    assert status == 200
    assert body["result"]["entities"] == [{"type": "bold", "offset": 0, "length": 4096}]


async def test_state_that_does_not_fit_is_no_violation(botapi: BotApiServer, ask: Ask) -> None:
    amal = botapi.person()
    _, sent = await ask("sendMessage", chat_id=amal.id, text="<b>x</b>", parse_mode="HTML")
    where = {"chat_id": amal.id, "message_id": sent["result"]["message_id"]}
    for method, params, description in (
        ("sendMessage", {"chat_id": 5, "text": "x"}, "chat not found"),
        ("editMessageText", {**where, "text": "<b>x</b>", "parse_mode": "HTML"}, "message is not modified"),
        ("editMessageReplyMarkup", where, "message is not modified"),
        ("editMessageText", {**where, "message_id": 99, "text": "x"}, "message to edit not found"),
        ("editMessageCaption", {**where, "caption": "x"}, "there is no caption"),
        ("deleteMessage", {**where, "message_id": 99}, "message to delete not found"),
        ("answerCallbackQuery", {"callback_query_id": "99"}, "query is too old"),
        ("getFile", {"file_id": "x"}, "wrong file_id"),
        ("getChatAdministrators", {"chat_id": amal.id}, "no administrators"),
    ):
        status, body = await ask(method, **params)
        assert status == 400, body
        assert description in body["description"]
    replied: dict[str, Any] = {"chat_id": amal.id, "text": "x", "reply_parameters": {"message_id": 99}}
    assert (await ask("sendMessage", **replied))[1]["description"] == "Bad Request: message to be replied not found"
    replied["reply_parameters"]["allow_sending_without_reply"] = True
    assert (await ask("sendMessage", **replied))[0] == 200


async def test_edits_change_what_is_seen_and_keep_what_was(botapi: BotApiServer, ask: Ask) -> None:
    amal = botapi.person()
    _, sent = await ask("sendMessage", chat_id=amal.id, text="x", reply_markup={"inline_keyboard": [[KEY]]})
    where = {"chat_id": amal.id, "message_id": sent["result"]["message_id"]}
    _, edited = await ask("editMessageReplyMarkup", **where, reply_markup={"inline_keyboard": []})
    assert "edit_date" not in edited["result"]
    _, edited = await ask("editMessageText", **where, text="y")
    assert edited["result"]["edit_date"] >= sent["result"]["date"]
    (message,) = amal.messages
    assert [version.content["text"] for version in message.edits] == ["x", "x"]
    assert [bool(version.reply_markup) for version in message.edits] == [True, False]
    assert message.history == ["x", "x", "y"]


@pytest.mark.usefixtures("expected")
async def test_callback_answers_are_bounded_and_given_once(botapi: BotApiServer, ask: Ask) -> None:
    amal = botapi.person()
    await ask("sendMessage", chat_id=amal.id, text="x", reply_markup={"inline_keyboard": [[KEY]]})
    asked = await amal.press("x")
    status, body = await ask("answerCallbackQuery", callback_query_id=asked.query_id, text="a" * 201)
    assert (status, body["description"]) == (400, "Bad Request: MESSAGE_TOO_LONG")
    assert (await ask("answerCallbackQuery", callback_query_id=asked.query_id, text="a" * 200))[0] == 200
    assert (await ask("answerCallbackQuery", callback_query_id=asked.query_id))[0] == 400
    assert amal.answers == ["a" * 200]


@pytest.mark.usefixtures("expected")
async def test_methods_and_tokens_that_do_not_exist(botapi: BotApiServer, ask: Ask) -> None:
    assert await ask("sendMesage") == (
        404,
        {"ok": False, "error_code": 404, "description": "Not Found: method not found"},
    )
    assert (await ask("SENDmessage", chat_id=botapi.person().id, text="x"))[0] == 200
    assert (await ask("getStickerSet", name="x"))[0] == 501
    async with aiohttp.ClientSession() as session:
        for path, status in (
            ("/bot1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/getMe", 401),
            ("/botx/getMe", 404),
            ("/", 404),
            ("/control", 404),
        ):
            async with session.get(botapi.root + path) as response:
                assert response.status == status


@pytest.mark.usefixtures("expected")
async def test_all_four_ways_to_pass_parameters(botapi: BotApiServer) -> None:
    amal = botapi.person()
    url = botapi.url + botapi.token + "/sendMessage"
    keyboard = json.dumps({"inline_keyboard": [[KEY]]})
    fields = {"chat_id": str(amal.id), "text": "ب & b", "reply_markup": keyboard, "protect_content": "true"}
    form = aiohttp.FormData(fields)
    form.add_field("unused", b"x", filename="x.txt")  # makes it multipart
    async with aiohttp.ClientSession() as session:
        for request in (
            session.get(url, params=fields),
            session.post(url, data=fields),
            session.post(url, data=form),
            session.post(url, json={**fields, "chat_id": amal.id, "protect_content": True}),
        ):
            async with request as response:
                assert response.status == 200, await response.text()
        for request in (
            session.post(url, data=b"{", headers={"Content-Type": "application/json"}),
            session.post(url, data=b"[]", headers={"Content-Type": "application/json"}),
            session.post(url, data=b"\xff", headers={"Content-Type": "application/x-www-form-urlencoded"}),
        ):
            async with request as response:
                assert response.status == 400
    assert [message.text for message in amal.messages] == ["ب & b"] * 4
    assert amal.messages[0].buttons == ["x"]


async def test_albums_forwards_copies_and_pins(botapi: BotApiServer, ask: Ask) -> None:
    amal, boran = botapi.person("Amal"), botapi.person("Boran")
    _, sent = await ask("sendMessage", chat_id=amal.id, text="<b>x</b>", parse_mode="HTML")
    source = {"chat_id": boran.id, "from_chat_id": amal.id, "message_id": sent["result"]["message_id"]}
    _, forwarded = await ask("forwardMessage", **source)
    assert forwarded["result"]["forward_origin"]["sender_user"]["is_bot"]
    assert (await ask("copyMessage", **source))[0] == 200
    assert [message.html for message in boran.received] == ["<b>x</b>", "<b>x</b>"]
    media = [{"type": "photo", "media": "https://example.org/1.png", "caption": "one"}] * 2
    _, album = await ask("sendMediaGroup", chat_id=amal.id, media=media)
    assert len({message["media_group_id"] for message in album["result"]}) == 1
    pin = {"chat_id": amal.id, "message_id": sent["result"]["message_id"]}
    assert (await ask("pinChatMessage", **pin))[0] == 200
    assert [message.pinned for message in amal.received] == [True, False, False]
    assert (await ask("unpinChatMessage", **pin))[0] == 200
    assert not any(message.pinned for message in amal.received)


async def test_the_bots_profile(botapi: BotApiServer, ask: Ask) -> None:
    commands = [{"command": "start", "description": "Begin"}]
    assert (await ask("setMyCommands", commands=commands, language_code="ar"))[0] == 200
    assert (await ask("getMyCommands", language_code="ar"))[1]["result"] == commands
    assert (await ask("getMyCommands"))[1]["result"] == []
    await ask("setMyDescription", description="What is known")
    assert (await ask("getMyDescription"))[1]["result"] == {"description": "What is known"}
    assert (await ask("getMe"))[1]["result"]["username"] == "sitrep_test_bot"


@pytest.mark.usefixtures("expected")
async def test_commands_are_checked(botapi: BotApiServer, ask: Ask) -> None:
    for command in ({"command": "Latest!", "description": "x"}, {"command": "latest", "description": ""}):
        assert (await ask("setMyCommands", commands=[command]))[0] == 400
    assert botapi.account.commands == {}


async def test_every_answer_keeps_to_the_specification(botapi: BotApiServer, ask: Ask) -> None:
    amal = botapi.person("Amal", username="amal", last_name="A.")
    channel = botapi.channel()
    for chat in (amal.id, channel.id):
        for method, params in (
            ("sendMessage", {"text": "<b>x</b> https://e.org /start", "parse_mode": "HTML"}),
            ("sendPhoto", {"photo": "https://example.org/1.png", "caption": "x"}),
            ("sendDocument", {"document": "https://example.org/1.csv"}),
            ("sendVoice", {"voice": "https://example.org/1.ogg"}),
            ("sendVideo", {"video": "https://example.org/1.mp4"}),
            ("sendLocation", {"latitude": 35, "longitude": 36.5}),
            ("sendVenue", {"latitude": 35, "longitude": 36.5, "title": "x", "address": "y"}),
            ("sendContact", {"phone_number": "+1", "first_name": "x"}),
            ("sendPoll", {"question": "x", "options": [{"text": "a"}, {"text": "b"}]}),
            ("sendDice", {}),
        ):
            status, body = await ask(method, chat_id=chat, **params)
            assert status == 200, body
            spec.load().check("Message", body["result"])
        spec.load().check("ChatFullInfo", (await ask("getChat", chat_id=chat))[1]["result"])
    spec.load().check("User", (await ask("getMe"))[1]["result"])
    spec.load().check("WebhookInfo", (await ask("getWebhookInfo"))[1]["result"])
    for member in (await ask("getChatAdministrators", chat_id=channel.id))[1]["result"]:
        spec.load().check("ChatMember", member)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_no_parameters_break_the_check(data: st.DataObject) -> None:
    known = spec.load()
    method = data.draw(st.sampled_from(sorted(known.methods)))
    names = st.sampled_from([*known.methods[method], "unknown"])
    raw = data.draw(st.dictionaries(names, JSON | st.text(max_size=10), max_size=4))
    refusal = None
    try:
        known.parameters(method, raw)
    except ApiError as error:
        refusal = error
    assert refusal is None or (refusal.status == 400 and refusal.violation)
    assert refusal is not None or set(raw) <= set(known.methods[method])


@pytest.mark.usefixtures("expected")
async def test_texts_that_are_no_text(botapi: BotApiServer, ask: Ask) -> None:
    amal = botapi.person()
    for text in ("a\x00b", "a\ud800b", "\udfff."):
        status, body = await ask("sendMessage", chat_id=amal.id, text=text)
        assert (status, body["description"]) == (400, "Bad Request: strings must be encoded in UTF-8")
    assert amal.received == []
