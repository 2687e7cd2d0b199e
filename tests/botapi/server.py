"""The server: a Telegram Bot API of our own on loopback.

async with BotApiServer() as server:
    amal = server.person("Amal", language_code="ar")
    ...  # start the bot with base_url=server.url and server.token
    await amal.say("latest in Idlib")
    reply = await amal.see()
    assert server.violations == []
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Self

from aiohttp import web

from tests.botapi.account import Account
from tests.botapi.control import Control
from tests.botapi.faults import Fault, Faults
from tests.botapi.groups import Group
from tests.botapi.limits import Limits, Pace
from tests.botapi.person import Person
from tests.botapi.serving import Service
from tests.botapi.stats import Call, Stats
from tests.botapi.updates import Updates
from tests.botapi.world import User, World

TOKEN = "123456789:AAE-botapi-test-server-token-000000"


class BotApiServer:
    """One bot's Bot API. State outlives `stop` and `start`, so that a test can let Telegram be away for a while."""

    def __init__(
        self,
        *,
        token: str = TOKEN,
        username: str = "sitrep_test_bot",
        port: int = 0,
        strict: bool = True,
        limits: Limits | None = None,
        privacy_mode: bool = True,
        latency: float = 0.0,
        keep_calls: bool = True,
        open_all_chats: bool = False,
        webhook_retry: float = 0.05,
        now: Callable[[], float] = time.time,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`strict` off: texts are not parsed by Telegram's parser (speed). `limits`: None, or `Limits()` to enforce.

        `latency`: seconds that every call but getUpdates takes. `open_all_chats`: any positive chat_id exists.
        `webhook_retry`: first pause in seconds after a failed webhook delivery; it doubles each time.
        `now`: for dates (Unix seconds); `clock`: for limits and statistics (monotonic seconds).
        """
        self.token = token
        self.port = port
        bot = User(int(token.partition(":")[0]), "Sitrep", username=username, is_bot=True)
        self.world = World(bot, now)
        self.world.open_all = open_all_chats
        self.updates = Updates()
        self.account = Account(self.world, self.updates, strict=strict, privacy_mode=privacy_mode)
        self.service = Service(
            token,
            self.account,
            Pace(limits, clock),
            clock=clock,
            latency=latency,
            keep_calls=keep_calls,
            webhook_retry=webhook_retry,
        )
        self._runner: web.ServerRunner | None = None

    # -- running -------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Listen on 127.0.0.1; a free port is chosen at the first start and kept."""
        listener = web.Server(self.service.handle, handler_cancellation=True, access_log=None)
        self._runner = web.ServerRunner(listener, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port, backlog=1024)
        await site.start()
        self.port = int(self._runner.addresses[0][1])
        self.service.open()

    async def stop(self) -> None:
        """Stop listening and close all connections; what people said waits."""
        await self.service.close()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    def allow_control(self) -> None:
        """Let another process play people, through `/control`."""
        self.service.command = Control(self).run

    @property
    def root(self) -> str:
        """`http://127.0.0.1:PORT`, in place of `https://api.telegram.org`."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        """python-telegram-bot's `base_url`: the token is appended to it."""
        return f"{self.root}/bot"

    @property
    def file_url(self) -> str:
        """python-telegram-bot's `base_file_url`."""
        return f"{self.root}/file/bot"

    # -- playing -------------------------------------------------------------------------------------------------

    def person(self, name: str = "Amal", *, started: bool = True, user_id: int | None = None, **more: Any) -> Person:
        """A new person. `started`: the bot may write first; else only after the person has said something.

        `more`: last_name, username, language_code, is_bot.
        """
        user = self.world.add_user(user_id, first_name=name, **more)
        return Person(self.account, user, self.world.private_chat(user, opened=started))

    def group(self, title: str = "Aid desk", *, kind: str = "supergroup", **more: Any) -> Group:
        """A group with the bot in it, as `Group.create` takes it. `kind`: group, supergroup or channel."""
        return Group.create(self.account, title, kind=kind, **more)

    def channel(self, title: str = "Reports", **more: Any) -> Group:
        """A channel with the bot as administrator."""
        return Group.create(self.account, title, kind="channel", **{"bot": "administrator", **more})

    # -- looking -------------------------------------------------------------------------------------------------

    @property
    def stats(self) -> Stats:
        """Counts, rates and times."""
        return self.service.stats

    @property
    def violations(self) -> list[Call]:
        """The calls that no bot should ever make. Clear it where a test makes them on purpose."""
        return self.service.violations

    @property
    def calls(self) -> list[Call]:
        """All calls so far but getUpdates, in the order of their answers (if `keep_calls`)."""
        return self.stats.log.items

    def calls_of(self, method: str) -> list[Call]:
        """The calls of one method."""
        return [call for call in self.calls if call.method == method]

    async def called(self, method: str, *, after: int = 0, seconds: float = 30.0) -> Call:
        """Wait until a method was called; `after`: position in `calls` to look from. Raises TimeoutError."""
        _, call = await self.stats.log.wait(after, lambda call: call.method == method, seconds)
        return call

    async def begun(self, method: str, *, after: int = 0, seconds: float = 30.0) -> None:
        """Wait until a call of a method has come in, answered or not; `after`: count of calls to look from."""
        await self.stats.begun.wait(after, lambda name: name == method, seconds)

    async def taken(self, update_id: int, seconds: float = 30.0) -> None:
        """Wait until the bot has confirmed an update (polling: asked for later ones; webhook: answered 2xx)."""
        await self.updates.confirmed.wait(0, lambda confirmed: confirmed >= update_id, seconds)

    # -- scripting trouble ---------------------------------------------------------------------------------------

    @property
    def faults(self) -> Faults:
        """What is scripted now; `faults.clear()` ends all trouble."""
        return self.service.faults

    def fail(
        self, method: str | None = None, status: int = 500, *, retry_after: int | None = None, **more: Any
    ) -> Fault:
        """The next call (of that method, to that `chat`, `times` times, after `skip`) is refused with `status`.

        With `accepted=True` it is carried out all the same. `retry_after` makes a 429.
        """
        if retry_after is not None or status == 429:
            more = {"parameters": {"retry_after": retry_after or 1}, **more}
            status = 429
        return self.faults.add(Fault("error", method, status=status, **more))

    def slow(self, method: str | None = None, seconds: float = 1.0, **more: Any) -> Fault:
        """The next call is served after `seconds`; with `accepted=True` carried out at once and answered late."""
        return self.faults.add(Fault("slow", method, seconds=seconds, **more))

    def drop(self, method: str | None = None, *, accepted: bool = False, **more: Any) -> Fault:
        """The next call's connection is closed without an answer, before or (`accepted`) after it was carried out."""
        return self.faults.add(Fault("drop", method, accepted=accepted, **more))

    def hang(self, method: str | None = None, *, accepted: bool = False, **more: Any) -> Fault:
        """The next call is never answered."""
        return self.faults.add(Fault("hang", method, accepted=accepted, **more))

    def garble(self, method: str | None = None, *, accepted: bool = False, **more: Any) -> Fault:
        """The next call is answered 502 with a page of HTML, as by a proxy."""
        return self.faults.add(Fault("garbage", method, accepted=accepted, **more))
