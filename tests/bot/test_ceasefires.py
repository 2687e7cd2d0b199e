"""Which truces an answer on ceasefires tells: of the place, of what it lies in and of its parts; in force first."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.answering import Answering
from conflict.answers import Answer
from conflict.gazetteer import Gazetteer
from storage import open_storage


@pytest.fixture(scope="module")
def answering(tmp_path_factory: pytest.TempPathFactory) -> Answering:
    """Over an empty database: the ceasefires are those that ship with the program."""
    storage = open_storage(f"sqlite:///{Path(tmp_path_factory.mktemp('truces')) / 'sitrep.db'}")
    storage.migrate()
    return Answering(storage, Gazetteer.load())


@pytest.mark.parametrize(
    ("question", "day", "told"),
    [
        ("ceasefire in Idlib", date(2019, 12, 2), ["idlib-2019-08-31"]),
        ("ceasefire in Saraqib", date(2021, 3, 1), ["idlib-2020-03-06"]),
        ("ceasefire in Syria", date(2019, 12, 2), ["idlib-2019-08-31"]),
        ("ceasefire in Aden", date(2022, 5, 1), ["yemen-2022-04-02"]),
        ("ceasefire in Hudaydah", date(2022, 5, 1), ["yemen-2022-04-02", "hudaydah-2018-12-18"]),
        ("ceasefire in Khartoum", date(2024, 1, 1), ["sudan-2023-05-22"]),  # the last that ended
        ("ceasefire in Khartoum", date(2020, 1, 1), []),
        ("هدنة غزة", date(2023, 11, 25), ["gaza-2023-11-24"]),
        ("ceasefire in Aleppo", date(2019, 12, 2), []),
    ],
)
def test_truces_of_a_place(answering: Answering, question: str, day: date, told: list[str]) -> None:
    answer = answering.ask(question, now=datetime(day.year, day.month, day.day, tzinfo=UTC))
    assert isinstance(answer, Answer)
    assert [truce.ceasefire_id for truce in answer.ceasefires] == told
    assert answer.database_empty == (not told)
