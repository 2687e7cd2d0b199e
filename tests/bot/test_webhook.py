"""The webhook: who may post, what is refused, what is recorded, and that nothing is lost, doubled or out of order."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot import webhook as webhook_module
from bot.settings import load_settings
from bot.webhook import secret_for
from conflict.errors import DatabaseAwayError, SettingsError
from storage import Storage, Unit, open_storage
from storage.inbox import Arrival
from tests.bot.hooked import hook, hooked, message, until
from tests.botapi.server import BotApiServer
from tests.handlers.fakes import FakeConversation

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)


@pytest.fixture
def sqlite(tmp_path: Path, migrated_file: Path) -> Iterator[Storage]:
    """A SQLite database."""
    path = tmp_path / "sitrep.db"
    path.write_bytes(migrated_file.read_bytes())
    opened = open_storage(f"sqlite:///{path}")
    yield opened
    opened.close()


async def until_empty(storage: Storage) -> None:
    """Wait until every recorded update is struck out."""
    await until(lambda: waiting(storage) == 0)


def waiting(storage: Storage) -> int:
    with storage.begin() as unit:
        return unit.inbox.count()


def leave(storage: Storage, *updates: dict[str, Any], attempts: int = 0, holder: str = "dead") -> None:
    """Record updates as a process does that dies before it has handled them."""
    with storage.begin(write=True) as unit:
        arrivals = [Arrival(one["update_id"], str(one["message"]["chat"]["id"]), one) for one in updates]
        unit.inbox.record(arrivals, holder, NOW)
        for one in updates:
            for _ in range(attempts):
                unit.inbox.begin_anew(one["update_id"])


async def test_questions_are_answered_and_struck_out(botapi: BotApiServer, storage: Storage) -> None:
    amal, badr = botapi.person("Amal"), botapi.person("Badr")
    async with hooked(botapi, storage) as bot:
        for person in (amal, badr):
            await person.say("latest in Idlib")
        for person in (amal, badr):
            assert "Idlib" in (await person.see()).text
        await until_empty(storage)
    asked = botapi.calls_of("setWebhook")[0].params
    assert asked["secret_token"] == secret_for(botapi.token)
    assert set(asked["allowed_updates"]) >= {"message", "edited_message", "callback_query"}
    assert botapi.token not in asked["secret_token"]
    assert len(bot.conversation.asked) == 2


async def test_only_who_knows_the_secret_may_post(botapi: BotApiServer, sqlite: Storage) -> None:
    async with hooked(botapi, sqlite) as bot:
        for secret in (None, "wrong", "wröng", secret_for(botapi.token)[:-1]):
            assert (await bot.post(message(1, "latest"), secret=secret))[0] == 401
        assert waiting(sqlite) == 0
    assert bot.conversation.asked == []


async def test_what_is_no_update_is_refused_and_harms_nobody(botapi: BotApiServer, sqlite: Storage) -> None:
    amal = botapi.person("Amal")
    async with hooked(botapi, sqlite) as bot:
        for raw in (b"", b"{", b"[]", b"null", b'{"update_id": "1"}', b'{"update_id": true}', b"[" * 100_000, b"\xff"):
            assert (await bot.post(None, raw=raw))[0] == 400
        assert (await bot.post(None, raw=b'{"update_id": 1, "x": "' + b"x" * 1_100_000 + b'"}'))[0] == 413
        nested: Any = None
        for _ in range(200):
            nested = {"x": nested}
        for number, part in enumerate(({"message_id": "nonsense"}, nested, 7, []), 500):
            assert (await bot.post({"update_id": number, "message": part}))[0] == 200
        await amal.say("latest")
        await amal.see()


async def test_an_update_that_comes_again_is_handled_once(botapi: BotApiServer, storage: Storage) -> None:
    amal = botapi.person("Amal")
    again = message(900_000, "latest", amal.id)
    async with hooked(botapi, storage) as bot:
        statuses = [(await bot.post(again))[0] for _ in range(3)]
        await amal.see()
        await until_empty(storage)
    assert statuses == [200, 200, 200]
    async with hooked(botapi, storage, conversation=bot.conversation) as restarted:
        assert (await restarted.post(again))[0] == 200
        await amal.say("/privacy")
        await amal.see()
    assert bot.conversation.asked == ["latest"]


async def test_too_much_at_once_is_asked_to_come_later(
    botapi: BotApiServer, sqlite: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook_module, "MAX_WAITING", 4)
    monkeypatch.setattr(webhook_module, "MAX_OF_ONE_CHAT", 2)
    people = [botapi.person(f"Person {number}") for number in range(4)]
    async with hooked(botapi, sqlite) as bot:
        one = [await bot.post(message(n, "wait", people[0].id)) for n in (11, 12, 13)]
        assert [status for status, _ in one] == [200, 200, 503]
        assert int(one[2][1] or 0) >= 1
        rest = [await bot.post(message(20 + n, "wait", person.id)) for n, person in enumerate(people[1:])]
        assert [status for status, _ in rest] == [200, 200, 503]
        assert waiting(sqlite) == 4
        bot.conversation.gate.set()
        await until_empty(sqlite)
        assert (await bot.post(message(13, "wait", people[0].id)))[0] == 200


class Away:
    """A database that can be away."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self.away = False

    @contextmanager
    def begin(self, write: bool = False) -> Iterator[Unit]:
        if self.away:
            raise DatabaseAwayError("away for a test")
        with self._storage.begin(write) as unit:
            yield unit

    def __getattr__(self, name: str) -> Any:
        return getattr(self._storage, name)


async def test_while_the_database_is_away_nothing_is_acknowledged(botapi: BotApiServer, sqlite: Storage) -> None:
    amal = botapi.person("Amal")
    away = Away(sqlite)
    async with hooked(botapi, away) as bot:  # type: ignore[arg-type]
        away.away = True
        status, later = await bot.post(message(77, "latest", amal.id))
        assert (status, int(later or 0)) == (503, 5)
        away.away = False
        assert (await bot.post(message(77, "latest", amal.id)))[0] == 200
        await amal.see()
        await until_empty(sqlite)
    assert bot.conversation.asked == ["latest"]


async def test_a_stop_finishes_what_is_under_way_and_takes_nothing_new(botapi: BotApiServer, sqlite: Storage) -> None:
    amal = botapi.person("Amal")
    bot = hook(botapi, sqlite)
    await bot.ready()
    assert (await bot.post(message(1, "wait", amal.id)))[0] == 200
    await bot.conversation.heard(1)
    bot.stop.set()
    await until(lambda: not bot.intake.alive(0)[0])
    assert (await bot.post(message(2, "latest", amal.id)))[0] == 503
    bot.conversation.gate.set()
    assert await bot.ended() == 0
    assert len(amal.received) == 1
    assert waiting(sqlite) == 0
    assert botapi.calls_of("deleteWebhook") == []


async def test_what_a_stop_cut_off_is_handled_by_the_next_run(botapi: BotApiServer, storage: Storage) -> None:
    amal = botapi.person("Amal")
    stuck = hook(botapi, storage, stop=0.05)
    await stuck.ready()
    for number in (1, 2):
        await stuck.post(message(number, f"wait {number}", amal.id))
    await stuck.conversation.heard(1)
    assert await stuck.ended() == 0
    assert (amal.received, waiting(storage)) == ([], 2)
    conversation = FakeConversation()
    conversation.gate.set()
    async with hooked(botapi, storage, conversation=conversation) as bot:
        await bot.post(message(3, "latest 3", amal.id))
        for _ in range(3):
            await amal.see()
        await until_empty(storage)
    assert conversation.asked == ["wait 1", "wait 2", "latest 3"]


async def test_what_the_process_dies_of_is_set_aside_and_the_others_are_handled(
    botapi: BotApiServer, storage: Storage, caplog: pytest.LogCaptureFixture
) -> None:
    amal = botapi.person("Amal")
    leave(storage, message(1, "latest 1", amal.id))
    leave(storage, message(2, "latest deadly", amal.id), attempts=3)
    leave(storage, message(3, "latest 3", amal.id), attempts=2)
    async with hooked(botapi, storage) as bot:
        await amal.see()
        await amal.see()
        await until_empty(storage)
    assert bot.conversation.asked == ["latest 1", "latest 3"]
    assert "Message 2" in caplog.text
    assert "deadly" not in caplog.text
    with storage.begin() as unit:
        assert unit.inbox.count(aside=True) == 1
    with storage.begin(write=True) as unit:
        unit.inbox.prune(NOW + timedelta(days=8))
        assert unit.inbox.count(aside=True) == 0


async def test_a_left_over_update_is_noted_before_it_is_begun(botapi: BotApiServer, sqlite: Storage) -> None:
    amal = botapi.person("Amal")
    leave(sqlite, message(1, "wait 1", amal.id), message(2, "latest 2", amal.id))
    bot = hook(botapi, sqlite, stop=0.05)
    await bot.conversation.heard(1)
    with sqlite.begin() as unit:
        kept = unit.inbox.held_by(bot.intake._journal.holder)  # type: ignore[union-attr]
    assert [(one.update_id, one.attempts) for one in kept] == [(1, 1), (2, 1)]
    await bot.ended()


async def test_what_was_under_way_when_a_process_died_is_begun_alone(botapi: BotApiServer, sqlite: Storage) -> None:
    amal, badr = botapi.person("Amal"), botapi.person("Badr")
    leave(sqlite, message(1, "wait 1", amal.id), message(2, "latest 2", badr.id), attempts=1)
    bot = hook(botapi, sqlite, stop=0.05)
    await bot.conversation.heard(1)
    with sqlite.begin() as unit:
        kept = unit.inbox.held_by(bot.intake._journal.holder)  # type: ignore[union-attr]
    assert [(one.update_id, one.attempts) for one in kept] == [(1, 2), (2, 1)]
    await bot.ended()


async def test_many_left_by_many_are_handled_together(botapi: BotApiServer, sqlite: Storage) -> None:
    people = [botapi.person(f"Person {number}") for number in range(20)]
    leave(sqlite, *(message(number, f"wait {number}", who.id) for number, who in enumerate(people, 1)))
    async with hooked(botapi, sqlite) as bot:
        await bot.conversation.heard(20)  # all of them, while none is answered
        bot.conversation.gate.set()
        await until_empty(sqlite)


async def test_a_polling_run_killed_in_a_flood_loses_nothing(botapi: BotApiServer, sqlite: Storage) -> None:
    amal, badr = botapi.person("Amal"), botapi.person("Badr")
    for number in range(130):
        await amal.say(f"wait {number}")
    await badr.say("wait for Badr")  # behind all of them
    first = hook(botapi, sqlite, SITREP_WEBHOOK_URL=None)
    await first.conversation.heard(2)
    await until(lambda: waiting(sqlite) >= 100)
    first.task.cancel()  # as a kill: nothing is finished
    await asyncio.gather(first.task, return_exceptions=True)
    conversation = FakeConversation()
    conversation.gate.set()
    async with hooked(botapi, sqlite, SITREP_WEBHOOK_URL=None, conversation=conversation):
        for _ in range(130):
            await amal.see()
        await badr.see()
        await until_empty(sqlite)
    mine = [text for text in conversation.asked if "Badr" not in text]
    assert list(dict.fromkeys(mine)) == [f"wait {number}" for number in range(130)]


async def test_back_to_polling_what_the_webhook_left_is_handled(botapi: BotApiServer, sqlite: Storage) -> None:
    amal = botapi.person("Amal")
    leave(sqlite, message(900, "latest 1", amal.id))
    async with hooked(botapi, sqlite, SITREP_WEBHOOK_URL=None) as bot:
        await amal.see()
        await amal.say("latest 2")
        await amal.see()
        await until_empty(sqlite)
    assert bot.intake.way == "polling"
    assert len(botapi.calls_of("deleteWebhook")) == 1
    assert bot.conversation.asked == ["latest 1", "latest 2"]


async def test_two_processes_handle_each_update_once_and_a_chat_in_order(
    botapi: BotApiServer, storage_url: str
) -> None:
    if not storage_url.startswith("postgresql"):
        pytest.skip("several processes share PostgreSQL only")
    people = [botapi.person(f"Person {number}") for number in range(10)]
    stores = [open_storage(storage_url) for _ in range(2)]
    conversation = FakeConversation()
    first = hook(botapi, stores[0], conversation)
    await first.ready()
    second = hook(botapi, stores[1], conversation)
    await second.ready()
    try:
        assert (await first.post(message(1, "wait 1", people[0].id)))[0] == 200
        await conversation.heard(1)
        assert (await second.post(message(2, "latest 2", people[0].id)))[0] == 200  # the first has this chat in hand
        for number, person in enumerate(people[1:], 10):
            both = [bot.post(message(number, f"latest {number}", person.id)) for bot in (first, second)]
            assert {status for status, _ in await asyncio.gather(*both)} == {200}
        for person in people[1:]:
            await person.see()
        assert people[0].received == []
        conversation.gate.set()
        for _ in range(2):
            await people[0].see()
        await until_empty(stores[0])
    finally:
        conversation.gate.set()
        await asyncio.gather(first.ended(), second.ended())
        for store in stores:
            store.close()
    assert sorted(conversation.asked) == sorted(
        ["wait 1", "latest 2", *(f"latest {number}" for number in range(10, 19))]
    )
    assert conversation.asked.index("wait 1") < conversation.asked.index("latest 2")


async def test_nobodys_exact_place_is_recorded(botapi: BotApiServer, sqlite: Storage) -> None:
    amal = botapi.person("Amal")
    async with hooked(botapi, sqlite) as bot:
        await bot.post(message(1, "wait", amal.id))
        await bot.conversation.heard(1)
        update = message(2, "", amal.id)
        del update["message"]["text"]
        update["message"]["location"] = {"latitude": 35.93071, "longitude": 36.63391, "horizontal_accuracy": 3.0}
        await bot.post(update)
        with sqlite.begin() as unit:
            kept = unit.inbox.held_by(bot.intake._journal.holder)  # type: ignore[union-attr]
        assert kept[-1].body["message"]["location"] == {"latitude": 35.95, "longitude": 36.65}
        bot.conversation.gate.set()


async def test_a_webhook_that_was_taken_away_is_set_again(
    botapi: BotApiServer, sqlite: Storage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(webhook_module, "LOOK", 0.05)
    amal = botapi.person("Amal")
    botapi.fail("setWebhook", 502)
    async with hooked(botapi, sqlite) as bot:
        await bot.application.bot.delete_webhook()
        await amal.say("latest")
        await amal.see()
    assert "took our webhook away" in caplog.text


async def test_an_address_in_use_or_refused_is_one_sentence(
    botapi: BotApiServer, sqlite: Storage, caplog: pytest.LogCaptureFixture
) -> None:
    async with hooked(botapi, sqlite) as bot:
        other = hook(botapi, sqlite, SITREP_WEBHOOK_LISTEN=f"127.0.0.1:{bot.port}")
        async with asyncio.timeout(5):
            assert await other.task == 2
    assert "SITREP_WEBHOOK_LISTEN" in caplog.text
    botapi.fail("setWebhook", 400)
    async with asyncio.timeout(5):
        assert await hook(botapi, sqlite).task == 2
    assert "SITREP_WEBHOOK_URL" in caplog.text
    assert all(record.exc_info is None for record in caplog.records if record.levelno >= logging.ERROR)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SITREP_WEBHOOK_URL", "http://example.org/hook"),
        ("SITREP_WEBHOOK_URL", "https://user:secret@example.org/"),
        ("SITREP_WEBHOOK_LISTEN", "8080"),
        ("SITREP_WEBHOOK_LISTEN", "::1:8080"),
        ("SITREP_WEBHOOK_SECRET", "short"),
        ("SITREP_WEBHOOK_SECRET", "with spaces and more of them"),
        ("SITREP_HEALTH_LISTEN", "localhost:99999"),
        ("SITREP_MESSAGES_PER_SECOND", "0"),
    ],
)
def test_settings_that_cannot_work_are_refused(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"{name} must"):
        load_settings(None, **{name: value})
