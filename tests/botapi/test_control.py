"""The server in its own process, a person played from here."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest_asyncio
from telegram import Bot

from tests.botapi.conftest import message_of

ROOT = Path(__file__).parents[2]


@pytest_asyncio.fixture
async def address() -> AsyncIterator[tuple[str, str]]:
    """Root and token of a server process."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.botapi"), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    root, _, token = (await process.stdout.readline()).decode().split()
    yield root, token
    process.terminate()
    assert await process.wait() == 0


async def test_a_person_is_played_over_http(address: tuple[str, str]) -> None:
    root, token = address
    async with aiohttp.ClientSession() as session, Bot(token, base_url=root + "/bot") as bot:

        async def do(command: str, **more: Any) -> Any:
            async with session.post(root + "/control", json={"do": command, **more}) as response:
                body = await response.json()
            assert body["ok"], body
            return body["result"]

        person = await do("person", name="Amal", language_code="ar")
        await do("say", person=person, text="latest in Idlib")
        (update,) = await bot.get_updates()
        await message_of(update).reply_html("<b>Idlib</b>")
        seen = await do("see", person=person)
        assert (seen["text"], seen["html"]) == ("Idlib", "<b>Idlib</b>")
        await do("fault", kind="error", method="sendMessage", status=500)
        async with session.post(f"{root}/bot{token}/sendMessage", json={"chat_id": person, "text": "x"}) as response:
            assert response.status == 500
        assert [message["text"] for message in await do("messages", chat=person)] == ["Idlib"]
        assert (await do("stats"))["accepted"]["sendMessage"] == 1
        assert [call["status"] for call in await do("calls", method="sendMessage")] == [200, 500]
        group = await do("group", title="Desk", members=[person])
        await do("say", person=person, chat=group, text="/ask")
        assert message_of((await bot.get_updates(offset=-1))[0]).chat.id == group
        assert await do("violations") == []


async def test_mistakes_are_told(address: tuple[str, str]) -> None:
    root, _ = address
    async with aiohttp.ClientSession() as session:
        for request, told in (
            ({"do": "dance"}, "do must be one of"),
            ({"do": "say", "person": 1, "text": "x"}, "KeyError"),
            ({"do": "say"}, "TypeError"),
        ):
            async with session.post(root + "/control", json=request) as response:
                body = await response.json()
            assert told in body["error"]
