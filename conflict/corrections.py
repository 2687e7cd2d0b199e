"""What an operator sets right in a statement: its kind, day, place or number killed, from words or a button.

Pure: it says what the facts are afterwards. Who corrected what, and when, is kept elsewhere (`storage/operators.py`);
the sentence and the voice of a claim stay what the source said.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal, get_args

from conflict.dates import find_dates
from conflict.errors import InputError
from conflict.facts import Casualty, EventFacts
from conflict.names import normal
from conflict.numbers import find_numbers
from conflict.periods import DaySpan
from conflict.places import EventPlace, Place, Places
from conflict.vocabulary import CasualtyKind, SubEventType

CorrectedField = Literal["sub_event_type", "event_date", "place", "killed"]
FIELDS: tuple[CorrectedField, ...] = get_args(CorrectedField)

_LONGEST = 200  # characters of an operator's words that are looked at
_UNKNOWN = frozenset({"unknown", "not known", "unclear", "غير معروف", "غير معروفه", "مجهول", "لا يعرف"})
_NOBODY = frozenset({"none", "nobody", "no one", "لا احد", "لا قتلي"})


@dataclass(frozen=True, slots=True)
class Killed:
    """A number of deaths; `high` None with a `low` is "at least", `count` None a range."""

    count: int | None
    low: int | None
    high: int | None


@dataclass(frozen=True, slots=True)
class Correction:
    """One field of an event and what it is instead; `value` None says that it is not known (never of a kind)."""

    field: CorrectedField
    value: SubEventType | DaySpan | Place | Killed | None


def corrected(facts: EventFacts, corrections: Iterable[Correction]) -> EventFacts:
    """The facts with these corrections made, in order; what they do not name stays."""
    for correction in corrections:
        match correction:
            case Correction("sub_event_type", SubEventType() as kind):
                facts = replace(facts, sub_event_type=kind)
            case Correction("event_date", DaySpan() | None as days):
                facts = _on(facts, days)
            case Correction("place", Place() as place):
                facts = replace(facts, places=(EventPlace(place.name, place),))
            case Correction("place", None):
                facts = replace(facts, places=())
            case Correction("killed", Killed() | None as killed):
                facts = _with_killed(facts, killed)
            case _:
                raise InputError(f"{correction.field} cannot be set to {correction.value!r}")
    return facts


def correction_of(field: str, words: str, *, places: Places, today: date, country: str | None = None) -> Correction:
    """A field and an operator's words for it ("yesterday", "at least 3", "Saraqib") as a correction.

    `today` is the day in the place's zone that "yesterday" looks back from; `country` ranks places of one name.
    Raises InputError with a sentence that says what would have been understood.
    """
    match field:
        case "sub_event_type":
            return Correction(field, kind_in(words))
        case "event_date":
            return Correction(field, days_in(words, today))
        case "killed":
            return Correction(field, killed_in(words))
        case "place":
            return Correction(field, place_in(words, places, country))
    raise InputError(f"'{field[:40]}' cannot be corrected; these can: {', '.join(FIELDS)}")


def kind_in(words: str) -> SubEventType:
    """The sub-type of this name ("Armed clash", also "ARMED_CLASH" and "armed-clash")."""
    key = normal(words[:_LONGEST])
    for kind in SubEventType:
        if key in (normal(kind.value), normal(kind.name.replace("_", " "))):
            return kind
    raise InputError(f"'{words[:40]}' is no ACLED sub-event type; one is, for example, 'Armed clash' or 'Attack'")


def days_in(words: str, today: date) -> DaySpan | None:
    """The day or days these words mean, looking back from `today`; None of "unknown". No day ahead of tomorrow."""
    if normal(words[:_LONGEST]) in _UNKNOWN_KEYS:
        return None
    for language in ("en", "ar"):
        for found in find_dates(words[:_LONGEST], today, language):
            if found.span.start <= found.span.end <= today + timedelta(days=1):
                return found.span
            raise InputError(f"{found.span.end:%d %B %Y} has not come yet; an event has a day that has been")
    raise InputError(f"'{words[:40]}' names no day; say for example 2019-11-30, 30 November, yesterday or unknown")


def killed_in(words: str) -> Killed | None:
    """The number of deaths in these words ("3", "at least 3", "5 to 7", "none"); None of "unknown"."""
    key = normal(words[:_LONGEST])
    if key in _UNKNOWN_KEYS:
        return None
    if key in _NOBODY_KEYS:
        return Killed(0, 0, 0)
    for language in ("en", "ar"):
        found = find_numbers(words[:_LONGEST], language)
        if len(found) == 1:
            return Killed(found[0].count, found[0].low, found[0].high)
    raise InputError(f"'{words[:40]}' is not one number; say for example 3, at least 3, 5 to 7, none or unknown")


def place_in(words: str, places: Places, country: str | None = None) -> Place | None:
    """The likeliest place of this name; None of "unknown"."""
    if normal(words[:_LONGEST]) in _UNKNOWN_KEYS:
        return None
    found = places.find(words[:_LONGEST], country=country, limit=1)
    if not found:
        raise InputError(f"no place is known under the name '{words[:40]}'; a nearby town or the province may be")
    return found[0].place


def _on(facts: EventFacts, days: DaySpan | None) -> EventFacts:
    if days is None:
        return replace(facts, event_date=None, event_date_end=None, part_of_day=None, time_precision=None)
    single = days.start == days.end
    return replace(
        facts,
        event_date=days.start,
        event_date_end=None if single else days.end,
        part_of_day=facts.part_of_day if single else None,
        time_precision=days.precision,
    )


def _with_killed(facts: EventFacts, killed: Killed | None) -> EventFacts:
    """The deaths replaced; whose they are is kept where the statement counted one group only."""
    before = [c for c in facts.casualties if c.kind is CasualtyKind.KILLED]
    others = tuple(c for c in facts.casualties if c.kind is not CasualtyKind.KILLED)
    if killed is None:
        return replace(facts, casualties=others, fatalities_low=None, fatalities_best=None, fatalities_high=None)
    whose = before[0] if len(before) == 1 else Casualty(CasualtyKind.KILLED)
    dead = replace(whose, count=killed.count, low=killed.low, high=killed.high)
    return replace(
        facts,
        casualties=(dead, *others),
        fatalities_low=killed.low,
        fatalities_best=killed.count,
        fatalities_high=killed.high,
    )


_UNKNOWN_KEYS = frozenset(normal(words) for words in _UNKNOWN)
_NOBODY_KEYS = frozenset(normal(words) for words in _NOBODY)
