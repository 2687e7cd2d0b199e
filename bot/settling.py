"""What the handlers of settings ask for, done in a thread: what is set for a chat, and all that is kept of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from functools import partial
from typing import Any, Final, ParamSpec, TypeVar

from bot.answering import Answering
from bot.clock import clock
from bot.export import everything_of
from conflict.places import Place
from conflict.zones import is_zone, zone_of
from handlers.context import ChatView
from messages.chat_actions import Settle
from messages.settings import NOTHING, ChatSettings
from storage import Unit
from storage.chats import Chat

A_DAY: Final = timedelta(days=1)
_LONGEST_SNOOZE: Final = 24 * 7  # hours
_MINUTES: Final = 24 * 60

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SettlingServices:
    """`handlers.settling.Settling` over one database and one gazetteer."""

    answering: Answering
    now: Callable[[], datetime] = clock
    default_tz: tzinfo = UTC
    _pool: ThreadPoolExecutor = field(default_factory=partial(ThreadPoolExecutor, 1, "settling"))

    def close(self) -> None:
        """Wait for the thread to finish what it has begun."""
        self._pool.shutdown()

    async def settings(self, chat: ChatView) -> ChatSettings:
        """What is set for this chat."""
        return await self._do(self._settings, chat)

    async def settle(self, chat: ChatView, setting: Settle) -> ChatSettings:
        """Set it (a screen that only shows sets nothing), and what holds from now on."""
        return await self._do(self._settle, chat, setting)

    async def set_zone(self, chat: ChatView, zone: str) -> ChatSettings | None:
        """Set the chat's clock by the IANA name of a zone; None where there is no such zone."""
        return await self._do(self._set_zone, chat, zone)

    async def zone_of(self, words: str, chat: ChatView) -> str | None:
        """The zone of a place in a person's words, or of a zone's own name; None where it is not known."""
        return await self._do(self._zone_of, words)

    async def zones_nearby(self, chat: ChatView) -> tuple[str, ...]:
        """The zones of what the chat watches."""
        return await self._do(self._zones_nearby, chat)

    async def snooze_place(self, chat: ChatView, event_id: str) -> ChatSettings | None:
        """Nothing of the place of this event for a day; None where its place is not known."""
        return await self._do(self._snooze_place, chat, event_id)

    async def everything(self, chat: ChatView) -> dict[str, Any]:
        """All that is kept of the chat, as plain values for a file."""
        return await self._do(self._everything, chat)

    async def erase(self, chat: ChatView) -> None:
        """Forget the chat, all at once."""
        await self._do(self._erase, chat)

    async def _do(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, partial(call, *args, **kwargs))

    def _settings(self, chat: ChatView) -> ChatSettings:
        with self.answering.storage.begin() as unit:
            return self._seen(unit.chats.find(chat.telegram_id))

    def _settle(self, chat: ChatView, setting: Settle) -> ChatSettings:
        if not _sets(setting):
            return self._settings(chat)
        now = self.now()
        with self.answering.storage.begin(write=True) as unit:
            kept = self._kept(unit, chat)
            _carry_out(unit, kept.chat_id, setting, now)
            unit.folding.release(kept.chat_id, at=now)
            return self._seen(unit.chats.get(kept.chat_id))

    def _set_zone(self, chat: ChatView, zone: str) -> ChatSettings | None:
        if not is_zone(zone):
            return None
        with self.answering.storage.begin(write=True) as unit:
            kept = self._kept(unit, chat)
            unit.chats.set_timezone(kept.chat_id, zone)
            unit.folding.release(kept.chat_id, at=self.now())
            return self._seen(unit.chats.get(kept.chat_id))

    def _zone_of(self, words: str) -> str | None:
        if ("/" in words or words.upper() == "UTC") and is_zone(words):
            return words
        found = self.answering.places.find(words, country=self.answering.country, limit=1)
        return zone_of(found[0].place) if found and found[0].how in ("exact", "folded") else None

    def _zones_nearby(self, chat: ChatView) -> tuple[str, ...]:
        with self.answering.storage.begin() as unit:
            kept = unit.chats.find(chat.telegram_id)
            wishes = unit.subscriptions.of_chat(kept.chat_id) if kept else ()
        places = (self._place(place_id) for wish in wishes for place_id in wish.place_ids)
        zones = (zone_of(place) for place in places if place)
        return tuple(dict.fromkeys(zone for zone in zones if zone))

    def _snooze_place(self, chat: ChatView, event_id: str) -> ChatSettings | None:
        with self.answering.storage.begin(write=True) as unit:
            event = unit.events.get(event_id)
            primary = event.facts.primary_place if event else None
            if primary is None or primary.place is None:
                return None
            now, kept = self.now(), self._kept(unit, chat)
            unit.chats.snooze_place(kept.chat_id, primary.place.place_id, now + A_DAY, at=now)
            return self._seen(unit.chats.get(kept.chat_id))

    def _everything(self, chat: ChatView) -> dict[str, Any]:
        with self.answering.storage.begin() as unit:
            return everything_of(unit, chat.telegram_id, self._place, self.now())

    def _erase(self, chat: ChatView) -> None:
        with self.answering.storage.begin(write=True) as unit:
            kept = unit.chats.find(chat.telegram_id)
            if kept is not None:
                unit.chats.delete(kept.chat_id)
            unit.chats.forget_inbox(chat.telegram_id)

    def _kept(self, unit: Unit, chat: ChatView) -> Chat:
        return unit.chats.get_or_add(chat.telegram_id, chat.kind, today=self.now().date())

    def _seen(self, kept: Chat | None) -> ChatSettings:
        now, default = self.now(), getattr(self.default_tz, "key", "UTC")
        if kept is None:
            return ChatSettings(now, default)
        snoozed = kept.snoozed_until if kept.snoozed_until and kept.snoozed_until > now else None
        return ChatSettings(
            now,
            kept.time_zone or default,
            kept.time_zone is not None,
            None if kept.quiet_from is None or kept.quiet_to is None else (kept.quiet_from, kept.quiet_to),
            kept.quiet_breaks_at,
            bool(kept.quiet_breaks_breach),
            kept.digest_at,
            kept.digest_weekday,
            snoozed,
            tuple((self._place(place), until) for place, until in kept.snoozed_places.items() if until > now),
        )

    def _place(self, place_id: str) -> Place | None:
        code = place_id.removeprefix("country:")
        return self.answering.places.country(code) if code != place_id else self.answering.places.get(place_id)


def _sets(setting: Settle) -> bool:
    """Whether it changes anything, with numbers that make sense: what a button carries may be forged."""
    match setting:
        case Settle("quiet", (start, end)):
            return start < _MINUTES and end < _MINUTES and start != end
        case Settle("breaks", (level, breaches, _)):
            return level <= NOTHING and breaches <= 1
        case Settle("digest", (at,)):
            return at < _MINUTES
        case Settle("digest", (at, day)):
            return at < _MINUTES and day <= 6
        case Settle("snooze", (hours,)):
            return 0 < hours <= _LONGEST_SNOOZE
        case _:
            return setting.what in ("no_quiet", "no_digest", "wake")


def _carry_out(unit: Unit, chat_id: int, setting: Settle, now: datetime) -> None:
    match setting:
        case Settle("quiet", (start, end)):
            unit.chats.set_quiet_hours(chat_id, start, end)
        case Settle("no_quiet"):
            unit.chats.set_quiet_hours(chat_id, None, None)
        case Settle("breaks", (level, breaches, _)):
            unit.chats.set_breaks(chat_id, level if level < NOTHING else None, breaches=breaches == 1)
        case Settle("digest", (at, *day)):
            unit.chats.set_digest(chat_id, at, day[0] if day else None)
        case Settle("no_digest"):
            unit.chats.set_digest(chat_id, None)
        case Settle("snooze", (hours,)):
            unit.chats.snooze(chat_id, now + timedelta(hours=hours))
        case _:
            unit.chats.wake(chat_id)
