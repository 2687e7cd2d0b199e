"""Health: ready only while the database answers and Telegram does, nothing told that is nobody's business."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest

from bot.addresses import host_and_port
from bot.polling import DEAF_AFTER
from tests.bot.hooked import Hooked, free_port, hooked
from tests.bot.test_webhook import Away, sqlite
from tests.botapi.server import BotApiServer

__all__ = ["sqlite"]


async def look(port: int, path: str) -> tuple[int, dict[str, Any]]:
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}{path}") as answer:
        return answer.status, await answer.json()


async def test_a_webhook_answers_for_itself(botapi: BotApiServer, sqlite: Any) -> None:
    async with hooked(botapi, sqlite) as bot:
        assert await look(bot.port, "/livez") == (200, {"alive": True})
        status, parts = await look(bot.port, "/readyz")
        assert (status, parts["ready"], parts["database"], parts["webhook"]) == (200, True, "answers", "works")


async def test_polling_answers_at_an_address_of_its_own(botapi: BotApiServer, sqlite: Any) -> None:
    port = free_port()
    async with hooked(botapi, sqlite, SITREP_WEBHOOK_URL=None, SITREP_HEALTH_LISTEN=f"127.0.0.1:{port}") as bot:
        await botapi.begun("getUpdates")
        status, parts = await look(port, "/readyz")
        assert (status, parts["polling"]) == (200, "works")
        assert parts["seconds_since_telegram"] < 5
        assert bot.intake.alive(asyncio.get_running_loop().time() + DEAF_AFTER + 60)[0] is False
        shown = str(parts)
    assert botapi.token not in shown
    with pytest.raises(aiohttp.ClientConnectorError):
        await look(port, "/livez")


async def test_not_ready_while_the_database_is_away(
    botapi: BotApiServer, sqlite: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.health.FRESH", 0.0)
    away = Away(sqlite)
    async with hooked(botapi, away) as bot:  # type: ignore[arg-type]
        away.away = True
        assert (await _ready(bot))[0] == 503
        status, parts = await _ready(bot)
        assert parts["database"] == "trouble: DatabaseAwayError"
        assert (await look(bot.port, "/livez"))[0] == 200
        away.away = False
        assert (await _ready(bot))[0] == 200
    assert status == 503


async def _ready(bot: Hooked) -> tuple[int, dict[str, Any]]:
    return await look(bot.port, "/readyz")


def test_addresses_are_read_as_written() -> None:
    assert host_and_port("127.0.0.1:8080") == ("127.0.0.1", 8080)
    assert host_and_port("[::1]:80") == ("::1", 80)
    for wrong in ("8080", ":8080", "host:", "host:x", "::1:80", "host:70000"):
        with pytest.raises(ValueError, match=r"address|host"):
            host_and_port(wrong)
