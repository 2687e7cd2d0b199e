"""The bot as it runs, against the Bot API test server: same wiring, same lifecycle, a made-up conversation."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache

from alerts.pacing import Limits, Rate
from bot.app import AnyApplication, build_application
from bot.lifecycle import Deadlines, run
from bot.polling import Poller
from bot.settings import load_settings
from messages.catalog import Catalog
from tests.botapi.server import BotApiServer
from tests.handlers.fakes import FakeConversation


@cache
def catalog() -> Catalog:
    """The texts, read once for all tests."""
    return Catalog.load()


@dataclass
class Running:
    """A bot that runs in this loop."""

    application: AnyApplication
    poller: Poller
    conversation: FakeConversation
    task: asyncio.Task[int]
    stop: asyncio.Event = field(default_factory=asyncio.Event)

    async def ended(self) -> int:
        """Stop it gently and wait; its exit status."""
        self.stop.set()
        async with asyncio.timeout(5):
            return await self.task


UNPACED = Limits(*[Rate(1e6, 10_000)] * 3)


def launch(
    server: BotApiServer,
    conversation: FakeConversation | None = None,
    limits: Limits | None = UNPACED,
    **deadlines: float,
) -> Running:
    """Start a bot; it may still be connecting when this returns. `limits` None: it keeps to Telegram's pace."""
    conversation = conversation or FakeConversation()
    settings = load_settings(
        None,
        TELEGRAM_TOKEN=server.token,
        TELEGRAM_API_URL=server.root,
        SITREP_POLL_TIMEOUT=5,
        SITREP_REQUEST_TIMEOUT=5,
    )
    application, poller = build_application(settings, conversation, catalog(), limits=limits)
    assert isinstance(poller, Poller)
    stop = asyncio.Event()
    limits = Deadlines(**{"start": 5.0, "stop": 3.0, **deadlines})
    task = asyncio.create_task(run(application, poller, deadlines=limits, stop=stop, signals=False))
    return Running(application, poller, conversation, task, stop)


@asynccontextmanager
async def bot_at(
    server: BotApiServer, conversation: FakeConversation | None = None, limits: Limits | None = UNPACED
) -> AsyncIterator[Running]:
    """A bot that runs for the length of a test."""
    running = launch(server, conversation, limits)
    try:
        yield running
    finally:
        running.conversation.gate.set()
        await running.ended()
