"""Reports, tolls, tallies, ceasefires, sources and learned places: kept, found, nothing dropped in silence."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from conflict.answers import SourceHealth
from conflict.ceasefires import Ceasefire
from conflict.facts import Casualty, Evidence
from conflict.places import EventPlace, Place
from conflict.tolls import BreachTally, TollReport
from conflict.vocabulary import CasualtyKind, Status
from storage import EventQuery, Storage
from storage.operators import OperatorAction
from storage.sources import KeptAside, SourceState, Watched
from tests.storage.values import ALEPPO, ARIHA, AZAZ, IDLIB, NOW, SYRIA, later, report

TOLL = TollReport(
    "t1",
    "r1",
    "Middle East Eye",
    (EventPlace("Idlib", IDLIB), EventPlace("nowhere known", None)),
    date(2019, 11, 30),
    date(2019, 12, 1),
    date(2019, 12, 2),
    (Casualty(CasualtyKind.KILLED, count=96),),
    "SOHR",
    evidence=Evidence(0, 4, "Text"),
    published_at=NOW,
)
TALLY = BreachTally(
    "b1",
    "r1",
    "OSCE",
    "OSCE",
    None,
    159,
    (("explosions", 33),),
    (EventPlace("Aleppo", ALEPPO),),
    date(2019, 12, 1),
    date(2019, 12, 1),
    published_at=NOW,
)
DEAL = Ceasefire(
    "sochi", "Sochi deal", ("syria_gov", "tfsa"), ("gn:1",), date(2018, 9, 17), excluded=("hts",), name_ar="اتفاق سوتشي"
)


def test_a_report_is_kept_once_and_never_changed(storage: Storage) -> None:
    one = replace(report(), text="a\0b", title="تقرير", external_id="x", retrieved_at=later(1))
    with storage.begin(write=True) as unit:
        assert unit.reports.save(one)
        assert not unit.reports.save(replace(one, text="other"))
        assert unit.reports.get("r1") == replace(one, text="a\ufffdb")
        assert unit.reports.count() == unit.reports.count("mee") == 1
        assert unit.reports.publishers() == ("Middle East Eye",)
        assert unit.reports.publishers(as_of=later(-1)) == ()


def test_tolls_are_found_by_area_and_period(storage: Storage) -> None:
    with storage.begin(write=True) as unit:
        unit.reports.save(report())
        assert unit.tolls.save(TOLL)
        assert not unit.tolls.save(TOLL)
        unit.tolls.save(replace(TOLL, toll_id="t2", status=Status.BACKGROUND))
        unit.tolls.save(replace(TOLL, toll_id="t3", period_start=None, period_end=None, originator=None))

        def found(**more: object) -> list[str]:
            return [one.toll_id for one in unit.tolls.query(EventQuery(**more))]  # type: ignore[arg-type]

        assert found() == found(places=(IDLIB,)) == found(places=(SYRIA,)) == ["t1", "t3"]
        assert found(places=(ARIHA,)) == found(places=(ALEPPO,)) == []
        assert found(first_day=date(2019, 12, 1), last_day=date(2019, 12, 1)) == ["t1"]
        assert found(first_day=date(2019, 12, 3)) == []
        assert found(source="sohr") == ["t1"]
        assert found(as_of=later(-1)) == []
        assert unit.tolls.get("t1") == TOLL


def test_tallies_are_kept_as_tallies_and_exercises_left_out(storage: Storage) -> None:
    with storage.begin(write=True) as unit:
        unit.reports.save(report())
        assert unit.tallies.save(TALLY)
        unit.tallies.save(replace(TALLY, tally_id="b2", exercise=True))
        assert unit.tallies.query(EventQuery(places=(ALEPPO,), as_of=later(1))) == (TALLY,)
        assert unit.tallies.query(EventQuery(places=(IDLIB,))) == ()
        assert unit.events.count() == 0


def test_ceasefires_are_found_by_area_and_dates(storage: Storage) -> None:
    ended = replace(DEAL, ceasefire_id="old", effective_from=date(2017, 1, 1), effective_to=date(2017, 6, 1))
    with storage.begin(write=True) as unit:
        assert unit.ceasefires.save(ended)
        assert unit.ceasefires.save(DEAL)
        assert not unit.ceasefires.save(DEAL)
        assert unit.ceasefires.all() == (DEAL, ended)
        assert unit.ceasefires.query(["gn:2", "gn:1"], date(2019, 12, 1), date(2019, 12, 2)) == (DEAL,)
        assert unit.ceasefires.query(["gn:1"], date(2017, 6, 1), date(2017, 6, 1)) == (ended,)
        assert unit.ceasefires.query(["gn:2"]) == ()
        changed = replace(DEAL, effective_to=date(2020, 3, 5), area=("gn:9",))
        assert unit.ceasefires.save(changed)
        assert unit.ceasefires.query(["gn:1"], date(2019, 1, 1)) == ()
        assert unit.ceasefires.get("sochi") == changed
        assert unit.ceasefires.remove("sochi")


def test_a_source_fails_since_its_first_failure_and_recovers(storage: Storage) -> None:
    with storage.begin(write=True) as unit:
        unit.sources.record("mee", "MEE", True, later(0), items=3)
        unit.sources.record("mee", "MEE", True, later(1))
        unit.sources.record("mee", "MEE", False, later(2), error="HTTP 503")
        unit.sources.record("mee", "MEE", False, later(3), error="HTTP 502")
        failing = SourceHealth("mee", "MEE", later(1), later(0), later(2), "HTTP 502")
        assert unit.sources.health() == unit.sources.health(as_of=later(3)) == (failing,)
        unit.sources.record("mee", "MEE", True, later(4), items=1)
        assert unit.sources.health() == (SourceHealth("mee", "MEE", later(4), later(4)),)
        assert unit.sources.health(as_of=later(3)) == (failing,)
        assert unit.sources.health(as_of=later(-1)) == (SourceHealth("mee", "MEE"),)


def test_an_answer_hears_of_the_sources_on_its_countries_that_are_still_polled(storage: Storage) -> None:
    with storage.begin(write=True) as unit:
        listed = [Watched("sy", "Syria", countries=("SY",)), Watched("world", "World"), Watched("new", "Never asked")]
        unit.sources.watch([*listed, Watched("sd", "Sudan", countries=("SD", "SS"))])
        for source_id in ("sy", "world", "sd"):
            unit.sources.record(source_id, source_id.title(), True, NOW, items=2, events=1)

        def named(*countries: str) -> list[str]:
            return [one.source_id for one in unit.sources.health(countries=countries or None)]

        assert named() == ["sd", "sy", "world"]
        assert named("SY") == named("SY", "IQ") == ["sy", "world"]
        assert named("SS") == ["sd", "world"]
        unit.sources.watch(listed)
        assert named() == ["sy", "world"], "what is polled no more is silent for no fault of its own"
        assert unit.sources.due(NOW) == ("new", "sy", "world")
        standing = next(one for one in unit.sources.standings() if one.source_id == "sd")
        assert (standing.watched, standing.items, standing.events) == (False, 2, 1)


def test_another_address_is_asked_afresh(storage: Storage) -> None:
    with storage.begin(write=True) as unit:
        unit.sources.watch([Watched("a", "A", url="https://example.org/1")])
        unit.sources.set_state(SourceState("a", "A", None, '"tag"', None, later(60)))
        unit.sources.watch([Watched("a", "A", url="https://example.org/1")])
        assert unit.sources.due(NOW) == ()
        unit.sources.watch([Watched("a", "A", url="https://example.org/2")])
        assert unit.sources.due(NOW) == ("a",)
        assert unit.sources.state("a") == SourceState("a", "A")


def test_where_reading_goes_on_is_kept_beside_health(storage: Storage) -> None:
    state = SourceState("mee", "MEE", "cursor", '"etag"', "Mon, 02 Dec 2019", later(1))
    with storage.begin(write=True) as unit:
        unit.sources.record("mee", "MEE", True, NOW)
        unit.sources.set_state(state)
        assert unit.sources.state("mee") == state
        assert unit.sources.health()[0].last_success_at == NOW
        assert unit.sources.state("other") is None
        unit.sources.keep_aside(KeptAside("acled", "rows.csv", "no date", "a,b", 7), at=NOW)
        assert unit.sources.kept("acled") == (KeptAside("acled", "rows.csv", "no date", "a,b", 7),)


def test_learned_places_come_back_with_all_their_names(storage: Storage) -> None:
    with storage.begin(write=True) as unit:
        assert unit.places.save(ARIHA, ["Ariha", "Arihah"], at=NOW)
        assert not unit.places.save(ARIHA, ["Arihah"], at=NOW)
        assert unit.places.save(ARIHA, ["Eriha"], at=NOW)
        assert unit.places.save(AZAZ, origin="learned", at=NOW)
        found: dict[Place, tuple[str, ...]] = dict(unit.places.all())
        assert found.keys() == {ARIHA, AZAZ}
        assert set(found[ARIHA]) == {"Ariha", "Arihah", "Eriha", "أريحا"}
        assert unit.places.get(AZAZ.place_id) == AZAZ
        assert unit.places.count() == 2
        assert unit.places.remove(AZAZ.place_id)


def test_what_operators_do_leaves_a_trail_and_readers_remember_their_place(storage: Storage) -> None:
    action = OperatorAction("op", "hold", "AAAA", NOW, {"why": "checking"})
    with storage.begin(write=True) as unit:
        unit.operators.record(action)
        assert unit.operators.of_subject("AAAA") == (action,)
        assert unit.changes.cursor("matcher") == 0
        unit.changes.move_cursor("matcher", 5, at=NOW)
        unit.changes.move_cursor("matcher", 9, at=NOW)
        assert unit.changes.cursor("matcher") == 9
