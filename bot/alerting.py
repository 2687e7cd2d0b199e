"""The alerts of a running bot: woken by the schedule's tick, it matches what is new and sends what is due.

Everything that waits is in the database; this only knows whether it is at work.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Final

from alerts.dispatch import Dispatcher, InThread
from alerts.matcher import Matcher
from alerts.sending import SendingStopped
from bot.expiry import EVERY_SECONDS, Expiry
from bot.scheduler import Schedule
from bot.sender import TelegramSender
from bot.services import Services
from bot.settings import Settings
from bot.subscribing import SubscribingServices
from conflict.errors import DatabaseAwayError
from handlers.context import AnyApplication
from handlers.subscribing import seat_subscribing
from messages.catalog import Catalog

log = logging.getLogger(__name__)

TICK_SECONDS: Final = 0.5
JOB: Final = "alerts"
LOOK_BACK_SECONDS: Final = 60.0  # between two looks for sends that another process, or a lost database, left behind


class Alerting:
    """One worker; `tick` starts it if it rests and returns at once, `stop` lets the window in flight end."""

    def __init__(self, matcher: Matcher, dispatcher: Callable[[Any], Dispatcher], *, alone: bool) -> None:
        # One thread of its own: alerts never take the threads that answer people.
        self._pool = ThreadPoolExecutor(1, "alerts")
        self._matcher = matcher
        self._dispatcher = dispatcher(self._in_thread)
        self._alone = alone
        self._begun = False
        self._looked_back = 0.0
        self._stopping = False
        self._work: asyncio.Task[None] | None = None

    async def tick(self) -> None:
        """Look whether there is something to do."""
        if not self._stopping and (self._work is None or self._work.done()):
            self._work = asyncio.create_task(self._run(), name=JOB)

    async def stop(self, deadline: float) -> bool:
        """Begin nothing more; False if what was in flight had to be cut off."""
        self._stopping = True
        whole = True
        if self._work is not None and not self._work.done():
            _, late = await asyncio.wait({self._work}, timeout=deadline)
            whole = not late
            self._work.cancel()
            self._dispatcher.cut_off()
        self._pool.shutdown(wait=False)
        return whole

    async def _run(self) -> None:
        try:
            if not self._begun:
                await self._in_thread(self._matcher.begin)
                await self._in_thread(partial(self._dispatcher.begin, alone=self._alone))
                self._begun = True
            await self._look_back()
            while not self._stopping:
                matched = await self._in_thread(self._matcher.step)
                sent = await self._dispatcher.step()
                if matched is None and not sent:
                    return
            await self._dispatcher.drain()
        except DatabaseAwayError as error:
            log.warning("Alerts wait for the database (%s).", error)
        except SendingStopped as error:
            log.error("No alerts are sent any more: Telegram says %s.", error)  # noqa: TRY400 (it may hold the token)
            self._stopping = True
        except Exception:
            log.exception("Alerts failed; they are tried again at the next tick.")

    async def _look_back(self) -> None:
        """What somebody claimed long ago and never settled is unknown; no send takes that long."""
        now = asyncio.get_running_loop().time()
        if now - self._looked_back > LOOK_BACK_SECONDS:
            self._looked_back = now
            await self._in_thread(partial(self._dispatcher.begin, alone=False))

    async def _in_thread(self, call: Callable[..., Any], *args: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._pool, partial(call, *args))


def seat_alerts(
    application: AnyApplication, schedule: Schedule, services: Services, settings: Settings, catalog: Catalog
) -> None:
    """Let a bot that speaks to Telegram take subscriptions, and match and send at each tick of its clock."""
    storage = services.answering.storage
    seat_subscribing(application, SubscribingServices(services.answering, services.now))

    def dispatcher(in_thread: InThread) -> Dispatcher:
        return Dispatcher(
            storage,
            TelegramSender(application.bot),
            catalog,
            services.now,
            worker=f"{socket.gethostname()}:{os.getpid()}",
            default_language=settings.language,
            default_tz=settings.timezone,
            most_an_hour=settings.alerts_per_hour,
            policy=services.answering.policy,
            in_thread=in_thread,
        )

    alerting = Alerting(Matcher(storage, services.now), dispatcher, alone=storage.kind == "sqlite")
    schedule.every(TICK_SECONDS, JOB, alerting.tick)
    schedule.every(EVERY_SECONDS, "expiry", Expiry(storage, services.now).tick, at_once=True)
    schedule.also_stop(alerting.stop)
