"""/subscribe, a wish in words ("alert me about ..."), and "Alert me" under an answer: all make a subscription."""

from __future__ import annotations

from telegram import Message, Update
from telegram.ext import filters

from conflict.answers import Reply
from conflict.questions import Clarification
from conflict.subscription_words import Wish, wish_in, wish_of
from handlers.addressing import from_person, question_in
from handlers.admins import may_settle
from handlers.chats import chat_of
from handlers.context import Context, desk_of
from handlers.pages import start
from handlers.sending import Place, send
from handlers.subscribing import subscribing_of
from messages.catalog import Texts
from messages.links import ask_of
from messages.pages import render_admins_only
from messages.subscriptions import (
    Refusal,
    Refused,
    Subscribed,
    render_no_alerts,
    render_offer,
    render_refused,
    render_subscribed,
    render_which,
)


class _Wish(filters.MessageFilter):
    """A text that begins with the words of a wish, perhaps after the bot's name."""

    def filter(self, message: Message) -> bool:
        return wish_in(_without_name(message.text or "")) is not None


WISH = _Wish()


async def subscribe(update: Update, context: Context) -> None:
    """/subscribe, with what and where after it."""
    message = update.effective_message
    if message is not None and from_person(message):
        words = " ".join(context.args or ())
        await _make(wish_in(words) or wish_of(words), message, update, context)


async def in_words(update: Update, context: Context) -> None:
    """A wish that is spoken to the bot."""
    message = update.effective_message
    question = question_in(message, context.bot) if message else None
    wish = wish_in(_without_name(question.text)) if question else None
    if message is not None and wish is not None:
        await _make(wish, message, update, context)


async def by_link(update: Update, context: Context) -> None:
    """/start with the payload of a link: what it offers, with a button that accepts. Any other payload: the start."""
    message, subscribing = update.effective_message, subscribing_of(context)
    ask = ask_of((context.args or [""])[0])
    found = await subscribing.offer(ask) if subscribing and ask else None
    if message is None or not from_person(message) or ask is None or found is None:
        await start(update, context)
        return
    texts = desk_of(context).texts((await chat_of(update, context)).language)
    await send(context.bot, Place.of(message), render_offer(found, ask, texts))


async def _make(wish: Wish, message: Message, update: Update, context: Context) -> None:
    subscribing = subscribing_of(context)
    chat = await chat_of(update, context)
    texts = desk_of(context).texts(chat.language)
    place = Place.of(message)
    if subscribing is None:
        await send(context.bot, place, render_no_alerts(texts))
        return
    if not await may_settle(message.chat, None if message.sender_chat else message.from_user, context):
        await send(context.bot, place, render_admins_only(texts))
    elif not wish.text:
        await send(context.bot, place, render_refused(Refused(Refusal.NO_PLACE), texts))
    else:
        await send(context.bot, place, said(await subscribing.subscribe(wish, chat, place.thread_id), texts))


def said(result: Subscribed | Refused | Clarification, texts: Texts) -> Reply:
    """The reply to a wish."""
    if isinstance(result, Subscribed):
        return render_subscribed(result, texts)
    if isinstance(result, Refused):
        return render_refused(result, texts)
    return render_which(result, texts)


def _without_name(text: str) -> str:
    """The text without a name of the bot in front."""
    first, _, rest = text.strip().partition(" ")
    return rest if first.startswith("@") else text
