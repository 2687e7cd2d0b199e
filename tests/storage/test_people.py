"""Chats, subscriptions and deliveries: told once, never in the wrong state, erased all at once."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from conflict.errors import StorageError
from conflict.subscriptions import Subscription
from conflict.vocabulary import EventType, Severity, SubEventType, Verification
from storage import Storage
from storage.chats import ChatState
from storage.deliveries import Delivery, DeliveryState
from storage.models import metadata
from storage.people import chats
from storage.subscriptions import EVERY_TYPE, bit_of, type_mask
from tests.storage.values import NOW, TODAY, later

FULL = Subscription(
    0,
    0,
    place_ids=("gn:1", "gn:2"),
    cell=(503, 866),
    radius_km=30.0,
    event_types=(EventType.BATTLES,),
    sub_event_types=(SubEventType.AIR_STRIKE,),
    tags=("hospital",),
    breaches_only=True,
    civilians_only=True,
    minimum_severity=Severity.SEVERE,
    minimum_verification=Verification.CORROBORATED,
    coarser_too=False,
    paused=True,
)


def new_chat(storage: Storage, telegram_id: int = -1001234567890123) -> int:
    with storage.begin(write=True) as unit:
        return unit.chats.get_or_add(telegram_id, "private", today=TODAY).chat_id


def test_a_chat_is_added_once_and_keeps_its_settings(storage: Storage) -> None:
    chat_id = new_chat(storage)
    assert new_chat(storage) == chat_id
    with storage.begin(write=True) as unit:
        unit.chats.set_language(chat_id, "ar")
        unit.chats.set_timezone(chat_id, "Asia/Damascus")
        unit.chats.set_quiet_hours(chat_id, 1380, 420)
        unit.chats.set_breaks(chat_id, 3, breaches=True)
        unit.chats.set_digest(chat_id, 480, 0)
        unit.chats.snooze(chat_id, later(8))
        unit.chats.snooze_place(chat_id, "gn:1", later(1), at=NOW)
        unit.chats.snooze_place(chat_id, "gn:2", later(2), at=later(1))
        unit.chats.set_state(chat_id, ChatState.BLOCKED, today=TODAY)
    with storage.begin() as unit:
        chat = unit.chats.find(-1001234567890123)
        assert chat is not None
        assert chat == unit.chats.get(chat_id)
        assert (chat.language, chat.time_zone, chat.state) == ("ar", "Asia/Damascus", ChatState.BLOCKED)
        assert (chat.quiet_from, chat.quiet_to, chat.quiet_breaks_at, chat.quiet_breaks_breach) == (1380, 420, 3, True)
        assert (chat.digest_at, chat.digest_weekday, chat.snoozed_until) == (480, 0, later(8))
        assert chat.snoozed_places == {"gn:2": later(2)}
        assert chat.left_on == TODAY


def test_who_left_or_is_long_idle_without_a_subscription_expires(storage: Storage) -> None:
    left, idle, reader = (new_chat(storage, number) for number in (1, 2, 3))
    old, day_after = date(2000, 1, 1), TODAY + timedelta(days=1)
    with storage.begin(write=True) as unit:
        unit.chats.set_state(left, ChatState.BLOCKED, today=TODAY)
        unit.subscriptions.add(replace(FULL, chat_id=left), today=TODAY)
        unit.subscriptions.add(replace(FULL, chat_id=reader), today=TODAY)
        assert unit.chats.expired(left_before=TODAY, idle_before=TODAY) == ()
        assert unit.chats.expired(left_before=day_after, idle_before=old) == (left,)
        assert unit.chats.expired(left_before=old, idle_before=day_after) == (idle,)
        unit.chats.set_state(left, ChatState.ACTIVE)
        assert unit.chats.expired(left_before=day_after, idle_before=old) == ()


def test_held_messages_of_a_chat_and_topic_become_one_and_older_ones_are_forgotten(storage: Storage) -> None:
    chat_id = new_chat(storage)
    with storage.begin(write=True) as unit:
        first, second, third = (
            unit.deliveries.add(chat_id, [(f"E{n}", 1)], at=NOW, lane=n, silent=n < 2, thread_id=n if n == 2 else None)
            for n in range(3)
        )
        assert first
        assert second
        assert third
        unit.deliveries.claim("w", at=NOW)
        for one in (first, second, third):
            unit.folding.hold(one, later(1), "quiet")
        with pytest.raises(StorageError):
            unit.folding.hold(first, later(1), "quiet")
        assert unit.folding.due(chat_id, None, at=NOW) == ()
        unit.folding.release(chat_id, at=NOW)
        assert unit.folding.due(chat_id, None, at=NOW) == (second, first)
        assert unit.folding.due(chat_id, 2, at=NOW) == (third,)
        unit.folding.fold(second, [first], "quiet", at=NOW)
        whole = unit.deliveries.get(second)
        assert whole is not None
        assert (whole.carries, whole.held, whole.lane, whole.silent) == ((("E0", 1), ("E1", 1)), "quiet", 1, True)
        claimed = [one.delivery_id for one in unit.deliveries.claim("w", at=later(1))]
        assert claimed == [third, second]
        assert unit.folding.sent_since([chat_id], NOW, but=[third]) == {chat_id: [later(1)]}
        unit.deliveries.settle(second, DeliveryState.SENT, at=later(1), message_id=5)
        assert unit.folding.forget(before=later(1)) == 1
        assert unit.folding.forget(before=later(2)) == 1
        assert [one.delivery_id for one in unit.deliveries.of_chat(chat_id)] == [third]


def test_a_group_that_moves_keeps_its_chat(storage: Storage) -> None:
    chat_id = new_chat(storage, -5)
    with storage.begin(write=True) as unit:
        assert unit.chats.migrate(chat_id, -1005) == chat_id
        assert unit.chats.find(-5) is None
        other = unit.chats.get_or_add(-1006, "supergroup", today=TODAY).chat_id
        assert unit.chats.migrate(chat_id, -1006) == other
        assert unit.chats.get(chat_id) is None


def test_erasing_a_chat_leaves_no_row_of_it(storage: Storage) -> None:
    kept, erased = new_chat(storage, 1), new_chat(storage, 2)
    with storage.begin(write=True) as unit:
        for chat_id in (kept, erased):
            unit.subscriptions.add(replace(FULL, chat_id=chat_id), today=TODAY)
            unit.deliveries.add(chat_id, [("A", 1)], at=NOW)
        assert unit.chats.delete(erased)
        assert not unit.chats.delete(erased)
    with storage._transaction(False) as connection:
        for table in metadata.tables.values():
            if "chat_id" in table.columns:
                found = connection.execute(select(table.c.chat_id).distinct()).scalars().all()
                assert found in ([], [kept]), table.name
        assert connection.execute(select(func.count()).select_from(chats)).scalar() == 1
        areas = metadata.tables["subscription_areas"]
        assert connection.execute(select(func.count(areas.c.subscription_id.distinct()))).scalar() == 1
    assert new_chat(storage, 2) not in (kept, erased), "an id is never given twice"


def test_a_subscription_is_kept_found_by_area_and_only_its_own_chat_changes_it(storage: Storage) -> None:
    chat_id, stranger = new_chat(storage, 1), new_chat(storage, 2)
    with storage.begin(write=True) as unit:
        one = unit.subscriptions.add(replace(FULL, chat_id=chat_id), today=TODAY)
        world = unit.subscriptions.add(Subscription(0, chat_id), today=TODAY)
        assert unit.subscriptions.of_chat(chat_id) == (one, world)
        assert unit.subscriptions.in_areas(["gn:2", "cell:503:866", "gn:9"]) == (one,)
        assert unit.subscriptions.in_areas(["world"]) == (world,)
        changed = replace(one, place_ids=("gn:9",), cell=None, paused=False)
        unit.subscriptions.change(changed)
        assert unit.subscriptions.get(one.subscription_id) == changed
        assert unit.subscriptions.in_areas(["gn:2", "cell:503:866"]) == ()
        assert not unit.subscriptions.remove(stranger, one.subscription_id)
        assert unit.subscriptions.count() == unit.subscriptions.count(chat_id) == 2
        assert unit.subscriptions.remove(chat_id, one.subscription_id)
    with pytest.raises(StorageError, match="not known"), storage.begin(write=True) as unit:
        unit.subscriptions.change(replace(world, chat_id=stranger))


def test_types_wanted_become_bits() -> None:
    assert type_mask((), ()) == EVERY_TYPE
    mask = type_mask((EventType.BATTLES,), (SubEventType.GRENADE,))
    assert mask & bit_of(SubEventType.ARMED_CLASH)
    assert mask & bit_of(SubEventType.GRENADE)
    assert not mask & bit_of(SubEventType.AIR_STRIKE)
    assert EVERY_TYPE & bit_of(SubEventType.OTHER)


def _get(storage: Storage, delivery_id: int | None) -> Delivery:
    with storage.begin() as unit:
        found = unit.deliveries.get(delivery_id or 0)
    assert found is not None
    return found


def test_a_chat_is_told_of_a_revision_once(storage: Storage) -> None:
    chat_id = new_chat(storage)
    with storage.begin(write=True) as unit:
        first = unit.deliveries.add(chat_id, [("A", 1), ("B", 1)], at=NOW, subscription_ids=[7], silent=True)
        assert unit.deliveries.add(chat_id, [("A", 1)], at=NOW) is None
        assert unit.deliveries.add(chat_id, [("A", 1)], at=NOW, part="reply") is not None
        second = unit.deliveries.add(chat_id, [("A", 2)], at=NOW)
    assert _get(storage, first).state is DeliveryState.SUPERSEDED
    assert _get(storage, second).carries == (("A", 2), ("B", 1)), "what else it carried comes along"
    with storage.begin(write=True) as unit:
        assert unit.deliveries.add(chat_id, [("A", 1)], at=NOW) is None, "older news after newer"


def test_the_life_of_a_delivery(storage: Storage) -> None:
    chat_id = new_chat(storage)
    with storage.begin(write=True) as unit:
        slow, grave, future = (
            unit.deliveries.add(chat_id, [(name, 1)], at=NOW, lane=lane, due_at=due)
            for name, lane, due in (("A", 1, NOW), ("B", 4, NOW), ("C", 4, later(1)))
        )
        claimed = unit.deliveries.claim("w1", at=NOW)
        assert [one.delivery_id for one in claimed] == [grave, slow]
        assert {(one.state, one.attempts, one.claimed_by) for one in claimed} == {(DeliveryState.SENDING, 1, "w1")}
        assert unit.deliveries.claim("w2", at=NOW) == ()
        unit.deliveries.settle(claimed[0].delivery_id, DeliveryState.SENT, at=NOW, message_id=99)
        unit.deliveries.retry(claimed[1].delivery_id, due_at=later(0.1), counts=False)
        assert unit.deliveries.that_told("B")[0].message_id == 99
        assert unit.deliveries.that_told("A") == ()
        again = unit.deliveries.claim("w2", at=later(0.1))
        assert [(one.delivery_id, one.attempts) for one in again] == [(slow, 1)]
        assert unit.deliveries.left_in_flight(before=later(0.1), at=later(1)) == ()
        assert unit.deliveries.left_in_flight(before=later(0.2), at=later(1)) == (slow,)
        assert unit.deliveries.that_told("A")[0].state is DeliveryState.UNKNOWN
        unit.deliveries.retry(slow or 0, due_at=later(1), repeated=True)
        assert unit.deliveries.counts() == {DeliveryState.PENDING: 2, DeliveryState.SENT: 1}
    assert _get(storage, slow).repeated
    assert _get(storage, future).attempts == 0
    with pytest.raises(StorageError, match="cannot become"), storage.begin(write=True) as unit:
        unit.deliveries.settle(grave or 0, DeliveryState.REJECTED, at=NOW)
    with pytest.raises(StorageError, match="cannot become"), storage.begin(write=True) as unit:
        unit.deliveries.settle(future or 0, DeliveryState.SENT, at=NOW)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=10, deadline=None)
@given(st.lists(st.lists(st.tuples(st.sampled_from("ABC"), st.integers(1, 4)), min_size=1, max_size=3), max_size=6))
def test_no_order_of_news_doubles_or_forgets(storage: Storage, news: list[list[tuple[str, int]]]) -> None:
    with storage.begin(write=True) as unit:
        chat_id = unit.chats.get_or_add(1, today=TODAY).chat_id
        for carries in news:
            newest: dict[str, int] = {}
            for event_id, revision in carries:
                newest[event_id] = max(revision, newest.get(event_id, 0))
            unit.deliveries.add(chat_id, list(newest.items()), at=NOW)
        waiting = [one for one in unit.deliveries.of_chat(chat_id) if one.state is DeliveryState.PENDING]
        told = [carried for one in waiting for carried in one.carries]
        assert len({event_id for event_id, _ in told}) == len(told)
        wanted: dict[str, int] = {}
        for event_id, revision in (carried for carries in news for carried in carries):
            wanted[event_id] = max(revision, wanted.get(event_id, 0))
        assert dict(told) == wanted
        unit.chats.delete(chat_id)


def test_two_dispatchers_never_claim_the_same(storage: Storage) -> None:
    chat_id = new_chat(storage)
    with storage.begin(write=True) as unit:
        for number in range(40):
            unit.deliveries.add(chat_id, [(f"E{number}", 1)], at=NOW)
    taken: dict[str, list[int]] = {"w1": [], "w2": [], "w3": []}

    def work(worker: str) -> None:
        while True:
            with storage.begin(write=True) as unit:
                claimed = unit.deliveries.claim(worker, at=NOW, limit=3)
            if not claimed:
                return
            taken[worker] += [one.delivery_id for one in claimed]

    threads = [threading.Thread(target=work, args=(worker,)) for worker in taken]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    every = [one for claimed in taken.values() for one in claimed]
    assert len(every) == len(set(every)) == 40


def test_halts_only_grow_and_updates_are_seen_once(storage: Storage) -> None:
    with storage.begin(write=True) as unit:
        unit.deliveries.halt("bot", later(2), "429")
        unit.deliveries.halt("bot", later(1))
        assert unit.deliveries.halts(at=NOW) == {"bot": later(2)}
        assert unit.deliveries.halts(at=later(2)) == {}
        assert unit.deliveries.first_seen(7, at=NOW)
        assert not unit.deliveries.first_seen(7, at=later(1))
        assert unit.deliveries.forget_seen(before=later(1)) == 1
        assert unit.deliveries.first_seen(7, at=later(2))
