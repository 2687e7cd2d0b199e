"""What comes in from Telegram, whichever way it comes: what a run asks of it, and reading one update without trust."""

from __future__ import annotations

import logging
import math
from typing import Any, Final, Protocol

from telegram import Bot, Update

log = logging.getLogger(__name__)

CELL: Final = 0.1  # degrees, about 11 km: the finest place of a person that gets past here
MAX_DEPTH: Final = 40  # Telegram nests a dozen levels at most
MAX_NUMBER: Final = 2**53


class Intake(Protocol):
    """Where updates come from: long polling or the webhook. `bot.lifecycle` runs it."""

    @property
    def in_flight(self) -> int:
        """How many updates were taken and are not done with."""

    @property
    def way(self) -> str:
        """`polling` or `webhook`, for people."""

    def alive(self, now: float) -> tuple[bool, float | None]:
        """Whether updates come in, and the seconds since that was last known; `now` is the loop's time."""

    async def prepare(self) -> None:
        """Ready what `run` needs; raises SettingsError where it cannot be had."""

    async def run(self) -> None:
        """Take updates until cancelled; then nothing new is taken."""

    async def drained(self) -> None:
        """Return when nothing is in flight."""

    async def confirm(self) -> None:
        """Note what has been handled, for good; what is still in flight counts as not handled."""

    async def close(self) -> None:
        """Let go of everything; also after a failure."""


def number_of(item: object) -> int | None:
    """The update_id of what Telegram sent; None where it is none."""
    number = item.get("update_id") if isinstance(item, dict) else None
    return number if isinstance(number, int) and not isinstance(number, bool) and 0 <= number < MAX_NUMBER else None


def read_update(item: dict[str, Any], bot: Bot) -> tuple[Update, dict[str, Any]] | None:
    """The update and its JSON, without anybody's exact place; None, with a line in the log, where it cannot be read.

    What cannot be read: fields of another type or shape than the library understands, as an update of a newer Bot API
    or a broken proxy may have. The library finds some of that only when a field is used; those fields are used here.
    """
    try:
        coarse: dict[str, Any] = coarsened(item)
        update = Update.de_json(coarse, bot)
        hash((update.update_id, update.effective_chat, update.effective_user, update.effective_message))
        chat, user = update.effective_chat, update.effective_user
        sound = all(one is None or _is_id(one.id) for one in (chat, user))
    except Exception as error:  # whatever the library raises
        sound, reason = False, type(error).__name__
    else:
        reason = "an id that is none"
    if sound:
        return update, coarse
    log.warning("Update %s could not be read (%s) and is skipped.", number_of(item), reason)
    return None


def coarsened(value: Any, depth: int = 0) -> Any:
    """The same JSON with each latitude and longitude moved to the middle of its cell, and nothing that refines them.

    So no exact place of a person gets into the database, the log or a handler. Raises ValueError when nested too deep.
    """
    if depth > MAX_DEPTH:
        raise ValueError("nested too deep")
    if isinstance(value, list):
        return [coarsened(one, depth + 1) for one in value]
    if not isinstance(value, dict):
        return value
    if "latitude" in value or "longitude" in value:
        return {name: middle_of_cell(value.get(name)) for name in ("latitude", "longitude")}
    if "location" in value and "address" in value:  # a venue or a business: its words are as exact as its point
        return {"location": coarsened(value["location"], depth + 1), "title": "", "address": ""}
    return {name: coarsened(one, depth + 1) for name, one in value.items()}


def middle_of_cell(degrees: object) -> float | None:
    """The middle of the cell that a latitude or longitude is in; None for what is no number."""
    if isinstance(degrees, bool) or not isinstance(degrees, (int, float)) or not math.isfinite(degrees):
        return None
    return round((math.floor(min(max(degrees, -180), 180) / CELL) + 0.5) * CELL, 2)


def _is_id(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < MAX_NUMBER
