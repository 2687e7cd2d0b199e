"""What is remembered of answers is what would be added up anew, whoever wrote in the meantime."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, timedelta

import pytest

from bot.answering import Answering, query_of
from bot.remembering import Remembered
from conflict.events import ChangeKind
from conflict.facts import Casualty
from conflict.fold import fold
from conflict.gazetteer import Gazetteer
from conflict.periods import Period
from conflict.places import EventPlace, Place
from conflict.questions import Question, QuestionKind
from conflict.tolls import TollReport
from conflict.vocabulary import CasualtyKind
from storage import Storage, Unit, open_storage
from tests.storage.test_totals import PLACES, fill
from tests.storage.values import ALEPPO, IDLIB, NOW, TODAY, facts, keep, later, report

KINDS = (QuestionKind.KILLED, QuestionKind.INJURED, QuestionKind.TREND, QuestionKind.COMPARE, QuestionKind.LATEST)


@pytest.fixture(scope="module")
def places() -> Gazetteer:
    return Gazetteer.load()


def questions() -> list[Question]:
    """Over all time and of the last weeks, of a country, provinces and towns."""
    month = Period(NOW - timedelta(days=30), NOW)
    asked = []
    for place in PLACES:
        for kind in KINDS:
            one = Question(kind, "", "en", places=(place,))
            asked += [one, replace(one, period=month), replace(one, civilians=True)]
    return [
        *asked,
        Question(QuestionKind.KILLED, "", "en"),
        Question(QuestionKind.COMPARE, "", "en", places=PLACES[:3]),
    ]


def toll(place: Place, number: int, killed: int) -> TollReport:
    """A count of a fortnight in a place."""
    return TollReport(
        f"t{number}",
        "r1",
        "Daily",
        (EventPlace(place.name, place),),
        TODAY - timedelta(14),
        TODAY,
        TODAY,
        (Casualty(CasualtyKind.KILLED, count=killed),),
        originator="OCHA",
    )


def disturb(unit: Unit, step: int, kept: list[str]) -> None:
    """One change of one sort or another."""
    where = PLACES[step % len(PLACES)]
    if step % 4 == 0:
        kept.append(keep(unit, facts(where, killed=step + 1)).event_id)
    elif step % 4 == 1:
        unit.tolls.save(toll((ALEPPO, IDLIB)[step // 4 % 2], step // 8, killed=900 + step))
    elif step % 4 == 2:
        unit.events.mark(kept[-1], held=True)
    else:
        event = unit.events.get(kept[0])
        assert event is not None
        grave = replace(event.claims[0].facts, fatalities_low=step, fatalities_best=step, fatalities_high=step)
        told = [replace(event.claims[0], claim_id=f"again{step}", facts=grave)]
        again = fold(event.event_id, event.revision + 1, told, updated_at=later(step))
        unit.events.save(again, ChangeKind.REVISED, report_id="r1", why="more", at=later(step))


def test_answers_are_the_same_whether_remembered_or_not(storage: Storage, storage_url: str, places: Gazetteer) -> None:
    chance, kept = random.Random(5), list[str]()
    fill(storage, chance, 30)
    with storage.begin(write=True) as unit:
        unit.reports.save(report("r1"))
    other = open_storage(storage_url)  # as another process has it
    lasting = Answering(storage, places)
    asked = chance.sample(questions(), 30)
    for question in asked:
        lasting.answer(question, now=NOW, tz=UTC, totals=False)
    for step in range(8):
        with other.begin(write=True) as unit:
            disturb(unit, step, kept)
        fresh = Answering(storage, places)
        for question in chance.sample(asked, 8):
            told = lasting.answer(question, now=NOW, tz=UTC, totals=False)
            assert told == fresh.answer(question, now=NOW, tz=UTC, totals=False), (step, question)
    other.close()


@pytest.mark.parametrize("what", ["event", "toll", "sample", "derived"])
def test_every_sort_of_change_is_seen_at_once(storage: Storage, places: Gazetteer, what: str) -> None:
    question = Question(QuestionKind.KILLED, "", "en", places=(IDLIB,))
    answering = Answering(storage, places)
    with storage.begin(write=True) as unit:
        unit.reports.save(report("r1"))
        keep(unit, facts(IDLIB, killed=3), sample=True)
        unit.tolls.save(toll(IDLIB, 1, killed=2))
    first = answering.answer(question, now=NOW)
    before = _stamp(storage, question)
    with storage.begin(write=True) as unit:
        if what == "event":
            keep(unit, facts(IDLIB, day=TODAY - timedelta(3), killed=4))
        elif what == "toll":
            unit.tolls.forget("r1")
        elif what == "sample":
            unit.remove_sample()
        else:
            unit.bulk.derive_all()
    assert _stamp(storage, question) != before
    now = answering.answer(question, now=NOW)
    assert now == Answering(storage, places).answer(question, now=NOW)
    assert (now == first) == (what == "derived")


def _stamp(storage: Storage, question: Question) -> object:
    with storage.begin() as unit:
        return unit.events.stamp(query_of(question, question.places, tz=UTC))


def test_the_same_is_made_once_and_the_oldest_is_forgotten() -> None:
    made: list[str] = []

    def make(word: str) -> str:
        made.append(word)
        return word

    kept = Remembered(most=12)
    for word, stamp in (
        ("one", 1),
        ("one", 1),
        ("two", 1),
        ("one", 2),
        ("two", 1),
        ("three", 1),
        ("one", 2),
        ("x", None),
    ):
        assert kept.recall(word, stamp, lambda word=word: make(word), len) == word  # type: ignore[misc]
    assert made == ["one", "two", "one", "three", "one", "x"]
