"""Who takes part in wars: armed actors with their names in English and Arabic, and their side.

Read from `conflict/data/actors.toml`, which an analyst can edit (docs/howto/add-a-word.md). It says who a name means;
it does not say who did what.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from types import MappingProxyType
from typing import Any

from conflict.errors import InputError


@dataclass(frozen=True, slots=True)
class ActorEntry:
    """One actor. `side` groups those that fight together; `country` is the ISO code of its home, if any."""

    id: str
    name: str
    name_ar: str
    side: str
    state: bool
    country: str | None
    aliases_en: tuple[str, ...]
    aliases_ar: tuple[str, ...]

    @property
    def aliases(self) -> tuple[str, ...]:
        """All names it goes by, in both languages."""
        return self.aliases_en + self.aliases_ar

    def name_in(self, language: str) -> str:
        """The name for a reader of `language` (an IETF tag)."""
        return self.name_ar if language == "ar" else self.name


class Actors:
    """The lexicon of actors; `Actors.load()` reads it."""

    def __init__(
        self,
        entries: Mapping[str, ActorEntry],
        nationalities: Mapping[str, tuple[str, ...]],
        opposition_of: Mapping[str, str],
        state_of: Mapping[str, str],
    ) -> None:
        self._entries = MappingProxyType(dict(entries))
        self.nationalities = MappingProxyType(dict(nationalities))
        self._countries = frozenset(e.country for e in entries.values() if e.country)
        self._opposition_of = dict(opposition_of)
        self._state_of = {e.country: e.id for e in reversed(list(entries.values())) if e.state and e.country} | dict(
            state_of
        )

    @classmethod
    def load(cls) -> Actors:
        """Read the shipped lexicon. `InputError` says which entry is wrong."""
        text = resources.files("conflict").joinpath("data/actors.toml").read_text(encoding="utf-8")
        try:
            data = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise InputError(f"conflict/data/actors.toml: {error}") from error
        entries: dict[str, ActorEntry] = {}
        for row in data.get("actor", ()):
            entry = _entry(row)
            if entry.id in entries:
                raise InputError(f"conflict/data/actors.toml: the id {entry.id!r} is there twice")
            entries[entry.id] = entry
        nationalities = {key: tuple(words) for key, words in data.get("nationalities", {}).items()}
        for key in (*nationalities, *data.get("opposition_of", {}).values(), *data.get("state_of", {}).values()):
            if key not in entries:
                raise InputError(f"conflict/data/actors.toml: {key!r} is no actor's id")
        return cls(entries, nationalities, data.get("opposition_of", {}), data.get("state_of", {}))

    def get(self, actor_id: str | None) -> ActorEntry | None:
        """The actor of this id."""
        return self._entries.get(actor_id) if actor_id else None

    def __iter__(self) -> Iterator[ActorEntry]:
        return iter(self._entries.values())

    @property
    def countries(self) -> frozenset[str]:
        """The countries that any actor calls home, as ISO codes."""
        return self._countries

    def state_of(self, country_code: str | None) -> ActorEntry | None:
        """The state forces that "the army" means in this country."""
        return self.get(self._state_of.get(country_code or ""))

    def opposition_of(self, country_code: str | None) -> ActorEntry | None:
        """The actor that "the rebels" means in this country, where one name covers them."""
        return self.get(self._opposition_of.get(country_code or ""))


def _entry(row: Mapping[str, Any]) -> ActorEntry:
    try:
        return ActorEntry(
            id=row["id"],
            name=row["name"],
            name_ar=row.get("name_ar") or row["name"],
            side=row["side"],
            state=row["state"],
            country=row.get("country"),
            aliases_en=tuple(row.get("aliases_en", ())),
            aliases_ar=tuple(row.get("aliases_ar", ())),
        )
    except KeyError as error:
        raise InputError(f"conflict/data/actors.toml: {row.get('id', 'an actor')} lacks {error}") from error
