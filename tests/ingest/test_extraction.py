"""Text to events: our own sentences with gold, properties on any text, pages without an article."""

from __future__ import annotations

import time
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conflict.events import Report, ReportKind
from conflict.gazetteer import Gazetteer
from conflict.jsonform import event_data_json, tally_json, toll_json
from conflict.vocabulary import Status
from ingest.extraction import Extraction, Extractor, explain

CASES = Path(__file__).parents[1] / "data" / "extraction" / "sentences.toml"
PUBLISHED = datetime(2019, 12, 2, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor.load(Gazetteer.load())


def report(text: str, *, published: datetime | None = PUBLISHED) -> Report:
    return Report("r1", "test", "Test Wire", ReportKind.TEXT, text, published_at=published)


def cases() -> list[Any]:
    rows = tomllib.loads(CASES.read_text(encoding="utf-8"))["case"]
    return [pytest.param(row, id=row["text"][:40]) for row in rows]


@pytest.mark.parametrize("case", cases())
def test_a_sentence_becomes_the_events_it_tells(extractor: Extractor, case: dict[str, Any]) -> None:
    found = extractor.extract(report(case["text"]))
    news = [e for e in found.events if e.facts.status is not Status.BACKGROUND]
    assert [e.facts.sub_event_type.value for e in news] == case["sub"], explain(found)
    if "tally" in case:
        assert [t.count for t in found.tallies] == [case["tally"]]
    if not news:
        assert found.reason or found.events
        return
    facts = news[0].facts
    expected = {
        "day": facts.event_date.isoformat() if facts.event_date else None,
        "admin1": facts.primary_place.place.admin1 if facts.primary_place and facts.primary_place.place else None,
        "low": facts.fatalities_low,
        "high": facts.fatalities_high,
        "best": "none" if facts.fatalities_best is None else facts.fatalities_best,
        "assertion": facts.assertion.value,
        "actor1": facts.actor1.actor_id if facts.actor1 else None,
        "originator": news[0].claims[0].originator,
        "kind": facts.casualties[0].kind.value if facts.casualties else None,
        "breach": next([b.accuser, b.accused] for b in facts.breach.reported) if facts.breach else None,
    }
    for key, value in expected.items():
        if key in case:
            assert value == case[key], explain(found)
    assert set(case.get("tags", ())) <= set(facts.tags)


def test_every_event_rests_on_words_of_its_report(extractor: Extractor) -> None:
    text = (
        "Intro.\n\nShelling killed two people in Idlib on Sunday, the\u00a0Observatory said. Clashes went on in Hama."
    )
    for event in extractor.extract(report(text)).events:
        for claim in event.claims:
            assert claim.evidence
            assert text[claim.evidence.start : claim.evidence.end] == claim.evidence.text


def test_the_same_toll_in_lead_and_detail_counts_once(extractor: Extractor) -> None:
    text = (
        "Clashes between rebels and government forces in Idlib killed nearly 30 over 48 hours, a monitor said.\n\n"
        "Sixteen rebels had been killed over 48 hours, while 12 soldiers had also lost their lives, the monitor said."
    )
    events = extractor.extract(report(text)).events
    assert [e.facts.fatalities_best for e in events] == [28]


def test_a_title_that_the_text_does_not_repeat_is_read_too(extractor: Extractor) -> None:
    body = "Residents said the blasts lasted for an hour."
    titled = Report(
        "r1", "test", "T", ReportKind.TEXT, body, title="Shelling kills three in Saraqib", published_at=PUBLISHED
    )
    (event,) = extractor.extract(titled).events
    assert event.facts.fatalities_best == 3
    assert event.evidence
    assert (event.evidence.start, event.evidence.text) == (0, "Shelling kills three in Saraqib")


def test_who_denies_an_accusation_is_kept(extractor: Extractor) -> None:
    text = (
        "Hezbollah accused Israel of violating the ceasefire by a drone strike on Tyre on Sunday. "
        "The Israeli army denied the accusation."
    )
    (event,) = extractor.extract(report(text)).events
    assert event.facts.breach
    assert [(b.accused, b.denied_by) for b in event.facts.breach.reported] == [("israel", "israel")]


def test_roles_have_one_word_in_every_language(extractor: Extractor) -> None:
    for text in ("Shelling killed two medics in Idlib.", "مقتل مسعفين اثنين بقصف على إدلب."):
        (event,) = extractor.extract(report(text)).events
        assert [(c.role, c.count) for c in event.facts.casualties] == [("medics", 2)]


def test_two_strikes_on_one_day_stay_two(extractor: Extractor) -> None:
    text = (
        "Air strikes hit Kafr Nabl on Sunday morning, residents said.\n\n"
        "Air strikes hit Saraqib on Sunday afternoon, a monitor said."
    )
    events = extractor.extract(report(text)).events
    assert [e.facts.part_of_day and e.facts.part_of_day.value for e in events] == ["morning", "afternoon"]


def test_links_captions_and_navigation_tell_nothing(extractor: Extractor) -> None:
    text = (
        "Skip to main content\n\nThousands return to the market of Hama\n\n"
        "A man looks at a house after shelling in Hama on Sunday (AFP)\n\n"
        "The market reopened on Monday.\n\nRebels shell Hama and kill nine\nRead More »\n\nTraders were glad."
    )
    found = extractor.extract(report(text))
    assert not found.events
    assert found.reason


def test_an_undated_report_leaves_relative_days_unknown(extractor: Extractor) -> None:
    relative, explicit = (
        extractor.extract(report(f"Shelling killed two people in Idlib {when}.", published=None)).events[0].facts
        for when in ("on Sunday", "on 4 May 2018")
    )
    assert relative.event_date is None
    assert explicit.event_date is not None
    assert explicit.event_date.isoformat() == "2018-05-04"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   \n ",
        "Home\nWorld\nSports\nSign in",
        "12 34 56",
        "Subscribe to continue reading this article.",
        "Привет, мир. Всё хорошо.",
    ],
)
def test_what_is_no_article_gives_a_reason(extractor: Extractor, text: str) -> None:
    found = extractor.extract(report(text))
    assert not found.events
    assert found.reason


_WORDS = st.sampled_from(
    [
        "killed",
        "12",
        "at least",
        "shelling",
        "in Idlib",
        "on Sunday",
        "(",
        ")",
        '"',
        "—",
        "clashes",
        "since",
        "ceasefire",
        "violations",
        "including",
        "children",
        "قتل",
        "قصف",
        "غارة",
        "في",
        "إدلب",
        "\n\n",
        ".",
        "said",
        "SOHR",
        "between",
        "had been",
        "air strikes\xa0",
        "\u200f",
        "\x00",
    ]
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.one_of(st.text(max_size=300), st.lists(_WORDS, max_size=60).map(" ".join)), dated=st.booleans())
def test_no_text_breaks_it(extractor: Extractor, text: str, dated: bool) -> None:
    found = extractor.extract(report(text, published=PUBLISHED if dated else None))
    assert found.events or found.reason
    _well_formed(found)
    assert max((len(line) for line in explain(found).splitlines()), default=0) <= 80


def _well_formed(found: Extraction) -> None:
    for event in found.events:
        facts = event.facts
        assert event.claims
        assert event_data_json(event)["event_type"]
        bounds = [v for v in (facts.fatalities_low, facts.fatalities_best, facts.fatalities_high) if v is not None]
        assert bounds == sorted(bounds)
        if facts.event_date and facts.event_date_end:
            assert facts.event_date <= facts.event_date_end
    assert all(toll_json(t) for t in found.tolls)
    assert all(tally_json(t) for t in found.tallies)


@pytest.mark.parametrize(
    "unit", ["a", "killed 12 ", '"', "\u202e\u200f", "\x00", "قصف ", "shelling near Idlib on Monday "]
)
def test_time_grows_no_faster_than_length(extractor: Extractor, unit: str) -> None:
    def cost(text: str) -> float:
        began = time.process_time()
        extractor.extract(report(text))
        return time.process_time() - began

    short, long = (unit * (size // len(unit)) for size in (5_000, 20_000))
    cost(short)
    least = min(cost(short) for _ in range(3))
    assert min(cost(long) for _ in range(2)) < 12 * least + 0.1
