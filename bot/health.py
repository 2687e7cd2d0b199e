"""Whether the bot is well, for machines: /livez (the process answers) and /readyz (it can do its work).

Neither tells a secret, a name, or how many people use the bot, so that they may be seen from outside.
"""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from aiohttp import web

from bot.intake import Intake
from conflict.errors import SitrepError
from storage import Storage

log = logging.getLogger(__name__)

FRESH: Final = 1.0  # seconds that one look at the database is good for
PATIENCE: Final = 5.0


class Health:
    """What is known of one run: the database and the way in from Telegram."""

    def __init__(self, storage: Storage, intake: Intake) -> None:
        self._storage = storage
        self._intake = intake
        self._thread = ThreadPoolExecutor(1, "health")
        self._looked_at = float("-inf")
        self._database = "not asked yet"
        self._looking: asyncio.Future[str] | None = None

    def routes(self, application: web.Application) -> None:
        """Add both to an application; it closes what they use when it ends."""
        application.router.add_get("/livez", self._live)
        application.router.add_get("/readyz", self._ready)
        application.on_cleanup.append(self._close)

    async def report(self) -> tuple[bool, dict[str, Any]]:
        """Whether it can do its work, and how its parts are."""
        now = asyncio.get_running_loop().time()
        taking, age = self._intake.alive(now)
        database = await self._ask_database(now)
        ready = taking and database == "answers"
        return ready, {
            "ready": ready,
            "database": database,
            self._intake.way: "works" if taking else "does not work",
            "seconds_since_telegram": None if age is None else round(age),
        }

    async def _ask_database(self, now: float) -> str:
        """One look a second at most, and one at a time, however many ask."""
        if now - self._looked_at < FRESH:
            return self._database
        if self._looking is None or self._looking.done():
            self._looking = asyncio.get_running_loop().run_in_executor(self._thread, self._look)
        try:
            async with asyncio.timeout(PATIENCE):
                self._database = await asyncio.shield(self._looking)
        except TimeoutError:
            self._database = "does not answer in time"
        self._looked_at = asyncio.get_running_loop().time()
        return self._database

    def _look(self) -> str:
        try:
            self._storage.check_schema()
            with self._storage.begin() as unit:
                unit.ping()
        except SitrepError as error:
            log.warning("Not well: %s", error)  # the log may say more than the network
            return f"trouble: {type(error).__name__}"
        except Exception:
            log.exception("Not well.")
            return "trouble"
        return "answers"

    async def _live(self, request: web.Request) -> web.Response:
        return web.json_response({"alive": True})

    async def _ready(self, request: web.Request) -> web.Response:
        ready, parts = await self.report()
        return web.json_response(parts, status=200 if ready else 503)

    async def _close(self, application: web.Application) -> None:
        self._thread.shutdown(wait=False, cancel_futures=True)
