"""`sitrep run` and `sitrep chat`: the bot on Telegram, or the same bot in this terminal."""

from __future__ import annotations

import asyncio
import logging
import sys
from argparse import Namespace
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from ingest.sample import sample_now

from bot.app import build_application
from bot.commands.sample import load_bundled
from bot.console import ConsoleRequest, terminal_request
from bot.lifecycle import Deadlines
from bot.lifecycle import run as run_application
from bot.opening import answering, load_catalog, open_database, settings_with_logs
from bot.scheduler import Schedule
from bot.services import Services, clock
from bot.settings import Settings
from conflict.errors import UsageError
from handlers.commands import menus
from storage import Storage

log = logging.getLogger(__name__)

NO_TOKEN = (  # noqa: S105 (words, no secret)
    "No TELEGRAM_TOKEN is set, so this is a chat in your terminal. For a bot on Telegram: write to @BotFather there,\n"
    "send /newbot, and put the token it gives you into a file named .env as TELEGRAM_TOKEN=..., then start again."
)
DEMONSTRATION = (
    "Nothing of your own is stored yet: you are asking the bundled sample, {count} paraphrased reports on Idlib.\n"
    "Its clock stands at {now:%d %B %Y, %H:%M} UTC. To store real reports: sitrep ingest FILE"
)


@dataclass(frozen=True, slots=True)
class Stage:
    """What a run speaks of: a database, the time it takes for now, and whether that is the bundled sample."""

    storage: Storage
    now: Callable[[], datetime] = clock
    sample: bool = False


def run(arguments: Namespace) -> int:
    """Telegram when there is a token, else the terminal."""
    settings = settings_with_logs(quiet=False)
    if not settings.token:
        print(NO_TOKEN, file=sys.stderr)
        return chat(arguments)
    storage = open_database(settings.storage_url)
    with storage.begin() as unit:
        if unit.reports.count(sample=True):
            storage.close()
            raise UsageError(
                "This database holds the bundled sample, which must not reach real chats. Remove it first: "
                "sitrep sample remove (with TELEGRAM_TOKEN unset)."
            )
    return _run(settings, Stage(storage), None)


def chat(arguments: Namespace) -> int:
    """The same handlers over the terminal; over the bundled sample as long as nothing else is stored."""
    settings = settings_with_logs()
    stage = _stage(settings)
    return _run(settings, stage, terminal_request(settings.home / "pictures", language=settings.language))


def _stage(settings: Settings) -> Stage:
    if settings.database_exists:
        storage = open_database(settings.storage_url)
        with storage.begin() as unit:
            real, sample = unit.reports.count(sample=False), unit.reports.count(sample=True)
        if real or sample:
            return Stage(storage) if real else Stage(storage, sample_now, sample=True)
        storage.close()
    storage = open_database(settings.sample_url)
    count = load_bundled(storage)
    print(DEMONSTRATION.format(count=count, now=sample_now()), file=sys.stderr)
    return Stage(storage, sample_now, sample=True)


def _run(settings: Settings, stage: Stage, request: ConsoleRequest | None) -> int:
    services = Services(
        answering(settings, stage.storage),
        default_language=settings.language,
        default_tz=settings.timezone,
        now=stage.now,
        as_of_now=stage.sample,
    )
    try:
        return asyncio.run(_conversation(settings, services, request, sample=stage.sample))
    finally:
        services.close()
        stage.storage.close()


async def _conversation(settings: Settings, services: Services, request: ConsoleRequest | None, *, sample: bool) -> int:
    catalog = load_catalog()
    application, poller = build_application(settings, services, catalog, request, sample=sample)
    return await run_application(
        application,
        poller,
        schedule=Schedule(),
        commands=menus(catalog) if request is None else None,
        deadlines=Deadlines(settings.start_deadline, settings.stop_deadline),
        stop=request.finished if request else None,
    )
