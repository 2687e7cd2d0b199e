"""Who does what only one process may do: one is elected, and another takes over when it is gone.

PostgreSQL: an advisory lock on a connection of its own. The server lets go of it as soon as that connection ends, so
after `kill -9` the next one to ask has it. SQLite has no such locks: a lease is a row that runs out unless it is
renewed; what a dead process of this machine held is taken at once.

An elected process that was frozen may believe for a moment that it still is. Nothing that it then writes is written
twice: reports have ids of their own.
"""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b
from pathlib import Path
from threading import Lock
from typing import Protocol

from sqlalchemy import Connection, Engine, delete, exc, insert, select, text, update

from storage.people import leases

LASTS = timedelta(seconds=30)
RENEWED_AFTER = timedelta(seconds=10)


class Election(Protocol):
    """The seat that one process has at a time; safe to ask from several threads."""

    def hold(self, now: datetime) -> bool:
        """Whether this process has the seat, taking it if it is free; to be asked every second or so."""

    def holder(self) -> str | None:
        """Who has it, for people: `host:process`; None if nobody."""

    def release(self) -> None:
        """Leave the seat to others."""


def process_name() -> str:
    """This process, for people and for telling whether it lives: `host:process`."""
    return f"{socket.gethostname()}:{os.getpid()}"


def lock_number(name: str) -> int:
    """The number of a lock that has a name (PostgreSQL knows only numbers); positive, 62 bits."""
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "big") >> 2


@dataclass(slots=True)
class AdvisorySeat:
    """The seat as a lock of a PostgreSQL session. `engine` must give a new connection each time."""

    engine: Engine
    name: str
    _connection: Connection | None = None
    _guard: Lock = field(default_factory=Lock)

    def hold(self, now: datetime) -> bool:
        """Ask the server; a lost connection is a lost seat."""
        with self._guard:
            try:
                if self._connection is not None:
                    self._connection.exec_driver_sql("SELECT 1")
                    return True
                connection = self.engine.connect()
            except exc.SQLAlchemyError:
                self._let_go()
                return False
            try:
                got = connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": lock_number(self.name)})
                if got.scalar():
                    self._connection = connection
                    return True
            except exc.SQLAlchemyError:
                pass
            connection.close()
            return False

    def holder(self) -> str | None:
        """The name that the holder's connection bears."""
        key = lock_number(self.name)
        query = text(
            "SELECT a.application_name FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid "
            "WHERE l.locktype = 'advisory' AND l.granted AND l.classid::bigint = :high AND l.objid::bigint = :low "
            "AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
        with self.engine.connect() as connection:
            found = connection.execute(query, {"high": key >> 32, "low": key & 0xFFFF_FFFF}).scalar()
        return str(found) if found is not None else None

    def release(self) -> None:
        """End the connection, and the lock with it."""
        with self._guard:
            self._let_go()
        self.engine.dispose()

    def _let_go(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.invalidate()
            connection.close()


@dataclass(slots=True)
class LeasedSeat:
    """The seat as a row that runs out. `begin` opens a transaction for writing."""

    begin: Callable[[], AbstractContextManager[Connection]]
    name: str
    process: str = field(default_factory=process_name)
    mark: str = field(default_factory=lambda: secrets.token_hex(4))
    _renewed_at: datetime | None = None
    _guard: Lock = field(default_factory=Lock)

    def hold(self, now: datetime) -> bool:
        """Take or renew the lease; while it is fresh, nothing is written."""
        with self._guard:
            if self._renewed_at is not None and timedelta(0) <= now - self._renewed_at < RENEWED_AFTER:
                return True
            self._renewed_at = now if self._taken(now) else None
            return self._renewed_at is not None

    def holder(self) -> str | None:
        """Whose name stands in the lease, if it still runs."""
        with self.begin() as connection:
            row = connection.execute(select(leases).where(leases.c.name == self.name)).first()
        return None if row is None else str(row.holder).rpartition(":")[0]

    def release(self) -> None:
        """Give the lease back."""
        with self._guard, self.begin() as connection:
            self._renewed_at = None
            connection.execute(delete(leases).where(leases.c.name == self.name, leases.c.holder == self._me))

    @property
    def _me(self) -> str:
        return f"{self.process}:{self.mark}"

    def _taken(self, now: datetime) -> bool:
        with self.begin() as connection:
            row = connection.execute(select(leases).where(leases.c.name == self.name)).first()
            values = {"name": self.name, "holder": self._me, "until": now + LASTS}
            if row is None:
                connection.execute(insert(leases), values)
            elif row.holder == self._me or row.until <= now or row.until > now + 2 * LASTS or self._dead(row):
                connection.execute(update(leases).where(leases.c.name == self.name).values(values))
            else:
                return False
        return True

    def _dead(self, row: object) -> bool:
        """Whether the holder was a process of this machine that is no more; of other machines nothing is known."""
        host, _, rest = str(getattr(row, "holder", "")).rpartition(":")[0].rpartition(":")
        my_host, _, mine = self.process.rpartition(":")
        if host != my_host or not rest.isdigit():
            return False
        if rest == mine:
            return True  # our own number, another mark: whoever bore it before us is gone
        return not _alive(int(rest))


def _alive(process: int) -> bool:
    """Whether a process of this machine runs; one that is over and only not yet fetched by its parent does not."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[:1]
    except OSError:  # not Linux, or it has just ended
        return True
    return state not in (["Z"], ["X"])
