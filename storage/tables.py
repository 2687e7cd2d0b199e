"""All rows of a table as lines (`storage.rowtext`), read in a stable order and written back, in either database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from itertools import islice
from typing import Any, Protocol

from psycopg import sql
from sqlalchemy import Connection, MetaData, String, Table, inspect

from storage import people
from storage.models import metadata
from storage.rowtext import DIALECT, Kind, reader, writer
from storage.types import Words

assert people.chats.metadata is metadata  # noqa: S101  importing `people` is what adds its tables to the metadata

REVISIONS = "alembic_version"
BATCH = 1_000  # rows

Columns = Mapping[str, Kind]

# The indices of this schema that hold up no key and no rule, with the statement that makes each.
SEARCHED_BY = """
    SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid)
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE c.relnamespace = current_schema()::regnamespace AND NOT i.indisunique
      AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = i.indexrelid)
"""


class Tables(Protocol):
    """The tables of one database, in the transaction of one connection."""

    def lines(self, table: Table, columns: Columns) -> Iterator[bytes]:
        """The rows, ordered by their key byte by byte."""

    def fill(self, table: Table, columns: Columns, lines: Iterable[bytes]) -> None:
        """Add rows. ValueError, TypeError or the driver's own error for lines that do not fit."""

    def next_id(self, table: Table) -> int | None:
        """The number that the next row gets; None where rows are not numbered."""

    def set_next_id(self, table: Table, number: int) -> None:
        """Give no number below this one (or below one that is there) any more."""

    def lock(self, tables: Iterable[Table]) -> None:
        """Keep everybody else out until the transaction ends."""

    def without_indices(self) -> AbstractContextManager[None]:
        """Filling within this may be faster: indices that only serve searching may be built after it."""


def own_tables() -> list[Table]:
    """Sitrep's tables, each after those it points at."""
    return metadata.sorted_tables


def present(connection: Connection) -> MetaData:
    """The tables that are in this database, but for the schema's own mark."""
    found = MetaData()
    found.reflect(connection, only=[name for name in inspect(connection).get_table_names() if name != REVISIONS])
    return found


def tables_of(connection: Connection) -> Tables:
    """The tables of this database."""
    driver = connection.connection.driver_connection
    return PostgresqlTables(driver) if connection.dialect.name == "postgresql" else SqliteTables(driver)


class PostgresqlTables:
    """Over COPY. `driver`: a psycopg.Connection."""

    def __init__(self, driver: Any) -> None:
        self._driver = driver
        for setting in (*DIALECT, "statement_timeout = 0"):
            driver.execute(f"SET LOCAL {setting}")

    def lines(self, table: Table, columns: Columns) -> Iterator[bytes]:
        query = sql.SQL("COPY (SELECT {} FROM {} ORDER BY {}) TO STDOUT").format(
            _listed(columns), sql.Identifier(table.name), sql.SQL(", ").join(map(_in_bytes_order, table.primary_key))
        )
        with self._driver.cursor() as cursor, cursor.copy(query) as copy:
            yield from map(bytes, copy)

    def fill(self, table: Table, columns: Columns, lines: Iterable[bytes]) -> None:
        query = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table.name), _listed(columns))
        with self._driver.cursor() as cursor, cursor.copy(query) as copy:
            rows = iter(lines)
            while block := b"".join(islice(rows, BATCH)):
                copy.write(block)

    def next_id(self, table: Table) -> int | None:
        column = table.autoincrement_column
        if column is None:
            return None
        sequence = self._sequence(table, column.name)
        last, called = self._driver.execute(sql.SQL("SELECT last_value, is_called FROM {}").format(sequence)).fetchone()
        return int(last) + bool(called)

    def set_next_id(self, table: Table, number: int) -> None:
        (column,) = table.primary_key
        query = sql.SQL("SELECT setval(%s, greatest(%s, (SELECT max({}) + 1 FROM {})), false)")
        name = self._sequence(table, column.name).string
        self._driver.execute(query.format(sql.Identifier(column.name), sql.Identifier(table.name)), (name, number))

    def lock(self, tables: Iterable[Table]) -> None:
        names = sql.SQL(", ").join(sql.Identifier(table.name) for table in tables)
        self._driver.execute(sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(names))

    def share(self, tables: Iterable[Table]) -> None:
        """Let others read and write, but not change the schema, until the transaction ends."""
        names = sql.SQL(", ").join(sql.Identifier(table.name) for table in tables)
        self._driver.execute(sql.SQL("LOCK TABLE {} IN ACCESS SHARE MODE").format(names))

    @contextmanager
    def without_indices(self) -> Iterator[None]:
        """Drop what `SEARCHED_BY` finds, and build each again, in the server's own words, when all went well."""
        found = self._driver.execute(SEARCHED_BY).fetchall()
        for name, _ in found:
            self._driver.execute(sql.SQL("DROP INDEX {}").format(_Quoted(name)))
        yield
        self._driver.execute("SET LOCAL maintenance_work_mem = '128MB'")
        for _, definition in found:
            self._driver.execute(definition)

    def _sequence(self, table: Table, column: str) -> _Quoted:
        found = self._driver.execute("SELECT pg_get_serial_sequence(%s, %s)", (f'"{table.name}"', column)).fetchone()
        if found[0] is None:
            raise ValueError(f"{table.name} is not numbered")
        return _Quoted(found[0])


class _Quoted(sql.SQL):
    """A name that the server has quoted itself."""

    @property
    def string(self) -> str:
        return str(self._obj)


class SqliteTables:
    """Over plain statements. `driver`: a sqlite3.Connection in a transaction; one that writes keeps everybody out."""

    def __init__(self, driver: Any) -> None:
        self._driver = driver

    def lines(self, table: Table, columns: Columns) -> Iterator[bytes]:
        key = ", ".join(f'"{column.name}"' for column in table.primary_key)
        names = ", ".join(f'"{name}"' for name in columns)
        query = f'SELECT {names} FROM "{table.name}" ORDER BY {key}'  # noqa: S608  names of tables that are there
        return map(writer(columns.values()), self._driver.execute(query))

    def fill(self, table: Table, columns: Columns, lines: Iterable[bytes]) -> None:
        row = reader(columns.values())
        names, marks = ", ".join(f'"{name}"' for name in columns), ", ".join("?" * len(columns))
        query = f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})'  # noqa: S608  the same
        self._driver.executemany(query, (row(line[:-1]) for line in lines))

    def next_id(self, table: Table) -> int | None:
        if table.autoincrement_column is None:
            return None
        found = self._driver.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", (table.name,)).fetchone()
        return int(found[0]) + 1 if found else 1

    def set_next_id(self, table: Table, number: int) -> None:
        (key,) = table.primary_key
        last = self._driver.execute(f'SELECT max("{key.name}") FROM "{table.name}"').fetchone()[0] or 0  # noqa: S608
        self._driver.execute("DELETE FROM sqlite_sequence WHERE name = ?", (table.name,))
        self._driver.execute("INSERT INTO sqlite_sequence VALUES (?, ?)", (table.name, max(last, number - 1)))

    def lock(self, tables: Iterable[Table]) -> None:
        """Nothing to do: BEGIN IMMEDIATE did it."""

    def without_indices(self) -> AbstractContextManager[None]:
        """With them all in place."""
        return nullcontext()


def _listed(columns: Columns) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, columns))


def _in_bytes_order(column: Any) -> sql.Composable:
    """By bytes, as SQLite orders, and not by the language of the server."""
    name = sql.Identifier(column.name)
    return sql.SQL('{} COLLATE "C"').format(name) if isinstance(column.type, (String, Words)) else name
