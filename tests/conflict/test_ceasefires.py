"""Ceasefires: the shipped file, and which truces an event lies inside without accusing anybody."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from conflict.actors import Actors
from conflict.ceasefires import CeasefireStatus, load, parse_ceasefires, truces_covering
from conflict.errors import InputError
from conflict.facts import Actor, EventFacts
from conflict.gazetteer import Gazetteer
from conflict.places import EventPlace, Place
from conflict.vocabulary import Assertion, PlaceLevel, SubEventType

VILLAGE = Place("sr:x", "Village", PlaceLevel.SETTLEMENT, admin1_id="gn:169387")
STRIKE = EventFacts(SubEventType.AIR_STRIKE, event_date=date(2019, 11, 20), places=(EventPlace("Village", VILLAGE),))
ENTRY = """
[[ceasefire]]
ceasefire_id = "t"
name = "Truce"
bound_parties = ["a"]
area = ["gn:169387"]
effective_from = 2019-08-31
"""


def test_the_shipped_ceasefires_name_known_actors_and_places() -> None:
    actors, places = Actors.load(), Gazetteer.load()
    assert "idlib-2019-08-31" in {c.ceasefire_id for c in load()}
    for ceasefire in load():
        assert all(actors.get(a) for a in (*ceasefire.bound_parties, *ceasefire.excluded))
        assert all(places.get(i) for i in ceasefire.area)
        assert ceasefire.source


def test_the_truce_of_august_2019_binds_government_forces_only_and_nobody_verified_it() -> None:
    (truce,) = [c for c in load() if c.ceasefire_id == "idlib-2019-08-31"]
    assert (truce.bound_parties, truce.unilateral, truce.verified_on) == (("syria_gov",), True, None)
    assert truce.in_force_on(date(2019, 8, 31))
    assert not truce.in_force_on(date(2019, 8, 30))


def test_an_unnamed_attacker_counts_and_those_who_are_harmed_do_not() -> None:
    truces = load()
    assert truces_covering(STRIKE, truces) == truces[:1]
    assert truces_covering(replace(STRIKE, actor1=Actor("civilians"), actor2=Actor("children")), truces)
    assert not truces_covering(replace(STRIKE, actor1=Actor("HTS", "hts", "opposition")), truces)


def test_nothing_is_inferred_without_a_day_a_place_or_a_fight() -> None:
    truces = load()
    assert not truces_covering(replace(STRIKE, event_date=None), truces)
    assert not truces_covering(replace(STRIKE, places=()), truces)
    assert not truces_covering(replace(STRIKE, places=(EventPlace("Nowhere", None),)), truces)
    assert not truces_covering(replace(STRIKE, assertion=Assertion.ANNOUNCED), truces)
    assert not truces_covering(replace(STRIKE, sub_event_type=SubEventType.REMOTE_EXPLOSIVE), truces)
    proposed = [replace(c, status=CeasefireStatus.PROPOSED) for c in truces]
    assert not truces_covering(STRIKE, proposed)


def test_a_damaged_file_is_named_by_entry() -> None:
    assert parse_ceasefires(ENTRY)[0].effective_to is None
    with pytest.raises(InputError, match="Ceasefire 1: unknown field areas"):
        parse_ceasefires(ENTRY.replace("area =", "areas ="))
    with pytest.raises(InputError, match="must be a day"):
        parse_ceasefires(ENTRY.replace("2019-08-31", '"2019-08-31"'))
    with pytest.raises(InputError, match="must not be empty"):
        parse_ceasefires(ENTRY.replace('["a"]', "[]"))
    with pytest.raises(InputError, match="not valid TOML"):
        parse_ceasefires("[[ceasefire")
    with pytest.raises(InputError, match="Ceasefire 1"):
        parse_ceasefires(ENTRY + 'status = "holding"')
