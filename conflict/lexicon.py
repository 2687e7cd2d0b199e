"""Word lists in data files, read once: `conflict/data/<what>/<language>.toml`, editable by an analyst or translator.

Looks phrases up longest first, and takes the particles that Arabic writes onto a word ("والأحد", "بحلب") off where the
whole word is not listed. Nothing is read at import; the first use reads and keeps.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any, Generic, TypeVar

from conflict.errors import InputError
from conflict.tokens import NUMBER, Token, tokenize

V = TypeVar("V")

# Longest first; "و" and "ف" (and, so) may stand before any other of them.
_PARTICLES = ("بال", "كال", "لل", "ال", "ب", "ل", "ك")
_SHORTEST_TYPO = 5  # shorter words one letter apart are too often another word
_WITH_ARTICLE = ("بال", "كال", "لل")
_CONJUNCTIONS = ("و", "ف")


@cache
def table(what: str, language: str) -> Mapping[str, Any]:
    """The data file of a language; an empty table where there is none. `InputError` names a file that is no TOML."""
    if not language.isalpha():
        return {}
    path = resources.files("conflict").joinpath("data", what, f"{language}.toml")
    if not path.is_file():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"conflict/data/{what}/{language}.toml cannot be read: {error}") from error


def tables(what: str, language: str) -> list[Mapping[str, Any]]:
    """The data of a language, then English and Arabic: texts mix them, and two scripts share no word."""
    order = dict.fromkeys((language[:2].lower(), "en", "ar"))
    return [found for code in order if (found := table(what, code))]


class Phrases(Generic[V]):
    """Phrases of one or more words and what each means; the longest that fits at a position wins."""

    def __init__(self, entries: Iterable[tuple[str, V]]) -> None:
        self._longest: dict[str, int] = {}
        self._typos: dict[str, str] = {}
        self._values: dict[tuple[str, ...], V] = {}
        for phrase, value in entries:
            keys = tuple(token.key for token in tokenize(phrase))
            if len(keys) == 1 and len(keys[0]) >= _SHORTEST_TYPO:
                for variant in _deletions(keys[0]):
                    self._typos.setdefault(variant, keys[0])
            if keys and keys not in self._values:
                self._values[keys] = value
                self._longest[keys[0]] = max(self._longest.get(keys[0], 0), len(keys))

    def __contains__(self, phrase: str) -> bool:
        return tuple(token.key for token in tokenize(phrase)) in self._values

    def words(self) -> list[str]:
        """The single words, for finding the nearest to a misspelt one."""
        return [keys[0] for keys in self._values if len(keys) == 1]

    def items(self) -> Iterable[tuple[tuple[str, ...], V]]:
        """All phrases by their words' keys, with what each means."""
        return self._values.items()

    def openings(self) -> frozenset[str]:
        """The first words of all phrases: a word that is none of them begins nothing."""
        return frozenset(self._longest)

    def word(self, key: str) -> V | None:
        """What this one word means by itself."""
        return self._values.get((key,))

    def misspelt(self, key: str) -> V | None:
        """What the listed word of five letters or more means that this one is a single typo of."""
        if not _SHORTEST_TYPO - 1 <= len(key) <= 24:
            return None
        for variant in _deletions(key):
            word = self._typos.get(variant)
            if word and edits(key, word) == 1:
                return self._values[(word,)]
        return None

    def at(self, tokens: Sequence[Token], index: int) -> tuple[V, int] | None:
        """The longest phrase that begins at `index`: its meaning and the index after it."""
        return self._from(tokens[index].key, tokens, index)

    def loose_at(self, tokens: Sequence[Token], index: int) -> tuple[V, int, str] | None:
        """As `at`; else with Arabic particles taken off the first word, which are returned as written."""
        token = tokens[index]
        found = self._from(token.key, tokens, index)
        if found:
            return (*found, "")
        if token.kind == NUMBER or not 3 <= len(token.key) <= 24 or not "\u0600" <= token.key[0] <= "\u06ff":
            return None
        for particles, rest in stripped(token.key):
            found = self._from(rest, tokens, index)
            if found:
                return (*found, particles)
        return None

    def _from(self, first: str, tokens: Sequence[Token], index: int) -> tuple[V, int] | None:
        most = self._longest.get(first, 0)
        if not most:
            return None
        keys = (first, *(token.key for token in tokens[index + 1 : index + most]))
        for size in range(len(keys), 0, -1):
            value = self._values.get(keys[:size])
            if value is not None:
                return value, index + size
        return None


def _deletions(word: str) -> list[str]:
    """The word and the word less each letter: words one typo apart share one of them."""
    return [word, *(word[:at] + word[at + 1 :] for at in range(len(word)))]


def edits(one: str, two: str) -> int:
    """Letters added, left out, changed or swapped with the next between two words; give it short ones."""
    before: list[int] = []
    last = list(range(len(two) + 1))
    for row, letter in enumerate(one, 1):
        current = [row]
        for column, other in enumerate(two, 1):
            cost = min(last[column] + 1, current[-1] + 1, last[column - 1] + (letter != other))
            if row > 1 and column > 1 and letter == two[column - 2] and one[row - 2] == other:
                cost = min(cost, before[column - 2] + 1)
            current.append(cost)
        before, last = last, current
    return last[-1]


def stripped(key: str) -> list[tuple[str, str]]:
    """An Arabic word without the particles written onto it: (particles, rest), least taken off first."""
    found = _without_particles(key)
    if key[:1] in _CONJUNCTIONS and len(key) > 3:
        found.insert(0, (key[0], key[1:]))
        if len(key) > 4:
            found += [(key[0] + particles, rest) for particles, rest in _without_particles(key[1:])]
    return found


def _without_particles(key: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for particle in _PARTICLES:
        if key.startswith(particle) and len(key) - len(particle) >= 2:
            rest = key[len(particle) :]
            if particle in _WITH_ARTICLE:
                found += [(particle, f"ال{rest}"), (particle, rest)]
            else:
                found.append((particle, rest))
    return found
