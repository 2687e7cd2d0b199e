"""A conversation without a database: answers that are made up, and a list of what was asked."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime

from conflict.answers import Answer, Reply
from conflict.claims import Claim
from conflict.events import ConflictEvent
from conflict.facts import EventFacts
from conflict.places import EventPlace, Place
from conflict.questions import Clarification, Question, QuestionKind
from conflict.vocabulary import PlaceLevel, Severity, SubEventType, Verification
from handlers.context import ChatView, Say, Speaker
from messages.callbacks import AskAgain

NOW = datetime(2019, 12, 2, 18, tzinfo=UTC)
IDLIB = Place("gn:174186", "Idlib", PlaceLevel.ADMIN1, "Syria", "SY", "Idlib", "gn:174186", name_ar="إدلب")
KAFR = Place(
    "gn:1", "Kafr Nabl", PlaceLevel.SETTLEMENT, "Syria", "SY", "Idlib", "gn:174186", latitude=35.6, longitude=36.5
)
KAFR_TOO = Place(
    "gn:2", "Kafr Nabl", PlaceLevel.SETTLEMENT, "Syria", "SY", "Aleppo", "gn:3", latitude=36.6, longitude=37.5
)


def event(number: int) -> ConflictEvent:
    """A made-up shelling."""
    facts = EventFacts(
        SubEventType.SHELLING, event_date=NOW.date(), time_precision=1, places=(EventPlace("Idlib", IDLIB),)
    )
    claim = Claim(f"c{number}", f"r{number}", "Daily", facts, originator="Monitor A", published_at=NOW)
    return ConflictEvent(f"ev{number:04x}", 1, facts, (claim,), Verification.UNVERIFIED, Severity.NOTABLE)


@dataclass
class FakeConversation:
    """Answers by the words: "which" asks back, "help", "hello" is not understood, "break" fails, "wait" waits."""

    asked: list[str] = field(default_factory=list)
    languages: dict[int, str] = field(default_factory=dict)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    error: Exception = field(default_factory=lambda: RuntimeError("secret detail"))
    pages: int = 3
    _heard: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def heard(self, questions: int) -> None:
        """Wait until so many questions have arrived."""
        async with self._heard, asyncio.timeout(5):
            await self._heard.wait_for(lambda: len(self.asked) >= questions)

    async def chat(self, telegram_id: int, kind: str, language: str | None) -> ChatView:
        return ChatView(telegram_id, kind, self.languages.get(telegram_id) or language or "en", UTC, NOW)

    async def set_language(self, telegram_id: int, kind: str, language: str) -> None:
        self.languages[telegram_id] = language

    async def reply(self, text: str, speaker: Speaker, say: Say) -> Reply | None:
        chat = await self.chat(speaker.telegram_id, speaker.kind, speaker.language)
        return say(await self._ask(text, chat), chat)

    async def _ask(self, text: str, chat: ChatView) -> Answer | Clarification:
        async with self._heard:
            self.asked.append(text)
            self._heard.notify_all()
        arabic = any("\u0600" <= letter <= "\u06ff" for letter in text)
        language = "ar" if arabic else chat.language
        if "break" in text:
            raise self.error
        if "wait" in text:
            await self.gate.wait()
        if "which" in text:
            return Clarification(Question(QuestionKind.LATEST, text, language), "Kafr Nabl", (KAFR, KAFR_TOO))
        kinds = {"hello": QuestionKind.UNKNOWN, "help": QuestionKind.HELP}
        kind = next((k for word, k in kinds.items() if word in text), QuestionKind.LATEST)
        return self._answer(Question(kind, text, language, places=(IDLIB,)), 0)

    async def again(self, action: AskAgain, chat: ChatView) -> Answer | None:
        self.asked.append(f"again {','.join(action.place_ids)} {action.page}")
        known = {place.place_id: place for place in (IDLIB, KAFR, KAFR_TOO)}
        if any(place_id not in known for place_id in action.place_ids):
            return None
        places = tuple(known[place_id] for place_id in action.place_ids)
        return self._answer(Question(action.kind, "", chat.language, places=places), action.page)

    async def near(self, latitude: float, longitude: float, chat: ChatView) -> Answer | None:
        self.asked.append(f"near {latitude} {longitude}")
        return (
            self._answer(Question(QuestionKind.NEAR, "", chat.language, places=(KAFR,), radius_km=20), 0)
            if latitude > 0
            else None
        )

    async def migrated(self, old_telegram_id: int, new_telegram_id: int) -> None:
        if old_telegram_id in self.languages:
            self.languages[new_telegram_id] = self.languages.pop(old_telegram_id)

    async def event(self, event_id: str) -> ConflictEvent | None:
        return event(1) if event_id == "ev0001" else None

    def _answer(self, question: Question, page: int) -> Answer:
        events = tuple(event(number) for number in range(1, 4))
        return Answer(
            question, NOW, events, total=9, originators=("Monitor A",), reports=3, publishers=("Daily",),
            fresh_to=NOW, page=page, pages=self.pages,
        )  # fmt: skip
