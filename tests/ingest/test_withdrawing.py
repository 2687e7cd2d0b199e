"""What a source changes, deletes or takes back: what we hold follows, on both databases; what others say stays."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from conflict.events import ChangeKind, ConflictEvent, Report, ReportKind
from conflict.gazetteer import Gazetteer
from conflict.vocabulary import Verification
from ingest.extraction import Extractor
from ingest.pipeline import Pipeline
from storage import EventQuery, Storage, open_storage
from tests.storage.conftest import (  # noqa: F401  both databases, as the storage tests have them
    migrated_database,
    migrated_file,
    postgresql_server,
    storage_url,
)

pytestmark = pytest.mark.usefixtures("storage_url")

NOW = datetime(2024, 5, 14, 12, tzinfo=UTC)
STRIKE = "Warplanes bombed Saraqib on Monday and killed nine people, rescuers said."
OTHERS = "Four people were killed when shells hit Ariha on Monday, residents said."


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor.load(Gazetteer.load())


@pytest.fixture
def storage(request: pytest.FixtureRequest) -> Iterator[Storage]:
    opened = open_storage(request.getfixturevalue("storage_url"))
    yield opened
    opened.close()


@pytest.fixture
def pipeline(storage: Storage, extractor: Extractor) -> Pipeline:
    return Pipeline(storage, extractor, lambda: NOW)


def item(source: str, number: str, version: int, text: str) -> Report:
    at = NOW + timedelta(minutes=version)
    return Report(
        f"{source}/{number}/{version}",
        source,
        source,
        ReportKind.POST,
        text,
        language="en",
        published_at=at,
        external_id=number,
    )


def changes(storage: Storage, event: ConflictEvent) -> list[ChangeKind]:
    with storage.begin() as unit:
        return [c.kind for c in unit.changes.of_event(event.event_id)]


def listed(storage: Storage) -> list[ConflictEvent]:
    with storage.begin() as unit:
        return list(unit.events.query(EventQuery(limit=50)).events)


def get(storage: Storage, event: ConflictEvent) -> ConflictEvent:
    with storage.begin() as unit:
        found = unit.events.get(event.event_id)
    assert found is not None
    return found


def test_an_edited_post_revises_its_event_and_withdraws_what_it_no_longer_says(
    storage: Storage, pipeline: Pipeline
) -> None:
    before = pipeline.ingest(item("a", "1", 1, f"{STRIKE}\n\n{OTHERS}")).events
    strike, shells = sorted(before, key=lambda e: e.facts.sub_event_type.value)
    pipeline.ingest(item("a", "1", 2, STRIKE.replace("nine", "six")))
    assert get(storage, strike).facts.fatalities_best == 6
    assert get(storage, shells).verification is Verification.RETRACTED
    assert ChangeKind.RETRACTED in changes(storage, shells)
    assert all(e.event_id != shells.event_id for e in listed(storage))
    assert not pipeline.ingest(item("a", "1", 2, STRIKE.replace("nine", "six"))).stored


def test_a_former_version_that_comes_late_changes_nothing(storage: Storage, pipeline: Pipeline) -> None:
    (strike,) = pipeline.ingest(item("a", "1", 2, STRIKE)).events
    pipeline.ingest(item("a", "1", 1, f"{STRIKE.replace('nine', 'four')}\n\n{OTHERS}"))
    assert [e.event_id for e in listed(storage)] == [strike.event_id]
    assert get(storage, strike).facts.fatalities_best == 9


def test_a_deleted_post_withdraws_what_nobody_else_says(storage: Storage, pipeline: Pipeline) -> None:
    (strike,) = pipeline.ingest(item("a", "1", 1, STRIKE)).events
    (shells,) = pipeline.ingest(item("a", "2", 1, OTHERS)).events
    pipeline.ingest(item("b", "7", 1, "Saraqib: air strike on Monday kills eight, the White Helmets said."))
    assert pipeline.withdraw("a", "1", "deleted by the channel") == 1
    assert pipeline.withdraw("a", "2", "deleted by the channel") == 1
    left = get(storage, strike)
    assert left.verification is not Verification.RETRACTED
    assert (len(left.claims), left.facts.fatalities_best) == (1, 8)
    assert get(storage, shells).verification is Verification.RETRACTED
    assert pipeline.withdraw("a", "2", "deleted by the channel") == 0


def test_a_story_that_is_marked_as_retracted_is_withdrawn(storage: Storage, pipeline: Pipeline) -> None:
    (strike,) = pipeline.ingest(item("a", "1", 1, STRIKE)).events
    after = pipeline.ingest(item("a", "1", 2, f"RETRACTED: {STRIKE}"))
    assert (after.events, after.reason) == ((), 'no report ("RETRACTED")')
    assert get(storage, strike).verification is Verification.RETRACTED


COUNTED = "At least 40 people have been killed in Idlib since 1 May, the Observatory said."
TALLY = "The OSCE recorded 159 ceasefire violations in Donetsk region on Monday."


def counted(storage: Storage) -> tuple[int, int]:
    with storage.begin() as unit:
        return unit.tolls.count(), unit.tallies.count()


@pytest.mark.parametrize("versions", [(1, 2), (2, 1)])
def test_an_edit_takes_the_counts_of_the_former_words_with_it(
    storage: Storage, pipeline: Pipeline, versions: tuple[int, int]
) -> None:
    words = {1: f"{COUNTED}\n\n{TALLY}", 2: STRIKE}
    for version in versions:
        pipeline.ingest(item("a", "1", version, words[version]))
    pipeline.ingest(item("a", "2", 1, COUNTED.replace("40", "50")))
    assert counted(storage) == (1, 0)


def test_what_a_deleted_post_counted_is_gone(storage: Storage, pipeline: Pipeline) -> None:
    pipeline.ingest(item("a", "1", 1, f"{COUNTED}\n\n{TALLY}"))
    assert counted(storage) == (1, 1)
    pipeline.withdraw("a", "1", "deleted by the channel")
    assert counted(storage) == (0, 0)


def test_a_coarser_report_is_linked_and_stays_apart(storage: Storage, pipeline: Pipeline) -> None:
    (fine,) = pipeline.ingest(item("a", "1", 1, STRIKE)).events
    (coarse,) = pipeline.ingest(item("b", "1", 1, "Air strikes hit Idlib province on Monday, a monitor said.")).events
    assert fine.event_id != coarse.event_id
    with storage.begin() as unit:
        links = unit.events.links(fine.event_id)
    assert links == ((*sorted((fine.event_id, coarse.event_id)), "possibly_same"),)
