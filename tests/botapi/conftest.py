"""Fixtures for the tests of the server itself."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import aiohttp
import pytest_asyncio
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Message, Update
from telegram.ext import Application, CallbackQueryHandler, CommandHandler, ContextTypes, MessageHandler, filters

from tests.botapi.fixtures import botapi
from tests.botapi.server import BotApiServer

__all__ = ["botapi"]

Ask = Callable[..., Coroutine[Any, Any, tuple[int, dict[str, Any]]]]


@pytest_asyncio.fixture
async def ask(botapi: BotApiServer) -> AsyncIterator[Ask]:
    """A raw call: `await ask("sendMessage", chat_id=1, text="x")` gives HTTP status and JSON."""
    async with aiohttp.ClientSession() as session:

        async def call(method: str, **params: Any) -> tuple[int, dict[str, Any]]:
            async with session.post(botapi.url + botapi.token + "/" + method, json=params) as response:
                return response.status, await response.json()

        yield call


def message_of(update: Update) -> Message:
    """The message of an update that must have one, new or edited, of a person or a channel."""
    assert update.effective_message is not None
    return update.effective_message


async def echo(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Answer with the text and two buttons."""
    keys = InlineKeyboardMarkup(
        [[InlineKeyboardButton("📄 Sources", callback_data="s:1"), InlineKeyboardButton("Map", url="https://e.org/m")]]
    )
    said = message_of(update).text or "something else"
    await message_of(update).reply_html(f"<b>You said</b> {said}", reply_markup=keys)


async def pressed(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Answer the button and change the message."""
    assert update.callback_query is not None
    await update.callback_query.answer(f"got {update.callback_query.data}")
    await update.callback_query.edit_message_text("Sources: none")


def an_application(server: BotApiServer) -> Any:
    """A real python-telegram-bot application that talks to the server."""
    builder = Application.builder().token(server.token).base_url(server.url).base_file_url(server.file_url)
    application = builder.build()
    application.add_handler(CommandHandler("start", echo))
    application.add_handler(CallbackQueryHandler(pressed))
    application.add_handler(MessageHandler(filters.ALL, echo))
    return application


@pytest_asyncio.fixture
async def application(botapi: BotApiServer) -> AsyncIterator[Any]:
    """The same, running and polling."""
    running = an_application(botapi)
    async with running:
        await running.start()
        await running.updater.start_polling(allowed_updates=Update.ALL_TYPES)
        yield running
        await running.updater.stop()
        await running.stop()
