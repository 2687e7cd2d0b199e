"""kill -9 at named points of matching and sending: outside what was in flight nothing is lost and nothing doubled.

Where and when is drawn from a seed; on PostgreSQL a second dispatcher goes on. `make crashtest` draws many more.
"""

from __future__ import annotations

import multiprocessing
import os
import random
from collections import Counter
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from alerts.dispatch import WINDOW
from conflict.subscriptions import Subscription
from storage import Storage, open_storage
from storage.deliveries import DeliveryState
from tests.acceptance import crashing
from tests.acceptance.crashing import EVENTS, POINTS, name_of
from tests.storage.conftest import migrated_database, migrated_file, postgresql_server, storage_url
from tests.storage.values import ARIHA, TODAY

__all__ = ["migrated_database", "migrated_file", "postgresql_server", "storage_url"]

SEEDS = range(int(os.environ.get("CRASH_SEEDS", "1")))
KILLS = len(POINTS)  # for each seed, one at each point
CHATS = 15
LATEST = {"import": 6, "matching": 10, "claimed": 12, "arrived": 12, "settled": 2}  # passed at least so often a round


@pytest.mark.parametrize("seed", SEEDS)
def test_killed_at_named_points_nothing_is_lost_and_nothing_doubled(
    storage_url: str, tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    storage = open_storage(storage_url)
    with storage.begin(write=True) as unit:
        for number in range(1, CHATS + 1):
            chat = unit.chats.get_or_add(number, today=TODAY)
            unit.subscriptions.add(Subscription(0, chat.chat_id, (ARIHA.place_id,)), today=TODAY)
    log = tmp_path / "arrived"
    killed = 0
    for round_, point in enumerate(chance.sample(POINTS, KILLS)):
        nth = chance.randint(1, LATEST[point])
        first = started(storage_url, log, "a", round_, point, nth)
        second = started(storage_url, log, "b", round_) if storage.kind == "postgresql" else None
        status = ended(first)
        killed += status == -9
        # Beside a second dispatcher, which may do all that there is to do, the point need not be reached.
        assert status == -9 or (second is not None and status == 0), (point, nth, status)
        assert second is None or ended(second) == 0
    for round_ in (KILLS, KILLS + 1):  # what was left is found, and all that is due is sent
        assert ended(started(storage_url, log, "a", round_)) == 0
    unknown = check(storage, Counter(log.read_text().splitlines()), (KILLS + 2) * EVENTS)
    assert unknown <= killed * WINDOW
    print(f"{storage.kind}, seed {seed}: {killed} killed, {unknown} of {CHATS * (KILLS + 2) * EVENTS} unknown")
    storage.close()


def started(url: str, log: Path, worker: str, round_: int, point: str = "never", nth: int = 1) -> BaseProcess:
    """One process of this round; forked from one that has read the modules, so that many can be killed."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.acceptance.crashing"])
    process = context.Process(target=crashing.run, args=(url, str(log), worker, round_, point, nth))
    process.start()
    return process


def ended(process: BaseProcess) -> int | None:
    """How it ended."""
    process.join(60)
    return process.exitcode


def check(storage: Storage, arrived: Counter[str], events: int) -> int:
    """Each chat was told of each event once, but for those that are known not to be known: how many."""
    unknown = 0
    with storage.begin() as unit:
        for number in range(1, CHATS + 1):
            chat = unit.chats.find(number)
            assert chat is not None
            told = unit.deliveries.of_chat(chat.chat_id)
            carried = Counter(event_id for one in told for event_id, _ in one.carries)
            assert carried == Counter({name_of(n): 1 for n in range(events)}), (
                "each event has one delivery to each chat"
            )
            for one in told:
                ((event_id, _),) = one.carries
                times = sum(
                    count for line, count in arrived.items() if line.startswith(f"{number} ") and event_id in line
                )
                assert one.state in (DeliveryState.SENT, DeliveryState.UNKNOWN)
                assert times <= 1, "never twice"
                assert times == 1 or one.state is DeliveryState.UNKNOWN, "never lost"
                unknown += one.state is DeliveryState.UNKNOWN
    return unknown
