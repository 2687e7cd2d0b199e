"""The store fills itself: the real process polls a feed over real HTTP, and a subscriber hears of what is new."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

from tests.acceptance.conftest import SITREP, environment
from tests.botapi.server import BotApiServer
from tests.ingest.servers import Answer, Asked, answer, serving

LIST = """[[source]]
id = "{name}"
name = "Local {name}"
kind = "outlet"
url = "{url}"
plain_http = true
language = "en"
countries = ["SY"]
owner = "Ourselves"
licence = "Our own words."
verified_on = ""
enabled = true
"""


def feed(*items: tuple[str, str]) -> bytes:
    """A feed of items (id, words), all published a few minutes ago."""
    at = format_datetime(datetime.now(UTC) - timedelta(minutes=3))
    rows = "".join(
        f"<item><guid>{number}</guid><title>Report {number}</title><description>{words}</description>"
        f"<pubDate>{at}</pubDate></item>"
        for number, words in items
    )
    return f'<rss version="2.0"><channel><title>Local</title>{rows}</channel></rss>'.encode()


def strike(killed: str, town: str = "Maaret al-Numan") -> str:
    today = datetime.now(UTC).strftime("%A")
    return (
        f"Warplanes struck {town} on {today}, killing {killed} civilians, the Syrian Observatory for Human Rights said."
    )


def serves(held: dict[str, bytes]) -> Answer:
    """Answers with what is held now."""

    async def one(_: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(answer(held["feed"]))
        await writer.drain()

    return one


def settings(home: Path, sources: dict[str, str]) -> dict[str, str]:
    """The settings under which these sources (address by id) are polled."""
    own = home / "own.toml"
    own.write_text("\n".join(LIST.format(name=name, url=url) for name, url in sources.items()), encoding="utf-8")
    return {
        "SITREP_SOURCES_FILE": str(own),
        "SITREP_POLL_SOURCES": ",".join(sources),
        "SITREP_ALLOWED_NETWORKS": "127.0.0.0/8",
    }


@asynccontextmanager
async def running(botapi: BotApiServer, home: Path, **more: str) -> AsyncIterator[Process]:
    """`sitrep run` with a token, ready; killed at the end unless it ended before."""
    more |= {"TELEGRAM_TOKEN": botapi.token, "TELEGRAM_API_URL": botapi.root, "SITREP_POLL_TIMEOUT": "5"}
    process = await asyncio.create_subprocess_exec(
        *SITREP, "run", env=environment(home, **more), stderr=DEVNULL, cwd=home
    )
    try:
        await botapi.begun("getUpdates", after=len(botapi.stats.begun.items), seconds=60)
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGKILL)
        await process.wait()


async def test_a_new_item_alerts_and_its_update_mends_the_alert(botapi: BotApiServer, tmp_path: Path) -> None:
    amal = botapi.person("Amal", language_code="en")
    database = tmp_path / "home" / "sitrep.db"
    held = {"feed": feed()}
    async with serving({"/feed": serves(held)}) as server:
        more = settings(tmp_path, {"news": server.url("/feed")})
        async with running(botapi, tmp_path, **more) as process:
            await amal.say("/subscribe Idlib")
            assert "You will be told" in (await amal.see(30)).text
            await settled(database)
            held["feed"] = feed(("1", strike("six")))
            due_now(database)
            alert = await amal.see(60)
            assert "Air strike, Maaret al-Numan" in alert.text
            assert "SOHR" in alert.text
            held["feed"] = feed(("1", strike("nine")))
            due_now(database)
            edited = await amal.see_edit(alert)
            assert "updated" in edited.text
            assert "9" in edited.text
            process.send_signal(signal.SIGTERM)
            async with asyncio.timeout(60):
                assert await process.wait() == 0
    with sqlite3.connect(database) as read:
        assert read.execute("SELECT count(*) FROM events WHERE merged_into IS NULL").fetchone() == (1,)
        assert read.execute("SELECT items, events, watched FROM sources").fetchall() == [(2, 1, 1)]
        assert read.execute("SELECT count(*) FROM leases WHERE name = 'poller'").fetchone() == (0,)


def due_now(database: Path) -> None:
    """As if the time for the next request had come."""
    with sqlite3.connect(database) as write:
        write.execute("UPDATE sources SET next_poll_at = NULL")


async def test_killed_in_the_middle_of_a_round_nothing_is_lost_or_doubled(botapi: BotApiServer, tmp_path: Path) -> None:
    towns = ("Maaret al-Numan", "Saraqib", "Ariha", "Kafr Nabl", "Jisr al-Shughur", "Khan Shaykhun")
    held = {"feed": feed(*((town, strike("six", town)) for town in towns))}
    database = tmp_path / "home" / "sitrep.db"
    async with serving({"/feed": serves(held)}) as server:
        more = settings(tmp_path, {"news": server.url("/feed")})
        async with running(botapi, tmp_path, **more):
            await until(database, "SELECT count(*) FROM reports")
        async with running(botapi, tmp_path, **more):
            await settled(database)
    with sqlite3.connect(database) as read:
        assert read.execute("SELECT count(*), count(DISTINCT report_id) FROM reports").fetchone() == (6, 6)
        assert read.execute("SELECT count(*) FROM events WHERE merged_into IS NULL").fetchone() == (6,)


async def settled(database: Path) -> None:
    await until(database, "SELECT count(*) FROM sources WHERE last_success_at IS NOT NULL")


async def until(database: Path, query: str) -> None:
    async with asyncio.timeout(60):
        while True:
            with sqlite3.connect(database) as read:
                if read.execute(query).fetchone()[0]:
                    return
            await asyncio.sleep(0.01)
