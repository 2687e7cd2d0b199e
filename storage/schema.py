"""The schema's version: bringing a database to it, and refusing one that this version does not know."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from conflict.errors import SchemaError

if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

# The newest revision in `migrations/`. Alembic takes a fifth of a second to import: only a migration needs it.
NEWEST = "0013"
# Any constant will do, as long as all processes agree: one of them migrates, the others wait.
MIGRATION_LOCK = 7_241_001


def _config(connection: Connection | None = None) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _scripts() -> ScriptDirectory:
    from alembic.script import ScriptDirectory

    return ScriptDirectory.from_config(_config())


def _upgrade(connection: Connection, revision: str) -> None:
    from alembic import command

    command.upgrade(_config(connection), revision)


def newest() -> str:
    """The revision that this version of the program knows."""
    return NEWEST


def revisions() -> list[str]:
    """All revisions that there were, oldest first."""
    return [script.revision for script in _scripts().walk_revisions()][::-1]


def current(connection: Connection) -> str | None:
    """The revision of the database; None if it has none."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found


def migrate(connection: Connection) -> tuple[str | None, str]:
    """Bring the schema to the newest revision, in the transaction of `connection`."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
    before = current(connection)
    if before == newest():
        return before, before
    if before is not None and before not in revisions():
        raise _newer(before)
    if before is None:
        _refuse_strangers(connection)
    _upgrade(connection, "head")
    return before, newest()


def build(connection: Connection, revision: str) -> None:
    """Make the schema of one known revision, newest or earlier, in a database without tables; else SchemaError."""
    if revision not in revisions():
        raise _newer(revision)
    _upgrade(connection, revision)


def check(connection: Connection) -> None:
    """SchemaError unless the schema is this version's."""
    found = current(connection)
    if found == newest():
        return
    if found is None:
        _refuse_strangers(connection)
        raise SchemaError("The database is empty; run: sitrep migrate")
    if found not in revisions():
        raise _newer(found)
    raise SchemaError(f"The database has the older schema {found}, this version needs {newest()}; run: sitrep migrate")


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
