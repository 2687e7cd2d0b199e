"""The methods and fields of the Bot API, and whether a call or an update keeps to them.

Parameters arrive as form fields (always text) or as JSON; `parameters` turns both into typed values. Telegram itself
ignores unknown parameters; here they are errors, since they are always mistakes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tests.botapi.errors import ApiError, malformed

FACTS = Path(__file__).with_name("bot_api.json")
INTEGER = re.compile(r"-?[0-9]{1,19}\Z")
BOOLEANS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False, "": False}
# Required, and yet an empty value has a meaning: it takes the webhook away.
MAY_BE_EMPTY = {("setWebhook", "url")}
# Discriminators come first in a union's error: "type photo has no field x" helps, "matches none of 20" does not.
DISCRIMINATORS = ("type", "source", "status")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file sent as multipart/form-data."""

    filename: str
    content_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter of a method or a field of a type. `constant` is its only allowed value, if it has one."""

    name: str
    types: tuple[str, ...]
    required: bool
    constant: str | None


class MismatchError(ValueError):
    """A value that is not what the specification says; the text says where and why."""


def read_field(name: str, facts: str) -> Field:
    """Read the compact notation of bot_api.json: `String=photo!`."""
    required = facts.endswith("!")
    types, _, constant = facts.removesuffix("!").partition("=")
    return Field(name, tuple(types.split("|")), required, constant or None)


class Spec:
    """All methods and types of one Bot API version."""

    def __init__(self, facts: Mapping[str, Any]) -> None:
        self.version: str = facts["version"]
        self.methods: dict[str, dict[str, Field]] = {}
        self.types: dict[str, dict[str, Field] | tuple[str, ...]] = {}
        for name, fields in facts["methods"].items():
            self.methods[name] = {key: read_field(key, value) for key, value in fields.items()}
        for name, fields in facts["types"].items():
            self.types[name] = (
                tuple(fields)
                if isinstance(fields, list)
                else {key: read_field(key, value) for key, value in fields.items()}
            )
        # Method names are case-insensitive, as on Telegram's servers.
        self._names = {name.lower(): name for name in self.methods}
        self._required = {
            name: tuple(field.name for field in fields.values() if field.required)
            for name, fields in self.methods.items()
        }

    def method(self, name: str) -> str:
        """The method's own spelling. Raises a 404 `ApiError` for one that does not exist."""
        try:
            return self._names[name.lower()]
        except KeyError:
            raise ApiError(404, "Not Found: method not found", violation=True) from None

    def parameters(self, method: str, raw: Mapping[str, Any]) -> dict[str, Any]:
        """The call's parameters, typed. Raises a 400 `ApiError` naming the first that is wrong."""
        fields = self.methods[method]
        typed: dict[str, Any] = {}
        try:
            for name, value in raw.items():
                field = fields.get(name)
                if field is None:
                    if isinstance(value, Upload):
                        continue  # the file of an attach://name; checked where it is used
                    _no_parameter(method, name)
                elif value is not None:
                    typed[name] = self._parameter(field, value)
        except MismatchError as error:
            raise malformed(str(error)) from None
        for name in self._required[method]:
            if name not in typed or (typed[name] == "" and (method, name) not in MAY_BE_EMPTY):
                # sendMessage without text has a sentence of its own, which bots know.
                raise malformed("message text is empty" if name == "text" else f"{name} is empty")
        return typed

    def check(self, type_name: str, value: Any) -> None:
        """Check a whole object, such as an Update that we are about to send. Raises `MismatchError`."""
        self._nested((type_name,), value, type_name)

    def _parameter(self, field: Field, value: Any) -> Any:
        """One top-level parameter, from form text or from JSON."""
        if isinstance(value, Upload):
            if "InputFile" not in field.types:
                raise MismatchError(f'parameter "{field.name}" can\'t be a file')
            return value
        if isinstance(value, str):
            for name in field.types:
                found = _FROM_TEXT.get(name, _no)(value)
                if found is not None:
                    return found
            if not _is_object(field.types):
                raise MismatchError(f'parameter "{field.name}" must be of type {_either(field.types)}')
            try:
                value = json.loads(value)
            except ValueError:
                raise MismatchError(f"can't parse {field.name} JSON object") from None
            if value is None:
                return None
        self._nested(field.types, value, field.name)
        return value

    def _nested(self, types: tuple[str, ...], value: Any, where: str) -> None:
        """A value inside JSON, where types are strict."""
        problems = []
        for name in self._likely(types, value):
            try:
                self._one(name, value, where)
            except MismatchError as error:
                problems.append(str(error))
            else:
                return
        raise MismatchError(problems[0] if problems else f"{where} must be of type {_either(types)}")

    def _one(self, type_name: str, value: Any, where: str) -> None:
        """A value against one type."""
        if type_name.startswith("Array of "):
            if not isinstance(value, list):
                raise MismatchError(f"{where} must be of type Array")
            for index, item in enumerate(value):
                self._nested((type_name.removeprefix("Array of "),), item, f"{where}[{index}]")
        elif type_name in _IS:
            if not _IS[type_name](value):
                raise MismatchError(f"{where} must be of type {type_name}")
        else:
            self._object(type_name, value, where)

    def _object(self, type_name: str, value: Any, where: str) -> None:
        kind = self.types[type_name]
        if isinstance(kind, tuple):
            self._nested(kind, value, where)
            return
        if not isinstance(value, dict):
            raise MismatchError(f"{where} must be of type {type_name}")
        for name, inner in value.items():
            field = kind.get(name)
            if field is None:
                raise MismatchError(f'{where}: {type_name} has no field "{name}"')
            if field.constant is not None and inner != field.constant:
                raise MismatchError(f"{where}.{name} of {type_name} must be {field.constant}")
            self._nested(field.types, inner, f"{where}.{name}")
        for field in kind.values():
            if field.required and field.name not in value:
                raise MismatchError(f'{where}: {type_name} lacks the field "{field.name}"')

    def _likely(self, types: tuple[str, ...], value: Any) -> list[str]:
        """The types that the value might be, unions opened, those whose constant fits first."""
        flat: list[str] = []
        for name in types:
            kind = self.types.get(name)
            flat.extend(self._likely(kind, value) if isinstance(kind, tuple) else [name])
        if len(flat) == 1 or not isinstance(value, dict):
            return flat
        return sorted(flat, key=lambda name: -self._affinity(name, value))

    def _affinity(self, type_name: str, value: dict[str, Any]) -> int:
        kind = self.types.get(type_name)
        if not isinstance(kind, dict):
            return -1000
        score = sum(name in kind for name in value) - sum(
            1 for field in kind.values() if field.required and field.name not in value
        )
        for name in DISCRIMINATORS:
            field = kind.get(name)
            if field is not None and field.constant is not None and value.get(name) == field.constant:
                score += 100
        return score


def _no_parameter(method: str, name: str) -> None:
    raise MismatchError(f'method {method} has no parameter "{name}"')


def _no(value: str) -> Any:
    return None


def _integer(text: str) -> int | None:
    return int(text) if INTEGER.match(text) else None


def _float(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _boolean(text: str) -> bool | None:
    return BOOLEANS.get(text.lower())


_FROM_TEXT: dict[str, Callable[[str], Any]] = {
    "Integer": _integer,
    "Float": _float,
    "Boolean": _boolean,
    "String": str,
    "InputFile": str,
}


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


_IS: dict[str, Callable[[Any], bool]] = {
    "Integer": _is_integer,
    "Float": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "Boolean": lambda value: isinstance(value, bool),
    "True": lambda value: value is True,
    "String": lambda value: isinstance(value, str),
    "InputFile": lambda value: isinstance(value, str),
}


def _is_object(types: tuple[str, ...]) -> bool:
    return any(name not in _IS for name in types)


def _either(types: tuple[str, ...]) -> str:
    return " or ".join(types)


@cache
def load() -> Spec:
    """The specification checked in beside this file."""
    return Spec(json.loads(FACTS.read_text(encoding="utf-8")))
