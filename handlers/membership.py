"""A group that became a supergroup has a new id: its settings go along."""

from __future__ import annotations

from telegram import Update

from handlers.context import Context, desk_of


async def migrated(update: Update, context: Context) -> None:
    """Telegram says it twice, in the old group and in the new one; either is enough."""
    message = update.effective_message
    if message is None:
        return
    conversation = desk_of(context).conversation
    if message.migrate_to_chat_id is not None:
        await conversation.migrated(message.chat.id, message.migrate_to_chat_id)
    elif message.migrate_from_chat_id is not None:
        await conversation.migrated(message.migrate_from_chat_id, message.chat.id)
