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


COUNTRIES = {"LB", "LY", "SD", "SS", "YE"}


def test_the_shipped_ceasefires_name_known_actors_and_places() -> None:
    actors, places = Actors.load(), Gazetteer.load()
    assert "idlib-2019-08-31" in {c.ceasefire_id for c in load()}
    for ceasefire in load():
        assert all(actors.get(a) for a in (*ceasefire.bound_parties, *ceasefire.excluded))
        assert all(places.get(i) or i in COUNTRIES for i in ceasefire.area)
        assert ceasefire.source
        assert ceasefire.name_ar
        assert ceasefire.terms
    assert len(load()) >= 10


def test_the_truce_of_august_2019_binds_government_forces_only_and_nobody_verified_it() -> None:
    (truce,) = [c for c in load() if c.ceasefire_id == "idlib-2019-08-31"]
    assert (truce.bound_parties, truce.unilateral, truce.verified_on) == (("syria_gov",), True, None)
    assert truce.in_force_on(date(2019, 8, 31))
    assert not truce.in_force_on(date(2019, 8, 30))


def test_an_unnamed_attacker_counts_and_those_who_are_harmed_do_not() -> None:
    truces = load()
    assert [c.ceasefire_id for c in truces_covering(STRIKE, truces)] == ["idlib-2019-08-31"]
    assert truces_covering(replace(STRIKE, actor1=Actor("civilians"), actor2=Actor("children")), truces)
    assert not truces_covering(replace(STRIKE, actor1=Actor("HTS", "hts", "opposition")), truces)


def test_fighting_those_whom_a_truce_excludes_is_not_inside_it() -> None:
    (truce,) = parse_ceasefires(ENTRY + 'excluded = ["hts"]')
    army, hts, others = Actor("Army", "a"), Actor("HTS", "hts"), Actor("Others", "b")
    clash = replace(STRIKE, sub_event_type=SubEventType.ARMED_CLASH, actor1=army)
    assert truces_covering(replace(clash, actor2=others), [truce]) == (truce,)
    assert truces_covering(clash, [truce]) == (truce,)
    assert not truces_covering(replace(clash, actor2=hts), [truce])
    assert not truces_covering(replace(STRIKE, actor1=army, actor2=hts), [truce])
    assert truces_covering(replace(STRIKE, actor1=army, actor2=others), [truce]) == (truce,)


def test_an_area_may_be_a_whole_country() -> None:
    (truce,) = parse_ceasefires(ENTRY.replace("gn:169387", "SY"))
    inside, outside = (replace(VILLAGE, country_code=code, admin1_id="gn:1") for code in ("SY", "LB"))
    assert truces_covering(replace(STRIKE, places=(EventPlace("Village", inside),)), [truce]) == (truce,)
    assert not truces_covering(replace(STRIKE, places=(EventPlace("Village", outside),)), [truce])


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
