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
from storage.tables import present
from tests.storage.rows import fill, rows_of

REVISIONS = schema.revisions()


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


@pytest.mark.parametrize("revision", REVISIONS)
def test_data_of_every_revision_is_taken_along_to_the_newest(empty_url: str, engine: Engine, revision: str) -> None:
    """Filled as a database of that revision was; afterwards each of its values is still there."""
    with engine.begin() as connection:
        schema.build(connection, revision)
        fill(connection, present(connection).sorted_tables)
        before = {table.name: rows_of(connection, table) for table in present(connection).sorted_tables}
    storage = open_storage(empty_url)
    assert storage.migrate() == (revision, schema.newest())
    storage.check_schema()
    storage.close()
    with engine.connect() as connection:
        now = present(connection).tables
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
        for name, rows in before.items():
            kept = [column for column in rows[0] if column in now[name].columns]
            assert kept, f"{name} lost all its columns"
            after = rows_of(connection, now[name])
            assert [{c: row[c] for c in kept} for row in after] == [{c: row[c] for c in kept} for row in rows]


def test_revisions_are_one_line_of_descent() -> None:
    assert REVISIONS[0] == "0001"
    assert REVISIONS[-1] == schema.newest()
    assert len(set(REVISIONS)) == len(REVISIONS)


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
