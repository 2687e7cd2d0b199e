"""The bot behind a webhook, in this loop: same wiring and lifecycle, a made-up conversation, a real database."""

from __future__ import annotations

import asyncio
import io
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from bot.app import AnyApplication, build_application, build_health
from bot.lifecycle import Deadlines, run
from bot.polling import Poller
from bot.settings import load_settings
from bot.webhook import SECRET_HEADER, Webhook, secret_for
from storage import Storage
from tests.botapi.server import BotApiServer
from tests.handlers.fakes import FakeConversation
from tests.handlers.running import UNPACED, catalog


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


async def until(reached: Callable[[], bool]) -> None:
    """Wait for what tells nobody when it is reached: another process, or a row in a database."""
    async with asyncio.timeout(10):
        while not reached():  # noqa: ASYNC110 (no event to wait for, see above)
            await asyncio.sleep(0.01)


@dataclass
class Hooked:
    """A bot with a webhook that runs in this loop."""

    server: BotApiServer
    application: AnyApplication
    intake: Webhook | Poller
    conversation: FakeConversation
    port: int
    task: asyncio.Task[int]
    stop: asyncio.Event = field(default_factory=asyncio.Event)

    async def ready(self) -> None:
        """Wait until it takes updates."""
        loop = asyncio.get_running_loop()
        await until(lambda: self.intake.alive(loop.time())[0])

    async def post(self, body: Any, *, secret: str | None = "", raw: bytes | None = None) -> tuple[int, str | None]:
        """Post as Telegram does; the status, and after how long to come again. `secret` "": the right one."""
        given = secret_for(self.server.token) if secret == "" else secret
        headers = {"Content-Type": "application/json"} | ({SECRET_HEADER: given} if given is not None else {})
        data = {"data": io.BytesIO(raw)} if raw is not None else {"json": body}
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"http://127.0.0.1:{self.port}/hook", headers=headers, **data) as response,
        ):
            return response.status, response.headers.get("Retry-After")

    async def ended(self) -> int:
        """Stop it gently and wait; its exit status."""
        self.stop.set()
        async with asyncio.timeout(8):
            return await self.task


def hook(
    server: BotApiServer,
    storage: Storage,
    conversation: FakeConversation | None = None,
    *,
    stop: float = 3.0,
    **more: Any,
) -> Hooked:
    """Start a bot with a webhook; `more`: settings; None takes one away."""
    conversation = conversation or FakeConversation()
    port = free_port()
    given = {
        "TELEGRAM_TOKEN": server.token,
        "TELEGRAM_API_URL": server.root,
        "SITREP_REQUEST_TIMEOUT": 5,
        "SITREP_POLL_TIMEOUT": 5,
        "SITREP_WEBHOOK_URL": f"http://127.0.0.1:{port}/hook",
        "SITREP_WEBHOOK_LISTEN": f"127.0.0.1:{port}",
        **more,
    }
    settings = load_settings(None, **{name: value for name, value in given.items() if value is not None})
    application, intake = build_application(settings, conversation, catalog(), storage=storage, limits=UNPACED)
    health = build_health(settings, storage, intake)
    event = asyncio.Event()
    limits = Deadlines(5.0, stop)
    task = asyncio.create_task(run(application, intake, deadlines=limits, stop=event, signals=False, health=health))
    return Hooked(server, application, intake, conversation, port, task, event)


@asynccontextmanager
async def hooked(server: BotApiServer, storage: Storage, **more: Any) -> AsyncIterator[Hooked]:
    """A bot with a webhook for the length of a test."""
    bot = hook(server, storage, **more)
    try:
        await bot.ready()
        yield bot
    finally:
        bot.conversation.gate.set()
        await bot.ended()


def message(number: int, text: str, chat: int = 4242) -> dict[str, Any]:
    """A private message as Telegram posts it."""
    person = {"id": chat, "is_bot": False, "first_name": "Amal", "language_code": "en"}
    where = {"id": chat, "type": "private", "first_name": "Amal"}
    said = {"message_id": number, "date": 1_700_000_000, "from": person, "chat": where, "text": text}
    return {"update_id": number, "message": said}
