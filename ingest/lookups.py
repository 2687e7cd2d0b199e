"""Names to addresses, checked: a connection is made to the very address that was checked, never looked up again."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Executor

from aiohttp.abc import AbstractResolver, ResolveResult

from ingest.addresses import Allowance, public_of

LookUp = Callable[[str, int], Awaitable[Sequence[str]]]  # host, port -> addresses as text


class ForbiddenAddressError(OSError):
    """A name leads only to addresses that may not be spoken to; the message completes "it was not asked: ..."."""


class CheckedLookup(AbstractResolver):
    """The resolver of the client's connections: gives only addresses that may be spoken to.

    aiohttp asks it once for each new connection and connects to what it gives; redirects and later requests that open
    a connection come through it again, so an answer that changes in between (DNS rebinding) is checked as well.
    """

    def __init__(self, allow: Allowance, look_up: LookUp | None, threads: Executor) -> None:
        self._allow = allow
        self._look_up = look_up or self._system
        self._threads = threads

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The addresses of a name that may be spoken to. Raises ForbiddenAddressError when it has no other."""
        good, reason = public_of(host.rstrip(".").lower(), await self._look_up(host, port), self._allow)
        if reason is not None:
            raise ForbiddenAddressError(reason)
        return [
            ResolveResult(
                hostname=host,
                host=str(address),
                port=port,
                family=socket.AF_INET if address.version == 4 else socket.AF_INET6,
                proto=socket.IPPROTO_TCP,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for address in good
            if family in (socket.AF_UNSPEC, socket.AF_INET if address.version == 4 else socket.AF_INET6)
        ]

    async def close(self) -> None:
        """Nothing to close: the threads are the client's."""

    async def _system(self, host: str, port: int) -> Sequence[str]:
        def ask() -> list[str]:
            return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]

        return await asyncio.get_running_loop().run_in_executor(self._threads, ask)
