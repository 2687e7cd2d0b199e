"""A process that stores events, matches them and sends, and kills itself with SIGKILL at a named point.

What arrived at the other end is a file, one line each: it outlives the process, as Telegram does. The point is where
the process ends at the n-th time: `import`, `matching` (a statement), `claimed` (handed over, not arrived), `arrived`
(not answered), `settled` (committed), or `never`.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import event

from alerts.dispatch import Dispatcher
from alerts.matcher import Matcher
from alerts.sending import Outcome, Outgoing, Sent
from conflict.actors import Actors
from conflict.events import ChangeKind
from conflict.fold import fold
from conflict.vocabulary import Severity
from messages.catalog import Catalog
from storage import Storage, open_storage
from tests.storage.values import ARIHA, NOW, claim, facts, report

EVENTS = 1  # each round: more at once would be folded into one message
POINTS = ("import", "matching", "claimed", "arrived", "settled")
BETWEEN_ROUNDS = timedelta(minutes=25)  # longer than a claim may last; not so short that chats are spared a burst


@dataclass
class Point:
    """Counts how often each place was passed, and ends the process at the wanted one."""

    name: str
    left: int
    here: str = ""

    def passed(self, name: str) -> None:
        if name == self.name:
            self.left -= 1
            if self.left <= 0:
                os.kill(os.getpid(), signal.SIGKILL)

    @contextmanager
    def at(self, here: str) -> Iterator[None]:
        self.here = here
        yield
        self.here = ""


@dataclass
class Hands:
    """The other end: notes whom a message reached."""

    log: int
    point: Point
    sent: int = 0

    async def send(self, message: Outgoing) -> Outcome:
        self.point.passed("claimed")
        await asyncio.sleep(0.002 * (message.telegram_id % 3))  # not all at once
        self.sent += 1
        os.write(self.log, f"{message.telegram_id} {message.reply.buttons[0][0].data}\n".encode())
        self.point.passed("arrived")
        return Sent(self.sent)


def name_of(number: int) -> str:
    """The id of the n-th event."""
    return f"EVENT{number:05d}"


def store(storage: Storage, number: int, at: datetime) -> None:
    """One event with its report, unless it is stored already."""
    name = name_of(number)
    with storage.begin(write=True) as unit:
        if unit.events.get(name) is not None:
            return
        said = facts(ARIHA, killed=1)
        unit.reports.save(report(f"r{number}", published=at))
        one = claim(f"c{number}", said, report_id=f"r{number}", published=at)
        held = replace(fold(name, 1, [one], updated_at=at), severity=Severity.SERIOUS)  # not sent twice on purpose
        unit.events.save(held, ChangeKind.NEW, report_id=f"r{number}", why="a test", at=at)


async def _run(storage: Storage, log: int, worker: str, round_: int, point: Point) -> None:
    at = NOW + round_ * BETWEEN_ROUNDS
    hands = Hands(log, point)
    event.listen(storage._engine, "after_cursor_execute", lambda *_: point.passed(point.here))
    dispatcher = Dispatcher(storage, hands, Catalog.load(Actors.load()), lambda: at, worker, most_an_hour=1000)
    matcher = Matcher(storage, lambda: at)
    matcher.begin()
    dispatcher.begin(alone=storage.kind == "sqlite")
    for number in range((round_ + 1) * EVENTS if worker == "a" else 0):
        with point.at("import"):
            store(storage, number, at)
    busy = True
    while busy:
        with point.at("matching"):
            matched = matcher.step()
        busy = bool(await dispatcher.step()) or matched is not None
        point.passed("settled")


def run(url: str, log: str, worker: str, round_: int, point: str, nth: int) -> None:
    """The whole life of one process."""
    storage = open_storage(url)
    end = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    asyncio.run(_run(storage, end, worker, round_, Point(point, nth)))
    storage.close()
