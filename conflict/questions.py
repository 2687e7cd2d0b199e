"""A question as data: what kind, where, when, which events. `parse_question` is in this room too."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from conflict.periods import Period
from conflict.places import Place
from conflict.vocabulary import EventType, SubEventType


class QuestionKind(StrEnum):
    """What is asked for."""

    LATEST = "latest"
    COUNT = "count"
    KILLED = "killed"
    INJURED = "injured"
    TREND = "trend"
    COMPARE = "compare"
    CEASEFIRE = "ceasefire"
    NEAR = "near"
    SOURCE = "source"
    HELP = "help"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Question:
    """A question as data. Empty tuples mean no restriction.

    `unresolved` holds the words that look like a place but were not understood, `suggestions` the nearest names.
    `alternative` is the other meaning of a name of two levels: the town of a province that was asked for.
    `days` is the number of whole days of a relative period ("last 3 days"), for people's wording only.
    """

    kind: QuestionKind
    text: str
    language: str
    places: tuple[Place, ...] = ()
    radius_km: float | None = None
    period: Period = field(default_factory=Period)
    event_types: tuple[EventType, ...] = ()
    sub_event_types: tuple[SubEventType, ...] = ()
    tags: tuple[str, ...] = ()
    actor: str | None = None
    source: str | None = None
    civilians: bool = False
    unresolved: tuple[str, ...] = ()
    suggestions: tuple[Place, ...] = ()
    alternative: Place | None = None
    days: int | None = None


@dataclass(frozen=True, slots=True)
class Clarification:
    """A question that cannot be answered before the person says which place is meant."""

    question: Question
    name: str
    choices: tuple[Place, ...]
