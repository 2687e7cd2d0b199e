"""Updates by chance, for hypothesis: of every kind that the specification has, well-formed or damaged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from tests.botapi import spec
from tests.botapi.spec import Field

# Values that matter to bots: commands, data, ids, dates, foreign scripts, markup, what looks like code.
TEXTS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        [
            "/start",
            "/start@sitrep_test_bot x",
            "/",
            "latest in Idlib",
            "أخبار إدلب",
            "<b>",
            "💥" * 50,
            "%s {0}",
            "\u202e",
        ]
    ),
)
IDS = st.one_of(st.integers(-5, 5), st.integers(-(2**52), 2**52))
# Dates, lengths and counts: Telegram sends 32 bits, and no negative dates.
SMALL = st.one_of(st.integers(0, 5), st.integers(0, 2**31 - 1), st.just(1_700_000_000))
PLAIN: dict[str, st.SearchStrategy[Any]] = {
    "Integer": SMALL,
    "Float": st.floats(-180, 180),
    "Boolean": st.booleans(),
    "String": TEXTS,
    "InputFile": TEXTS,
}
# Of the hundred fields of a Message most are rare; these are what bots look at.
USUAL = frozenset({"text", "entities", "caption", "from", "data", "message", "location", "photo", "reply_to_message"})
JUNK: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | IDS | TEXTS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=6), inner, max_size=2),
    max_leaves=4,
)


def kinds() -> list[str]:
    """All kinds of update: message, callback_query, ..."""
    fields = spec.load().types["Update"]
    return [name for name in fields if name != "update_id"]


@st.composite
def updates(draw: st.DrawFn, kind: str | None = None) -> dict[str, Any]:
    """A well-formed update without an update_id (the server gives one), of the named kind or any."""
    fields = spec.load().types["Update"]
    assert isinstance(fields, dict)
    chosen = kind or draw(st.sampled_from(kinds()))
    return {chosen: _value(draw, fields[chosen].types, 4)}


@st.composite
def damaged_updates(draw: st.DrawFn) -> dict[str, Any]:
    """An update in which one to three things are wrong: a field gone, of another type, or unheard of."""
    update = draw(updates())
    for _ in range(draw(st.integers(1, 3))):
        _damage(draw, update)
    return update


def _value(draw: st.DrawFn, types: tuple[str, ...], depth: int) -> Any:
    name = draw(st.sampled_from(types)) if len(types) > 1 else types[0]
    if name in PLAIN:
        return draw(PLAIN[name])
    if name.startswith("Array of "):
        if depth <= 0:
            return []
        inner = (name.removeprefix("Array of "),)
        return [_value(draw, inner, depth - 1) for _ in range(draw(st.integers(0, 2)))]
    kind = spec.load().types[name]
    if isinstance(kind, tuple):
        return _value(draw, kind, depth)
    names = _present(draw, tuple(kind.values()), depth)
    return {field.name: _field(draw, field, depth) for field in kind.values() if field.name in names}


def _present(draw: st.DrawFn, fields: tuple[Field, ...], depth: int) -> set[str]:
    """The names of the required fields and of a few others, the usual ones more often."""
    names = {field.name for field in fields if field.required}
    others = [field.name for field in fields if not field.required]
    if others and depth > 0:
        others += [name for name in others if name in USUAL] * (len(others) // 4)
        names.update(draw(st.lists(st.sampled_from(others), max_size=4)))
    return names


def _field(draw: st.DrawFn, field: Field, depth: int) -> Any:
    if field.constant is not None:
        return field.constant
    if field.types == ("Integer",):
        return draw(IDS if field.name.endswith("id") else SMALL)
    if field.name == "type" and field.types == ("String",):
        return draw(st.sampled_from(["private", "group", "supergroup", "channel", "bot_command", "text_link"]))
    return _value(draw, field.types, depth - 1)


def _damage(draw: st.DrawFn, update: dict[str, Any]) -> None:
    places: list[Callable[[Any], None]] = []

    def walk(value: Any) -> None:
        inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for key, below in inner:
            places.append(lambda junk, owner=value, at=key: owner.__setitem__(at, junk))  # type: ignore[misc]
            if isinstance(value, dict):
                places.append(lambda _, owner=value, at=key: owner.pop(at, None))  # type: ignore[misc]
            walk(below)
        if isinstance(value, dict):
            places.append(lambda junk: value.__setitem__("unheard_of", junk))

    walk(update)
    draw(st.sampled_from(places))(draw(JUNK))
