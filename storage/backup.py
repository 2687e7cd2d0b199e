"""A copy of the database as of one instant, taken while others read and write.

Of SQLite: a SQLite file, proved sound. Of PostgreSQL: the portable form of `storage.archive`, with checksums; none of
the server's own tools is needed. Each appears under its name only when it is whole, readable by its owner alone.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from sqlalchemy import Engine

from conflict.errors import InputError, StorageError
from storage import schema
from storage.archive import ArchiveWriter
from storage.rowtext import kinds_of
from storage.tables import PostgresqlTables, own_tables


def backup(engine: Engine, path: Path) -> int:
    """Write the copy to `path`; returns its size in bytes. The file appears only when it is whole."""
    if path.exists():
        raise InputError(f"{path} exists already; a backup is never written over another file")
    if not path.parent.is_dir():
        raise InputError(f"The folder {path.parent} does not exist; make it first")
    try:
        with unfinished(path) as file:
            if engine.dialect.name == "sqlite":
                _copy_sqlite(str(engine.url.database), file)
                if fault := fault_of_sqlite(file):
                    raise StorageError(f"The backup to {path} failed: the copy is not sound ({fault})")
            else:
                _copy_postgresql(engine, file)
            os.replace(file, path)
    except (sqlite3.Error, psycopg.Error, OSError) as fault:
        raise StorageError(f"The backup to {path} failed: {fault}") from fault
    return path.stat().st_size


@contextmanager
def unfinished(path: Path) -> Iterator[Path]:
    """A new file beside `path`, of its owner alone; gone at the end unless it was given its name."""
    file = path.with_name(f".{path.name}.{os.getpid()}.part")
    os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        yield file
    finally:
        with contextlib.suppress(FileNotFoundError):
            file.unlink()


def _copy_sqlite(origin: str, target: Path) -> None:
    with contextlib.closing(sqlite3.connect(origin)) as source, contextlib.closing(sqlite3.connect(target)) as copy:
        # One reading transaction from first page to last: else each commit of a writer would start the copy anew.
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()
        source.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, no log beside it


def fault_of_sqlite(path: Path) -> str | None:
    """What is wrong with a database file; None if it is sound."""
    with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as copy:
        verdict = copy.execute("PRAGMA integrity_check").fetchone()
        broken = copy.execute("PRAGMA foreign_key_check").fetchone()
    if verdict != ("ok",):
        return str(verdict[0]) if verdict else "no verdict"
    return f"{broken[0]} points at rows that are not there" if broken else None


def _copy_postgresql(engine: Engine, target: Path) -> None:
    """All tables in one snapshot: what is committed later is in none of them."""
    with engine.connect() as plain:
        connection = plain.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        with connection.begin(), target.open("wb") as file:
            schema.check(connection)
            tables = PostgresqlTables(connection.connection.driver_connection)
            tables.share(own_tables())
            made_at = datetime.now(UTC).isoformat(timespec="seconds")
            with contextlib.closing(ArchiveWriter(file)) as archive:
                for table in own_tables():
                    columns = kinds_of(table)
                    archive.add(table.name, columns, tables.lines(table, columns), tables.next_id(table))
                archive.finish(schema.newest(), made_at)
            file.flush()
            os.fsync(file.fileno())
