"""What the handlers of alerts ask for, done in threads: wishes become subscriptions, coarse in place and checked."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final, ParamSpec, TypeVar

from bot.answering import Answering
from bot.clock import clock
from conflict.events import ConflictEvent
from conflict.places import Place
from conflict.question_parser import parse_question
from conflict.questions import Clarification, Question, QuestionKind
from conflict.subscription_words import Wish
from conflict.subscriptions import MOST_IN_A_CHAT, WIDEST_KM, Subscription, cell_of, matches, units_around
from conflict.vocabulary import PlaceLevel
from handlers.context import ChatView
from messages.callbacks import AskAgain
from messages.chat_actions import EditAlert
from messages.editing import edited
from messages.events import Setting
from messages.subscriptions import Described, Refusal, Refused, Subscribed
from storage import EventQuery, Unit
from storage.chats import Chat, ChatState

_COUNTED: Final = 200  # events of the last week that are looked at
_MOST_PLACES: Final = 10
_POINTS: Final = (PlaceLevel.SETTLEMENT, PlaceLevel.FACILITY)
_COUNTRY: Final = "country:"

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SubscribingServices:
    """`handlers.subscribing.Subscribing` over one database and one gazetteer."""

    answering: Answering
    now: Callable[[], datetime] = clock
    _pool: ThreadPoolExecutor = field(default_factory=partial(ThreadPoolExecutor, 2, "subscribing"))

    def close(self) -> None:
        """Wait for the threads to finish what they have begun."""
        self._pool.shutdown()

    async def subscribe(
        self, wish: Wish, chat: ChatView, thread_id: int | None
    ) -> Subscribed | Refused | Clarification:
        """Make a subscription of a wish in words."""
        return await self._do(self._subscribe, wish, chat, thread_id)

    async def subscribe_to(self, ask: AskAgain, chat: ChatView, thread_id: int | None) -> Subscribed | Refused:
        """Make one of what a button carries."""
        return await self._do(self._subscribe_to, ask, chat, thread_id)

    async def listed(self, chat: ChatView) -> tuple[Described, ...]:
        """The chat's subscriptions, oldest first."""
        return await self._do(self._listed, chat)

    async def change(self, chat: ChatView, what: str, subscription_id: int) -> bool:
        """pause, resume or remove; False if it is not this chat's or gone."""
        return await self._do(self._change, chat, what, subscription_id)

    async def edit(self, chat: ChatView, edit: EditAlert) -> Described | None:
        """One subscription, changed as a button says; None if it is not this chat's or gone."""
        return await self._do(self._edit, chat, edit)

    async def offer(self, ask: AskAgain) -> Described | None:
        """What a link would subscribe to; None if its place is not known."""
        return await self._do(self._offer, ask)

    async def why(self, chat: ChatView, event_id: str) -> tuple[ConflictEvent, tuple[Described, ...]] | None:
        """The event as held now, and this chat's subscriptions that mean it; None if it is not there."""
        return await self._do(self._why, chat, event_id)

    async def _do(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, partial(call, *args, **kwargs))

    def _subscribe(self, wish: Wish, chat: ChatView, thread_id: int | None) -> Subscribed | Refused | Clarification:
        question = parse_question(
            wish.text,
            places=self.answering.places,
            now=self.now(),
            tz=chat.tz,
            language=chat.language,
            country=self.answering.country,
        )
        if isinstance(question, Clarification):
            return question
        return self._make(question, wish, chat, thread_id)

    def _subscribe_to(self, ask: AskAgain, chat: ChatView, thread_id: int | None) -> Subscribed | Refused:
        return self._make(self._question(ask, chat.language), Wish(""), chat, thread_id)

    def _question(self, ask: AskAgain, language: str) -> Question:
        found = [self.answering.places.get(place_id) for place_id in ask.place_ids]
        return Question(
            ask.kind,
            "",
            language,
            places=tuple(place for place in found if place is not None),
            radius_km=ask.radius_km,
            event_types=ask.event_types,
            sub_event_types=ask.sub_event_types,
            tags=ask.tags,
            civilians=ask.civilians,
        )

    def _make(self, question: Question, wish: Wish, chat: ChatView, thread_id: int | None) -> Subscribed | Refused:
        around = question.places if question.radius_km else ()
        questions = [replace(question, places=(place,)) for place in around[:_MOST_PLACES]] or [question]
        wanted: list[Subscription] = []
        for one in questions:
            found = _wanted(one, wish, self._covered(one.places))
            if isinstance(found, Refused):
                return found
            wanted.append(found)
        would = self._last_week(wanted[0], questions[0].places, chat)
        with self.answering.storage.begin(write=True) as unit:
            kept = self._chat(unit, chat)
            others = unit.subscriptions.of_chat(kept.chat_id)
            new = [one for one in wanted if not any(_same(one, other) for other in others)]
            if not new:
                return Refused(Refusal.ALREADY)
            if len(others) + len(new) > MOST_IN_A_CHAT:
                return Refused(Refusal.TOO_MANY)
            today = self.now().date()
            made = [
                unit.subscriptions.add(replace(one, chat_id=kept.chat_id), today=today, thread_id=thread_id)
                for one in new
            ]
        first, *also = map(self._described, made)
        return replace(would, made=first, also=tuple(also))

    def _chat(self, unit: Unit, chat: ChatView) -> Chat:
        """The chat's row, with the language it is spoken to in: alerts come without anybody's update to tell it."""
        kept = unit.chats.get_or_add(chat.telegram_id, chat.kind, today=self.now().date())
        if kept.language is None:
            unit.chats.set_language(kept.chat_id, chat.language)
        if kept.state is not ChatState.ACTIVE:
            unit.chats.set_state(kept.chat_id, ChatState.ACTIVE)
        return kept

    def _covered(self, places: tuple[Place, ...]) -> tuple[Place, ...]:
        """The places, and after a region the provinces that it is known as."""
        found = [one for place in places for one in (place, *self.answering.places.covered(place))]
        return tuple(dict.fromkeys(found))

    def _last_week(self, wanted: Subscription, places: tuple[Place, ...], chat: ChatView) -> Subscribed:
        """What the last week would have brought, of the newest `_COUNTED` events there."""
        today = self.now().astimezone(chat.tz).date()
        query = EventQuery(
            places=tuple(unit for place in places for unit in (self.answering.places.covered(place) or (place,))),
            radius_km=wanted.radius_km,
            first_day=today - timedelta(days=6),
            last_day=today,
            event_types=wanted.event_types,
            sub_event_types=wanted.sub_event_types,
            limit=_COUNTED,
        )
        with self.answering.storage.begin() as unit:
            page = unit.events.query(query)
            unheard = None if page.total else self._unheard_of(unit, places)
        meant = [event for event in page.events if matches(event, wanted)]
        more = page.total > len(page.events)
        setting = Setting(today)
        example = self.answering.policy.shown(meant[0], self.now()) if meant else None
        return Subscribed(self._described(wanted), len(meant), more, example, setting, nothing_from=unheard)

    def _unheard_of(self, unit: Unit, places: tuple[Place, ...]) -> Place | None:
        """The country of the places, if there is one and nothing at all is stored of it."""
        codes = {place.country_code for place in places}
        country = self.answering.places.country(codes.pop() or "") if len(codes) == 1 else None
        if country is None or unit.events.query(EventQuery(places=(country,), limit=1)).total:
            return None
        return country

    def _listed(self, chat: ChatView) -> tuple[Described, ...]:
        with self.answering.storage.begin() as unit:
            kept = unit.chats.find(chat.telegram_id)
            found = unit.subscriptions.of_chat(kept.chat_id) if kept else ()
        return tuple(map(self._described, found))

    def _change(self, chat: ChatView, what: str, subscription_id: int) -> bool:
        with self.answering.storage.begin(write=True) as unit:
            one = _of(unit, chat, subscription_id)
            if one is None:
                return False
            if what == "remove":
                return unit.subscriptions.remove(one.chat_id, subscription_id)
            unit.subscriptions.change(replace(one, paused=what == "pause"))
        return True

    def _edit(self, chat: ChatView, edit: EditAlert) -> Described | None:
        with self.answering.storage.begin(write=True) as unit:
            one = _of(unit, chat, edit.subscription_id)
            changed = edited(one, edit) if one else None
            if changed is None:
                return None
            if changed != one:
                unit.subscriptions.change(changed)
        return self._described(changed)

    def _offer(self, ask: AskAgain) -> Described | None:
        question = self._question(ask, "")
        wanted = _wanted(question, Wish(""), self._covered(question.places))
        return None if isinstance(wanted, Refused) else self._described(wanted)

    def _why(self, chat: ChatView, event_id: str) -> tuple[ConflictEvent, tuple[Described, ...]] | None:
        with self.answering.storage.begin() as unit:
            event = unit.events.get(event_id)
        if event is None:
            return None
        meant = tuple(one for one in self._listed(chat) if matches(event, one.subscription))
        return self.answering.policy.shown(event, self.now()), meant

    def _described(self, one: Subscription) -> Described:
        found = []
        for place_id in one.place_ids:
            code = place_id.removeprefix(_COUNTRY)
            places = self.answering.places
            place = places.country(code) if code != place_id else places.get(place_id)
            if place is not None:
                found.append(place)
        stood_for = {unit.place_id for place in found for unit in self.answering.places.covered(place)}
        return Described(one, tuple(place for place in found if place.place_id not in stood_for))


def _of(unit: Unit, chat: ChatView, subscription_id: int) -> Subscription | None:
    """This chat's subscription of this id."""
    kept, one = unit.chats.find(chat.telegram_id), unit.subscriptions.get(subscription_id)
    return None if kept is None or one is None or one.chat_id != kept.chat_id else one


def _wanted(question: Question, wish: Wish, places: tuple[Place, ...]) -> Subscription | Refused:
    """The subscription that a question means, or why it cannot be one. No exact position is in it."""
    if not places:
        name = question.unresolved[0] if question.unresolved else None
        return Refused(Refusal.UNKNOWN_PLACE if name else Refusal.NO_PLACE, name)
    cell, radius = None, question.radius_km
    if question.kind is QuestionKind.NEAR and radius is None and places[0].level in _POINTS:
        radius = 10.0
    if radius is not None:
        middle = places[0]
        if radius > WIDEST_KM:
            return Refused(Refusal.TOO_WIDE)
        if middle.latitude is None or middle.longitude is None or middle.level not in _POINTS:
            return Refused(Refusal.NO_POINT)
        cell, places = cell_of(middle.latitude, middle.longitude), (middle,)
    breaches = wish.breaches_only or question.kind is QuestionKind.CEASEFIRE
    return Subscription(
        0,
        0,
        place_ids=tuple(map(_area, places[: _MOST_PLACES * 10])),
        cell=cell,
        radius_km=radius,
        event_types=question.event_types,
        sub_event_types=question.sub_event_types,
        tags=question.tags or wish.tags,
        breaches_only=breaches,
        civilians_only=question.civilians,
        minimum_severity=wish.minimum_severity,
        minimum_verification=wish.minimum_verification,
        within=units_around(place for place in places if place.level in (*_POINTS, PlaceLevel.ADMIN2)),
    )


def _area(place: Place) -> str:
    """A place as an area key: a country by its code, which is what events carry."""
    if place.level is PlaceLevel.COUNTRY and place.country_code:
        return f"{_COUNTRY}{place.country_code}"
    return place.place_id


def _same(one: Subscription, other: Subscription) -> bool:
    blank = {"subscription_id": 0, "chat_id": 0, "paused": False, "coarser_too": True}
    return replace(one, **blank) == replace(other, **blank)  # type: ignore[arg-type]  # names of fields, right types
