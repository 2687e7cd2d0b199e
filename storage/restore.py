"""A backup, of either kind, into an empty database, of either kind: all of it in one transaction, or nothing.

Rows are read again and compared with the backup's counts and checksums before they are committed. A backup of an
earlier schema is restored as it was and then migrated. Backup files may be damaged or hostile: they are data only.
"""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections import deque
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol, cast

import psycopg
from sqlalchemy import Connection, MetaData, Table, create_engine, select

from conflict.errors import InputError, StorageError, UsageError
from storage import schema
from storage.archive import ArchiveReader, Tally
from storage.backup import fault_of_sqlite
from storage.rowtext import Kind, kinds_of
from storage.tables import REVISIONS, Columns, SqliteTables, own_tables, present, tables_of

SQLITE_HEAD = b"SQLite format 3\0"
ZIP_HEAD = b"PK"
LOCK_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back: how many rows in how many tables, and the schema that the backup had."""

    rows: int
    tables: int
    revision: str


class Source(Protocol):
    """A backup that is open for reading."""

    @property
    def saved_at(self) -> str:
        """The schema that it was saved with."""

    @property
    def revision(self) -> str:
        """The schema that its rows have now."""

    def names(self) -> list[str]:
        """Its tables."""

    def columns(self, name: str) -> Columns:
        """What one of them holds."""

    def lines(self, name: str) -> Generator[bytes]:
        """The rows of one; InputError or ValueError when they are not what they should be."""

    def next_id(self, name: str) -> int | None:
        """The number that its next row would have got."""

    def close(self) -> None:
        """Close it."""


def restore(begin: Callable[[], AbstractContextManager[Connection]], path: Path) -> Restored:
    """Restore `path` in a writing transaction of `begin`.

    UsageError if the database is not empty, InputError if the file is no backup or damaged, SchemaError if a newer
    Sitrep made it.
    """
    with _damage_in_words(path), closing(_opened(path)) as source, begin() as connection:
        if isinstance(source, SqliteBackup) and connection.dialect.name == "sqlite":
            return _copy_pages(connection, source)
        _make_room(connection, source.revision)
        with tables_of(connection).without_indices():
            rows, tables = _load(connection, source)
        if source.revision != schema.newest():
            schema.migrate(connection)
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("ANALYZE")  # else the first questions are planned as for an empty database
        return Restored(rows, tables, source.saved_at)


def _copy_pages(connection: Connection, source: SqliteBackup) -> Restored:
    """From a SQLite file to a SQLite file: page by page, many times faster than row by row, after each row was read.

    SQLite makes the copy in a transaction of its own: whole, or not at all.
    """
    _empty(connection)
    names, rows = source.names(), 0
    if sorted(names) != sorted(table.name for table in own_tables()):
        raise ValueError(f"it has not the tables of schema {source.revision}")
    for name in names:
        if set(source.columns(name)) != set(kinds_of(source.own(name))):
            raise ValueError(f"{name} has not the columns of schema {source.revision}")
        rows += sum(1 for _ in source.lines(name))  # raises for a value of another kind
    driver = cast(sqlite3.Connection, connection.connection.driver_connection)
    driver.execute("ROLLBACK")  # the copy is a transaction itself
    source.copy_to(driver)
    driver.execute("BEGIN")
    return Restored(rows, len(names), source.saved_at)


def _empty(connection: Connection) -> tuple[str | None, MetaData]:
    """The schema's revision and tables of a database without data; UsageError if it holds any."""
    found, there = schema.current(connection), present(connection)
    if found is None and there.tables:
        schema.check(connection)  # refuses: the tables are not Sitrep's
    if there.tables:
        tables_of(connection).lock(there.sorted_tables)
    for table in there.sorted_tables:
        if connection.execute(select(1).select_from(table).limit(1)).first():
            raise UsageError(
                "The database holds data already; a backup is restored into an empty one only. "
                "Stop the bot, then move the old database away or name another in DATABASE_URL"
            )
    return found, there


def _make_room(connection: Connection, revision: str) -> None:
    """See to it that the database is empty and has the backup's schema."""
    found, there = _empty(connection)
    if found != revision:
        there.drop_all(connection)
        if found is not None:
            connection.exec_driver_sql(f"DROP TABLE {REVISIONS}")
        schema.build(connection, revision)


def _load(connection: Connection, source: Source) -> tuple[int, int]:
    tables, held, rows = tables_of(connection), present(connection), 0
    if sorted(source.names()) != sorted(held.tables):
        raise ValueError(f"it has not the tables of schema {source.revision}")
    for table in held.sorted_tables:
        columns = source.columns(table.name)
        if set(columns) != set(table.columns.keys()):
            raise ValueError(f"{table.name} has not the columns of schema {source.revision}")
        given, kept = Tally(), Tally()
        with closing(source.lines(table.name)) as lines:
            tables.fill(table, columns, given.of(lines))
        deque(kept.of(tables.lines(table, columns)), maxlen=0)
        if given != kept:
            raise ValueError(f"{table.name} did not come back as it was saved")
        if (number := source.next_id(table.name)) is not None:
            tables.set_next_id(table, number)
        rows += kept.rows
    return rows, len(held.tables)


def _opened(path: Path) -> Source:
    try:
        with path.open("rb") as file:
            head = file.read(len(SQLITE_HEAD))
    except OSError as fault:
        raise InputError(f"{path} cannot be read: {fault.strerror}") from fault
    if head == SQLITE_HEAD:
        return SqliteBackup(path)
    if head.startswith(ZIP_HEAD):
        return ArchiveReader(path)
    raise InputError(f"{path} is no backup of Sitrep's: it begins neither like a SQLite file nor like a zip file")


class SqliteBackup:
    """A SQLite file. One of an earlier schema is copied and migrated first; the backup itself is never written to."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._own = {table.name: table for table in own_tables()}
        self._kept = ExitStack()
        try:
            self._driver = self._read(path)
            self.saved_at = self._found
            if self._found != schema.newest():
                self._driver = self._read(self._migrated())
        except BaseException:
            self._kept.close()
            raise

    @property
    def revision(self) -> str:
        return self._found

    def names(self) -> list[str]:
        found = self._driver.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return [name for (name,) in found if name != REVISIONS and not name.startswith("sqlite_")]

    def columns(self, name: str) -> Columns:
        known = kinds_of(self._own[name])
        found = self._driver.execute("SELECT name FROM pragma_table_info(?)", (name,)).fetchall()
        return {column: known.get(column, Kind.TEXT) for (column,) in found}

    def lines(self, name: str) -> Generator[bytes]:
        yield from SqliteTables(self._driver).lines(self._own[name], self.columns(name))

    def next_id(self, name: str) -> int | None:
        return SqliteTables(self._driver).next_id(self._own[name])

    def own(self, name: str) -> Table:
        """The table of this version by that name."""
        return self._own[name]

    def copy_to(self, driver: sqlite3.Connection) -> None:
        """Put this database in the place of the one that `driver` has open, or leave that one as it is."""
        until = time.monotonic() + LOCK_SECONDS

        def busy(status: int, _remaining: int, _total: int) -> None:
            if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) and time.monotonic() > until:
                raise sqlite3.OperationalError("another program holds the database; stop the bot first")

        self._driver.backup(driver, progress=busy)

    def close(self) -> None:
        self._kept.close()

    def _migrated(self) -> Path:
        copy = Path(self._kept.enter_context(TemporaryDirectory(prefix="sitrep-restore-"))) / "copy.db"
        shutil.copyfile(self._path, copy)
        engine = create_engine(f"sqlite:///{copy}")
        try:
            with engine.begin() as connection:
                schema.migrate(connection)
        finally:
            engine.dispose()
        return copy

    def _read(self, path: Path) -> sqlite3.Connection:
        """Open a file and look at it: sound, ours, and of which schema."""
        driver = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
        self._kept.callback(driver.close)
        for setting in ("trusted_schema = OFF", "cell_size_check = ON", "query_only = ON"):
            driver.execute(f"PRAGMA {setting}")
        driver.execute("BEGIN")
        if driver.execute("SELECT 1 FROM sqlite_master WHERE type NOT IN ('table', 'index')").fetchone():
            raise ValueError("it holds views or triggers, which Sitrep's databases never do")
        if not driver.execute(f"SELECT 1 FROM sqlite_master WHERE name = '{REVISIONS}'").fetchone():  # noqa: S608  ours
            raise ValueError("it is a SQLite file, but not one of Sitrep's")
        if fault := fault_of_sqlite(path):
            raise ValueError(fault)
        found = driver.execute(f"SELECT version_num FROM {REVISIONS}").fetchall()  # noqa: S608  ours
        if len(found) != 1:
            raise ValueError("its schema has no revision")
        self._found = str(found[0][0])
        return driver


# What a damaged or made-up backup runs into, as against a full disk or a lost connection.
_DAMAGE = (
    ValueError,
    TypeError,
    KeyError,
    OverflowError,
    sqlite3.IntegrityError,
    sqlite3.DataError,
    sqlite3.ProgrammingError,
    psycopg.DataError,
    psycopg.IntegrityError,
)


@contextmanager
def _damage_in_words(path: Path) -> Iterator[None]:
    try:
        yield
    except _DAMAGE as fault:
        words = f"{path} is damaged, or no backup of Sitrep's: {_first_line(fault)}. Nothing was restored"
        raise InputError(words) from fault
    except (sqlite3.Error, psycopg.Error, OSError) as fault:
        if type(fault) is sqlite3.DatabaseError:  # "malformed", and no other class of its own
            raise InputError(f"{path} is damaged: {_first_line(fault)}. Nothing was restored") from fault
        raise StorageError(f"{path} could not be restored: {_first_line(fault)}. Nothing was restored") from fault


def _first_line(fault: BaseException) -> str:
    return (str(fault).strip().splitlines() or [type(fault).__name__])[0]
