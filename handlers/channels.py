"""Posts of channels that the bot is in: read where an operator allowed it, never answered."""

from __future__ import annotations

import logging
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import UTC
from typing import Final, Protocol

from telegram import CallbackQuery, Chat, ChatMember, ChatMemberUpdated, Message, Update
from telegram.constants import ChatType
from telegram.error import TelegramError

from conflict.answers import Reply
from conflict.posts import Post
from handlers.addressing import by_us
from handlers.chats import chat_of
from handlers.context import AnyApplication, Context, desk_of
from handlers.sending import Place, replace, send, settle
from messages.callbacks import decode
from messages.channels import is_our_own, render_ask_to_read, render_operators_only, render_reading
from messages.html import to_plain
from messages.operator_actions import ReadChannel
from messages.pages import render_outdated_button

log = logging.getLogger(__name__)

_ASKED: Final = 200  # channels that operators are asked about in one run: whoever adds the bot cannot flood them
_THERE: Final = (ChatMember.MEMBER, ChatMember.ADMINISTRATOR, ChatMember.OWNER)


class Channels(Protocol):
    """What becomes of posts. Raises the errors of `conflict.errors`, DatabaseAwayError among them."""

    async def followed(self, channel_id: int) -> bool | None:
        """Whether an operator allowed to read it; None where none has decided."""

    async def decide(self, channel_id: int, title: str, username: str | None, read: bool, operator: int) -> None:
        """An operator allows it, or not; kept in the audit trail."""

    async def left(self, channel_id: int) -> None:
        """The bot is in it no more: whoever adds it again is asked about anew."""

    async def take(self, post: Post) -> None:
        """Store what a version of a post says; our own alerts are left out."""


@dataclass(slots=True)
class Reading:
    """What the handlers of channels work with. `operators` are Telegram user ids; `asked` is bounded."""

    channels: Channels
    operators: tuple[int, ...]
    asked: OrderedDict[int, tuple[str, str | None]] = field(default_factory=OrderedDict)


_KEY = "reading"


def seat_channels(application: AnyApplication, channels: Channels, operators: tuple[int, ...]) -> None:
    """Give the handlers of channels what they work with."""
    application.bot_data[_KEY] = Reading(channels, operators)


def _reading_of(context: Context) -> Reading | None:
    found: Reading | None = context.bot_data.get(_KEY)
    return found


def ours(data: object) -> bool:
    """Whether a button's data is one of these handlers'."""
    return isinstance(decode(data if isinstance(data, str) else None), ReadChannel)


async def posted(update: Update, context: Context) -> None:
    """A new or changed post. What goes wrong is logged; a channel is never written to about it."""
    message, reading = update.effective_message, _reading_of(context)
    if not isinstance(message, Message) or reading is None or message.chat.type != ChatType.CHANNEL:
        return
    followed = await reading.channels.followed(message.chat.id)
    if followed is None:
        await _ask(message.chat, reading, context)
    text = message.text or message.caption or ""
    edited = update.edited_channel_post is not None
    if not followed or (not text.strip() and not edited) or by_us(message, context.bot):
        return
    if is_our_own(text, desk_of(context).catalog):
        return
    await reading.channels.take(
        Post(
            message.chat.id,
            message.chat.title or "Telegram",
            message.message_id,
            text,
            message.date.astimezone(UTC),
            message.edit_date.astimezone(UTC) if edited and message.edit_date else None,
            message.chat.username,
        )
    )


async def membership(update: Update, context: Context) -> None:
    """The bot was added to a channel, or is there no more."""
    changed, reading = update.my_chat_member, _reading_of(context)
    if not isinstance(changed, ChatMemberUpdated) or reading is None or changed.chat.type != ChatType.CHANNEL:
        return
    if changed.new_chat_member.status not in _THERE:
        reading.asked.pop(changed.chat.id, None)
        await reading.channels.left(changed.chat.id)
    elif await reading.channels.followed(changed.chat.id) is None:
        await _ask(changed.chat, reading, context)


async def press(update: Update, context: Context) -> None:
    """An operator's decision. Whatever the button carries, the waiting sign goes away."""
    query = update.callback_query
    if query is None:
        return
    try:
        note = await _decide(query, update, context)
    except BaseException:
        await settle(query)
        raise
    await settle(query, to_plain(note.html) if note else None)


async def _decide(query: CallbackQuery, update: Update, context: Context) -> Reply | None:
    desk, reading, message, action = desk_of(context), _reading_of(context), query.message, decode(query.data)
    if reading is None or not isinstance(message, Message) or not isinstance(action, ReadChannel):
        return render_outdated_button(desk.texts(query.from_user.language_code))
    texts = desk.texts((await chat_of(update, context)).language)
    if query.from_user.id not in reading.operators:
        return render_operators_only(texts)
    title, username = await _named(action.channel_id, reading, context)
    await reading.channels.decide(action.channel_id, title, username, action.read, query.from_user.id)
    said = render_reading(action.channel_id, title, username, action.read, texts)
    await replace(context.bot, Place.of(message), (message.message_id,), said)
    return None


async def _named(channel_id: int, reading: Reading, context: Context) -> tuple[str, str | None]:
    """The channel's title and public name; where Telegram does not tell, its number until the next post."""
    if channel_id in reading.asked:
        return reading.asked[channel_id]
    try:
        chat = await context.bot.get_chat(channel_id)
    except TelegramError as error:
        log.info("Telegram does not tell a channel's name (%s).", error)
        return str(channel_id), None
    return chat.title or str(channel_id), chat.username


async def _ask(channel: Chat, reading: Reading, context: Context) -> None:
    """Ask every operator, once in a run."""
    if channel.id in reading.asked or len(reading.asked) >= _ASKED:
        return
    title = channel.title or str(channel.id)
    reading.asked[channel.id] = (title, channel.username)
    desk = desk_of(context)
    for operator in reading.operators:
        chat = await desk.conversation.chat(operator, ChatType.PRIVATE, None)
        asked = render_ask_to_read(channel.id, title, channel.username, desk.texts(chat.language))
        try:
            await send(context.bot, Place(operator), asked)
        except TelegramError as error:  # who never wrote to the bot cannot be written to
            log.warning("An operator could not be asked about a channel (%s).", error)
    if not reading.operators:
        log.warning("The bot is in a channel that is not read: SITREP_OPERATORS names nobody who could allow it.")
