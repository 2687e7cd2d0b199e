"""Rows for any table there is or was: every kind of value, hard letters among them, pointing at rows that are there."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Column, Connection, DateTime, Table, insert, select

from storage.rowtext import Kind, kind_of

HARD = "a\\b\tc\nd\re\vf\bg\fh \\N \\. «إدلب» 🕊 \"'; --"


def fill(connection: Connection, tables: Iterable[Table], rows: int = 7) -> dict[str, list[dict[str, Any]]]:
    """Put rows into tables, each after those it points at; what was put there."""
    random_ = random.Random(4)
    made: dict[str, list[dict[str, Any]]] = {}
    for table in tables:
        made[table.name] = []
        for number in range(rows):
            row = {column.name: _value(column, number, random_) for column in table.columns}
            for column in table.columns:
                for key in column.foreign_keys:
                    row[column.name] = made[key.column.table.name][number][key.column.name]
            made[table.name].append(row)
        connection.execute(insert(table), made[table.name])
    return made


def rows_of(connection: Connection, table: Table) -> list[dict[str, Any]]:
    """All rows of a table, in the order of its key."""
    return [dict(row._mapping) for row in connection.execute(select(table).order_by(*table.primary_key))]


def _value(column: Column[Any], number: int, random_: random.Random) -> Any:
    """A value of the column's kind, different for each number."""
    kind = kind_of(column.type)
    if column.nullable and random_.random() < 0.3:
        return None
    at = datetime(1999, 12, 31, tzinfo=UTC) + timedelta(seconds=number * 77_777, microseconds=5 * number)
    if kind is Kind.INSTANT or isinstance(column.type, DateTime):
        return at
    if kind is Kind.TEXT:
        hard = HARD if random_.random() < 0.5 else ""
        return [number, hard] if type(column.type).__name__ == "Json" else f"{column.name} {number} {hard}"
    return {
        Kind.INTEGER: number + 1,
        Kind.FLOAT: random_.choice([0.0, -0.1, 36.8143000001, 1e-7, 180.0, random_.uniform(-90, 90)]),
        Kind.BOOLEAN: bool(number % 2),
        Kind.BYTES: random_.randbytes(number % 5),
        Kind.DATE: at.date(),
    }[kind]
