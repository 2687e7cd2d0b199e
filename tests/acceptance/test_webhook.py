"""The bot behind a webhook as a process of its own: killed in the middle of an answer, started again."""

from __future__ import annotations

import asyncio
import signal
from asyncio.subprocess import PIPE, Process
from pathlib import Path

from tests.acceptance.conftest import SITREP, Run, environment
from tests.bot.hooked import free_port, until
from tests.botapi.server import BotApiServer


async def start(botapi: BotApiServer, home: Path, port: int) -> Process:
    more = {
        "TELEGRAM_TOKEN": botapi.token,
        "TELEGRAM_API_URL": botapi.root,
        "SITREP_WEBHOOK_URL": f"http://127.0.0.1:{port}/hook/sitrep",
        "SITREP_WEBHOOK_LISTEN": f"127.0.0.1:{port}",
    }
    return await asyncio.create_subprocess_exec(*SITREP, "run", env=environment(home, **more), stderr=PIPE, cwd=home)


async def test_a_process_killed_while_it_answers_answers_after_its_restart(
    botapi: BotApiServer, sitrep: Run, article: Path, tmp_path: Path
) -> None:
    assert sitrep("ingest", str(article), "--published", "2019-12-02").returncode == 0
    people = [botapi.person(f"Person {number}", language_code="en") for number in range(8)]
    port = free_port()
    first = await start(botapi, tmp_path, port)
    second = None
    try:
        await botapi.called("setWebhook", seconds=60)
        botapi.hang("sendMessage", times=None)
        for person in people:
            await person.say("latest in Idlib")
        await botapi.begun("sendMessage", seconds=60)
        await until(lambda: not botapi.updates.pending)  # the process has acknowledged all of them
        first.send_signal(signal.SIGKILL)
        await first.wait()
        botapi.faults.clear()
        second = await start(botapi, tmp_path, port)
        for person in people:
            assert "Idlib" in (await person.see(seconds=20)).text
        well = await asyncio.to_thread(
            sitrep, "healthcheck", TELEGRAM_TOKEN=botapi.token, SITREP_HEALTH_LISTEN=f"127.0.0.1:{port}"
        )
        assert (well.returncode, well.stdout) == (0, "well\n")
        second.send_signal(signal.SIGTERM)
        async with asyncio.timeout(60):
            _, log = await second.communicate()
        assert second.returncode == 0
        assert b"were left by an earlier run" in log
        assert b"Idlib" not in log
    finally:
        for process in (first, second):
            if process is not None and process.returncode is None:
                process.kill()
                await process.wait()
    assert [len(person.received) for person in people] == [1] * len(people)


def test_a_healthcheck_of_a_bot_that_does_not_run_says_so(sitrep: Run) -> None:
    address = f"127.0.0.1:{free_port()}"
    done = sitrep("healthcheck", TELEGRAM_TOKEN="123456:" + "a" * 35, SITREP_HEALTH_LISTEN=address)
    assert done.returncode == 1
    assert address in done.stdout
    assert "Traceback" not in done.stderr
