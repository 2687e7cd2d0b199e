"""Who data sets cite and whom they name as fighting: their spellings -> our voices and actors.

A news agency only carries; two agencies that carry nobody we know are one voice, not two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from conflict.actors import ActorEntry, Actors
from conflict.facts import Actor
from conflict.names import normal
from conflict.vocabulary import OriginatorKind
from ingest.sources.rows import tables_of

_LONGEST = 80  # characters of a source that can still be a name


@dataclass(frozen=True, slots=True)
class Cited:
    """Who a row rests on: originators, each once, and those who passed it on."""

    originators: tuple[tuple[str, OriginatorKind], ...]
    carrier: str | None


class Voices:
    """The voices of `ingest/data/import/voices.toml`."""

    def __init__(self) -> None:
        tables = tables_of("voices")
        self._voices = {
            normal(name): (row["name"], OriginatorKind(row["kind"])) for row in tables["voice"] for name in row["names"]
        }
        self._carriers = {normal(name): str(row["name"]) for row in tables["carrier"] for name in row["names"]}
        self._unnamed = {word: OriginatorKind(kind) for kind, words in tables["unnamed"].items() for word in words}
        self._nothing = frozenset(tables["none"]["names"]) | {""}
        self.cited = lru_cache(maxsize=20_000)(self._cited)

    def _cited(self, said_by: str, through: str) -> Cited:
        """`said_by` names who says it, `through` who published it; both as the data set writes them."""
        originators: dict[str, OriginatorKind] = {}
        carriers: dict[str, None] = {}
        unknown: list[str] = []
        for part in _parts(through, ";"):
            self._sort(part, originators, carriers, unknown)
        strangers = unknown
        if said_by:
            strangers = []
            for part in _parts(said_by, ";,/"):
                self._sort(part, originators, carriers, strangers)
            if strangers and not originators:
                strangers = [said_by]  # "Mustafa Bali, a spokesman for ..." is one voice
            elif originators:
                strangers = []
            for name in unknown:
                carriers[name] = None  # an outlet that quotes somebody
        for name in strangers:
            if len(name) <= _LONGEST:
                originators[name] = self._kind(name)
        said = {normal(name) for name in originators}
        carried = ", ".join(name for name in carriers if normal(name) not in said) or None
        return Cited(tuple(originators.items()), carried)

    def _sort(
        self, part: str, originators: dict[str, OriginatorKind], carriers: dict[str, None], unknown: list[str]
    ) -> None:
        key = normal(part)
        if key in self._nothing:
            return
        if key in self._voices:
            name, kind = self._voices[key]
            originators[name] = kind
        elif key in self._carriers:
            carriers[self._carriers[key]] = None
        else:
            unknown.append(part)

    def _kind(self, name: str) -> OriginatorKind:
        for word in normal(name).split():
            if word in self._unnamed:
                return self._unnamed[word]
        return OriginatorKind.UNNAMED


def _parts(text: str, signs: str) -> Iterable[str]:
    for sign in signs[1:]:
        text = text.replace(sign, signs[0])
    return (words for part in text.split(signs[0]) if (words := " ".join(part.split())))


class ActorNames:
    """Actors as data sets name them -> the lexicon's."""

    def __init__(self, actors: Actors, country_code: Callable[[str], str | None]) -> None:
        self._actors = actors
        self._country_code = country_code
        self._ids: dict[str, str] = {}
        for entry in actors:
            for name in (entry.name, *entry.aliases):
                self._ids.setdefault(normal(name), entry.id)
        self._ids |= {normal(name): actor_id for name, actor_id in tables_of("actors").items()}
        self.find = lru_cache(maxsize=20_000)(self._find)

    def _find(self, name: str, country: str | None) -> Actor | None:
        """The actor of this name; outside the lexicon, the name alone. None for an empty name."""
        name = " ".join(name.split())
        if not name:
            return None
        entry = self._entry(name, country)
        if entry is None:
            return Actor(name[:200])
        return Actor(entry.name, entry.id, entry.side)

    def _entry(self, name: str, country: str | None) -> ActorEntry | None:
        plain = _without_brackets(name)
        before, _, after = plain.partition(":")
        for form in (plain, after, before):
            actor_id = self._ids.get(normal(form)) if form else None
            entry = self._actors.get(actor_id)
            if entry is not None and (entry.id != "syria_rebels" or country == "SY"):
                return entry
        words = plain.split(" of ", 1)
        if len(words) == 2 and normal(words[0]) in ("military forces", "police forces", "government"):
            return self._actors.state_of(self._country_code(words[1]))
        return None


def _without_brackets(name: str) -> str:
    while "(" in name:
        before, _, after = name.partition("(")
        name = before + after.partition(")")[2]
    return " ".join(name.split())
