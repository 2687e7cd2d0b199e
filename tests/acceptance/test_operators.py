"""Operators at work through the real process: what they do reaches exactly those who were told, and nobody else."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.acceptance.conftest import SITREP, environment
from tests.acceptance.test_alerts import STRIKE, ingest
from tests.botapi.person import Person
from tests.botapi.server import BotApiServer

SHELLING = "Army artillery shelled Ariha on {day}, killing {killed} civilians, the White Helmets said."
POLICY = """[[rule]]
name = "a delay"
sub_event_types = ["Shelling/artillery/missile attack"]
delay_minutes = 60
"""


@asynccontextmanager
async def running(botapi: BotApiServer, home: Path, operator: int) -> AsyncIterator[None]:
    """`sitrep run` with one operator, ready; ended by SIGTERM."""
    more = {"TELEGRAM_TOKEN": botapi.token, "TELEGRAM_API_URL": botapi.root, "SITREP_OPERATORS": str(operator)}
    process = await asyncio.create_subprocess_exec(
        *SITREP, "run", env=environment(home, SITREP_POLL_TIMEOUT="5", **more), cwd=home
    )
    try:
        await botapi.begun("getUpdates", after=len(botapi.stats.begun.items), seconds=60)
        yield
    finally:
        process.terminate()
        async with asyncio.timeout(60):
            await process.wait()


async def asked(person: Person, words: str, seconds: float = 20) -> str:
    await person.say(words)
    return (await person.see(seconds)).text


def short_id(text: str) -> str:
    """The id in an alert's foot."""
    return "#" + text.rpartition("#")[2][:4]


async def test_correct_withdraw_hold_and_release_reach_exactly_those_they_concern(
    botapi: BotApiServer, tmp_path: Path
) -> None:
    (tmp_path / "policy.toml").write_text(POLICY, encoding="utf-8")
    (tmp_path / ".env").write_text("SITREP_POLICY_FILE=policy.toml\n", encoding="utf-8")
    amal, sami, oman = (botapi.person(name, language_code="en") for name in ("Amal", "Sami", "Oman"))
    async with running(botapi, tmp_path, oman.id):
        await asked(amal, "/subscribe Idlib")
        await asked(sami, "/subscribe Aleppo")
        await ingest(tmp_path, STRIKE)
        alert = await amal.see(20)
        name = short_id(alert.text)

        said = await asked(oman, f"/correct {name} killed at least 3")
        assert "Corrected" in said
        assert "1 chat was told of it" in said
        edited = await amal.see_edit(alert, 20)
        assert "Corrected by an operator: killed" in edited.text
        assert "at least 3" in edited.text
        assert "changed" in (await amal.see(20)).text  # a lower toll is also said

        assert "Withdrawn" in await asked(oman, f"/withdraw {name} the report was of another year")
        struck = await amal.see_edit(alert, 20)
        assert "Withdrawn: no longer reported" in struck.text
        assert "withdrawn" in (await amal.see(20)).text
        assert "restore it first" in await asked(oman, f"/confirm {name}")
        history = await asked(oman, f"/history {name}")
        assert "killed" in history
        assert "the report was of another year" in history

        assert await asked(sami, f"/hold {name}") == await asked(sami, "/nosuchcommand")  # the usual help

        await ingest(tmp_path, SHELLING)  # held back by the policy file
        with sqlite3.connect(tmp_path / "home" / "sitrep.db") as database:
            ((held,),) = database.execute("SELECT event_id FROM events WHERE held").fetchall()
        assert "Ariha" not in await asked(amal, "latest in Idlib")
        said = await asked(oman, f"/hold {held.lower()} 6")  # from now on by an operator, for longer
        assert "Nobody was told of it before" in said
        assert "1 chat hears of it now" in await asked(oman, f"/release {held}")
        assert "Ariha" in (await amal.see(20)).text
        assert "Ariha" in await asked(amal, "latest in Idlib")
    assert [message.text for message in sami.received if "Ariha" in message.text or name in message.text] == []
