"""Calls to the Bot API over aiohttp: five to fifteen times as many a second as over python-telegram-bot's default.

It tells "surely not sent" (`NotSentError`) from "perhaps sent" (`TimedOut`, other `NetworkError`s), because a message
that may have arrived must not be repeated blindly. No exception text holds an address: addresses hold the token.
"""

from __future__ import annotations

import json
import os
from typing import Any, Final

import aiohttp
from telegram._utils.defaultvalue import DefaultValue
from telegram._utils.types import ODVInput
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

MAX_RESPONSE_BYTES: Final = 32 * 1024 * 1024  # Telegram serves files of 20 MB at most
POOL_TIMEOUT: Final = 30.0
CONNECT_TIMEOUT: Final = 10.0
UPLOAD_TIMEOUT: Final = 60.0
_NEEDED: Final = ("message_id", "date", "chat")  # of a text of our own: what it says we know


class NotSentError(NetworkError):
    """The call never left this machine (no connection could be made): to repeat it cannot double a message."""

    __slots__ = ()


def surely_not_sent(error: BaseException) -> bool:
    """Whether the failed call certainly did not reach Telegram. False means unknown."""
    return isinstance(error, NotSentError)


class AiohttpRequest(BaseRequest):
    """One pool of connections to one Bot API server. getUpdates wants a pool of its own, or it waits behind sends.

    `read_timeout` in seconds is for a whole answer to arrive once asked; proxies of the environment are not followed,
    nor are redirects, and an answer larger than `max_bytes` counts as a failure.
    """

    def __init__(
        self,
        *,
        connections: int = 64,
        read_timeout: float = 20.0,
        connect_timeout: float = CONNECT_TIMEOUT,
        max_bytes: int = MAX_RESPONSE_BYTES,
    ) -> None:
        # Waiting times come as timedelta; the library reads this when an error is made and warns without it.
        os.environ.setdefault("PTB_TIMEDELTA", "1")
        self._connections = connections
        self._read_timeout = read_timeout
        self._connect_timeout = connect_timeout
        self._max_bytes = max_bytes
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float | None:
        """Seconds an answer may take; a long poll's own waiting is added by the library."""
        return self._read_timeout

    async def initialize(self) -> None:
        """Open the pool; calling it again changes nothing."""
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._connections, limit_per_host=0, ttl_dns_cache=300),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": self.USER_AGENT},
                trust_env=False,
            )

    async def shutdown(self) -> None:
        """Close the pool."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        write_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        connect_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        pool_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """One call: the HTTP status and the body. Raises NotSentError, TimedOut or NetworkError."""
        if self._session is None:
            raise NotSentError("The connection pool is not open.")
        uploading = request_data is not None and request_data.contains_files
        read = _seconds(read_timeout, self._read_timeout)
        write = _seconds(write_timeout, UPLOAD_TIMEOUT if uploading else CONNECT_TIMEOUT)
        connect = _seconds(connect_timeout, self._connect_timeout)
        pool = _seconds(pool_timeout, POOL_TIMEOUT)
        timeout = aiohttp.ClientTimeout(
            total=_sum(pool, connect, write, read),
            connect=_sum(pool, connect),
            sock_connect=connect,
            sock_read=_sum(write, read) if uploading else read,
        )
        data, headers = _body(request_data)
        try:
            async with self._session.request(
                method, url, data=data, headers=headers, timeout=timeout, allow_redirects=False
            ) as response:
                body = await self._read(response)
                if response.status >= 400 and not body.lstrip().startswith(b"{"):
                    # Not the Bot API's words but some proxy's page: it says nothing about our token or the chat.
                    raise NetworkError(f"An HTTP error {response.status} came instead of an answer of the Bot API.")
                return response.status, body
        except (aiohttp.ConnectionTimeoutError, aiohttp.ClientConnectorError, aiohttp.InvalidURL) as error:
            raise NotSentError(f"Could not connect to the Bot API server: {_reason(error)}.") from None
        except TimeoutError:  # aiohttp's own timeouts are of this kind
            raise TimedOut("The Bot API server did not answer in time.") from None
        except (aiohttp.ClientError, OSError) as error:
            raise NetworkError(f"The connection to the Bot API server broke: {_reason(error)}.") from None

    async def _read(self, response: aiohttp.ClientResponse) -> bytes:
        body = bytearray()
        async for chunk in response.content.iter_chunked(64 * 1024):
            body += chunk
            if len(body) > self._max_bytes:
                response.close()
                raise NetworkError(f"The Bot API server's answer is larger than {self._max_bytes} bytes.")
        return bytes(body)

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """The answer as JSON. Unlike the library's own, a broken one is not logged: it may hold people's words.

        Of a text just sent or changed its number is all that is wanted: the library need not read the rest anew.
        """
        try:
            answer = json.loads(payload)
        except ValueError:  # malformed JSON and undecodable bytes alike
            raise TelegramError("Invalid server response") from None
        if not isinstance(answer, dict):
            raise TelegramError("Invalid server response")
        sent = answer.get("result")
        if isinstance(sent, dict) and "message_id" in sent and "text" in sent:
            answer["result"] = {name: sent[name] for name in _NEEDED if name in sent}
        return answer


def _body(data: RequestData | None) -> tuple[bytes | aiohttp.FormData | None, dict[str, str]]:
    if data is None:
        return None, {}
    if not data.contains_files:
        # The Bot API takes JSON as well, and it is made several times faster than a form of percent signs.
        return json.dumps(data.json_parameters).encode(), {"Content-Type": "application/json"}
    form = aiohttp.FormData(default_to_multipart=True)
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, mimetype) in data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=mimetype)
    return form, {}


def _seconds(given: ODVInput[float], default: float) -> float | None:
    if isinstance(given, DefaultValue):
        return default
    return None if given is None else float(given)


def _sum(*seconds: float | None) -> float | None:
    known = [s for s in seconds if s is not None]
    return sum(known) if len(known) == len(seconds) else None


def _reason(error: Exception) -> str:
    """Why, without the address: the operating system's words or the exception's name."""
    inner = getattr(error, "os_error", error)
    words = getattr(inner, "strerror", None)
    return str(words) if words else type(error).__name__
