"""/settings and its buttons, settings in words ("quiet hours 22-7", "Damascus time"), the snoozes under an alert."""

from __future__ import annotations

from telegram import CallbackQuery, Message, Update
from telegram.ext import filters

from conflict.answers import Reply
from conflict.setting_words import SettingWish, setting_in, setting_of
from handlers import ask
from handlers.addressing import from_person, question_in
from handlers.admins import may_settle
from handlers.chats import chat_of, language_of
from handlers.context import ChatView, Context, desk_of
from handlers.sending import Place, replace, send, settle
from handlers.settling import Settling, settling_of
from messages.callbacks import decode
from messages.catalog import Texts
from messages.chat_actions import Settle, SetZone, SnoozePlace
from messages.html import to_plain
from messages.pages import render_admins_only, render_outdated_button, render_withdrawn_event
from messages.settings import (
    ChatSettings,
    render_digest,
    render_no_zone,
    render_quiet,
    render_setting_unclear,
    render_settings,
    render_snoozed,
    render_zone_set,
    render_zones,
)
from messages.subscriptions import render_no_alerts

_OURS = (Settle, SetZone, SnoozePlace)


class _Setting(filters.MessageFilter):
    """A text that is a setting and nothing else, perhaps after the bot's name."""

    def filter(self, message: Message) -> bool:
        return setting_in(_without_name(message.text or "")) is not None


SETTING = _Setting()


def ours(data: object) -> bool:
    """Whether a button's data is one of these handlers'."""
    return isinstance(decode(data if isinstance(data, str) else None), _OURS)


async def settings(update: Update, context: Context) -> None:
    """/settings, perhaps with a setting in words after it."""
    message = update.effective_message
    if message is None or not from_person(message):
        return
    words = " ".join(context.args or ())
    chat = await chat_of(update, context)
    texts, place = desk_of(context).texts(chat.language), Place.of(message)
    settling = settling_of(context)
    if settling is None:
        await send(context.bot, place, render_no_alerts(texts))
    elif not words:
        await send(context.bot, place, render_settings(await settling.settings(chat), texts))
    elif not await may_settle(message.chat, None if message.sender_chat else message.from_user, context):
        await send(context.bot, place, render_admins_only(texts))
    else:
        wish = setting_of(words)
        said = await _said(wish, chat, settling, texts) if wish else render_setting_unclear(texts)
        await send(context.bot, place, said)


async def in_words(update: Update, context: Context) -> None:
    """A setting that is spoken to the bot; the time of what is no place ("what time") is a question after all."""
    message = update.effective_message
    question = question_in(message, context.bot) if message else None
    wish = setting_in(_without_name(question.text)) if question else None
    if message is None or wish is None:
        return
    settling = settling_of(context)
    chat = await chat_of(update, context)
    texts, place = desk_of(context).texts(chat.language), Place.of(message)
    if settling is None or (wish.zone and await settling.zone_of(wish.zone, chat) is None):
        await ask.ask(update, context)
    elif not await may_settle(message.chat, None if message.sender_chat else message.from_user, context):
        await send(context.bot, place, render_admins_only(texts))
    else:
        await send(context.bot, place, await _said(wish, chat, settling, texts))


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
    desk, settling, message = desk_of(context), settling_of(context), query.message
    if not isinstance(message, Message) or update.effective_chat is None or settling is None:
        return render_outdated_button(desk.texts(query.from_user.language_code))
    chat = await chat_of(update, context)
    texts = desk.texts(language_of(message.text or message.caption or "", chat.language))
    if not await may_settle(message.chat, query.from_user, context):
        return render_admins_only(texts)
    place, ids = Place.of(message), (message.message_id,)
    match decode(query.data):
        case Settle("snooze" | "wake") as snooze:
            kept = await settling.settle(chat, snooze)
            await send(context.bot, place, render_snoozed(kept, texts))
        case SnoozePlace(event_id):
            snoozed = await settling.snooze_place(chat, event_id)
            if snoozed is None:
                return render_withdrawn_event(texts)
            await send(context.bot, place, render_snoozed(snoozed, texts))
        case Settle() as setting:
            kept = await settling.settle(chat, setting)
            what = "digest" if setting.what == "breaks" and setting.values[2:] == (1,) else setting.what
            await replace(context.bot, place, ids, await _screen(what, kept, chat, settling, texts))
        case SetZone(zone):
            known = await settling.set_zone(chat, zone)
            if known is None:
                return render_outdated_button(texts)
            if message.location is None and message.reply_markup is not None and _is_screen(message):
                await replace(context.bot, place, ids, await _screen("zone", known, chat, settling, texts))
            else:
                await send(context.bot, place, render_zone_set(known, texts))
        case _:
            return render_outdated_button(texts)
    return None


async def _said(wish: SettingWish, chat: ChatView, settling: Settling, texts: Texts) -> Reply:
    """Set what was asked for in words, and say what holds from now on."""
    if wish.zone is not None:
        zone = await settling.zone_of(wish.zone, chat)
        kept = await settling.set_zone(chat, zone) if zone else None
        return render_zone_set(kept, texts) if kept else render_no_zone(wish.zone, texts)
    kept = await settling.settle(chat, Settle(wish.what, wish.values))
    if wish.what in ("snooze", "wake"):
        return render_snoozed(kept, texts)
    return await _screen(wish.what, kept, chat, settling, texts)


async def _screen(what: str, kept: ChatSettings, chat: ChatView, settling: Settling, texts: Texts) -> Reply:
    """The screen on which a setting is chosen."""
    match what:
        case "quiet" | "no_quiet" | "breaks":
            return render_quiet(kept, texts)
        case "digest" | "no_digest":
            return render_digest(kept, texts)
        case "zone":
            return render_zones(kept, texts, await settling.zones_nearby(chat))
        case _:
            return render_settings(kept, texts)


def _is_screen(message: Message) -> bool:
    """Whether the pressed message is the choice of zones itself, not an answer with an offer under it."""
    found = message.reply_markup.inline_keyboard if message.reply_markup else ()
    zones = [b for row in found for b in row if isinstance(decode(str(b.callback_data or "")), SetZone)]
    return len(zones) > 1


def _without_name(text: str) -> str:
    """The text without a name of the bot in front."""
    first, _, rest = text.strip().partition(" ")
    return rest if first.startswith("@") else text
