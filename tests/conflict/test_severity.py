"""Severity: a pure function of facts and a versioned data file."""

from __future__ import annotations

from dataclasses import replace
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conflict.errors import InputError
from conflict.facts import Breach, Casualty, EventFacts, ReportedBreach
from conflict.severity import load, parse_rules, severity_of
from conflict.vocabulary import Assertion, CasualtyKind, Severity, Status, SubEventType

STRIKE = EventFacts(SubEventType.AIR_STRIKE)


def test_a_hospital_hit_without_a_toll_ranks_high() -> None:
    assert severity_of(replace(STRIKE, tags=("hospital",))) is Severity.SEVERE
    assert severity_of(STRIKE) is Severity.NOTABLE


def test_a_hospital_in_a_peaceful_event_is_no_target() -> None:
    assert severity_of(EventFacts(SubEventType.PEACEFUL_PROTEST, tags=("hospital",))) is Severity.MINOR


@pytest.mark.parametrize(
    ("killed", "expected"),
    [
        (0, Severity.NOTABLE),
        (4, Severity.NOTABLE),
        (5, Severity.SERIOUS),
        (15, Severity.SEVERE),
        (96, Severity.EXTREME),
    ],
)
def test_the_toll_raises_it(killed: int, expected: Severity) -> None:
    assert severity_of(EventFacts(SubEventType.ARMED_CLASH, fatalities_best=killed)) is expected


def test_a_civilian_death_weighs_more_than_a_fighters() -> None:
    civilians = (Casualty(CasualtyKind.KILLED, civilian=True, count=6),)
    fighters = (Casualty(CasualtyKind.KILLED, civilian=False, count=6),)
    told = replace(STRIKE, fatalities_best=6, civilian_targeting=True)
    assert severity_of(replace(told, casualties=civilians)) > severity_of(replace(told, casualties=fighters))


def test_a_disputed_toll_counts_with_its_higher_figure() -> None:
    disputed = replace(STRIKE, fatalities_low=2, fatalities_high=20)
    assert severity_of(disputed) is severity_of(replace(STRIKE, fatalities_best=20))


def test_killed_or_captured_are_not_counted_as_dead() -> None:
    taken = (Casualty(CasualtyKind.KILLED_OR_CAPTURED, count=6),)
    told = EventFacts(SubEventType.ARMED_CLASH, casualties=taken)
    assert severity_of(told) < severity_of(replace(told, fatalities_best=6))


def test_a_reported_breach_ranks_above_an_inferred_one() -> None:
    reported = replace(STRIKE, breach=Breach(reported=(ReportedBreach("sohr", None),)))
    inferred = replace(STRIKE, breach=Breach(inferred=("truce",)))
    assert severity_of(reported) > severity_of(inferred) == severity_of(STRIKE)


def test_what_was_announced_denied_or_is_history_stays_low() -> None:
    grave = replace(STRIKE, fatalities_best=60)
    assert severity_of(grave) is Severity.EXTREME
    assert severity_of(replace(grave, assertion=Assertion.DENIED)) is Severity.NOTABLE
    assert severity_of(replace(grave, status=Status.BACKGROUND)) is Severity.NOTABLE


@given(st.sampled_from(list(SubEventType)), st.integers(0, 500), st.integers(0, 500))
def test_more_deaths_never_rank_lower(sub: SubEventType, some: int, more: int) -> None:
    fewer, many = sorted((some, more))
    assert severity_of(EventFacts(sub, fatalities_best=fewer)) <= severity_of(EventFacts(sub, fatalities_best=many))


def test_the_shipped_rules_are_versioned_and_bad_ones_are_named() -> None:
    text = files("conflict").joinpath("data", "severity.toml").read_text("utf-8")
    assert load().version >= 1
    assert parse_rules(text) == load()
    with pytest.raises(InputError, match="Air strike"):
        parse_rules(text.replace('"Air/drone strike"', '"Air strike"'))
    with pytest.raises(InputError, match="version"):
        parse_rules("[killed]\n1 = 1")
