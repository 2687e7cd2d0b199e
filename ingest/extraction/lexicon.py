"""The words that extraction knows, per language, from data files an analyst can edit.

One dictionary of phrases for all languages: a phrase maps to entries (category, value). "a|b" in a phrase are forms of
one word. Keys are lower case, hyphens and apostrophes do not count, Arabic letters are in one spelling without article.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import resources
from itertools import product
from typing import Any

from conflict.actors import Actors
from conflict.errors import InputError
from conflict.tokens import word_key
from ingest.extraction.text import PageWords

LANGUAGES = ("en", "ar")
# Abbreviations that are plain words in small letters.
CAPITALS_ONLY = frozenset(
    {"is", "us", "who", "ap", "amn", "un", "saf", "ola", "gna", "cma", "faca", "fama", "dpa", "sna", "stc", "osce"}
)


@dataclass(frozen=True, slots=True)
class Entry:
    """What a phrase is: `category` such as `trigger`, `actor`, `harm`; `value` within it; `detail` for some."""

    category: str
    value: str
    detail: str = ""


class _Node:
    __slots__ = ("entries", "next")

    def __init__(self) -> None:
        self.next: dict[str, _Node] = {}
        self.entries: list[Entry] = []


@dataclass(slots=True)
class Lexicon:
    """All phrases, with the actors they name and the words of pages."""

    actors: Actors
    page: PageWords
    needs: dict[str, frozenset[str]] = field(default_factory=dict)
    roles: dict[str, tuple[bool | None, str | None]] = field(default_factory=dict)  # civilian?, side
    root: _Node = field(default_factory=_Node)
    voice_country: dict[str, str] = field(default_factory=dict)  # of originators that report on one country
    own_words: frozenset[str] = frozenset()  # the commonest of the languages that are read
    other_words: frozenset[str] = frozenset()  # and of those that are not

    @classmethod
    def load(cls) -> Lexicon:
        """Read the shipped data files. `InputError` names a file that cannot be read."""
        pages = [_table(language, "page") for language in LANGUAGES]
        lexicon = cls(
            Actors.load(),
            PageWords(
                frozenset(low for page in pages for low in page.get("navigation", ())),
                tuple(low for page in pages for low in page.get("links", ())),
                tuple(low for page in pages for low in page.get("caption_marks", ())),
                tuple(low for page in pages for low in page.get("paywall", ())),
            ),
        )
        for language in LANGUAGES:
            lexicon._load_language(language)
        known = _table("", "languages")
        lexicon.own_words = frozenset(word for words in known["own"].values() for word in words)
        lexicon.other_words = frozenset(word for words in known["other"].values() for word in words)
        lexicon._load_actors()
        return lexicon

    def _load_language(self, language: str) -> None:
        for sub, table in _table(language, "triggers").items():
            self._add(table.get("strong", ()), "trigger", sub, "strong")
            self._add(table.get("weak", ()), "trigger", sub, "weak")
            self._add(table.get("beside", ()), "beside", sub)
            self._add(table.get("heading", ()), "heading", sub)
            self.needs[sub] = self.needs.get(sub, frozenset()) | frozenset(table.get("needs", ()))
        for guard, phrases in _table(language, "guards").items():
            self._add(phrases, guard, guard)
        people = _table(language, "people")
        for kind, phrases in people.get("harm", {}).items():
            self._add(phrases, "harm", kind)
        for role, table in people.get("roles", {}).items():
            self.roles.setdefault(role, (table.get("civilian"), table.get("side")))
            self._add(table.get("words", ()), "role", role)
        for name in (
            "between",
            "subset",
            "units",
            "toll",
            "singular",
            "kin",
            "pair",
            "pronoun",
            "things",
            "contrast",
            "also",
        ):
            self._add(people.get(name, {}).get("words", ()), name, name)
        for kind, phrases in people.get("nobody", {}).items():
            self._add(phrases, "nobody", kind)
        for kind, phrases in people.get("period", {}).items():
            self._add(phrases, "period", kind)
        for group, table in _table(language, "actors_words").items():
            self._add(table.get("words", ()), "force" if group == "force" else "group", group)
        weapons = _table(language, "weapons")
        for tag, phrases in weapons.pop("targets", {}).items():
            self._add(phrases, "target", tag)
        self._add(weapons.pop("territory", {}).get("words", ()), "territory", "territory")
        for weapon, phrases in weapons.items():
            self._add(phrases, "weapon", weapon)
        self._load_voices(_table(language, "voices"))
        self._load_where(_table(language, "where"))

    def _load_voices(self, voices: Mapping[str, Any]) -> None:
        self._add(voices.get("verbs", {}).get("words", ()), "says", "says")
        for row in voices.get("originator", ()):
            self._add(row["words"], "voice", row["name"], row["kind"])
            if "country" in row:
                self.voice_country[row["name"]] = row["country"]
        for kind, phrases in voices.get("unnamed", {}).items():
            self._add(phrases, "voice", "", kind)
        for row in voices.get("carrier", ()):
            self._add(row["words"], "carrier", row["name"])
            self._add(row.get("correspondent", ()), "voice", f"{row['name']} correspondent", "agency")

    def _load_where(self, where: Mapping[str, Any]) -> None:
        for side in ("before", "after"):
            self._add(where.get("vicinity", {}).get(side, ()), f"vicinity_{side}", side)
        for bearing, phrases in where.get("compass", {}).items():
            self._add(phrases, "compass", bearing)
        self._add(where.get("not_place_after", {}).get("words", ()), "not_place_after", "")
        self._add(where.get("locative", {}).get("words", ()), "locative", "")
        for country, names in where.get("capitals", {}).items():
            self._add(names, "capital", country)
        coreference = where.get("coreference", {})
        for which in ("latter", "former"):
            self._add(coreference.get(which, ()), "coreference", which)
        self._add(coreference.get("unnamed_places", ()), "unnamed_places", "")

    def _load_actors(self) -> None:
        forces = [
            words for words, node in self._walk(self.root, ()) if any(e.category == "force" for e in node.entries)
        ]
        for actor in self.actors:
            self._add(actor.aliases, "actor", actor.id)
        for actor_id, nationalities in self.actors.nationalities.items():
            for nationality in nationalities:
                for words in forces:
                    self._insert((*keys_of(nationality), *words), Entry("actor", actor_id, "national"))
                self._insert(keys_of(nationality), Entry("nationality", actor_id))

    def _walk(self, node: _Node, words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], _Node]]:
        if node.entries:
            yield words, node
        for word, following in node.next.items():
            yield from self._walk(following, (*words, word))

    def _add(self, phrases: Iterable[str], category: str, value: str, detail: str = "") -> None:
        for phrase in phrases:
            for words in product(*(part.split("|") for part in phrase.split())):
                self._insert(tuple(key for word in words for key in keys_of(word)), Entry(category, value, detail))

    def _insert(self, keys: tuple[str, ...], entry: Entry) -> None:
        if not keys:
            return
        node = self.root
        for key in keys:
            node = node.next.setdefault(key, _Node())
        if all((e.category, e.value) != (entry.category, entry.value) for e in node.entries):
            node.entries.append(entry)


def keys_of(phrase: str) -> tuple[str, ...]:
    """The keys a phrase is filed under, one a word."""
    spaced = "".join(c if c.isalnum() or "\u064b" <= c <= "\u0652" else " " for c in phrase.replace("n't", " not"))
    return tuple(plain_key(word) for word in spaced.split() if word != "s")


def plain_key(word: str) -> str:
    """The key of one word; the Arabic article is taken off."""
    key = word_key(word)
    return key[2:] if key.startswith("ال") and len(key) > 4 else key


def _table(language: str, name: str) -> dict[str, Any]:
    path = resources.files("ingest.extraction").joinpath("data", *filter(None, (language, f"{name}.toml")))
    if not path.is_file():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"ingest/extraction/data/{language}/{name}.toml cannot be read: {error}") from error
