"""Both databases, migrated once a session: SQLite is copied for each test, PostgreSQL is emptied after it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from storage import Storage, open_storage
from storage import people as _people  # noqa: F401  adds its tables to the metadata
from storage.models import metadata
from tests.storage.servers import new_database, postgresql


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the newest schema and nothing in it."""
    path = tmp_path_factory.mktemp("template") / "sitrep.db"
    storage = open_storage(f"sqlite:///{path}")
    storage.migrate()
    storage.close()
    return path


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The URL of a PostgreSQL server of our own, shared by all tests: never stop it."""
    with postgresql() as server:
        yield server.url


@pytest.fixture(scope="session")
def migrated_database(postgresql_server: str) -> str:
    """The URL of a PostgreSQL database with the newest schema."""
    url = new_database(postgresql_server, "contract")
    storage = open_storage(url)
    storage.migrate()
    storage.close()
    return url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def storage_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database with the newest schema and nothing in it."""
    if request.param == "sqlite":
        path = tmp_path / "sitrep.db"
        shutil.copy(request.getfixturevalue("migrated_file"), path)
        yield f"sqlite:///{path}"
        return
    url: str = request.getfixturevalue("migrated_database")
    yield url
    with psycopg.connect(url, autocommit=True) as connection:
        tables = ", ".join(metadata.tables)
        connection.execute(f"TRUNCATE {tables} RESTART IDENTITY CASCADE")  # names of ours


@pytest.fixture
def storage(storage_url: str) -> Iterator[Storage]:
    """An open database with the newest schema and nothing in it."""
    opened = open_storage(storage_url)
    yield opened
    opened.close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database without any table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server: str = request.getfixturevalue("postgresql_server")
    name = "empty"
    yield new_database(server, name)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
