"""/mydata sends all that is kept of a chat as a file; /deleteme asks once, then erases it."""

from __future__ import annotations

import json

from telegram import CallbackQuery, Message, Update

from conflict.answers import Reply
from handlers.addressing import from_person
from handlers.admins import may_settle
from handlers.chats import chat_of, language_of
from handlers.context import Context, desk_of
from handlers.sending import Place, replace, send, send_file, settle
from handlers.settling import settling_of
from messages.callbacks import EraseMe, decode
from messages.html import to_plain
from messages.pages import render_admins_only, render_outdated_button
from messages.subscriptions import render_erase, render_erased, render_my_data, render_no_alerts


def ours(data: object) -> bool:
    """Whether a button's data is one of these handlers'."""
    return isinstance(decode(data if isinstance(data, str) else None), EraseMe)


async def my_data(update: Update, context: Context) -> None:
    """/mydata: the file; in a group for its administrators only."""
    message, settling = update.effective_message, settling_of(context)
    if message is None or not from_person(message):
        return
    chat = await chat_of(update, context)
    texts, place = desk_of(context).texts(chat.language), Place.of(message)
    if settling is None:
        await send(context.bot, place, render_no_alerts(texts))
    elif not await may_settle(message.chat, None if message.sender_chat else message.from_user, context):
        await send(context.bot, place, render_admins_only(texts))
    else:
        kept = await settling.everything(chat)
        file = json.dumps(kept, ensure_ascii=False, indent=1).encode()
        await send_file(context.bot, place, file, "sitrep-data.json", render_my_data(kept["chat"] is None, texts))


async def delete_me(update: Update, context: Context) -> None:
    """/deleteme: asks once, then erases."""
    message = update.effective_message
    if message is None or not from_person(message):
        return
    texts = desk_of(context).texts((await chat_of(update, context)).language)
    allowed = await may_settle(message.chat, None if message.sender_chat else message.from_user, context)
    await send(context.bot, Place.of(message), render_erase(texts) if allowed else render_admins_only(texts))


async def press(update: Update, context: Context) -> None:
    """The button that erases."""
    query = update.callback_query
    if query is None:
        return
    try:
        note = await _erase(query, update, context)
    except BaseException:
        await settle(query)
        raise
    await settle(query, to_plain(note.html) if note else None)


async def _erase(query: CallbackQuery, update: Update, context: Context) -> Reply | None:
    desk, settling, message = desk_of(context), settling_of(context), query.message
    if not isinstance(message, Message) or update.effective_chat is None or settling is None:
        return render_outdated_button(desk.texts(query.from_user.language_code))
    chat = await chat_of(update, context)
    texts = desk.texts(language_of(message.text or message.caption or "", chat.language))
    if not await may_settle(message.chat, query.from_user, context):
        return render_admins_only(texts)
    await settling.erase(chat)
    desk.memory.forget(chat.telegram_id)
    await replace(context.bot, Place.of(message), (message.message_id,), render_erased(texts))
    return None
