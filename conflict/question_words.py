"""The words of questions as data, and which words of one question play which role.

Roles come from `conflict/data/questions/<language>.toml` and from the actors' names; the longest phrase wins. A word of
five letters or more that is one typo away from a listed one is taken for it, once no place has that name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from conflict.actors import Actors
from conflict.lexicon import Phrases, tables
from conflict.tokens import Token, word_key


@dataclass(frozen=True, slots=True)
class Use:
    """A phrase of the question and the roles it plays: tokens `first` to `after`, pairs of role and value."""

    first: int
    after: int
    roles: tuple[tuple[str, str], ...]
    particles: str = ""

    def of(self, role: str) -> Iterator[str]:
        """The values it has in a role."""
        return (value for name, value in self.roles if name == role)

    def has(self, *roles: str) -> bool:
        """Whether it plays one of the roles."""
        return any(name in roles for name, _ in self.roles)


class QuestionWords:
    """The lexicon of questions in a language, merged with English and Arabic."""

    def __init__(self, entries: dict[str, list[tuple[str, str]]]) -> None:
        self._phrases: Phrases[tuple[tuple[str, str], ...]] = Phrases(
            (phrase, tuple(roles)) for phrase, roles in entries.items()
        )

    def uses(self, tokens: Sequence[Token], taken: Sequence[bool]) -> list[Use]:
        """The phrases of the question, left to right, outside the tokens already taken (dates, distances)."""
        found: list[Use] = []
        index = 0
        while index < len(tokens):
            match = None if taken[index] else self._phrases.loose_at(tokens, index)
            if match is None or any(taken[index : match[1]]):
                index += 1
                continue
            roles, after, particles = match
            found.append(Use(index, after, roles, particles))
            index = after
        return found

    def misspelt(self, key: str) -> tuple[tuple[str, str], ...] | None:
        """The roles of the listed word that this one is a typo of."""
        return self._phrases.misspelt(key)


@cache
def question_words(language: str) -> QuestionWords:
    """The lexicon for a question in this language, read once, with the actors' names."""
    entries: dict[str, list[tuple[str, str]]] = {}

    def add(phrase: str, role: str, value: str) -> None:
        entries.setdefault(" ".join(word_key(phrase).replace("-", " - ").split()), []).append((role, value))

    for file in tables("questions", language):
        for kind, phrases in file.get("kinds", {}).items():
            for phrase in phrases:
                add(phrase, "kind", kind)
        for role, section in (("type", "types"), ("sub_type", "sub_types"), ("tag", "tags"), ("source", "sources")):
            for value, phrases in file.get(section, {}).items():
                for phrase in phrases:
                    add(phrase, role, value.replace("_", " ") if role == "source" else value)
        for section in ("people", "levels"):
            for value, phrases in file.get(section, {}).items():
                for phrase in phrases:
                    add(phrase, section, value)
        for actor_id, adjectives in file.get("nationalities", {}).items():
            for adjective in adjectives:
                add(adjective, "nationality", actor_id)
        for section in ("source_intro", "actor_intro", "in", "joins", "compass", "filler"):
            for phrase in file.get(section, {}).get("words", ()):
                add(phrase, section, phrase)
    _add_actors(Actors.load(), add)
    return QuestionWords(entries)


def _add_actors(actors: Actors, add: Any) -> None:
    for actor in actors:
        for alias in (actor.name, actor.name_ar, *actor.aliases):
            add(alias, "actor", actor.id)
    for actor_id, adjectives in actors.nationalities.items():
        for adjective in adjectives:
            add(adjective, "nationality", actor_id)
