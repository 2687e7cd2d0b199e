"""A second process for a large import: it makes events of rows while the first one writes those before them.

It speaks pickle over its own standard input and output with the process that started it, and with nobody else. It
holds no connection, and ends when the first process does, however that ends.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from conflict.actors import Actors
from conflict.ceasefires import Ceasefire
from conflict.errors import SitrepError
from conflict.gazetteer import Gazetteer
from conflict.gazetteer_file import NamedPlace
from ingest.bulkload import Alone
from ingest.rowmaking import Cells, Made, RowMaker
from ingest.sources.acled import AcledRows
from ingest.sources.rows import Rejection
from ingest.sources.siting import Siting
from ingest.sources.ucdp import UcdpRows
from ingest.sources.voices import ActorNames, Voices

_ENDS = 10.0  # seconds that the second process is given to end by itself


@dataclass(frozen=True, slots=True)
class Task:
    """What the second process must know: the file's header and kind, and what is known of places and ceasefires."""

    kind: str
    header: list[str]
    month_first: bool
    now: datetime
    dialect: str
    places: tuple[NamedPlace, ...]
    ceasefires: tuple[Ceasefire, ...]


class Beside:
    """Rows made events of in another process; one batch is under way at a time."""

    def __init__(self, task: Task) -> None:
        # It sees none of our environment, where the bot's token is.
        root = Path(__file__).parents[1]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "ingest.importworker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=root,
            env={"PYTHONPATH": str(root), "PATH": os.defpath, "LC_ALL": "C.UTF-8"},
        )
        self._say(task)

    def give(self, rows: Sequence[Cells], at: datetime) -> None:
        """See `Makes`."""
        self._say((list(rows), at))

    def take(self) -> list[Made | Rejection]:
        """See `Makes`."""
        if self._process.stdout is None:
            raise ValueError("it was closed")
        try:
            found: list[Made | Rejection] = pickle.load(self._process.stdout)  # noqa: S301  our own process
        except (EOFError, OSError, pickle.UnpicklingError) as error:
            raise _ended() from error
        return found

    def close(self) -> None:
        """End the process; what it was given last may be lost."""
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with suppress(OSError):
                    stream.close()
        try:
            self._process.wait(_ENDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _say(self, what: object) -> None:
        if self._process.stdin is None:
            raise ValueError("it was closed")
        try:
            pickle.dump(what, self._process.stdin, protocol=5)
            self._process.stdin.flush()
        except OSError as error:
            raise _ended() from error


def _ended() -> SitrepError:
    return SitrepError("The process that reads the rows has ended; what was stored stays: run the same command again")


def reader_of(kind: str, header: list[str], places: Gazetteer, now: datetime) -> AcledRows | UcdpRows:
    """A reader for a table of this kind, with lookups of its own."""
    siting = Siting(places)
    made = AcledRows if kind == "acled" else UcdpRows
    return made(header, siting, ActorNames(Actors.load(), siting.country_code), Voices(), now=now)


def main(given: IO[bytes], taken: IO[bytes]) -> None:
    """Make events of batch after batch until there is none."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that writes: it closes our input
    task: Task = pickle.load(given)  # noqa: S301  from the process that started this one
    reader = reader_of(task.kind, task.header, Gazetteer.load(task.places), task.now)
    if isinstance(reader, AcledRows):
        reader.month_first = task.month_first
    maker = RowMaker(reader, Alone(task.ceasefires), task.dialect)
    while True:
        try:
            batch: tuple[list[Cells], Any] = pickle.load(given)  # noqa: S301  from the process that started this one
        except EOFError:
            return
        maker.give(*batch)
        pickle.dump(maker.take(), taken, protocol=5)
        taken.flush()


if __name__ == "__main__":
    with suppress(BrokenPipeError, EOFError):
        main(sys.stdin.buffer, sys.stdout.buffer)
    os._exit(0)  # at once: what is still to be written has no reader any more
