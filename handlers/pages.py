"""/start, /help, /language and /privacy: what the bot says about itself."""

from __future__ import annotations

from telegram import Update

from conflict.answers import Reply
from handlers.addressing import from_person
from handlers.admins import may_settle
from handlers.chats import chat_of
from handlers.commands import COMMANDS
from handlers.context import Context, Desk, desk_of
from handlers.sending import Place, send
from messages.catalog import Texts
from messages.pages import render_admins_only, render_help, render_language, render_privacy, render_start


async def start(update: Update, context: Context) -> None:
    """/start."""
    await _show("start", update, context)


async def show_help(update: Update, context: Context) -> None:
    """/help; also the answer to a command there is not, where one was clearly meant for us."""
    await _show("help", update, context)


async def language(update: Update, context: Context) -> None:
    """/language: the choice as buttons; in a group for its administrators only."""
    message = update.effective_message
    if message is None or not from_person(message):
        return
    if await may_settle(message.chat, None if message.sender_chat else message.from_user, context):
        await _show("language", update, context)
        return
    chat = await chat_of(update, context)
    await send(context.bot, Place.of(message), render_admins_only(desk_of(context).texts(chat.language)))


async def privacy(update: Update, context: Context) -> None:
    """/privacy: what is kept about a person."""
    await _show("privacy", update, context)


def page(name: str, texts: Texts, desk: Desk) -> Reply:
    """One of the bot's own pages by the name that a button carries."""
    match name:
        case "help":
            return render_help(texts, commands=[(command, texts.word(what)) for command, what in COMMANDS])
        case "language":
            return render_language(texts, desk.catalog)
        case "privacy":
            return render_privacy(texts)
        case _:
            return render_start(texts, sample=desk.sample)


async def _show(name: str, update: Update, context: Context) -> None:
    message = update.effective_message
    if message is None or not from_person(message):
        return
    desk = desk_of(context)
    chat = await chat_of(update, context)
    await send(context.bot, Place.of(message), page(name, desk.texts(chat.language), desk))
