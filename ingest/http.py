"""The one way out: everything that is fetched from outside is fetched here, within bounds, and comes back as a value.

What a request may do is small. It speaks http or https to public addresses (`ingest.addresses`), connects to the very
address that was checked, follows at most three redirects with every one checked again, takes no more bytes than its
bound as sent and as unpacked (`ingest.bodies`), and ends in time. It carries no cookies, no credentials in links and
no proxy of the environment. Hosts are asked politely: few at once, with a pause between.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType, TracebackType
from typing import Any, Final, Protocol, Self

import aiohttp
from yarl import URL

from ingest.addresses import Allowance, Target, check_url
from ingest.bodies import ACCEPTED, Body, BodyError, TooLargeError, size
from ingest.hosts import Hosts
from ingest.intervals import fresh_for, retry_after
from ingest.lookups import CheckedLookup, ForbiddenAddressError, LookUp

MAX_REDIRECTS: Final = 3
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_PIECE: Final = 64 * 1024
_MAX_VALIDATOR: Final = 500


class Why(StrEnum):
    """Why a fetch gave nothing."""

    LINK = "link"  # the link itself, or where it leads, may not be asked
    REDIRECT = "redirect"  # it leads on too often, or where it must not
    CONNECTION = "connection"
    TLS = "tls"
    TIME = "time"
    STATUS = "status"
    SIZE = "size"
    BROKEN = "broken"  # cut short, or not packed as it says, or not HTTP


_PASSING: Final = frozenset({Why.CONNECTION, Why.TLS, Why.TIME, Why.BROKEN})
_PASSING_STATUS: Final = frozenset({408, 425, 429})


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server gave to ask later whether anything changed (RFC 9110 8.8)."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer with its body, whole. `charset` is what the server declares, unchecked.

    `url` is where it was found in the end; `moved_to` is set when every step there was said to be for good.
    """

    url: str
    body: bytes
    content_type: str = ""
    charset: str | None = None
    validators: Validators = Validators()
    fresh_for: timedelta | None = None
    moved_to: str | None = None


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The server says that nothing changed since the validators it gave."""

    url: str
    validators: Validators = Validators()
    fresh_for: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing came, or nothing that may be taken. `reason` is for people, names the host and no secret of the link.

    `passing`: it may be otherwise the next time. `retry_after`: how long the server asks us to stay away.
    """

    why: Why
    reason: str
    status: int | None = None
    retry_after: timedelta | None = None

    @property
    def passing(self) -> bool:
        """Whether asking again later makes sense without anybody changing the source."""
        if self.status is not None:
            return self.status >= 500 or self.status in _PASSING_STATUS
        return self.why in _PASSING


Result = Fetched | Unchanged | Refused


@dataclass(frozen=True, slots=True)
class Request:
    """What to ask for. `headers` (an API's token, say) and a body go to the first origin only, never along a redirect.

    A body, `form` or `json`, makes it a POST, which follows no redirect. `max_bytes` and `total` (seconds) replace the
    client's bounds.
    """

    url: str
    validators: Validators = Validators()
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    form: Mapping[str, str] | None = None
    json: Mapping[str, Any] | None = None
    accept: str = "*/*"
    max_bytes: int | None = None
    total: float | None = None

    @property
    def posts(self) -> bool:
        """Whether it carries a body."""
        return self.form is not None or self.json is not None


class Fetches(Protocol):
    """Whatever fetches: `Client`, or in tests something that makes answers up."""

    async def fetch(self, request: Request) -> Result:
        """Ask for one thing."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of every request: bytes as sent and unpacked, seconds, requests under way, manners towards a host.

    `read` is the longest silence within an answer; `total` ends an answer that drips. `pause` is the time between the
    starts of two requests to one host and port, in seconds.
    """

    max_bytes: int = 5 * 1024 * 1024
    total: float = 45.0
    connect: float = 10.0
    read: float = 15.0
    at_once: int = 64
    at_once_per_host: int = 2
    pause: float = 1.0


DEFAULT_LIMITS: Final = Limits()
DEFAULT_AGENT: Final = "Sitrep/0.1 (conflict updates; feed reader)"


class Client:
    """Fetches; use as `async with Client(...) as client: result = await client.fetch(Request(url))`.

    `look_up` and `clock`, `sleep` are seams for tests. No exception leaves `fetch` for what servers do.
    """

    def __init__(
        self,
        *,
        agent: str = DEFAULT_AGENT,
        limits: Limits = DEFAULT_LIMITS,
        allow: Allowance = Allowance(),  # noqa: B008 - frozen
        look_up: LookUp | None = None,
        tls: ssl.SSLContext | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._agent = agent
        self._limits = limits
        self._allow = allow
        self._look_up = look_up
        self._tls = tls
        self._now = now
        self._hosts = Hosts(limits.at_once_per_host, limits.pause, clock, sleep)
        self._under_way = asyncio.Semaphore(limits.at_once)
        self._session: aiohttp.ClientSession | None = None
        self._threads: ThreadPoolExecutor | None = None

    async def __aenter__(self) -> Self:
        # Look-ups that hang must not hold up the threads that others of this process use.
        self._threads = ThreadPoolExecutor(16, thread_name_prefix="lookup")
        connector = aiohttp.TCPConnector(
            resolver=CheckedLookup(self._allow, self._look_up, self._threads),
            use_dns_cache=False,
            limit=0,
            ssl=self._tls or True,
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
            headers={"User-Agent": self._agent, "Accept-Encoding": ACCEPTED},
            timeout=aiohttp.ClientTimeout(
                total=None, connect=self._limits.connect, sock_connect=self._limits.connect, sock_read=self._limits.read
            ),
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()
        if self._threads is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)

    async def fetch(self, request: Request) -> Result:
        """Ask for one thing. Waits for its turn at the host first; the time limits count from its turn."""
        target = check_url(request.url, self._allow)
        if isinstance(target, str):
            return Refused(Why.LINK, f"It was not asked: {target}.")
        seconds = request.total or self._limits.total
        try:
            return await self._follow(request, target, seconds)
        except TimeoutError:
            return Refused(Why.TIME, f"{target.host} did not answer in full within {seconds:g} s.")

    async def _follow(self, request: Request, first: Target, seconds: float) -> Result:
        target, for_good = first, True
        for _ in range(MAX_REDIRECTS + 1):
            async with self._hosts.turn(f"{target.host}:{target.port}"), self._under_way:
                # Waiting for a turn is our own doing, so each step has what is left of the time after its turn.
                began = asyncio.get_running_loop().time()
                async with asyncio.timeout(seconds):
                    step = await self._ask(request, target, same_origin=target.url.origin() == first.url.origin())
                seconds = max(seconds - (asyncio.get_running_loop().time() - began), 0.001)
            if not isinstance(step, _Onward):
                if isinstance(step, Fetched) and for_good and target is not first:
                    return replace(step, moved_to=str(target.url))
                return step
            for_good = for_good and step.for_good
            following = self._next_target(target, step.location)
            if isinstance(following, Refused):
                return following
            target = following
        return Refused(Why.REDIRECT, f"{first.host} leads on more than {MAX_REDIRECTS} times.")

    def _next_target(self, target: Target, location: str) -> Target | Refused:
        try:
            joined = str(target.url.join(URL(location)))
        except ValueError:
            return Refused(Why.REDIRECT, f"{target.host} leads on to something that is not a link.")
        following = check_url(joined, self._allow)
        if isinstance(following, str):
            return Refused(Why.REDIRECT, f"{target.host} leads on to a link that may not be asked: {following}.")
        if target.url.scheme == "https" and following.url.scheme == "http":
            return Refused(Why.REDIRECT, f"{target.host} leads from https back to http, where anyone may change it.")
        return following

    async def _ask(self, request: Request, target: Target, *, same_origin: bool) -> Result | _Onward:
        assert self._session is not None, "use the client with `async with`"  # noqa: S101 - a mistake of ours
        headers = {"Accept": request.accept, **_conditions(request.validators)}
        if same_origin:
            headers.update(request.headers)
        try:
            async with self._session.request(
                "POST" if request.posts else "GET",
                target.url,
                headers=headers,
                data=None if request.form is None else dict(request.form),
                json=None if request.json is None else dict(request.json),
                allow_redirects=False,
            ) as answer:
                return await self._take(request, target, answer)
        except ForbiddenAddressError as error:
            return Refused(Why.LINK, f"{target.host} was not asked: {error}.")
        except BodyError as error:
            why = Why.SIZE if isinstance(error, TooLargeError) else Why.BROKEN
            return Refused(why, f"{target.host}: what it sent was not taken: {error}.")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return _failure(target.host, error)

    async def _take(self, request: Request, target: Target, answer: aiohttp.ClientResponse) -> Result | _Onward:
        status, now = answer.status, self._now()
        if status in _REDIRECTS and not request.posts:
            location = answer.headers.get("Location")
            if location is None or len(location) > 4000:
                return Refused(Why.REDIRECT, f"{target.host} leads on without saying where.", status)
            return _Onward(location, for_good=status in (301, 308))
        if status == 304 and request.validators != Validators():
            given = _validators(answer.headers)
            kept = Validators(
                given.etag or request.validators.etag, given.last_modified or request.validators.last_modified
            )
            return Unchanged(str(target.url), kept, fresh_for(answer.headers, now))
        if status not in (200, 203):
            wait = retry_after(answer.headers.get("Retry-After"), now)
            return Refused(Why.STATUS, f"{target.host} answered {status} {_meaning(status)}.", status, wait)
        body = await _read(answer, request.max_bytes or self._limits.max_bytes)
        return Fetched(
            url=str(target.url),
            body=body,
            content_type=answer.content_type.lower(),
            charset=answer.charset,
            validators=_validators(answer.headers),
            fresh_for=fresh_for(answer.headers, now),
        )


@dataclass(frozen=True, slots=True)
class _Onward:
    """A redirect."""

    location: str
    for_good: bool


async def _read(answer: aiohttp.ClientResponse, limit: int) -> bytes:
    declared = answer.content_length
    if declared is not None and declared > limit:
        raise TooLargeError(f"it says that it is {size(declared)}, more than {size(limit)}")
    body = Body(answer.headers.get("Content-Encoding"), limit)
    async for piece in answer.content.iter_chunked(_PIECE):
        body.add(piece)
    return body.finish()


def _conditions(validators: Validators) -> dict[str, str]:
    found = {}
    if validators.etag:
        found["If-None-Match"] = validators.etag
    if validators.last_modified:
        found["If-Modified-Since"] = validators.last_modified
    return found


def _validators(headers: Mapping[str, str]) -> Validators:
    """Those of an answer, so far as they may be sent back: short and printable."""
    return Validators(
        *(
            value if value and len(value) <= _MAX_VALIDATOR and value.isascii() and value.isprintable() else None
            for value in (headers.get("ETag"), headers.get("Last-Modified"))
        )
    )


def _failure(host: str, error: Exception) -> Refused:
    """The reason in words of our own: what libraries write may hold the whole link, with its secrets."""
    match error:
        case aiohttp.ClientConnectorDNSError(os_error=ForbiddenAddressError() as forbidden):
            return Refused(Why.LINK, f"{host} was not asked: {forbidden}.")
        case aiohttp.ClientConnectorDNSError():
            return Refused(Why.CONNECTION, f"{host} is not known to the name servers, or they do not answer.")
        case aiohttp.ServerTimeoutError() | TimeoutError():
            return Refused(Why.TIME, f"{host} stopped answering, or took too long to begin.")
        case aiohttp.ClientConnectorCertificateError() | aiohttp.ClientSSLError():
            return Refused(Why.TLS, f"{host} did not prove who it is (TLS).")
        case aiohttp.ClientPayloadError():
            return Refused(Why.BROKEN, f"{host} broke off in the middle, or sent less than it said.")
        case aiohttp.ServerDisconnectedError():
            return Refused(Why.CONNECTION, f"{host} hung up without an answer.")
        case aiohttp.ClientResponseError() | ValueError():
            return Refused(Why.BROKEN, f"{host} sent more than it said, monstrous headers, or no HTTP at all.")
        case _:
            return Refused(Why.CONNECTION, f"{host} could not be reached.")


_MEANINGS: Final[Mapping[int, str]] = MappingProxyType(
    {
        401: "(asks who we are)",
        403: "(does not let us in)",
        404: "(not found)",
        410: "(gone for good)",
        429: "(asked too often)",
    }
)


def _meaning(status: int) -> str:
    return _MEANINGS.get(status, "(out of order)" if status >= 500 else "(nothing to take)")
