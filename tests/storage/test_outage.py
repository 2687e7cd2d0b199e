"""The database away and back: said in a sentence, nobody waits in line for it, nothing is lost, no connection leaks."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import exc

from conflict.errors import DatabaseAwayError, StorageError
from storage import Storage, open_storage
from storage.reach import PAUSE_SECONDS, Reach
from tests.storage.servers import Server, postgresql
from tests.storage.values import ARIHA, facts, keep

REFUSED = exc.OperationalError("", None, Exception("refused"))


class Clock:
    """Time that a test turns on."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A PostgreSQL server that these tests stop and start."""
    with postgresql() as own:
        yield own


def ping(storage: Storage) -> None:
    with storage.begin() as unit:
        unit.ping()


def back_within(storage: Storage, seconds: float) -> float:
    """Ask until there is an answer; how long that took."""
    started = time.monotonic()
    while True:
        try:
            ping(storage)
        except DatabaseAwayError:
            assert time.monotonic() - started < seconds
        else:
            return time.monotonic() - started


def fail(reach: Reach, fault: Exception = REFUSED) -> None:
    with reach.attempt():
        raise fault


def test_one_tries_while_the_database_is_away_and_the_others_are_told_at_once() -> None:
    clock = Clock()
    reach = Reach("db", clock)
    with pytest.raises(exc.OperationalError):
        fail(reach)
    with pytest.raises(DatabaseAwayError, match="tried again"), reach.attempt():
        pytest.fail("nobody is let through so soon")
    clock.now += PAUSE_SECONDS
    with reach.attempt(), pytest.raises(DatabaseAwayError), reach.attempt():
        pytest.fail("one at a time")
    with reach.attempt(), reach.attempt():
        pass  # it is back: everybody


def test_what_is_no_fault_of_the_connection_does_not_close_the_door() -> None:
    reach = Reach("db", Clock())
    with pytest.raises(KeyboardInterrupt), reach.attempt():
        raise KeyboardInterrupt
    with reach.attempt():
        pass


def test_a_try_that_was_broken_off_does_not_block_the_next() -> None:
    clock = Clock()
    reach = Reach("db", clock)
    with pytest.raises(exc.OperationalError):
        fail(reach)
    clock.now += PAUSE_SECONDS
    with pytest.raises(KeyboardInterrupt), reach.attempt():
        raise KeyboardInterrupt
    with reach.attempt():
        pass


@pytest.mark.postgresql
def test_a_server_that_was_stopped_is_away_and_found_again(server: Server) -> None:
    storage = open_storage(server.url)
    storage.migrate()
    with storage.begin(write=True) as unit:
        event = keep(unit, facts(ARIHA))
    server.stop()
    try:
        for _ in range(20):
            started = time.monotonic()
            with pytest.raises(DatabaseAwayError, match="cannot be reached now"):
                ping(storage)
            assert time.monotonic() - started < 1
    finally:
        server.start()
    assert back_within(storage, 5) < 5
    with storage.begin() as unit:
        assert unit.events.get(event.event_id) == event
    assert _checked_out(storage) == 0
    storage.close()


@pytest.mark.postgresql
def test_a_server_that_ends_in_the_middle_of_a_unit_is_away_not_broken(server: Server) -> None:
    storage = open_storage(server.url)
    storage.migrate()
    before = _events(storage)

    def write_while_it_ends() -> None:
        with storage.begin(write=True) as unit:
            keep(unit, facts(ARIHA))
            server.stop()
            unit.ping()

    try:
        with pytest.raises(DatabaseAwayError):
            write_while_it_ends()
    finally:
        server.start()
    back_within(storage, 5)
    assert _events(storage) == before
    assert _checked_out(storage) == 0
    storage.close()


@pytest.mark.postgresql
def test_a_question_that_takes_too_long_is_ended_and_the_next_is_answered(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.engine.READ_SECONDS", 1)
    storage = open_storage(server.url)
    with (
        pytest.raises(DatabaseAwayError, match="timeout"),
        storage._transaction(False) as connection,
    ):
        connection.exec_driver_sql("SELECT pg_sleep(30)")
    ping(storage)
    with storage._transaction(True) as connection:
        assert connection.exec_driver_sql("SHOW statement_timeout").scalar() == "0"
    with storage._transaction(False) as connection:
        assert connection.exec_driver_sql("SHOW statement_timeout").scalar() == "1s"
    storage.close()


@pytest.fixture
def file(tmp_path: Path, migrated_file: Path) -> Path:
    path = tmp_path / "sitrep.db"
    shutil.copy(migrated_file, path)
    return path


def test_a_file_that_was_moved_is_away_and_found_again(file: Path) -> None:
    storage = open_storage(f"sqlite:///{file}")
    with storage.begin(write=True) as unit:
        event = keep(unit, facts(ARIHA))
    elsewhere = file.with_name("elsewhere.db")
    file.rename(elsewhere)
    for write in (False, True):
        with pytest.raises(DatabaseAwayError), storage.begin(write=write):
            pytest.fail("nothing is read from or written into a lost file")
    assert not file.exists(), "a missing file is never replaced by an empty one"
    elsewhere.rename(file)
    assert back_within(storage, 5) < 5
    with storage.begin() as unit:
        assert unit.events.get(event.event_id) == event
    assert _checked_out(storage) == 0
    storage.close()


def test_a_file_that_another_took_the_place_of_is_read_anew(file: Path, migrated_file: Path) -> None:
    storage = open_storage(f"sqlite:///{file}")
    with storage.begin(write=True) as unit:
        keep(unit, facts(ARIHA))
    assert _events(storage) == 1
    for leftover in file.parent.glob("sitrep.db-*"):
        leftover.unlink()
    other = file.with_name("other.db")
    shutil.copy(migrated_file, other)
    os.replace(other, file)
    assert _events(storage) == 0
    storage.close()


def test_readers_do_not_wait_for_a_writer(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.engine.BUSY_SECONDS", 0.05)
    holder, asker = open_storage(f"sqlite:///{file}"), open_storage(f"sqlite:///{file}")
    with holder.begin(write=True) as unit:
        keep(unit, facts(ARIHA))
        assert _events(asker) == 0
        with pytest.raises(DatabaseAwayError, match="locked"), asker.begin(write=True):
            pass
        assert _events(asker) == 0, "a writer that waited in vain leaves readers alone"
    assert _events(asker) == 1
    holder.close()
    asker.close()


def test_many_askers_at_once_are_all_told_soon(file: Path) -> None:
    storage = open_storage(f"sqlite:///{file}")
    ping(storage)
    file.rename(file.with_name("elsewhere.db"))
    told: list[BaseException] = []

    def ask() -> None:
        try:
            ping(storage)
        except StorageError as fault:
            told.append(fault)

    threads = [threading.Thread(target=ask) for _ in range(32)]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert time.monotonic() - started < 5
    assert [type(fault) for fault in told] == [DatabaseAwayError] * 32
    assert _checked_out(storage) == 0
    storage.close()


def _events(storage: Storage) -> int:
    with storage.begin() as unit:
        return unit.events.count()


def _checked_out(storage: Storage) -> int:
    checked_out: Callable[[], int] = storage._engine.pool.checkedout  # type: ignore[attr-defined]  # QueuePool has it
    return checked_out()
