"""The bundled sample: each text says what its header says, and a first question has an answer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from conflict.composing import compose, days_of
from conflict.errors import InputError
from conflict.events import ConflictEvent
from conflict.gazetteer import Gazetteer
from conflict.question_parser import parse_question
from conflict.questions import Question
from conflict.vocabulary import OriginatorKind, Verification
from ingest.extraction import Extractor
from ingest.pipeline import Pipeline
from ingest.sample import SampleEntry, load_sample, parse_sample, remove_sample, sample_entries, sample_reports
from storage import EventQuery, Storage, open_storage

NOW = datetime(2019, 12, 2, 18, tzinfo=UTC)
ENTRIES = sample_entries()


@pytest.fixture(scope="module")
def places() -> Gazetteer:
    return Gazetteer.load()


@pytest.fixture(scope="module")
def extractor(places: Gazetteer) -> Extractor:
    return Extractor.load(places)


@pytest.fixture(scope="module")
def loaded(extractor: Extractor, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Storage]:
    storage = open_storage(f"sqlite:///{tmp_path_factory.mktemp('sample') / 'sitrep.db'}")
    storage.migrate()
    load_sample(Pipeline(storage, extractor, lambda: NOW))
    yield storage
    storage.close()


def test_it_is_what_was_promised() -> None:
    reports = sample_reports()
    assert len(reports) >= 25
    assert sum(r.language == "ar" for r in reports) >= 6
    assert all(r.sample and r.published_at and r.url is None for r in reports)
    assert len({r.report_id for r in reports}) == len(reports)
    assert all(e.paraphrase_of.startswith(("ucdp:", "mee:")) for e in ENTRIES)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: f"{e.report.published_at:%m-%d}-{e.expect['place']}")
def test_each_text_gives_the_event_of_its_header(entry: SampleEntry, extractor: Extractor) -> None:
    extraction = extractor.extract(entry.report)
    (data,) = extraction.events
    facts, expect = data.facts, entry.expect
    assert facts.event_date == expect["day"]
    assert facts.primary_place is not None
    assert facts.primary_place.place is not None
    assert facts.primary_place.place.name == expect["place"]
    assert facts.sub_event_type.value == expect["sub_event_type"]
    assert facts.fatalities_best == expect.get("killed")
    assert facts.fatalities_low == expect.get("low", expect.get("killed"))
    assert facts.fatalities_high == expect.get("high", expect.get("killed"))


def events_of(storage: Storage, places: Gazetteer, name: str, as_of: datetime | None) -> tuple[ConflictEvent, ...]:
    (place,) = [c.place for c in places.find(name, country="SY", limit=1)]
    with storage.begin() as unit:
        return unit.events.query(EventQuery(places=(place,), as_of=as_of)).events


def test_the_strike_on_qah_keeps_every_figure_that_was_stated(loaded: Storage, places: Gazetteer) -> None:
    (event,) = events_of(loaded, places, "Qah", None)
    facts = event.facts
    assert (facts.fatalities_low, facts.fatalities_best, facts.fatalities_high) == (19, 19, 30)
    assert [c.facts.fatalities_best for c in event.claims if c.originator == "SOHR"] == [15, 16, 19]
    assert event.verification is Verification.UNVERIFIED
    assert {c.originator_kind for c in event.claims} == {OriginatorKind.MONITOR, OriginatorKind.DATASET}
    assert facts.breach is not None
    assert facts.breach.inferred == ("idlib-2019-08-31",)
    (then,) = events_of(loaded, places, "Qah", NOW)
    assert then.facts.fatalities_best == 16


@pytest.mark.parametrize(
    "text", ["latest in Idlib", "آخر الأخبار في إدلب", "how many killed in Idlib since 20 November"]
)
def test_a_first_question_has_an_answer(text: str, loaded: Storage, places: Gazetteer) -> None:
    question = parse_question(text, places=places, now=NOW)
    assert isinstance(question, Question)
    first, last = days_of(question)
    query = EventQuery(places=question.places, first_day=first, last_day=last, as_of=NOW)
    with loaded.begin() as unit:
        page = unit.events.query(query)
        answer = compose(
            question,
            NOW,
            events=page.events,
            total=page.total,
            all_for_totals=unit.events.for_totals(query),
            tolls=unit.tolls.query(query),
            ceasefires=unit.ceasefires.query(
                [p.place_id for p in question.places], first or NOW.date(), last or NOW.date()
            ),
        )
    assert answer.sample
    assert answer.total >= 20
    assert {"SOHR", "AMN", "Airwars"} <= set(answer.originators)
    assert [c.ceasefire_id for c in answer.ceasefires] == ["idlib-2019-08-31"]
    days = [e.facts.event_date for e in answer.events if e.facts.event_date]
    assert days == sorted(days, reverse=True)
    # The 48 hours of 30 November to 2 December count 96 once: the village clashes of those days lie in it.
    late = [e for e in answer.events if e.facts.event_date and e.facts.event_date.isoformat() >= "2019-11-30"]
    assert max(e.facts.fatalities_best or 0 for e in late) == 96
    assert answer.fatalities.best is not None
    since = sum(e.expect.get("killed", 0) for e in ENTRIES if first is None or e.expect["day"] >= first)
    assert 96 < answer.fatalities.best < since


def test_a_second_time_changes_nothing_and_removal_leaves_nothing(extractor: Extractor, tmp_path: Path) -> None:
    storage = open_storage(f"sqlite:///{tmp_path / 'sitrep.db'}")
    storage.migrate()
    pipeline = Pipeline(storage, extractor, lambda: NOW)
    first = load_sample(pipeline)
    assert all(r.stored for r in first)
    with storage.begin() as unit:
        before = unit.changes.latest_id()
    assert not any(r.stored for r in load_sample(pipeline))
    with storage.begin() as unit:
        assert unit.changes.latest_id() == before
    assert remove_sample(storage) > 0
    with storage.begin() as unit:
        assert (unit.events.count(), unit.reports.count(), unit.ceasefires.all()) == (0, 0, ())
    storage.close()


def test_a_damaged_sample_is_named() -> None:
    with pytest.raises(InputError, match="report 1: text is missing"):
        parse_sample('[[report]]\nsource = "A"')
    with pytest.raises(InputError, match="must be a day"):
        parse_sample('[[report]]\nsource="A"\ntext="x"\nparaphrase_of="y"\nlanguage="en"\npublished_at="soon"')
    with pytest.raises(InputError, match="not valid TOML"):
        parse_sample("[[report")
