"""The quick way for rows that surely are events of their own: nothing that others tell of is near them.

Rows of one data set never tell of one event, so only what others report matters. Where something of theirs is held for
the province and the days of a row, it goes through the pipeline like any report; the result is the same either way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta

from conflict.ceasefires import Ceasefire
from conflict.claims import Claim
from conflict.events import ConflictEvent, EventData
from conflict.facts import EventFacts
from conflict.fold import fold, independent_voices
from conflict.severity import severity_of
from conflict.vocabulary import EventType, OriginatorKind, Verification
from ingest.plan import fresh_id, inferring
from storage.bulk import Held

ALONE = "no stored event shares its kind, day and settlement"
_LONG = 40  # days; what lasted longer is remembered as a span, not day by day
_FIGHTING = frozenset({EventType.BATTLES, EventType.REMOTE_VIOLENCE})


class Neighbours:
    """Where and when others' events are held: days by province, a little wider than the search for candidates."""

    def __init__(self) -> None:
        self._days: set[tuple[int, str | None]] = set()
        self._long: list[Held] = []

    def add(self, held: Iterable[Held]) -> None:
        """Remember these events too."""
        for event in held:
            if (event.day_end - event.day).days > _LONG:
                self._long.append(event)
                continue
            area = event.admin1_id
            for day in range(event.day.toordinal() - 1, event.day_end.toordinal() + 2):
                self._days.add((day, area))
                self._days.add((day, ""))  # for rows whose province is not known

    def __bool__(self) -> bool:
        return bool(self._days or self._long)

    def near(self, facts: EventFacts) -> bool:
        """Whether a candidate for this row may be held; never False where one is."""
        if not self:
            return False
        start = facts.event_date
        if start is None:
            return True  # a row without a day is compared with the newest
        end = facts.event_date_end or start
        if (end - start).days > _LONG:
            return True
        place = facts.primary_place.place if facts.primary_place else None
        area = place.admin1_id if place else None
        days = range(start.toordinal(), end.toordinal() + 1)
        for day in days:
            if area is None:
                if (day, "") in self._days:
                    return True
            elif (day, area) in self._days or (day, None) in self._days:
                return True
        return any(_meets(event, start, end, area) for event in self._long)


def _meets(held: Held, start: date, end: date, area: str | None) -> bool:
    day = timedelta(days=1)
    if held.day - day > end or held.day_end + day < start:
        return False
    return area is None or held.admin1_id is None or held.admin1_id == area


class Alone:
    """Makes the event of a row that stands alone: what the plan and the fold would make of it."""

    def __init__(self, ceasefires: Sequence[Ceasefire]) -> None:
        self._ceasefires = tuple(ceasefires)

    def event(self, data: EventData, taken: Callable[[str], bool]) -> ConflictEvent:
        """The held event, first revision."""
        first = min(c.claim_id for c in data.claims)
        event_id = fresh_id((data.report_id, first), taken)
        facts = data.facts
        claims: Sequence[Claim] = data.claims
        if self._ceasefires and facts.event_type in _FIGHTING and self._truce_days(facts):
            claims = inferring(claims, self._ceasefires)
        if any(c.facts is not facts or c.originator_kind is OriginatorKind.OPERATOR for c in claims):
            return fold(event_id, 1, claims, episode=data.episode, confidence=data.confidence)
        return _same_facts(event_id, data)

    def _truce_days(self, facts: EventFacts) -> bool:
        day = facts.event_date
        return day is not None and any(c.in_force_on(day) for c in self._ceasefires)


def _same_facts(event_id: str, data: EventData) -> ConflictEvent:
    """The fold of claims that say the same in other names; the readers of rows write facts as the fold leaves them."""
    claims = data.claims
    several = len(claims) > 1 and len(independent_voices(claims)) > 1
    return ConflictEvent(
        event_id=event_id,
        revision=1,
        facts=data.facts,
        claims=claims,
        verification=Verification.CORROBORATED if several else Verification.UNVERIFIED,
        severity=severity_of(data.facts),
        episode=data.episode,
        confidence=data.confidence,
        first_reported_at=claims[0].published_at,
    )
