"""What the policy file keeps back, for how long, and what it never touches."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from conflict.errors import InputError
from conflict.facts import Evidence
from conflict.fold import fold
from conflict.policy import NO_POLICY, load, parse_policy
from conflict.vocabulary import SubEventType
from tests.messages import situations as here
from tests.storage.values import ARIHA, NOW, claim, facts

CAMPS = '[[rule]]\nname = "camps"\ntags = ["camp"]\ncoarsen = "district"\ncoarsen_hours = 24\ndelay_minutes = 30\n'
CAMP = fold("AB12CD34EF", 1, [claim("c1", facts(ARIHA, killed=2, tags=("camp",)))])
OTHER = fold("AB12CD34EG", 1, [claim("c2", facts(ARIHA, killed=2))])


def test_the_place_is_its_district_until_the_time_is_over() -> None:
    policy = parse_policy(CAMPS)
    shown = policy.shown(CAMP, NOW)
    assert [place.text for place in shown.facts.places] == ["Ariha"]
    assert shown.facts.primary_place is not None
    assert shown.facts.primary_place.level == "admin2"
    assert shown.facts.primary_place.place is not None
    assert shown.facts.primary_place.place.latitude is None
    assert all(one.evidence is None and one.facts.places == shown.facts.places for one in shown.claims)
    assert shown.facts.fatalities_best == 2
    assert policy.shown(shown, NOW) == shown
    assert policy.shown(CAMP, NOW + timedelta(hours=24)) is CAMP
    assert policy.shown(OTHER, NOW) is OTHER
    assert (policy.delay(CAMP), policy.delay(OTHER)) == (timedelta(minutes=30), timedelta())


def test_withheld_names_are_in_no_sentence_and_no_voice() -> None:
    policy = parse_policy('[names]\nwithheld = ["Anas Test"]\n')
    said = replace(
        claim("c3", facts(ARIHA)), originator="anas test", evidence=Evidence(0, 30, "ANAS TEST and Anas Testa")
    )
    shown = policy.shown(fold("AB12CD34EH", 1, [said]), NOW)
    assert "anas" not in repr(shown).casefold()
    assert "[…] and […]a" in repr(shown)


def test_what_ships_leaves_the_sample_and_violence_as_they_are() -> None:
    policy = load()
    for event in (*here.seed_events(), CAMP, replace(CAMP, sample=True)):
        assert policy.shown(event, NOW) is event
        assert not policy.delay(event)
    moved = fold("AB12CD34EJ", 1, [claim("c4", facts(ARIHA, sub=SubEventType.OTHER, tags=("displacement",)))])
    assert policy.shown(moved, NOW) != moved
    assert policy.shown(replace(moved, sample=True), NOW).facts == moved.facts
    assert NO_POLICY.shown(moved, NOW) is moved


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("rule = 3", "[[rule]] tables"),
        ("[[rule]]\nname = 'x'\ndelay_minutes = 3", "at least one of"),
        ("[[rule]]\ntags = ['camp']", "coarsen goes with"),
        ("[[rule]]\ntags = ['camp']\ncoarsen = 'street'", "district or province"),
        ("[[rule]]\ntags = 'camp'\ndelay_minutes = 3", "a list of words"),
        ("[[rule]]\nlevels = ['street']\ndelay_minutes = 3", "street"),
        ("[[rule]]\ntags = ['camp']\ndelay_minutes = -1", "a number from 0"),
        ("[[rule]]\ntags = ['camp']\ndelay = 1", "unknown delay"),
        ("[names]\nwithheld = ['A']", "three letters"),
        ("[[rule", "not valid TOML"),
    ],
)
def test_a_fault_is_named(text: str, fault: str) -> None:
    with pytest.raises(InputError, match=fault.replace("[", r"\[").replace("]", r"\]")):
        parse_policy(text)
