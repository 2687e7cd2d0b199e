"""The languages: every text for people, as a translator wrote it, with plurals, direction and names of months.

A language is a folder `locales/<tag>/LC_MESSAGES/sitrep.po`; `docs/howto/translate.md` says how to add one. Texts are
looked up by their English wording (and a context where one English word has two meanings). They are plain text with
`{names}`: what is put in is escaped and kept in its own direction; markup is added by the code around them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from gettext import c2py
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import Protocol

from babel import Locale
from babel.core import UnknownLocaleError
from babel.messages.pofile import read_po

from conflict.errors import SitrepError
from conflict.places import Place
from messages.bidi import has_rtl, isolated, without_controls
from messages.html import Html, escape

FALLBACK = "en"
_VALUE_LIMIT = 300  # characters of a name or word from outside; quoted sentences are cut shorter before
_VALUES_KEPT = 2048  # names and words are said again and again, in one answer and in the next
_FIELD = re.compile(r"\{([a-z_]+)\}")
Key = tuple[str | None, str]
_Template = tuple[Html, ...]  # by turns what stands there, as HTML, and the name of what is put in


def msg(text: str, context: str | None = None) -> Key:
    """A text that stands in a table, to be said later with `Texts.word`; so that the check of catalogues finds it."""
    return context, text


Plural = tuple[str, str, str | None]


def counted(one: str, many: str, context: str | None = None) -> Plural:
    """The same for a text with a number, to be said later with `Texts.counted`."""
    return one, many, context


class NamedActor(Protocol):
    """The names of a listed party."""

    @property
    def name(self) -> str:
        """The English name."""

    @property
    def name_ar(self) -> str | None:
        """The Arabic name, where one is known."""


class ActorNames(Protocol):
    """What the texts ask of the actor lexicon: `conflict.actors.Actors` has it."""

    def get(self, actor_id: str, /) -> NamedActor | None:
        """The listed actor of this id; None for an id or name that is not listed."""


class PlaceNames(Protocol):
    """What the texts ask of the gazetteer: `conflict.gazetteer.Gazetteer` has it."""

    def get(self, place_id: str, /) -> Place | None:
        """The place of this id."""


@dataclass(frozen=True, slots=True)
class NoPlaces:
    """A gazetteer of nothing: what contains a place is named only by what the place itself brings."""

    def get(self, place_id: str, /) -> Place | None:
        """None: nothing is listed."""


@dataclass(frozen=True, slots=True)
class NoActors:
    """A lexicon of nobody: names stay as the reports wrote them."""

    def get(self, actor_id: str, /) -> NamedActor | None:
        """None: nobody is listed."""
        return None


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of one language. `language` is its IETF tag, `rtl` whether it is written right to left."""

    language: str
    rtl: bool
    name: str  # the language's name for itself
    forms: Mapping[Key, tuple[str, ...]] = field(repr=False, default_factory=dict)
    plural: Callable[[int], int] = field(repr=False, default=lambda n: int(n != 1))
    actors: ActorNames = field(repr=False, default_factory=NoActors)
    places: PlaceNames = field(repr=False, default_factory=NoPlaces)
    territories: Mapping[str, str] = field(repr=False, default_factory=dict)  # names of countries by ISO code, of CLDR
    _templates: dict[str, _Template] = field(init=False, repr=False, compare=False, default_factory=dict)  # as needed

    def say(self, text: str, context: str | None = None, /, **values: object) -> Html:
        """A text as HTML, with `values` put in for its `{names}`: Html as it is, all else escaped and isolated."""
        forms = self.forms.get((context, text))
        return self._fill(forms[0] if forms else text, values)

    def count(self, one: str, many: str, n: int, context: str | None = None, /, **values: object) -> Html:
        """A text with a number: the language's own plural form for `n`, which is also put in for `{n}`."""
        return self._fill(self._counted(context, one, n) or (one if n == 1 else many), {"n": n, **values})

    def plain(self, text: str, context: str | None = None, /, **values: object) -> str:
        """A text without markup, for a button's label."""
        forms = self.forms.get((context, text))
        form = forms[0] if forms else text
        return _FIELD.sub(lambda m: isolated(without_controls(str(values[m[1]])[:_VALUE_LIMIT]), self.rtl), form)

    def counted(self, key: Plural, n: int, figure: Html) -> Html:
        """A text of a table with a number, which is shown as `figure`."""
        one, many, context = key
        return self.count(one, many, n, context, n=figure)

    def value(self, value: object) -> Html:
        """Anything from outside as a piece of a line: escaped, without direction controls, in its own direction."""
        if isinstance(value, Html):
            return value
        if type(value) is int and value >= 0:
            return Html(value)  # a bare number reads alike in every line
        return _value(str(value)[:_VALUE_LIMIT], self.rtl)

    def word(self, key: Key, **values: object) -> Html:
        """A text of a table, as `msg` noted it."""
        forms = self.forms.get(key)
        return self._fill(forms[0] if forms else key[1], values)

    def known(self, key: Key) -> bool:
        """Whether a translator gave this text a wording; for words of reports, of which only the common are listed."""
        return key in self.forms

    def joined(self, parts: Iterable[Html], separator: str = ", ") -> Html:
        """Parts with the language's own comma or semicolon between them, the empty ones left out."""
        return Html(self.say(separator, "between parts").join([part for part in parts if part]))

    def actor(self, actor: str) -> str:
        """The name for people of an actor id, or the name itself where it is not one of the lexicon."""
        entry = self.actors.get(actor)
        if entry is None:
            return actor
        return entry.name_ar if self.language == "ar" and entry.name_ar else entry.name

    def unit(self, place_id: str | None, name: str | None) -> str | None:
        """A province or district by its id for this reader; None rather than a name in a script they may not read."""
        found = self.places.get(place_id) if place_id else None
        said = found.name_in(self.language) if found else name
        return said if said and (has_rtl(said) or not self.rtl) else None

    def country(self, code: str | None, name: str | None) -> str | None:
        """A country's name for people by its ISO code; in English the name we have, of the one spelling table."""
        if self.language == FALLBACK or not code:
            return name
        return self.territories.get(code.upper()) or name

    def _counted(self, context: str | None, text: str, n: int) -> str | None:
        forms = self.forms.get((context, text))
        if forms is None:
            return None
        index = self.plural(abs(n))
        return forms[index] if index < len(forms) else forms[-1]

    def _fill(self, form: str, values: Mapping[str, object]) -> Html:
        template = self._templates.get(form)
        if template is None:
            template = self._templates[form] = tuple(Html(part) for part in _FIELD.split(escape(form)))
        if len(template) == 1:
            return template[0]
        parts: list[str] = list(template)
        for at in range(1, len(parts), 2):
            value = values[parts[at]]
            parts[at] = value if type(value) is Html else self.value(value)
        return Html("".join(parts))


@lru_cache(maxsize=_VALUES_KEPT)
def _value(text: str, rtl: bool) -> Html:
    return escape(isolated(" ".join(without_controls(text).split()), rtl))


@dataclass(frozen=True, slots=True)
class Catalog:
    """All languages, read once."""

    languages: Mapping[str, Texts]

    @classmethod
    def load(cls, actors: ActorNames | None = None, places: PlaceNames | None = None) -> Catalog:
        """Reads every language folder that ships with the program.

        `actors` gives names of parties, `places` those of the provinces and districts around a place.
        """
        names, units = actors or NoActors(), places or NoPlaces()
        found = {
            folder.name: _read(folder, names, units)
            for folder in sorted((files("messages") / "locales").iterdir(), key=lambda f: f.name)
            if folder.is_dir() and (folder / "LC_MESSAGES" / "sitrep.po").is_file()
        }
        return cls(MappingProxyType(found))

    def texts(self, language: str | None) -> Texts:
        """The texts for an IETF tag: the language itself, else its base (`ar-SY`: `ar`), else English."""
        tag = (language or FALLBACK).replace("_", "-")
        return self.languages.get(tag) or self.languages.get(tag.split("-")[0].lower()) or self.languages[FALLBACK]


class CatalogError(SitrepError):
    """A language's file that cannot be used; the message names it."""


def _read(folder: Traversable, actors: ActorNames, places: PlaceNames) -> Texts:
    """One language from its folder."""
    tag = folder.name
    try:
        locale = Locale.parse(tag, sep="-")
        with (folder / "LC_MESSAGES" / "sitrep.po").open("rb") as file:
            messages = read_po(file, locale=str(locale), abort_invalid=True)
    except (UnknownLocaleError, ValueError) as error:
        raise CatalogError(f"messages/locales/{tag}: {error}") from error
    forms: dict[Key, tuple[str, ...]] = {}
    for message in messages:
        if message.id and message.string and not message.fuzzy:
            key = message.id[0] if isinstance(message.id, (tuple, list)) else message.id
            strings = (message.string,) if isinstance(message.string, str) else tuple(message.string)
            if all(strings):
                forms[message.context, key] = strings
    return Texts(
        language=tag,
        rtl=locale.text_direction == "rtl",
        name=(locale.get_display_name(tag.replace("-", "_")) or tag).capitalize(),
        forms=MappingProxyType(forms),
        plural=c2py(messages.plural_expr),
        actors=actors,
        places=places,
        territories=MappingProxyType(dict(locale.territories)),
    )
