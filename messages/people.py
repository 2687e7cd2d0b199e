"""The words that reports use for people, said in the reader's language: children stay children, fighters fighters.

The words stand in `messages/data/people.toml`, their wordings in the catalogues. A word that is not listed is shown as
written where its script is the reader's, and not at all where it is not.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from types import MappingProxyType

from conflict.names import normal
from messages.bidi import has_rtl
from messages.catalog import Texts, counted, msg
from messages.html import Html

_LONGEST = 8  # words of a role that are looked at
_READ = 200  # characters of a role that are looked at
_WORDS_KEPT = 2048  # roles whose sort of people is kept: the same few are looked up for every event
_COUNTED = {
    "people": counted("{n} person", "{n} people", "counted people"),
    "civilians": counted("{n} civilian", "{n} civilians", "counted people"),
    "children": counted("{n} child", "{n} children", "counted people"),
    "women": counted("{n} woman", "{n} women", "counted people"),
    "men": counted("{n} man", "{n} men", "counted people"),
    "families": counted("{n} family", "{n} families", "counted people"),
    "family_members": counted("{n} family member", "{n} family members", "counted people"),
    "displaced": counted("{n} displaced person", "{n} displaced people", "counted people"),
    "refugees": counted("{n} refugee", "{n} refugees", "counted people"),
    "medics": counted("{n} medic", "{n} medics", "counted people"),
    "journalists": counted("{n} journalist", "{n} journalists", "counted people"),
    "aid_workers": counted("{n} aid worker", "{n} aid workers", "counted people"),
    "rescuers": counted("{n} rescuer", "{n} rescuers", "counted people"),
    "teachers": counted("{n} teacher", "{n} teachers", "counted people"),
    "students": counted("{n} student", "{n} students", "counted people"),
    "workers": counted("{n} worker", "{n} workers", "counted people"),
    "farmers": counted("{n} farmer", "{n} farmers", "counted people"),
    "protesters": counted("{n} protester", "{n} protesters", "counted people"),
    "worshippers": counted("{n} worshipper", "{n} worshippers", "counted people"),
    "passengers": counted("{n} passenger", "{n} passengers", "counted people"),
    "elderly": counted("{n} elderly person", "{n} elderly people", "counted people"),
    "hostages": counted("{n} hostage", "{n} hostages", "counted people"),
    "volunteers": counted("{n} volunteer", "{n} volunteers", "counted people"),
    "fighters": counted("{n} fighter", "{n} fighters", "counted people"),
    "gunmen": counted("{n} gunman", "{n} gunmen", "counted people"),
    "militants": counted("{n} “militant”", "{n} “militants”", "counted people"),
    "terrorists": counted("{n} “terrorist”", "{n} “terrorists”", "counted people"),
    "commanders": counted("{n} commander", "{n} commanders", "counted people"),
    "soldiers": counted("{n} soldier", "{n} soldiers", "counted people"),
    "officers": counted("{n} officer", "{n} officers", "counted people"),
    "police": counted("{n} police officer", "{n} police officers", "counted people"),
    "security": counted("{n} security officer", "{n} security officers", "counted people"),
    "pro_government": counted("{n} pro-government fighter", "{n} pro-government fighters", "counted people"),
    "government_soldiers": counted("{n} government soldier", "{n} government soldiers", "counted people"),
    "rebels": counted("{n} rebel", "{n} rebels", "counted people"),
    "opponents": counted("{n} opponent", "{n} opponents", "counted people"),
}
# The same people behind "between 3 and 5" (context "role") and as a party without a name (context "party").
_NAMES = {
    "people": (msg("people", "role"), msg("people", "party")),
    "civilians": (msg("civilians", "role"), msg("civilians", "party")),
    "children": (msg("children", "role"), msg("children", "party")),
    "women": (msg("women", "role"), msg("women", "party")),
    "men": (msg("men", "role"), msg("men", "party")),
    "families": (msg("families", "role"), msg("families", "party")),
    "family_members": (msg("family members", "role"), msg("family members", "party")),
    "displaced": (msg("displaced people", "role"), msg("displaced people", "party")),
    "refugees": (msg("refugees", "role"), msg("refugees", "party")),
    "medics": (msg("medics", "role"), msg("medics", "party")),
    "journalists": (msg("journalists", "role"), msg("journalists", "party")),
    "aid_workers": (msg("aid workers", "role"), msg("aid workers", "party")),
    "rescuers": (msg("rescuers", "role"), msg("rescuers", "party")),
    "teachers": (msg("teachers", "role"), msg("teachers", "party")),
    "students": (msg("students", "role"), msg("students", "party")),
    "workers": (msg("workers", "role"), msg("workers", "party")),
    "farmers": (msg("farmers", "role"), msg("farmers", "party")),
    "protesters": (msg("protesters", "role"), msg("protesters", "party")),
    "worshippers": (msg("worshippers", "role"), msg("worshippers", "party")),
    "passengers": (msg("passengers", "role"), msg("passengers", "party")),
    "elderly": (msg("elderly people", "role"), msg("elderly people", "party")),
    "hostages": (msg("hostages", "role"), msg("hostages", "party")),
    "volunteers": (msg("volunteers", "role"), msg("volunteers", "party")),
    "fighters": (msg("fighters", "role"), msg("fighters", "party")),
    "gunmen": (msg("gunmen", "role"), msg("gunmen", "party")),
    "militants": (msg("“militants”", "role"), msg("“militants”", "party")),
    "terrorists": (msg("“terrorists”", "role"), msg("“terrorists”", "party")),
    "commanders": (msg("commanders", "role"), msg("commanders", "party")),
    "soldiers": (msg("soldiers", "role"), msg("soldiers", "party")),
    "officers": (msg("officers", "role"), msg("officers", "party")),
    "police": (msg("police officers", "role"), msg("police officers", "party")),
    "security": (msg("security officers", "role"), msg("security officers", "party")),
    "pro_government": (msg("pro-government fighters", "role"), msg("pro-government fighters", "party")),
    "government_soldiers": (msg("government soldiers", "role"), msg("government soldiers", "party")),
    "rebels": (msg("rebels", "role"), msg("rebels", "party")),
    "opponents": (msg("opponents", "role"), msg("opponents", "party")),
}


@dataclass(frozen=True, slots=True)
class People:
    """A sort of people that reports count. `side` as in the data file; `exact`: by the word's own forms."""

    kind: str
    side: str | None = None
    unarmed: bool = False
    exact: bool = True


def _key(words: str) -> str:
    return normal(words[:_READ].removeprefix("of ").removeprefix("their "))


@cache
def _lexicon() -> Mapping[str, People]:
    text = files("messages").joinpath("data", "people.toml").read_text("utf-8")
    found: dict[str, People] = {}
    for kind, entry in tomllib.loads(text).items():
        for exact in (True, False):
            made = People(kind, entry.get("side"), entry.get("unarmed", False), exact)
            for word in entry.get("words" if exact else "also", ()):
                found.setdefault(_key(word), made)
    return MappingProxyType(found)


def listed(role: str | None) -> People | None:
    """The sort of people that exactly these words mean; None where they are not listed."""
    return _listed(role[:_READ]) if role else None


@lru_cache(maxsize=_WORDS_KEPT)
def _listed(role: str) -> People | None:
    return _lexicon().get(_key(role))


def nearest(role: str | None) -> People | None:
    """The same by the main word of longer words: the last in Latin script, the first in Arabic."""
    return _nearest(role[:_READ], has_rtl(role)) if role else None


@lru_cache(maxsize=_WORDS_KEPT)
def _nearest(role: str, rtl: bool) -> People | None:
    if found := _listed(role):
        return found
    words = _key(role).split()[:_LONGEST]
    parts = [words[:end] for end in range(len(words) - 1, 0, -1)]
    if not rtl:
        parts = [words[start:] for start in range(1, len(words))]
    found = next((made for part in parts if (made := _lexicon().get(" ".join(part)))), None)
    return People(found.kind, found.side, found.unarmed, exact=False) if found else None


def readable(words: str, texts: Texts) -> bool:
    """Whether words are written in the script of the reader's language."""
    return has_rtl(words) == texts.rtl


def known(role: str | None, texts: Texts) -> bool:
    """Whether a role can be said to this reader at all."""
    return bool(role) and (readable(role or "", texts) or nearest(role) is not None)


def how_many(role: str, n: int | None, figure: Html, texts: Texts) -> Html:
    """So many of such people; `n` where one figure is known, `figure` as it is shown ("at least 3")."""
    found = listed(role) if readable(role, texts) else nearest(role)
    if found is None or (readable(role, texts) and not found.exact):
        return texts.say("{number} {people}", "people as written", number=figure, people=role)
    if n is not None:
        return texts.counted(_COUNTED[found.kind], n, figure)
    return texts.say("{number} {people}", "people", number=figure, people=texts.word(_NAMES[found.kind][0]))


def party(name: str, texts: Texts) -> Html:
    """A party that has no listed name: civilians, gunmen; a name of its own as it is written."""
    found = listed(name) if readable(name, texts) else nearest(name)
    if found is None or (readable(name, texts) and not found.exact):
        return texts.value(name)
    return texts.word(_NAMES[found.kind][1])
