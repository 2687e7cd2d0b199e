"""A small HTTP server of our own: one application on one address, for Telegram's webhook and for health checks."""

from __future__ import annotations

from aiohttp import web

from bot.addresses import host_and_port
from conflict.errors import SettingsError


class Listener:
    """Serves one aiohttp application at `address` ("host:port", "[::1]:8080") between `open` and `close`."""

    def __init__(self, application: web.Application, address: str, name: str) -> None:
        # No access log: it would hold a line for each message.
        self._runner = web.AppRunner(application, access_log=None, handle_signals=False, shutdown_timeout=5.0)
        self._address = address
        self._name = name
        self._site: web.TCPSite | None = None

    async def open(self) -> None:
        """Begin to listen. Raises SettingsError where the address cannot be had; calling it again changes nothing."""
        if self._site is not None:
            return
        host, port = host_and_port(self._address)
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port, backlog=512)
        try:
            await site.start()
        except OSError as error:
            await self._runner.cleanup()
            raise SettingsError(f"{self._name}={self._address} cannot be listened at: {error.strerror}.") from None
        self._site = site

    @property
    def port(self) -> int:
        """The port it listens at, also where 0 (any free one) was asked for."""
        addresses = self._runner.addresses
        return int(addresses[0][1]) if addresses else host_and_port(self._address)[1]

    async def close(self) -> None:
        """End; requests under way get five seconds."""
        if self._site is not None:
            self._site = None
            await self._runner.cleanup()
