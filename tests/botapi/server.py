"""The server: a Telegram Bot API of our own on loopback.

async with BotApiServer() as server:
    amal = server.person("Amal", language_code="ar")
    ...  # start the bot with base_url=server.url and server.token
    await amal.say("latest in Idlib")
    reply = await amal.see()
    assert server.violations == []
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Callable
from typing import Any, Self

from aiohttp import web

from tests.botapi import asking, editing, sending, spec
from tests.botapi.account import METHODS, Account
from tests.botapi.control import Control
from tests.botapi.errors import ApiError, flood
from tests.botapi.faults import Fault, Faults
from tests.botapi.groups import Group
from tests.botapi.limits import Limits, Pace
from tests.botapi.person import Person
from tests.botapi.requests import read_call
from tests.botapi.spec import Upload
from tests.botapi.stats import Call, Stats
from tests.botapi.updates import Updates
from tests.botapi.webhook import Courier, read_hook
from tests.botapi.world import World

# The files that play the methods; imported so that they register themselves.
PLAYED_BY = (asking, editing, sending)
TOKEN = "123456789:AAE-botapi-test-server-token-000000"
PATH = re.compile(r"/(file/)?bot([^/]+)/(.+)\Z")
TOKEN_FORM = re.compile(r"[0-9]+:[A-Za-z0-9_-]{20,}\Z")
POLL_LIMIT = 100
LONGEST_POLL = 50.0
WEBHOOK_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)
QUEUE_METHODS = frozenset({"getUpdates", "setWebhook", "deleteWebhook", "getWebhookInfo"})


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
        """
        self.token = token
        self.port = port
        self.spec = spec.load()
        self.latency = latency
        self.keep_calls = keep_calls
        self.clock = clock
        self.updates = Updates()
        user_id = int(token.partition(":")[0])
        self.world = World(_bot_user(user_id, username), now)
        self.world.open_all = open_all_chats
        self.account = Account(self.world, self.updates, strict=strict, privacy_mode=privacy_mode)
        self.pace = Pace(limits, clock)
        self.faults = Faults()
        self.stats = Stats()
        self.violations: list[Call] = []
        self.control: Control | None = None
        self._courier: Courier | None = None
        self._webhook_retry = webhook_retry
        self._runner: web.ServerRunner | None = None
        self._closing: asyncio.Event = asyncio.Event()

    # -- running -------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Listen on 127.0.0.1; a free port is chosen at the first start and kept."""
        self._closing = asyncio.Event()
        server = web.Server(self._handle, access_log=None)
        self._runner = web.ServerRunner(server, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port, backlog=1024)
        await site.start()
        self.port = int(self._runner.addresses[0][1])
        if self._courier is not None:
            self._courier.start()

    async def stop(self) -> None:
        """Stop listening and close all connections; what people said waits."""
        self._closing.set()
        self.updates.wake()
        if self._courier is not None:
            await self._courier.stop()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

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

    # -- what a test plays ---------------------------------------------------------------------------------------

    def person(self, name: str = "Amal", *, started: bool = True, user_id: int | None = None, **more: Any) -> Person:
        """A new person. `started`: the bot may write first; else only after the person has said something.

        `more`: last_name, username, language_code, is_bot.
        """
        user = self.world.add_user(user_id, first_name=name, **more)
        return Person(self.account, user, self.world.private_chat(user, opened=started))

    def group(self, title: str = "Aid desk", *, kind: str = "supergroup", forum: bool = False, **more: Any) -> Group:
        """A group with the bot in it; see `Group`. `kind`: group, supergroup or channel."""
        return Group.create(self.account, title, kind=kind, forum=forum, **more)

    def channel(self, title: str = "Reports", **more: Any) -> Group:
        """A channel with the bot as administrator."""
        return Group.create(self.account, title, kind="channel", **{"bot": "administrator", **more})

    @property
    def calls(self) -> list[Call]:
        """All calls so far but getUpdates, in the order of their answers (if `keep_calls`)."""
        return self.stats.log.items

    def calls_of(self, method: str) -> list[Call]:
        """The calls of one method."""
        return [call for call in self.calls if call.method == method]

    async def called(self, method: str, *, after: int = 0, seconds: float = 5.0) -> Call:
        """Wait until a method was called; `after`: position in `calls` to look from. Raises TimeoutError."""
        _, call = await self.stats.log.wait(after, lambda call: call.method == method, seconds)
        return call

    async def taken(self, update_id: int, seconds: float = 5.0) -> None:
        """Wait until the bot has confirmed an update (polling: asked for later ones; webhook: answered 2xx)."""
        await self.updates.confirmed.wait(0, lambda confirmed: confirmed >= update_id, seconds)

    # -- scripted trouble ----------------------------------------------------------------------------------------

    def fail(
        self, method: str | None = None, status: int = 500, *, retry_after: int | None = None, **more: Any
    ) -> Fault:
        """The next call (of that method, to that `chat`, `times` times, after `skip`) is refused with `status`.

        With `accepted=True` it is carried out all the same. `retry_after` makes a 429.
        """
        if retry_after is not None:
            more = {"parameters": {"retry_after": retry_after}, **more}
            status = 429
        elif status == 429:
            more = {"parameters": {"retry_after": 1}, **more}
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

    # -- serving -------------------------------------------------------------------------------------------------

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        found = PATH.match(request.path)
        if found is None and request.path == "/control" and self.control is not None:
            return _answer(await self.control.run(await read_call(request)), 200)
        if found is None:
            return _answer(ApiError(404, "Not Found").body(), 404)
        is_file, token, name = found.groups()
        if token != self.token:
            status, text = (401, "Unauthorized") if TOKEN_FORM.match(token) else (404, "Not Found")
            return _answer(ApiError(status, text).body(), status)
        if is_file:
            return self._file(name)
        polls = name.lower() == "getupdates"
        if polls:
            return await self._serve(request, name)
        self.stats.enter()
        try:
            return await self._serve(request, name)
        finally:
            self.stats.leave()

    def _file(self, path: str) -> web.Response:
        data = self.world.files.get(path.removeprefix("files/"))
        return _answer(ApiError(404, "Not Found").body(), 404) if data is None else web.Response(body=data)

    async def _serve(self, request: web.BaseRequest, name: str) -> web.StreamResponse:
        raw: dict[str, Any] = {}
        try:
            method = self.spec.method(name)
            raw = await read_call(request)
            params = self.spec.parameters(method, raw)
        except ApiError as error:
            self._record(name, raw, error, accepted=False)
            return _answer(error.body(), error.status)
        self.stats.calls[method] += 1
        chat_id = params.get("chat_id")
        fault = self.faults.next(method, chat_id if isinstance(chat_id, int) else None)
        if self.latency and method != "getUpdates":
            await self._pause(self.latency)
        if fault is None:
            return self._respond(await self._perform(method, params, raw))
        return await self._serve_badly(request, method, params, raw, fault)

    async def _serve_badly(
        self, request: web.BaseRequest, method: str, params: dict[str, Any], raw: dict[str, Any], fault: Fault
    ) -> web.StreamResponse:
        """A call that meets a scripted fault."""
        if fault.kind == "slow":
            if not fault.accepted:
                await self._pause(fault.seconds)
            outcome = await self._perform(method, params, raw)
            if fault.accepted:
                await self._pause(fault.seconds)
            return self._respond(outcome)
        if fault.accepted:
            await self._perform(method, params, raw, told=False)
        elif fault.kind == "error":
            self._record(method, params, fault.error(), accepted=False)
        else:
            self._note(Call(method, params, self.clock(), 0, accepted=False, description=fault.kind))
        if fault.kind == "error":
            return _answer(fault.error().body(), fault.status)
        if fault.kind == "garbage":
            page = "<html><body><h1>502 Bad Gateway</h1></body></html>"
            return web.Response(status=502, text=page, content_type="text/html")
        if fault.kind == "hang":
            await self._closing.wait()
        if request.transport is not None:
            request.transport.abort()
        return web.Response()

    async def _pause(self, seconds: float) -> None:
        """Let time pass, but not beyond the server's end."""
        try:
            await asyncio.wait_for(self._closing.wait(), seconds)
        except TimeoutError:
            return

    async def _perform(
        self, method: str, params: dict[str, Any], raw: dict[str, Any], *, told: bool = True
    ) -> Any | ApiError:
        """Carry a call out: its result, or the refusal. `told` off: the bot will not hear of it."""
        try:
            if method in QUEUE_METHODS:
                result = await self._queue_call(method, params)
            else:
                self._check_pace(method, params)
                player = METHODS.get(method)
                if player is None:
                    raise ApiError(501, f"Not Implemented: this server does not play {method}", violation=True)
                uploads = {name: value for name, value in raw.items() if isinstance(value, Upload)}
                result = player(self.account, params, uploads)
        except ApiError as error:
            self._record(method, params, error, accepted=False)
            return error
        at = self.clock()
        self.stats.accept(method, at)
        if self.keep_calls and method != "getUpdates":
            self._note(Call(method, params, at, 200 if told else 0, accepted=True))
        return result

    def _check_pace(self, method: str, params: dict[str, Any]) -> None:
        if self.pace.limits is None:
            return
        chat_id = params.get("chat_id")
        chat = self.world.chat(chat_id) if chat_id is not None else None
        wait = self.pace.allow(
            method,
            chat.id if chat else None,
            is_group=chat is not None and chat.is_group,
            paid=bool(params.get("allow_paid_broadcast")),
            count=len(params.get("media", ())) if method == "sendMediaGroup" else 1,
        )
        if wait:
            raise flood(wait)

    def _record(self, method: str, params: dict[str, Any], error: ApiError, *, accepted: bool) -> None:
        self.stats.refused[error.status] += 1
        call = Call(method, params, self.clock(), error.status, accepted, error.description)
        if error.violation:
            self.violations.append(call)
        self._note(call)

    def _note(self, call: Call) -> None:
        if self.keep_calls:
            self.stats.log.append(call)

    def _respond(self, outcome: Any) -> web.Response:
        if isinstance(outcome, ApiError):
            return _answer(outcome.body(), outcome.status)
        return _answer({"ok": True, "result": outcome}, 200)

    # -- the queue of updates ------------------------------------------------------------------------------------

    async def _queue_call(self, method: str, params: dict[str, Any]) -> Any:
        if method == "getUpdates":
            if self._courier is not None:
                raise ApiError(409, WEBHOOK_ACTIVE)
            self.updates.allow(params.get("allowed_updates"))
            limit = min(max(params.get("limit", POLL_LIMIT), 1), POLL_LIMIT)
            seconds = min(params.get("timeout", 0), LONGEST_POLL)
            return await self.updates.poll(params.get("offset", 0), limit, seconds)
        if method == "getWebhookInfo":
            return self._webhook_info()
        hook = read_hook(params) if method == "setWebhook" else None
        if self._courier is not None:
            await self._courier.stop()
            self._courier = None
        if params.get("drop_pending_updates"):
            self.updates.pending.clear()
        if hook is not None:
            self.updates.allow(params.get("allowed_updates"))
            self._courier = Courier(hook, self.updates, self._perform_from_webhook, self._webhook_retry)
            self._courier.start()
        return True

    async def _perform_from_webhook(self, name: str, raw: dict[str, Any]) -> None:
        """A method that the bot gave as its answer to an update."""
        try:
            method = self.spec.method(name)
            params = self.spec.parameters(method, raw)
        except ApiError as error:
            self._record(name, raw, error, accepted=False)
            return
        self.stats.calls[method] += 1
        await self._perform(method, params, raw)

    def _webhook_info(self) -> dict[str, Any]:
        pending = len(self.updates.pending)
        courier = self._courier
        if courier is None:
            return {"url": "", "has_custom_certificate": False, "pending_update_count": pending}
        told: dict[str, Any] = {
            "url": courier.hook.url,
            "has_custom_certificate": False,
            "pending_update_count": pending,
            "max_connections": courier.hook.max_connections,
        }
        if self.updates.allowed is not None:
            told["allowed_updates"] = sorted(self.updates.allowed)
        if courier.last_error is not None:
            told["last_error_date"] = int(self.world.now())
            told["last_error_message"] = courier.last_error
        return told


def _bot_user(user_id: int, username: str) -> Any:
    from tests.botapi.world import User

    return User(user_id, "Sitrep", username=username, is_bot=True)


def _answer(body: dict[str, Any], status: int) -> web.Response:
    data = json.dumps(body, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return web.Response(body=data, status=status, content_type="application/json")
