"""Chats: the little that is kept of people, and erasing it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update

from conflict.errors import StorageError
from storage.people import chats
from storage.session import Session


class ChatState(StrEnum):
    """Whether a chat can be written to."""

    ACTIVE = "active"
    BLOCKED = "blocked"  # the person blocked the bot, or removed it from the group
    RETIRED = "retired"  # gone for good: deactivated, deleted


@dataclass(frozen=True, slots=True)
class Chat:
    """One chat. `chat_id` is ours; Telegram's own id stands in `telegram_id` alone.

    `quiet_from`, `quiet_to`, `digest_at` are minutes after midnight in `time_zone`; `digest_weekday` 0 is Monday, None
    daily. `quiet_breaks_at` is the least severity that breaks through quiet hours. Activity is kept as a day.
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
    digest_at: int | None = None
    digest_weekday: int | None = None
    snoozed_until: datetime | None = None
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
        return self._one(select(chats).where(chats.c.telegram_id == str(telegram_id)))

    def get(self, chat_id: int) -> Chat | None:
        """The chat of our id."""
        return self._one(select(chats).where(chats.c.chat_id == chat_id))

    def set_language(self, chat_id: int, language: str) -> None:
        """An IETF tag, for example `ar`."""
        self._set(chat_id, language=language)

    def set_timezone(self, chat_id: int, time_zone: str) -> None:
        """An IANA name, for example `Asia/Damascus`."""
        self._set(chat_id, time_zone=time_zone)

    def set_quiet_hours(
        self, chat_id: int, quiet_from: int | None, quiet_to: int | None, breaks_at: int | None
    ) -> None:
        """Minutes after midnight in the chat's zone, and the severity that breaks through; None: no quiet hours."""
        self._set(chat_id, quiet_from=quiet_from, quiet_to=quiet_to, quiet_breaks_at=breaks_at)

    def set_digest(self, chat_id: int, at: int | None, weekday: int | None = None) -> None:
        """Minutes after midnight of the daily digest, or of the weekly one on `weekday`; None: no digest."""
        self._set(chat_id, digest_at=at, digest_weekday=weekday)

    def snooze(self, chat_id: int, until: datetime | None) -> None:
        """No alerts until then."""
        self._set(chat_id, snoozed_until=until)

    def set_state(self, chat_id: int, state: ChatState) -> None:
        """Blocked, retired, or active again."""
        self._set(chat_id, state=str(state))

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
        """Erase the chat with its subscriptions and deliveries, all at once; False if there was none."""
        return self._session.writing().execute(delete(chats).where(chats.c.chat_id == chat_id)).rowcount > 0

    def idle_since(self, day: date, limit: int = 1000) -> tuple[int, ...]:
        """Ids of chats that were last active before `day`."""
        found = (
            select(chats.c.chat_id).where(chats.c.last_active_on < day).order_by(chats.c.last_active_on).limit(limit)
        )
        return tuple(self._session.connection.execute(found).scalars())

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
    return Chat(**{**values, "telegram_id": int(row.telegram_id), "state": ChatState(row.state)})
