"""What operators do to events: /hold, /release, /withdraw, /restore, /confirm, /correct, /merge, /unmerge, /history.

In private chats, for operators alone: anybody else gets the help, as for any command that there is not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Protocol

from telegram import Message, Update

from conflict.answers import Reply
from conflict.corrections import CorrectedField
from conflict.errors import InputError, ReviewError
from conflict.events import ConflictEvent
from handlers import pages
from handlers.addressing import from_person
from handlers.chats import chat_of
from handlers.context import AnyApplication, ChatView, Context, desk_of
from handlers.sending import Place, send
from messages.catalog import Texts
from messages.operating import (
    Action,
    Reviewed,
    render_cannot,
    render_history,
    render_refused_words,
    render_reviewed,
    render_usage,
)

COMMANDS: Final = ("hold", "release", "withdraw", "restore", "confirm", "correct", "merge", "unmerge", "history")
_ID = re.compile(r"#?[0-9A-Za-z]{1,48}\Z")
_HOURS = re.compile(r"[1-9][0-9]{0,2}\Z", re.ASCII)
# What can be corrected, as an operator may call it.
_FIELDS: Final[dict[str, CorrectedField]] = {
    "killed": "killed",
    "dead": "killed",
    "toll": "killed",
    "قتلى": "killed",
    "القتلى": "killed",
    "day": "event_date",
    "date": "event_date",
    "يوم": "event_date",
    "اليوم": "event_date",
    "place": "place",
    "where": "place",
    "مكان": "place",
    "المكان": "place",
    "kind": "sub_event_type",
    "type": "sub_event_type",
    "نوع": "sub_event_type",
    "النوع": "sub_event_type",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """One command: `field` and `words` of a correction; `words` also a reason; `hours` of a hold, 0 without an end."""

    command: str
    event_id: str
    other_id: str = ""
    field: str = ""
    words: str = ""
    hours: int = 0


class Reviewing(Protocol):
    """What becomes of events by an operator's word. Raises the errors of `conflict.errors`."""

    async def carry_out(self, asked: Asked, operator: int, chat: ChatView) -> Reviewed:
        """Do it, whole or not at all; InputError says why it cannot be done."""

    async def history(self, event_id: str) -> tuple[ConflictEvent, tuple[Action, ...]]:
        """The audit trail of an event; InputError where there is no such event."""


@dataclass(frozen=True, slots=True)
class _Seat:
    reviewing: Reviewing
    operators: tuple[int, ...]


_KEY = "reviewing"


def seat_operators(application: AnyApplication, reviewing: Reviewing, operators: tuple[int, ...]) -> None:
    """Give the commands of operators what they work with. `operators` are Telegram user ids."""
    application.bot_data[_KEY] = _Seat(reviewing, operators)


async def command(update: Update, context: Context) -> None:
    """One of `COMMANDS`; to anybody but an operator there is no such command."""
    message, seat = update.effective_message, context.bot_data.get(_KEY)
    user = update.effective_user
    if not isinstance(message, Message) or not from_person(message):
        return
    if not isinstance(seat, _Seat) or user is None or user.id not in seat.operators:
        await pages.show_help(update, context)
        return
    chat = await chat_of(update, context)
    texts = desk_of(context).texts(chat.language)
    name, words = _split(message.text or "")
    await send(context.bot, Place.of(message), await _answer(seat, name, words, user.id, chat, texts))


async def _answer(seat: _Seat, name: str, words: str, operator: int, chat: ChatView, texts: Texts) -> Reply:
    asked = asked_in(name, words)
    if asked is None:
        return render_usage(name, texts)
    try:
        if name == "history":
            event, done = await seat.reviewing.history(asked.event_id)
            return render_history(event, done, texts, tz=chat.tz, now=chat.now)
        done_now = await seat.reviewing.carry_out(asked, operator, chat)
    except ReviewError as error:
        return render_cannot(error.text, error.values, texts)
    except InputError as error:
        return render_refused_words(str(error), texts)
    return render_reviewed(done_now, texts, tz=chat.tz, now=chat.now)


def asked_in(name: str, words: str) -> Asked | None:
    """What a command's words ask for; None where something is missing or makes no sense."""
    first, _, rest = words.strip().partition(" ")
    rest = rest.strip()
    if not _ID.match(first):
        return None
    match name:
        case "hold":
            if rest and not _HOURS.match(rest):
                return None
            return Asked(name, first, hours=int(rest or 0))
        case "correct":
            field, _, value = rest.partition(" ")
            known = _FIELDS.get(field.casefold())
            return Asked(name, first, field=known, words=value.strip()) if known and value.strip() else None
        case "merge":
            other, _, why = rest.partition(" ")
            return Asked(name, first, other_id=other, words=why.strip()) if _ID.match(other) else None
        case "withdraw":
            return Asked(name, first, words=rest) if rest else None
    return Asked(name, first, words=rest)


def _split(text: str) -> tuple[str, str]:
    """The command's name, without the bot's, and the words after it."""
    first, _, words = " ".join(text.split()).partition(" ")
    return first.removeprefix("/").partition("@")[0].casefold(), words
