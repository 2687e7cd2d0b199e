"""The schema: from empty to newest, equal to the models, and never guessed at."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, create_engine, text

from conflict.errors import SchemaError
from storage import open_storage, schema
from storage.models import metadata


@pytest.fixture
def engine(empty_url: str) -> Iterator[Engine]:
    made = create_engine(empty_url.replace("postgresql://", "postgresql+psycopg://"))
    yield made
    made.dispose()


def test_models_equal_migrations(empty_url: str, engine: Engine) -> None:
    storage = open_storage(empty_url)
    assert storage.migrate() == (None, schema.newest())
    storage.close()
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_migrating_twice_changes_nothing(empty_url: str) -> None:
    storage = open_storage(empty_url)
    storage.migrate()
    assert storage.migrate() == (schema.newest(), schema.newest())
    storage.check_schema()
    storage.close()


def test_empty_older_newer_and_strange_databases_are_refused_in_a_sentence(empty_url: str, engine: Engine) -> None:
    storage = open_storage(empty_url)
    with pytest.raises(SchemaError, match="empty; run: sitrep migrate"):
        storage.check_schema()
    storage.migrate()
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SchemaError, match="newer Sitrep"):
        storage.check_schema()
    with pytest.raises(SchemaError, match="newer Sitrep"):
        storage.migrate()
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM alembic_version"))
    with pytest.raises(SchemaError, match="not Sitrep's"):
        storage.migrate()
    storage.close()
