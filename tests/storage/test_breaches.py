"""Breaches in an area, day by day, in both databases."""

from __future__ import annotations

from datetime import timedelta

from conflict.breaches import BreachNote
from conflict.facts import Breach, ReportedBreach
from storage import EventQuery, Storage
from tests.storage.values import ALEPPO, ARIHA, AZAZ, IDLIB, SARAQIB, TODAY, facts, keep, later

ACCUSED = ReportedBreach("SOHR", "syria_gov")


def test_breaches_of_an_area_are_told_newest_first_and_nothing_else_is(storage: Storage) -> None:
    yesterday = TODAY - timedelta(days=1)
    with storage.begin(write=True) as unit:
        keep(unit, facts(ARIHA, day=yesterday, breach=Breach(inferred=("truce",))))
        keep(unit, facts(SARAQIB, breach=Breach((ACCUSED,))), published=later(2))
        keep(unit, facts(SARAQIB))
        keep(unit, facts(SARAQIB, day=None, breach=Breach((ACCUSED,))), published=None)
        keep(unit, facts(AZAZ, breach=Breach(inferred=("truce",))))
    told, silent = BreachNote(TODAY, (ACCUSED,)), BreachNote(yesterday)
    with storage.begin() as unit:
        assert unit.breaches(EventQuery((IDLIB,))) == (told, silent)
        assert unit.breaches(EventQuery((IDLIB,), first_day=TODAY)) == (told,)
        assert unit.breaches(EventQuery((IDLIB,), last_day=yesterday)) == (silent,)
        assert unit.breaches(EventQuery((IDLIB,), as_of=later(1))) == (silent,)
        assert unit.breaches(EventQuery((ALEPPO,))) == (BreachNote(TODAY),)
        assert len(unit.breaches(EventQuery())) == 3
