"""Backup files that are damaged, cut, swapped or made up: one clear line, and the database as empty as before."""

from __future__ import annotations

import json
import shutil
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conflict.errors import InputError, SchemaError, SitrepError
from storage import Storage, open_storage
from storage.archive import MANIFEST, ArchiveWriter
from storage.rowtext import Kind, kinds_of, reader, writer
from storage.tables import own_tables, tables_of
from tests.storage.values import ARIHA, facts, keep, words

Files = dict[str, bytes]


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Storage:
    """A SQLite database with something in it."""
    path = tmp_path_factory.mktemp("own") / "own.db"
    shutil.copy(migrated_file, path)
    storage = open_storage(f"sqlite:///{path}")
    with storage.begin(write=True) as unit:
        keep(unit, facts(ARIHA))
    storage.close()
    return storage


@pytest.fixture(scope="module")
def portable(own: Storage, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same as a portable backup, as PostgreSQL's would be."""
    path = tmp_path_factory.mktemp("portable") / "saved"
    with path.open("wb") as file, own._transaction(False) as connection:
        tables, archive = tables_of(connection), ArchiveWriter(file)
        for table in own_tables():
            columns = kinds_of(table)
            archive.add(table.name, columns, tables.lines(table, columns), tables.next_id(table))
        archive.finish(_revision(own), "2026-11-22T12:00:00+00:00")
        archive.close()
    return path


@pytest.fixture(scope="module")
def plain(own: Storage, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same as a SQLite file."""
    path = tmp_path_factory.mktemp("plain") / "saved"
    own.backup(path)
    return path


def _revision(storage: Storage) -> str:
    with storage._transaction(False) as connection:
        return str(connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar())


def refused(path: Path, kind: type[SitrepError] = InputError) -> str:
    """The one line that a restore of this file is refused with; the database has not a table after it."""
    target = path.with_name("target.db")
    target.unlink(missing_ok=True)
    storage = open_storage(f"sqlite:///{target}")
    with pytest.raises(kind) as caught:
        storage.restore(path)
    with storage._transaction(False) as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar() == 0
    storage.close()
    message = str(caught.value)
    assert "\n" not in message
    assert len(message) < 400
    return message


def changed(path: Path, into: Path, change: Callable[[Files], None]) -> Path:
    """A copy of a zip file with other members in it."""
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    change(files)
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return into


def manifest(change: Callable[[dict[str, Any]], object]) -> Callable[[Files], None]:
    def with_manifest(files: Files) -> None:
        said = json.loads(files[MANIFEST])
        change(said)
        files[MANIFEST] = json.dumps(said).encode()

    return with_manifest


def table(said: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(entry for entry in said["tables"] if entry["name"] == name)
    return found


def test_the_portable_form_as_such_is_restored(portable: Path, tmp_path: Path) -> None:
    storage = open_storage(f"sqlite:///{tmp_path / 'target.db'}")
    assert storage.restore(portable).rows > 0
    with storage.begin() as unit:
        assert unit.events.count() == 1
    storage.close()


@pytest.mark.parametrize(
    "change",
    [
        lambda files: files.pop(MANIFEST),
        lambda files: files.pop("tables/events.copy"),
        lambda files: files.update({"tables/events.copy": b""}),
        lambda files: files.update({"tables/events.copy": files["tables/events.copy"] * 2}),
        lambda files: files.update({"tables/events.copy": b"x" * 100_000}),
        lambda files: files.update({"tables/reports.copy": files["tables/reports.copy"].replace(b"Text", b"Tex2")}),
        lambda files: files.update({MANIFEST: b"{"}),
        lambda files: files.update({MANIFEST: b"[" * 100_000}),
        lambda files: files.update({MANIFEST: b" " * (2 << 20)}),
        lambda files: files.update({MANIFEST: b"\xff\xfe"}),
        lambda files: files.update({MANIFEST: b"null"}),
        manifest(lambda said: said.update(format="other")),
        manifest(lambda said: said.update(more=1)),
        manifest(lambda said: said["tables"].pop()),
        manifest(lambda said: said["tables"].append(said["tables"][0])),
        manifest(lambda said: said["tables"].append({**said["tables"][0], "name": 'x"; DROP TABLE events; --'})),
        manifest(lambda said: table(said, "events").update(rows=-1)),
        manifest(lambda said: table(said, "events").update(rows=2)),
        manifest(lambda said: table(said, "events").update(sha256="0" * 64)),
        manifest(lambda said: table(said, "events")["columns"].update({'"': "text"})),
        manifest(lambda said: table(said, "events")["columns"].update(event_id="money")),
        manifest(lambda said: table(said, "events")["columns"].update(event_id="integer")),
        manifest(lambda said: table(said, "chats").update(next_id=1 << 63)),
        manifest(lambda said: table(said, "reports").update(next_id=5)),
    ],
)
def test_a_portable_backup_that_was_changed_is_refused(
    portable: Path, tmp_path: Path, change: Callable[[Files], None]
) -> None:
    assert "damaged" in refused(changed(portable, tmp_path / "saved", change))


def test_rows_that_point_nowhere_are_refused(portable: Path, tmp_path: Path) -> None:
    """Even where the checksums were made to fit."""

    def orphan(files: Files) -> None:
        files["tables/reports.copy"] = b""
        said = json.loads(files[MANIFEST])
        empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        table(said, "reports").update(rows=0, size=0, sha256=empty)
        files[MANIFEST] = json.dumps(said).encode()

    assert "damaged" in refused(changed(portable, tmp_path / "saved", orphan))


def test_backups_of_a_newer_sitrep_say_so(portable: Path, plain: Path, tmp_path: Path) -> None:
    newer = changed(portable, tmp_path / "one", manifest(lambda said: said.update(version=2)))
    assert "newer Sitrep" in refused(newer)
    newer = changed(portable, tmp_path / "two", manifest(lambda said: said.update(revision="9999")))
    assert "newer Sitrep" in refused(newer, SchemaError)
    copy = tmp_path / "three"
    shutil.copy(plain, copy)
    _execute(copy, "UPDATE alembic_version SET version_num = '9999'")
    assert "newer Sitrep" in refused(copy, SchemaError)


def _execute(path: Path, *statements: str) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    for statement in statements:
        connection.execute(statement)
    connection.close()


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TABLE alembic_version",
        "DELETE FROM alembic_version",
        "DROP TABLE kept_aside",
        "ALTER TABLE kept_aside DROP COLUMN reason",
        "CREATE VIEW more AS SELECT 1",
        "CREATE TRIGGER more AFTER INSERT ON events BEGIN DELETE FROM reports; END",
        "DELETE FROM reports",  # the claims point at them
        "UPDATE events SET revision = 'many'",
        "UPDATE events SET event_date = 'yesterday'",
        "UPDATE events SET updated_at = 1e300",
        "UPDATE events SET listed = 7",
        "UPDATE events SET event_type = x'00'",
    ],
)
def test_a_sqlite_file_that_was_changed_is_refused(plain: Path, tmp_path: Path, statement: str) -> None:
    copy = tmp_path / "saved"
    shutil.copy(plain, copy)
    _execute(copy, "PRAGMA foreign_keys = OFF", statement)
    assert "damaged" in refused(copy)


def test_what_is_no_backup_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "saved"
    assert "cannot be read" in refused(path)
    assert "cannot be read" in refused(tmp_path)
    for content in (
        b"",
        b"P",
        b"PK\x03\x04",
        b"SQLite format 3\0",
        b"SQLite format 3\0" + b"\xff" * 5000,
        b"notes " * 900,
    ):
        path.write_bytes(content)
        refused(path)
    _execute(tmp_path / "other", "CREATE TABLE kitchen (soup)")
    assert "not one of Sitrep's" in refused(tmp_path / "other")


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_bytes_changed_anywhere_restore_all_or_nothing(
    portable: Path, plain: Path, tmp_path: Path, data: st.DataObject
) -> None:
    original = data.draw(st.sampled_from([portable, plain])).read_bytes()
    position = data.draw(st.integers(0, len(original) - 1))
    keep_bytes = data.draw(st.sampled_from([len(original), position]))
    noise = data.draw(st.binary(min_size=1, max_size=40))
    path, target = tmp_path / "saved", tmp_path / "target.db"
    path.write_bytes((original[:position] + noise + original[position + len(noise) :])[:keep_bytes])
    target.unlink(missing_ok=True)
    storage = open_storage(f"sqlite:///{target}")
    try:
        storage.restore(path)
    except SitrepError:
        with storage._transaction(False) as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar() == 0
    else:
        storage.check_schema()
        with storage.begin() as unit:
            assert unit.reports.count() == unit.events.count() == 1
    finally:
        storage.close()


rows = st.fixed_dictionaries(
    {
        Kind.TEXT: st.none() | words | st.sampled_from(["\\N", "\\", "\t\n\\t", "\x0b\x0c\x08\r"]),
        Kind.INTEGER: st.none() | st.integers(-(2**63), 2**63 - 1),
        Kind.FLOAT: st.none() | st.floats(allow_nan=False, allow_infinity=False),
        Kind.BOOLEAN: st.none() | st.integers(0, 1),
        Kind.DATE: st.none() | st.dates().map(str),
        Kind.INSTANT: st.none() | st.integers(-(10**15), 10**16),
        Kind.BYTES: st.none() | st.binary(max_size=9),
    }
)


@given(rows)
def test_any_row_survives_being_a_line(row: dict[Kind, Any]) -> None:
    line = writer(row)(list(row.values()))
    assert line.count(b"\n") == 1
    assert reader(row)(line[:-1]) == list(row.values())
