"""The pipeline: a report is taken in whole or not at all, with its changes, whatever came before it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from conflict.claims import Claim
from conflict.composing import compose
from conflict.errors import StorageError
from conflict.events import ChangeKind, ConflictEvent, Corroborate, EventData, Insert, Report
from conflict.facts import EventFacts, Evidence
from conflict.gazetteer import Gazetteer
from conflict.places import EventPlace, Place
from conflict.questions import Question, QuestionKind
from conflict.tolls import BreachTally, TollReport
from conflict.vocabulary import OriginatorKind, PartOfDay, PlaceLevel, SubEventType, Verification
from ingest.extraction import Extractor
from ingest.pipeline import Pipeline
from ingest.sample import sample_reports
from ingest.sources.files import read_file, report_of
from storage import EventQuery, Storage, open_storage

SEED = Path(__file__).parents[3] / "shared" / "data" / "seed_article.txt"
NOW = datetime(2019, 12, 2, 18, tzinfo=UTC)
DAY = date(2019, 11, 20)
IDLIB = Place("gn:169387", "Idlib", PlaceLevel.ADMIN1, country_code="SY", admin1="Idlib", admin1_id="gn:169387")
QAH = Place("sr:qah", "Qah", PlaceLevel.SETTLEMENT, country_code="SY", admin1="Idlib", admin1_id="gn:169387")


@dataclass(frozen=True)
class Read:
    """What the stand-in for the extractor read out of a report."""

    events: tuple[EventData, ...] = ()
    tolls: tuple[TollReport, ...] = ()
    tallies: tuple[BreachTally, ...] = ()
    reason: str | None = None


class Told:
    """Stands in for the extractor: gives what a test says is in a report."""

    def __init__(self) -> None:
        self.read: dict[str, Read] = {}

    def extract(self, report: Report) -> Read:
        return self.read.get(report.report_id, Read(reason="no words that tell of an event"))


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[Storage]:
    opened = open_storage(f"sqlite:///{tmp_path / 'sitrep.db'}")
    opened.migrate()
    yield opened
    opened.close()


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def pipeline(storage: Storage, told: Told) -> Pipeline:
    return Pipeline(storage, told, lambda: NOW)


def report(
    told: Told, publisher: str, who: str | None = "SOHR", *, text: str | None = None, days: int = 0, **facts: Any
) -> Report:
    made = report_of(text or f"{publisher}: {facts}", publisher=publisher, published_at=NOW - timedelta(9 - days))
    facts.setdefault("sub_event_type", SubEventType.SHELLING)
    facts.setdefault("event_date", DAY)
    facts.setdefault("places", (EventPlace("Qah", QAH),))
    said = EventFacts(**facts)
    words = text.split(". ", 1)[0] if text else None
    evidence = Evidence(0, len(words), words) if words else None
    claim = Claim(f"{made.report_id}/0", made.report_id, publisher, said, who, evidence=evidence)
    told.read[made.report_id] = Read((EventData(made.report_id, 0, said, (claim,)),))
    return made


def held(storage: Storage) -> list[ConflictEvent]:
    with storage.begin() as unit:
        return list(unit.events.query(EventQuery(limit=100)).events)


def test_a_new_report_becomes_an_event_with_its_change(pipeline: Pipeline, storage: Storage, told: Told) -> None:
    result = pipeline.ingest(report(told, "Agency", fatalities_best=15))
    assert (result.stored, result.inserted, result.revised, result.corroborated) == (True, 1, 0, 0)
    assert isinstance(result.intents[0], Insert)
    (event,) = held(storage)
    assert event.claims[0].published_at == NOW - timedelta(9)
    with storage.begin() as unit:
        (change,) = unit.changes.since(0)
    assert (change.event_id, change.kind, change.changed_at) == (event.event_id, ChangeKind.NEW, NOW)


def test_the_same_report_twice_changes_nothing(pipeline: Pipeline, storage: Storage, told: Told) -> None:
    same = report(told, "Agency")
    pipeline.ingest(same)
    again = pipeline.ingest(same)
    assert (again.stored, again.events, again.intents) == (False, (), ())
    with storage.begin() as unit:
        assert unit.changes.latest_id() == 1


def test_a_further_voice_corroborates_and_the_same_voice_revises(
    pipeline: Pipeline, storage: Storage, told: Told
) -> None:
    pipeline.ingest(report(told, "Agency", fatalities_best=15))
    assert pipeline.ingest(report(told, "Wire", fatalities_best=16, days=1)).revised == 1
    result = pipeline.ingest(report(told, "Daily", "Red Crescent", fatalities_best=16, days=2))
    assert result.corroborated == 1
    assert isinstance(result.intents[0], Corroborate)
    (event,) = held(storage)
    assert event.verification is Verification.CORROBORATED
    assert (event.revision, event.facts.fatalities_best) == (3, 16)
    with storage.begin() as unit:
        changes = unit.changes.of_event(event.event_id)
    assert [c.kind for c in changes] == [ChangeKind.NEW, ChangeKind.REVISED, ChangeKind.CORROBORATED]
    assert "fatalities_best" in changes[1].fields


def test_a_later_report_can_part_what_an_earlier_one_joined(pipeline: Pipeline, storage: Storage, told: Told) -> None:
    vague = report(told, "Agency", fatalities_best=4)
    pipeline.ingest(vague)
    pipeline.ingest(report(told, "Wire", part_of_day=PartOfDay.MORNING, days=1))
    assert len(held(storage)) == 1
    pipeline.ingest(report(told, "Daily", part_of_day=PartOfDay.EVENING, fatalities_best=4, days=2))
    events = held(storage)
    assert sorted(len(e.claims) for e in events) == [1, 2]
    claims = [c.claim_id for e in events for c in e.claims]
    assert len(claims) == len(set(claims)) == 3


def test_near_copies_are_one_event_even_without_a_settlement(pipeline: Pipeline, storage: Storage, told: Told) -> None:
    text = (
        "Artillery fire hit several places in the province on Wednesday, the agency reported. Rescue workers spoke of "
        "damage to houses and roads and said that they could not reach two of the places because of the shelling."
    )
    somewhere: dict[str, Any] = {"places": (EventPlace("Idlib", IDLIB),)}
    pipeline.ingest(report(told, "Agency", None, text=text, **somewhere))
    pipeline.ingest(report(told, "Outlet", None, text=text.replace("Rescue workers", "Rescuers"), days=1, **somewhere))
    (event,) = held(storage)
    assert len(event.claims) == 2
    assert event.verification is Verification.UNVERIFIED  # the same words through two outlets are one voice


def test_what_a_data_set_says_in_its_own_name_is_no_witness(pipeline: Pipeline, storage: Storage, told: Told) -> None:
    pipeline.ingest(report(told, "Agency"))
    pipeline.ingest(report(told, "UCDP", None, days=1))
    (event,) = held(storage)
    assert event.verification is Verification.UNVERIFIED
    assert [c.originator_kind for c in event.claims][-1] is OriginatorKind.DATASET


def test_undated_reports_are_kept_undated(pipeline: Pipeline, storage: Storage, told: Told) -> None:
    undated = replace(report(told, "Agency"), published_at=None)
    pipeline.ingest(undated)
    (event,) = held(storage)
    assert event.first_reported_at is None
    assert event.claims[0].published_at is None


def test_a_report_without_events_is_kept_with_the_reason(pipeline: Pipeline, storage: Storage) -> None:
    made = report_of("Nothing of note.", publisher="Agency", published_at=NOW)
    result = pipeline.ingest(made)
    assert (result.stored, result.reason) == (True, "no words that tell of an event")
    with storage.begin() as unit:
        assert unit.reports.get(made.report_id) == made


def test_a_failure_leaves_nothing_of_the_report(
    pipeline: Pipeline, storage: Storage, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = report(told, "Agency")

    def fail(*_: Any, **__: Any) -> None:
        raise StorageError("the disk is full")

    monkeypatch.setattr("storage.events.Events.save", fail)
    with pytest.raises(StorageError):
        pipeline.ingest(made)
    monkeypatch.undo()
    assert held(storage) == []
    assert pipeline.ingest(made).inserted == 1


def test_the_sample_never_meets_what_is_real(pipeline: Pipeline, storage: Storage, told: Told) -> None:
    real = report(told, "Agency")
    shown = replace(report(told, "Wire"), sample=True)
    pipeline.ingest(real)
    pipeline.ingest(shown)
    assert sorted(e.sample for e in held(storage)) == [False, True]


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor.load(Gazetteer.load())


def test_real_reports_in_any_order_end_in_the_same_events(extractor: Extractor, tmp_path: Path) -> None:
    partitions = set()
    for seed in (1, 2):
        reports = sample_reports()
        random.Random(seed).shuffle(reports)
        storage = open_storage(f"sqlite:///{tmp_path / f'{seed}.db'}")
        storage.migrate()
        Pipeline(storage, extractor, lambda: NOW).ingest_all(reports)
        partitions.add(frozenset(frozenset(c.claim_id for c in e.claims) for e in held(storage)))
        storage.close()
    assert len(partitions) == 1


def test_the_seed_article_and_rewrites_count_ninety_six_once(storage: Storage, extractor: Extractor) -> None:
    if not SEED.is_file():
        pytest.skip("shared/data/seed_article.txt is not beside this checkout")
    pipeline = Pipeline(storage, extractor, lambda: NOW)
    title = "Syrian government clashes with Idlib fighters leave almost 100 dead"
    (article,) = read_file(SEED, source="Middle East Eye", title=title, published="2019-12-02")
    assert pipeline.ingest(article).inserted >= 5
    for outlet in ("Outlet A", "Outlet B"):
        rewrite = report_of(
            "Clashes in Syria's Idlib province killed 51 pro-government fighters and 45 of their opponents in 48 "
            "hours, the Syrian Observatory for Human Rights said on Monday.",
            publisher=outlet,
            published_at=NOW,
        )
        pipeline.ingest(rewrite)
    query = EventQuery(places=(IDLIB,), as_of=NOW)
    with storage.begin() as unit:
        page = unit.events.query(query)
        answer = compose(
            Question(QuestionKind.LATEST, "latest in Idlib", "en", places=(IDLIB,)),
            NOW,
            events=page.events,
            total=page.total,
            all_for_totals=unit.events.for_totals(query),
            tolls=unit.tolls.query(query),
            ceasefires=unit.ceasefires.query([IDLIB.place_id], NOW.date(), NOW.date()),
        )
    assert answer.fatalities.best == 96
    assert len(answer.ceasefires) == 1
    fought = [e for e in answer.events if e.facts.sub_event_type is SubEventType.ARMED_CLASH]
    assert all(e.verification is not Verification.CONFIRMED for e in answer.events)
    assert any(e.facts.breach and e.facts.breach.inferred for e in fought)
