"""When, what, who, where and how many: what one statement, or all statements together, say of one event."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from conflict.places import EventPlace
from conflict.vocabulary import TYPE_OF, Assertion, CasualtyKind, EventType, PartOfDay, Status, SubEventType


@dataclass(frozen=True, slots=True)
class Evidence:
    """The words something rests on: character offsets into the report's text (end exclusive) and the words."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Casualty:
    """A number of people harmed. `count` None with `low`/`high` is a range; all None is "some, number not given".

    `side` is an actor id or name, None where not said; `role` the report's own word (fighters, children, soldiers);
    `civilian` None where not said.
    """

    kind: CasualtyKind
    side: str | None = None
    role: str | None = None
    civilian: bool | None = None
    count: int | None = None
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """Who took part. `actor_id` is of the actor lexicon (`syria_gov`, `hts`), None where the name is not listed.

    `side` groups actors that fight together in one conflict (`government`, `opposition`, `kurdish_led` ...).
    """

    name: str
    actor_id: str | None = None
    side: str | None = None


@dataclass(frozen=True, slots=True)
class ReportedBreach:
    """Somebody accuses somebody of breaking a ceasefire; either may be unnamed. `denied_by`: who denied it."""

    accuser: str | None
    accused: str | None
    denied_by: str | None = None


@dataclass(frozen=True, slots=True)
class Breach:
    """What is said of a ceasefire here: accusations as reported, and (ids of) truces whose area this lies inside.

    `inferred` is worded "inside the truce area, no accusation stored": it accuses nobody.
    """

    reported: tuple[ReportedBreach, ...] = ()
    inferred: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EventFacts:
    """When, what, who, where and how many, as far as known. None is unknown, never zero and never a guess.

    `time_precision` is ACLED's: 1 the day is known, 2 within the week, 3 within the month or worse.
    `event_date_end` None means a single day. `initiator` is the actor id or name said to have started it: a claim.
    """

    sub_event_type: SubEventType
    event_date: date | None = None
    event_date_end: date | None = None
    part_of_day: PartOfDay | None = None
    time_precision: int | None = None
    actor1: Actor | None = None
    actor2: Actor | None = None
    initiator: str | None = None
    civilian_targeting: bool = False
    places: tuple[EventPlace, ...] = ()
    casualties: tuple[Casualty, ...] = ()
    fatalities_low: int | None = None
    fatalities_best: int | None = None
    fatalities_high: int | None = None
    tags: tuple[str, ...] = ()
    assertion: Assertion = Assertion.STATED
    status: Status = Status.NEW
    breach: Breach | None = None

    @property
    def event_type(self) -> EventType:
        """The ACLED type that the sub-type belongs to."""
        return TYPE_OF[self.sub_event_type]

    @property
    def primary_place(self) -> EventPlace | None:
        """The finest place the report names for it, or None."""
        return self.places[0] if self.places else None
