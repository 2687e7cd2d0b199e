"""One run of the bot from the first call to Telegram to the last: start, poll, stop without losing a message.

The same run serves Telegram and the terminal: only the transport differs.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from telegram import BotCommand
from telegram.error import Conflict, InvalidToken, NetworkError, RetryAfter, TelegramError
from telegram.ext import Application

from bot.intake import Intake
from bot.scheduler import Schedule
from bot.serving import Listener
from conflict.errors import SitrepError

log = logging.getLogger(__name__)

OK: Final = 0
FAILED: Final = 1
BAD_USE: Final = 2
FIRST_WAIT: Final = 1.0
MAX_WAIT: Final = 30.0
COLLECT_AFTER: Final = 20_000  # objects made and not gone

BAD_TOKEN: Final = "Telegram does not accept TELEGRAM_TOKEN. Copy it again from @BotFather (/mybots, API Token)."  # noqa: S105 (words)
AnyApplication = Application[Any, Any, Any, Any, Any, Any]


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Seconds to keep trying at the start, and to wait for work under way at the end."""

    start: float = 300.0
    stop: float = 20.0


async def run(
    application: AnyApplication,
    intake: Intake,
    *,
    schedule: Schedule | None = None,
    commands: Mapping[str, Sequence[BotCommand]] | None = None,
    deadlines: Deadlines = Deadlines(),
    stop: asyncio.Event | None = None,
    signals: bool = True,
    health: Listener | None = None,
) -> int:
    """Run until `stop` is set, a signal comes, or Telegram refuses for good; the exit status (0, 1 or 2).

    SIGTERM or SIGINT: no new update is taken, those in flight and running jobs are finished (up to `deadlines.stop`),
    what was handled is confirmed, the rest stays with Telegram for the next run. A second signal ends at once.
    """
    stop = stop or asyncio.Event()
    if signals:
        _stop_on_signals(stop)
    status = await _connect(application, deadlines.start, stop)
    if status is not None:
        await application.bot.shutdown()
        return status
    try:
        await _introduce(application, commands or {})
        await application.start()
        if schedule:
            await schedule.start()
        await intake.prepare()
        if health:
            await health.open()
        # What is loaded by now stays: the collector need not go through it with every large answer; and an answer makes
        # tens of thousands of objects that are gone with it, so it looks less often than after every 700.
        gc.freeze()
        gc.set_threshold(COLLECT_AFTER, 10, 10)
        log.info("Ready as @%s.", application.bot.username)
        status = await _take_in(intake, stop)
        await _wind_down(application, intake, schedule, deadlines.stop)
    except SitrepError as error:
        log.error("%s", error)  # noqa: TRY400 (a sentence for the operator; a traceback would say no more)
        status = error.exit_status
    finally:
        if application.running:  # cut off from outside: nothing more is waited for or confirmed
            await _within(0.1, application.stop())
        await intake.close()
        if health:
            await health.close()
        await application.shutdown()
    log.info("Stopped.")
    return status


async def _connect(application: AnyApplication, deadline: float, stop: asyncio.Event) -> int | None:
    """Open the connection and learn the bot's name; None when it worked, else the exit status."""
    loop = asyncio.get_running_loop()
    end = loop.time() + deadline
    wait = FIRST_WAIT
    while not stop.is_set():
        try:
            await application.initialize()
        except InvalidToken:  # its text holds the token
            log.error(BAD_TOKEN)  # noqa: TRY400 (a traceback would say no more)
            return BAD_USE
        except (NetworkError, RetryAfter) as error:
            wait = max(wait, _asked_for(error))
            left = end - loop.time()
            if left <= 0:
                log.error("Telegram could not be reached for %.0f s (%s); giving up.", deadline, error)  # noqa: TRY400
                return FAILED
            wait = min(wait, max(left, 0.05))
            log.warning("Telegram cannot be reached (%s); next try in %.0f s.", error, wait)
            await _pause(wait, stop)
            wait = min(MAX_WAIT, wait * 2)
        except TelegramError as error:
            log.error("Telegram refused at the start: %s.", error)  # noqa: TRY400
            return FAILED
        else:
            return None
    return OK


async def _introduce(application: AnyApplication, commands: Mapping[str, Sequence[BotCommand]]) -> None:
    """Show the commands in Telegram's menu; not worth failing for."""
    bot = application.bot
    try:
        for language, listed in commands.items():
            await bot.set_my_commands(list(listed), language_code=None if language == "en" else language)
    except TelegramError as error:
        log.warning("The menu of commands could not be set (%s).", error)


async def _take_in(intake: Intake, stop: asyncio.Event) -> int:
    polling = asyncio.create_task(intake.run(), name=intake.way)
    stopping = asyncio.create_task(stop.wait(), name="stopping")
    await asyncio.wait((polling, stopping), return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    polling.cancel()
    try:
        await polling
    except asyncio.CancelledError:
        return OK
    except InvalidToken:
        log.error(BAD_TOKEN)  # noqa: TRY400
        return BAD_USE
    except SitrepError as error:
        log.error("%s", error)  # noqa: TRY400
        return error.exit_status
    except Conflict:
        log.error("Another process fetches messages with the same token; only one may. Ending.")  # noqa: TRY400
        return FAILED
    except Exception:
        log.exception("Taking messages in ended unexpectedly.")
        return FAILED
    return OK


async def _wind_down(application: AnyApplication, intake: Intake, schedule: Schedule | None, deadline: float) -> None:
    """Finish what is under way, confirm what is finished, then stop the rest."""
    loop = asyncio.get_running_loop()
    end = loop.time() + deadline
    if not await _within(deadline, intake.drained()):
        log.warning("%s messages were not answered in time; Telegram sends them again next time.", intake.in_flight)
    if schedule:
        await schedule.stop(max(0.0, end - loop.time()))
    await intake.confirm()
    if not await _within(max(0.3, end - loop.time()), application.stop()):
        log.warning("Some answers were cut off.")


async def _within(seconds: float, work: Awaitable[object]) -> bool:
    """Whether the work got done in time; it is cancelled otherwise."""
    try:
        async with asyncio.timeout(seconds):
            await work
    except TimeoutError:
        return False
    return True


def _stop_on_signals(stop: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()

    def stop_gently() -> None:
        stop.set()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
            signal.signal(number, signal.SIG_DFL)  # the next one ends the process at once

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop_gently)


async def _pause(seconds: float, stop: asyncio.Event) -> None:
    await _within(seconds, stop.wait())


def _asked_for(error: TelegramError) -> float:
    if not isinstance(error, RetryAfter):
        return 0.0
    asked = error.retry_after
    return float(asked if isinstance(asked, int) else asked.total_seconds())
