"""Long polling and webhooks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from tests.botapi.conftest import Ask
from tests.botapi.server import BotApiServer
from tests.botapi.spec import MismatchError
from tests.botapi.updates import Updates

Answer = Callable[[dict[str, Any]], web.Response]


async def texts(ask: Ask, **params: Any) -> list[str]:
    _, body = await ask("getUpdates", **params)
    return [update["message"]["text"] for update in body["result"]]


async def test_updates_stay_until_confirmed(botapi: BotApiServer, ask: Ask) -> None:
    amal = botapi.person()
    for text in ("a", "b", "c", "d"):
        await amal.say(text)
    assert await texts(ask, limit=2) == ["a", "b"]
    assert await texts(ask) == ["a", "b", "c", "d"]
    assert await texts(ask, offset=3) == ["c", "d"]
    assert await texts(ask, offset=-1) == ["d"]
    assert await texts(ask, offset=5) == []
    await botapi.taken(4)


async def test_a_long_poll_ends_when_somebody_speaks(botapi: BotApiServer, ask: Ask) -> None:
    amal = botapi.person()
    poll = asyncio.create_task(texts(ask, timeout=30))
    await asyncio.sleep(0)
    await amal.say("now")
    assert await poll == ["now"]


async def test_a_second_poller_ends_the_first(botapi: BotApiServer, ask: Ask) -> None:
    first = asyncio.create_task(ask("getUpdates", timeout=30))
    await botapi.begun("getUpdates")
    second = asyncio.create_task(ask("getUpdates", timeout=30))
    status, body = await first
    assert status == 409
    assert "terminated by other getUpdates request" in body["description"]
    await botapi.person().say("x")
    assert (await second)[0] == 200


async def test_only_asked_for_kinds_arrive(botapi: BotApiServer, ask: Ask) -> None:
    amal = botapi.person()
    await ask("getUpdates", allowed_updates=["message"])
    said = await amal.say("x")
    await amal.edit(said, "y")
    assert await texts(ask) == ["x"]
    await ask("getUpdates", allowed_updates=[])
    await amal.react(said, "👍")
    assert [wanted for _, wanted in botapi.updates.made.items] == [True, False, False]
    await ask("getUpdates", allowed_updates=["message_reaction"])
    await amal.react(said, "")
    assert botapi.updates.made.items[-1][1]


async def test_telegram_may_be_away_for_a_while(botapi: BotApiServer, ask: Ask) -> None:
    poll = asyncio.create_task(ask("getUpdates", timeout=30))
    await botapi.begun("getUpdates")
    port = botapi.port
    await botapi.stop()
    assert await poll == (200, {"ok": True, "result": []})
    await botapi.person().say("x")
    await botapi.start()
    assert botapi.port == port
    assert await texts(ask) == ["x"]


async def test_our_own_updates_keep_to_the_specification(botapi: BotApiServer) -> None:
    with pytest.raises(MismatchError, match="lacks the field"):
        botapi.updates.push("message", {"text": "x"})
    hostile = {"message": {"text": 5}, "unheard_of": []}
    botapi.updates.allow(["message"])
    number = botapi.updates.push_raw(hostile, check=False)
    assert botapi.updates.pending[0] == {"update_id": number, **hostile}


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3))))
def test_each_update_is_confirmed_once_and_in_order(steps: list[tuple[int, int]]) -> None:
    updates = Updates()
    for pushed, confirmed in steps:
        for _ in range(pushed):
            updates.push_raw({"poll": {}}, check=False)
        if updates.pending:
            updates.confirm(updates.pending[0]["update_id"] + confirmed)
    seen = updates.confirmed.items + [update["update_id"] for update in updates.pending]
    assert seen == list(range(1, len(seen) + 1))


class Receiver:
    """The bot's own endpoint: keeps what came, answers as the test says."""

    def __init__(self) -> None:
        self.came: asyncio.Queue[tuple[dict[str, Any], str | None]] = asyncio.Queue()
        self.answer: Answer = lambda update: web.Response()
        self.url = ""
        self._runner: web.ServerRunner | None = None

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        update = await request.json()
        self.came.put_nowait((update, request.headers.get("X-Telegram-Bot-Api-Secret-Token")))
        return self.answer(update)

    async def __aenter__(self) -> Receiver:
        self._runner = web.ServerRunner(web.Server(self._handle), shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/hook"
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def next(self) -> tuple[dict[str, Any], str | None]:
        return await asyncio.wait_for(self.came.get(), 5)


async def test_a_webhook_gets_updates_with_its_secret(botapi: BotApiServer, ask: Ask) -> None:
    amal = botapi.person()
    await amal.say("before")
    async with Receiver() as receiver:
        status, body = await ask("setWebhook", url=receiver.url, secret_token="s-1")
        assert (status, body["result"]) == (200, True)
        await amal.say("after")
        first, second = await receiver.next(), await receiver.next()
        assert [update["message"]["text"] for update, _ in (first, second)] == ["before", "after"]
        assert {secret for _, secret in (first, second)} == {"s-1"}
        await botapi.taken(amal.last_update_id)
        assert (await ask("getUpdates"))[0] == 409
        assert (await ask("getWebhookInfo"))[1]["result"]["pending_update_count"] == 0
        await ask("deleteWebhook")
        await amal.say("polled")
        assert await texts(ask) == ["polled"]


async def test_a_failing_webhook_is_tried_again_in_order(botapi: BotApiServer, ask: Ask) -> None:
    amal, boran = botapi.person("Amal"), botapi.person("Boran")
    refusals = iter([500, 503, 500])

    def answer(update: dict[str, Any]) -> web.Response:
        mine = update["message"]["from"]["id"] == amal.id
        return web.Response(status=next(refusals, 200) if mine else 200)

    async with Receiver() as receiver:
        receiver.answer = answer
        await ask("setWebhook", url=receiver.url)
        await amal.say("first")
        await amal.say("second")
        await boran.say("other chat")
        await botapi.taken(3)
        while botapi.updates.pending:
            await botapi.updates.arrival(1)
        came = [receiver.came.get_nowait()[0]["message"]["text"] for _ in range(receiver.came.qsize())]
    assert [text for text in came if text != "other chat"] == ["first"] * 4 + ["second"]
    # Another chat does not wait for the failing one.
    assert came.index("other chat") < 3
    info = (await ask("getWebhookInfo"))[1]["result"]
    assert info["last_error_message"] == "Wrong response from the webhook: 500 Internal Server Error"


async def test_a_method_in_the_answer_is_carried_out(botapi: BotApiServer, ask: Ask) -> None:
    amal = botapi.person()
    async with Receiver() as receiver:
        receiver.answer = lambda update: web.json_response(
            {"method": "sendMessage", "chat_id": update["message"]["chat"]["id"], "text": "here"}
        )
        await ask("setWebhook", url=receiver.url)
        await amal.say("x")
        assert (await amal.see()).text == "here"


async def test_bad_webhooks_are_refused(botapi: BotApiServer, ask: Ask) -> None:
    for params in (
        {"url": "http://example.org/hook"},
        {"url": "https://example.org/hook", "secret_token": "a b"},
        {"url": "https://example.org/hook", "max_connections": 101},
    ):
        assert (await ask("setWebhook", **params))[0] == 400
    assert len(botapi.violations) == 3
    botapi.violations.clear()
    assert (await ask("setWebhook", url=""))[0] == 200


async def test_a_webhook_goes_on_after_telegram_was_away(botapi: BotApiServer, ask: Ask) -> None:
    amal = botapi.person()
    async with Receiver() as receiver:
        receiver.answer = lambda update: web.Response(status=500)
        await ask("setWebhook", url=receiver.url)
        await amal.say("x")
        await receiver.next()
        await botapi.stop()
        receiver.answer = lambda update: web.json_response({"method": "deleteWebhook"})
        await botapi.start()
        await botapi.taken(amal.last_update_id)
        await botapi.called("deleteWebhook")
    assert (await ask("getWebhookInfo"))[1]["result"]["url"] == ""


async def test_an_update_may_come_twice(botapi: BotApiServer, ask: Ask) -> None:
    amal = botapi.person()
    await amal.say("x")
    botapi.updates.push_raw(botapi.updates.pending[0])
    assert await texts(ask) == ["x", "x"]
    assert await texts(ask, offset=2) == []


async def test_a_poller_that_hung_up_is_forgotten(botapi: BotApiServer, ask: Ask) -> None:
    poll = asyncio.create_task(ask("getUpdates", timeout=30))
    await botapi.begun("getUpdates")
    poll.cancel()
    await asyncio.wait([poll])
    await botapi.updates.hung_up.wait(0, bool, 5)
    assert await texts(ask) == []
    assert botapi.stats.refused == {}
