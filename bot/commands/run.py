"""`sitrep run`: the bot on Telegram; without a token, how to get one and the same bot in this terminal."""

from __future__ import annotations

import asyncio
import sys
from argparse import Namespace

from bot.alerting import seat_alerts
from bot.app import build_application, build_health
from bot.console import ConsoleRequest
from bot.lifecycle import Deadlines
from bot.lifecycle import run as run_application
from bot.opening import answering, load_catalog, open_database, settings_with_logs
from bot.scheduler import Schedule
from bot.services import Services
from bot.settings import Settings
from conflict.errors import UsageError
from handlers.commands import menus
from messages.buttons import ALERTS

HOW_TO_GET_ONE = (
    "No TELEGRAM_TOKEN is set, so this is a chat in your terminal. For a bot on Telegram: write to @BotFather there,\n"
    "send /newbot, and put the token it gives you into a file named .env as TELEGRAM_TOKEN=..., then start again."
)


def run(arguments: Namespace) -> int:
    """Telegram when there is a token, else the terminal."""
    settings = settings_with_logs(quiet=False)
    if not settings.token:
        from bot.commands.chat import (
            chat,
        )  # the terminal brings extraction and the sample along; Telegram needs neither

        print(HOW_TO_GET_ONE, file=sys.stderr)
        return chat(arguments)
    storage = open_database(settings.storage_url)
    try:
        with storage.begin() as unit:
            if unit.reports.count(sample=True):
                raise UsageError(
                    "This database holds the bundled sample, which must not reach real chats. Remove it first: "
                    "sitrep sample remove"
                )
        services = Services(
            answering(settings, storage), default_language=settings.language, default_tz=settings.timezone
        )
        return converse(settings, services, None)
    finally:
        storage.close()


def converse(settings: Settings, services: Services, request: ConsoleRequest | None, *, sample: bool = False) -> int:
    """Run the Application until it is stopped, over Telegram (`request` None) or the terminal; the exit status."""
    try:
        return asyncio.run(_conversation(settings, services, request, sample=sample))
    finally:
        services.close()


async def _conversation(settings: Settings, services: Services, request: ConsoleRequest | None, *, sample: bool) -> int:
    catalog = load_catalog(services.answering.places)
    storage = None if request else services.answering.storage
    features = frozenset({ALERTS}) if storage else frozenset()
    application, intake = build_application(
        settings, services, catalog, request, features=features, sample=sample, storage=storage
    )
    schedule = Schedule()
    if storage:
        seat_alerts(application, schedule, services, settings, catalog)
    return await run_application(
        application,
        intake,
        schedule=schedule,
        commands=None if request else menus(catalog),
        deadlines=Deadlines(settings.start_deadline, settings.stop_deadline),
        stop=request.finished if request else None,
        health=build_health(settings, storage, intake) if storage else None,
    )
