"""From a question to an answer: parse, search what is stored, compose. One short read transaction."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo

from bot.ceasefires import with_ceasefires
from bot.remembering import Remembered
from bot.summing import sums_of
from conflict.answers import Answer
from conflict.ceasefires import Ceasefire, CeasefireStatus
from conflict.composing import Sums, compose, days_of, tolls_inside
from conflict.events import ConflictEvent
from conflict.gazetteer import Gazetteer
from conflict.names import normal
from conflict.places import Place
from conflict.policy import NO_POLICY, Policy
from conflict.question_parser import parse_question
from conflict.questions import Clarification, Question, QuestionKind
from conflict.tolls import TollReport
from conflict.vocabulary import PlaceLevel
from storage import EventPage, EventQuery, Stamp, Storage, Unit

SHOWN_TOLLS = 200  # counts for an area and a period that an answer tells of, newest first; totals know all
PAGE = 10  # events a page: what a phone shows in a few thumb strokes
NOTHING = EventPage((), 0)
_NO_SEARCH = frozenset({QuestionKind.HELP, QuestionKind.UNKNOWN})
# The kinds of question whose reply speaks of all matching events, not of the page's and their number alone.
SAYS_TOTALS = frozenset(
    {QuestionKind.KILLED, QuestionKind.INJURED, QuestionKind.SOURCE, QuestionKind.TREND, QuestionKind.COMPARE}
)
KIN_KM = 6  # how far a camp or an airport may lie from the town it is named after
_POINTS = frozenset({PlaceLevel.FACILITY, PlaceLevel.SETTLEMENT})


@dataclass(frozen=True, slots=True)
class Answering:
    """Answers questions from one database and one gazetteer; safe to call from several threads.

    `sample`: the database holds the bundled demonstration, so that an empty answer is marked as such too. `policy`:
    what of an event is not shown at once.
    """

    storage: Storage
    places: Gazetteer
    country: str | None = None
    sample: bool = False
    policy: Policy = NO_POLICY
    _remembered: Remembered = field(default_factory=Remembered, repr=False, compare=False)

    def ask(
        self,
        text: str,
        *,
        now: datetime,
        tz: tzinfo = UTC,
        language: str | None = None,
        as_of: datetime | None = None,
        totals: bool = True,
    ) -> Answer | Clarification:
        """The answer to a question in words; a Clarification when it is not clear which place is meant.

        `as_of` hides what was published later; `now` is what "yesterday" is counted from. `totals` False: tolls and
        voices over all matching events are left out where the reply does not say them (they take the longest).
        """
        question = parse_question(text, places=self.places, now=now, tz=tz, language=language, country=self.country)
        if isinstance(question, Clarification):
            return question
        return self.answer(question, now=now, tz=tz, as_of=as_of, totals=totals)

    def answer(
        self,
        question: Question,
        *,
        now: datetime,
        tz: tzinfo = UTC,
        page: int = 0,
        as_of: datetime | None = None,
        totals: bool = True,
    ) -> Answer:
        """The answer to a question as data, page by page (from 0)."""
        query = query_of(question, self._searched(question), tz=tz, page=page, as_of=as_of)
        with self.storage.begin() as unit:
            answer = self._composed(unit, question, query, now=now, tz=tz, page=page, totals=totals)
            if question.kind is QuestionKind.CEASEFIRE and (question.places or not question.unresolved):
                answer = with_ceasefires(answer, unit, query, self.places)
        return replace(answer, sample=answer.sample or self.sample)

    def _searched(self, question: Question) -> tuple[Place, ...]:
        """The places to search for: a region that is known as provinces (Darfur, the Gaza Strip) means those."""
        return tuple(dict.fromkeys(unit for place in question.places for unit in self._widened(place)))

    def _widened(self, place: Place) -> tuple[Place, ...]:
        return tuple(self.places.covered(place)) or self._with_kin(place)

    def _with_kin(self, place: Place) -> tuple[Place, ...]:
        """A town with the camp, airport or crossing named after it, or such a facility with its town."""
        if place.latitude is None or place.longitude is None or place.level not in _POINTS:
            return (place,)
        near = self.places.near(place.latitude, place.longitude, KIN_KM)
        return (place, *(other for other in near if _kin(place, other)))

    def _composed(
        self, unit: Unit, question: Question, query: EventQuery, *, now: datetime, tz: tzinfo, page: int, totals: bool
    ) -> Answer:
        # A place that was not understood is never answered with the whole world, nor is a call for help.
        nowhere = (bool(question.unresolved) and not question.places) or question.kind in _NO_SEARCH
        adds = not nowhere and (totals or question.kind in SAYS_TOTALS)
        stamp = None if nowhere else unit.events.stamp(query)

        def number() -> int:
            every = replace(query, limit=0, offset=0)
            return self._remembered.recall(("number", every), stamp, lambda: unit.events.number(query), lambda _: 1)

        found = NOTHING if nowhere else unit.events.query(query, with_undated=False, number=number)
        coarser = () if nowhere or page else unit.events.coarser(query).events
        found, coarser = self._shown(found, tuple(coarser), query, now)
        sums, shown = (Sums(), ()) if nowhere else self._added(unit, question, query, stamp, totals=totals, adds=adds)
        newest = _newest(unit, query) if not found.total and query.places else None
        behind = [claim for event in (*found.events, *coarser) for claim in event.claims]
        answer = compose(
            question,
            now,
            events=found.events,
            total=found.total,
            sums=sums,
            coarser=coarser,
            tolls=shown,
            tallies=() if nowhere else unit.tallies.query(query),
            ceasefires=_ceasefires(unit, query, now),
            sources=unit.sources.health(query.as_of, countries=_countries(query)),
            reports=len({claim.report_id for claim in behind} | {toll.report_id for toll in shown}),
            publishers=[*(claim.publisher for claim in behind), *(toll.publisher for toll in shown)],
            page=page,
            pages=-(-found.total // PAGE),
            database_empty=not found.total and not unit.events.any(),
            tz=tz,
        )
        return replace(answer, newest=self.policy.shown(newest, now) if newest else None)

    def _shown(
        self, found: EventPage, coarser: tuple[ConflictEvent, ...], query: EventQuery, now: datetime
    ) -> tuple[EventPage, tuple[ConflictEvent, ...]]:
        """The same as the policy has it; whose place is not said is, beside a town, one of those only known coarser."""
        shown = [self.policy.shown(event, now) for event in found.events]
        coarser = tuple(self.policy.shown(event, now) for event in coarser)
        near = query.radius_km is not None or any(place.level in _POINTS for place in query.places)
        moved = [
            one
            for one, event in zip(shown, found.events, strict=True)
            if near and self.policy.coarsened_to(event, now) is not None
        ]
        if moved:
            shown = [event for event in shown if event not in moved]
            found = replace(found, total=found.total - len(moved))
            coarser = (*moved, *coarser)
        return replace(found, events=tuple(shown)), coarser

    def _added(
        self, unit: Unit, question: Question, query: EventQuery, stamp: Stamp | None, *, totals: bool, adds: bool
    ) -> tuple[Sums, tuple[TollReport, ...]]:
        """The sums of all that matches and the newest toll reports, as long as nothing changes there as they were."""

        def add() -> tuple[Sums, tuple[TollReport, ...]]:
            tolls = unit.tolls.query(query, limit=None if adds else SHOWN_TOLLS)
            if not adds:
                return Sums(), tolls
            inside = tolls_inside(tolls, query.first_day, query.last_day)
            sums = sums_of(unit, question, query, tolls, inside, self._widened, everything=totals)
            return sums, tolls[:SHOWN_TOLLS]

        asked = replace(query, limit=0, offset=0)
        if not adds:  # toll reports alone: whatever else is asked of the events
            asked = EventQuery(query.places, first_day=query.first_day, last_day=query.last_day, source=query.source)
            return self._remembered.recall(asked, stamp, add, lambda made: len(made[1]))
        key = (asked, question.kind, question.civilians, question.places, totals)
        return self._remembered.recall(key, stamp, add, _parts)

    def event(self, event_id: str, now: datetime) -> ConflictEvent | None:
        """One event as held now and shown at this instant, merges followed."""
        with self.storage.begin() as unit:
            held = unit.events.get(event_id)
        return self.policy.shown(held, now) if held else None


def _kin(one: Place, other: Place) -> bool:
    """Whether one is a facility that bears the other's name: reports say "Qah" and "Qah camp" of the same strike."""
    if {one.level, other.level} != _POINTS:
        return False
    town, facility = (one, other) if other.level is PlaceLevel.FACILITY else (other, one)
    name = normal(town.name)
    return bool(name) and f" {normal(facility.name)} ".startswith(f" {name} ")


def _parts(made: tuple[Sums, tuple[TollReport, ...]]) -> int:
    sums, tolls = made
    return len(sums.told) + len(sums.voices) + len(sums.rows) + len(tolls)


def query_of(
    question: Question, places: tuple[Place, ...], *, tz: tzinfo, page: int = 0, as_of: datetime | None = None
) -> EventQuery:
    """The search that a question means. Its instants become days in the reader's zone, both inclusive."""
    first, last = days_of(question, tz)
    return EventQuery(
        places=places,
        radius_km=question.radius_km,
        first_day=first,
        last_day=last,
        event_types=question.event_types,
        sub_event_types=question.sub_event_types,
        tags=question.tags,
        actor=question.actor,
        source=question.source,
        civilians=question.civilians,
        as_of=as_of,
        limit=PAGE,
        offset=page * PAGE,
    )


def _countries(query: EventQuery) -> frozenset[str] | None:
    """The countries asked about; None for the whole world, or where one is not known."""
    codes = frozenset(place.country_code for place in query.places)
    return None if not codes or None in codes else frozenset(code for code in codes if code)


def _newest(unit: Unit, query: EventQuery) -> ConflictEvent | None:
    """The newest event of the places asked for, whatever the period and the kind: said where nothing matches."""
    page = unit.events.query(EventQuery(places=query.places, as_of=query.as_of, limit=1), with_undated=False)
    return page.events[0] if page.events else None


def _ceasefires(unit: Unit, query: EventQuery, now: datetime) -> tuple[Ceasefire, ...]:
    today = (query.as_of or now).date()
    areas = tuple(dict.fromkeys(area for place in query.places for area in containing(place)))
    if not areas:
        return ()
    found = unit.ceasefires.query(areas, query.first_day or today, query.last_day or today)
    return tuple(truce for truce in found if truce.status is not CeasefireStatus.PROPOSED)


def containing(place: Place) -> tuple[str, ...]:
    """The ids of a place and of the units around it, finest first."""
    return tuple(i for i in (place.place_id, place.admin2_id, place.admin1_id, place.country_code) if i)
