"""What the handlers of settings need of the rest of the house; `bot/settling.py` implements it."""

from __future__ import annotations

from typing import Any, Protocol

from handlers.context import AnyApplication, ChatView, Context
from messages.chat_actions import Settle
from messages.settings import ChatSettings


class Settling(Protocol):
    """What is set for a chat, and all that is kept of it. Raises the errors of `conflict.errors`."""

    async def settings(self, chat: ChatView) -> ChatSettings:
        """What is set for this chat."""

    async def settle(self, chat: ChatView, setting: Settle) -> ChatSettings:
        """Set it (a screen that only shows sets nothing), and what holds from now on."""

    async def set_zone(self, chat: ChatView, zone: str) -> ChatSettings | None:
        """Set the chat's clock by the IANA name of a zone; None where there is no such zone."""

    async def zone_of(self, words: str, chat: ChatView) -> str | None:
        """The zone of a place in a person's words, or of a zone's own name; None where it is not known."""

    async def zones_nearby(self, chat: ChatView) -> tuple[str, ...]:
        """The zones of what the chat watches."""

    async def snooze_place(self, chat: ChatView, event_id: str) -> ChatSettings | None:
        """Nothing of the place of this event for a day; None where its place is not known."""

    async def everything(self, chat: ChatView) -> dict[str, Any]:
        """All that is kept of the chat, as plain values for a file."""

    async def erase(self, chat: ChatView) -> None:
        """Forget the chat, all at once."""


_KEY = "settling"


def seat_settling(application: AnyApplication, settling: Settling) -> None:
    """Give the handlers of settings what they work with."""
    application.bot_data[_KEY] = settling


def settling_of(context: Context) -> Settling | None:
    """What `seat_settling` gave; None in a run that keeps nothing of chats."""
    found: Settling | None = context.bot_data.get(_KEY)
    return found
