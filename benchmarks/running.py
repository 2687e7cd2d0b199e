"""The bot as a process on Telegram (our test server): start to ready, memory at rest, questions a second end to end.

The server runs in a process of its own; where there are two processors each of the two has one. The bot has the made-up
world in SQLite. Questions come from 500 chats, are all waiting when the bot starts, and are counted by the replies that
arrive over real HTTP; the start itself is not counted.
"""

from __future__ import annotations

import json
import os
import random
import signal
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
    note = f"{ASKED} varied questions of {CHATS} chats, {loading.label()} events in SQLite, one core for the bot"
    yield Figure("questions_per_second_polling", _throughput(url, asked, {}), "1/s", note)
    port = _free_port()
    hook = {"SITREP_WEBHOOK_URL": f"http://127.0.0.1:{port}/telegram", "SITREP_WEBHOOK_LISTEN": f"127.0.0.1:{port}"}
    yield Figure("questions_per_second_webhook", _throughput(url, asked, hook), "1/s", note)


def _start(url: str) -> Iterator[Figure]:
    with _server() as server, tempfile.TemporaryDirectory() as folder:
        times = []
        for _ in range(3):
            before = server.stats()["calls"].get("getUpdates", 0)
            began = time.perf_counter()
            with _bot(server, url, folder, {}) as bot:
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


def _throughput(url: str, asked: list[str], more: dict[str, str]) -> float:
    """Replies a second, from the first to the last."""
    chance = random.Random(3)
    with _server() as server, tempfile.TemporaryDirectory() as folder:
        people = [server.call(do="person", name=f"P{n}", language_code="en") for n in range(CHATS)]
        if more:
            bot = _bot(server, url, folder, more)
            with bot as process:
                _ask_all(server, people, asked, chance)
                return _answered(server, process)
        _ask_all(server, people, asked, chance)
        with _bot(server, url, folder, more) as process:
            return _answered(server, process)


def _ask_all(server: Server, people: list[int], asked: list[str], chance: random.Random) -> None:
    for number in range(ASKED):
        server.call(do="say", person=people[number % CHATS], text=chance.choice(asked))


def _answered(server: Server, process: subprocess.Popen[bytes]) -> float:
    end = time.monotonic() + PATIENCE
    stats = server.stats()
    while stats["accepted"].get("sendMessage", 0) < ASKED and time.monotonic() < end:
        time.sleep(0.1)
        stats = server.stats()
        assert process.poll() is None, "the bot has ended"
    if os.environ.get("BENCH_DEBUG"):
        print(stats, file=sys.stderr)
    return float(stats["rate"]["sendMessage"])


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
def _server() -> Iterator[Server]:
    command = [sys.executable, "-m", "tests.botapi", "--fast"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        _pin(process.pid, 1)
        try:
            assert process.stdout is not None
            root, _, token = process.stdout.readline().split()
            yield Server(root, token)
        finally:
            process.terminate()


@contextmanager
def _bot(server: Server, url: str, folder: str, more: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("SITREP_", "TELEGRAM_", "DATABASE_"))}
    own = {
        "DATABASE_URL": url,
        "SITREP_HOME": folder,
        "TELEGRAM_TOKEN": server.token,
        "TELEGRAM_API_URL": server.root,
        "SITREP_LOG_LEVEL": "WARNING",
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
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
