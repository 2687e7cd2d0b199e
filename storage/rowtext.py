"""A row as one line of text: the form that PostgreSQL's COPY writes and reads, spoken here for SQLite too.

One value has one spelling, so that equal tables have equal checksums in both databases. Tabs between the values, `\\N`
for NULL, instants in UTC. What PostgreSQL writes with other settings (`DIALECT`) is another spelling.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Boolean, Date, Float, Integer, LargeBinary, Table
from sqlalchemy.types import TypeEngine

from storage.types import Instant

DIALECT = ("timezone = 'UTC'", "datestyle = 'ISO, YMD'", "bytea_output = 'hex'", "extra_float_digits = 1")
NULL = "\\N"

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ESCAPES = {"\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\v": "\\v", "\f": "\\f", "\r": "\\r"}
_WRITTEN = str.maketrans(_ESCAPES)
_READ = {written: letter for letter, written in _ESCAPES.items()}
_ESCAPED = re.compile(r"\\.", re.DOTALL)


class Kind(StrEnum):
    """What a column holds; the value is the word in a backup's manifest."""

    TEXT = "text"
    INTEGER = "integer"
    FLOAT = "float"
    BOOLEAN = "boolean"
    DATE = "date"
    INSTANT = "instant"
    BYTES = "bytes"


def kind_of(column_type: TypeEngine[Any]) -> Kind:
    """The kind of a column of the models."""
    for python_type, kind in (
        (Instant, Kind.INSTANT),
        (Boolean, Kind.BOOLEAN),
        (Date, Kind.DATE),
        (Integer, Kind.INTEGER),
        (Float, Kind.FLOAT),
        (LargeBinary, Kind.BYTES),
    ):
        if isinstance(column_type, python_type):
            return kind
    return Kind.TEXT


def kinds_of(table: Table) -> dict[str, Kind]:
    """The columns of a table of the models, in order."""
    return {column.name: kind_of(column.type) for column in table.columns}


def writer(kinds: Iterable[Kind]) -> Callable[[Sequence[Any]], bytes]:
    """What makes a line (with its end) of a row as SQLite holds it. ValueError, TypeError for another kind of value."""
    rules = [_TO_TEXT[kind] for kind in kinds]

    def line(row: Sequence[Any]) -> bytes:
        values = [NULL if v is None else rule(v) for rule, v in zip(rules, row, strict=True)]
        return ("\t".join(values) + "\n").encode()

    return line


def reader(kinds: Iterable[Kind]) -> Callable[[bytes], list[Any]]:
    """What makes of a line (without its end) a row as SQLite holds it. ValueError for a line that is not one."""
    rules = [_FROM_TEXT[kind] for kind in kinds]

    def row(line: bytes) -> list[Any]:
        values = line.decode().split("\t")
        if len(values) != len(rules):
            raise ValueError(f"{len(values)} values for {len(rules)} columns")
        return [None if v == NULL else rule(v) for rule, v in zip(rules, values, strict=True)]

    return row


def _integer(value: Any) -> str:
    if type(value) is not int:
        raise ValueError("not a whole number")
    return str(value)


def _float(value: Any) -> str:
    words = repr(float(value))
    return words.removesuffix(".0")


def _boolean(value: Any) -> str:
    return {0: "f", 1: "t"}[value]


def _date(value: Any) -> str:
    return date.fromisoformat(value).isoformat()


def _instant(value: Any) -> str:
    at = _EPOCH + timedelta(microseconds=value)
    words = at.replace(tzinfo=None).isoformat(" ")
    return (words.rstrip("0") if at.microsecond else words) + "+00"


def _bytes(value: Any) -> str:
    return "\\\\x" + bytes(memoryview(value)).hex()


def _escaped(value: Any) -> str:
    if type(value) is not str:
        raise ValueError("not text")
    return value.translate(_WRITTEN)


def _plain(words: str) -> str:
    return _ESCAPED.sub(lambda found: _READ[found[0]], words) if "\\" in words else words


def _from_instant(words: str) -> int:
    return (datetime.fromisoformat(words) - _EPOCH) // timedelta(microseconds=1)


def _from_bytes(words: str) -> bytes:
    if not words.startswith("\\\\x"):
        raise ValueError("not bytes")
    return bytes.fromhex(words[3:])


def _from_boolean(words: str) -> int:
    return {"f": 0, "t": 1}[words]


_TO_TEXT: dict[Kind, Callable[[Any], str]] = {
    Kind.TEXT: _escaped,
    Kind.INTEGER: _integer,
    Kind.FLOAT: _float,
    Kind.BOOLEAN: _boolean,
    Kind.DATE: _date,
    Kind.INSTANT: _instant,
    Kind.BYTES: _bytes,
}
_FROM_TEXT: dict[Kind, Callable[[str], Any]] = {
    Kind.TEXT: _plain,
    Kind.INTEGER: int,
    Kind.FLOAT: float,
    Kind.BOOLEAN: _from_boolean,
    Kind.DATE: _date,
    Kind.INSTANT: _from_instant,
    Kind.BYTES: _from_bytes,
}
