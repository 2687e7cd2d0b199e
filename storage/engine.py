"""The database: opening it, its transactions, and what is said when it is away. SQLite in a file, or PostgreSQL.

SQLite: write-ahead log, one writer at a time (BEGIN IMMEDIATE, so that two writers wait instead of failing), full
durability: an acknowledged commit outlives a power cut. PostgreSQL: psycopg 3, connections tested before use.

Every wait is bounded: for a connection, a lock, an answer to a question. While the database is away, all but one
caller a second hear so at once (`storage.reach`), and the first one after its return finds it.
"""

from __future__ import annotations

import secrets
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, exc
from sqlalchemy.engine import URL, make_url
from sqlalchemy.pool import NullPool

from conflict.errors import DatabaseAwayError, SettingsError, StorageError
from storage import backup, restore, schema
from storage.leases import AdvisorySeat, Election, LeasedSeat, process_name
from storage.reach import DatabaseFile, Reach
from storage.unit import Unit

BUSY_SECONDS = 10  # how long a writer waits for another one before it gives up
READ_SECONDS = 5  # how long one reading statement may take: a person waits for it
CONNECT_SECONDS = 3
_BUSY_PAUSE = 0.002  # seconds
WORKERS = 4

# A server whose machine vanished answers nothing at all: its silence is taken for an end after some 5 seconds.
SILENCE: dict[str, Any] = {
    "keepalives": 1,
    "keepalives_idle": 3,
    "keepalives_interval": 1,
    "keepalives_count": 2,
    "tcp_user_timeout": 5000,
}

_WRITE = "sitrep_write"
_AGAIN = "sitrep_again"


class Storage:
    """One database. Safe for threads: every unit has a connection of its own."""

    def __init__(self, engine: Engine, choose: Callable[[str], str] = secrets.choice) -> None:
        self._engine = engine
        self._choose = choose
        self._reach = Reach(self.url)

    @property
    def url(self) -> str:
        """Where the database is, for people: without a password."""
        return self._engine.url.render_as_string(hide_password=True)

    @property
    def kind(self) -> str:
        """`sqlite` or `postgresql`."""
        return self._engine.dialect.name

    @contextmanager
    def begin(self, write: bool = False, *, again: bool = False) -> Iterator[Unit]:
        """A unit of work: all of it is kept, or after an exception nothing. Never hold it across a call to the network.

        `again`: of what could be written again from its source (an import), a power cut may lose the last seconds; the
        commit does not wait for the disk. Nothing else is lost by it, and nothing is damaged.

        Raises DatabaseAwayError when the database cannot be reached or stays locked, StorageError when it refuses.
        """
        with self._transaction(write, again=again) as connection:
            yield Unit(connection, write=write, choose=self._choose)

    @contextmanager
    def _transaction(self, write: bool, *, again: bool = False) -> Iterator[Connection]:
        with _in_plain_words(self.url), self._connected() as connection:
            connection = connection.execution_options(**{_WRITE: write, _AGAIN: again})
            with connection.begin():
                yield connection

    def _connected(self) -> Connection:
        with self._reach.attempt():
            return self._engine.connect()

    def migrate(self) -> tuple[str | None, str]:
        """Bring the schema to this version, from empty or from any earlier one; returns the revisions before and after.

        Raises SchemaError if the database was written by a newer version.
        """
        with self._transaction(True) as connection:
            return schema.migrate(connection)

    def check_schema(self) -> None:
        """Raise SchemaError, in a sentence that says what to do, unless the schema is the one this version knows."""
        with self._transaction(False) as connection:
            schema.check(connection)

    def backup(self, path: Path | str) -> int:
        """Write a copy of the database, as of one instant, while others read and write; returns its size in bytes.

        Raises InputError when the file exists, StorageError when the copy does not prove sound.
        """
        with _in_plain_words(self.url):
            return backup.backup(self._engine, Path(path))

    def restore(self, path: Path | str) -> restore.Restored:
        """Fill an empty database, with a schema or without, from a backup of either kind; all of it or nothing.

        Raises UsageError when there is data already, InputError when the file is damaged or no backup.
        """
        with _in_plain_words(self.url):
            return restore.restore(lambda: self._transaction(True), Path(path))

    def election(self, name: str) -> Election:
        """The seat of this name among all processes on this database (`storage.leases`)."""
        if self.kind == "sqlite":
            return LeasedSeat(lambda: self._transaction(True), name)
        return AdvisorySeat(_on_its_own(self._engine.url), name)

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()


def open_storage(url: str, *, choose: Callable[[str], str] = secrets.choice) -> Storage:
    """The database at `url`: `sqlite:///path/to/file.db`, `postgresql://user@host/name`; only folders are created.

    `choose` is the seam for randomness: it picks one letter of an alphabet. SettingsError for another kind of URL.
    """
    try:
        target = make_url(url)
    except exc.ArgumentError as fault:
        raise SettingsError(
            "DATABASE_URL is not a database address; write sqlite:///path/to/sitrep.db or postgresql://user@host/name"
        ) from fault
    if target.get_backend_name() == "sqlite":
        return Storage(_sqlite(target), choose)
    if target.drivername in ("postgres", "postgresql", "postgresql+psycopg"):
        return Storage(_postgresql(target.set(drivername="postgresql+psycopg")), choose)
    raise SettingsError(f"DATABASE_URL names {target.drivername}; Sitrep speaks SQLite and PostgreSQL")


def _sqlite(url: URL) -> Engine:
    if not url.database or url.database == ":memory:":
        raise SettingsError(
            "DATABASE_URL names no file; Sitrep's SQLite database is a file: sqlite:///path/to/sitrep.db"
        )
    try:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise SettingsError(f"The folder of the database {url.database} cannot be made: {fault.strerror}") from fault
    file = DatabaseFile(url.database, BUSY_SECONDS)
    engine = create_engine(
        url.set(drivername="sqlite+pysqlite"),
        creator=file.open,
        pool_size=WORKERS + 1,
        max_overflow=WORKERS,
        pool_timeout=READ_SECONDS,
    )
    event.listen(engine, "connect", file.opened)
    event.listen(engine, "connect", _tune_sqlite)
    event.listen(engine, "checkout", file.taken)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _tune_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    for setting in (
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "temp_store = MEMORY",
        "secure_delete = ON",  # what is erased leaves no bytes in the file
        "cache_size = -8192",
    ):
        connection.execute(f"PRAGMA {setting}")


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if not options.get(_WRITE, False):
        connection.exec_driver_sql("BEGIN")
        return
    again = options.get(_AGAIN, False)
    if connection.info.get(_AGAIN, False) != again:
        connection.info[_AGAIN] = again
        connection.exec_driver_sql(f"PRAGMA synchronous = {'NORMAL' if again else 'FULL'}")
        connection.exec_driver_sql(f"PRAGMA wal_autocheckpoint = {8_000 if again else 1_000}")
    _begin_writing(connection)


def _begin_writing(connection: Connection) -> None:
    """BEGIN IMMEDIATE, asked for every two milliseconds while another one writes.

    SQLite's own waiting sleeps ever longer, up to a tenth of a second, and so oversleeps the gaps that a writer of many
    short transactions leaves.
    """
    until = time.monotonic() + BUSY_SECONDS
    connection.exec_driver_sql("PRAGMA busy_timeout = 0")
    try:
        while True:
            try:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            except exc.OperationalError as fault:
                code = getattr(fault.orig, "sqlite_errorcode", 0)
                if code & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                    raise
                time.sleep(_BUSY_PAUSE)
            else:
                return
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")


def _postgresql(url: URL) -> Engine:
    options = f"-c timezone=UTC -c lock_timeout={BUSY_SECONDS}s -c statement_timeout={READ_SECONDS}s"
    engine = create_engine(
        url,
        connect_args={"connect_timeout": CONNECT_SECONDS, "options": options, **SILENCE},
        pool_size=WORKERS + 1,
        max_overflow=WORKERS,
        pool_timeout=READ_SECONDS,
        pool_pre_ping=True,
    )
    event.listen(engine, "begin", _begin_postgresql)
    return engine


def _on_its_own(url: URL) -> Engine:
    """An engine that keeps no connections: each is new, and the server soon notices when this machine is gone."""
    options = f"-c statement_timeout={READ_SECONDS}s -c lock_timeout={BUSY_SECONDS}s"
    options += " -c tcp_keepalives_idle=3 -c tcp_keepalives_interval=1 -c tcp_keepalives_count=2"
    return create_engine(
        url,
        connect_args={
            "connect_timeout": CONNECT_SECONDS,
            "options": options,
            "application_name": process_name()[:63],
            **SILENCE,
        },
        poolclass=NullPool,
        isolation_level="AUTOCOMMIT",
    )


def _begin_postgresql(connection: Connection) -> None:
    if connection.get_execution_options().get(_WRITE, False):
        # An import or a migration may work for minutes; only its waiting for locks is bounded.
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        if connection.get_execution_options().get(_AGAIN, False):
            connection.exec_driver_sql("SET LOCAL synchronous_commit = off")


# SQLite has one class of error for nearly everything; these of its result codes mean that another try may help.
_SQLITE_AWAY = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_PROTOCOL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_INTERRUPT,
    sqlite3.SQLITE_NOMEM,
}
# PostgreSQL's classes that mean the same: connection, resources, operator's intervention, rollback for others' sake.
_POSTGRESQL_AWAY = ("08", "53", "57", "40")
_LOCK_NOT_AVAILABLE = "55P03"


@contextmanager
def _in_plain_words(url: str) -> Iterator[None]:
    """Turn the library's exceptions into ours, each with what to do."""
    try:
        yield
    except exc.TimeoutError as fault:
        raise DatabaseAwayError(f"All connections to {url} are taken; try again") from fault
    except exc.DBAPIError as fault:
        raise _meaning(fault, url) from fault
    except exc.SQLAlchemyError as fault:
        raise StorageError(f"The database {url} refused: {fault}") from fault


def _meaning(fault: exc.DBAPIError, url: str) -> StorageError:
    first = (str(fault.orig).strip().splitlines() or ["no reason given"])[0]
    if fault.connection_invalidated or _is_away(fault):
        return DatabaseAwayError(f"The database {url} cannot be reached now ({first}); try again")
    return StorageError(f"The database {url} refused: {first}")


def _is_away(fault: exc.DBAPIError) -> bool:
    """Whether the database is away or busy; a wrong statement, schema or value is no outage."""
    if state := getattr(fault.orig, "sqlstate", None):
        return state[:2] in _POSTGRESQL_AWAY or state == _LOCK_NOT_AVAILABLE
    if isinstance(fault.orig, sqlite3.Error):
        code = getattr(fault.orig, "sqlite_errorcode", None)
        return code is not None and code & 0xFF in _SQLITE_AWAY
    return isinstance(fault, (exc.OperationalError, exc.InterfaceError))
