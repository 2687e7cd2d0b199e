"""When something went wrong: the operator finds it in the log, the person gets one kind sentence, nothing leaks."""

from __future__ import annotations

import logging

from telegram import Message, Update
from telegram.constants import ChatType
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, RetryAfter, TelegramError

from conflict.errors import DatabaseAwayError
from handlers.addressing import from_person, question_in
from handlers.context import Context, desk_of
from handlers.sending import Place, send
from messages.pages import render_database_away, render_error

log = logging.getLogger(__name__)


async def failed(update: object, context: Context) -> None:
    """The application's error handler. It never raises."""
    error = context.error
    number = update.update_id if isinstance(update, Update) else None
    if isinstance(error, Forbidden):
        log.info("Update %s: the chat no longer accepts messages.", number)
        return
    if isinstance(error, DatabaseAwayError):
        log.error("Update %s: the database is away (%s).", number, error)
    elif isinstance(error, (RetryAfter, ChatMigrated, NetworkError)) and not isinstance(error, BadRequest):
        log.warning("Update %s: no answer could be sent (%s).", number, error)
        if isinstance(error, ChatMigrated) and isinstance(update, Update):
            await _follow(update, context, error.new_chat_id)
        return  # an apology would go the same way
    else:
        log.error("Update %s could not be handled.", number, exc_info=error)
    if isinstance(update, Update):
        await _apologise(update, context, away=isinstance(error, DatabaseAwayError))


async def _follow(update: Update, context: Context, new_chat_id: int) -> None:
    """The group has a new id, and the message that says so may never have come."""
    if update.effective_chat is None:
        return
    try:
        await desk_of(context).conversation.migrated(update.effective_chat.id, new_chat_id)
    except Exception:
        log.exception("A group's settings could not be moved to its new id.")


async def _apologise(update: Update, context: Context, *, away: bool) -> None:
    message = update.effective_message
    if not isinstance(message, Message) or update.edited_message is not None or message.chat.type == ChatType.CHANNEL:
        return
    try:
        if update.callback_query is None and not _was_asked(message, context):
            return
        # Not from the database, which may be what failed.
        user = update.effective_user
        texts = desk_of(context).texts(user.language_code if user else None)
        await send(context.bot, Place.of(message), render_database_away(texts) if away else render_error(texts))
    except TelegramError as error:
        log.warning("The apology for update %s could not be sent (%s).", update.update_id, error)
    except Exception:
        log.exception("The apology for update %s failed.", update.update_id)


def _was_asked(message: Message, context: Context) -> bool:
    """Whether somebody waits for an answer: not in a group that the bot only overheard."""
    if message.chat.type == message.chat.PRIVATE:
        return from_person(message)
    return question_in(message, context.bot) is not None
