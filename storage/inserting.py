"""Rows on their way in by the thousand: as the driver takes them, by executemany on SQLite, by COPY on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Boolean, Column, Connection, Date, Table

from storage.bulkrows import dumps, in_utc, iso, microseconds
from storage.types import Instant, Json, Words, clean

Values = tuple[Any, ...]
_NUMBERED = "change_id"  # given by the database


@cache
def turns_of(table: Table, dialect: str) -> Callable[[dict[str, Any]], Values]:
    """What turns a row by column into the driver's values, in the order of the table's columns."""
    parts = [(column.name, _turn_of(column, dialect)) for column in _columns(table)]

    def turn(values: dict[str, Any]) -> Values:
        get = values.get
        return tuple([one(get(name)) if one is not None else get(name) for name, one in parts])

    return turn


def insert_rows(connection: Connection, table: Table, rows: Sequence[Values]) -> None:
    """Write rows that were turned already."""
    if not rows:
        return
    names, count = _names_of(table)
    if connection.dialect.name == "postgresql":
        cursor = connection.connection.cursor()
        with cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.close()
        return
    marks = ", ".join("?" * count)
    connection.exec_driver_sql(
        f"INSERT INTO {table.name} ({names}) VALUES ({marks})",  # noqa: S608  our names
        list(rows),
    )


@cache
def _names_of(table: Table) -> tuple[str, int]:
    names = [f'"{column.name}"' for column in _columns(table)]
    return ", ".join(names), len(names)


def _columns(table: Table) -> list[Column[Any]]:
    return [column for column in table.columns if column.name != _NUMBERED]


def _turn_of(column: Column[Any], dialect: str) -> Callable[[Any], Any] | None:
    kind = column.type
    if isinstance(kind, Json):
        return _json
    if isinstance(kind, Words):
        return _words
    if isinstance(kind, Instant):
        return microseconds if dialect == "sqlite" else in_utc
    if isinstance(kind, Date):
        return iso if dialect == "sqlite" else None
    if isinstance(kind, Boolean):
        return int if dialect == "sqlite" else None
    return None


def _words(value: str | None) -> str | None:
    return None if value is None else clean(value)


def _json(value: Any) -> str | None:
    return None if value is None else dumps(value)
