"""What operators do to an event, and who hears of it; on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest

from conflict.corrections import Correction, Killed
from conflict.errors import ReviewError
from conflict.events import ConflictEvent
from conflict.facts import Actor
from conflict.vocabulary import SubEventType, Verification
from ingest.proposals import propose
from ingest.reviewing import Review, release_due
from messages.operating import CANNOT
from storage import Storage
from tests.alerts.test_dispatch import Bot
from tests.storage.values import ARIHA, SARAQIB, facts

THREE = Correction("killed", Killed(None, 3, None))


@pytest.fixture
def bot(storage: Storage) -> Bot:
    return Bot(storage)


def review(bot: Bot, what: str, *given: object) -> ConflictEvent:
    bot.at += timedelta(minutes=1)
    with bot.storage.begin(write=True) as unit:
        done = getattr(Review(unit, "7", bot.at), what)(*given)
    return done[0] if isinstance(done, tuple) else done


def actions(bot: Bot, event: ConflictEvent) -> list[str]:
    with bot.storage.begin() as unit:
        return [one.action for one in Review(unit, "7", bot.at).history(event.event_id)[1]]


async def test_held_before_it_went_out_nobody_is_told_and_released_they_are(bot: Bot) -> None:
    bot.subscriber()
    event = bot.happens(facts(ARIHA, killed=6))
    assert review(bot, "hold", event.short_id).held
    assert await bot.run() == []
    released = review(bot, "release", event.event_id.lower())
    assert not released.held
    (told,) = await bot.run()
    assert "Ariha" in told.reply.html
    assert await bot.run(60) == []
    assert actions(bot, event) == ["hold", "release"]


async def test_a_hold_takes_what_waits_out_of_the_queue_and_ends_by_itself(bot: Bot) -> None:
    chat_id = bot.subscriber()
    event = bot.happens(facts(ARIHA, killed=6))
    while bot.matcher.step():
        pass
    until = bot.at + timedelta(days=2)  # longer than a report is news
    review(bot, "hold", event.short_id, until)
    assert await bot.run() == []
    assert bot.states(chat_id) == [("message", "superseded")]
    with bot.storage.begin(write=True) as unit:
        assert release_due(unit, at=until - timedelta(seconds=1)) == 0
    bot.at = until
    with bot.storage.begin(write=True) as unit:
        assert unit.holds.due(at=until) == (event.event_id,)
        assert unit.matching.meant(event) == 1
        assert release_due(unit, at=until) == 1
        assert release_due(unit, at=until) == 0
    (told,) = await bot.run()
    assert "Ariha" in told.reply.html


async def test_a_hold_and_release_say_nothing_to_who_was_told_already(bot: Bot) -> None:
    bot.subscriber()
    event = bot.happens(facts(ARIHA, killed=6))
    assert len(await bot.run()) == 1
    review(bot, "hold", event.short_id)
    review(bot, "release", event.short_id)
    assert await bot.run() == []
    with bot.storage.begin() as unit:
        assert unit.holds.told(event.event_id) == 1
        assert unit.matching.meant(event) == 0


async def test_corrected_then_withdrawn_then_restored_each_reaches_who_was_told(bot: Bot) -> None:
    bot.subscriber()
    event = bot.happens(facts(ARIHA, killed=6))
    await bot.run()
    assert review(bot, "correct", event.short_id, THREE).facts.fatalities_low == 3
    said = {bool(one.edit): one.reply.html for one in await bot.run()}
    assert "Corrected by an operator: killed" in said[True]
    assert "at least 3" in said[False]
    later = bot.happens(facts(SARAQIB, killed=1), "r2")
    await bot.run()
    assert review(bot, "withdraw", event.short_id, " of another  year ").verification is Verification.RETRACTED
    said = {bool(one.edit): one.reply.html for one in await bot.run()}
    assert "<s>" in said[True]
    assert "withdrawn" in said[False]
    assert review(bot, "restore", event.short_id).facts.fatalities_low == 3
    said = {bool(one.edit): one.reply.html for one in await bot.run()}
    assert "<s>" not in said[True]
    assert "withdrawn → unverified" in said[False]
    assert actions(bot, event) == ["correct", "withdraw", "restore"]
    assert actions(bot, later) == []


async def test_confirmed_stays_confirmed_through_withdrawal(bot: Bot) -> None:
    event = bot.happens(facts(ARIHA, killed=6))
    assert review(bot, "confirm", event.short_id).verification is Verification.CONFIRMED
    review(bot, "withdraw", event.short_id, "wrong")
    assert review(bot, "restore", event.short_id).verification is Verification.CONFIRMED


async def test_merged_and_parted_again(bot: Bot) -> None:
    bot.subscriber()
    one = bot.happens(facts(ARIHA, killed=6))
    other = bot.happens(facts(SARAQIB, killed=2), "r2")
    await bot.run()
    merged = review(bot, "merge", one.event_id, other.short_id, "the same")
    assert merged.event_id == one.event_id
    assert {claim.report_id for claim in merged.claims} == {"r1", "r2"}
    assert await bot.run()
    parted = review(bot, "unmerge", other.event_id)
    assert parted.event_id == other.event_id
    with bot.storage.begin() as unit:
        now = {event.event_id: event for event in unit.events.get_many([one.event_id, other.event_id])}
        apart = unit.rulings.among([one.event_id]).apart
    assert [claim.report_id for claim in now[one.event_id].claims] == ["r1"]
    assert [claim.report_id for claim in now[other.event_id].claims] == ["r2"]
    assert apart == {frozenset((one.event_id, other.event_id))}
    assert await bot.run()
    assert actions(bot, one) == actions(bot, other) == ["merge", "unmerge"]


def test_what_cannot_be_done_is_said_in_a_sentence_that_is_translated(bot: Bot) -> None:
    event = bot.happens(facts(ARIHA, killed=6))
    gone = bot.happens(facts(SARAQIB, killed=6), "r2")
    review(bot, "withdraw", gone.event_id, "wrong")
    review(bot, "confirm", event.event_id)
    review(bot, "correct", event.event_id, THREE)
    refused = [
        ("hold", "#ZZZZ"), ("hold", gone.event_id), ("release", event.event_id), ("withdraw", event.event_id, "  "),
        ("withdraw", gone.event_id, "again"), ("restore", event.event_id), ("confirm", gone.event_id),
        ("confirm", event.event_id), ("correct", event.event_id, THREE), ("merge", event.event_id, event.short_id),
        ("merge", event.event_id, gone.event_id), ("unmerge", event.event_id), ("history", "nothing"),
    ]  # fmt: skip
    translated = {text for _, text in CANNOT}
    for what, *given in refused:
        with pytest.raises(ReviewError) as error:
            review(bot, what, *given)
        assert error.value.text in translated
        assert str(error.value).endswith(".")
    with bot.storage.begin() as unit:
        held = unit.events.get(event.event_id)
    assert held is not None
    assert held.revision == 3, "nothing of what was refused was stored"


def test_an_agreement_proposes_a_ceasefire_and_its_withdrawal_takes_it_back(bot: Bot) -> None:
    said = facts(
        ARIHA, sub=SubEventType.AGREEMENT, tags=("ceasefire",), actor1=Actor("Russia", "russia"), actor2=Actor("X")
    )
    event = bot.happens(said)
    with bot.storage.begin(write=True) as unit:
        propose(unit, event)
        (found,) = unit.ceasefires.all()
    assert (found.ceasefire_id, found.status) == (f"proposed-{event.event_id}", "proposed")
    assert (found.bound_parties, found.area, found.effective_from) == (("russia",), ("gn:2",), said.event_date)
    assert found.source == "Middle East Eye"
    review(bot, "withdraw", event.event_id, "no such thing")
    with bot.storage.begin() as unit:
        assert unit.ceasefires.all() == ()
