"""A held event is a pure fold of its claims: who says so, how many died, what is disputed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conflict.claims import Claim
from conflict.facts import Actor, Breach, EventFacts, ReportedBreach
from conflict.fold import fold, voice_of
from conflict.places import EventPlace, Place
from conflict.vocabulary import (
    Assertion,
    OriginatorKind,
    PartOfDay,
    PlaceLevel,
    Status,
    SubEventType,
    Verification,
)

START = datetime(2019, 11, 20, 18, tzinfo=UTC)
IDLIB = Place("gn:1", "Idlib", PlaceLevel.ADMIN1, admin1="Idlib", admin1_id="gn:1")
QAH = Place("gn:2", "Qah", PlaceLevel.SETTLEMENT, admin1="Idlib", admin1_id="gn:1")
CAMP = Place("sr:qah-camp", "Qah camp", PlaceLevel.FACILITY, admin1="Idlib", admin1_id="gn:1")


def claim(n: int, originator: str | None = "SOHR", *, publisher: str = "Agency", hours: int = 0, **facts: Any) -> Claim:
    extra = {k: facts.pop(k) for k in ("denies", "responsibility", "originator_kind", "published_at") if k in facts}
    facts.setdefault("sub_event_type", SubEventType.AIR_STRIKE)
    facts.setdefault("event_date", date(2019, 11, 20))
    extra.setdefault("published_at", START + timedelta(hours=hours))
    return Claim(f"c{n}", f"r{n}", publisher, EventFacts(**facts), originator=originator, **extra)


def test_three_wires_that_quote_one_monitor_are_one_voice() -> None:
    wires = [claim(n, publisher=p, hours=n) for n, p in enumerate(("Agency A", "Agency B", "Agency C"))]
    event = fold("e", 1, wires)
    assert event.verification is Verification.UNVERIFIED
    assert event.originators == ("SOHR",)


def test_two_independent_voices_corroborate() -> None:
    assert fold("e", 1, [claim(1), claim(2, "Agency B")]).verification is Verification.CORROBORATED


def test_an_unnamed_source_is_the_publishers_voice_unless_it_also_quotes_somebody() -> None:
    other = claim(2, None, publisher="Outlet")
    assert fold("e", 1, [claim(1), other]).verification is Verification.CORROBORATED
    assert fold("e", 1, [claim(1, publisher="Outlet"), other]).verification is Verification.UNVERIFIED


def test_a_data_set_is_not_one_more_voice() -> None:
    coded = claim(2, None, publisher="UCDP", originator_kind=OriginatorKind.DATASET)
    assert fold("e", 1, [claim(1), coded]).verification is Verification.UNVERIFIED
    assert fold("e", 1, [coded]).verification is Verification.UNVERIFIED


def test_a_later_lower_toll_of_the_same_voice_is_a_correction() -> None:
    event = fold("e", 1, [claim(1, fatalities_best=19), claim(2, hours=5, fatalities_best=15)])
    assert (event.facts.fatalities_low, event.facts.fatalities_best, event.facts.fatalities_high) == (15, 15, 15)
    assert [c.superseded for c in event.claims] == [True, False]
    assert event.disputed == ()


def test_tolls_of_two_voices_that_do_not_overlap_are_a_dispute_without_a_best() -> None:
    event = fold("e", 1, [claim(1, fatalities_best=19), claim(2, "Ministry", hours=5, fatalities_best=2)])
    assert (event.facts.fatalities_low, event.facts.fatalities_best, event.facts.fatalities_high) == (2, None, 19)
    assert event.disputed == ("toll",)
    assert event.verification is Verification.CORROBORATED  # that it happened is not disputed


def test_overlapping_ranges_agree_on_a_best() -> None:
    rough = claim(1, "Agency B", fatalities_low=12)  # at least 12
    exact = claim(2, hours=1, fatalities_best=15)
    event = fold("e", 1, [rough, exact])
    assert (event.facts.fatalities_low, event.facts.fatalities_best, event.facts.fatalities_high) == (12, 15, 15)
    assert event.disputed == ()


def test_the_qah_strike_as_it_was_told() -> None:
    told = [claim(n, hours=n, fatalities_best=toll) for n, toll in enumerate((15, 16, 19))]
    coded = claim(9, "UCDP", hours=9000, originator_kind=OriginatorKind.DATASET)
    coded = replace(coded, facts=replace(coded.facts, fatalities_low=19, fatalities_best=19, fatalities_high=30))
    event = fold("e", 1, [*told, coded])
    assert (event.facts.fatalities_low, event.facts.fatalities_best, event.facts.fatalities_high) == (19, 19, 30)
    assert [c.superseded for c in event.claims] == [True, True, False, False]
    assert event.verification is Verification.UNVERIFIED


def test_occurrence_is_disputed_when_somebody_denies_it() -> None:
    event = fold("e", 1, [claim(1, fatalities_best=4), claim(2, "Ministry", hours=1, denies=True)])
    assert event.disputed == ("occurrence",)
    assert event.verification is Verification.DISPUTED
    assert event.facts.assertion is Assertion.STATED
    assert event.facts.fatalities_best == 4


def test_a_voice_that_takes_its_word_back_leaves_a_denial() -> None:
    event = fold("e", 1, [claim(1), claim(2, hours=1, denies=True)])
    assert event.facts.assertion is Assertion.DENIED
    assert event.disputed == ()
    assert [c.superseded for c in event.claims] == [True, False]


def test_initiator_and_responsibility_are_disputed_each_for_itself() -> None:
    event = fold("e", 1, [claim(1, initiator="syria_gov"), claim(2, "SANA", initiator="hts")])
    assert event.disputed == ("initiator",)
    assert event.facts.initiator is None
    event = fold("e", 1, [claim(1, responsibility="syria_gov"), claim(2, "SANA", responsibility="hts")])
    assert event.disputed == ("responsibility",)


def test_the_finest_place_wins_and_days_narrow() -> None:
    coarse = claim(1, places=(EventPlace("Idlib", IDLIB),), event_date_end=date(2019, 11, 21), time_precision=2)
    near = claim(2, "B", places=(EventPlace("near Qah", QAH, vicinity=True),), part_of_day=PartOfDay.EVENING)
    exact = claim(3, "C", hours=2, places=(EventPlace("Qah", QAH),), time_precision=1)
    facts = fold("e", 1, [coarse, near, exact]).facts
    assert facts.places == (EventPlace("Qah", QAH),)
    assert (facts.event_date, facts.event_date_end, facts.time_precision) == (date(2019, 11, 20), None, 1)
    assert facts.part_of_day is PartOfDay.EVENING
    facility = claim(4, "D", places=(EventPlace("Qah camp", CAMP), EventPlace("somewhere", None)))
    places = fold("e", 1, [coarse, facility, exact]).facts.places
    assert [p.text for p in places] == ["Qah camp", "Qah", "somewhere"]


def test_tags_status_actors_and_breaches_are_united() -> None:
    accused = ReportedBreach("SOHR", "syria_gov")
    one = claim(1, tags=("camp",), actor1=Actor("warplanes"), status=Status.ONGOING, breach=Breach((accused,), ("t",)))
    two = claim(
        2,
        "B",
        tags=("hospital",),
        actor1=Actor("Russia", "russia", "government"),
        breach=Breach((replace(accused, denied_by="SANA"),)),
    )
    facts = fold("e", 1, [one, two]).facts
    assert facts.tags == ("camp", "hospital")
    assert facts.status is Status.NEW
    assert facts.actor1 == Actor("Russia", "russia", "government")
    assert facts.breach == Breach((replace(accused, denied_by="SANA"),), ("t",))


def test_an_undated_word_never_overrules_a_dated_one() -> None:
    event = fold("e", 1, [claim(1, fatalities_best=15), claim(2, fatalities_best=40, published_at=None)])
    assert event.facts.fatalities_best == 15
    assert event.first_reported_at == START


def test_people_decide_confirmation_and_withdrawal() -> None:
    assert fold("e", 1, [claim(1)], confirmed=True).verification is Verification.CONFIRMED
    assert fold("e", 1, [claim(1)], confirmed=True, retracted=True).verification is Verification.RETRACTED
    with pytest.raises(ValueError, match="at least one claim"):
        fold("e", 1, [])


def test_a_voice_is_the_originator_or_else_the_publisher() -> None:
    assert voice_of(claim(1, "SOHR ")) == voice_of(claim(2, "sohr", publisher="B"))
    assert voice_of(claim(1, None, publisher="SOHR")) != voice_of(claim(2, "SOHR"))


_facts = st.fixed_dictionaries(
    {
        "sub_event_type": st.sampled_from([SubEventType.AIR_STRIKE, SubEventType.ATTACK, SubEventType.CHEMICAL_WEAPON]),
        "event_date": st.none() | st.dates(date(2019, 11, 19), date(2019, 11, 21)),
        "fatalities_low": st.none() | st.integers(0, 20),
        "fatalities_best": st.none() | st.integers(0, 40),
        "places": st.sampled_from([(), (EventPlace("Idlib", IDLIB),), (EventPlace("Qah", QAH, vicinity=True),)]),
        "part_of_day": st.none() | st.sampled_from(PartOfDay),
        "tags": st.sampled_from([(), ("camp",), ("hospital", "camp")]),
        "initiator": st.none() | st.sampled_from(["a", "b"]),
        "actor1": st.none() | st.sampled_from([Actor("a", "a", "x"), Actor("b")]),
    }
)
_claims = st.lists(
    st.builds(
        lambda n, who, hours, denies, facts: claim(n, who, hours=hours, denies=denies, **facts),
        st.integers(0, 9),
        st.sampled_from(["SOHR", "SANA", None]),
        st.integers(0, 5),
        st.booleans(),
        _facts,
    ),
    min_size=1,
    max_size=6,
)


@given(_claims.flatmap(lambda cs: st.tuples(st.just(cs), st.permutations(cs))))
def test_the_order_of_arrival_does_not_matter(both: tuple[list[Claim], list[Claim]]) -> None:
    assert fold("e", 1, both[0]) == fold("e", 1, both[1])


@given(_claims)
def test_a_repeat_changes_nothing_and_folding_again_is_the_same(claims: list[Claim]) -> None:
    event = fold("e", 1, claims)
    assert fold("e", 1, claims + claims) == event
    assert fold("e", 1, event.claims) == event


@given(_claims)
def test_the_toll_is_a_range_and_disputed_means_no_best(claims: list[Claim]) -> None:
    event = fold("e", 1, claims)
    facts = event.facts
    if facts.fatalities_low is not None and facts.fatalities_high is not None:
        assert facts.fatalities_low <= facts.fatalities_high
    if "toll" in event.disputed:
        assert facts.fatalities_best is None
