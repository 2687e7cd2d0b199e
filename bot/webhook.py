"""Telegram's webhook: updates are posted to us, committed before they are acknowledged, and handed to the handlers.

What is refused is refused with 503 and Retry-After, and Telegram brings it again: while too much waits, while the
database is away, while the bot stops. What a killed process left is handled first at the next start, one update after
the other, each noted before it is begun, so that one that kills the process is set aside after a few starts and takes
no innocent one with it.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
from collections import Counter, OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from aiohttp import web
from telegram import Bot
from telegram.error import BadRequest, Forbidden, InvalidToken, RetryAfter, TelegramError

from bot.backlog import Backlog
from bot.inbox import PRUNE, RENEWAL, SWEEP, Journal
from bot.intake import number_of, read_update
from bot.ordering import chat_of
from bot.serving import Listener
from conflict.errors import SettingsError, SitrepError
from storage.inbox import Arrival, Kept

log = logging.getLogger(__name__)

SECRET_HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 (a header's name)
MAX_BODY: Final = 1024 * 1024  # a Message with all it can carry is some tens of kB
BODY_SECONDS: Final = 10.0
MAX_WAITING: Final = 2048
MAX_OF_ONE_CHAT: Final = 100
REMEMBERED: Final = 20_000  # numbers known without asking the database
LOOK: Final = 60.0  # seconds between looks whether Telegram still knows our address
DEAF_AFTER: Final = 300.0


@dataclass(frozen=True, slots=True)
class Address:
    """Where Telegram posts to (`url`, public), what proves it is Telegram, and where we listen ("host:port")."""

    url: str
    secret: str
    listen: str

    @property
    def path(self) -> str:
        """The path of the public address; a proxy must pass it on unchanged."""
        return urlsplit(self.url).path or "/"


def secret_for(token: str) -> str:
    """A secret for the webhook that nobody can guess who does not know the token; the same in every process."""
    return hmac.new(token.encode(), b"sitrep webhook secret", "sha256").hexdigest()


class Webhook:
    """Takes updates of one bot by HTTP into a queue. `done(update)` must be called for each once it has been handled.

    `application` may be given further routes (health checks) before it listens.
    """

    way = "webhook"

    def __init__(
        self,
        bot: Bot,
        queue: asyncio.Queue[Any],
        journal: Journal,
        address: Address,
        *,
        allowed: tuple[str, ...] = (),
    ) -> None:
        self._bot = bot
        self._queue = queue
        self._journal = journal
        self._address = address
        self._allowed = allowed
        self._seen: OrderedDict[int, None] = OrderedDict()
        self._backlog = Backlog(bot, queue, journal)
        self._in_flight: dict[int, Hashable] = {}
        self._of_chat: Counter[Hashable] = Counter()
        self._taking = False
        self._closing = False
        self._known_at: float | None = None
        self._progress = asyncio.Event()
        self.application = web.Application()
        self.application.router.add_post(address.path, self._post)
        self._listener = Listener(self.application, address.listen, "SITREP_WEBHOOK_LISTEN")

    @property
    def in_flight(self) -> int:
        """How many updates were taken and are not done with."""
        return len(self._in_flight) + len(self._backlog)

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._listener.port

    def alive(self, now: float) -> tuple[bool, float | None]:
        """Whether Telegram was known, not long ago, to have our address."""
        age = None if self._known_at is None else max(0.0, now - self._known_at)
        return self._taking and age is not None and age < DEAF_AFTER, age

    def done(self, update: object) -> None:
        """This update was handled (or failed for good)."""
        number = getattr(update, "update_id", None)
        if self._closing or not isinstance(number, int):
            return
        if number in self._in_flight:
            self._forget(number)
            self._journal.handled(number)
        elif self._backlog.done(number):
            self._journal.handled(number)
        self._progress.set()

    async def prepare(self) -> None:
        """Load what was left, then listen."""
        self._journal.open()
        await self._journal.live()
        self._backlog.add(await self._journal.orphans(()))
        if len(self._backlog):
            log.info("%s messages were left by an earlier run; they are handled first.", len(self._backlog))
        await self._listener.open()

    async def run(self) -> None:
        """Tell Telegram our address and take what it posts, until cancelled."""
        self._taking = True
        chores = [self._backlog.run(), self._keep_known(), self._every(RENEWAL, self._journal.live)]
        chores.append(self._every(PRUNE, self._journal.prune))
        if self._journal.shared:
            chores.append(self._every(SWEEP, self._sweep))
        try:
            async with asyncio.TaskGroup() as group:
                for chore in chores:
                    group.create_task(chore)
        except BaseExceptionGroup as errors:
            raise errors.exceptions[0] from None
        finally:
            self._taking = False

    async def drained(self) -> None:
        """Return when nothing is in flight; what was left and not begun yet is not waited for."""
        while self._in_flight or self._backlog.begun:
            self._progress.clear()
            await self._progress.wait()

    async def confirm(self) -> None:
        """Strike out what has been handled; what is still in flight will be handled by the next run or another one."""
        try:
            async with asyncio.timeout(3):
                await self._journal.struck_out()
        except TimeoutError:
            log.warning("The last messages handled could not be noted and may be answered again.")
        self._closing = True

    async def close(self) -> None:
        """Listen no more and let others have what is left. Telegram keeps our address and what it could not post."""
        self._closing = True
        await self._listener.close()
        await self._journal.close()

    async def _post(self, request: web.Request) -> web.Response:
        given = request.headers.get(SECRET_HEADER, "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(given, self._address.secret.encode()):
            return web.Response(status=401)
        if not self._taking:
            return _later(1)
        if (request.content_length or 0) > MAX_BODY:
            return web.Response(status=413)
        if len(self._in_flight) >= MAX_WAITING:
            return _later(1)
        try:
            async with asyncio.timeout(BODY_SECONDS):
                body = await _body(request)
        except TimeoutError:
            return web.Response(status=408)
        if body is None:
            return web.Response(status=413)
        try:
            item = json.loads(body)
        except (ValueError, RecursionError):
            return web.Response(status=400)
        number = number_of(item)
        if number is None:
            return web.Response(status=400)
        return await self._take(number, item)

    async def _take(self, number: int, item: dict[str, Any]) -> web.Response:
        """Commit it, then acknowledge it."""
        if number in self._seen:
            return web.Response()
        if number in self._in_flight:  # sent twice, and the first is not committed yet
            return _later(1)
        read = read_update(item, self._bot)
        if read is None:  # to refuse it would only bring it again
            return web.Response()
        update, body = read
        chat = chat_of(update)
        if self._of_chat[chat] >= MAX_OF_ONE_CHAT and chat is not None:
            return _later(2)
        self._in_flight[number] = chat
        self._of_chat[chat] += 1
        arrival = Arrival(number, None if chat is None else str(chat), body)
        try:
            holder = await self._journal.record(arrival)
        except SitrepError as error:
            self._forget(number)
            log.warning("A message could not be recorded (%s); Telegram brings it again.", error)
            return _later(5)
        except BaseException:
            self._forget(number)
            raise
        self._remember(number)
        if holder != self._journal.holder:  # seen before, or for whoever has this chat in hand
            self._forget(number)
        elif self._backlog.has(arrival.chat):
            self._forget(number)
            self._backlog.add((Kept(number, arrival.chat, arrival.body, 0),))
        else:
            self._queue.put_nowait(update)
        return web.Response()

    def _forget(self, number: int) -> None:
        chat = self._in_flight.pop(number, None)
        self._of_chat[chat] -= 1
        if self._of_chat[chat] <= 0:
            del self._of_chat[chat]
        self._progress.set()

    def _remember(self, number: int) -> None:
        self._seen[number] = None
        while len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)

    async def _sweep(self) -> None:
        """What a dead process left, and what others recorded for a chat that we have in hand."""
        self._backlog.add(await self._journal.orphans({*self._in_flight, *self._backlog.numbers}))

    async def _keep_known(self) -> None:
        """Set the webhook, and again whenever Telegram no longer has our address."""
        wait = 0.0
        loop = asyncio.get_running_loop()
        while True:
            try:
                info = await self._bot.get_webhook_info() if self._known_at is not None else None
                if info is None or info.url != self._address.url:
                    if info is not None:
                        log.warning("Another process took our webhook away; it is set again. Run only one kind of bot.")
                    await self._bot.set_webhook(
                        self._address.url,
                        secret_token=self._address.secret,
                        allowed_updates=list(self._allowed),
                        drop_pending_updates=False,
                    )
                    log.info("Telegram posts to %s.", self._address.url)
                elif info.last_error_message and info.pending_update_count:
                    log.warning("Telegram could not post to us lately: %.200s", info.last_error_message)
                self._known_at = loop.time()
                wait = LOOK
            except (InvalidToken, Forbidden):
                raise
            except BadRequest as error:
                raise SettingsError(f"Telegram refuses SITREP_WEBHOOK_URL ({error.message}).") from None
            except RetryAfter as error:
                asked = error.retry_after
                wait = float(asked if isinstance(asked, int) else asked.total_seconds())
            except TelegramError as error:
                wait = min(30.0, max(1.0, wait if wait < LOOK else 1.0) * 2)
                log.warning("The webhook could not be set (%s); next try in %.0f s.", error, wait)
            await asyncio.sleep(wait)

    async def _every(self, seconds: float, chore: Any) -> None:
        while True:
            try:
                await chore()
            except SitrepError as error:
                log.warning("The inbox could not be looked after (%s).", error)
            except Exception:
                log.exception("The inbox could not be looked after.")
            await asyncio.sleep(seconds)


async def _body(request: web.Request) -> bytes | None:
    """The body, or None where it is too large, whatever its header said."""
    body = bytearray()
    async for chunk in request.content.iter_chunked(64 * 1024):
        body += chunk
        if len(body) > MAX_BODY:
            return None
    return bytes(body)


def _later(seconds: int) -> web.Response:
    return web.Response(status=503, headers={"Retry-After": str(seconds)})
