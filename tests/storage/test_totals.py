"""Counts and figures kept beside the events agree with the events themselves, whatever was written how."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from conflict.counts import Figure, Total
from conflict.events import ChangeKind
from conflict.facts import Casualty, EventFacts
from conflict.fold import fold
from conflict.places import Place
from conflict.tolls import figure_of, total_of
from conflict.vocabulary import CasualtyKind, EventType, Status, SubEventType
from storage import EventQuery, EventTotals, Storage, Unit, eventstatements
from storage.derived import event_counts, event_marks
from storage.deriving import derive_all
from tests.storage.values import (
    ALEPPO,
    ARIHA,
    ARIHA_DISTRICT,
    AZAZ,
    IDLIB,
    NOW,
    SARAQIB,
    SYRIA,
    TODAY,
    claim,
    facts,
    keep,
    later,
)

PLACES = (ARIHA, ARIHA_DISTRICT, AZAZ, IDLIB, SARAQIB, SYRIA)
SUBS = (SubEventType.AIR_STRIKE, SubEventType.ARMED_CLASH, SubEventType.SHELLING)
LENGTHS = (None, None, None, 0, 3, 20, 50, 700)
TAGS = ((), (), ("hospital",), ("camp", "hospital"), ("a 100% |odd_ tag",))


def fill(storage: Storage, chance: random.Random, number: int = 40) -> None:
    """Events of every sort over two years, some revised, merged, held back, released or withdrawn."""
    made = []
    with storage.begin(write=True) as unit:
        for _ in range(number):
            made.append(keep(unit, _facts(chance), originator=chance.choice(["SOHR", "AFP", None])))
        for event in made[::5]:
            more = claim(f"more-{event.event_id}", _facts(chance), originator="Airwars", published=later(1))
            revised = fold(event.event_id, 2, [*event.claims, more], updated_at=later(1))
            unit.events.save(revised, ChangeKind.REVISED, report_id="r1", why="more", at=later(1))
        for one, other in zip(made[1::10], made[2::10], strict=False):
            both = fold(one.event_id, 2, [*one.claims, *other.claims], updated_at=later(1))
            unit.events.absorb(both, other.event_id, why="the same", at=later(1))
        for event in made[3::10]:
            unit.events.mark(event.event_id, held=True)
        for event in made[3::20]:
            unit.events.mark(event.event_id, held=False)
        for event in made[4::10]:
            gone = fold(event.event_id, 2, event.claims, retracted=True, updated_at=later(1))
            unit.events.save(gone, ChangeKind.RETRACTED, report_id="r1", why="withdrawn", at=later(1))


def _facts(chance: random.Random) -> EventFacts:
    day = TODAY - timedelta(chance.randrange(700)) if chance.random() < 0.95 else None
    length = chance.choice(LENGTHS)
    said = facts(
        *chance.sample(PLACES, chance.choice([1, 1, 1, 2, 3])),
        day=day,
        killed=chance.choice([None, 0, 3, 8]),
        sub=chance.choice(SUBS),
        tags=chance.choice(TAGS),
        status=chance.choice([Status.NEW] * 9 + [Status.BACKGROUND]),
    )
    hurt = (
        Casualty(CasualtyKind.INJURED, count=chance.randrange(9)),
        Casualty(CasualtyKind.KILLED, civilian=True, low=1),
    )
    people = (*said.casualties, *chance.choice([(), (), hurt[:1], hurt]))
    end = day + timedelta(length) if day and length is not None else None
    return replace(said, event_date_end=end, casualties=people)


def queries(chance: random.Random) -> list[EventQuery]:
    """Searches by place, radius, days, kind, tag and civilians."""
    found = []
    for _ in range(15):
        first = chance.choice([None, TODAY - timedelta(chance.randrange(750))])
        last = chance.choice([None, (first or TODAY - timedelta(700)) + timedelta(chance.randrange(400))])
        found.append(
            EventQuery(
                places=tuple(chance.sample([*PLACES, ALEPPO], chance.choice([0, 1, 1, 1, 2]))),
                radius_km=chance.choice([None, None, None, 40.0]),
                first_day=first,
                last_day=last,
                event_types=chance.choice([(), (), (EventType.REMOTE_VIOLENCE,)]),
                tags=chance.choice([(), (), (), ("hospital",), ("camp", "hospital"), ("a 100% |odd_ tag",)]),
                civilians=chance.random() < 0.2,
                source=chance.choice([None, None, None, "sohr"]),
            )
        )
    return found


@pytest.mark.parametrize("seed", range(3))
def test_counts_and_figures_are_those_of_the_events(storage: Storage, seed: int) -> None:
    chance = random.Random(seed)
    fill(storage, chance)
    with storage.begin() as unit:
        for query in queries(chance):
            told = unit.events.for_totals(query)
            assert unit.events.number(query) == len(told), query
            assert unit.events.query(query).total == len(told), query
            days = Counter(event.event_date for event in told)
            assert [(day, n) for day, n, _ in unit.events.by_day(query)] == sorted(days.items()), query
            assert unit.events.first_day(query) == min(days, default=None)
            assert set(unit.events.told_by(query)) == {one for event in told for one in event.originators}
            for kind in (CasualtyKind.KILLED, CasualtyKind.INJURED):
                figures = unit.events.figures(query, kind, civilians=query.civilians)
                again = [f for event in told if (f := figure_of(event, kind, query.civilians))]
                assert sorted(map(plainly, figures)) == sorted(map(plainly, again)), query
                assert _added(figures, (), query, kind) == _added((), told, query, kind)


def _added(figures: Sequence[Figure], told: Sequence[EventTotals], query: EventQuery, kind: CasualtyKind) -> Total:
    figures = figures or [f for event in told if (f := figure_of(event, kind, query.civilians))]
    return total_of(
        figures, (), kind=kind, civilians=query.civilians, first_day=query.first_day, last_day=query.last_day
    )


def plainly(figure: Figure) -> tuple[object, ...]:
    """A figure with all its places alike, as events give them to whoever cannot tell units from further places."""
    where = figure.where
    return (*figure[:3], str(figure.type), *(str(n) for n in figure[4:7]), where.own or "", where.units + where.further)


@pytest.mark.parametrize("seed", range(2))
def test_what_is_kept_beside_the_events_is_what_derives_from_all_of_them(storage: Storage, seed: int) -> None:
    fill(storage, random.Random(seed))
    with storage.begin(write=True) as unit:
        kept = derived(unit)
        derive_all(unit._session.connection)
        assert kept == derived(unit)
        assert kept[0]
        assert kept[1]


def test_removing_the_sample_leaves_nothing_beside_it(storage: Storage) -> None:
    with storage.begin(write=True) as unit:
        keep(unit, facts(ARIHA, killed=3, tags=("camp",)), sample=True)
        unit.remove_sample()
        assert derived(unit) == ([], [])


def derived(unit: Unit) -> tuple[list[object], list[object]]:
    """All rows kept beside the events; an area that has none any more is as good as gone."""
    execute = unit._session.connection.execute
    counts = execute(select(event_counts).where(event_counts.c.events != 0).order_by(*event_counts.primary_key)).all()
    return list(counts), list(execute(select(event_marks).order_by(*event_marks.primary_key)).all())


def test_thousands_of_deaths_are_all_in_the_total(storage: Storage) -> None:
    days = [TODAY - timedelta(n) for n in range(70)]
    with storage.begin(write=True) as unit:
        for day in days:
            keep(unit, facts(ARIHA, day=day, killed=2))
        figures = unit.events.figures(EventQuery(places=(SYRIA,)))
        assert total_of(figures, ()).best == 140
        assert unit.events.number(EventQuery(places=(SYRIA,), first_day=days[-1], last_day=days[0])) == 70


def test_questions_of_one_shape_share_a_statement(storage: Storage) -> None:
    def asked(place: Place, first: date) -> EventQuery:
        return EventQuery(places=(place,), first_day=first, tags=("camp",))

    with storage.begin() as unit:
        unit.events.query(asked(IDLIB, TODAY))
        unit.events.figures(asked(IDLIB, TODAY))
        built = [build.cache_info().misses for build in (eventstatements.page, eventstatements.figures)]
        for number in range(5):
            unit.events.query(asked(ALEPPO, TODAY - timedelta(number)))
            unit.events.figures(asked(ALEPPO, TODAY - timedelta(number)))
        assert [b.cache_info().misses for b in (eventstatements.page, eventstatements.figures)] == built
    assert NOW.date() == TODAY
