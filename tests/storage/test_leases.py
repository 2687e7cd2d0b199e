"""One of several processes is elected, on either database, and another takes over when it is killed."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from storage import Storage, open_storage
from storage.leases import LASTS, LeasedSeat

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SEAT = "poller"

# Holds the seat, says so, and waits to be killed.
HOLDER = """
import sys, time
from datetime import UTC, datetime
from storage import open_storage
election = open_storage(sys.argv[1]).election("poller")
assert election.hold(datetime.now(UTC))
print("held", flush=True)
time.sleep(600)
"""


@contextmanager
def holder(url: str) -> Iterator[subprocess.Popen[str]]:
    """Another process that has the seat."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, url], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
    finally:
        process.kill()
        process.communicate()


def test_one_of_two_has_the_seat_until_it_leaves(storage: Storage, storage_url: str) -> None:
    other = open_storage(storage_url)
    one, two = storage.election(SEAT), other.election(SEAT)
    assert one.hold(NOW)
    assert one.hold(NOW + timedelta(seconds=1))
    apart = storage.election("another seat")
    assert apart.hold(NOW)
    apart.release()
    holder_name = two.holder()
    assert holder_name is not None
    assert holder_name.count(":") == 1
    one.release()
    assert two.hold(NOW)
    assert not one.hold(NOW) or storage.kind == "sqlite"  # of one process, the later one is taken for its successor
    two.release()
    assert one.hold(NOW + timedelta(seconds=2))
    one.release()
    assert one.holder() is None
    other.close()


def test_after_a_kill_the_next_to_ask_has_it(storage: Storage, storage_url: str) -> None:
    mine = storage.election(SEAT)
    with holder(storage_url) as process:
        assert not mine.hold(datetime.now(UTC))
        process.kill()  # and not fetched by its parent: it is over all the same
        began = time.monotonic()
        while not mine.hold(datetime.now(UTC)):
            assert time.monotonic() - began < 10
            time.sleep(0.005)
    mine.release()


def test_a_lease_of_another_machine_runs_out(storage: Storage) -> None:
    if storage.kind != "sqlite":
        return
    here = storage.election(SEAT)
    assert isinstance(here, LeasedSeat)
    far = LeasedSeat(here.begin, SEAT, process="elsewhere:1")
    assert far.hold(NOW)
    assert not here.hold(NOW + timedelta(seconds=5))
    assert far.hold(NOW + timedelta(seconds=15)), "renewed"
    assert not here.hold(NOW + timedelta(seconds=35))
    assert here.hold(NOW + timedelta(seconds=15) + LASTS)
    assert not far.hold(NOW + timedelta(seconds=50)), "it had it, and has it no more"


def test_a_lost_connection_is_a_lost_seat(storage: Storage) -> None:
    if storage.kind == "sqlite":
        return
    from sqlalchemy import text

    from storage.leases import AdvisorySeat

    seat, other = storage.election(SEAT), storage.election(SEAT)
    assert isinstance(seat, AdvisorySeat)
    assert seat.hold(NOW)
    with seat.engine.connect() as connection:  # as an administrator would
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid()"
            )
        )
    began = time.monotonic()
    while not other.hold(NOW):
        assert time.monotonic() - began < 10
    assert not seat.hold(NOW)
    other.release()
    assert seat.hold(NOW)
    seat.release()
