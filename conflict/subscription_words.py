"""Wishes to be told, in words: "alert me about air strikes within 30 km of Ariha". A file of words a language.

Only what a question has not is read here (that it is a wish, how grave, breaches only); the rest is a question's words.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from conflict.names import normal
from conflict.vocabulary import Severity, Verification

LONGEST: Final = 400  # characters of a wish that are read
PROTECTED: Final = ("hospital", "school", "camp", "market", "water", "aid", "mosque", "religious")
_LEVELS: Final = (("severe", Severity.SEVERE), ("serious", Severity.SERIOUS))

_PROOFS: Final = (("corroborated", Verification.CORROBORATED), ("confirmed", Verification.CONFIRMED))


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to be told of: `text` without the words that say it is a wish."""

    text: str
    minimum_severity: Severity = Severity.MINOR
    minimum_verification: Verification = Verification.UNVERIFIED
    breaches_only: bool = False
    tags: tuple[str, ...] = ()


def wish_in(text: str) -> Wish | None:
    """The wish that a message begins with; None when it is none (a question, small talk)."""
    words = text[:LONGEST].split()
    keys = [normal(word) for word in words]
    longest = max((len(lead) for lead in _words()["lead"] if tuple(keys[: len(lead)]) == lead), default=0)
    return wish_of(" ".join(words[longest:])) if longest else None


def wish_of(text: str) -> Wish:
    """The wish of words that are known to be one (after /subscribe)."""
    words = text[:LONGEST].split()
    keys = tuple(normal(word) for word in words)
    found = _words()
    severity = next((level for name, level in _LEVELS if _named(found[name], keys)), Severity.MINOR)
    return Wish(
        " ".join(words),
        severity,
        next((proof for name, proof in _PROOFS if _named(found[name], keys)), Verification.UNVERIFIED),
        breaches_only=_named(found["breaches"], keys),
        tags=PROTECTED if _named(found["protected"], keys) else (),
    )


def _named(phrases: frozenset[tuple[str, ...]], keys: tuple[str, ...]) -> bool:
    return any(keys[at : at + len(phrase)] == phrase for phrase in phrases for at in range(len(keys)))


@cache
def _words() -> Mapping[str, frozenset[tuple[str, ...]]]:
    found: dict[str, set[tuple[str, ...]]] = {}
    for file in sorted((files("conflict") / "data" / "subscribing").iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".toml"):
            for name, phrases in tomllib.loads(file.read_text("utf-8")).items():
                keys = {tuple(normal(word) for word in phrase.split()) for phrase in phrases}
                found.setdefault(name, set()).update(keys)
    return {name: frozenset(phrases) for name, phrases in found.items()}
