"""`sitrep migrate`, `doctor`, `backup`, `restore`: looking after the database and the installation."""

from __future__ import annotations

import re
import time
from argparse import Namespace
from collections.abc import Callable
from typing import Final

from bot.opening import load_catalog, load_places, open_database, settings_with_logs
from bot.settings import Settings
from conflict.actors import Actors
from conflict.errors import SitrepError
from conflict.policy import load as load_policy
from storage import Unit, open_storage

_LAST: Final = 10


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

    def waiting() -> str:
        storage = open_storage(settings.storage_url)
        try:
            with storage.begin() as unit:
                return _deliveries(unit)
        finally:
            storage.close()

    checks: list[tuple[str, Callable[[], str]]] = [
        ("Database", database),
        ("Policy", lambda: _policy(settings)),
        ("Places", lambda: f"{len(load_places()):,} embedded"),
        ("Parties", lambda: f"{sum(1 for _ in Actors.load())} listed"),
        ("Languages", lambda: ", ".join(load_catalog().languages)),
    ]
    status = max(_checked(name, check) for name, check in checks)
    return status if status else _checked("Messages", waiting)


def _policy(settings: Settings) -> str:
    policy = load_policy(settings.policy_file)
    which = settings.policy_file or "as shipped"
    return f"{len(policy.rules)} rules, {len(policy.withheld)} names withheld ({which})"


def _deliveries(unit: Unit) -> str:
    """How many messages are in which state, the last that Telegram refused or that were given up, and input kept aside.

    Chats are never named; a reason is what Telegram or the reader said.
    """
    counts = unit.deliveries.counts()
    lines = [", ".join(f"{number:,} {state}" for state, number in sorted(counts.items())) or "none yet"]
    for one in unit.lost(_LAST):
        what = ", ".join(f"#{event_id[-4:]}" for event_id, _ in one.carries) or "no event"
        when = f"{one.settled_at:%Y-%m-%d %H:%M} UTC" if one.settled_at else "-"
        lines.append(f"  {when} {one.state}: {one.part} on {what}, {_without_numbers(one.error or 'no reason given')}")
    aside = unit.sources.kept_counts(limit=_LAST)
    if aside:
        lines.append("Input kept aside: " + ", ".join(f"{number:,} x {' '.join(why.split())}" for why, number in aside))
    return "\n".join(lines)


def _without_numbers(reason: str) -> str:
    """A reason on one line, without what may be a chat's id."""
    return re.sub(r"-?[0-9]{5,}", "…", " ".join(reason.split()))[:200]


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
