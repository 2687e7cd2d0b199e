"""Events: kept whole, found by place and day, merged with a redirect, shown as they were known."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conflict.claims import Claim
from conflict.errors import StorageError
from conflict.events import ChangeKind, ConflictEvent
from conflict.facts import Actor, EventFacts
from conflict.fold import fold
from conflict.places import Place
from conflict.vocabulary import EventType, Status, SubEventType
from storage import EventQuery, Storage
from storage.cells import distance_km
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
    any_claims,
    claim,
    facts,
    keep,
    later,
    report,
    settlement,
)

Shared = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15, deadline=None)


def ids(storage: Storage, query: EventQuery) -> list[str]:
    with storage.begin() as unit:
        return [event.event_id for event in unit.events.query(query).events]


@Shared
@given(st.lists(any_claims, min_size=1, max_size=3))
def test_an_event_comes_back_as_it_was_saved(storage: Storage, claims: list[Claim]) -> None:
    with storage.begin(write=True) as unit:
        unit.reports.save(report())
        event_id = unit.events.new_id()
        own = [replace(one, claim_id=f"{event_id}-{number}") for number, one in enumerate(claims)]
        event = fold(event_id, 1, own, updated_at=NOW)
        unit.events.save(event, ChangeKind.NEW, report_id="r1", why="new", at=NOW)
    with storage.begin() as unit:
        assert unit.events.get(event.event_id) == event


def test_a_revision_follows_its_change_and_keeps_what_was_said_before(storage: Storage) -> None:
    with storage.begin(write=True) as unit:
        first = keep(unit, facts(ARIHA, killed=3))
        more = claim("c2", facts(ARIHA, killed=5), published=later(1))
        second = fold(first.event_id, 2, [*first.claims, more], updated_at=later(1))
        change = unit.events.save(
            second, ChangeKind.REVISED, report_id="r1", why="a higher toll", fields=("toll",), at=later(1)
        )
    with storage.begin() as unit:
        assert unit.events.get(first.event_id) == second
        assert unit.events.former(first.event_id, 1) == first.facts
        assert unit.events.former(first.event_id, 2) is None
        assert unit.changes.since(0)[-1] == change
        assert [one.revision for one in unit.changes.of_event(first.event_id)] == [1, 2]
        assert unit.changes.since(change.change_id) == []
        assert unit.changes.latest_id() == change.change_id
        assert [one.event_id for one in unit.events.of_report("r1")] == [first.event_id]


@pytest.mark.parametrize("revision", [1, 3])
def test_a_revision_that_does_not_follow_is_refused_and_nothing_is_kept(storage: Storage, revision: int) -> None:
    with storage.begin(write=True) as unit:
        event = keep(unit, facts(ARIHA))
    with pytest.raises(StorageError, match="does not follow"), storage.begin(write=True) as unit:
        unit.events.save(replace(event, revision=revision), ChangeKind.REVISED, report_id=None, why="x", at=NOW)
    with storage.begin() as unit:
        assert unit.changes.latest_id() == 1


def test_reading_units_refuse_to_write(storage: Storage) -> None:
    with pytest.raises(StorageError, match="write=True"), storage.begin() as unit:
        unit.reports.save(report())


def test_a_claim_needs_a_stored_report(storage: Storage) -> None:
    event = fold("AAAAAAAAAA", 1, [claim("c1", facts(ARIHA))])
    with pytest.raises(StorageError), storage.begin(write=True) as unit:
        unit.events.save(event, ChangeKind.NEW, report_id="r1", why="new", at=NOW)
    with storage.begin() as unit:
        assert unit.events.get("AAAAAAAAAA") is None


def test_each_level_of_place_finds_what_lies_in_it(storage: Storage) -> None:
    with storage.begin(write=True) as unit:
        town = keep(unit, facts(ARIHA)).event_id
        district = keep(unit, facts(ARIHA_DISTRICT)).event_id
        province = keep(unit, facts(IDLIB)).event_id
        elsewhere = keep(unit, facts(AZAZ)).event_id
        both = keep(unit, facts(SARAQIB, AZAZ, SARAQIB)).event_id

    def found(place: Place) -> set[str]:
        listed = ids(storage, EventQuery(places=(place,)))
        assert len(listed) == len(set(listed))
        return set(listed)

    assert found(ARIHA) == {town}
    assert found(ARIHA_DISTRICT) == {town, district, both}
    assert found(IDLIB) == {town, district, province, both}
    assert found(ALEPPO) == {elsewhere, both}
    assert found(SYRIA) == {town, district, province, elsewhere, both}
    assert set(ids(storage, EventQuery(places=(ARIHA, AZAZ, SARAQIB)))) == {town, elsewhere, both}
    with storage.begin() as unit:
        coarser = unit.events.coarser(EventQuery(places=(ARIHA,)))
        assert {event.event_id for event in coarser.events} == {district, province}
        assert unit.events.coarser(EventQuery(places=(IDLIB,))).total == 0
        totals = {one.event_id: one for one in unit.events.for_totals(EventQuery(places=(ALEPPO,)))}
        assert set(totals[both].place_ids) >= {SARAQIB.place_id, AZAZ.place_id}


def test_a_province_level_event_is_never_found_by_distance_from_its_centre(storage: Storage) -> None:
    centre = settlement("gn:77", "Somewhere", IDLIB.latitude or 0, IDLIB.longitude or 0)
    with storage.begin(write=True) as unit:
        keep(unit, facts(IDLIB))
        near = keep(unit, facts(ARIHA)).event_id
    assert ids(storage, EventQuery(places=(centre,), radius_km=30)) == [near]


@Shared
@given(
    centre=st.tuples(st.floats(-89.9, 89.9), st.floats(-180, 180)),
    others=st.lists(st.tuples(st.floats(-1.5, 1.5), st.floats(-1.5, 1.5)), min_size=1, max_size=6),
    radius=st.floats(0.5, 150),
)
def test_a_radius_finds_what_the_great_circle_says(
    storage: Storage, centre: tuple[float, float], others: list[tuple[float, float]], radius: float
) -> None:
    expected = set()
    with storage.begin(write=True) as unit:
        unit.remove_sample()
        for number, (up, across) in enumerate(others):
            latitude = max(-90.0, min(90.0, centre[0] + up))
            longitude = (centre[1] + across + 180) % 360 - 180
            place = settlement(f"p:{number}", "Place", latitude, longitude)
            distance = distance_km(*centre, latitude, longitude)
            if abs(distance - radius) < 1e-4:
                continue
            event = keep(unit, facts(place), sample=True, report_id="sample")
            if distance < radius:
                expected.add(event.event_id)
    asked = settlement("p:asked", "Asked", *centre)
    assert set(ids(storage, EventQuery(places=(asked,), radius_km=radius))) == expected


def test_days_overlap_however_long_the_event_lasted(storage: Storage) -> None:
    with storage.begin(write=True) as unit:
        day = keep(unit, facts(ARIHA, day=date(2019, 11, 30))).event_id
        week = keep(unit, facts(ARIHA, day=date(2019, 11, 20), event_date_end=date(2019, 11, 27))).event_id
        year = keep(unit, facts(SARAQIB, day=date(2019, 1, 1), event_date_end=date(2019, 12, 31))).event_id

    def on(first: date, last: date) -> list[str]:
        return ids(storage, EventQuery(places=(IDLIB,), first_day=first, last_day=last))

    assert on(date(2019, 11, 30), date(2019, 11, 30)) == [day, year]
    assert on(date(2019, 11, 27), date(2019, 11, 29)) == [week, year]
    assert on(date(2019, 12, 1), date(2019, 12, 31)) == [year]
    assert on(date(2020, 1, 1), date(2020, 1, 2)) == []
    assert ids(storage, EventQuery(places=(IDLIB,))) == [day, week, year]


def test_background_undated_held_and_withdrawn_events_are_never_latest(storage: Storage) -> None:
    with storage.begin(write=True) as unit:
        shown = keep(unit, facts(ARIHA))
        keep(unit, facts(ARIHA, status=Status.BACKGROUND))
        keep(unit, facts(ARIHA, day=None), published=None, report_id="undated")
        by_publication = keep(unit, facts(ARIHA, day=None), report_id="dated", published=later(-48))
        held = keep(unit, facts(ARIHA, AZAZ))
        unit.events.mark(held.event_id, held=True)
        withdrawn = keep(unit, facts(ARIHA))
        unit.events.save(
            fold(withdrawn.event_id, 2, withdrawn.claims, retracted=True),
            ChangeKind.RETRACTED,
            report_id=None,
            why="withdrawn",
            at=NOW,
        )
    with storage.begin() as unit:
        page = unit.events.query(EventQuery(places=(IDLIB,)))
        assert [one.event_id for one in page.events] == [shown.event_id, by_publication.event_id]
        assert (page.total, page.undated) == (2, 1)
        assert unit.events.count() == 2
        assert unit.events.query(EventQuery(places=(ALEPPO,))).total == 0
        assert len(unit.events.for_totals(EventQuery())) == 2
    with storage.begin(write=True) as unit:
        unit.events.mark(held.event_id, held=False)
    assert ids(storage, EventQuery(places=(ALEPPO,))) == [held.event_id]


def test_what_is_asked_of_the_event_itself(storage: Storage) -> None:
    army = Actor("Syrian army", "syria_gov", "government")
    with storage.begin(write=True) as unit:
        clash = keep(unit, facts(ARIHA, AZAZ, sub=SubEventType.ARMED_CLASH, actor1=army), originator="SANA").event_id
        strike = keep(unit, facts(ARIHA, tags=("hospital", "market"), civilian_targeting=True)).event_id
        shelling = keep(unit, facts(ARIHA, sub=SubEventType.SHELLING, tags=("100%",))).event_id

    def asked(**more: object) -> set[str]:
        return set(ids(storage, EventQuery(**more)))  # type: ignore[arg-type]  # fields of EventQuery

    assert asked(event_types=(EventType.BATTLES,)) == {clash}
    assert asked(event_types=(EventType.REMOTE_VIOLENCE,)) == {strike, shelling}
    assert asked(event_types=(EventType.REMOTE_VIOLENCE,), sub_event_types=(SubEventType.SHELLING,)) == {shelling}
    assert asked(event_types=(EventType.BATTLES,), sub_event_types=(SubEventType.AIR_STRIKE,)) == {clash, strike}
    assert asked(tags=("hospital", "school")) == {strike}
    assert asked(tags=("%",)) == set()
    assert asked(actor="syria_gov") == asked(actor="SYRIAN  army") == {clash}
    assert asked(actor="syria") == set()
    assert asked(source="sana") == {clash}
    assert asked(source="middle east") == {clash, strike, shelling}
    assert asked(civilians=True) == {strike}
    assert asked(places=(ALEPPO,), source="sana", sub_event_types=(SubEventType.ARMED_CLASH,)) == {clash}


def test_pages_follow_each_other_without_gap_or_repeat(storage: Storage) -> None:
    with storage.begin(write=True) as unit:
        for number in range(23):
            keep(unit, facts(ARIHA if number % 2 else AZAZ, day=TODAY - timedelta(days=number // 5)))
    query = EventQuery(places=(SYRIA,))
    pages = [ids(storage, replace(query, offset=offset)) for offset in (0, 10, 20, 30)]
    assert [len(page) for page in pages] == [10, 10, 3, 0]
    together = [one for page in pages for one in page]
    assert len(set(together)) == 23
    assert together == ids(storage, replace(query, limit=50))
    with storage.begin() as unit:
        events = unit.events.query(replace(query, limit=50)).events
        assert [event.facts.event_date for event in events] == sorted(
            (event.facts.event_date or date.min for event in events), reverse=True
        )
        assert {unit.events.query(replace(query, offset=offset)).total for offset in (0, 10, 20, 30)} == {23}


def test_an_absorbed_event_redirects_with_all_its_claims(storage: Storage) -> None:
    with storage.begin(write=True) as unit:
        kept, absorbed, third = (keep(unit, facts(place)) for place in (ARIHA, ARIHA, ARIHA))
        one = fold(kept.event_id, 2, [*kept.claims, *absorbed.claims], updated_at=NOW)
        change = unit.events.absorb(one, absorbed.event_id, why="the same", at=NOW)
        assert (change.kind, change.event_id, change.revision) == (ChangeKind.MERGED, kept.event_id, 2)
        all_three = fold(third.event_id, 2, [*third.claims, *one.claims], updated_at=NOW)
        unit.events.absorb(all_three, kept.event_id, why="the same", at=NOW)
    with storage.begin() as unit:
        for event_id in (kept.event_id, absorbed.event_id, third.event_id):
            assert unit.events.get(event_id) == all_three
        assert set(unit.events.absorbed_by(third.event_id)) == {kept.event_id, absorbed.event_id}
        assert unit.events.query(EventQuery()).total == 1
        assert unit.events.candidates(facts(ARIHA)) == [all_three]
    with pytest.raises(StorageError, match="merged"), storage.begin(write=True) as unit:
        unit.events.save(replace(kept, revision=3), ChangeKind.REVISED, report_id=None, why="x", at=NOW)


def test_as_of_hides_what_was_claimed_later(storage: Storage) -> None:
    with storage.begin(write=True) as unit:
        unit.reports.save(report("r2", published=later(6)))
        first = keep(unit, facts(ARIHA, killed=3))
        more = claim("c2", facts(ARIHA, killed=9), report_id="r2", published=later(6))
        unit.events.save(
            fold(first.event_id, 2, [*first.claims, more], updated_at=later(6)),
            ChangeKind.REVISED,
            report_id="r2",
            why="a higher toll",
            at=later(6),
        )
        keep(unit, facts(ARIHA), published=later(3), report_id="r3")
    with storage.begin() as unit:
        then = unit.events.query(EventQuery(as_of=later(1)))
        assert [(one.event_id, one.facts.fatalities_best, len(one.claims)) for one in then.events] == [
            (first.event_id, 3, 1)
        ]
        assert then.total == 1
        assert [one.fatalities_best for one in unit.events.for_totals(EventQuery(as_of=later(1)))] == [3]
        assert unit.events.query(EventQuery(as_of=later(-1))).events == ()
        assert unit.events.query(EventQuery(as_of=later(7))).total == 2


@pytest.mark.parametrize(
    ("said", "found"),
    [
        (facts(ARIHA), True),
        (facts(SARAQIB, sub=SubEventType.SHELLING), True),
        (facts(ARIHA, day=TODAY + timedelta(days=1)), True),
        (facts(ARIHA, day=TODAY + timedelta(days=2)), False),
        (facts(AZAZ), False),
        (facts(SYRIA), True),
        (facts(), True),
        (facts(ARIHA, day=TODAY - timedelta(days=9), event_date_end=TODAY), True),
    ],
)
def test_candidates_share_days_and_province(storage: Storage, said: EventFacts, found: bool) -> None:
    with storage.begin(write=True) as unit:
        held = keep(unit, facts(ARIHA))
    with storage.begin() as unit:
        assert unit.events.candidates(said) == ([held] if found else [])


def test_the_sample_goes_without_a_trace(storage: Storage) -> None:
    with storage.begin(write=True) as unit:
        real = keep(unit, facts(ARIHA))
        sample = keep(unit, facts(ARIHA, AZAZ), sample=True, report_id="sample")
        assert unit.events.candidates(facts(ARIHA), sample=False) == [real]
    with storage.begin(write=True) as unit:
        assert unit.remove_sample() == 1
        assert unit.remove_sample() == 0
    with storage.begin() as unit:
        assert unit.events.get(sample.event_id) is None
        assert unit.reports.get("sample") is None
        assert unit.events.get(real.event_id) == real
        assert [change.event_id for change in unit.changes.since(0)] == [real.event_id]


def test_short_ids_lead_back_to_their_events(storage: Storage) -> None:
    with storage.begin(write=True) as unit:
        event = keep(unit, facts(ARIHA))
    with storage.begin() as unit:
        assert unit.events.by_short_id(event.short_id.lower()) == [event]
        assert unit.events.by_short_id("#ZZZZZ") == []


def test_ids_come_from_the_seam_for_randomness(storage: Storage) -> None:
    letters = iter("AAAAAAAAAA" * 2 + "BBBBBBBBBB")
    storage._choose = lambda _alphabet: next(letters)
    made: list[ConflictEvent] = []
    with storage.begin(write=True) as unit:
        made += [keep(unit, facts(ARIHA)), keep(unit, facts(ARIHA))]
    assert [event.event_id for event in made] == ["AAAAAAAAAA", "BBBBBBBBBB"]
