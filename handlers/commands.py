"""The commands that people can give, in the order of Telegram's menu, and what each does in a few words."""

from __future__ import annotations

from typing import Final

from telegram import BotCommand

from messages.catalog import Catalog, Key, msg

COMMANDS: Final[tuple[tuple[str, Key], ...]] = (
    ("latest", msg("the latest events, everywhere or in a place", "command")),
    ("ceasefire", msg("truces of a place and their breaches", "command")),
    ("subscribe", msg("be told of a place from now on", "command")),
    ("alerts", msg("what this chat is told of", "command")),
    ("settings", msg("quiet hours, digest, time zone", "command")),
    ("language", msg("choose the language", "command")),
    ("privacy", msg("what is kept about you", "command")),
    ("mydata", msg("a file of all that is kept about you", "command")),
    ("deleteme", msg("erase what is kept about you", "command")),
    ("help", msg("how to ask", "command")),
)


def menus(catalog: Catalog) -> dict[str, list[BotCommand]]:
    """The menu in every language there is."""
    return {
        tag: [BotCommand(name, texts.plain(what[1], what[0])) for name, what in COMMANDS]
        for tag, texts in catalog.languages.items()
    }
