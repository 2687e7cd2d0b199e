"""Frozen values of `conflict` <-> plain JSON values, from their own type hints; fields at their default are left out.

Reading ignores fields it does not know and fills those it misses, so that a database written by a neighbouring version
stays readable. Readers and writers are built once for each type: decoding an event costs tens of microseconds.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable
from datetime import date, datetime
from enum import Enum
from functools import lru_cache
from typing import Any, TypeVar, Union, cast

from conflict import claims, events
from conflict.errors import StorageError

T = TypeVar("T")
_Turn = Callable[[Any], Any]
_Make = Callable[[Any], _Turn]
# `conflict.claims` names EventFacts for type checkers only (the two modules need each other).
_NAMES = {**vars(claims), **vars(events)}


def to_json(value: Any) -> Any:
    """The JSON value (dict, list, str, number, bool, None) of a frozen dataclass, enum, date, instant or tuple."""
    return writer(type(value))(value)


def from_json(kind: type[T], value: Any) -> T:
    """The `kind` that `to_json` turned into `value`; StorageError if it is not one."""
    try:
        return cast(T, reader(kind)(value))
    except (KeyError, TypeError, ValueError, AttributeError) as fault:
        raise StorageError(f"A stored {kind.__name__} cannot be read: {fault}") from fault


def tuple_reader(kind: type[T]) -> Callable[[Any], tuple[T, ...]]:
    """A reader of JSON lists of `kind`; None gives the empty tuple."""
    read = reader(kind)
    return lambda value: tuple(read(one) for one in value) if value else ()


def _once(make: _Make) -> _Make:
    """Remember what was made for each type."""
    return cast(_Make, lru_cache(maxsize=None)(make))


def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind, localns=_NAMES)


def _bare(hint: Any) -> Any:
    """`X` of `X | None`; anything else as it is."""
    if typing.get_origin(hint) in (Union, types.UnionType):
        kinds = [one for one in typing.get_args(hint) if one is not type(None)]
        if len(kinds) == 1:
            return kinds[0]
    return hint


def _as_is(value: Any) -> Any:
    return value


@_once
def writer(hint: Any) -> _Turn:
    """The function that turns a value of this type into JSON values."""
    hint = _bare(hint)
    if typing.get_origin(hint) is tuple or hint is tuple:
        kinds = typing.get_args(hint)
        if len(kinds) == 2 and kinds[1] is Ellipsis:
            one = writer(kinds[0])
            return lambda value: [one(part) for part in value]
        each = [writer(kind) for kind in kinds]
        return lambda value: [turn(part) for turn, part in zip(each, value, strict=True)]
    if isinstance(hint, type):
        if dataclasses.is_dataclass(hint):
            return _dataclass_writer(hint)
        if issubclass(hint, Enum):
            return lambda value: value.value
        if issubclass(hint, date):  # datetime too
            return lambda value: value.isoformat()
        if issubclass(hint, (str, bool, int, float)):
            return _as_is
    raise TypeError(f"no JSON form for {hint!r}")


def _dataclass_writer(kind: type) -> _Turn:
    hints = _hints(kind)
    parts: list[tuple[str, Any, _Turn]] = [
        (field.name, _default(field), writer(hints[field.name])) for field in dataclasses.fields(kind)
    ]

    def write(value: Any) -> dict[str, Any]:
        out: dict[str, Any] = {}
        for name, default, turn in parts:
            part = getattr(value, name)
            if part is None:
                if default is not None:
                    out[name] = None
            elif part != default:
                out[name] = turn(part)
        return out

    return write


def _default(field: dataclasses.Field[Any]) -> Any:
    if field.default is not dataclasses.MISSING:
        return field.default
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return dataclasses.MISSING


@_once
def reader(hint: Any) -> _Turn:
    """The function that turns JSON values back into a value of this type."""
    hint = _bare(hint)
    if typing.get_origin(hint) is tuple:
        kinds = typing.get_args(hint)
        if len(kinds) == 2 and kinds[1] is Ellipsis:
            one = reader(kinds[0])
            return lambda value: tuple([one(part) for part in value])
        each = [reader(kind) for kind in kinds]
        return lambda value: tuple([turn(part) for turn, part in zip(each, value, strict=True)])
    if isinstance(hint, type):
        if dataclasses.is_dataclass(hint):
            return _dataclass_reader(hint)
        if issubclass(hint, Enum):
            return hint
        if issubclass(hint, datetime):
            return datetime.fromisoformat
        if issubclass(hint, date):
            return date.fromisoformat
        if issubclass(hint, (str, bool, int, float)):
            return _as_is
    raise TypeError(f"no JSON form for {hint!r}")


def _dataclass_reader(kind: type) -> _Turn:
    hints = _hints(kind)
    turns = {field.name: reader(hints[field.name]) for field in dataclasses.fields(kind)}

    def read(value: dict[str, Any]) -> Any:
        given: dict[str, Any] = {}
        for name, part in value.items():
            turn = turns.get(name)
            if turn is not None:
                given[name] = None if part is None else turn(part)
        return kind(**given)

    return read
