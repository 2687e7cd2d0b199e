"""Backup while others write, restore into an empty database of either kind: equal to the last row, or nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from conflict.errors import SchemaError, StorageError, UsageError
from storage import Storage, open_storage, schema
from storage.archive import ArchiveWriter
from storage.models import metadata
from storage.rowtext import kinds_of
from storage.tables import own_tables, present, tables_of
from tests.storage.rows import fill, rows_of
from tests.storage.servers import new_database
from tests.storage.values import ARIHA, facts, keep

Everything = dict[str, list[dict[str, Any]]]


def put_rows(storage: Storage) -> None:
    """Rows in every table there is, also in tables that later versions add."""
    with storage._transaction(True) as connection:
        made = fill(connection, own_tables())
        for table in own_tables():  # the newest number was given and its row erased: it is never given again
            if (numbered := table.autoincrement_column) is not None:
                last = max(row[numbered.name] for row in made[table.name])
                tables_of(connection).set_next_id(table, last + 1)
                connection.execute(table.delete().where(numbered == last))


def everything(storage: Storage) -> Everything:
    """All rows of all tables."""
    with storage._transaction(False) as connection:
        return {table.name: rows_of(connection, table) for table in own_tables()}


def next_ids(storage: Storage) -> dict[str, int | None]:
    with storage._transaction(False) as connection:
        tables = tables_of(connection)
        return {table.name: tables.next_id(table) for table in own_tables()}


@pytest.fixture
def empty(empty_url: str) -> Iterator[Storage]:
    """A database without a table, of each kind."""
    storage = open_storage(empty_url)
    yield storage
    storage.close()


Backup = tuple[Path, Everything, dict[str, int | None]]


@pytest.fixture(
    scope="module",
    params=[pytest.param("sqlite"), pytest.param("portable", marks=pytest.mark.postgresql)],
)
def backup(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Backup:
    """A backup of each kind, what was in the database, and the numbers that come next."""
    folder = tmp_path_factory.mktemp("backup")
    url = f"sqlite:///{folder / 'own.db'}"
    if request.param == "portable":
        url = new_database(request.getfixturevalue("postgresql_server"), "saved")
    storage = open_storage(url)
    storage.migrate()
    put_rows(storage)
    saved, held, numbers = folder / "saved.backup", everything(storage), next_ids(storage)
    assert storage.backup(saved) == saved.stat().st_size
    storage.close()
    return saved, held, numbers


def test_what_was_saved_comes_back_in_either_database(backup: Backup, empty: Storage) -> None:
    path, held, numbers = backup
    assert path.stat().st_mode & 0o077 == 0, "it holds what is known of people"
    done = empty.restore(path)
    assert done.revision == schema.newest()
    assert done.rows == sum(map(len, held.values())) > 0
    assert done.tables == len(held)
    empty.check_schema()
    assert everything(empty) == held
    assert next_ids(empty) == numbers
    with empty._transaction(False) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == [], "with every index"
    with empty.begin(write=True) as unit:
        keep(unit, facts(ARIHA))


def test_a_database_with_data_is_left_alone(backup: Backup, storage: Storage) -> None:
    with storage.begin(write=True) as unit:
        keep(unit, facts(ARIHA))
    before = everything(storage)
    with pytest.raises(UsageError, match="holds data already"):
        storage.restore(backup[0])
    assert everything(storage) == before


def test_an_empty_database_with_a_schema_is_filled(backup: Backup, empty: Storage) -> None:
    empty.migrate()
    empty.restore(backup[0])
    assert everything(empty) == backup[1]
    with pytest.raises(UsageError, match="holds data already"):
        empty.restore(backup[0])


@pytest.mark.parametrize("revision", schema.revisions()[:-1])
@pytest.mark.parametrize("kind", ["sqlite", "portable"])
def test_a_backup_of_an_earlier_schema_is_migrated(empty: Storage, tmp_path: Path, kind: str, revision: str) -> None:
    path = tmp_path / "saved"
    old = open_storage(f"sqlite:///{path if kind == 'sqlite' else tmp_path / 'old.db'}")
    with old._transaction(True) as connection:
        schema.build(connection, revision)
        there = present(connection).sorted_tables
        made = fill(connection, there)
    if kind == "portable":
        with old._transaction(False) as connection, path.open("wb") as file, closing(ArchiveWriter(file)) as archive:
            for table in there:
                kinds = kinds_of(next(own for own in own_tables() if own.name == table.name))
                columns = {name: kinds[name] for name in table.columns.keys() if name in kinds}  # noqa: SIM118
                archive.add(table.name, columns, tables_of(connection).lines(table, columns), None)
            archive.finish(revision, "2026-11-22T12:00:00+00:00")
    old.close()
    assert empty.restore(path).revision == revision
    empty.check_schema()
    with empty._transaction(False) as connection:
        counts = {table.name: len(rows_of(connection, table)) for table in present(connection).sorted_tables}
    assert {name: counts[name] for name in made} == dict.fromkeys(made, 7)


def test_a_backup_is_of_one_instant_while_a_writer_works(storage: Storage, tmp_path: Path) -> None:
    """Each unit writes a report, an event, a claim and a change: in the backup there are as many of each."""
    for number in range(30):
        write_one(storage, number)
    stop, faults = threading.Event(), []

    def work() -> None:
        number = 30
        try:
            while not stop.is_set():
                write_one(storage, number)
                number += 1
        except BaseException as fault:
            faults.append(fault)

    writer = threading.Thread(target=work)
    writer.start()
    path = tmp_path / "saved"
    try:
        storage.backup(path)
    finally:
        stop.set()
        writer.join(30)
    assert faults == []
    copy = open_storage(f"sqlite:///{tmp_path / 'copy.db'}")
    copy.restore(path)
    found = everything(copy)
    assert 30 <= len(found["reports"]) <= len(everything(storage)["reports"])
    assert len({len(found[name]) for name in ("reports", "events", "claims", "changes")}) == 1
    copy.close()


def write_one(storage: Storage, number: int) -> None:
    with storage.begin(write=True) as unit:
        keep(unit, facts(ARIHA), report_id=f"r{number}")


@pytest.mark.postgresql
def test_a_backup_needs_the_schema_of_this_version(postgresql_server: str, tmp_path: Path) -> None:
    storage = open_storage(new_database(postgresql_server, "strange"))
    with pytest.raises(StorageError):
        storage.backup(tmp_path / "saved")
    storage.migrate()
    with storage._transaction(True) as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SchemaError, match="newer"):
        storage.backup(tmp_path / "saved")
    assert list(tmp_path.iterdir()) == []
    storage.close()
