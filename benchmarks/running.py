"""The bot as a process on Telegram (our test server): start to ready, memory at rest, questions a second end to end.

The server runs in a process of its own; where there are two processors each of the two has one. The bot has the made-up
world in SQLite. Questions come from 500 chats, are all waiting when the bot starts, and are counted by the replies that
arrive over real HTTP; the start itself is not counted. Telegram's limit of 30 messages a second is lifted for this.

Beside the rate stands the processor time of a question, which a busy machine changes less.
"""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from benchmarks import loading
from benchmarks.figures import Figure
from benchmarks.questions import world_questions
from conflict.gazetteer import Gazetteer

ROOT = Path(__file__).parents[1]
ASKED = 2_000
CHATS = 500
PATIENCE = 120.0


def measure() -> Iterator[Figure]:
    """Start, memory, and questions a second by polling and by webhook."""
    gazetteer = Gazetteer.load()
    asked, _ = world_questions(gazetteer)
    url = loading.sqlite_world(gazetteer)
    del gazetteer
    yield from _start(url)
    for way, more in (("polling", {}), ("webhook", _hook())):
        rate, spent = _throughput(url, asked, more)
        note = f"{ASKED} varied questions of {CHATS} chats, {loading.label()} events in SQLite, one core for the bot"
        yield Figure(f"questions_per_second_{way}", rate, "1/s", note)
        yield Figure(f"question_processor_{way}", spent, "ms", "processor time of the bot for each of them, all told")


def _hook() -> dict[str, str]:
    port = _free_port()
    return {"SITREP_WEBHOOK_URL": f"http://127.0.0.1:{port}/telegram", "SITREP_WEBHOOK_LISTEN": f"127.0.0.1:{port}"}


def _start(url: str) -> Iterator[Figure]:
    with a_server() as server, tempfile.TemporaryDirectory() as folder:
        times = []
        for _ in range(3):
            before = server.stats()["calls"].get("getUpdates", 0)
            began = time.perf_counter()
            with a_bot(server, url, folder, {}) as bot:
                while server.stats()["calls"].get("getUpdates", 0) == before:
                    time.sleep(0.005)
                times.append(time.perf_counter() - began)
                if len(times) == 3:
                    time.sleep(3)
                    memory = _memory(bot.pid)
        yield Figure(
            "start_seconds", min(times), "s", f"process start to first getUpdates; slowest of 3 {max(times):.2f}"
        )
        yield Figure("idle_memory", memory, "MB", "resident set of `sitrep run`, 3 s after it was ready")


def _throughput(url: str, asked: list[str], more: dict[str, str]) -> tuple[float, float]:
    """Replies a second, from the first to the last, and the milliseconds of processor time for each."""
    _forget_updates(url)
    chance = random.Random(3)
    more = {**more, "SITREP_MESSAGES_PER_SECOND": "10000"}
    hooked = "SITREP_WEBHOOK_URL" in more
    with a_server() as server, tempfile.TemporaryDirectory() as folder:
        people = [server.call(do="person", name=f"P{n}", language_code="en") for n in range(CHATS)]
        if not hooked:
            _ask_all(server, people, asked, chance)
        with a_bot(server, url, folder, more) as process:
            if hooked:
                _ask_all(server, people, asked, chance)
            return _answered(server, process)


def _forget_updates(url: str) -> None:
    """Our server counts updates from 1 at each start; the bot would know those of the last run."""
    with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
        connection.execute("DELETE FROM webhook_inbox")
        connection.execute("DELETE FROM seen_updates")


def _ask_all(server: Server, people: list[int], asked: list[str], chance: random.Random) -> None:
    for number in range(ASKED):
        server.call(do="say", person=people[number % CHATS], text=chance.choice(asked))


def _answered(server: Server, process: subprocess.Popen[bytes]) -> tuple[float, float]:
    end = time.monotonic() + PATIENCE
    first: tuple[int, float] | None = None
    last = (0, 0.0)
    while last[0] < ASKED and time.monotonic() < end:
        time.sleep(0.05)
        assert process.poll() is None, "the bot has ended"
        last = server.stats()["accepted"].get("sendMessage", 0), _processor(process.pid)
        if last[0] and first is None:
            first = last
    assert first is not None, "nothing was answered"
    spent = (last[1] - first[1]) / max(1, last[0] - first[0]) * 1000
    return float(server.stats()["rate"]["sendMessage"]), spent


def _processor(pid: int) -> float:
    """Seconds of processor time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Server:
    """The Bot API test server in its process."""

    def __init__(self, root: str, token: str) -> None:
        self.root = root
        self.token = token

    def call(self, **fields: Any) -> Any:
        """One control command."""
        told = json.dumps(fields).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(self.root + "/control", told, headers)  # noqa: S310 (loopback)
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            found = json.load(answer)
        assert found["ok"], found
        return found["result"]

    def stats(self) -> Any:
        """What was counted so far."""
        return self.call(do="stats")


@contextmanager
def a_server(*more: str) -> Iterator[Server]:
    """Our Bot API server in a process of its own, with these options."""
    command = [sys.executable, "-m", "tests.botapi", "--fast", *more]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        _pin(process.pid, 1)
        try:
            assert process.stdout is not None
            root, _, token = process.stdout.readline().split()
            yield Server(root, token)
        finally:
            process.terminate()


@contextmanager
def a_bot(server: Server, url: str, folder: str, more: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """`sitrep run` on that server, with this database."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("SITREP_", "TELEGRAM_", "DATABASE_"))}
    own = {
        "DATABASE_URL": url,
        "SITREP_HOME": folder,
        "TELEGRAM_TOKEN": server.token,
        "TELEGRAM_API_URL": server.root,
        "SITREP_LOG_LEVEL": "WARNING",
        "SITREP_POLL_SOURCES": "off",  # no measurement asks real sources
        **more,
    }
    command = [sys.executable, "-m", "bot", "run"]
    with subprocess.Popen(command, cwd=ROOT, env={**kept, **own}) as process:
        _pin(process.pid, 0)
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                process.wait(25)
            process.kill()


def _pin(pid: int, core: int) -> None:
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) > 1:
        os.sched_setaffinity(pid, {cores[core % len(cores)]})


def _memory(pid: int) -> float:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
