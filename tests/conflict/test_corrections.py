"""Corrections by operators: what words mean, and what the facts are afterwards."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conflict.corrections import FIELDS, Correction, Killed, corrected, correction_of
from conflict.errors import InputError
from conflict.facts import Casualty, EventFacts
from conflict.gazetteer import Gazetteer
from conflict.periods import DaySpan
from conflict.places import EventPlace, Place
from conflict.vocabulary import CasualtyKind, PartOfDay, SubEventType

TODAY = date(2026, 11, 22)
FACTS = EventFacts(
    SubEventType.ARMED_CLASH,
    event_date=date(2026, 11, 20),
    part_of_day=PartOfDay.MORNING,
    time_precision=1,
    places=(EventPlace("somewhere", None),),
    casualties=(
        Casualty(CasualtyKind.KILLED, side="syria_gov", count=7, low=7, high=7),
        Casualty(CasualtyKind.INJURED, count=2, low=2, high=2),
    ),
    fatalities_low=7,
    fatalities_best=7,
    fatalities_high=7,
)


@pytest.fixture(scope="module")
def places() -> Gazetteer:
    return Gazetteer.load()


def understood(field: str, words: str, places: Gazetteer) -> object:
    return correction_of(field, words, places=places, today=TODAY).value


@pytest.mark.parametrize(
    ("field", "words", "value"),
    [
        ("killed", "3", Killed(3, 3, 3)),
        ("killed", "at least 3", Killed(None, 3, None)),
        ("killed", "ما لا يقل عن 3", Killed(None, 3, None)),
        ("killed", "ثلاثة", Killed(3, 3, 3)),
        ("killed", "None", Killed(0, 0, 0)),
        ("killed", "unknown", None),
        ("killed", "غير معروف", None),
        ("event_date", "yesterday", DaySpan(date(2026, 11, 21), date(2026, 11, 21))),
        ("event_date", "أمس", DaySpan(date(2026, 11, 21), date(2026, 11, 21))),
        ("event_date", "2026-11-19", DaySpan(date(2026, 11, 19), date(2026, 11, 19))),
        ("event_date", "Unknown", None),
        ("place", "unknown", None),
        ("sub_event_type", "armed clash", SubEventType.ARMED_CLASH),
        ("sub_event_type", "Shelling/artillery/missile attack", SubEventType.SHELLING),
        ("sub_event_type", "AIR_STRIKE", SubEventType.AIR_STRIKE),
    ],
)
def test_words_are_understood(field: str, words: str, value: object, places: Gazetteer) -> None:
    assert understood(field, words, places) == value


@pytest.mark.parametrize("name", ["Saraqib", "سراقب", "Saraqeb"])
def test_a_place_is_found_by_any_spelling(name: str, places: Gazetteer) -> None:
    found = understood("place", name, places)
    assert isinstance(found, Place)
    assert found.name == "Saraqib"


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("killed", "many"),
        ("killed", "3 and then 5"),
        ("killed", ""),
        ("event_date", "2026-11-30"),
        ("event_date", "soon"),
        ("place", "asdfgh"),
        ("sub_event_type", "Kerfuffle"),
        ("actor", "somebody"),
    ],
)
def test_what_cannot_be_understood_is_said_in_a_sentence(field: str, words: str, places: Gazetteer) -> None:
    with pytest.raises(InputError) as refused:
        understood(field, words, places)
    assert len(str(refused.value)) > 20
    assert "\n" not in str(refused.value)


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(field=st.sampled_from(FIELDS), words=st.text(max_size=300))
def test_any_words_give_a_correction_or_a_sentence(places: Gazetteer, field: str, words: str) -> None:
    with suppress(InputError):
        correction = correction_of(field, words, places=places, today=TODAY)
        assert corrected(FACTS, [correction]).casualties


def test_a_toll_replaces_what_was_counted_and_keeps_whose_it_was() -> None:
    after = corrected(FACTS, [Correction("killed", Killed(None, 3, None))])
    assert (after.fatalities_low, after.fatalities_best, after.fatalities_high) == (3, None, None)
    assert [(c.side, c.low) for c in after.casualties if c.kind is CasualtyKind.KILLED] == [("syria_gov", 3)]
    assert [c for c in after.casualties if c.kind is CasualtyKind.INJURED] == [FACTS.casualties[1]]


def test_an_unknown_toll_is_unknown_and_not_nought() -> None:
    after = corrected(FACTS, [Correction("killed", None)])
    assert after.fatalities_low is after.fatalities_best is after.fatalities_high is None
    assert all(c.kind is not CasualtyKind.KILLED for c in after.casualties)


def test_days_take_their_precision_along() -> None:
    week = DaySpan(date(2026, 11, 9), date(2026, 11, 15), 2)
    after = corrected(FACTS, [Correction("event_date", week)])
    assert (after.event_date, after.event_date_end, after.time_precision) == (week.start, week.end, 2)
    assert after.part_of_day is None
    day = DaySpan(TODAY, TODAY)
    assert corrected(after, [Correction("event_date", day)]).event_date_end is None
    assert corrected(after, [Correction("event_date", None)]).event_date is None


def test_only_what_is_named_changes() -> None:
    after = corrected(FACTS, [Correction("sub_event_type", SubEventType.ATTACK)])
    assert after.sub_event_type is SubEventType.ATTACK
    assert corrected(after, [Correction("sub_event_type", FACTS.sub_event_type)]) == FACTS
    with pytest.raises(InputError):
        corrected(FACTS, [Correction("sub_event_type", None)])
