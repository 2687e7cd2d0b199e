"""Updates: side by side over chats, one after the other within a chat. No clock: gates open when told."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st
from telegram import Chat, Message, Update, User

from bot.ordering import OrderedUpdates, chat_of

DATE = datetime(2020, 1, 1, tzinfo=UTC)


def update(number: int, chat: int) -> Update:
    message = Message(number, DATE, Chat(chat, "private"), from_user=User(chat, "A", False), text="x")
    return Update(number, message=message)


async def test_two_of_one_chat_never_overlap_and_two_chats_do() -> None:
    processor = OrderedUpdates(running=8)
    began: list[int] = []
    gates = {number: asyncio.Event() for number in (1, 2, 3)}
    started = {number: asyncio.Event() for number in (1, 2, 3)}

    async def work(number: int) -> None:
        began.append(number)
        started[number].set()
        await gates[number].wait()

    tasks = [
        asyncio.create_task(processor.process_update(update(number, chat), work(number)))
        for number, chat in ((1, 10), (2, 10), (3, 20))
    ]
    await started[1].wait()
    await started[3].wait()
    assert began == [1, 3]
    gates[1].set()
    await started[2].wait()
    gates[2].set()
    gates[3].set()
    await asyncio.gather(*tasks)
    assert processor.chats == 0


async def test_a_flooding_chat_leaves_room_for_others() -> None:
    processor = OrderedUpdates(running=2)
    gate = asyncio.Event()
    done = asyncio.Event()

    async def stuck() -> None:
        await gate.wait()

    async def quick() -> None:
        done.set()

    flood = [asyncio.create_task(processor.process_update(update(n, 10), stuck())) for n in range(50)]
    other = asyncio.create_task(processor.process_update(update(99, 20), quick()))
    async with asyncio.timeout(2):
        await done.wait()
    gate.set()
    await asyncio.gather(*flood, other)


async def test_everything_that_ends_is_told_also_what_failed_or_was_cancelled() -> None:
    processor = OrderedUpdates(running=2)
    told: list[int] = []
    processor.tell(lambda done: told.append(getattr(done, "update_id", -1)))

    async def fails() -> None:
        raise ValueError

    async def waits() -> None:
        await asyncio.Event().wait()

    failing = asyncio.create_task(processor.process_update(update(1, 10), fails()))
    first = asyncio.create_task(processor.process_update(update(2, 10), waits()))
    queued = asyncio.create_task(processor.process_update(update(3, 10), waits()))
    await asyncio.wait([failing])
    first.cancel()
    queued.cancel()
    results = await asyncio.gather(failing, first, queued, return_exceptions=True)
    assert [type(result) for result in results] == [ValueError, asyncio.CancelledError, asyncio.CancelledError]
    assert sorted(told) == [1, 2, 3]
    assert processor.chats == 0


@given(st.lists(st.integers(1, 4), min_size=1, max_size=40), st.integers(1, 5))
@settings(max_examples=50, deadline=None)
def test_order_within_a_chat_holds_for_any_arrival(chats: list[int], running: int) -> None:
    async def play() -> dict[int, list[int]]:
        processor = OrderedUpdates(running=running)
        seen: dict[int, list[int]] = {}

        async def work(number: int, chat: int) -> None:
            for _ in range(number % 3):
                await asyncio.sleep(0)
            seen.setdefault(chat, []).append(number)

        async with asyncio.TaskGroup() as group:
            for number, chat in enumerate(chats):
                group.create_task(processor.process_update(update(number, chat), work(number, chat)))
        return seen

    for numbers in asyncio.run(play()).values():
        assert numbers == sorted(numbers)


def test_an_update_of_no_chat_keeps_the_order_of_its_person_or_none() -> None:
    assert chat_of("no update") is None
    assert chat_of(Update(1)) is None
    assert chat_of(update(1, 5)) == 5
