"""The only wiring: settings, what answers questions, the texts and a transport become one Application."""

from __future__ import annotations

from typing import Any

from telegram.ext import Application
from telegram.request import BaseRequest

from bot.console import BASE_URL, TOKEN
from bot.ordering import OrderedUpdates
from bot.polling import Poller
from bot.request import AiohttpRequest
from bot.settings import Settings
from handlers.context import Conversation, Desk
from handlers.register import ALLOWED_UPDATES, register
from messages.catalog import Catalog

AnyApplication = Application[Any, Any, Any, Any, Any, Any]


def build_application(
    settings: Settings,
    services: Conversation,
    catalog: Catalog,
    request: BaseRequest | None = None,
    *,
    features: frozenset[str] = frozenset(),
    sample: bool = False,
) -> tuple[AnyApplication, Poller]:
    """The Application with its handlers, and the poller that feeds it; `bot.lifecycle.run` runs both.

    `request` None means Telegram itself (settings.token must be set); the terminal's is `bot.console.terminal_request`.
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
    application = (
        Application.builder()
        .token(token)
        .base_url(f"{address}bot")
        .base_file_url(f"{address}file/bot")
        .request(sends)
        .get_updates_request(polls)
        .concurrent_updates(ordered)
        .updater(None)
        .job_queue(None)
        .build()
    )
    poller = Poller(application.bot, polls, application.update_queue, timeout=waiting, allowed=ALLOWED_UPDATES)
    ordered.tell(poller.done)
    desk = Desk(services, catalog, settings.language, features=features, sample=sample)
    register(application, desk)
    return application, poller
