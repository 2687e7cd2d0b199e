"""The schema's version: bringing a database to it, and refusing one that this version does not know."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from conflict.errors import SchemaError

# Any constant will do, as long as all processes agree: one of them migrates, the others wait.
MIGRATION_LOCK = 7_241_001


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def newest() -> str:
    """The revision that this version of the program knows."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    if head is None:
        raise SchemaError("This installation has no migrations; install Sitrep again")
    return head


def revisions() -> list[str]:
    """All revisions that there were, oldest first."""
    return [script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()][::-1]


def current(connection: Connection) -> str | None:
    """The revision of the database; None if it has none."""
    heads = MigrationContext.configure(connection).get_current_heads()
    return heads[0] if heads else None


def migrate(connection: Connection) -> tuple[str | None, str]:
    """Bring the schema to the newest revision, in the transaction of `connection`."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
    before = current(connection)
    if before is not None and before not in revisions():
        raise _newer(before)
    if before is None:
        _refuse_strangers(connection)
    if before != newest():
        command.upgrade(_config(connection), "head")
    return before, newest()


def build(connection: Connection, revision: str) -> None:
    """Make the schema of one known revision, newest or earlier, in a database without tables; else SchemaError."""
    if revision not in revisions():
        raise _newer(revision)
    command.upgrade(_config(connection), revision)


def check(connection: Connection) -> None:
    """SchemaError unless the schema is this version's."""
    found = current(connection)
    if found is None:
        _refuse_strangers(connection)
        raise SchemaError("The database is empty; run: sitrep migrate")
    if found not in revisions():
        raise _newer(found)
    if found != newest():
        raise SchemaError(
            f"The database has the older schema {found}, this version needs {newest()}; run: sitrep migrate"
        )


def _newer(found: str) -> SchemaError:
    return SchemaError(
        f"The database has schema {found}, which this version does not know (it knows up to {newest()}); "
        "it was written by a newer Sitrep: update the program, or restore a backup"
    )


def _refuse_strangers(connection: Connection) -> None:
    tables = [name for name in inspect(connection).get_table_names() if name != "alembic_version"]
    if tables:
        raise SchemaError(
            f"The database holds tables that are not Sitrep's ({', '.join(sorted(tables)[:3])}); "
            "give Sitrep a database of its own"
        )
