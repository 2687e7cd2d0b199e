"""kill -9 of the real process in the middle of its work: the database is whole, nothing is lost, the rest gets done.

Where it is killed is drawn from a seed. `make crashtest` draws many more.
"""

from __future__ import annotations

import asyncio
import os
import random
import re
import sqlite3
import subprocess
import time
from asyncio.subprocess import PIPE
from contextlib import closing
from pathlib import Path

import pytest

from tests.acceptance.conftest import SITREP, Run, environment
from tests.acceptance.test_outage import running
from tests.botapi.server import BotApiServer

SEEDS = range(int(os.environ.get("CRASH_SEEDS", "1")))
KILLS = 4  # for each seed
REPORTS = 40

TOWNS = ("Saraqib", "Ariha", "Maaret al-Numan", "Khan Shaykhun", "Jisr al-Shughur", "Binnish", "Kafr Nabl", "Taftanaz")
ITEM = """<item><title>Air strike on {town}</title><guid>report-{n}</guid>
<pubDate>{day:02d} Nov 2019 12:00:00 GMT</pubDate><description>Warplanes struck {town} on {day} November 2019,
killing {killed} civilians, the Syrian Observatory for Human Rights said. Later that day shelling hit the outskirts of
{other}, wounding {n} people, residents said.</description></item>"""

# Of each report: how many claims, and whether there are any at all or a reason why not.
KEPT = """SELECT r.title, r.published_at, count(c.claim_id), r.outcome FROM reports r
          LEFT JOIN claims c ON c.report_id = r.report_id GROUP BY r.report_id ORDER BY r.published_at, r.title"""
Kept = list[tuple[str, int, int, str | None]]


@pytest.fixture
def feed(tmp_path: Path) -> Path:
    """Reports enough to be killed between any two, or within one."""
    items = [
        ITEM.format(n=n + 2, day=1 + n % 28, killed=1 + n % 9, town=TOWNS[n % 8], other=TOWNS[(n + 3) % 8])
        for n in range(REPORTS)
    ]
    path = tmp_path / "feed.xml"
    head = '<?xml version="1.0"?><rss version="2.0"><channel><title>The Daily Test</title>'
    path.write_text(f"{head}{''.join(items)}</channel></rss>", encoding="utf-8")
    return path


def kept(home: Path) -> Kept:
    """What the database holds; it must be whole, and say the same of each event twice."""
    with closing(sqlite3.connect(home / "home" / "sitrep.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("PRAGMA foreign_key_check").fetchone() is None
        torn = """SELECT e.event_id FROM events e LEFT JOIN changes c ON c.event_id = e.event_id
                  GROUP BY e.event_id HAVING count(c.change_id) <> e.revision"""
        assert connection.execute(torn).fetchall() == [], "each revision has its change"
        return connection.execute(KEPT).fetchall()


def killed_while_ingesting(home: Path, feed: Path, after: int, pause: float) -> bool:
    """Run `sitrep ingest` and kill it `pause` seconds after its `after`-th report; whether it was still at work."""
    process = subprocess.Popen(
        [*SITREP, "ingest", str(feed)],
        env=environment(home, SITREP_LOG_LEVEL="DEBUG"),
        cwd=home,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stderr is not None
        for line in process.stderr:
            after -= bool(re.search(r"report \S+: \d+ new", line))
            if after <= 0:
                until = time.perf_counter() + pause
                while time.perf_counter() < until:  # finer than any sleep
                    pass
                break
        process.kill()
    return process.returncode < 0


@pytest.mark.parametrize("seed", SEEDS)
def test_a_killed_ingest_leaves_each_report_whole_or_out_and_the_next_completes_it(
    tmp_path: Path, sitrep: Run, feed: Path, seed: int
) -> None:
    whole = tmp_path / "whole"
    whole.mkdir()
    assert sitrep("ingest", str(feed), SITREP_HOME=str(whole / "home")).returncode == 0
    wanted = kept(whole)
    assert len(wanted) == REPORTS
    assert sum(claims for _, _, claims, _ in wanted) >= REPORTS
    random_ = random.Random(seed)
    killed = 0
    for _ in range(KILLS):
        killed += killed_while_ingesting(
            tmp_path, feed, random_.randint(1, REPORTS // KILLS - 2), random_.random() / 50
        )
        found = kept(tmp_path)
        assert set(found) <= set(wanted), "a report is there with all that it says, or not at all"
        assert len(found) == len(set(found))
    done = sitrep("ingest", str(feed))
    assert done.returncode == 0, done.stderr
    assert f"{REPORTS} read, {REPORTS - len(found)} new, {len(found)} known already" in done.stdout
    assert kept(tmp_path) == wanted
    assert killed == KILLS, "too slow: it had ended by itself"


@pytest.mark.parametrize("seed", SEEDS)
async def test_a_bot_killed_while_answering_answers_everybody_in_the_end(
    botapi: BotApiServer, tmp_path: Path, sitrep: Run, article: Path, seed: int
) -> None:
    assert sitrep("ingest", str(article), "--published", "2019-12-02").returncode == 0
    random_ = random.Random(seed)
    people = [botapi.person(f"Amal {number}", language_code="en") for number in range(10 * (KILLS + 1))]
    for number in range(KILLS):
        for person in people[number * 10 : number * 10 + 10]:
            await person.say("latest in Idlib")
        # Some answers get out; one is never heard of; the rest is under way when the process dies.
        fault = botapi.hang("sendMessage", skip=random_.randint(0, 8), accepted=random_.random() < 0.5)
        begun = len(botapi.stats.begun.items)
        settings = {"TELEGRAM_TOKEN": botapi.token, "TELEGRAM_API_URL": botapi.root}
        process = await asyncio.create_subprocess_exec(
            *SITREP, "run", env=environment(tmp_path, **settings), stderr=PIPE, cwd=tmp_path
        )
        for _ in range(fault.skip + 1):
            begun, _ = await botapi.stats.begun.wait(begun, lambda name: name == "sendMessage", 20)
            begun += 1
        process.kill()
        await process.communicate()
        assert process.returncode == -9
        botapi.faults.clear()
    for person in people[KILLS * 10 :]:
        await person.say("latest in Idlib")
    async with running(botapi, tmp_path):
        for person in people:
            assert "SOHR" in (await person.see(10)).text
        await botapi.taken(people[-1].last_update_id)
    doubled = sum(len(person.received) - 1 for person in people)
    assert doubled <= KILLS * 10, "only what was under way at a kill is answered twice"
    print(f"{doubled} of {len(people)} answered twice over {KILLS} kills")
