"""`sitrep import`: conflict data (ACLED, UCDP, GDELT, Sitrep's JSON lines) from files into the database."""

from __future__ import annotations

import signal
import sys
import time
from argparse import Namespace
from pathlib import Path

from bot.clock import clock
from bot.opening import load_places, open_database, settings_with_logs
from ingest.importing import Counts, Importer, Watcher
from ingest.sources.rows import Rejection

EVERY = 0.5  # seconds between two lines of progress


def import_(arguments: Namespace) -> int:
    """Import each file; print what became of its rows, each rejection with its line and reason."""
    settings = settings_with_logs()
    storage = open_database(settings.storage_url)
    total = Counts()
    shown = Shown()
    try:
        importer = Importer(storage, load_places(storage), clock, shown)
        for name in arguments.files:
            shown.begin(Path(name).name)
            started = time.perf_counter()
            counts = importer.run(Path(name), arguments.format)
            shown.end()
            print(f"{Path(name).name}: {_line(counts)} {_rate(counts.read, time.perf_counter() - started)}")
            total.add(counts)
    except KeyboardInterrupt:
        shown.end()
        print(f"{shown.name}: {_line(shown.counts)}")
        print("Stopped. What was stored stays; the same command goes on from there.", file=sys.stderr)
        return 128 + signal.SIGINT
    finally:
        storage.close()
    if len(arguments.files) > 1:
        print(f"All: {_line(total)}")
    return 0


def _line(counts: Counts) -> str:
    parts = [
        f"{counts.read} read = {counts.inserted} inserted + {counts.revised} revised + {counts.merged} merged + "
        f"{counts.unchanged} unchanged + {counts.rejected} rejected."
    ]
    if counts.flagged:
        parts.append(f"{counts.flagged} taken with a doubt.")
    if counts.places:
        parts.append(f"{counts.places} places learned.")
    if counts.tolls:
        parts.append(f"{counts.tolls} tolls for several rows.")
    if counts.links:
        parts.append(
            f"GDELT codes mentions by machine, not incidents: no row is an event. {counts.links} articles "
            "they point at are kept aside as links."
        )
    return " ".join(parts)


def _rate(rows: int, seconds: float) -> str:
    return f"{seconds:.1f} s, {rows / seconds:,.0f} rows/s." if seconds > 0 else ""


class Shown(Watcher):
    """Rejections on standard output; progress on standard error when that is a terminal."""

    def __init__(self) -> None:
        self.name = ""
        self.counts = Counts()  # of the file under way
        self._started = self._last = 0.0
        self._terminal = sys.stderr.isatty()

    def begin(self, name: str) -> None:
        """A file begins."""
        self.name = name
        self.counts = Counts()
        self._started = time.monotonic()

    def end(self) -> None:
        """A file is done: clear the line of progress."""
        if self._terminal:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)

    def rejected(self, rejection: Rejection) -> None:
        """One line."""
        self.end()
        print(f"{self.name} line {rejection.line}: rejected: {rejection.reason}")

    def flagged(self, line: int, reason: str) -> None:
        """One line."""
        self.end()
        print(f"{self.name} line {line}: taken, but: {reason}")

    def progress(self, counts: Counts, done: float) -> None:
        """Rows, rate and time left, at most twice a second."""
        self.counts = counts
        now = time.monotonic()
        if not self._terminal or now - self._last < EVERY:
            return
        self._last = now
        spent = max(now - self._started, 1e-6)
        left = spent / done * (1 - done) if done > 0 else 0.0
        line = f"{self.name}: {counts.read:,} rows, {counts.read / spent:,.0f}/s, {done:.0%}, {_clock(left)} left"
        print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
