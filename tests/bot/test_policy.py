"""What the policy keeps back is kept back in answers, in details and in the alerts of people who subscribed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.answering import Answering
from bot.reviewing import release_held
from conflict.answers import Answer
from conflict.events import EventData
from conflict.gazetteer import Gazetteer
from conflict.places import Place
from conflict.policy import parse_policy
from conflict.questions import Question, QuestionKind
from ingest.pipeline import Pipeline
from tests.alerts.test_dispatch import Bot
from tests.storage.conftest import migrated_database, migrated_file, postgresql_server, storage, storage_url
from tests.storage.values import ARIHA, IDLIB, NOW, claim, facts, keep, report

__all__ = ["migrated_database", "migrated_file", "postgresql_server", "storage", "storage_url"]

COARSE = parse_policy('[[rule]]\ntags = ["camp"]\ncoarsen = "province"\ncoarsen_hours = 24\n')
DELAY = parse_policy('[[rule]]\ntags = ["camp"]\ndelay_minutes = 30\n')
CAMP = facts(ARIHA, killed=2, tags=("camp",))


def asked(answering: Answering, *places: Place, hours: int = 0) -> Answer:
    question = Question(QuestionKind.LATEST, "", "en", places=places)
    return answering.answer(question, now=NOW + timedelta(hours=hours))


def test_answers_name_the_province_until_the_time_is_over(storage) -> None:  # type: ignore[no-untyped-def]
    with storage.begin(write=True) as unit:
        event = keep(unit, CAMP)
    answering = Answering(storage, Gazetteer.load(), policy=COARSE)
    (shown,) = asked(answering, IDLIB).events
    assert "Ariha" not in repr(shown)
    near = asked(answering, ARIHA)
    assert (near.events, near.total) == ((), 0)
    assert [one.event_id for one in near.coarser] == [event.event_id]
    assert "Ariha" not in repr(near.coarser)
    assert answering.event(event.event_id, NOW) == shown
    assert asked(answering, ARIHA, hours=24).events == (event,)
    assert asked(replace(answering, policy=DELAY), ARIHA).events == (event,)


async def test_alerts_name_the_province_too(storage) -> None:  # type: ignore[no-untyped-def]
    bot = Bot(storage)
    bot.dispatcher.policy = COARSE
    bot.subscriber()
    bot.happens(CAMP)
    (told,) = await bot.run()
    assert "Idlib" in told.reply.html
    assert "Ariha" not in told.reply.html


async def test_what_is_delayed_is_told_when_it_is_released(storage) -> None:  # type: ignore[no-untyped-def]
    bot = Bot(storage)
    bot.subscriber()
    made = claim("c1", CAMP)
    Pipeline(storage, None, bot.now, DELAY).take(report(), [EventData("r1", 0, CAMP, (made,))])  # type: ignore[arg-type]
    assert await bot.run() == []
    with storage.begin() as unit:
        (event_id,) = unit.holds.due(at=NOW + timedelta(minutes=30))
        assert unit.holds.due(at=NOW + timedelta(minutes=29)) == ()
        assert unit.events.get(event_id).held
    bot.at += timedelta(minutes=30)
    assert release_held(storage, bot.at) == 1
    assert release_held(storage, bot.at) == 0
    (told,) = await bot.run()
    assert "Ariha" in told.reply.html
