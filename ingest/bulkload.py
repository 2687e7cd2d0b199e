"""The quick way for rows that surely are events of their own: nothing that others tell of is near them.

Rows of one data set never tell of one event, so only what others report matters. Where something of theirs is held for
the province and the days of a row, it goes through the pipeline like any report; the result is the same either way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache

from conflict.ceasefires import Ceasefire, truces_covering
from conflict.claims import Claim
from conflict.events import ConflictEvent, EventData
from conflict.facts import Breach, Casualty, EventFacts
from conflict.fold import fold, independent_voices
from conflict.severity import severity_of
from conflict.vocabulary import EventType, Severity, SubEventType, Verification
from ingest.plan import fresh_id, inferring
from storage.bulk import Held

ALONE = "no stored event shares its kind, day and settlement"
_IN_ORDER = 10  # claims whose ids, numbered from 0, stand in order as they are
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
            if event.day_end - event.day > _LONG:
                self._long.append(event)
                continue
            area = event.admin1_id
            for day in range(event.day - 1, event.day_end + 2):
                self._days.add((day, area))
                self._days.add((day, ""))  # for rows whose province is not known

    def __bool__(self) -> bool:
        return bool(self._days or self._long)

    def near(self, row: Held) -> bool:
        """Whether a candidate for a row of this day and place may be held; never False where one is."""
        if not self:
            return False
        start, end, _, area = row
        if not start:
            return True  # a row without a day is compared with the newest
        if end - start > _LONG:
            return True
        for day in range(start, end + 1):
            if area is None:
                if (day, "") in self._days:
                    return True
            elif (day, area) in self._days or (day, None) in self._days:
                return True
        return any(_meets(event, start, end, area) for event in self._long)


def _meets(held: Held, start: int, end: int, area: str | None) -> bool:
    if held.day - 1 > end or held.day_end + 1 < start:
        return False
    return area is None or held.admin1_id is None or held.admin1_id == area


class Alone:
    """Makes the event of a row that stands alone: what the plan and the fold would make of it."""

    def __init__(self, ceasefires: Sequence[Ceasefire]) -> None:
        self.ceasefires = tuple(ceasefires)
        self._in_force: Callable[[date], tuple[Ceasefire, ...]] = lru_cache(maxsize=20_000)(self._on)

    def event(self, data: EventData) -> ConflictEvent:
        """The held event, first revision. Its id may be in use (once in a thousand million rows)."""
        event_id = fresh_id((data.report_id, min(c.claim_id for c in data.claims)), lambda _: False)
        facts, claims = data.facts, data.claims
        if len(claims) > _IN_ORDER or any(c.facts is not facts for c in claims):
            inferred = inferring(claims, self.ceasefires)
            return fold(event_id, 1, inferred, episode=data.episode, confidence=data.confidence)
        truces = self._in_force(facts.event_date) if facts.event_date and facts.event_type in _FIGHTING else ()
        inside = tuple(c.ceasefire_id for c in truces_covering(facts, truces)) if truces else ()
        if inside:
            facts = replace(facts, breach=Breach((), tuple(sorted(inside))))
            claims = tuple(replace(claim, facts=facts) for claim in claims)
        return _same_facts(event_id, data, facts, claims)

    def _on(self, day: date) -> tuple[Ceasefire, ...]:
        return tuple(c for c in self.ceasefires if c.in_force_on(day))


def _same_facts(event_id: str, data: EventData, facts: EventFacts, claims: tuple[Claim, ...]) -> ConflictEvent:
    """The fold of claims that say the same in other names; the readers of rows write facts as the fold leaves them."""
    several = len(claims) > 1 and len(independent_voices(claims)) > 1
    return ConflictEvent(
        event_id=event_id,
        revision=1,
        facts=facts,
        claims=claims,
        verification=Verification.CORROBORATED if several else Verification.UNVERIFIED,
        severity=_severity(
            facts.sub_event_type,
            facts.casualties,
            facts.fatalities_low,
            facts.fatalities_best,
            facts.fatalities_high,
            facts.civilian_targeting,
            facts.tags,
            facts.breach,
        ),
        episode=data.episode,
        confidence=data.confidence,
        first_reported_at=claims[0].published_at,
    )


@lru_cache(maxsize=20_000)
def _severity(
    kind: SubEventType,
    casualties: tuple[Casualty, ...],
    low: int | None,
    best: int | None,
    high: int | None,
    civilians: bool,
    tags: tuple[str, ...],
    breach: Breach | None,
) -> Severity:
    """How grave what a row states is; a few thousand forms stand for all rows."""
    return severity_of(
        EventFacts(
            kind,
            civilian_targeting=civilians,
            casualties=casualties,
            fatalities_low=low,
            fatalities_best=best,
            fatalities_high=high,
            tags=tags,
            breach=breach,
        )
    )
