"""A chat's own time, from what it set to what it is sent: quiet hours, digests, snoozes, bursts, mended batches."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from alerts.rhythm import MOST_AN_HOUR
from conflict.subscriptions import Subscription
from storage import Storage
from tests.alerts.test_dispatch import Bot
from tests.storage.values import ARIHA, IDLIB, NOW, TODAY, facts

DAMASCUS = "Asia/Damascus"


@pytest.fixture
def bot(storage: Storage) -> Bot:
    return Bot(storage)


def night(bot: Bot, chat_id: int, *, breaks_at: int | None = None, breaches: bool = False) -> int:
    """Quiet hours from two hours ago on, for eight hours; returns how many seconds are left of them."""
    wall = NOW.astimezone(ZoneInfo(DAMASCUS))
    start = (wall.hour * 60 + wall.minute - 120) % 1440
    with bot.storage.begin(write=True) as unit:
        unit.chats.set_timezone(chat_id, DAMASCUS)
        unit.chats.set_quiet_hours(chat_id, start, (start + 480) % 1440)
        unit.chats.set_breaks(chat_id, breaks_at, breaches=breaches)
    return 6 * 3600 - wall.second


async def test_what_came_in_quiet_hours_is_one_message_on_waking_and_its_corrections_find_it(bot: Bot) -> None:
    chat_id = bot.subscriber()
    left = night(bot, chat_id, breaks_at=3)
    first = bot.happens(facts(ARIHA, killed=2), "r1")
    bot.happens(facts(ARIHA, killed=1), "r2")
    assert await bot.run() == []
    bot.happens(facts(ARIHA, killed=60, civilian_targeting=True), "r3")
    (severe,) = await bot.run(60)
    assert "<b>60</b>" in severe.reply.html
    bot.becomes(first, facts(ARIHA, killed=4))
    assert await bot.run(left - 180) == []
    (batch,) = await bot.run(120)
    assert "Held for quiet hours: 2 events" in batch.reply.html
    assert "killed: <b>4</b>" in batch.reply.html
    assert "Idlib" in batch.reply.html
    assert await bot.run(3600) == []
    with bot.storage.begin() as unit:
        told = next(one for one in unit.deliveries.of_chat(chat_id) if one.held and one.message_id)
        assert len(told.carries) == 2
        event = unit.events.get(first.event_id)
    assert event is not None
    bot.becomes(event, facts(ARIHA, killed=1))
    mended = await bot.run()
    assert {one.edit for one in mended} == {told.message_id, None}
    edit = next(one for one in mended if one.edit)
    assert "Held for quiet hours: 2 events · updated" in edit.reply.html


async def test_a_correction_waits_for_the_morning_too_and_the_edit_does_not(bot: Bot) -> None:
    chat_id = bot.subscriber()
    event = bot.happens(facts(ARIHA, killed=6))
    assert len(await bot.run()) == 1
    left = night(bot, chat_id)
    bot.becomes(event, facts(ARIHA, killed=2))
    (edit,) = await bot.run()
    assert edit.edit
    (reply,) = await bot.run(left)
    assert reply.answers


async def test_a_daily_digest_comes_at_its_hour_and_settings_that_change_let_go(bot: Bot) -> None:
    chat_id = bot.subscriber(language="ar")
    with bot.storage.begin(write=True) as unit:
        unit.chats.set_timezone(chat_id, DAMASCUS)
        unit.chats.set_digest(chat_id, 8 * 60)
    for number in range(3):
        bot.happens(facts(ARIHA, killed=number + 1), f"r{number}")
    assert await bot.run() == []
    wall = NOW.astimezone(ZoneInfo(DAMASCUS))
    wait = (8 * 3600 - wall.hour * 3600 - wall.minute * 60 - wall.second) % 86400
    (digest,) = await bot.run(wait)
    assert "الموجز: 3 أحداث" in digest.reply.html
    bot.happens(facts(ARIHA, killed=1), "r9")
    assert await bot.run() == []
    with bot.storage.begin(write=True) as unit:
        unit.chats.set_digest(chat_id, None)
        unit.folding.release(chat_id, at=bot.at)
    assert len(await bot.run()) == 1


async def test_a_snooze_holds_all_and_a_snoozed_place_only_its_own(bot: Bot) -> None:
    chat_id = bot.subscriber()
    with bot.storage.begin(write=True) as unit:
        unit.chats.snooze(chat_id, NOW + timedelta(hours=1))
        unit.chats.snooze_place(chat_id, ARIHA.place_id, NOW + timedelta(hours=2), at=NOW)
    bot.happens(facts(ARIHA, killed=60, civilian_targeting=True), "r1")
    bot.happens(facts(IDLIB), "r2")
    assert await bot.run() == []
    (elsewhere,) = await bot.run(3600)
    assert "Came while snoozed" in elsewhere.reply.html
    (there,) = await bot.run(3600)
    assert "<b>60</b>" in there.reply.html


async def test_a_burst_is_folded_and_nothing_of_it_lost(bot: Bot) -> None:
    chat_id = bot.subscriber()
    sent = []
    for number in range(40):
        bot.happens(facts(ARIHA, killed=number), f"r{number}")
        sent += [(bot.at, one) for one in await bot.run(60)]
    sent += [(bot.at, one) for _ in range(12) for one in await bot.run(600)]
    times = [at for at, _ in sent]
    assert max(sum(at <= other < at + timedelta(hours=1) for other in times) for at in times) <= MOST_AN_HOUR
    assert any("more events" in one.reply.html for _, one in sent)
    with bot.storage.begin() as unit:
        told = [one for one in unit.deliveries.of_chat(chat_id) if one.message_id]
    assert sum(len(one.carries) for one in told) == 40


async def test_what_waited_for_hours_comes_folded_and_says_so(bot: Bot) -> None:
    bot.subscriber()
    bot.happens(facts(ARIHA, killed=1), "r1")
    bot.happens(facts(ARIHA, killed=2), "r2")
    bot.matcher.step()
    (late,) = await bot.run(3 * 3600)
    assert "Delayed: 2 events" in late.reply.html


async def test_what_is_known_only_roughly_is_labelled_for_those_who_watch_a_part(bot: Bot) -> None:
    near, whole = bot.subscriber(1), bot.subscriber(2)
    with bot.storage.begin(write=True) as unit:
        (wish,) = unit.subscriptions.of_chat(near)
        unit.subscriptions.remove(near, wish.subscription_id)
        unit.subscriptions.add(Subscription(0, near, (ARIHA.place_id,), within=("gn:1",)), today=TODAY)
    bot.happens(facts(IDLIB))
    texts = {one.telegram_id: one.reply.html for one in await bot.run()}
    assert "Possible: only the area is known" in texts[1]
    assert "Possible" not in texts[2]
    assert near != whole
