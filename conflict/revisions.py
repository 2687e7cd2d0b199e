"""What became different between two states of an event, and whether what people were told became less true."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from conflict.events import ConflictEvent
from conflict.facts import EventFacts
from conflict.severity import deaths
from conflict.vocabulary import Assertion, PlaceLevel, Severity, Verification

_FINEST_FIRST = {level: number for number, level in enumerate(PlaceLevel)}


@dataclass(frozen=True, slots=True)
class Version:
    """What an event said at one revision. `at` is when it came to say so."""

    revision: int
    facts: EventFacts
    severity: Severity
    verification: Verification
    originators: tuple[str, ...]
    disputed: tuple[str, ...]
    at: datetime | None


class Aspect(StrEnum):
    """What of an event can change, in the order in which a reader wants to know."""

    WITHDRAWN = "withdrawn"
    ASSERTION = "assertion"
    KIND = "kind"
    PLACE = "place"
    DAY = "day"
    PARTIES = "parties"
    TOLL = "toll"
    DISPUTED = "disputed"
    VERIFICATION = "verification"
    SOURCES = "sources"
    BREACH = "breach"


def version_of(event: ConflictEvent) -> Version:
    """What the event says now."""
    return Version(
        event.revision,
        event.facts,
        event.severity,
        event.verification,
        event.originators,
        event.disputed,
        event.updated_at,
    )


def changed(before: Version, after: Version) -> tuple[Aspect, ...]:
    """What is different, in the order of `Aspect`."""
    old, new = before.facts, after.facts
    withdrawn = after.verification is Verification.RETRACTED
    different = {
        Aspect.WITHDRAWN: withdrawn and before.verification is not Verification.RETRACTED,
        Aspect.ASSERTION: old.assertion is not new.assertion,
        Aspect.KIND: old.sub_event_type is not new.sub_event_type,
        Aspect.PLACE: _where(old) != _where(new),
        Aspect.DAY: (old.event_date, old.event_date_end) != (new.event_date, new.event_date_end),
        Aspect.PARTIES: (old.actor1, old.actor2, old.initiator) != (new.actor1, new.actor2, new.initiator),
        Aspect.TOLL: _toll(old) != _toll(new),
        Aspect.DISPUTED: before.disputed != after.disputed,
        Aspect.VERIFICATION: before.verification is not after.verification and not withdrawn,
        Aspect.SOURCES: before.originators != after.originators,
        Aspect.BREACH: old.breach != new.breach,
    }
    return tuple(aspect for aspect in Aspect if different[aspect])


def less_true(before: Version, after: Version) -> tuple[Aspect, ...]:
    """Those changes by which what was told is no longer right, not only more or surer."""
    old, new = before.facts, after.facts
    wrong = {
        Aspect.WITHDRAWN: True,
        Aspect.ASSERTION: new.assertion is Assertion.DENIED or old.assertion is Assertion.STATED,
        Aspect.KIND: True,
        Aspect.PLACE: not _finer(old, new),
        Aspect.DAY: old.event_date is not None,
        Aspect.PARTIES: any(_replaced(a, b) for a, b in zip(_parties(old), _parties(new), strict=True)),
        Aspect.TOLL: deaths(new) < deaths(old) or (old.fatalities_best is not None and new.fatalities_best is None),
        Aspect.DISPUTED: bool(set(after.disputed) - set(before.disputed)),
        Aspect.VERIFICATION: after.verification is Verification.DISPUTED,
    }
    return tuple(aspect for aspect in changed(before, after) if wrong.get(aspect, False))


def _where(facts: EventFacts) -> tuple[str | None, bool, str | None] | None:
    first = facts.primary_place
    return None if first is None else (first.place.place_id if first.place else None, first.vicinity, first.bearing)


def _finer(old: EventFacts, new: EventFacts) -> bool:
    """Whether the new place lies in the old one, or there was none."""
    before = old.primary_place.place if old.primary_place else None
    after = new.primary_place.place if new.primary_place else None
    if before is None or after is None:
        return before is None
    if before.place_id == after.place_id:
        return True
    around = (after.admin2_id, after.admin1_id)
    same_country = before.level is PlaceLevel.COUNTRY and before.country_code == after.country_code
    return (before.place_id in around or same_country) and _FINEST_FIRST[after.level] < _FINEST_FIRST[before.level]


def _toll(facts: EventFacts) -> tuple[object, ...]:
    return facts.casualties, facts.fatalities_low, facts.fatalities_best, facts.fatalities_high


def _parties(facts: EventFacts) -> tuple[str | None, ...]:
    named = (None if actor is None else actor.actor_id or actor.name for actor in (facts.actor1, facts.actor2))
    return (*named, facts.initiator)


def _replaced(old: str | None, new: str | None) -> bool:
    return old is not None and old != new
