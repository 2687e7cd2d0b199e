"""Updates delivered to the bot's own URL, as Telegram does when a webhook is set."""

from __future__ import annotations

import asyncio
import ipaddress
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from tests.botapi.errors import malformed
from tests.botapi.updates import Updates

SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}\Z")
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
ANSWER_SECONDS = 60.0
LONGEST_RETRY = 60.0

# Carries out a method that the bot put into its answer to the POST.
Perform = Callable[[str, dict[str, Any]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Hook:
    """Where updates go and how many at once."""

    url: str
    secret: str | None
    max_connections: int


def read_hook(params: dict[str, Any]) -> Hook | None:
    """The settings in a setWebhook call; None for an empty URL. Raises 400 for what Telegram refuses.

    Plain http passes on loopback only, where a local Bot API server allows it.
    """
    url = params["url"]
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_loopback(parts.hostname or "")):
        raise malformed("bad webhook: An HTTPS URL must be provided for webhook")
    secret = params.get("secret_token")
    if secret is not None and not SECRET.match(secret):
        raise malformed("secret token contains unallowed characters")
    connections = params.get("max_connections", 40)
    if not 1 <= connections <= 100:
        raise malformed("max_connections must be 1-100")
    return Hook(url, secret, connections)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Courier:
    """Carries pending updates to the hook: in parallel, but in order within one chat, and again after a failure."""

    def __init__(self, hook: Hook, updates: Updates, perform: Perform, retry_seconds: float) -> None:
        self.hook = hook
        self.last_error: str | None = None
        self.last_error_at: float | None = None
        self.attempts = 0
        self._updates = updates
        self._perform = perform
        self._retry_seconds = retry_seconds
        self._busy: dict[Any, int] = {}  # queue of a chat -> the update on its way
        self._not_before: dict[Any, tuple[float, float]] = {}  # queue -> (loop time, delay used)
        self._tasks: set[asyncio.Task[None]] = set()
        self._main: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to deliver, or begin again."""
        self._busy.clear()
        self._main = asyncio.create_task(self._run(), name="botapi-webhook")

    async def stop(self) -> None:
        """End all deliveries; what was not taken stays pending."""
        # A bot may take its webhook away in the answer to an update: that delivery must not wait for itself.
        tasks = {*self._tasks, *([self._main] if self._main else [])} - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self) -> None:
        connector = aiohttp.TCPConnector(limit=self.hook.max_connections, ssl=False)
        timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
        async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
            while True:
                pause = self._start_ready(session)
                await self._updates.arrival(pause)

    def _start_ready(self, session: aiohttp.ClientSession) -> float | None:
        """Start what can go now; the seconds until something more can, or None to wait for news."""
        now = asyncio.get_running_loop().time()
        pause: float | None = None
        held = set()
        for update in list(self._updates.pending):
            if len(self._busy) >= self.hook.max_connections:
                break
            queue = queue_of(update)
            if queue in self._busy or queue in held:
                continue
            wait = self._not_before.get(queue, (0.0, 0.0))[0] - now
            if wait > 0:
                held.add(queue)
                pause = wait if pause is None else min(pause, wait)
                continue
            self._busy[queue] = update["update_id"]
            task = asyncio.create_task(self._deliver(session, queue, update))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return pause

    async def _deliver(self, session: aiohttp.ClientSession, queue: Any, update: dict[str, Any]) -> None:
        headers = {SECRET_HEADER: self.hook.secret} if self.hook.secret else {}
        asked: float | None = None
        answer: Any = None
        self.attempts += 1
        try:
            async with session.post(self.hook.url, json=update, headers=headers) as response:
                body = await response.read()
                problem = None
                if not 200 <= response.status < 300:
                    problem = f"Wrong response from the webhook: {response.status} {response.reason}"
                    asked = _retry_after(response.headers.get("Retry-After"))
                elif response.content_type == "application/json" and body:
                    answer = await response.json()
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            problem = f"Connection failed: {type(error).__name__}"
        loop = asyncio.get_running_loop()
        if problem is None:
            self._not_before.pop(queue, None)
            if update in self._updates.pending:
                self._updates.done(update)
        else:
            self.last_error, self.last_error_at = problem, loop.time()
            delay = min(max(self._retry_seconds, 2 * self._not_before.get(queue, (0, 0))[1]), LONGEST_RETRY)
            self._not_before[queue] = (loop.time() + (delay if asked is None else asked), delay)
        del self._busy[queue]
        self._updates.wake()
        if isinstance(answer, dict) and "method" in answer:
            await self._perform(answer.pop("method"), answer)


def _retry_after(header: str | None) -> float | None:
    return min(float(header), LONGEST_RETRY) if header and header.isdigit() else None


def queue_of(update: dict[str, Any]) -> Any:
    """What an update must keep its order with: its chat, else its person, else nothing but itself."""
    for key, payload in update.items():
        if key != "update_id" and isinstance(payload, dict):
            chat = payload.get("chat") or (payload.get("message") or {}).get("chat") or payload.get("from")
            if isinstance(chat, dict) and "id" in chat:
                return chat["id"]
    return ("update", update["update_id"])
