"""Merging: which reports tell of one event, whatever the order in which they came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from conflict.ceasefires import Ceasefire
from conflict.claims import Claim
from conflict.events import ConflictEvent, Corroborate, EventData, Insert, Merge, Revise
from conflict.facts import Actor, EventFacts, Evidence
from conflict.fold import fold
from conflict.places import EventPlace, Place
from conflict.vocabulary import PartOfDay, PlaceLevel, SubEventType, Verification
from ingest.decide import decide, partition, row_report_id, telling_of, tellings
from ingest.plan import Step, plan

DAY = date(2019, 11, 20)
NOON = datetime(2019, 11, 20, 12, tzinfo=UTC)
PROVINCE = Place("gn:1", "Idlib", PlaceLevel.ADMIN1, admin1="Idlib", admin1_id="gn:1", country_code="SY")
QAH = Place("gn:2", "Qah", PlaceLevel.SETTLEMENT, admin1_id="gn:1", latitude=36.26, longitude=36.69)
QAH_OCHA = replace(QAH, place_id="pcode:C1", name="Qāh", latitude=36.262)
ATMA = Place("gn:3", "Atma", PlaceLevel.SETTLEMENT, admin1_id="gn:1", latitude=36.27, longitude=36.69)
CAMP = Place("sr:camp", "Qah camp", PlaceLevel.FACILITY, admin1_id="gn:1", latitude=36.263, longitude=36.70)
FAR_CAMP = Place("sr:far", "Bab camp", PlaceLevel.FACILITY, admin1_id="gn:1", latitude=36.4, longitude=37.5)


def event_data(report: str, sequence: int = 0, *, who: Any = "SOHR", words: Any = None, **facts: Any) -> EventData:
    where = facts.pop("place", QAH)
    days = facts.pop("days_later", 0)
    facts.setdefault("sub_event_type", SubEventType.AIR_STRIKE)
    facts.setdefault("event_date", DAY)
    if where is not None:
        facts.setdefault("places", (EventPlace(where.name, where),))
    told = EventFacts(**facts)
    evidence = Evidence(0, len(words), words) if words else None
    claim = Claim(
        f"{report}/{sequence}",
        report,
        f"Outlet {report}",
        told,
        who,
        evidence=evidence,
        published_at=NOON + timedelta(days),
    )
    return EventData(report, sequence, told, (claim,))


def held(*data: EventData, event_id: str = "E1") -> ConflictEvent:
    return fold(event_id, 1, [c for d in data for c in d.claims])


def together(one: EventData, other: EventData) -> bool:
    return len(partition([telling_of(one), telling_of(other)])) == 1


def test_a_second_report_of_the_same_strike_corroborates_it() -> None:
    intent = decide(event_data("b", who="Agency"), [held(event_data("a"))])
    assert isinstance(intent, Corroborate)
    assert intent.event_id == "E1"
    assert "Qah" in intent.why


def test_the_same_voice_with_another_toll_revises_it() -> None:
    intent = decide(event_data("b", fatalities_best=16), [held(event_data("a", fatalities_best=15))])
    assert isinstance(intent, Revise)


def test_nothing_alike_is_a_new_event() -> None:
    assert isinstance(decide(event_data("b", place=ATMA), [held(event_data("a"))]), Insert)
    assert isinstance(decide(event_data("b"), []), Insert)


def test_differently_named_settlements_never_merge_however_alike() -> None:
    words = "Air strikes killed nine people near the border with Turkey on Wednesday evening"
    assert not together(
        event_data("a", words=words, fatalities_best=9), event_data("b", place=ATMA, words=words, fatalities_best=9)
    )


def test_one_village_in_two_gazetteers_and_a_facility_of_it_are_the_same_place() -> None:
    assert together(event_data("a"), event_data("b", place=QAH_OCHA))
    assert together(event_data("a"), event_data("b", place=CAMP))
    assert not together(event_data("a"), event_data("b", place=FAR_CAMP))


def test_parts_of_the_day_and_days_keep_strikes_apart() -> None:
    morning = event_data("a", part_of_day=PartOfDay.MORNING)
    assert not together(morning, event_data("b", part_of_day=PartOfDay.AFTERNOON))
    assert together(morning, event_data("b"))
    assert not together(morning, event_data("b", event_date=DAY + timedelta(1)))
    assert together(morning, event_data("b", event_date=DAY - timedelta(1), event_date_end=DAY))


def test_a_course_of_weeks_is_not_one_event_with_a_day() -> None:
    assert not together(event_data("a"), event_data("b", event_date=DAY - timedelta(30), event_date_end=DAY))


def test_sub_types_must_be_compatible() -> None:
    assert together(event_data("a"), event_data("b", sub_event_type=SubEventType.CHEMICAL_WEAPON))
    assert not together(event_data("a"), event_data("b", sub_event_type=SubEventType.ARMED_CLASH))
    shelling = event_data("b", sub_event_type=SubEventType.SHELLING, fatalities_best=15)
    assert not together(event_data("a"), shelling)
    assert together(event_data("a", fatalities_best=15), shelling)


def test_a_province_does_not_swallow_its_settlements() -> None:
    assert not together(event_data("a", place=PROVINCE, fatalities_best=9), event_data("b", fatalities_best=9))


def test_province_level_needs_day_sub_type_actors_and_toll() -> None:
    clash: dict[str, Any] = {
        "place": PROVINCE,
        "sub_event_type": SubEventType.ARMED_CLASH,
        "actor1": Actor("army", "syria_gov", "government"),
    }
    assert together(event_data("a", fatalities_best=96, **clash), event_data("b", fatalities_best=96, **clash))
    assert not together(event_data("a", fatalities_best=96, **clash), event_data("b", fatalities_best=57, **clash))
    assert not together(event_data("a", **clash), event_data("b", **clash))


def test_a_copied_sentence_is_the_same_event_even_at_province_level() -> None:
    words = "Warplanes bombed rebel areas far from the front lines in the province on Wednesday, an activist said"
    assert together(event_data("a", place=PROVINCE, words=words), event_data("b", place=PROVINCE, words=words))
    strikes = event_data("b", place=PROVINCE)
    copies = {frozenset({"a", "b"})}
    assert len(partition([telling_of(event_data("a", place=PROVINCE)), telling_of(strikes)], copies)) == 1


def test_rows_of_one_data_set_and_events_of_one_report_never_merge() -> None:
    rows = [event_data(row_report_id("ucdp", n), who="SOHR") for n in ("1", "2")]
    assert not together(*rows)
    assert together(rows[0], event_data(row_report_id("acled", "7")))
    assert not together(event_data("a", 0), event_data("a", 1))


def test_two_events_of_one_report_pull_their_copies_apart() -> None:
    first = [event_data("a", 0, part_of_day=PartOfDay.MORNING), event_data("a", 1, fatalities_best=4)]
    copy = [event_data("b", 0, part_of_day=PartOfDay.MORNING), event_data("b", 1, fatalities_best=4)]
    groups = partition([telling_of(d) for d in (*first, *copy)])
    assert sorted(len(g) for g in groups) == [2, 2]
    assert all(len({t.facts.fatalities_best for t in g}) == 1 for g in groups)


def test_unknown_places_and_days_are_no_reason_to_merge() -> None:
    assert not together(event_data("a", place=None), event_data("b", place=None))
    assert not together(event_data("a", event_date=None), event_data("b", event_date=None))
    nowhere: dict[str, Any] = {"places": (EventPlace("Tell Nowhere", None),), "place": None}
    assert not together(event_data("a", **nowhere), event_data("b", **nowhere))


def test_a_bridge_merges_two_held_events_and_the_first_published_stays() -> None:
    words = "Rockets fell on tents of displaced families after dark, a rescuer told reporters"
    early = event_data("a", place=None, event_date=None, words=words)
    apart = [held(early, event_id="E1"), held(event_data("c", days_later=1), event_id="E2")]
    assert plan([], apart) == ()
    (step,) = plan([event_data("b", words=words, days_later=2, fatalities_best=3)], apart)
    merges = [i for i in step.intents if isinstance(i, Merge)]
    assert [(m.into, m.absorbed) for m in merges] == [("E1", "E2")]
    assert (step.event.event_id, step.absorbed, step.event.facts.fatalities_best) == ("E1", ("E2",), 3)
    assert len(step.event.claims) == 3


def test_a_withdrawn_event_stays_withdrawn() -> None:
    gone = fold("E1", 3, event_data("a").claims, retracted=True)
    (step,) = plan([event_data("b", who="Agency")], [gone])
    assert step.event.verification is Verification.RETRACTED
    assert step.event.revision == 4


def test_inside_the_truce_area_is_inferred_for_bound_or_unnamed_parties_only() -> None:
    truce = Ceasefire("t", "Truce", ("syria_gov",), ("gn:1",), date(2019, 8, 31), excluded=("hts",), unilateral=True)

    def inferred(**facts: Any) -> tuple[str, ...]:
        (step,) = plan([event_data("a", **facts)], [], ceasefires=[truce])
        breach = step.event.facts.breach
        assert breach is None or breach.reported == ()
        return breach.inferred if breach else ()

    army, rebels = Actor("army", "syria_gov", "government"), Actor("HTS", "hts", "opposition")
    assert inferred() == ("t",)
    assert inferred(actor1=army) == ("t",)
    assert inferred(actor1=rebels) == ()
    assert inferred(actor1=Actor("Russia", "russia", "russia")) == ()
    clash = SubEventType.ARMED_CLASH
    others = Actor("rebels", "syria_rebels", "opposition")
    assert inferred(sub_event_type=clash, actor1=army, actor2=others) == ("t",)
    assert inferred(sub_event_type=clash, actor1=army, actor2=rebels) == ()  # whom the truce leaves out
    assert inferred(sub_event_type=clash, actor1=rebels, actor2=army, initiator="hts") == ()
    assert inferred(event_date=date(2019, 8, 30)) == ()
    assert inferred(sub_event_type=SubEventType.PEACEFUL_PROTEST) == ()
    assert inferred(place=replace(QAH, admin1_id="gn:9")) == ()


# Small worlds: a few places, days and parts of day, told by reports of one or two events each.

_Reports = list[list[EventData]]
_PLACES = st.sampled_from([QAH, QAH_OCHA, ATMA, CAMP, PROVINCE])
_told = st.fixed_dictionaries(
    {
        "place": _PLACES,
        "event_date": st.sampled_from([DAY, DAY + timedelta(1)]),
        "event_date_end": st.sampled_from([None, DAY + timedelta(1)]),
        "part_of_day": st.sampled_from([None, PartOfDay.MORNING, PartOfDay.EVENING]),
        "sub_event_type": st.sampled_from(
            [SubEventType.AIR_STRIKE, SubEventType.SHELLING, SubEventType.CHEMICAL_WEAPON]
        ),
        "fatalities_best": st.sampled_from([None, 3, 7]),
        "who": st.sampled_from(["SOHR", "Agency", None]),
        "days_later": st.integers(0, 2),
    }
)
_reports = st.lists(st.lists(_told, min_size=1, max_size=2), min_size=1, max_size=6).map(
    lambda reports: [
        [event_data(f"r{n}", sequence=k, **told) for k, told in enumerate(report)] for n, report in enumerate(reports)
    ]
)


def arrive(reports: Sequence[Sequence[EventData]]) -> dict[str, ConflictEvent]:
    """The held events after these reports came in this order, one at a time."""
    world: dict[str, ConflictEvent] = {}
    for report in reports:
        for step in plan(report, world.values(), taken=world.__contains__):
            apply(world, step)
    return world


def apply(world: dict[str, ConflictEvent], step: Step) -> None:
    world[step.event.event_id] = step.event
    for absorbed in step.absorbed:
        del world[absorbed]


def groups(world: dict[str, ConflictEvent]) -> set[frozenset[str]]:
    return {frozenset(c.claim_id for c in event.claims) for event in world.values()}


@settings(max_examples=60, deadline=None)
@given(_reports.flatmap(lambda r: st.tuples(st.just(r), st.permutations(r))))
def test_any_order_of_arrival_ends_in_the_same_partition(
    both: tuple[list[list[EventData]], list[list[EventData]]],
) -> None:
    first, second = arrive(both[0]), arrive(both[1])
    assert groups(first) == groups(second)
    everything = partition([telling_of(d) for report in both[0] for d in report])
    assert groups(first) == {frozenset(c.claim_id for t in g for c in t.claims) for g in everything}


@settings(max_examples=40, deadline=None)
@given(_reports)
def test_no_claim_is_lost_doubled_or_put_with_another_of_its_report(reports: list[list[EventData]]) -> None:
    world = arrive(reports)
    claims = [c.claim_id for event in world.values() for c in event.claims]
    assert sorted(claims) == sorted(c.claim_id for report in reports for d in report for c in d.claims)
    for event in world.values():
        told = tellings(event)
        assert len({t.report_id for t in told}) == len(told) == len(event.claims)


@settings(max_examples=40, deadline=None)
@given(_reports)
def test_planning_again_with_nothing_new_changes_nothing(reports: list[list[EventData]]) -> None:
    assert plan([], arrive(reports).values()) == ()
