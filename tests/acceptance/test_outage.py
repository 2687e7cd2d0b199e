"""The database goes and comes back, or is busy, under the running bot: people are told so, and it finds it again."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import psycopg
import pytest

from tests.acceptance.conftest import SITREP, Run, environment
from tests.botapi.person import Person
from tests.botapi.server import BotApiServer
from tests.storage.servers import Server, postgresql

AWAY = "I cannot reach the stored reports for a moment"
BACK_SECONDS = 5.0
# How long the database stays away: no time at all in the suite; set it to watch a long outage by hand.
AWAY_SECONDS = float(os.environ.get("OUTAGE_SECONDS", "0"))

Switch = Callable[[], Awaitable[object]]


@asynccontextmanager
async def running(botapi: BotApiServer, home: Path, **more: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """`sitrep run` over polling; ended by SIGTERM, and well to the last."""
    settings = {"TELEGRAM_TOKEN": botapi.token, "TELEGRAM_API_URL": botapi.root, **more}
    with (home / "log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            *SITREP, "run", env=environment(home, **settings), stderr=log, cwd=home
        )
    try:
        await botapi.stats.begun.wait(len(botapi.stats.begun.items), lambda name: name == "getUpdates", 20)
        yield process
        assert process.returncode is None, "it died"
    finally:
        if process.returncode is None:
            process.terminate()
        async with asyncio.timeout(60):
            await process.wait()
    assert process.returncode == 0


async def answer_to(person: Person) -> str:
    await person.say("latest in Idlib")
    return (await person.see(10)).text


async def through_an_outage(botapi: BotApiServer, go: Switch, come_back: Switch) -> float:
    """Ask before, during and after; seconds from the return to the first answer from the database."""
    amal, *others = [botapi.person(f"Amal {number}", language_code="en") for number in range(12)]
    assert "SOHR" in await answer_to(amal)
    await go()
    until = time.monotonic() + AWAY_SECONDS
    longest = 0.0
    while True:
        started = time.monotonic()
        told = await asyncio.gather(*map(answer_to, others))
        longest = max(longest, time.monotonic() - started)
        assert all(AWAY in text for text in told)
        if time.monotonic() >= until:
            break
    assert longest < 5, "a person waits a few seconds at most"
    await come_back()
    started = time.monotonic()
    # Each time somebody else, since one chat is written to once a second at most.
    while AWAY in (text := await answer_to(botapi.person(language_code="en"))):
        assert time.monotonic() - started < BACK_SECONDS
    assert "SOHR" in text
    return time.monotonic() - started


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A PostgreSQL server that is stopped and started."""
    with postgresql() as own:
        yield own


@pytest.mark.postgresql
async def test_postgresql_stops_and_starts_again(
    botapi: BotApiServer, tmp_path: Path, sitrep: Run, article: Path, server: Server
) -> None:
    ingest = ("ingest", str(article), "--published", "2019-12-02", "--source", "The Daily Test")
    assert sitrep(*ingest, DATABASE_URL=server.url).returncode == 0
    async with running(botapi, tmp_path, DATABASE_URL=server.url):
        seconds = await through_an_outage(
            botapi, lambda: asyncio.to_thread(server.stop), lambda: asyncio.to_thread(server.start)
        )
        with psycopg.connect(server.url) as connection:
            query = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"
            found = connection.execute(query).fetchone()
    assert found is not None
    assert found[0] <= 10, "connections leak"  # a pool of nine, and this one
    log = (tmp_path / "log").read_text()
    assert "back after" in log
    assert "Traceback" not in log
    print(f"PostgreSQL: answered {seconds:.2f} s after it was back")


async def test_a_sqlite_file_is_moved_away_and_back(
    botapi: BotApiServer, tmp_path: Path, sitrep: Run, article: Path
) -> None:
    assert sitrep("ingest", str(article), "--published", "2019-12-02").returncode == 0
    file = tmp_path / "home" / "sitrep.db"
    elsewhere = tmp_path / "elsewhere.db"

    async def go() -> None:
        file.rename(elsewhere)

    async def come_back() -> None:
        assert not file.exists(), "a lost database is never replaced by an empty one"
        elsewhere.rename(file)

    async with running(botapi, tmp_path):
        seconds = await through_an_outage(botapi, go, come_back)
    assert "Traceback" not in (tmp_path / "log").read_text()
    print(f"SQLite: answered {seconds:.2f} s after it was back")


async def test_the_bot_and_an_ingest_write_at_once_and_wait_for_each_other(
    botapi: BotApiServer, tmp_path: Path, article: Path
) -> None:
    """Choosing a language writes; so does each of three ingests beside it, all into one SQLite file."""

    async def ingest(number: int) -> int:
        process = await asyncio.create_subprocess_exec(
            *SITREP, "ingest", str(article), "--published", f"2019-12-{number:02d}", "--source", f"Paper {number}",
            env=environment(tmp_path), cwd=tmp_path,
        )  # fmt: skip
        return await process.wait()

    people = [botapi.person(f"Amal {number}", language_code="en") for number in range(12)]

    async def choose(person: Person) -> str:
        await person.say("/language")
        asked = await person.see(10)
        await person.press("العربية", asked)
        await person.say("/help")
        return (await person.see(10)).text

    async with running(botapi, tmp_path):
        done = [asyncio.create_task(ingest(number)) for number in (2, 3, 4)]
        chosen = []
        while not all(task.done() for task in done) and people:
            chosen += await asyncio.gather(*map(choose, (people.pop(), people.pop())))
        assert await asyncio.gather(*done) == [0, 0, 0]
    assert chosen
    assert all(any("\u0600" <= letter <= "\u06ff" for letter in text) for text in chosen)
    log = (tmp_path / "log").read_text()
    assert "locked" not in log
    assert "Traceback" not in log
