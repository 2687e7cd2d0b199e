"""All that is kept of one chat, as plain values: what /mydata sends. Every column of the tables that name the chat."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime
from enum import Enum
from typing import Any

from conflict.places import Place
from storage import Unit

_MOST = 100_000  # messages that are listed


def everything_of(
    unit: Unit, telegram_id: int, place_of: Callable[[str], Place | None], now: datetime
) -> dict[str, Any]:
    """The chat, its subscriptions with the names of their places, the messages sent to it, what is being handled."""
    chat = unit.chats.find(telegram_id)
    received = unit.inbox.of_chat(str(telegram_id))
    found: dict[str, Any] = {
        "as_of": now.isoformat(),
        "note": "Everything Sitrep keeps of this chat. Your questions and exact positions are not kept.",
        "chat": _plain(asdict(chat)) if chat else None,
        "alerts": [],
        "messages_sent": [],
        "received_and_not_yet_handled": [{"update": one.body} for one in received],
    }
    if chat is not None:
        for wish in unit.subscriptions.of_chat(chat.chat_id):
            names = [place.name for one in wish.place_ids if (place := place_of(one)) is not None]
            found["alerts"].append({**_plain(asdict(wish)), "places": names})
        found["messages_sent"] = [_plain(asdict(one)) for one in unit.deliveries.of_chat(chat.chat_id, _MOST)]
    return found


def _plain(value: Any) -> Any:
    """The value as JSON has it."""
    match value:
        case dict():
            return {str(key): _plain(one) for key, one in value.items()}
        case list() | tuple():
            return [_plain(one) for one in value]
        case Enum():
            return value.value
        case date():
            return value.isoformat()
        case _:
            return value
