"""What kind of question the words make, and what they restrict it to: types, tags, actor, source, distance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from conflict.lexicon import tables
from conflict.question_words import Use
from conflict.questions import QuestionKind
from conflict.tokens import NUMBER, Token, word_key
from conflict.vocabulary import EventType, SubEventType

_KM_PER_MILE = 1.609344
_FARTHEST_KM = 500.0
# Which kind wins when words of several stand in one question: the strongest first.
_ORDER = (
    "compare",
    "trend",
    "ceasefire",
    "killed",
    "injured",
    "how_many",
    "source",
    "near",
    "near_me",
    "latest",
    "help",
)
_AMBIGUOUS_UNIT = "k"


@dataclass(frozen=True, slots=True)
class Filters:
    """What a question is restricted to; empty means everything."""

    event_types: tuple[EventType, ...] = ()
    sub_event_types: tuple[SubEventType, ...] = ()
    tags: tuple[str, ...] = ()
    actor: str | None = None
    source: str | None = None
    civilians: bool = False

    def __bool__(self) -> bool:
        return bool(
            self.event_types or self.sub_event_types or self.tags or self.actor or self.source or self.civilians
        )


def kind_of(uses: Sequence[Use], *, has_radius: bool) -> QuestionKind | None:
    """The kind that the words say, None where none does."""
    said = {value for use in uses for value in use.of("kind")}
    said -= {"smalltalk"} if len(said) > 1 else set()
    if "source" in said and any(use.has("source_intro") for use in uses):
        said.discard("source")
    if said & {"help"} and said & {"killed", "injured", "latest", "ceasefire", "compare", "trend"}:
        said.discard("help")
    for kind in _ORDER:
        if kind in said:
            return _KIND[kind]
    if has_radius:
        return QuestionKind.NEAR
    return QuestionKind.HELP if "smalltalk" in said else None


_KIND = {
    "compare": QuestionKind.COMPARE,
    "trend": QuestionKind.TREND,
    "ceasefire": QuestionKind.CEASEFIRE,
    "killed": QuestionKind.KILLED,
    "injured": QuestionKind.INJURED,
    "how_many": QuestionKind.COUNT,
    "source": QuestionKind.SOURCE,
    "near": QuestionKind.NEAR,
    "near_me": QuestionKind.NEAR,
    "latest": QuestionKind.LATEST,
    "help": QuestionKind.HELP,
}


def filters(uses: Sequence[Use]) -> Filters:
    """The restrictions that the words make."""
    types = dict.fromkeys(EventType(value) for use in uses for value in use.of("type"))
    subs = dict.fromkeys(SubEventType(value) for use in uses for value in use.of("sub_type"))
    tags = dict.fromkeys(value for use in uses for value in use.of("tag"))
    actors = [value for use in uses for value in use.of("actor")]
    actors = actors or _of_nationality(uses)
    sources = [value for use in uses for value in use.of("source")]
    return Filters(
        event_types=tuple(types),
        sub_event_types=tuple(subs),
        tags=tuple(tags),
        actor=actors[0] if actors else None,
        source=sources[0] if sources else None,
        civilians=any(use.has("people") for use in uses),
    )


def _of_nationality(uses: Sequence[Use]) -> list[str]:
    """ "Russian air strikes": a nationality before what was done, or after it in Arabic, names who did it."""
    acts = [use for use in uses if use.has("type", "sub_type")]
    return [
        value
        for use in uses
        for value in use.of("nationality")
        if any(use.after == act.first or act.after == use.first for act in acts)
    ]


def distance(tokens: Sequence[Token], taken: Sequence[bool], language: str) -> tuple[float, int, int] | None:
    """A distance in kilometres ("within 30 km", "20 miles", "30 كم") and the tokens it takes; at most 500 km."""
    kilometres, miles = _units(language)
    for index in range(len(tokens) - 1):
        token, unit = tokens[index], tokens[index + 1]
        if token.kind != NUMBER or taken[index] or not (unit.key in kilometres or unit.key in miles):
            continue
        if unit.key == _AMBIGUOUS_UNIT and not (index and tokens[index - 1].key == "within"):
            continue
        km = int(token.key[:6]) * (_KM_PER_MILE if unit.key in miles else 1.0)
        if km > 0:
            return min(round(km, 1), _FARTHEST_KM), index, index + 2
    return None


@cache
def _units(language: str) -> tuple[frozenset[str], frozenset[str]]:
    files = tables("questions", language)
    return (
        frozenset(word_key(word) for file in files for word in file.get("distance", {}).get("units", ())),
        frozenset(word_key(word) for file in files for word in file.get("distance", {}).get("miles", ())),
    )
