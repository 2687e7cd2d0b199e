"""Which chat an update belongs to, and in which language to speak there."""

from __future__ import annotations

from telegram import Update

from handlers.context import ChatView, Context, Speaker, desk_of


async def chat_of(update: Update, context: Context) -> ChatView:
    """The chat's settings."""
    speaker = speaker_of(update)
    return await desk_of(context).conversation.chat(speaker.telegram_id, speaker.kind, speaker.language)


def speaker_of(update: Update) -> Speaker:
    """Who speaks; in a group the language of one person's Telegram says nothing about the others."""
    chat = update.effective_chat
    user = update.effective_user
    if chat is None:
        raise ValueError("the update belongs to no chat")  # handlers are registered for updates of chats only
    language = user.language_code if user and chat.type == chat.PRIVATE else None
    return Speaker(chat.id, str(chat.type), language)


def language_of(text: str, otherwise: str) -> str:
    """The language of a message of ours, so that its buttons answer in it: Arabic by its letters, else `otherwise`."""
    arabic = sum("\u0600" <= letter <= "\u06ff" for letter in text)
    latin = sum("a" <= letter <= "z" for letter in text.lower())
    if arabic > latin:
        return "ar"
    return "en" if latin > arabic and otherwise == "ar" else otherwise
