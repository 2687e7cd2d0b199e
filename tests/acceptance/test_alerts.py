"""Alerts through the real process over real HTTP: subscribed, ingested by another process, told, corrected, erased."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from alerts.dispatch import WINDOW
from tests.acceptance.conftest import SITREP, environment
from tests.botapi.server import BotApiServer

STRIKE = (
    "Warplanes struck Maaret al-Numan on {day}, killing {killed} civilians, "
    "the Syrian Observatory for Human Rights said."
)
CLASH = "Rebels attacked an army post near Saraqib on {day}, killing {killed} soldiers, a local activist said."


@asynccontextmanager
async def running(botapi: BotApiServer, home: Path) -> AsyncIterator[Process]:
    """`sitrep run` with a token, ready; ended by SIGTERM."""
    process = await started(botapi, home)
    try:
        await botapi.begun("getUpdates", after=len(botapi.stats.begun.items), seconds=60)
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(60):
            await process.wait()


async def started(botapi: BotApiServer, home: Path) -> Process:
    more = {"TELEGRAM_TOKEN": botapi.token, "TELEGRAM_API_URL": botapi.root, "SITREP_POLL_TIMEOUT": "5"}
    return await asyncio.create_subprocess_exec(*SITREP, "run", env=environment(home, **more), stderr=DEVNULL, cwd=home)


async def ingest(home: Path, text: str, *, ago: timedelta = timedelta(minutes=5)) -> None:
    """Store an article published `ago`, by the real command."""
    published = datetime.now(UTC) - ago
    article = home / "article.txt"
    article.write_text(text.format(day=published.strftime("%A"), killed="six"), encoding="utf-8")
    process = await asyncio.create_subprocess_exec(
        *SITREP, "ingest", str(article), "--published", published.isoformat(), "--source", "The Daily Test",
        env=environment(home), cwd=home, stdout=DEVNULL,
    )  # fmt: skip
    assert await process.wait() == 0


async def test_a_person_is_told_and_told_again_when_it_changes(botapi: BotApiServer, tmp_path: Path) -> None:
    amal = botapi.person("Amal", language_code="en")
    async with running(botapi, tmp_path):
        await amal.say("/subscribe Idlib")
        agreed = await amal.see()
        assert "You will be told" in agreed.text
        assert "Idlib province, with all places in it" in agreed.text
        await ingest(tmp_path, STRIKE)
        alert = await amal.see(20)
        assert "Air strike, Maaret al-Numan" in alert.text
        assert "SOHR" in alert.text
        assert "6" in alert.text
        assert not alert.silent
        await amal.press("Why this?", alert)
        assert "because this chat asked for" in (await amal.see()).text
        await ingest(tmp_path, STRIKE)  # the same again
        await ingest(tmp_path, "Update: " + STRIKE.replace("{killed}", "nine"), ago=timedelta(minutes=2))
        edited = await amal.see_edit(alert)
        assert "updated" in edited.text
        assert "9" in edited.text
        assert "first alert" in edited.text
    assert len(botapi.calls_of("sendMessage")) == 3


async def test_wishes_in_words_lists_buttons_and_erasure(botapi: BotApiServer, tmp_path: Path) -> None:
    amal, sami = botapi.person("Amal", language_code="en"), botapi.person("Sami", language_code="ar")
    async with running(botapi, tmp_path):
        await amal.say("alert me about air strikes within 30 km of Ariha")
        agreed = await amal.see()
        assert "Air strike" in agreed.text
        assert "within about 30 km of Ariha" in agreed.text
        await amal.say("alert me about air strikes within 30 km of Ariha")
        assert "already" in (await amal.see()).text
        for words, said in {
            "/subscribe": "name a place",
            "/subscribe the whole world": "name a place",
            "/subscribe Blorgvillex": "do not know a place",
            "alert me about shelling within 5000 km of Idlib city": "at most 100 km",
        }.items():
            await amal.say(words)
            assert said in (await amal.see()).text
        await amal.say("/subscribe Springfield")
        asked = await amal.see()
        await amal.press(asked.buttons[0], asked)
        assert "You will be told" in (await amal.see()).text
        await amal.say("/alerts")
        listed = await amal.see()
        assert "1." in listed.text
        await amal.press("Pause 1", listed)
        paused = await amal.see_edit(listed)
        assert "paused" in paused.text
        data = next(button["callback_data"] for row in paused.keyboard for button in row)
        await sami.say("/alerts")
        theirs = await sami.see()
        forged = sami.send_callback(data, theirs)
        assert (await sami.see_answer(forged)).text
        await amal.press("Resume 1", paused)
        await amal.see_edit(paused)
        await sami.say("نبهني عن الغارات الجوية في إدلب")
        assert "إدلب" in (await sami.see()).text
        await amal.say("/deleteme")
        asked = await amal.see()
        await amal.press("Erase everything", asked)
        await amal.see_edit(asked)
    with sqlite3.connect(tmp_path / "home" / "sitrep.db") as database:
        assert database.execute("SELECT telegram_id FROM chats").fetchall() == [(str(sami.id),)]
        dump = "\n".join(database.iterdump())
    assert "Ariha" not in dump


@pytest.mark.parametrize("accepted", [True, False])
async def test_killed_between_claim_and_mark_nothing_is_lost_and_only_the_window_is_unknown(
    botapi: BotApiServer, tmp_path: Path, accepted: bool
) -> None:
    people = [botapi.person(f"P{n}", language_code="en") for n in range(WINDOW + 4)]
    async with running(botapi, tmp_path):
        for person in people:
            await person.say("/subscribe Idlib")
            await person.see()
    botapi.hang("sendMessage", accepted=accepted, times=None)
    await killed_when_sending(botapi, tmp_path)
    botapi.faults.clear()
    async with running(botapi, tmp_path):
        await asyncio.gather(*(person.see(20) for person in people[WINDOW:]))
    with sqlite3.connect(tmp_path / "home" / "sitrep.db") as database:
        states = dict(database.execute("SELECT state, count(*) FROM deliveries GROUP BY state"))
    assert states == {"unknown": WINDOW, "sent": 4}
    arrived = [sum("Clash" in message.text for message in person.messages) for person in people]
    assert arrived == [int(accepted)] * WINDOW + [1] * 4


async def killed_when_sending(botapi: BotApiServer, home: Path) -> None:
    """Start the bot, ingest a clash that is not severe, kill the bot while its first window is in flight."""
    process = await started(botapi, home)
    at = len(botapi.stats.begun.items)
    await ingest(home, CLASH.replace("killing {killed} soldiers, ", ""))
    for _ in range(WINDOW):
        at, _ = await botapi.stats.begun.wait(at, lambda method: method == "sendMessage", 30)
        at += 1
    process.send_signal(signal.SIGKILL)
    await process.wait()
