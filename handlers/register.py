"""Which handler hears what, in order: the first that fits takes an update."""

from __future__ import annotations

from typing import Final

from telegram import Update
from telegram.ext import CallbackQueryHandler, ChatMemberHandler, CommandHandler, MessageHandler, filters

from handlers import (
    adding,
    alerts,
    ask,
    buttons,
    channels,
    errors,
    membership,
    near,
    operators,
    other,
    pages,
    privacy,
    settings,
    subscribe,
)
from handlers.context import AnyApplication, AnyHandler, Desk, seat

# What we ask Telegram for; everything else never reaches us.
ALLOWED_UPDATES: Final = (
    Update.MESSAGE,
    Update.EDITED_MESSAGE,
    Update.CALLBACK_QUERY,
    Update.CHANNEL_POST,
    Update.EDITED_CHANNEL_POST,
    Update.MY_CHAT_MEMBER,
)

_NEW = filters.UpdateType.MESSAGE
_NEW_OR_EDITED = filters.UpdateType.MESSAGES
_WORDS = filters.TEXT | filters.CAPTION
_TO_A_DRAFT = _NEW & filters.ChatType.PRIVATE & filters.TEXT & ~filters.COMMAND & ~filters.FORWARDED
_WITHOUT_TEXT = (
    filters.PHOTO
    | filters.VOICE
    | filters.VIDEO
    | filters.VIDEO_NOTE
    | filters.AUDIO
    | filters.ANIMATION
    | filters.Document.ALL
    | filters.Sticker.ALL
    | filters.CONTACT
    | filters.POLL
    | filters.Dice.ALL
)


def handlers() -> list[AnyHandler]:
    """All of them, most particular first."""
    return [
        MessageHandler(_NEW & filters.ChatType.PRIVATE & filters.FORWARDED & _WORDS, adding.forwarded),
        CommandHandler("ingest", adding.paste, _NEW & filters.ChatType.PRIVATE),
        CommandHandler("start", subscribe.by_link, _NEW, has_args=1),
        CommandHandler("start", pages.start, _NEW),
        CommandHandler("help", pages.show_help, _NEW),
        CommandHandler("language", pages.language, _NEW),
        CommandHandler("privacy", pages.privacy, _NEW),
        CommandHandler("latest", ask.latest, _NEW_OR_EDITED),
        CommandHandler("ceasefire", ask.ceasefire, _NEW_OR_EDITED),
        CommandHandler("subscribe", subscribe.subscribe, _NEW),
        CommandHandler("alerts", alerts.show, _NEW),
        CommandHandler("settings", settings.settings, _NEW),
        CommandHandler("mydata", privacy.my_data, _NEW),
        CommandHandler("deleteme", privacy.delete_me, _NEW),
        CommandHandler(operators.COMMANDS, operators.command, _NEW & filters.ChatType.PRIVATE),
        MessageHandler(_NEW & filters.COMMAND & filters.ChatType.PRIVATE, pages.show_help),
        MessageHandler(_NEW & filters.TEXT & ~filters.COMMAND & subscribe.WISH, subscribe.in_words),
        MessageHandler(_NEW & filters.TEXT & ~filters.COMMAND & settings.SETTING, settings.in_words),
        MessageHandler(_NEW_OR_EDITED & _WORDS & ~filters.COMMAND, ask.ask),
        MessageHandler(_NEW & filters.StatusUpdate.MIGRATE, membership.migrated),
        MessageHandler(_NEW & filters.ChatType.PRIVATE & filters.LOCATION, near.near),
        MessageHandler(_NEW & filters.ChatType.PRIVATE & _WITHOUT_TEXT, other.unsupported),
        MessageHandler(filters.UpdateType.CHANNEL_POSTS, channels.posted),
        ChatMemberHandler(channels.membership, ChatMemberHandler.MY_CHAT_MEMBER),
        CallbackQueryHandler(channels.press, channels.ours),
        CallbackQueryHandler(adding.press, adding.ours),
        CallbackQueryHandler(alerts.press, alerts.ours),
        CallbackQueryHandler(settings.press, settings.ours),
        CallbackQueryHandler(privacy.press, privacy.ours),
        CallbackQueryHandler(buttons.press),
    ]


def register(application: AnyApplication, desk: Desk) -> None:
    """Seat the desk and put all handlers in place."""
    seat(application, desk)
    typed = MessageHandler(_TO_A_DRAFT, adding.in_words)
    application.add_handler(typed, group=-1)  # goes on to the others unless a draft had asked for it
    application.add_handlers(handlers())
    application.add_error_handler(errors.failed)
