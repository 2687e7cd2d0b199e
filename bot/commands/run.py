"""`sitrep run`: the bot on Telegram; without a token, how to get one and the same bot in this terminal."""

from __future__ import annotations

import sys
from argparse import Namespace

from bot.conversation import converse
from bot.opening import answering, open_database, settings_with_logs
from bot.services import Services
from conflict.errors import UsageError

HOW_TO_GET_ONE = (
    "No TELEGRAM_TOKEN is set, so this is a chat in your terminal. For a bot on Telegram: write to @BotFather there,\n"
    "send /newbot, and put the token it gives you into a file named .env as TELEGRAM_TOKEN=..., then start again."
)


def run(arguments: Namespace) -> int:
    """Telegram when there is a token, else the terminal."""
    settings = settings_with_logs(quiet=False)
    if not settings.token:
        # Only now: the terminal brings extraction and the sample along, and Telegram needs neither.
        from bot.commands.chat import chat

        print(HOW_TO_GET_ONE, file=sys.stderr)
        return chat(arguments)
    storage = open_database(settings.storage_url)
    try:
        with storage.begin() as unit:
            if unit.reports.count(sample=True):
                raise UsageError(
                    "This database holds the bundled sample, which must not reach real chats. Remove it first: "
                    "sitrep sample remove"
                )
        services = Services(
            answering(settings, storage), default_language=settings.language, default_tz=settings.timezone
        )
        return converse(settings, services, None)
    finally:
        storage.close()
