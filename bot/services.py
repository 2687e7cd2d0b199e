"""What the handlers ask for, done in four worker threads, off the loop that talks to Telegram."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from functools import partial
from typing import ParamSpec, TypeVar
from zoneinfo import ZoneInfo

from bot.answering import Answering
from bot.clock import clock
from bot.intake import middle_of_cell
from conflict.answers import Answer, Reply
from conflict.errors import DatabaseAwayError
from conflict.events import ConflictEvent
from conflict.periods import Period
from conflict.places import Place
from conflict.questions import Question, QuestionKind
from conflict.vocabulary import PlaceLevel
from handlers.context import ChatView, Say, Speaker
from messages.callbacks import AskAgain

WORKERS = 4  # measured: beyond four threads SQLite answers no faster
AROUND_KM = 20.0  # around a shared location: its cell of 0.1 degrees and the next town
PATIENCE = 15.0  # seconds that a person waits for an answer; every wait inside is bounded more tightly

_FIRST_QUESTIONS = ("latest", "آخر الأخبار")  # asked of ourselves: the words of each language are loaded by them

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Services:
    """The conversation of `handlers.context`, over one database.

    `now` is the seam for time; `as_of_now` hides what was published later: for a demonstration set in the past.
    """

    answering: Answering
    default_language: str = "en"
    default_tz: tzinfo = UTC
    now: Callable[[], datetime] = clock
    as_of_now: bool = False
    _pool: ThreadPoolExecutor = field(default_factory=partial(ThreadPoolExecutor, WORKERS, "sitrep"))

    def close(self) -> None:
        """Wait for the threads to finish what they have begun."""
        self._pool.shutdown()

    def warm(self) -> None:
        """Have the words of questions and the statements ready, in a thread, before the first person asks."""
        for text in _FIRST_QUESTIONS:
            self._pool.submit(self.answering.ask, text, now=self.now(), totals=False)

    async def chat(self, telegram_id: int, kind: str, language: str | None) -> ChatView:
        """What is set for this chat; `language` is what the person's Telegram says. Stores nothing."""
        return await self._do(self._chat, telegram_id, kind, language)

    async def set_language(self, telegram_id: int, kind: str, language: str) -> None:
        """Remember the language for this chat."""
        await self._do(self._set_language, telegram_id, kind, language)

    async def reply(self, text: str, speaker: Speaker, say: Say) -> Reply | None:
        """What `say` makes of the answer to a question in the person's own words."""
        return await self._do(self._reply, text, speaker, say)

    async def again(self, action: AskAgain, chat: ChatView) -> Answer | None:
        """The answer to what a button carries, as of now; None if its places are no longer known."""
        return await self._do(self._again, action, chat)

    async def near(self, latitude: float, longitude: float, chat: ChatView) -> Answer | None:
        """The latest around a coarse place; None where no place is known near it."""
        return await self._do(self._near, latitude, longitude, chat)

    async def migrated(self, old_telegram_id: int, new_telegram_id: int) -> None:
        """The group goes on under a new id, with its settings."""
        await self._do(self._migrated, old_telegram_id, new_telegram_id)

    async def event(self, event_id: str) -> ConflictEvent | None:
        """One event as held now, merges followed; None if it is not there."""
        return await self._do(self.answering.event, event_id, self.now())

    async def _do(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run in a worker thread; DatabaseAwayError when it takes too long: a frozen server answers nothing at all."""
        work = asyncio.get_running_loop().run_in_executor(self._pool, partial(call, *args, **kwargs))
        try:
            async with asyncio.timeout(PATIENCE):
                return await work
        except TimeoutError:
            raise DatabaseAwayError("The database did not answer in time; try again") from None

    def _chat(self, telegram_id: int, kind: str, language: str | None) -> ChatView:
        with self.answering.storage.begin() as unit:
            stored = unit.chats.find(telegram_id)
        chosen = stored.language if stored else None
        zone = ZoneInfo(stored.time_zone) if stored and stored.time_zone else self.default_tz
        return ChatView(telegram_id, kind, chosen or language or self.default_language, zone, self.now())

    def _set_language(self, telegram_id: int, kind: str, language: str) -> None:
        with self.answering.storage.begin(write=True) as unit:
            chat = unit.chats.get_or_add(telegram_id, kind, today=self.now().date())
            unit.chats.set_language(chat.chat_id, language)

    def _reply(self, text: str, speaker: Speaker, say: Say) -> Reply | None:
        chat = self._chat(speaker.telegram_id, speaker.kind, speaker.language)
        now = chat.now
        found = self.answering.ask(text, now=now, tz=chat.tz, as_of=now if self.as_of_now else None, totals=False)
        return say(found, chat)

    def _near(self, latitude: float, longitude: float, chat: ChatView) -> Answer | None:
        place = self._known_near(middle_of_cell(latitude), middle_of_cell(longitude))
        if place is None:
            return None
        question = Question(QuestionKind.NEAR, "", chat.language, places=(place,), radius_km=AROUND_KM)
        return self.answering.answer(question, now=chat.now, tz=chat.tz, as_of=chat.now if self.as_of_now else None)

    def _known_near(self, latitude: float | None, longitude: float | None) -> Place | None:
        """The largest settlement around, so that the answer gives away no more than a town; else the nearest."""
        if latitude is None or longitude is None:
            return None
        for radius in (AROUND_KM / 2, 5 * AROUND_KM):
            found = self.answering.places.near(latitude, longitude, radius)
            settlements = [place for place in found if place.level is PlaceLevel.SETTLEMENT]
            if settlements:
                return max(settlements, key=lambda place: place.population) if radius < AROUND_KM else settlements[0]
        return None

    def _migrated(self, old_telegram_id: int, new_telegram_id: int) -> None:
        with self.answering.storage.begin(write=True) as unit:
            chat = unit.chats.find(old_telegram_id)
            if chat is not None:
                unit.chats.migrate(chat.chat_id, new_telegram_id)

    def _again(self, action: AskAgain, chat: ChatView) -> Answer | None:
        now = chat.now
        places = [self.answering.places.get(place_id) for place_id in action.place_ids]
        found = tuple(place for place in places if place is not None)
        if len(found) != len(places):
            return None
        question = _question(action, found, now, chat)
        return self.answering.answer(
            question, now=now, tz=chat.tz, page=action.page, as_of=now if self.as_of_now else None, totals=False
        )


def _question(action: AskAgain, places: tuple[Place, ...], now: datetime, chat: ChatView) -> Question:
    period = Period(action.start, action.end)
    if action.last_hours is not None:
        period = Period(now - timedelta(hours=action.last_hours), now)
    return Question(
        kind=action.kind,
        text="",
        language=chat.language,
        places=places,
        radius_km=action.radius_km,
        period=period,
        event_types=action.event_types,
        sub_event_types=action.sub_event_types,
        tags=action.tags,
        actor=action.actor,
        source=action.source,
        civilians=action.civilians,
    )
