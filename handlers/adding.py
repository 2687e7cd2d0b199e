"""An operator adds a report: forwards a message or pastes its text, sees what was understood, corrects, confirms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from telegram import CallbackQuery, Message, MessageOriginChannel, Update
from telegram.ext import ApplicationHandlerStop

from conflict.answers import Reply
from conflict.posts import Post
from handlers.addressing import by_us, from_person
from handlers.chats import chat_of
from handlers.context import AnyApplication, ChatView, Context, desk_of
from handlers.sending import Place, replace, send, settle
from messages.callbacks import decode
from messages.channels import is_our_own, render_operators_only
from messages.drafts import (
    Added,
    DraftView,
    render_added,
    render_cannot_add,
    render_discarded,
    render_draft,
    render_expired,
    render_how_to_add,
    render_our_own,
)
from messages.html import to_plain
from messages.operator_actions import ChangeDraft
from messages.pages import render_outdated_button


@dataclass(frozen=True, slots=True)
class PassedOn:
    """A text without a named sender: forwarded from a person or group, or pasted."""

    text: str
    published_at: datetime
    forwarded: bool


class Adding(Protocol):
    """Drafts of reports, each of one operator, for an hour. Raises the errors of `conflict.errors`."""

    async def draft(self, what: Post | PassedOn, operator: int, chat: ChatView) -> DraftView:
        """What is understood of a message; nothing is stored."""

    async def change(self, action: ChangeDraft, operator: int, chat: ChatView) -> DraftView | None:
        """The draft after a button; None if it is gone or not this operator's."""

    async def say(self, words: str, operator: int, chat: ChatView) -> DraftView | None:
        """The draft after words for what it asked; None if it asked nothing."""

    async def confirm(self, draft_id: str, operator: int) -> Added | None:
        """Store it with its corrections, noted as the operator's; None if it is gone or not this operator's."""

    async def discard(self, draft_id: str, operator: int) -> bool:
        """Forget it; False if it is gone already."""


@dataclass(frozen=True, slots=True)
class _Seat:
    adding: Adding
    operators: tuple[int, ...]


_KEY = "adding"


def seat_adding(application: AnyApplication, adding: Adding, operators: tuple[int, ...]) -> None:
    """Give these handlers what they work with. `operators` are Telegram user ids."""
    application.bot_data[_KEY] = _Seat(adding, operators)


def ours(data: object) -> bool:
    """Whether a button's data is one of these handlers'."""
    return isinstance(decode(data if isinstance(data, str) else None), ChangeDraft)


async def forwarded(update: Update, context: Context) -> None:
    """A forwarded text in a private chat: a report of an operator; of anybody else, a kind line and nothing kept."""
    message = update.effective_message
    if message is not None and from_person(message):
        await _draft(message, message, _passed_on(message), update, context)


async def paste(update: Update, context: Context) -> None:
    """/ingest with a text after it, or in reply to a message."""
    message = update.effective_message
    if message is None or not from_person(message):
        return
    _, *words = (message.text or "").split(maxsplit=1)
    answered = message.reply_to_message
    what: Post | PassedOn | None = None
    if words:
        what = PassedOn(words[0], message.date.astimezone(UTC), forwarded=False)
    elif answered is not None and (answered.text or answered.caption):
        what = _passed_on(answered)
    await _draft(message, message if words else answered, what, update, context)


async def in_words(update: Update, context: Context) -> None:
    """What an operator writes where a draft asked for it; anything else goes on to the other handlers."""
    message, seat = update.effective_message, _seat_of(context)
    user = message.from_user if message else None
    if message is None or seat is None or user is None or user.id not in seat.operators:
        return
    chat = await chat_of(update, context)
    view = await seat.adding.say(message.text or "", user.id, chat)
    if view is not None:
        await send(context.bot, Place.of(message), render_draft(view, desk_of(context).texts(chat.language)))
        raise ApplicationHandlerStop


async def press(update: Update, context: Context) -> None:
    """A button of a draft. Whatever it carries, the waiting sign goes away and the operator learns what happened."""
    query = update.callback_query
    if query is None:
        return
    try:
        note = await _carry_out(query, update, context)
    except BaseException:
        await settle(query)
        raise
    await settle(query, to_plain(note.html) if note else None)


async def _carry_out(query: CallbackQuery, update: Update, context: Context) -> Reply | None:
    """Do it; what is returned is shown for a moment instead of being sent."""
    desk, seat, message, action = desk_of(context), _seat_of(context), query.message, decode(query.data)
    if seat is None or not isinstance(message, Message) or not isinstance(action, ChangeDraft):
        return render_outdated_button(desk.texts(query.from_user.language_code))
    chat = await chat_of(update, context)
    texts, operator = desk.texts(chat.language), query.from_user.id
    if operator not in seat.operators:
        return render_operators_only(texts)
    place, ids = Place.of(message), (message.message_id,)
    if action.what == "confirm":
        added = await seat.adding.confirm(action.draft_id, operator)
        if added is None:
            return render_expired(texts)
        await replace(context.bot, place, ids, render_added(added, texts))
    elif action.what == "discard":
        if not await seat.adding.discard(action.draft_id, operator):
            return render_expired(texts)
        await replace(context.bot, place, ids, render_discarded(texts))
    else:
        view = await seat.adding.change(action, operator, chat)
        if view is None:
            return render_expired(texts)
        await replace(context.bot, place, ids, render_draft(view, texts))
    return None


async def _draft(
    message: Message, said: Message | None, what: Post | PassedOn | None, update: Update, context: Context
) -> None:
    """Answer `message`, which passes on `said`."""
    seat, chat = _seat_of(context), await chat_of(update, context)
    texts, place = desk_of(context).texts(chat.language), Place.of(message)
    user = message.from_user
    if seat is None or user is None or user.id not in seat.operators:
        await send(context.bot, place, render_cannot_add(texts))
    elif what is None or said is None:
        await send(context.bot, place, render_how_to_add(texts))
    elif by_us(said, context.bot) or is_our_own(what.text, desk_of(context).catalog):
        await send(context.bot, place, render_our_own(texts))
    else:
        await send(context.bot, place, render_draft(await seat.adding.draft(what, user.id, chat), texts))


def _passed_on(message: Message) -> Post | PassedOn:
    """What was forwarded, as its channel's post; of whatever else only the words, never whose they are."""
    text, origin = message.text or message.caption or "", message.forward_origin
    if isinstance(origin, MessageOriginChannel):
        return Post(
            origin.chat.id,
            origin.chat.title or "Telegram",
            origin.message_id,
            text,
            origin.date.astimezone(UTC),
            None,
            origin.chat.username,
        )
    at = origin.date if origin is not None else message.date
    return PassedOn(text, at.astimezone(UTC), forwarded=origin is not None)


def _seat_of(context: Context) -> _Seat | None:
    found: _Seat | None = context.bot_data.get(_KEY)
    return found
