"""One conversation of people with the bot, from its start to its end: over Telegram, or over the terminal."""

from __future__ import annotations

import asyncio
from typing import Final

from bot.adding import AddingServices
from bot.alerting import seat_alerts
from bot.app import build_application, build_health
from bot.channels import ChannelServices, Intake
from bot.console import ConsoleRequest
from bot.gathering import seat_gathering
from bot.lifecycle import Deadlines
from bot.lifecycle import run as run_application
from bot.opening import load_catalog
from bot.reviewing import TICK_SECONDS, ReviewingServices
from bot.scheduler import Schedule
from bot.services import Services
from bot.settings import Settings
from bot.settling import SettlingServices
from handlers.adding import seat_adding
from handlers.channels import seat_channels
from handlers.commands import menus
from handlers.operators import seat_operators
from handlers.settling import seat_settling
from messages.buttons import ALERTS

WARM_AFTER: Final = 1.0  # seconds: not while the bot is getting ready


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
    seat_settling(application, SettlingServices(services.answering, services.now, services.default_tz))
    schedule = Schedule()
    if storage:
        seat_alerts(application, schedule, services, settings, catalog)
        posts = Intake(storage, services.answering.places, services.now, services.answering.policy)
        seat_channels(application, ChannelServices(posts, catalog), settings.operators)
        seat_adding(application, AddingServices(posts, settings.country), settings.operators)
        reviewing = ReviewingServices(services.answering, services.now)
        seat_operators(application, reviewing, settings.operators)
        schedule.every(TICK_SECONDS, "holds", reviewing.tick)
        seat_gathering(schedule, storage, settings, services.answering.places)
    asyncio.get_running_loop().call_later(WARM_AFTER, services.warm)
    return await run_application(
        application,
        intake,
        schedule=schedule,
        commands=None if request else menus(catalog),
        deadlines=Deadlines(settings.start_deadline, settings.stop_deadline),
        stop=request.finished if request else None,
        health=build_health(settings, storage, intake) if storage else None,
    )
