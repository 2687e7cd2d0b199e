"""The only wiring: settings, what answers questions, the texts and a transport become one Application."""

from __future__ import annotations

from typing import Any

from aiohttp import web
from telegram.ext import Application
from telegram.request import BaseRequest

from alerts.pacing import Limits, Rate
from bot.backlog import Leftovers
from bot.clock import clock
from bot.console import BASE_URL, TOKEN
from bot.halts import Halts
from bot.health import Health
from bot.inbox import Journal
from bot.intake import Intake
from bot.limiter import PacedLimiter
from bot.ordering import OrderedUpdates
from bot.polling import Poller
from bot.request import AiohttpRequest
from bot.serving import Listener
from bot.settings import Settings
from bot.webhook import Address, Webhook, secret_for
from handlers.context import Conversation, Desk
from handlers.register import ALLOWED_UPDATES, register
from messages.catalog import Catalog
from storage import Storage

AnyApplication = Application[Any, Any, Any, Any, Any, Any]


def build_application(
    settings: Settings,
    services: Conversation,
    catalog: Catalog,
    request: BaseRequest | None = None,
    *,
    features: frozenset[str] = frozenset(),
    sample: bool = False,
    storage: Storage | None = None,
    limits: Limits | None = None,
) -> tuple[AnyApplication, Poller | Webhook]:
    """The Application with its handlers, and what feeds it; `bot.lifecycle.run` runs both.

    `request` None means Telegram itself (settings.token must be set); the terminal's is `bot.console.terminal_request`.
    `storage` keeps updates and Telegram's "wait" over restarts; without it the bot polls. `limits` None: Telegram's.
    """
    if request is None:
        sends: BaseRequest = AiohttpRequest(connections=settings.connections, read_timeout=settings.request_timeout)
        polls: BaseRequest = AiohttpRequest(connections=2, read_timeout=settings.request_timeout)
        waiting = settings.poll_timeout
        token, address = settings.token or "", f"{settings.telegram_api_url}/"
    else:
        sends = polls = request
        waiting = 1
        token, address = TOKEN, BASE_URL.removesuffix("bot")
    ordered = OrderedUpdates(settings.concurrent_updates)
    builder = (
        Application.builder()
        .token(token)
        .base_url(f"{address}bot")
        .base_file_url(f"{address}file/bot")
        .request(sends)
        .get_updates_request(polls)
        .concurrent_updates(ordered)
        .updater(None)
        .job_queue(None)
    )
    if request is None:
        pace = limits or Limits(bot=Rate.within(settings.messages_per_second, 1))
        builder.rate_limiter(PacedLimiter(pace, halts=Halts(storage, clock) if storage else None))
    application = builder.build()
    intake: Poller | Webhook
    if request is None and storage is not None and settings.webhook_url:
        intake = _webhook(settings, application, storage)
    else:
        bot, queue = application.bot, application.update_queue
        left = Leftovers(bot, queue, Journal(storage, clock)) if storage is not None and request is None else None
        intake = Poller(bot, polls, queue, timeout=waiting, allowed=ALLOWED_UPDATES, leftovers=left)
    ordered.tell(intake.done)
    desk = Desk(services, catalog, settings.language, features=features, sample=sample)
    register(application, desk)
    return application, intake


def build_health(settings: Settings, storage: Storage, intake: Intake) -> Listener | None:
    """What answers health checks, if it has an address of its own; by webhook they may be at the webhook's."""
    health = Health(storage, intake)
    if isinstance(intake, Webhook) and settings.health_address == settings.webhook_listen:
        health.routes(intake.application)
        return None
    if settings.health_listen is None:
        return None
    application = web.Application()
    health.routes(application)
    return Listener(application, settings.health_listen, "SITREP_HEALTH_LISTEN")


def _webhook(settings: Settings, application: AnyApplication, storage: Storage) -> Webhook:
    given = settings.webhook_secret
    secret = given.get_secret_value() if given else secret_for(settings.token or "")
    address = Address(settings.webhook_url or "", secret, settings.webhook_listen)
    journal = Journal(storage, clock)
    return Webhook(application.bot, application.update_queue, journal, address, allowed=ALLOWED_UPDATES)
