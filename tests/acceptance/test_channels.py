"""Channels as sources through the real process: allowed by an operator, told, corrected, never echoed."""

from __future__ import annotations

import signal
import sqlite3
from asyncio import create_subprocess_exec, timeout
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.acceptance.conftest import SITREP, environment
from tests.botapi.person import Person
from tests.botapi.server import BotApiServer

STRIKE = "Warplanes struck Maaret al-Numan this morning, killing six civilians, the Syrian Observatory said."
ELSE = "A pleasant day in the hills; the festival goes on until the evening."


@asynccontextmanager
async def running(botapi: BotApiServer, home: Path, *operators: Person) -> AsyncIterator[None]:
    """`sitrep run` with these operators, ready; ended by SIGTERM."""
    more = {
        "TELEGRAM_TOKEN": botapi.token,
        "TELEGRAM_API_URL": botapi.root,
        "SITREP_POLL_TIMEOUT": "5",
        "SITREP_OPERATORS": ",".join(str(one.id) for one in operators),
    }
    process = await create_subprocess_exec(*SITREP, "run", env=environment(home, **more), stderr=DEVNULL, cwd=home)
    try:
        await botapi.begun("getUpdates", after=len(botapi.stats.begun.items), seconds=60)
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        async with timeout(60):
            await process.wait()


async def test_a_channel_is_read_when_allowed_its_edits_followed_and_our_own_words_left_out(
    botapi: BotApiServer, tmp_path: Path
) -> None:
    omar = botapi.person("Omar", language_code="en")
    amal = botapi.person("Amal", language_code="en")
    stranger = botapi.person("Stranger", language_code="en")
    channel = botapi.channel("Idlib Monitor", username="idlib_monitor", bot="left")
    async with running(botapi, tmp_path, omar):
        await amal.say("/subscribe Idlib")
        assert "You will be told" in (await amal.see()).text
        await channel.add_bot(stranger, status="administrator")
        asked = await omar.see()
        assert "Idlib Monitor" in asked.text
        await channel.post(STRIKE)  # nobody has allowed it yet
        forged = stranger.send_callback(asked.keyboard[0][0]["callback_data"], asked)
        assert "operators" in (await stranger.see_answer(forged)).text
        await omar.press("Read its posts", asked)
        assert "are read from now on" in (await omar.see_edit(asked)).text

        post = await channel.post(STRIKE)
        alert = await amal.see(20)
        assert "Air strike, Maaret al-Numan" in alert.text
        assert "SOHR" in alert.text
        assert "https://t.me/idlib_monitor/" in alert.html
        await channel.post(alert.text)  # somebody repeats our alert, whole and without its foot
        await channel.post("\n".join(alert.text.splitlines()[:-1]))
        await channel.edit_post(post, STRIKE.replace("six", "nine"))
        edited = await amal.see_edit(alert, 20)
        assert "9" in edited.text
        assert "one source" in edited.text
        await channel.edit_post(post, ELSE)
        withdrawn = await amal.see_edit(alert, 20)
        assert "withdrawn" in withdrawn.text
    assert all(not message.from_bot for message in channel.messages)
    with sqlite3.connect(tmp_path / "home" / "sitrep.db") as database:
        texts = [row[0] for row in database.execute("SELECT text FROM reports ORDER BY rowid")]
    assert texts == [STRIKE, STRIKE.replace("six", "nine"), ELSE]
