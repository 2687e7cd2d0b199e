"""Telegram as a sender of alerts: one call a message, paced with everything else, its errors told apart.

InvalidToken and Conflict stop all. Else in this order: Forbidden (the chat left) · ChatMigrated (follow) · RetryAfter
(wait; no attempt) · BadRequest (never again; it subclasses NetworkError) · TimedOut (perhaps sent) · NetworkError
(perhaps sent, unless it never left this machine).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from telegram import LinkPreviewOptions, ReplyParameters
from telegram.constants import ParseMode
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.ext import ExtBot

from alerts.pacing import Lane
from alerts.sending import (
    Gone,
    Migrated,
    NotSent,
    Outcome,
    Outgoing,
    Perhaps,
    Refused,
    SendingStopped,
    Sent,
    Wait,
)
from bot.request import surely_not_sent
from handlers.sending import keyboard_of
from messages.html import to_plain

_NO_PREVIEW: Final = LinkPreviewOptions(is_disabled=True)
_FOR_GOOD: Final = ("deactivated", "deleted", "kicked")
_NO_CHAT: Final = ("chat not found", "peer_id_invalid", "group chat was deactivated", "have no rights to send")


@dataclass(frozen=True, slots=True)
class TelegramSender:
    """`alerts.sending.Sender` over python-telegram-bot."""

    bot: ExtBot[Any]

    async def send(self, message: Outgoing) -> Outcome:
        """Send or edit one message."""
        try:
            return Sent(await self._call(message))
        except TelegramError as error:
            if message.edit is not None and "not modified" in str(error).lower():
                return Sent(message.edit)
            return outcome_of(error)

    async def _call(self, message: Outgoing) -> int:
        try:
            return await self._carry_out(message, message.reply.html, ParseMode.HTML)
        except BadRequest as error:
            if "can't parse entities" not in str(error).lower():
                raise
            return await self._carry_out(message, to_plain(message.reply.html), None)  # the words all the same

    async def _carry_out(self, message: Outgoing, text: str, parse_mode: str | None) -> int:
        common: dict[str, Any] = {
            "text": text,
            "chat_id": message.telegram_id,
            "parse_mode": parse_mode,
            "link_preview_options": _NO_PREVIEW,
            "reply_markup": keyboard_of(message.reply),
            "rate_limit_args": Lane.ALERT,
        }
        if message.edit is not None:
            await self.bot.edit_message_text(message_id=message.edit, **common)
            return message.edit
        answers = ReplyParameters(message.answers, allow_sending_without_reply=True) if message.answers else None
        sent = await self.bot.send_message(
            message_thread_id=message.thread_id,
            disable_notification=message.silent,
            reply_parameters=answers,
            **common,
        )
        return sent.message_id


def outcome_of(error: TelegramError) -> Outcome:
    """What an error of Telegram's means for the message. Raises SendingStopped where it means the whole bot."""
    words = str(error)
    if isinstance(error, (InvalidToken, Conflict)):
        raise SendingStopped(type(error).__name__)
    if isinstance(error, Forbidden):
        return Gone(words, for_good=any(word in words.lower() for word in _FOR_GOOD))
    if isinstance(error, ChatMigrated):
        return Migrated(error.new_chat_id)
    if isinstance(error, RetryAfter):
        asked = error.retry_after
        return Wait(float(asked if isinstance(asked, int) else asked.total_seconds()))
    if isinstance(error, BadRequest):
        if any(word in words.lower() for word in _NO_CHAT):
            return Gone(words, for_good="rights" not in words)
        return Refused(words)
    if isinstance(error, TimedOut) or not isinstance(error, NetworkError):
        return Perhaps(words)
    return NotSent(words) if surely_not_sent(error) else Perhaps(words)
