"""The article the project starts from, coded by hand; skipped where the shared data is absent."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from conflict.events import Report, ReportKind
from conflict.gazetteer import Gazetteer
from conflict.vocabulary import Assertion, Status
from ingest.extraction import Extraction, Extractor

_DATA = Path(__file__).parents[3] / "shared" / "data"


@pytest.fixture(scope="module")
def found() -> Extraction:
    if not (_DATA / "seed_article.txt").is_file():
        pytest.skip("../shared/data is not there")
    text = (_DATA / "seed_article.txt").read_text(encoding="utf-8")
    published = datetime(2019, 12, 2, tzinfo=UTC)
    one = Report("seed", "mee", "Middle East Eye", ReportKind.TEXT, text, published_at=published)
    return Extractor.load(Gazetteer.load()).extract(one)


def test_all_events_are_found_and_nothing_more(found: Extraction) -> None:
    gold = json.loads((_DATA / "gold_seed_article.json").read_text(encoding="utf-8"))["events"]
    news = [e.facts for e in found.events if e.facts.status is not Status.BACKGROUND]
    wanted = sorted(
        (e["sub_event_type"], e["date_start"] if e["id"] not in ("E8", "E9") else "2019-12-02") for e in gold
    )
    assert sorted((f.sub_event_type.value, str(f.event_date)) for f in news) == wanted


def test_the_toll_is_ninety_six_and_stated_once(found: Extraction) -> None:
    tolls = {(e.sequence, e.facts.fatalities_best) for e in found.events if e.facts.fatalities_best}
    assert tolls == {(0, 96)}
    assert sorted(c.count or 0 for c in found.events[0].facts.casualties) == [45, 51]
    claim = found.events[0].claims[0]
    assert (claim.originator, claim.carrier) == ("SOHR", "AFP")
    breach = found.events[0].facts.breach
    assert breach
    assert [(b.accuser, b.accused) for b in breach.reported] == [("SOHR", None)]


def test_the_deployment_is_announced_in_three_towns(found: Extraction) -> None:
    announced = [e.facts for e in found.events if e.facts.assertion is Assertion.ANNOUNCED]
    assert [[p.text for p in f.places][:3] for f in announced] == [["Amuda", "Tal Tamr", "Ain Issa"]]
