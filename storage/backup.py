"""A copy of the database, taken while others read and write, and proved sound before it is called a backup."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from pathlib import Path

from sqlalchemy import Engine

from conflict.errors import InputError, StorageError

PAGES_AT_ONCE = 2_000  # of 4 kB; between the steps writers get their turn


def backup(engine: Engine, path: Path) -> int:
    """Write the copy to `path`; returns its size in bytes. The file appears only when it is whole."""
    if path.exists():
        raise InputError(f"{path} exists already; a backup is never written over another file")
    if not path.parent.is_dir():
        raise InputError(f"The folder {path.parent} does not exist; make it first")
    if engine.dialect.name != "sqlite":
        raise StorageError("Back up PostgreSQL with its own tool: pg_dump --format=custom --file=FILE DATABASE_URL")
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        _copy_sqlite(str(engine.url.database), unfinished)
        _prove_sqlite(unfinished)
        os.replace(unfinished, path)
    except (sqlite3.Error, OSError) as fault:
        raise StorageError(f"The backup to {path} failed: {fault}") from fault
    finally:
        with contextlib.suppress(FileNotFoundError):
            unfinished.unlink()
    return path.stat().st_size


def _copy_sqlite(origin: str, target: Path) -> None:
    with contextlib.closing(sqlite3.connect(origin)) as source, contextlib.closing(sqlite3.connect(target)) as copy:
        source.backup(copy, pages=PAGES_AT_ONCE)
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, no log beside it


def _prove_sqlite(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as copy:
        verdict = copy.execute("PRAGMA integrity_check").fetchone()
        broken = copy.execute("PRAGMA foreign_key_check").fetchone()
    if verdict != ("ok",) or broken is not None:
        raise StorageError(f"The copy is not sound: {verdict[0] if verdict else 'no verdict'}")
