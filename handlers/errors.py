"""When something went wrong: the operator finds it in the log, the person gets one kind sentence, nothing leaks."""

from __future__ import annotations

import logging

from telegram import Message, Update
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, RetryAfter, TelegramError

from conflict.errors import DatabaseAwayError
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
        return  # an apology would go the same way
    else:
        log.error("Update %s could not be handled.", number, exc_info=error)
    if isinstance(update, Update):
        await _apologise(update, context, away=isinstance(error, DatabaseAwayError))


async def _apologise(update: Update, context: Context, *, away: bool) -> None:
    message = update.effective_message
    if not isinstance(message, Message) or update.edited_message is not None:
        return
    try:
        # Not from the database, which may be what failed.
        user = update.effective_user
        texts = desk_of(context).texts(user.language_code if user else None)
        await send(context.bot, Place.of(message), render_database_away(texts) if away else render_error(texts))
    except TelegramError as error:
        log.warning("The apology for update %s could not be sent (%s).", update.update_id, error)
    except Exception:
        log.exception("The apology for update %s failed.", update.update_id)
