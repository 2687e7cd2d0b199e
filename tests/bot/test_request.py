"""Calls to the Bot API over real HTTP on loopback: what failed, and whether it may have arrived."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from telegram import Bot
from telegram.error import BadRequest, InvalidToken, NetworkError, RetryAfter, TimedOut

from bot.request import AiohttpRequest, NotSentError, surely_not_sent

TOKEN = "123456789:AAabcdefghijklmnopqrstuvwxyz0123456"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def serving(handler: Handler, **options: float) -> AsyncIterator[Bot]:
    app = web.Application(client_max_size=10_000_000)
    app.router.add_route("*", "/{tail:.*}", handler)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    request = AiohttpRequest(**options)  # type: ignore[arg-type]
    await request.initialize()
    bot = Bot(TOKEN, base_url=f"http://127.0.0.1:{port}/bot", request=request, get_updates_request=AiohttpRequest())
    try:
        yield bot
    finally:
        await request.shutdown()
        await runner.cleanup()


def ok(result: object) -> web.Response:
    return web.json_response({"ok": True, "result": result})


def message(text: str = "x") -> dict[str, object]:
    return {"message_id": 1, "date": 0, "chat": {"id": 5, "type": "private"}, "text": text}


async def test_a_message_arrives_as_it_was_sent() -> None:
    seen: dict[str, str] = {}

    async def handler(request: web.Request) -> web.Response:
        seen.update(await request.json())
        return ok({**message(), "reply_markup": "whatever Telegram says of it"})

    async with serving(handler) as bot:
        sent = await bot.send_message(5, "قتلى & <b>é</b>", parse_mode="HTML", message_thread_id=3)
    assert sent.message_id == 1
    assert seen["text"] == "قتلى & <b>é</b>"
    assert seen["message_thread_id"] == "3"


async def test_a_picture_arrives_whole() -> None:
    picture = bytes(range(256)) * 40
    got: list[tuple[bytes, str, str]] = []

    async def handler(request: web.Request) -> web.Response:
        form = await request.post()
        field = form["photo"]
        assert isinstance(field, web.FileField)
        got.append((field.file.read(), field.filename, str(form["caption"])))
        return ok(message())

    async with serving(handler) as bot:
        await bot.send_photo(5, picture, caption="خريطة", filename="map.png")
    assert got == [(picture, "map.png", "خريطة")]


async def test_no_server_is_surely_not_sent_and_shows_no_token() -> None:
    request = AiohttpRequest()
    await request.initialize()
    bot = Bot(TOKEN, base_url="http://127.0.0.1:1/bot", request=request, get_updates_request=AiohttpRequest())
    with pytest.raises(NotSentError) as caught:
        await bot.send_message(5, "x")
    await request.shutdown()
    assert surely_not_sent(caught.value)
    assert TOKEN not in str(caught.value)
    assert caught.value.__cause__ is None


async def test_silence_after_the_call_is_perhaps_sent() -> None:
    gate = asyncio.Event()

    async def handler(request: web.Request) -> web.Response:
        await gate.wait()
        return ok(True)

    async with serving(handler, read_timeout=0.05) as bot:
        with pytest.raises(TimedOut) as caught:
            await bot.send_message(5, "x")
        gate.set()
    assert not surely_not_sent(caught.value)


async def test_a_connection_dropped_after_the_call_is_perhaps_sent() -> None:
    async def handler(request: web.Request) -> web.Response:
        await request.read()
        assert request.transport is not None
        request.transport.close()
        return ok(True)

    async with serving(handler) as bot:
        with pytest.raises(NetworkError) as caught:
            await bot.send_message(5, "x")
    assert not surely_not_sent(caught.value)
    assert not isinstance(caught.value, BadRequest)
    assert TOKEN not in str(caught.value)


async def test_an_endless_answer_is_cut_off() -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(64):
            await response.write(b" " * 65536)
        return response

    async with serving(handler, max_bytes=100_000) as bot:
        with pytest.raises(NetworkError, match="larger than 100000 bytes"):
            await bot.send_message(5, "x")


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (401, {"ok": False, "description": "Unauthorized"}, InvalidToken),
        (400, {"ok": False, "description": "Bad Request: chat not found"}, BadRequest),
        (429, {"ok": False, "description": "Too Many Requests", "parameters": {"retry_after": 3}}, RetryAfter),
        (502, {"ok": False}, NetworkError),
    ],
)
async def test_refusals_become_the_librarys_errors(status: int, body: object, error: type[Exception]) -> None:
    async def handler(request: web.Request) -> web.Response:
        return web.json_response(body, status=status)

    async with serving(handler) as bot:
        with pytest.raises(error):
            await bot.send_message(5, "x")


async def test_an_answer_that_is_no_json_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    async def handler(request: web.Request) -> web.Response:
        return web.Response(text="<html>private words</html>")

    async with serving(handler) as bot:
        with pytest.raises(Exception, match="Invalid server response"):
            await bot.send_message(5, "x")
    assert "private words" not in caplog.text


async def test_redirects_and_proxies_are_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    paths: list[str] = []

    async def handler(request: web.Request) -> web.Response:
        paths.append(request.path)
        return web.Response(status=302, headers={"Location": "/elsewhere"})

    async with serving(handler) as bot:
        with pytest.raises(NetworkError):
            await bot.send_message(5, "x")
    assert len(paths) == 1
