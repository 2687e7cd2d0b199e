"""Number words of a language as data, and the reading of a cardinal spelled in words.

English: tens and units ("fifty-one"), hundreds and thousands with "and", "a hundred", "two dozen". Arabic: units before
tens joined by "و" ("واحد وخمسون"), teens of two words, hundreds of one word or two, thousands and millions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from conflict.lexicon import Phrases, tables
from conflict.tokens import WORD, Token, word_key

_MOST_WORDS = 12  # of one spelled number


@dataclass(frozen=True, slots=True)
class NumberWords:
    """The number words of a language, merged with English and Arabic; keys as `tokens.word_key` gives them."""

    units: Mapping[str, int]
    tens: Mapping[str, int]
    scales: Mapping[str, int]
    fixed: Mapping[str, int]
    ordinals: Mapping[str, int]
    teens: frozenset[str]
    ones: frozenset[str]
    join: frozenset[str]
    to: frozenset[str]
    of: frozenset[str]
    before: frozenset[str]
    months: frozenset[str]
    year_after: frozenset[str]
    decimal_ok: frozenset[str]
    phrases: Phrases[int]
    vague: Phrases[int]
    between: Phrases[str]
    family: Phrases[str]
    bound_before: Phrases[str]
    bound_after: Phrases[str]
    not_people_after: Phrases[str]
    openings: frozenset[str]  # every word that a number with its bounds may begin with, but for Arabic particles

    def cardinal_at(self, tokens: Sequence[Token], index: int) -> tuple[int, int] | None:
        """The cardinal spelled in words that begins at `index`: its value and the index after it."""
        total, group, cursor = 0, 0, index
        last_scale, read, tens_open = 10**12, 0, True
        while cursor < len(tokens) and read < _MOST_WORDS:
            step = self._step(tokens, cursor, first=read == 0)
            if step is None:
                break
            key, after = step
            if key in self.scales:
                scale = self.scales[key]
                if read == 0 and key not in self.fixed and scale < 100:
                    break
                if scale == 100 or scale == 12:
                    if group >= 100:
                        break
                    group = max(group, 1) * scale
                else:
                    if scale >= last_scale:
                        break
                    total, group, last_scale = total + max(group, 1) * scale, 0, scale
                tens_open = True
            elif key in self.fixed:
                value = self.fixed[key]
                if group and (value >= 1000 or group % 100):
                    break
                if value >= 1000:
                    total, last_scale = total + value, 1000
                else:
                    group += value
                tens_open = True
            else:
                small, after, tens_open_next = self._small(tokens, after - 1, tens_open, group)
                if small is None:
                    break
                group, tens_open = group + small, tens_open_next
            cursor, read = after, read + 1
        return (total + group, cursor) if read else None

    def _step(self, tokens: Sequence[Token], index: int, *, first: bool) -> tuple[str, int] | None:
        """The key of the next number word, past a joining "and", hyphen or "و", and the index after it."""
        token = tokens[index]
        if not first and (token.key == "-" or token.key in self.join):
            if index + 1 >= len(tokens):
                return None
            index += 1
            token = tokens[index]
            if not self.known(token.key):
                return None
        key = token.key
        if first and key in self.ones and index + 1 < len(tokens):
            following = tokens[index + 1].key
            if following in self.scales and token.kind == WORD and key not in self.units:
                return following, index + 2
        if self.known(key):
            return key, index + 1
        if not first and key[:1] == "و" and self.known(key[1:]):
            return key[1:], index + 1
        if first and len(key) > 3 and key[0] in "وبلا":
            bare = bare_number(key)
            if bare in self.tens or bare in self.units:
                return bare, index + 1
        return None

    def _small(self, tokens: Sequence[Token], at: int, tens_open: bool, group: int) -> tuple[int | None, int, bool]:
        """A unit, a ten or a teen at `at`, if it may follow what was read: (value, index after, units may follow)."""
        key = tokens[at].key
        if key not in self.units and key not in self.tens:
            key = bare_number(key)
        below = group % 100
        if key in self.tens:
            fits = below == 0 or (0 < below < 10 and key[0] >= "\u0600")  # Arabic says one and fifty
            return (self.tens[key] if fits else None), at + 1, True
        value = self.units[key]
        following = tokens[at + 1].key if at + 1 < len(tokens) else ""
        if value < 10 and following in self.teens and below == 0:
            return value + 10, at + 2, False
        fits = below == 0 or (below >= 20 and below % 10 == 0 and 0 < value < 10 and tens_open)
        return (value if fits else None), at + 1, False

    def known(self, key: str) -> bool:
        """Whether the key is a number word."""
        return key in self.units or key in self.tens or key in self.scales or key in self.fixed


def bare_number(key: str) -> str:
    """An Arabic number word without the article or the particle written onto it."""
    return key[2:] if key.startswith("ال") else key[1:]


@cache
def number_words(language: str) -> NumberWords:
    """The number words for a text of this language, read once."""
    files = tables("numbers", language)

    def numbers(section: str) -> dict[str, int]:
        return {word_key(word): int(value) for file in files for word, value in file.get(section, {}).items()}

    def words(section: str, name: str = "words") -> frozenset[str]:
        return frozenset(word_key(word) for file in files for word in _of(file, section).get(name, ()))

    def phrases(section: str) -> list[tuple[str, int]]:
        return [(phrase, int(value)) for file in files for phrase, value in file.get(section, {}).items()]

    duals = [(word, 2) for file in files for word in _of(file, "duals").get("words", ())]
    counting = {name: numbers(name) for name in ("units", "tens", "scales", "fixed")}
    fixed_phrases = Phrases([*phrases("phrases"), *duals])
    vague = Phrases(phrases("vague"))
    between = Phrases(_each(files, "joins", "between"))
    family = Phrases(_each(files, "family", "words"))
    bound_before = Phrases(_bounds(files, "before"))
    openings = (fixed_phrases.openings(), vague.openings(), between.openings(), family.openings())
    return NumberWords(
        units=counting["units"],
        tens=counting["tens"],
        scales=counting["scales"],
        fixed=counting["fixed"],
        phrases=fixed_phrases,
        vague=vague,
        between=between,
        family=family,
        bound_before=bound_before,
        openings=bound_before.openings().union(*counting.values(), *openings),
        ordinals=numbers("ordinals"),
        teens=words("teens"),
        ones=words("one"),
        join=words("joins", "and"),
        to=words("joins", "to"),
        of=words("joins", "of"),
        before=words("not_people", "before"),
        months=_month_words(language),
        year_after=words("not_people", "year_after"),
        decimal_ok=words("not_people", "decimal_ok"),
        bound_after=Phrases(_bounds(files, "after")),
        not_people_after=Phrases(_each(files, "not_people", "after")),
    )


def _of(file: Mapping[str, Any], section: str) -> Mapping[str, Any]:
    found = file.get(section, {})
    return found if isinstance(found, Mapping) else {}


def _each(files: Iterable[Mapping[str, Any]], section: str, name: str) -> list[tuple[str, str]]:
    return [(word, word) for file in files for word in _of(file, section).get(name, ())]


def _bounds(files: Iterable[Mapping[str, Any]], side: str) -> list[tuple[str, str]]:
    return [
        (word, bound) for file in files for bound, words in _of(_of(file, "bounds"), side).items() for word in words
    ]


def _month_words(language: str) -> frozenset[str]:
    """First words of month names, so that "30 November" is no count of people."""
    names = (
        name for file in tables("dates", language) for listed in file.get("months", {}).values() for name in listed
    )
    return frozenset(word_key(name).split()[0] for name in names if word_key(name).split()[0] != "may")
