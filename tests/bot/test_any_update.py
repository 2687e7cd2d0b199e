"""Any update, well-formed or damaged: nothing unhandled, nothing said to those who did not ask, in bounded time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from telegram import Bot, User

from bot.app import build_application
from bot.intake import coarsened, number_of, read_update
from bot.ordering import chat_of
from bot.settings import load_settings
from tests.botapi.server import TOKEN, BotApiServer
from tests.botapi.strategies import damaged_updates, kinds, updates
from tests.handlers.fakes import FakeConversation
from tests.handlers.running import bot_at, catalog

UPDATES = st.one_of(updates(), updates("message"), updates("callback_query"), updates("edited_message"))
BATCH = st.lists(st.one_of(UPDATES, damaged_updates()), min_size=1, max_size=25)
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture]


class Recorder(logging.Handler):
    """Keeps what python-telegram-bot or asyncio could only log: an error that nobody handled."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.entries: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.startswith(("telegram", "asyncio")):
            self.entries.append(self.format(record))


@pytest.fixture
def unhandled() -> Iterator[list[str]]:
    """What was logged as unhandled meanwhile."""
    recorder = Recorder()
    logging.getLogger().addHandler(recorder)
    yield recorder.entries
    logging.getLogger().removeHandler(recorder)


@cache
def reading_bot() -> Bot:
    """A bot that is never asked to do anything."""
    return Bot(TOKEN)


@settings(max_examples=150, deadline=None, suppress_health_check=SLOW)
@given(st.one_of(UPDATES, damaged_updates()), st.integers(1, 2**40))
def test_reading_never_raises_and_what_is_read_can_be_ordered(update: dict[str, Any], number: int) -> None:
    item = {**update, "update_id": number}
    assert number_of(item) == number
    read = read_update(item, reading_bot())
    if read is not None:
        hash(chat_of(read[0]))
        assert read[0].update_id == number


@settings(max_examples=100, deadline=None, suppress_health_check=SLOW)
@given(updates("message"), st.floats(-90, 90), st.floats(-180, 180))
def test_no_exact_place_gets_past_reading(update: dict[str, Any], latitude: float, longitude: float) -> None:
    place = {"latitude": latitude, "longitude": longitude, "horizontal_accuracy": 1.0}
    update["message"]["reply_to_message"] = {"venue": {"location": place, "title": "Home", "address": "Main street 1"}}
    update["message"]["location"] = place
    coarse = coarsened(update)["message"]
    assert abs(coarse["location"]["latitude"] - latitude) <= 0.0501
    assert coarse["location"].keys() == {"latitude", "longitude"}
    assert round(coarse["location"]["latitude"] * 100) % 10 == 5
    assert "Main" not in str(coarse["reply_to_message"])


async def _answer_all(batch: list[dict[str, Any]]) -> list[str]:
    """Feed a batch to a running bot, then ask a question: it must be answered. What the bot called."""
    async with BotApiServer(strict=False) as server:
        amal = server.person("Amal")
        async with bot_at(server) as running:
            for update in batch:
                kind = next(iter(update))
                server.updates.push_raw({kind: update[kind]}, check=False)
            await amal.say("latest")
            async with asyncio.timeout(10):
                await amal.see()
                await running.poller.drained()
        assert running.task.result() == 0
        return [call.method for call in server.calls]


@settings(max_examples=12, deadline=None, suppress_health_check=SLOW)
@given(batch=BATCH)
def test_a_running_bot_survives_any_batch(batch: list[dict[str, Any]], unhandled: list[str]) -> None:
    # A loop of its own for each example; hypothesis knows no others.
    asyncio.run(_answer_all([update for update in batch if update]))
    assert unhandled == []


def outsider(update: dict[str, Any], chat: dict[str, Any], sender: dict[str, Any]) -> dict[str, Any]:
    """The update as one from this chat, by this sender, answering nobody and naming nobody."""
    message = update.get("message") or update.get("edited_message") or update.get("channel_post")
    if isinstance(message, dict):
        for field in ("reply_to_message", "entities", "caption_entities", "via_bot", "sender_chat", "from"):
            message.pop(field, None)
        for field in ("text", "caption"):
            if str(message.get(field, "")).startswith("/"):
                message[field] = "latest in Idlib"
        message.update({"chat": chat, **sender})
        message.pop("migrate_to_chat_id", None)
        message.pop("migrate_from_chat_id", None)
    return update


GROUP = {"id": -100_200, "type": "supergroup", "title": "Group"}
CHANNEL = {"id": -100_300, "type": "channel", "title": "Channel"}
PERSON = {"from": {"id": 77, "is_bot": False, "first_name": "Somebody"}}
BOT = {"from": {"id": 78, "is_bot": True, "first_name": "Robot"}}
NOISE = st.one_of(
    st.builds(outsider, updates("message"), st.just(GROUP), st.sampled_from([PERSON, BOT])),
    st.builds(outsider, updates("edited_message"), st.just(GROUP), st.sampled_from([PERSON, BOT])),
    st.builds(outsider, updates("channel_post"), st.just(CHANNEL), st.just({"sender_chat": CHANNEL})),
    st.builds(outsider, updates("message"), st.just({"id": 78, "type": "private"}), st.just(BOT)),
    st.builds(outsider, updates("message"), st.just(GROUP), st.just({"sender_chat": CHANNEL, **BOT})),
    *(updates(kind) for kind in kinds() if kind not in ("message", "edited_message", "channel_post", "callback_query")),
)


class Silent:
    """Stands for the transport: remembers what the bot wanted to send."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    async def __call__(self, endpoint: str, data: dict[str, Any], **_: Any) -> bool:
        self.calls.append(endpoint)
        return True


@settings(max_examples=60, deadline=None, suppress_health_check=SLOW)
@given(noise=st.lists(NOISE, min_size=1, max_size=10))
def test_nothing_is_said_to_those_who_did_not_ask(noise: list[dict[str, Any]], unhandled: list[str]) -> None:
    conversation = FakeConversation()
    given_settings = load_settings(None, TELEGRAM_TOKEN=TOKEN, TELEGRAM_API_URL="http://127.0.0.1:9")
    application, _ = build_application(given_settings, conversation, catalog())
    said = Silent()

    async def feed() -> None:
        with application.bot._unfrozen():
            application.bot._post = said  # type: ignore[method-assign, assignment]
            application.bot._bot_user = _me(application.bot)
        application._initialized = True
        for number, update in enumerate(noise, 1):
            read = read_update({**update, "update_id": number}, application.bot)
            if read is not None:
                async with asyncio.timeout(5):
                    await application.process_update(read[0])

    asyncio.run(feed())
    assert said.calls == []
    assert conversation.asked == []
    assert unhandled == []


def _me(bot: Bot) -> Any:
    return User(int(TOKEN.partition(":")[0]), "Sitrep", True, username="sitrep_test_bot")
