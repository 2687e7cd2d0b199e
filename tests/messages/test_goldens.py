"""Every reply as it reads, in each language, kept as files: a change of wording is seen and decided by a person.

`WRITE_GOLDENS=1 pytest tests/messages/test_goldens.py` writes them anew; read the difference before it is kept.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from conflict.actors import Actors
from conflict.answers import Answer, Range, Reply
from conflict.questions import Clarification, Question, QuestionKind
from messages.answers import render_answer
from messages.catalog import Catalog, Texts
from messages.choices import render_clarification, understood
from messages.details import render_event
from messages.html import split, visible
from messages.pages import (
    render_database_away,
    render_demonstration,
    render_empty,
    render_error,
    render_help,
    render_language,
    render_language_changed,
    render_not_understood,
    render_outdated_button,
    render_privacy,
    render_start,
    render_too_long,
    render_unsupported,
    render_withdrawn_event,
)
from messages.sources import render_sources
from tests.messages import situations as here
from tests.messages.oracle import parse

GOLDEN = Path(__file__).parent / "golden"
DAMASCUS = timezone(timedelta(hours=3))
FEATURES = frozenset({"map", "alerts"})
CATALOG = Catalog.load(Actors.load(), here.Units())
NEWEST = here.seed_events()


def answered(answer: Answer) -> Callable[[Texts], Reply]:
    """The reply to an answer, for a reader in UTC."""
    return lambda texts: render_answer(answer, texts, tz=UTC, features=FEATURES)


def question(kind: QuestionKind, **more: object) -> Question:
    """A question on Idlib province."""
    return Question(kind, "", "en", **{"places": (here.IDLIB,), **more})  # type: ignore[arg-type]


def unknown_place() -> Answer:
    """A place that is not known, with one that is near in spelling."""
    asked = Question(QuestionKind.LATEST, "", "en", unresolved=("Sarakebb",), suggestions=(here.SARAQIB,))
    return here.seed(question=asked, events=(), total=0)


REPLIES: dict[str, Callable[[Texts], Reply]] = {
    "latest_seed": answered(here.seed()),
    "latest_disputed": answered(here.disputed()),
    "latest_sample_years_later": answered(here.seed(sample=True, now=datetime(2026, 11, 22, 9, tzinfo=UTC))),
    "killed_many_reports": answered(here.many_reports()),
    "latest_many_reports": answered(replace(here.many_reports(), question=here.seed().question)),
    "latest_one_town": answered(here.one_town()),
    "latest_coarser": answered(here.disputed(coarser=(NEWEST[0], NEWEST[4]), pages=1, page=0, total=3)),
    "nothing_in_period": answered(here.empty()),
    "nothing_ever": answered(here.empty(newest=None, reports=0, fresh_to=None)),
    "killed_contained": answered(here.seed(QuestionKind.KILLED)),
    "killed_range": answered(here.disputed(question=question(QuestionKind.KILLED), page=0, pages=1)),
    "killed_unknown": answered(
        here.seed(QuestionKind.KILLED, fatalities=Range(), containing=None, events=NEWEST[2:4], tolls=(), total=2)
    ),
    "injured_unknown": answered(
        here.seed(QuestionKind.INJURED, containing=None, events=NEWEST[2:4], tolls=(), total=2)
    ),
    "count": answered(here.seed(QuestionKind.COUNT)),
    "trend": answered(here.seed(QuestionKind.TREND)),
    "compare": answered(here.seed(question=question(QuestionKind.COMPARE, places=(here.IDLIB, here.ALEPPO)))),
    "ceasefire": answered(
        here.disputed(question=question(QuestionKind.CEASEFIRE), page=0, pages=1, breach_weeks=here.BREACH_WEEKS)
    ),
    "ceasefire_none": answered(here.empty(question=question(QuestionKind.CEASEFIRE))),
    "near": answered(here.seed(question=question(QuestionKind.NEAR, places=(here.SARAQIB,), radius_km=40.0))),
    "source": answered(here.seed(QuestionKind.SOURCE)),
    "unknown_place": answered(unknown_place()),
    "database_empty": answered(here.seed(database_empty=True)),
    "not_a_question": answered(here.seed(question=question(QuestionKind.UNKNOWN, places=()))),
    "sources": lambda texts: render_sources(here.disputed(), texts, tz=UTC),
    "event_seed": lambda texts: render_event(NEWEST[1], texts, tz=UTC, now=here.NOW),
    "event_disputed": lambda texts: render_event(
        here.made_up()[0], texts, tz=timezone(timedelta(hours=3)), now=here.NOW
    ),
    "event_late": lambda texts: render_event(here.made_up()[2], texts, tz=UTC, now=here.NOW),
    "which_place": lambda texts: render_clarification(
        Clarification(question(QuestionKind.LATEST), "Idlib", (here.IDLIB, here.IDLIB_CITY, here.MAARAT)), texts
    ),
    "page_start": lambda texts: render_start(texts, sample=True),
    "page_help": lambda texts: render_help(texts, commands=[("help", texts.say("how to ask", "command"))]),
    "page_language": lambda texts: render_language(texts, CATALOG),
    "page_privacy": render_privacy,
    "page_empty": render_empty,
}
SHORT: tuple[Callable[[Texts], Reply], ...] = (
    render_language_changed, render_error, render_database_away, render_unsupported, render_outdated_button,
    render_withdrawn_event, render_demonstration, render_not_understood, lambda texts: render_too_long(texts, 500),
)  # fmt: skip
LANGUAGES = ("en", "ar")


def shown(reply: Reply) -> str:
    """A reply as its golden has it: the message, and below a line its buttons with their data."""
    rows = [" | ".join(f"[{b.label}] {b.data or b.url}" for b in row) for row in reply.buttons]
    return "\n".join([reply.html, *(["-- buttons --", *rows] if rows else []), ""])


def compare(name: str, language: str, text: str) -> None:
    """Holds a text against its golden, or writes it when asked."""
    path = GOLDEN / f"{name}.{language}.html"
    if os.environ.get("WRITE_GOLDENS"):
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", REPLIES)
def test_reply_reads_as_kept(name: str, language: str) -> None:
    compare(name, language, shown(REPLIES[name](CATALOG.texts(language))))


@pytest.mark.parametrize("language", LANGUAGES)
def test_short_replies_read_as_kept(language: str) -> None:
    texts = CATALOG.texts(language)
    compare("short_replies", language, "\n\n".join(render(texts).html for render in SHORT) + "\n")


@pytest.mark.parametrize("language", LANGUAGES)
def test_questions_are_read_back_as_kept(language: str) -> None:
    asked = [here.seed().question, here.empty().question, unknown_place().question, question(QuestionKind.COMPARE)]
    asked.append(
        question(QuestionKind.NEAR, places=(here.SARAQIB,), radius_km=30.0, tags=("hospital",), civilians=True)
    )
    asked.append(question(QuestionKind.HELP))
    compare("understood", language, "\n".join(understood(q, CATALOG.texts(language)) for q in asked) + "\n")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", REPLIES)
def test_reply_is_one_that_telegram_takes(name: str, language: str) -> None:
    reply = REPLIES[name](CATALOG.texts(language))
    parts = split(reply.html)
    assert len(parts) == 1
    assert len(parse(parts[0]).entities) <= 100
    for button in (button for row in reply.buttons for button in row):
        assert button.label.strip()
        assert button.data is None or len(button.data.encode()) <= 64


@pytest.mark.parametrize("name", REPLIES)
def test_no_reply_promises_calm(name: str) -> None:
    text = visible(REPLIES[name](CATALOG.texts("en")).html).lower()
    for words in ("quiet", " safe", "ceasefire holds", "truce holds", "peaceful", "0 killed"):
        assert words not in text
    assert "{" not in text


@pytest.mark.parametrize(
    "name", [name for name in REPLIES if name.startswith(("latest", "nothing", "killed", "count"))]
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_answer_says_that_no_report_is_not_calm(name: str, language: str) -> None:
    texts = CATALOG.texts(language)
    assert texts.say("No report does not mean calm.") in REPLIES[name](texts).html
