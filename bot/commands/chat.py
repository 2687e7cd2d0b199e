"""`sitrep chat`: the same bot in this terminal, over what is stored, or over the bundled sample when nothing is."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.clock import clock
from bot.commands.sample import load_bundled
from bot.console import terminal_request
from bot.conversation import converse
from bot.opening import answering, open_database, settings_with_logs
from bot.services import Services
from bot.settings import Settings
from ingest.sample import sample_now
from storage import Storage

DEMONSTRATION = (
    "Nothing of your own is stored yet: you are asking the bundled sample, paraphrased reports on Idlib, 2019.\n"
    "Its clock stands at {now:%d %B %Y, %H:%M} UTC. To store real reports: sitrep ingest FILE"
)


@dataclass(frozen=True, slots=True)
class Stage:
    """What a chat speaks of: a database, what it takes for now, and whether that is the bundled sample."""

    storage: Storage
    now: Callable[[], datetime] = clock
    sample: bool = False


def chat(arguments: Namespace) -> int:
    """Converse until the person ends it."""
    settings = settings_with_logs()
    stage = _stage(settings)
    try:
        services = Services(
            answering(settings, stage.storage),
            default_language=settings.language,
            default_tz=settings.timezone,
            now=stage.now,
            as_of_now=stage.sample,
        )
        request = terminal_request(settings.home / "pictures", language=settings.language)
        return converse(settings, services, request, sample=stage.sample)
    finally:
        stage.storage.close()


def _stage(settings: Settings) -> Stage:
    if settings.database_exists:
        storage = open_database(settings.storage_url)
        with storage.begin() as unit:
            own, sample = unit.reports.count(sample=False), unit.reports.count(sample=True)
        if own:
            return Stage(storage)
        if sample:
            return _sample(storage)
        storage.close()
    storage = open_database(settings.sample_url)
    load_bundled(storage)
    return _sample(storage)


def _sample(storage: Storage) -> Stage:
    now = sample_now()
    print(DEMONSTRATION.format(now=now), file=sys.stderr)
    return Stage(storage, lambda: now, sample=True)
