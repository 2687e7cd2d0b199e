"""The bot on Telegram: the real process, long polling over real HTTP, against the Bot API test server."""

from __future__ import annotations

import asyncio
import signal
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.acceptance.conftest import SITREP, Run, environment
from tests.botapi.server import BotApiServer

NOTHING_SECRET = "0123456789"


@asynccontextmanager
async def running(botapi: BotApiServer, home: Path) -> AsyncIterator[Process]:
    """`sitrep run` with a token, ready; ended by SIGTERM."""
    more = {"TELEGRAM_TOKEN": botapi.token, "TELEGRAM_API_URL": botapi.root, "SITREP_POLL_TIMEOUT": "5"}
    process = await asyncio.create_subprocess_exec(*SITREP, "run", env=environment(home, **more), stderr=PIPE, cwd=home)
    try:
        await botapi.begun("getUpdates", seconds=60)  # a busy machine starts slowly
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(60):
            await process.wait()


@pytest.fixture
def stored(sitrep: Run, article: Path) -> None:
    done = sitrep("ingest", str(article), "--published", "2019-12-02", "--source", "The Daily Test")
    assert done.returncode == 0, done.stderr


@pytest.mark.usefixtures("stored")
async def test_a_person_asks_and_is_told_who_said_so(botapi: BotApiServer, tmp_path: Path) -> None:
    amal = botapi.person("Amal", language_code="en")
    async with running(botapi, tmp_path) as process:
        await amal.say("/start")
        assert "No report does not mean calm" in (await amal.see()).text
        await amal.say("latest in Idlib")
        answer = await amal.see()
        assert "SOHR" in answer.text
        assert "2019" in answer.text
        await amal.press("Sources", answer)
        assert "The Daily Test" in (await amal.see()).text
        await amal.say("آخر الأخبار في إدلب")
        assert "إدلب" in (await amal.see()).text
    assert process.returncode == 0
    assert process.stderr is not None
    log = (await process.stderr.read()).decode()
    assert botapi.token not in log
    assert "Idlib" not in log  # what people ask is nobody's business
    assert botapi.violations == []


@pytest.mark.usefixtures("stored")
async def test_two_places_of_one_name_are_asked_back_with_buttons(botapi: BotApiServer, tmp_path: Path) -> None:
    amal = botapi.person("Amal", language_code="en")
    async with running(botapi, tmp_path):
        await amal.say("latest in Tripoli")
        question = await amal.see()
        lebanon = next(label for label in question.buttons if "Lebanon" in label)
        await amal.press(lebanon, question)
        answer = await amal.see_edit(question)
        assert "Tripoli, North Lebanon" in answer.text
        assert "Which" not in answer.text
    assert botapi.violations == []


@pytest.mark.usefixtures("stored")
async def test_a_language_once_chosen_stays_after_a_restart(botapi: BotApiServer, tmp_path: Path) -> None:
    amal = botapi.person("Amal", language_code="en")
    async with running(botapi, tmp_path):
        await amal.say("/language")
        await amal.press("العربية", await amal.see())
        await amal.say("/help")
        await amal.see()
    async with running(botapi, tmp_path):
        await amal.say("/start")
        assert any("\u0600" <= c <= "\u06ff" for c in (await amal.see()).text)


async def test_telegram_away_at_the_start_is_told_and_ends_in_bounded_time(tmp_path: Path) -> None:
    more = {
        "TELEGRAM_TOKEN": "123456:" + NOTHING_SECRET * 3 + "abcde",
        "TELEGRAM_API_URL": "http://127.0.0.1:9",
        "SITREP_START_DEADLINE": "0.5",
    }
    process = await asyncio.create_subprocess_exec(
        *SITREP, "run", env=environment(tmp_path, **more), stderr=PIPE, cwd=tmp_path
    )
    async with asyncio.timeout(60):
        _, log = await process.communicate()
    assert process.returncode == 1
    assert b"could not be reached" in log
    assert NOTHING_SECRET.encode() not in log
    assert b"Traceback" not in log
