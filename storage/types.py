"""Column types that mean the same in both databases: instants in UTC, text that any database takes, JSON."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def clean(words: str) -> str:
    """Words that both databases can keep: NUL and lone surrogates become U+FFFD, so that offsets stay true."""
    if words.isascii():
        return words.replace("\0", "\ufffd") if "\0" in words else words
    try:
        words.encode()
    except UnicodeEncodeError:
        words = "".join("\ufffd" if "\ud800" <= letter <= "\udfff" else letter for letter in words)
    return words.replace("\0", "\ufffd")


class Instant(TypeDecorator[datetime]):
    """An aware instant in UTC: `timestamptz` on PostgreSQL, microseconds since 1970 (8 bytes, sortable) on SQLite."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(BigInteger())
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        if dialect.name == "sqlite":
            return (value - _EPOCH) // _MICROSECOND
        return value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if dialect.name == "sqlite":
            return _EPOCH + timedelta(microseconds=int(value))
        at: datetime = value
        return at.astimezone(UTC)


class Words(TypeDecorator[str]):
    """Text from outside, made fit for both databases (see `clean`)."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else clean(value)


class Json(TypeDecorator[Any]):
    """A JSON value as compact text. It is never queried into, so neither database's own JSON type is needed."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        if value is None:
            return None
        words = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        try:
            words.encode()
        except UnicodeEncodeError:  # a lone surrogate: escaped, it can be kept
            return json.dumps(value, separators=(",", ":"))
        return words

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else json.loads(value)
