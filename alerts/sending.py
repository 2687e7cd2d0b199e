"""What is handed to whoever sends, and what can become of it. `bot/sender.py` is the real one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from conflict.answers import Reply


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message, or with `edit` a new text for one that was sent. `telegram_id` is Telegram's id of the chat."""

    telegram_id: int
    reply: Reply
    thread_id: int | None = None
    silent: bool = False
    answers: int | None = None  # the message that it is a reply to
    edit: int | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """It arrived."""

    message_id: int


@dataclass(frozen=True, slots=True)
class Gone:
    """The chat takes no messages any more: `for_good`, or until somebody there writes to the bot."""

    reason: str
    for_good: bool = False


@dataclass(frozen=True, slots=True)
class Migrated:
    """The group has a new id of Telegram's; nothing was sent."""

    telegram_id: int


@dataclass(frozen=True, slots=True)
class Wait:
    """Telegram said to wait so many seconds; nothing was sent. It was no attempt."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Refused:
    """Telegram never takes this message."""

    reason: str


@dataclass(frozen=True, slots=True)
class Perhaps:
    """It may have arrived: the answer did not come."""

    reason: str


@dataclass(frozen=True, slots=True)
class NotSent:
    """It surely did not leave, or could not be taken now; it may be tried again."""

    reason: str


Outcome = Sent | Gone | Migrated | Wait | Refused | Perhaps | NotSent


class SendingStopped(Exception):  # noqa: N818 (it is no fault of a message: nothing can be sent at all)
    """The token is no longer accepted, or another process speaks for the bot: nothing more is to be sent."""


class Sender(Protocol):
    """Sends. Never raises but SendingStopped."""

    async def send(self, message: Outgoing) -> Outcome:
        """Send or edit one message."""
