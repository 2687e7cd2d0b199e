"""`sitrep migrate`, `doctor`, `backup`, `restore`: looking after the database and the installation."""

from __future__ import annotations

import time
from argparse import Namespace
from collections.abc import Callable

from bot.opening import load_catalog, load_places, open_database, settings_with_logs
from conflict.actors import Actors
from conflict.errors import SitrepError
from storage import open_storage


def migrate(arguments: Namespace) -> int:
    """Bring the database to this version's schema."""
    storage = open_storage(settings_with_logs().storage_url)
    try:
        before, after = storage.migrate()
    finally:
        storage.close()
    was = "" if before == after else f" (was: {before or 'empty'})"
    print(f"The database is at schema {after}{was}.")
    return 0


def doctor(arguments: Namespace) -> int:
    """Check each part and say what is wrong; exit status 1 if anything is."""
    settings = settings_with_logs()
    print(f"Settings: read. Folder {settings.home.resolve()}; token {'set' if settings.token else 'not set'}.")

    def database() -> str:
        storage = open_storage(settings.storage_url)
        try:
            storage.check_schema()
            with storage.begin() as unit:
                unit.ping()
                return f"{storage.url}: {unit.reports.count()} reports, {unit.events.count()} events shown"
        finally:
            storage.close()

    checks: list[tuple[str, Callable[[], str]]] = [
        ("Database", database),
        ("Places", lambda: f"{len(load_places()):,} embedded"),
        ("Parties", lambda: f"{sum(1 for _ in Actors.load())} listed"),
        ("Languages", lambda: ", ".join(load_catalog().languages)),
    ]
    return max(_checked(name, check) for name, check in checks)


def _checked(name: str, check: Callable[[], str]) -> int:
    started = time.perf_counter()
    try:
        found = check()
    except SitrepError as error:
        print(f"{name}: {error}")
        return 1
    print(f"{name}: {found} ({(time.perf_counter() - started) * 1000:.0f} ms).")
    return 0


def backup(arguments: Namespace) -> int:
    """Copy the database while it is in use."""
    storage = open_database(settings_with_logs().storage_url, create=False)
    try:
        size = storage.backup(arguments.file)
    finally:
        storage.close()
    print(f"Backed up to {arguments.file} ({size / 1e6:,.1f} MB), checked.")
    return 0


def restore(arguments: Namespace) -> int:
    """Fill an empty database from a backup."""
    storage = open_storage(settings_with_logs().storage_url)
    try:
        done = storage.restore(arguments.file)
    finally:
        storage.close()
    print(f"Restored {done.rows:,} rows of {done.tables} tables into {storage.url}, compared with the backup.")
    return 0
