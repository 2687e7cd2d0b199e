"""Chats: the little that is kept of people, and erasing it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, bindparam, delete, func, insert, select, update

from conflict.errors import StorageError
from storage.people import chats, deliveries, delivery_events, send_halts, subscriptions, webhook_inbox
from storage.session import Session
from storage.subscriptions import set_written_to

# Looked up for each message that comes in, so it is built once.
_FOUND = select(chats).where(chats.c.telegram_id == bindparam("telegram"))


_SEVERAL = select(chats).where(chats.c.chat_id.in_(bindparam("ids", expanding=True)))


class ChatState(StrEnum):
    """Whether a chat can be written to."""

    ACTIVE = "active"
    BLOCKED = "blocked"  # the person blocked the bot, or removed it from the group
    RETIRED = "retired"  # gone for good: deactivated, deleted


@dataclass(frozen=True, slots=True)
class Chat:
    """One chat. `chat_id` is ours; Telegram's own id stands in `telegram_id` alone.

    `quiet_from`, `quiet_to`, `digest_at` are minutes after midnight in `time_zone`; `digest_weekday` 0 is Monday, None
    daily. `quiet_breaks_at` is the least severity that breaks through quiet hours and digests, `quiet_breaks_breach`
    whether a reported breach of a ceasefire does. `snoozed_places` are ids of places of events told, and
    until when nothing of there is sent. Activity is kept as a day, and so is since when a chat cannot be written to.
    """

    chat_id: int
    telegram_id: int
    kind: str
    state: ChatState = ChatState.ACTIVE
    language: str | None = None
    time_zone: str | None = None
    quiet_from: int | None = None
    quiet_to: int | None = None
    quiet_breaks_at: int | None = None
    quiet_breaks_breach: bool | None = None
    digest_at: int | None = None
    digest_weekday: int | None = None
    snoozed_until: datetime | None = None
    snoozed_places: Mapping[str, datetime] = field(default_factory=dict)
    left_on: date | None = None
    joined_on: date | None = None
    last_active_on: date | None = None


class Chats:
    """Chats by our id or Telegram's."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get_or_add(self, telegram_id: int, kind: str = "private", *, today: date) -> Chat:
        """The chat of Telegram's id, added if it is new. `today` (UTC) notes its activity. Needs a writing unit."""
        found = self.find(telegram_id)
        if found is None:
            connection = self._session.writing()
            added = connection.execute(
                insert(chats),
                {
                    "telegram_id": str(telegram_id),
                    "kind": kind,
                    "state": str(ChatState.ACTIVE),
                    "joined_on": today,
                    "last_active_on": today,
                },
            )
            return self._must(int((added.inserted_primary_key or (0,))[0]))
        if found.last_active_on != today:
            self._set(found.chat_id, last_active_on=today)
            return self._must(found.chat_id)
        return found

    def find(self, telegram_id: int) -> Chat | None:
        """The chat of Telegram's id, if we know it."""
        row = self._session.connection.execute(_FOUND, {"telegram": str(telegram_id)}).first()
        return None if row is None else _chat(row)

    def get(self, chat_id: int) -> Chat | None:
        """The chat of our id."""
        return self._one(select(chats).where(chats.c.chat_id == chat_id))

    def several(self, chat_ids: Iterable[int]) -> dict[int, Chat]:
        """Those of these ids that there are."""
        rows = self._session.connection.execute(_SEVERAL, {"ids": list(chat_ids)})
        return {row.chat_id: _chat(row) for row in rows}

    def set_language(self, chat_id: int, language: str) -> None:
        """An IETF tag, for example `ar`."""
        self._set(chat_id, language=language)

    def set_timezone(self, chat_id: int, time_zone: str) -> None:
        """An IANA name, for example `Asia/Damascus`."""
        self._set(chat_id, time_zone=time_zone)

    def set_quiet_hours(self, chat_id: int, quiet_from: int | None, quiet_to: int | None) -> None:
        """Minutes after midnight in the chat's zone; None: no quiet hours."""
        self._set(chat_id, quiet_from=quiet_from, quiet_to=quiet_to)

    def set_breaks(self, chat_id: int, severity: int | None, *, breaches: bool = False) -> None:
        """What breaks through quiet hours and digests: this severity or graver, reported breaches; None: nothing."""
        self._set(chat_id, quiet_breaks_at=severity, quiet_breaks_breach=breaches)

    def set_digest(self, chat_id: int, at: int | None, weekday: int | None = None) -> None:
        """Minutes after midnight of the daily digest, or of the weekly one on `weekday`; None: no digest."""
        self._set(chat_id, digest_at=at, digest_weekday=weekday)

    def snooze(self, chat_id: int, until: datetime | None) -> None:
        """No alerts until then."""
        self._set(chat_id, snoozed_until=until)

    def snooze_place(self, chat_id: int, place_id: str, until: datetime, *, at: datetime) -> None:
        """Nothing of this place until then; what is over is forgotten on the way."""
        found = self._must(chat_id)
        kept = {one: end for one, end in found.snoozed_places.items() if end > at} | {place_id: until}
        self._set(chat_id, snoozed_places={one: end.isoformat() for one, end in kept.items()})

    def wake(self, chat_id: int) -> None:
        """End every snooze of the chat."""
        self._set(chat_id, snoozed_until=None, snoozed_places=None)

    def set_state(self, chat_id: int, state: ChatState, *, today: date | None = None) -> None:
        """Blocked, retired, or active again; `today` is since when it cannot be written to."""
        self._set(chat_id, state=str(state), left_on=None if state is ChatState.ACTIVE else today)
        set_written_to(self._session, chat_id, state is ChatState.ACTIVE)

    def migrate(self, chat_id: int, telegram_id: int, kind: str = "supergroup") -> int:
        """The group has a new id of Telegram's; returns the chat's id from now on.

        Where the new id has a chat of its own already, the old one goes and its subscriptions are lost to it: the newer
        settings count.
        """
        other = self.find(telegram_id)
        if other is not None and other.chat_id != chat_id:
            self.delete(chat_id)
            return other.chat_id
        self._set(chat_id, telegram_id=str(telegram_id), kind=kind)
        return chat_id

    def delete(self, chat_id: int) -> bool:
        """Erase the chat with all that hangs on it, and what waits of it in the inbox, at once; False if none was."""
        connection = self._session.writing()
        telegram_id = connection.execute(select(chats.c.telegram_id).where(chats.c.chat_id == chat_id)).scalar()
        if telegram_id is None:
            return False
        connection.execute(delete(send_halts).where(send_halts.c.scope == f"chat:{chat_id}"))
        self.forget_inbox(int(telegram_id))
        told = select(deliveries.c.delivery_id).where(deliveries.c.chat_id == chat_id)
        connection.execute(delete(delivery_events).where(delivery_events.c.delivery_id.in_(told)))
        connection.execute(delete(deliveries).where(deliveries.c.chat_id == chat_id))
        return connection.execute(delete(chats).where(chats.c.chat_id == chat_id)).rowcount > 0

    def forget_inbox(self, telegram_id: int) -> None:
        """Erase what was received from this chat and is still kept, handled or not."""
        self._session.writing().execute(delete(webhook_inbox).where(webhook_inbox.c.chat == str(telegram_id)))

    def expired(self, *, left_before: date, idle_before: date, limit: int = 1000) -> tuple[int, ...]:
        """Ids of chats that nobody misses: gone before a day, or without any subscription and not active since one.

        Who subscribed and only reads is not idle; when such a person is no more, Telegram says so: the chat is gone.
        """
        without = ~select(subscriptions.c.chat_id).where(subscriptions.c.chat_id == chats.c.chat_id).exists()
        gone = (chats.c.state != str(ChatState.ACTIVE)) & (
            func.coalesce(chats.c.left_on, chats.c.last_active_on) < left_before
        )
        idle = (chats.c.last_active_on < idle_before) & without
        return tuple(
            self._session.connection.execute(
                select(chats.c.chat_id).where(gone | idle).order_by(chats.c.chat_id).limit(limit)
            ).scalars()
        )

    def count(self, state: ChatState | None = None) -> int:
        """How many chats there are."""
        found = select(func.count()).select_from(chats)
        if state is not None:
            found = found.where(chats.c.state == str(state))
        return int(self._session.connection.execute(found).scalar_one())

    def all(self) -> Iterator[Chat]:
        """Every chat, by id."""
        for row in self._session.connection.execute(select(chats).order_by(chats.c.chat_id)):
            yield _chat(row)

    def _set(self, chat_id: int, **values: Any) -> None:
        changed = self._session.writing().execute(update(chats).where(chats.c.chat_id == chat_id).values(values))
        if changed.rowcount == 0:
            raise StorageError("This chat is not known (any more)")

    def _one(self, statement: Any) -> Chat | None:
        row = self._session.connection.execute(statement).first()
        return None if row is None else _chat(row)

    def _must(self, chat_id: int) -> Chat:
        found = self.get(chat_id)
        if found is None:
            raise StorageError("This chat is not known (any more)")
        return found


def _chat(row: Row[Any]) -> Chat:
    values = dict(row._mapping)
    snoozed = {place: datetime.fromisoformat(until) for place, until in (row.snoozed_places or {}).items()}
    values |= {"telegram_id": int(row.telegram_id), "state": ChatState(row.state), "snoozed_places": snoozed}
    return Chat(**values)
