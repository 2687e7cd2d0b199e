"""What the handlers need of the rest of the house, and where they find it. `bot/services.py` implements it.

Everything here may wait (a database, a thread), so it is awaited; nothing blocks the loop that talks to Telegram.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any, Protocol

from telegram.ext import Application, BaseHandler, CallbackContext, ExtBot

from conflict.answers import Answer, Reply
from conflict.events import ConflictEvent
from conflict.questions import Clarification
from messages.callbacks import AskAgain
from messages.catalog import Catalog, Texts

Context = CallbackContext[ExtBot[None], dict[Any, Any], dict[Any, Any], dict[Any, Any]]
AnyApplication = Application[Any, Any, Any, Any, Any, Any]
AnyHandler = BaseHandler[Any, Any, Any]
REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class ChatView:
    """One chat as the handlers see it. `telegram_id` and `kind` (private, group, supergroup) are Telegram's own.

    `language` is an IETF tag: the one chosen with /language, else the person's own, else the operator's default.
    `now` is the instant of asking.
    """

    telegram_id: int
    kind: str
    language: str
    tz: tzinfo
    now: datetime


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who speaks, as Telegram tells it: the chat, its kind, and what language the person's Telegram is in."""

    telegram_id: int
    kind: str
    language: str | None


# How an answer is said in a chat; None: not at all. Called in a worker thread.
Say = Callable[[Answer | Clarification, ChatView], Reply | None]


class Conversation(Protocol):
    """What a person can have done. Raises the errors of `conflict.errors`, DatabaseAwayError among them."""

    async def chat(self, telegram_id: int, kind: str, language: str | None) -> ChatView:
        """What is set for this chat; `language` is what the person's Telegram says. Stores nothing."""

    async def set_language(self, telegram_id: int, kind: str, language: str) -> None:
        """Remember the language for this chat."""

    async def reply(self, text: str, speaker: Speaker, say: Say) -> Reply | None:
        """What `say` makes of the answer to a question in the person's own words; all of it off the loop, at once."""

    async def again(self, action: AskAgain, chat: ChatView) -> Answer | None:
        """The answer to what a button carries, as of now; None if its places are no longer known."""

    async def near(self, latitude: float, longitude: float, chat: ChatView) -> Answer | None:
        """The latest around a coarse place (degrees, no finer than 0.1); None where no place is known near it."""

    async def migrated(self, old_telegram_id: int, new_telegram_id: int) -> None:
        """The group goes on under a new id, with its settings; doing it twice is no harm."""

    async def event(self, event_id: str) -> ConflictEvent | None:
        """One event as held now, merges followed; None if it is not there."""


@dataclass(slots=True)
class Memory:
    """What was answered lately, so that a changed question changes its answer. Bounded, lost at a restart, no words."""

    _replies: OrderedDict[tuple[int, int], tuple[int, ...]] = field(default_factory=OrderedDict)
    _albums: OrderedDict[str, None] = field(default_factory=OrderedDict)

    def answered(self, chat_id: int, question_id: int, reply_ids: tuple[int, ...]) -> None:
        """These messages answer that one."""
        self._replies[chat_id, question_id] = reply_ids
        self._replies.move_to_end((chat_id, question_id))
        while len(self._replies) > REMEMBERED:
            self._replies.popitem(last=False)

    def reply_to(self, chat_id: int, question_id: int) -> tuple[int, ...]:
        """The messages that answer that one, as far as remembered."""
        return self._replies.get((chat_id, question_id), ())

    def forget(self, chat_id: int) -> None:
        """Nothing more of this chat."""
        for key in [key for key in self._replies if key[0] == chat_id]:
            del self._replies[key]

    def first_of_album(self, album: str | None) -> bool:
        """Whether this is the first message seen of an album (a message of none always is)."""
        if album is None:
            return True
        known = album in self._albums
        self._albums[album] = None
        while len(self._albums) > REMEMBERED // 10:
            self._albums.popitem(last=False)
        return not known


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything a handler works with."""

    conversation: Conversation
    catalog: Catalog
    default_language: str = "en"
    features: frozenset[str] = frozenset()
    sample: bool = False  # this run speaks of the bundled sample
    memory: Memory = field(default_factory=Memory)

    def texts(self, language: str | None) -> Texts:
        """The texts of a language, or of the operator's default."""
        return self.catalog.texts(language or self.default_language)


_KEY = "desk"


def seat(application: AnyApplication, desk: Desk) -> None:
    """Give the application's handlers their desk."""
    application.bot_data[_KEY] = desk


def desk_of(context: Context) -> Desk:
    """The desk that `seat` gave."""
    desk = context.bot_data[_KEY]
    assert isinstance(desk, Desk)  # noqa: S101 (narrows the type; set at the start, never by a person)
    return desk
