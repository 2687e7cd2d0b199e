"""The database as a whole: many threads, a copy while running, and plain words when it is away or strange."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest

from conflict.errors import DatabaseAwayError, InputError, SettingsError, StorageError
from storage import EventQuery, Storage, open_storage
from tests.storage.values import ARIHA, IDLIB, facts, keep


def test_writers_and_readers_in_many_threads(storage: Storage) -> None:
    faults: list[BaseException] = []
    seen: list[int] = []

    def write(number: int) -> None:
        try:
            for step in range(6):
                with storage.begin(write=True) as unit:
                    unit.events.candidates(facts(ARIHA))
                    keep(unit, facts(ARIHA), report_id=f"r-{number}-{step}")
        except BaseException as fault:  # shown below: a thread's exception is lost otherwise
            faults.append(fault)

    def read() -> None:
        try:
            last = 0
            while last < 24:
                with storage.begin() as unit:
                    assert unit.events.query(EventQuery(places=(IDLIB,))).total <= 24
                    for change in unit.changes.since(last):
                        assert change.change_id > last
                        last = change.change_id
                        seen.append(last)
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)] + [threading.Thread(target=read)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert faults == []
    assert seen == list(range(1, 25)), "a reader of the change feed misses none"


def test_a_unit_that_fails_keeps_nothing(storage: Storage) -> None:
    def fail() -> None:
        with storage.begin(write=True) as unit:
            keep(unit, facts(ARIHA))
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        fail()
    with storage.begin() as unit:
        assert unit.reports.count() == unit.events.count() == 0
        assert not unit.events.any()


def test_a_backup_is_whole_and_never_overwrites(tmp_path: Path, migrated_file: Path) -> None:
    storage = open_storage(f"sqlite:///{tmp_path / 'own.db'}")
    storage.migrate()
    with storage.begin(write=True) as unit:
        event = keep(unit, facts(ARIHA))
    copy = tmp_path / "backup.db"
    with storage.begin(write=True) as unit:  # a writer at work does not stop it, and is not in it
        keep(unit, facts(ARIHA))
        assert storage.backup(copy) == copy.stat().st_size
    with pytest.raises(InputError, match="exists already"):
        storage.backup(copy)
    storage.close()
    assert sorted(path.name for path in tmp_path.iterdir() if "part" in path.name) == []
    restored = open_storage(f"sqlite:///{copy}")
    restored.check_schema()
    with restored.begin() as unit:
        assert unit.events.get(event.event_id) == event
        assert unit.events.count() == 1
    restored.close()


@pytest.mark.parametrize(
    "url", ["", "nonsense", "sqlite://", "sqlite:///:memory:", "mysql://localhost/x", "oracle://localhost/x"]
)
def test_urls_of_other_kinds_are_refused_in_a_sentence(url: str) -> None:
    with pytest.raises(SettingsError, match="DATABASE_URL"):
        open_storage(url)


def test_an_unreachable_server_is_away_not_broken() -> None:
    storage = open_storage("postgresql://someone:secret@127.0.0.1:9/none")
    with pytest.raises(DatabaseAwayError, match="cannot be reached") as caught, storage.begin():
        pass
    assert "secret" not in str(caught.value)
    storage.close()


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("This is no database. " * 400)
    storage = open_storage(f"sqlite:///{path}")
    with pytest.raises(StorageError, match="not a database") as caught:
        storage.check_schema()
    assert not isinstance(caught.value, DatabaseAwayError)
    storage.close()


def test_sqlite_is_durable_and_checks_references(tmp_path: Path) -> None:
    storage = open_storage(f"sqlite:///{tmp_path / 'deep' / 'down' / 'sitrep.db'}")
    with storage._transaction(True) as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    storage.close()


def test_a_database_locked_for_too_long_is_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.engine.BUSY_SECONDS", 0.05)
    path = tmp_path / "sitrep.db"
    storage = open_storage(f"sqlite:///{path}")
    storage.migrate()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseAwayError, match="locked"), storage.begin(write=True):
        pass
    other.execute("ROLLBACK")
    other.close()
    with storage.begin(write=True) as unit:
        unit.ping()
    storage.close()


def test_a_wrong_statement_or_schema_is_no_outage(storage: Storage) -> None:
    for words in ("SELECT none_such FROM events", "SELECT 1 FROM no_such_table", "SELEC 1"):
        with pytest.raises(StorageError) as fault, storage.begin() as unit:
            unit._session.connection.exec_driver_sql(words)
        assert not isinstance(fault.value, DatabaseAwayError), words
        assert "refused" in str(fault.value)
