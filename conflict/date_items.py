"""The date words of a text: each word or number with the roles it may play ("in" begins a period or joins a year).

The roles are data (`conflict/data/dates/<language>.toml`); numbers in words come from `number_words`. Words that are
also ordinary ones ("may", "march", "sat", "مارس") play a role only beside a number, a preposition or a date word.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from conflict.lexicon import Phrases, tables
from conflict.number_words import NumberWords, number_words
from conflict.tokens import NUMBER, WORD, Token, tokenize, touching, word_key

Roles = Mapping[str, Any]
_NONE: Roles = {}
_SHORTEST_TYPO = 6  # of a date word: "yesterdy", "Novmber"; shorter ones are too near to names
_MISSPELT = {"month", "weekday", "day"}
_SUPPORT = (
    "prep",
    "num",
    "ord",
    "last",
    "this",
    "early",
    "mid",
    "late",
    "end",
    "begin",
    "weekday",
    "month",
    "of",
    "between",
)


class Item(NamedTuple):
    """A stretch of text with the roles it may play; `glued`: nothing stands between it and the item before."""

    start: int
    end: int
    roles: Roles
    key: str = ""
    glued: bool = False
    digits: int = 0  # how many digits it is written with; 0 for words
    capital: bool = False

    def has(self, role: str) -> bool:
        """Whether it may play the role."""
        return role in self.roles


@dataclass(frozen=True, slots=True)
class DateWords:
    """The date words of a language, merged with English and Arabic."""

    roles: Phrases[dict[str, Any]]
    weak: frozenset[str]
    numbers: NumberWords


@cache
def date_words(language: str) -> DateWords:
    """The date words for a text of this language, read once."""
    merged: dict[tuple[str, ...], dict[str, Any]] = {}
    weak: set[str] = set()

    def add(phrase: str, role: str, value: Any) -> None:
        merged.setdefault(tuple(token.key for token in tokenize(phrase)), {}).setdefault(role, value)

    for file in tables("dates", language):
        for role, section in (("month", "months"), ("weekday", "weekdays")):
            for number, names in file.get(section, {}).items():
                for name in names:
                    add(name, role, int(number))
        for unit, names in file.get("units", {}).items():
            for name in names:
                add(name, "unit", (unit, None))
        for name, (unit, count) in file.get("unit_counts", {}).items():
            add(name, "unit", (unit, count))
        for name, offset in file.get("days", {}).items():
            add(name, "day", int(offset))
        for part, names in file.get("parts", {}).items():
            for name in names:
                add(name, "part", part)
        for name, months in file.get("seasons", {}).items():
            add(name, "season", tuple(months))
        for rule, holidays in file.get("holidays", {}).items():
            for name, value in holidays.items():
                add(name, "holiday", (rule, value))
        for role, names in file.get("words", {}).items():
            for name in names:
                add(name, role, True)
        weak.update(word_key(word) for word in file.get("weak", {}).get("words", ()))
    return DateWords(
        Phrases((" ".join(keys), roles) for keys, roles in merged.items()), frozenset(weak), number_words(language)
    )


@cache
def date_openings(language: str) -> frozenset[str]:
    """The words that only the dates of a text have: one without any of them, and without figures, names no day."""
    words = date_words(language)
    telling = ("month", "weekday", "unit", "day", "part", "season", "holiday", "weekof", "yeartodate", "monthtodate")
    return frozenset(
        max(keys, key=len) for keys, roles in words.roles.items() if any(role in roles for role in telling)
    )


def read_items(text: str, language: str, *, strict: bool) -> list[Item]:
    """The items of a text in order; `strict` (news) wants the capital of an English weekday or month that is weak."""
    tokens = tokenize(text)
    words = date_words(language)
    items: list[Item] = []
    index = 0
    while index < len(tokens):
        index = _append(items, tokens, index, words, typos=not strict)
    return _without_weak(items, words, strict=strict)


def _append(items: list[Item], tokens: Sequence[Token], index: int, words: DateWords, *, typos: bool) -> int:
    """Appends the item that begins at `index`; gives the index after it."""
    token = tokens[index]
    glued = index > 0 and touching(tokens[index - 1], token)
    if token.kind == NUMBER:
        return _append_digits(items, tokens, index, words, glued=glued)
    found = words.roles.loose_at(tokens, index)
    if found:
        roles, after, particles = found
        if particles[:1] == "و":
            items.append(Item(token.start, token.start + 1, {"and": True}, "و", glued))
        start = token.start + (particles[:1] in ("و", "ف"))
        items.append(Item(start, tokens[after - 1].end, roles, token.key, glued, 0, token.capital))
        if "ord" not in roles and token.key in words.numbers.ordinals:
            items[-1] = Item(
                start,
                tokens[after - 1].end,
                {**roles, "ord": words.numbers.ordinals[token.key]},
                token.key,
                glued,
            )
        return after
    if token.kind == WORD:
        ordinal = _ordinal_at(tokens, index, words.numbers)
        if ordinal:
            value, after = ordinal
            items.append(Item(token.start, tokens[after - 1].end, {"ord": value}, token.key, glued))
            return after
        cardinal = words.numbers.cardinal_at(tokens, index)
        if cardinal:
            value, after = cardinal
            items.append(Item(token.start, tokens[after - 1].end, {"num": value}, token.key, glued))
            return after
    meant = words.roles.misspelt(token.key) if typos and len(token.key) >= _SHORTEST_TYPO else None
    taken_for = {role: meant[role] for role in _MISSPELT & meant.keys()} if meant else {}
    items.append(Item(token.start, token.end, taken_for or _NONE, token.key, glued, 0, token.capital))
    return index + 1


def _append_digits(items: list[Item], tokens: Sequence[Token], index: int, words: DateWords, *, glued: bool) -> int:
    token = tokens[index]
    value, digits = int(token.key), len(token.text)
    if index + 1 < len(tokens) and touching(token, tokens[index + 1]):
        following = words.roles.word(tokens[index + 1].key)
        if following and "st" in following:
            items.append(Item(token.start, tokens[index + 1].end, {"ord": value}, token.key, glued, digits))
            return index + 2
    items.append(Item(token.start, token.end, {"num": value}, token.key, glued, digits))
    return index + 1


def _ordinal_at(tokens: Sequence[Token], index: int, numbers: NumberWords) -> tuple[int, int] | None:
    """An ordinal in words: "third", "twenty-first", "الثالث"."""
    key = tokens[index].key
    if key in numbers.ordinals:
        return numbers.ordinals[key], index + 1
    if key in numbers.tens:
        after = index + 1
        if after < len(tokens) and tokens[after].key == "-":
            after += 1
        if after < len(tokens) and 0 < numbers.ordinals.get(tokens[after].key, 0) < 10:
            return numbers.tens[key] + numbers.ordinals[tokens[after].key], after + 1
    return None


def _without_weak(items: list[Item], words: DateWords, *, strict: bool) -> list[Item]:
    """The items, those taken as ordinary words that nothing beside them makes a date of."""
    kept = list(items)
    for index, item in enumerate(items):
        if item.key not in words.weak or not item.roles or item.has("ord"):
            continue
        before = items[index - 1] if index else None
        after = items[index + 1] if index + 1 < len(items) else None
        if after is not None and after.key and after.key in "./-" and index + 2 < len(items):
            after = items[index + 2]
        latin = item.key.isascii()
        cased = item.capital or not latin or not strict
        supported = (
            len(items) == 1
            or (before is not None and any(before.has(role) for role in _SUPPORT))
            or (after is not None and (after.has("num") or after.has("ord") or after.has("part") or after.has("month")))
            or (
                before is not None
                and (before.has("to") or before.has("and") or before.key in "/-,")
                and index > 1
                and any(items[index - 2].has(role) for role in ("num", "ord", "month", "weekday"))
            )
        )
        if not (supported and cased):
            kept[index] = Item(item.start, item.end, _NONE, item.key, item.glued, 0, item.capital)
    return kept
