"""Questions in words -> questions as data, over the bank in tests/data/questions.jsonl and the real gazetteer."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from time import process_time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conflict.gazetteer import Gazetteer
from conflict.question_parser import LONGEST, parse_question, script_language
from conflict.questions import Clarification, Question, QuestionKind

NOW = datetime(2019, 12, 2, 18, tzinfo=UTC)
BANK = Path(__file__).resolve().parents[1] / "data" / "questions.jsonl"
ROWS: list[dict[str, Any]] = [json.loads(line) for line in BANK.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return Gazetteer.load()


def ask(text: str, gazetteer: Gazetteer, **more: Any) -> Question:
    parsed = parse_question(text, places=gazetteer, now=NOW, **more)
    assert isinstance(parsed, Question), f"{text!r} asks back: {parsed}"
    return parsed


@pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])
def test_the_bank(row: dict[str, Any], gazetteer: Gazetteer) -> None:
    parsed = parse_question(row["text"], places=gazetteer, now=NOW)
    if row["kind"] == "clarify":
        assert isinstance(parsed, Clarification)
        assert 2 <= len(parsed.choices) <= 6
        assert len({place.place_id for place in parsed.choices}) == len(parsed.choices)
        return
    assert isinstance(parsed, Question), parsed
    said = {
        "kind": parsed.kind.value,
        "places": [f"{place.name}/{place.level.value}" for place in parsed.places],
        "period": [str(at)[:10] for at in (parsed.period.start, parsed.period.end) if at] or None,
        "event_types": [kind.value for kind in parsed.event_types],
        "sub_event_types": [kind.value for kind in parsed.sub_event_types],
        "tags": list(parsed.tags),
        "actor": parsed.actor,
        "source": parsed.source,
        "civilians": parsed.civilians,
        "unresolved": list(parsed.unresolved),
        "radius": parsed.radius_km,
        "days": row.get("days", parsed.days) and parsed.days,
    }
    nothing: dict[str, Any] = {
        "period": None,
        "event_types": [],
        "sub_event_types": [],
        "tags": [],
        "actor": None,
        "source": None,
        "civilians": False,
        "unresolved": [],
        "radius": None,
        "days": said["days"],
    }
    wanted = nothing | {key: row[key] for key in row if key not in ("id", "text", "alternative")}
    assert said == wanted
    if "alternative" in row:
        assert parsed.alternative is not None
        assert parsed.alternative.level.value == row["alternative"]


def test_a_country_in_focus_breaks_a_tie(gazetteer: Gazetteer) -> None:
    assert isinstance(parse_question("latest in Tripoli", places=gazetteer, now=NOW), Clarification)
    assert ask("latest in Tripoli", gazetteer, country="LB").places[0].country_code == "LB"
    assert ask("latest in Tripoli", gazetteer, country="Libya").places[0].country_code == "LY"


def test_days_are_those_of_the_chat(gazetteer: Gazetteer) -> None:
    period = ask("Idlib yesterday", gazetteer, tz=ZoneInfo("Asia/Damascus")).period
    assert period.start == datetime(2019, 11, 30, 22, tzinfo=UTC)
    assert period.end == datetime(2019, 12, 1, 22, tzinfo=UTC)


def test_what_was_not_understood_is_offered_the_nearest_names(gazetteer: Gazetteer) -> None:
    question = ask("how many killed in Kafr Nubbul Xo", gazetteer, country="SY")
    assert question.kind is QuestionKind.KILLED
    assert question.places or question.unresolved
    assert len(question.suggestions) <= 5


@pytest.mark.parametrize(
    "word", ["please", "weather", "happened", "thanks", "tell", "من فضلك", "أخبرني", "killed", "latest"]
)
def test_ordinary_words_are_no_places(word: str, gazetteer: Gazetteer) -> None:
    question = ask(word, gazetteer)
    assert question.places == ()
    assert question.unresolved == ()


@pytest.mark.parametrize(
    ("text", "language"), [("Idlib", "en"), ("إدلب", "ar"), ("", "en"), ("news إدلب وحلب وحماة", "ar")]
)
def test_the_language_is_that_of_the_script(text: str, language: str) -> None:
    assert script_language(text) == language


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=700))
def test_any_text_is_a_question(text: str) -> None:
    parsed = parse_question(text, places=_shared(), now=NOW)
    question = parsed.question if isinstance(parsed, Clarification) else parsed
    assert len(question.text) <= LONGEST
    assert len(question.suggestions) <= 5


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from([word for row in ROWS for word in row["text"].split()]), max_size=30))
def test_shuffled_words_are_a_question(words: list[str]) -> None:
    parsed = parse_question(" ".join(words), places=_shared(), now=NOW)
    assert isinstance(parsed, Question | Clarification)


@pytest.mark.parametrize(
    "text", ["in " * 300, "Idlib " * 100, "since " * 100, "٣" * 500, "'" * 500, "إدلب و" * 100, "x" * 5000]
)
def test_hostile_questions_are_answered_soon(text: str, gazetteer: Gazetteer) -> None:
    ask("Idlib", gazetteer)
    began = process_time()
    parse_question(text, places=gazetteer, now=NOW)
    assert process_time() - began < 0.5  # measured 1-15 ms; the bound only catches what grows without bound


_LOADED: list[Gazetteer] = []


def _shared() -> Gazetteer:
    if not _LOADED:
        _LOADED.append(Gazetteer.load())
    return _LOADED[0]
