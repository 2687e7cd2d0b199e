"""Rules of extraction that hold whatever the word lists grow to: headings, words beside words, what is no report."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from conflict.events import Report, ReportKind
from conflict.gazetteer import Gazetteer
from conflict.vocabulary import SubEventType
from ingest.extraction import Extraction, Extractor


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor.load(Gazetteer.load())


def read(extractor: Extractor, text: str, title: str | None = None) -> Extraction:
    at = datetime(2024, 5, 14, 12, tzinfo=UTC)
    return extractor.extract(Report("r", "s", "S", ReportKind.TEXT, text, title=title, published_at=at))


@pytest.mark.parametrize(
    ("text", "sub"),
    [
        ("Property destruction: On 12 May 2024, soldiers shelled and burned homes in Burin.", SubEventType.LOOTING),
        (
            "Interception: On 12 May 2024, air defence forces fired at drones over Odesa.",
            SubEventType.DISRUPTED_WEAPONS,
        ),
        ("Detention: On 12 May 2024, Israeli forces raided Jenin and shot at cars.", SubEventType.ARRESTS),
    ],
)
def test_a_coders_heading_decides(extractor: Extractor, text: str, sub: SubEventType) -> None:
    assert [e.facts.sub_event_type for e in read(extractor, text).events] == [sub]


@pytest.mark.parametrize("text", ["The two sides signed a truce in Jeddah.", "وقع الطرفان هدنة في جدة."])
def test_signing_is_an_agreement_only_beside_what_ends_fighting(extractor: Extractor, text: str) -> None:
    assert [e.facts.sub_event_type for e in read(extractor, text).events] == [SubEventType.AGREEMENT]
    other = text.replace("a truce", "a trade contract").replace("هدنة", "عقدا تجاريا")
    assert read(extractor, other).events == ()


@pytest.mark.parametrize("heading", ["Opinion: ", "Explainer: ", "RETRACTED: "])
def test_what_is_no_report_tells_no_event(extractor: Extractor, heading: str) -> None:
    told = "Warplanes bombed Saraqib on Monday and killed nine people."
    assert read(extractor, told).events
    for found in (read(extractor, heading + told), read(extractor, told, title=heading + "Saraqib")):
        assert found.events == ()
        assert found.reason is not None
        assert found.reason.startswith("no report")


def test_a_drill_is_no_breach_and_a_tally_no_events(extractor: Extractor) -> None:
    found = read(
        extractor,
        "The OSCE recorded 159 ceasefire violations in Donetsk region on Monday, including 33 explosions, "
        "and 22 explosions from a live-fire exercise.",
    )
    (tally,) = found.tallies
    assert (found.events, tally.count, tally.kinds, tally.exercise) == ((), 159, (("explosions", 33),), False)


def test_confidence_is_a_share_that_grows_with_what_is_known(extractor: Extractor) -> None:
    (exact,) = read(extractor, "Warplanes bombed Saraqib on Monday and killed nine people, rescuers said.").events
    (vague,) = read(extractor, "There were air strikes.").events
    assert exact.confidence is not None
    assert vague.confidence is not None
    assert 0 < vague.confidence < exact.confidence < 1
