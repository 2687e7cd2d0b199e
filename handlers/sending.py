"""A Reply becomes messages: long ones in parts, the buttons under the last, in the topic where it was asked."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from telegram import (
    Bot,
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    Message,
    ReplyParameters,
)
from telegram.constants import ChatType, ParseMode
from telegram.error import BadRequest

from conflict.answers import Reply
from messages.html import split, to_plain

log = logging.getLogger(__name__)

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
_MESSAGE = 4096  # UTF-16 units, of the Bot API
_CAPTION = 1024  # UTF-16 units, of the Bot API


@dataclass(frozen=True, slots=True)
class Place:
    """Where a reply goes: a chat, its topic, and in a group the message it answers."""

    chat_id: int
    thread_id: int | None = None
    answers: int | None = None

    @classmethod
    def of(cls, message: Message) -> Place:
        """Beside this message."""
        topic = message.message_thread_id if message.is_topic_message else None
        in_group = message.chat.type != ChatType.PRIVATE
        return cls(message.chat.id, topic, message.message_id if in_group else None)

    def options(self, first: bool) -> dict[str, Any]:
        """The parameters of a send that say where."""
        answers = ReplyParameters(self.answers, allow_sending_without_reply=True) if first and self.answers else None
        return {"chat_id": self.chat_id, "message_thread_id": self.thread_id, "reply_parameters": answers}


async def send(bot: Bot, place: Place, reply: Reply) -> tuple[int, ...]:
    """Send a reply; the ids of its messages in order."""
    keyboard = keyboard_of(reply)
    parts = _parts(reply.html)
    sent: list[int] = []
    if reply.photo is not None:
        caption = parts[0] if len(parts) == 1 and len(split(reply.html, _CAPTION)) == 1 else None
        parts = [] if caption is not None else parts
        sent.append((await _picture(bot, place, reply, caption, keyboard if not parts else None)).message_id)
    for number, part in enumerate(parts, 1):
        options = {**place.options(not sent), "reply_markup": keyboard if number == len(parts) else None}
        sent.append((await _text(bot, part, options)).message_id)
    return tuple(sent)


async def send_file(bot: Bot, place: Place, content: bytes, name: str, about: Reply) -> None:
    """Send a file with a line about it."""
    await bot.send_document(
        document=content,
        filename=name,
        caption=about.html,
        parse_mode=ParseMode.HTML,
        reply_markup=keyboard_of(about),
        **place.options(True),
    )


async def replace(bot: Bot, place: Place, message_ids: tuple[int, ...], reply: Reply) -> tuple[int, ...]:
    """Change a message already sent into this reply; where that cannot be done, send it. The ids it now has."""
    parts = _parts(reply.html)
    if len(message_ids) != 1 or len(parts) != 1 or reply.photo is not None:
        return await send(bot, place, reply)
    try:
        await bot.edit_message_text(
            parts[0],
            chat_id=place.chat_id,
            message_id=message_ids[0],
            parse_mode=ParseMode.HTML,
            link_preview_options=_NO_PREVIEW,
            reply_markup=keyboard_of(reply),
        )
    except BadRequest as error:
        if "not modified" in error.message.lower():
            return message_ids
        return await send(bot, place, reply)
    return message_ids


def _parts(html: str) -> list[str]:
    """The messages of a reply. What is short with all its tags is one message, and need not be taken apart to know."""
    if not html.strip():
        return []
    return [html] if len(html.encode("utf-16-le", "surrogatepass")) <= 2 * _MESSAGE else split(html)


async def settle(query: CallbackQuery, text: str | None = None) -> None:
    """Take the waiting sign off a pressed button, perhaps with a line; too late is no error."""
    try:
        await query.answer(text=text[:200] if text else None)
    except BadRequest as error:
        log.info("A pressed button could not be answered (%s).", error)


def keyboard_of(reply: Reply) -> InlineKeyboardMarkup | None:
    """The reply's buttons as Telegram wants them."""
    rows = [
        [
            InlineKeyboardButton(b.label, callback_data=b.data, url=None if b.data else b.url)
            for b in row
            if b.data or b.url
        ]
        for row in reply.buttons
    ]
    rows = [row for row in rows if row]
    return InlineKeyboardMarkup(rows) if rows else None


async def _text(bot: Bot, html: str, options: dict[str, Any]) -> Message:
    try:
        return await bot.send_message(text=html, parse_mode=ParseMode.HTML, link_preview_options=_NO_PREVIEW, **options)
    except BadRequest as error:
        if "can't parse entities" not in error.message.lower():
            raise
        # A fault of ours in the markup: the person gets the words all the same.
        log.error("Telegram refused our markup (%s); sent without it.", error)  # noqa: TRY400 (no traceback needed)
        return await bot.send_message(text=to_plain(html), link_preview_options=_NO_PREVIEW, **options)


async def _picture(
    bot: Bot, place: Place, reply: Reply, caption: str | None, keyboard: InlineKeyboardMarkup | None
) -> Message:
    return await bot.send_photo(
        photo=reply.photo or b"",
        filename=reply.photo_name or "picture.png",
        caption=caption,
        parse_mode=ParseMode.HTML,
        reply_markup=keyboard,
        **place.options(True),
    )
