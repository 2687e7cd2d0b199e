"""The words that help or hinder finding place names: titles, words for levels, common words of the same spelling."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from conflict.errors import InputError
from conflict.names import is_arabic, normal


def read_words(path: Path) -> dict[str, Any]:
    """The words around place names, by language. InputError when the file cannot be read."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"The words around place names in {path.name} cannot be read: {error}") from error


def all_words(words: dict[str, Any], kind: str) -> frozenset[str]:
    """The words of one kind in all languages, in their normal form."""
    return frozenset(normal(word) for language in ("en", "ar") for word in words[language][kind].split())


def varied_names(names: Sequence[str], patterns: Sequence[str]) -> Iterator[str]:
    """The names, and the other words for the kind of thing they name: "Menagh airbase", "Menagh military airport"."""
    yield from names
    parts = [pattern.split("{}") for pattern in patterns]
    for name in names:
        for before, after in parts:
            core = name[len(before) : len(name) - len(after)]
            if core and name.lower() == f"{before}{core}{after}".lower() and before + after:
                yield from (b + core + a for b, a in parts if is_arabic(b + a) == is_arabic(core))


def word_before(text: str, start: int) -> tuple[int, str]:
    """Where the word before begins, and the word; empty when something other than a space or hyphen is between."""
    head = text[max(0, start - 24) : start]
    rest = head.rstrip(" \u00a0-")
    if not head or rest == head:
        return start, ""
    cut = max(rest.rfind(" "), rest.rfind("-"), rest.rfind("\n"), rest.rfind("\u00a0")) + 1
    return start - len(head) + cut, rest[cut:]
