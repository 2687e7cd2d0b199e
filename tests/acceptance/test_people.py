"""What a person sets and sees of it, and what is left of it: through the real process, in the database and the logs."""

from __future__ import annotations

import asyncio
import json
import signal
import sqlite3
from asyncio.subprocess import PIPE
from pathlib import Path

from tests.acceptance.conftest import SITREP, environment
from tests.acceptance.test_alerts import STRIKE, ingest
from tests.botapi.person import Person
from tests.botapi.server import BotApiServer

SECRET = "is my street by the old olive press in Saraqib shelled"
SPOT = (35.864391, 36.805577)


async def conversation(amal: Person) -> dict[str, str]:
    """Everything that touches what is kept of a person; what the bot said last to each."""
    said = {}
    for words in (
        SECRET, "/start alert_gn_172955", "/start nonsense", "Damascus time", "quiet hours 22:30-6",
        "/settings weekly digest friday 18", "/settings blah blah", "snooze 8 hours", "what time",
        "alert me about air strikes within 30 km of Ariha and Saraqib", "/alerts", "/settings",
    ):  # fmt: skip
        await amal.say(words)
        said[words] = (await amal.see(20)).text
    return said


async def test_settings_export_erasure_and_nothing_private_at_rest_or_in_the_logs(
    botapi: BotApiServer, tmp_path: Path
) -> None:
    amal = botapi.person("Amal", language_code="en")
    more = {"TELEGRAM_TOKEN": botapi.token, "TELEGRAM_API_URL": botapi.root, "SITREP_POLL_TIMEOUT": "5"}
    process = await asyncio.create_subprocess_exec(
        *SITREP, "run", env=environment(tmp_path, SITREP_LOG_LEVEL="DEBUG", **more), stderr=PIPE, cwd=tmp_path
    )
    assert process.stderr is not None
    logged = asyncio.create_task(process.stderr.read())
    try:
        said = await conversation(amal)
        await ingest(tmp_path, STRIKE)
        await amal.send_location(*SPOT)
        near = await amal.see(20)
        await amal.press("Alert me", near)
        around = await amal.see(20)
        await amal.say("/mydata")
        file = await amal.see(20)
        kept = json.loads(next(iter(file.files.values())))
        dumped = dump(tmp_path)
        await amal.say("/deleteme")
        asked = await amal.see(20)
        await amal.press("Erase everything", asked)
        await amal.see_edit(asked)
    finally:
        process.send_signal(signal.SIGTERM)
        log = (await logged).decode()
        await process.wait()
    assert "Raqqa" in said["/start alert_gn_172955"]
    assert "Clock: Damascus" in said["Damascus time"]
    assert "22:30–06:00" in said["quiet hours 22:30-6"]
    assert "every week, Fri at 18:00" in said["/settings weekly digest friday 18"]
    assert "did not understand" in said["what time"]
    assert "do not know the time of" in said["/settings blah blah"]
    assert "Nothing at all is sent until" in said["/settings"]
    assert "2. " in said["/alerts"]
    assert "only a square of about 10 km is kept" in around.text
    assert len(kept["alerts"]) == 3
    assert kept["chat"]["time_zone"] == "Asia/Damascus"
    assert kept["chat"]["telegram_id"] == amal.id
    for place in (dumped, log, json.dumps(kept)):
        assert not [piece for piece in ("olive", "35.8643", "36.8055", "street") if piece in place]
    assert str(amal.id) in dumped
    assert str(amal.id) not in dump(tmp_path)
    assert str(amal.id) not in log


def dump(home: Path) -> str:
    """Every row of the database, as text."""
    with sqlite3.connect(home / "home" / "sitrep.db") as database:
        return "\n".join(database.iterdump())
