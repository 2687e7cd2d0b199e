"""/alerts, and the buttons of subscriptions and alerts."""

from __future__ import annotations

from telegram import CallbackQuery, Message, Update

from conflict.answers import Reply
from handlers.addressing import from_person
from handlers.admins import may_settle
from handlers.chats import chat_of, language_of
from handlers.context import Context, desk_of
from handlers.sending import Place, replace, send, settle
from handlers.subscribe import said
from handlers.subscribing import Subscribing, subscribing_of
from messages.callbacks import AlertMe, ChangeAlerts, ListAlerts, WhyAlert, decode
from messages.catalog import Texts
from messages.chat_actions import EditAlert
from messages.editing import render_edit
from messages.html import to_plain
from messages.links import link_to
from messages.pages import render_admins_only, render_outdated_button, render_withdrawn_event
from messages.subscriptions import render_list, render_no_alerts, render_why

_OURS = (AlertMe, ChangeAlerts, EditAlert, ListAlerts, WhyAlert)


def ours(data: object) -> bool:
    """Whether a button's data is one of these handlers'."""
    return isinstance(decode(data if isinstance(data, str) else None), _OURS)


async def show(update: Update, context: Context) -> None:
    """/alerts: what this chat is told of."""
    message, subscribing = update.effective_message, subscribing_of(context)
    if message is not None and from_person(message):
        chat = await chat_of(update, context)
        texts = desk_of(context).texts(chat.language)
        reply = render_list(await subscribing.listed(chat), texts) if subscribing else render_no_alerts(texts)
        await send(context.bot, Place.of(message), reply)


async def press(update: Update, context: Context) -> None:
    """A button of ours. Whatever it carries, the waiting sign goes away and the person learns what happened."""
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
    desk, subscribing, message = desk_of(context), subscribing_of(context), query.message
    if not isinstance(message, Message) or update.effective_chat is None or subscribing is None:
        return render_outdated_button(desk.texts(query.from_user.language_code))
    chat = await chat_of(update, context)
    texts = desk.texts(language_of(message.text or message.caption or "", chat.language))
    place = Place.of(message)
    action = decode(query.data)
    match action:
        case ListAlerts(page):
            listed = render_list(await subscribing.listed(chat), texts, page)
            if any(isinstance(decode(data), ChangeAlerts) for data in _data(message)):  # from another screen of these
                await replace(context.bot, place, (message.message_id,), listed)
            else:
                await send(context.bot, place, listed)
            return None
        case WhyAlert(event_id):
            found = await subscribing.why(chat, event_id)
            if found is None:
                return render_withdrawn_event(texts)
            await send(context.bot, place, render_why(found[1], found[0], texts))
            return None
    if not await may_settle(message.chat, query.from_user, context):
        return render_admins_only(texts)
    match action:
        case AlertMe(ask):
            made = await subscribing.subscribe_to(ask, chat, place.thread_id)
            await send(context.bot, place, said(made, texts))
        case ChangeAlerts(what, subscription_id):
            if not await subscribing.change(chat, what, subscription_id):
                return render_outdated_button(texts)
            await _show_anew(subscribing, update, context, texts, message)
        case EditAlert() as edit:
            changed = await subscribing.edit(chat, edit)
            if changed is None:
                return render_outdated_button(texts)
            link = link_to(changed.subscription, context.bot.username)
            await replace(context.bot, place, (message.message_id,), render_edit(changed, texts, link))
    return None


def _data(message: Message) -> list[str]:
    """What the buttons under a message carry."""
    keyboard = message.reply_markup.inline_keyboard if message.reply_markup else ()
    return [str(one.callback_data or "") for row in keyboard for one in row]


async def _show_anew(
    subscribing: Subscribing, update: Update, context: Context, texts: Texts, message: Message
) -> None:
    listed = await subscribing.listed(await chat_of(update, context))
    await replace(context.bot, Place.of(message), (message.message_id,), render_list(listed, texts))
