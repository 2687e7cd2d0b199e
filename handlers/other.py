"""What the bot cannot read, such as pictures and voice messages: one kind line in a private chat."""

from __future__ import annotations

from telegram import Update

from handlers.addressing import from_person
from handlers.chats import chat_of
from handlers.context import Context, desk_of
from handlers.sending import Place, send
from messages.pages import render_unsupported


async def unsupported(update: Update, context: Context) -> None:
    """A message without text; of an album only the first part is answered."""
    message = update.effective_message
    desk = desk_of(context)
    if message is None or not from_person(message) or not desk.memory.first_of_album(message.media_group_id):
        return
    chat = await chat_of(update, context)
    await send(context.bot, Place.of(message), render_unsupported(desk.texts(chat.language)))
