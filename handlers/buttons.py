"""A pressed button: other pages and periods in place of the answer, details and sources below it, the language."""

from __future__ import annotations

from telegram import CallbackQuery, Message, Update

from conflict.answers import Reply
from handlers.admins import may_settle
from handlers.chats import chat_of, language_of
from handlers.context import ChatView, Context, desk_of
from handlers.pages import page
from handlers.sending import Place, replace, send, settle
from messages.answers import render_answer
from messages.callbacks import AskAgain, SetLanguage, ShowEvent, ShowPage, ShowSources, decode
from messages.details import render_event
from messages.html import to_plain
from messages.pages import render_admins_only, render_language_changed, render_outdated_button, render_withdrawn_event
from messages.sources import render_sources


async def press(update: Update, context: Context) -> None:
    """Any button. Whatever it carries, the waiting sign goes away and the person learns what happened."""
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
    desk = desk_of(context)
    message = query.message
    if not isinstance(message, Message) or update.effective_chat is None:
        return render_outdated_button(desk.texts(query.from_user.language_code))
    chat = await chat_of(update, context)
    texts = desk.texts(language_of(message.text or message.caption or "", chat.language))
    place = Place.of(message)
    match decode(query.data):
        case AskAgain() as ask:
            answer = await desk.conversation.again(ask, chat)
            if answer is None:
                return render_outdated_button(texts)
            reply = render_answer(answer, texts, tz=chat.tz, features=desk.features)
            await replace(context.bot, place, (message.message_id,), reply)
        case ShowSources(ask):
            answer = await desk.conversation.again(ask, chat)
            if answer is None:
                return render_outdated_button(texts)
            await send(context.bot, place, render_sources(answer, texts, tz=chat.tz))
        case ShowEvent(event_id):
            event = await desk.conversation.event(event_id)
            if event is None:
                return render_withdrawn_event(texts)
            await send(context.bot, place, render_event(event, texts, tz=chat.tz, now=chat.now))
        case SetLanguage(language):
            if not await may_settle(message.chat, query.from_user, context):
                return render_admins_only(texts)
            return await _choose(language, place, chat, context, message.message_id)
        case ShowPage(name):
            await send(context.bot, place, page(name, texts, desk))
        case _:
            return render_outdated_button(texts)
    return None


async def _choose(language: str, place: Place, chat: ChatView, context: Context, message_id: int) -> Reply | None:
    desk = desk_of(context)
    if language not in desk.catalog.languages:
        return render_outdated_button(desk.texts(chat.language))
    await desk.conversation.set_language(chat.telegram_id, chat.kind, language)
    await replace(context.bot, place, (message_id,), render_language_changed(desk.texts(language)))
    return None
