"""From a question's words to the rendered answer: on a million events in both databases, and on the sample.

What is timed: parsing, the database, composing, rendering; not Telegram. One question at a time, the words warm, each
database's own cache as it comes. The hottest cases have rows of their own.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from datetime import time as daytime
from pathlib import Path

from benchmarks import loading
from benchmarks.asked import HOTTEST, questions
from benchmarks.figures import Figure, percentile
from benchmarks.world import World
from bot.answering import Answering
from bot.opening import load_catalog, open_database
from conflict.gazetteer import Gazetteer
from conflict.questions import Clarification
from messages.answers import render_answer
from messages.choices import render_clarification

REPEATS = 20  # of each of the hottest


def measure() -> Iterator[Figure]:
    """Figures for SQLite, PostgreSQL and the sample."""
    gazetteer = Gazetteer.load()
    asked, now = world_questions(gazetteer)
    size = loading.label()
    yield from _measured(loading.sqlite_world(gazetteer), gazetteer, asked, now, f"sqlite_{size}")
    with loading.postgresql_world(gazetteer) as url:
        yield from _measured(url, gazetteer, asked, now, f"postgresql_{size}")
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'sample.db'}"
        _load_sample(url, gazetteer)
        yield from _measured(url, gazetteer, asked, datetime(2019, 12, 2, 12, tzinfo=UTC), "sample")


def world_questions(gazetteer: Gazetteer) -> tuple[list[str], datetime]:
    """The questions for the stored world, and the evening on which they are asked."""
    end = loading.last_day(gazetteer)
    return questions(World(gazetteer, 0, end)), datetime.combine(end, daytime(18), UTC)


def asker(url: str, gazetteer: Gazetteer, now: datetime) -> Callable[[str], str]:
    """What turns a question's words into the HTML of its reply."""
    answering = Answering(open_database(url), gazetteer)
    catalog = load_catalog()

    def ask(text: str) -> str:
        found = answering.ask(text, now=now, totals=False)  # as `bot.services` asks
        texts = catalog.texts(found.question.language or "en")
        if isinstance(found, Clarification):
            return render_clarification(found, texts).html
        return render_answer(found, texts, tz=UTC).html

    return ask


def _measured(url: str, gazetteer: Gazetteer, asked: list[str], now: datetime, where: str) -> Iterator[Figure]:
    ask = asker(url, gazetteer, now)
    for text in asked[:60]:
        ask(text)
    times = sorted(((_milliseconds(ask, text)), text) for text in asked)
    slowest = "; ".join(f"{text} {took:.0f}" for took, text in reversed(times[-3:]))
    each = [took for took, _ in times]
    note = f"{len(asked)} questions, English and Arabic, parse to rendered reply"
    yield Figure(f"question_p50_{where}", percentile(each, 50), "ms", note)
    yield Figure(f"question_p99_{where}", percentile(each, 99), "ms", f"slowest: {slowest}")
    if where == "sample":
        return
    for name, text in HOTTEST.items():
        hot = [_milliseconds(ask, text) for _ in range(REPEATS)]
        yield Figure(f"question_{name}_p99_{where}", percentile(hot, 99), "ms", f"“{text}”, {REPEATS} times")


def _milliseconds(ask: Callable[[str], str], text: str) -> float:
    began = time.perf_counter()
    ask(text)
    return (time.perf_counter() - began) * 1000


def _load_sample(url: str, gazetteer: Gazetteer) -> None:
    from ingest.extraction import Extractor
    from ingest.pipeline import Pipeline
    from ingest.sample import load_sample

    storage = open_database(url)
    load_sample(Pipeline(storage, Extractor.load(gazetteer), lambda: datetime.now(UTC)))
    storage.close()
