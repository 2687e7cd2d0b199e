"""From an HTTP request to its answer: read, check, perhaps spoil, pace, carry out, record."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web

from tests.botapi import asking, editing, sending, spec
from tests.botapi.account import METHODS, Account, Method, Params, Uploads
from tests.botapi.errors import ApiError, flood
from tests.botapi.faults import Fault, Faults
from tests.botapi.limits import Pace
from tests.botapi.requests import read_call
from tests.botapi.spec import Upload
from tests.botapi.stats import Call, Stats
from tests.botapi.webhook import Courier, read_hook

# The files that play the methods; imported so that they register themselves.
PLAYED_BY = (asking, editing, sending)
PATH = re.compile(r"/(file/)?bot([^/]+)/(.+)\Z")
TOKEN_FORM = re.compile(r"[0-9]+:[A-Za-z0-9_-]{20,}\Z")
POLL_LIMIT = 100
LONGEST_POLL = 50
WEBHOOK_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)
QUEUE_METHODS = frozenset({"getUpdates", "setWebhook", "deleteWebhook", "getWebhookInfo"})

# A way into `control.Control.run`; None where nobody may play from outside.
Command = Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]


class Service:
    """Answers the calls of one bot."""

    def __init__(
        self,
        token: str,
        account: Account,
        pace: Pace,
        *,
        clock: Callable[[], float],
        latency: float,
        keep_calls: bool,
        webhook_retry: float,
    ) -> None:
        self.spec = spec.load()
        self.token = token
        self.account = account
        self.pace = pace
        self.clock = clock
        self.latency = latency
        self.keep_calls = keep_calls
        self.webhook_retry = webhook_retry
        self.faults = Faults()
        self.stats = Stats()
        self.violations: list[Call] = []
        self.command: Command | None = None
        self.courier: Courier | None = None
        self._closing = asyncio.Event()
        self._late: set[asyncio.Task[web.StreamResponse]] = set()

    def open(self) -> None:
        """Begin to serve (again)."""
        self._closing = asyncio.Event()
        if self.courier is not None:
            self.courier.start()

    async def close(self) -> None:
        """Let go of polls, pauses and deliveries."""
        self._closing.set()
        self.account.updates.wake()
        if self.courier is not None:
            await self.courier.stop()
        await asyncio.gather(*self._late, return_exceptions=True)

    # -- one request ---------------------------------------------------------------------------------------------

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one HTTP request."""
        found = PATH.match(request.path)
        if found is None:
            if request.path == "/control" and self.command is not None:
                return answer(await self.command(await read_call(request)), 200)
            return answer(ApiError(404, "Not Found").body(), 404)
        is_file, token, name = found.groups()
        if token != self.token:
            status, text = (401, "Unauthorized") if TOKEN_FORM.match(token) else (404, "Not Found")
            return answer(ApiError(status, text).body(), status)
        if is_file:
            data = self.account.world.files.get(name.removeprefix("files/"))
            return answer(ApiError(404, "Not Found").body(), 404) if data is None else web.Response(body=data)
        if name.lower() == "getupdates":
            return await self._serve(request, name)
        self.stats.enter()
        try:
            return await self._serve(request, name)
        finally:
            self.stats.leave()

    async def _serve(self, request: web.BaseRequest, name: str) -> web.StreamResponse:
        raw: dict[str, Any] = {}
        try:
            method = self.spec.method(name)
            raw = await read_call(request)
            params = self.spec.parameters(method, raw)
        except ApiError as error:
            self._refuse(name, raw, error)
            return answer(error.body(), error.status)
        self.stats.begin(method)
        chat_id = params.get("chat_id")
        fault = self.faults.next(method, chat_id if isinstance(chat_id, int) else None)
        if fault is None and (method == "getUpdates" or not self.latency):
            return respond(await self._perform(method, params, raw))
        # What has arrived is carried out even if the bot does not wait for the answer; a forgotten poll just ends.
        task = asyncio.create_task(self._serve_late(request, method, params, raw, fault))
        self._late.add(task)
        task.add_done_callback(self._late.discard)
        return await asyncio.shield(task)

    async def _serve_late(
        self, request: web.BaseRequest, method: str, params: Params, raw: Mapping[str, Any], fault: Fault | None
    ) -> web.StreamResponse:
        """A call that takes time or meets trouble."""
        if self.latency and method != "getUpdates":
            await self._pause(self.latency)
        if fault is not None:
            return await self._serve_badly(request, method, params, raw, fault)
        return respond(await self._perform(method, params, raw))

    async def _serve_badly(
        self, request: web.BaseRequest, method: str, params: Params, raw: Mapping[str, Any], fault: Fault
    ) -> web.StreamResponse:
        """A call that meets a scripted fault."""
        if fault.kind == "slow":
            if not fault.accepted:
                await self._pause(fault.seconds)
            outcome = await self._perform(method, params, raw)
            if fault.accepted:
                await self._pause(fault.seconds)
            return respond(outcome)
        if fault.accepted:
            await self._perform(method, params, raw, told=False)
        elif fault.kind == "error":
            self._refuse(method, params, fault.error())
        else:
            self._note(Call(method, params, self.clock(), 0, accepted=False, description=fault.kind))
        if fault.kind == "error":
            return answer(fault.error().body(), fault.status)
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

    # -- carrying out --------------------------------------------------------------------------------------------

    async def _perform(
        self, method: str, params: Params, raw: Mapping[str, Any], *, told: bool = True
    ) -> Any | ApiError:
        """Carry a call out: its result, or the refusal. `told` off: the bot will not hear of it."""
        try:
            if method in QUEUE_METHODS:
                result = await self._queue_call(method, params)
            else:
                self._check_pace(method, params)
                uploads = {name: value for name, value in raw.items() if isinstance(value, Upload)}
                result = (METHODS.get(method) or _not_played(method))(self.account, params, uploads)
        except ApiError as error:
            self._refuse(method, params, error)
            return error
        at = self.clock()
        self.stats.accept(method, at)
        if self.keep_calls and method != "getUpdates":
            self._note(Call(method, params, at, 200 if told else 0, accepted=True))
        return result

    async def perform_from_webhook(self, name: str, raw: dict[str, Any]) -> None:
        """A method that the bot gave as its answer to an update."""
        try:
            method = self.spec.method(name)
            params = self.spec.parameters(method, raw)
        except ApiError as error:
            self._refuse(name, raw, error)
            return
        self.stats.begin(method)
        await self._perform(method, params, raw)

    def _check_pace(self, method: str, params: Params) -> None:
        if self.pace.limits is None:
            return
        chat_id = params.get("chat_id")
        chat = self.account.world.chat(chat_id) if chat_id is not None else None
        wait = self.pace.allow(
            method,
            chat.id if chat else None,
            is_group=chat is not None and chat.is_group,
            paid=bool(params.get("allow_paid_broadcast")),
            count=len(params.get("media", ())) if method == "sendMediaGroup" else 1,
        )
        if wait:
            raise flood(wait)

    def _refuse(self, method: str, params: Params, error: ApiError) -> None:
        self.stats.refused[error.status] += 1
        call = Call(method, params, self.clock(), error.status, accepted=False, description=error.description)
        if error.violation:
            self.violations.append(call)
        self._note(call)

    def _note(self, call: Call) -> None:
        if self.keep_calls:
            self.stats.log.append(call)

    # -- the queue of updates ------------------------------------------------------------------------------------

    async def _queue_call(self, method: str, params: Params) -> Any:
        updates = self.account.updates
        if method == "getUpdates":
            if self.courier is not None:
                raise ApiError(409, WEBHOOK_ACTIVE)
            updates.allow(params.get("allowed_updates"))
            limit = min(max(params.get("limit", POLL_LIMIT), 1), POLL_LIMIT)
            seconds = 0 if self._closing.is_set() else min(params.get("timeout", 0), LONGEST_POLL)
            return await updates.poll(params.get("offset", 0), limit, seconds)
        if method == "getWebhookInfo":
            return self._webhook_info()
        hook = read_hook(params) if method == "setWebhook" else None
        if self.courier is not None:
            await self.courier.stop()
            self.courier = None
        if params.get("drop_pending_updates"):
            updates.pending.clear()
        if hook is not None:
            updates.allow(params.get("allowed_updates"))
            self.courier = Courier(hook, updates, self.perform_from_webhook, self.webhook_retry)
            self.courier.start()
        return True

    def _webhook_info(self) -> dict[str, Any]:
        updates, courier = self.account.updates, self.courier
        told: dict[str, Any] = {
            "url": courier.hook.url if courier else "",
            "has_custom_certificate": False,
            "pending_update_count": len(updates.pending),
        }
        if courier is not None:
            told["max_connections"] = courier.hook.max_connections
            if updates.allowed is not None:
                told["allowed_updates"] = sorted(updates.allowed)
            if courier.last_error is not None:
                told["last_error_date"] = int(self.account.world.now())
                told["last_error_message"] = courier.last_error
        return told


def _not_played(name: str) -> Method:
    """Stands in for a method of the Bot API that this server knows but does not play."""

    def refuse(account: Account, params: Params, uploads: Uploads) -> Any:
        raise ApiError(501, f"Not Implemented: this server does not play {name}", violation=True)

    return refuse


def respond(outcome: Any | ApiError) -> web.Response:
    """A result, or a refusal, as the bot gets it."""
    if isinstance(outcome, ApiError):
        return answer(outcome.body(), outcome.status)
    return answer({"ok": True, "result": outcome}, 200)


def answer(body: dict[str, Any], status: int) -> web.Response:
    """A JSON answer."""
    data = json.dumps(body).encode()  # ASCII with escapes, as Telegram writes it
    return web.Response(body=data, status=status, content_type="application/json")
