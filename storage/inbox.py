"""Updates that Telegram delivered by webhook: recorded before they are acknowledged, gone when they are handled.

A `holder` is one running process. An update is held by exactly one; the next one of a chat goes to whoever still holds
one of that chat, so that order within a chat is kept over several processes too. A holder that lets its lease run out
(it died) loses what it held to the others.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from storage.people import leases, seen_updates, webhook_inbox
from storage.session import Session

REMEMBERED = timedelta(days=2)  # Telegram keeps an update for one day
ASIDE = timedelta(days=7)
_LEASE = "webhook:"


@dataclass(frozen=True, slots=True)
class Arrival:
    """One update as it came. `chat` is what it must keep its order with; None where it belongs nowhere."""

    update_id: int
    chat: str | None
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Kept:
    """One update that is recorded and not handled. `attempts`: how often it was begun anew after a process died."""

    update_id: int
    chat: str | None
    body: dict[str, Any]
    attempts: int


class Inbox:
    """What is recorded and not handled, and the numbers of all that was seen lately."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def record(self, arrivals: Sequence[Arrival], holder: str, now: datetime) -> dict[int, str]:
        """Keep those not seen before; returns who holds each of them. Those missing there were seen before."""
        connection = self._session.writing()
        insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        by_number = {arrival.update_id: arrival for arrival in sorted(arrivals, key=lambda one: one.update_id)}
        if not by_number:
            return {}
        seen = insert(seen_updates).values([{"update_id": number, "seen_at": now} for number in by_number])
        fresh = sorted(connection.execute(seen.on_conflict_do_nothing().returning(seen_updates.c.update_id)).scalars())
        if not fresh:
            return {}
        others = self._holders({by_number[number].chat for number in fresh} - {None})
        held = {number: others.get(by_number[number].chat, holder) for number in fresh}
        rows = [
            {
                "update_id": number,
                "received_at": now,
                "claimed_by": held[number],
                "claimed_at": now,
                "body": by_number[number].body,
                "chat": by_number[number].chat,
                "attempts": 0,
            }
            for number in fresh
        ]
        connection.execute(webhook_inbox.insert(), rows)
        return held

    def handled(self, update_ids: Iterable[int]) -> None:
        """These are done with."""
        numbers = sorted(update_ids)
        if numbers:
            self._session.writing().execute(delete(webhook_inbox).where(webhook_inbox.c.update_id.in_(numbers)))

    def renew(self, holder: str, until: datetime) -> None:
        """This holder lives, and will have said so again by then."""
        connection = self._session.writing()
        insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        row = insert(leases).values(name=_LEASE + holder, holder=holder, until=until)
        connection.execute(row.on_conflict_do_update(index_elements=[leases.c.name], set_={"until": until}))

    def release(self, holder: str) -> None:
        """This holder ends; what it still holds is for the others."""
        self._session.writing().execute(delete(leases).where(leases.c.name == _LEASE + holder))

    def take_over(self, holder: str, now: datetime, *, alone: bool = False) -> int:
        """Hold from now on what nobody alive holds; `alone`: nobody else can live. Returns how many those are."""
        held = webhook_inbox.c.claimed_by
        living = select(leases.c.holder).where(leases.c.name.startswith(_LEASE, autoescape=True), leases.c.until > now)
        orphaned = update(webhook_inbox).where(held.is_not(None), held != holder)
        if not alone:
            orphaned = orphaned.where(held.not_in(living))
        return self._session.writing().execute(orphaned.values(claimed_by=holder, claimed_at=now)).rowcount

    def held_by(self, holder: str, *, but: Collection[int] = (), limit: int = 1000) -> tuple[Kept, ...]:
        """What this holder holds, oldest first, without the numbers in `but`."""
        columns = (webhook_inbox.c.update_id, webhook_inbox.c.chat, webhook_inbox.c.body, webhook_inbox.c.attempts)
        held = select(*columns).where(webhook_inbox.c.claimed_by == holder).order_by(webhook_inbox.c.update_id)
        numbers = select(webhook_inbox.c.update_id).where(webhook_inbox.c.claimed_by == holder)
        connection = self._session.connection
        wanted = sorted(set(connection.execute(numbers).scalars()) - set(but))[:limit]
        if not wanted:
            return ()
        found = connection.execute(held.where(webhook_inbox.c.update_id.in_(wanted)))
        return tuple(Kept(row.update_id, row.chat, row.body, row.attempts) for row in found)

    def of_chat(self, chat: str) -> tuple[Kept, ...]:
        """What is recorded of one chat and not handled, or kept aside; oldest first."""
        rows = select(webhook_inbox).where(webhook_inbox.c.chat == chat).order_by(webhook_inbox.c.update_id)
        found = self._session.connection.execute(rows)
        return tuple(Kept(row.update_id, row.chat, row.body, row.attempts) for row in found)

    def begin_anew(self, update_id: int) -> None:
        """Note, before it is handled, that this one is begun once more."""
        mine = update(webhook_inbox).where(webhook_inbox.c.update_id == update_id)
        self._session.writing().execute(mine.values(attempts=webhook_inbox.c.attempts + 1))

    def set_aside(self, update_id: int) -> None:
        """Keep that there was this one, without anybody's words or whereabouts, and never hand it out again."""
        connection = self._session.writing()
        mine = webhook_inbox.c.update_id == update_id
        body = connection.execute(select(webhook_inbox.c.body).where(mine)).scalar()
        kept = {"update_id": update_id, "kinds": sorted(_kinds(body or {}))}
        connection.execute(update(webhook_inbox).where(mine).values(claimed_by=None, body=kept))

    def count(self, *, aside: bool = False) -> int:
        """How many wait to be handled, or are kept aside."""
        held = webhook_inbox.c.claimed_by
        rows = select(func.count()).select_from(webhook_inbox).where(held.is_(None) if aside else held.is_not(None))
        return int(self._session.connection.execute(rows).scalar_one())

    def prune(self, now: datetime) -> None:
        """Forget what need not be remembered any more."""
        connection = self._session.writing()
        connection.execute(delete(seen_updates).where(seen_updates.c.seen_at < now - REMEMBERED))
        old = (webhook_inbox.c.claimed_by.is_(None), webhook_inbox.c.received_at < now - ASIDE)
        connection.execute(delete(webhook_inbox).where(*old))
        gone = (leases.c.name.startswith(_LEASE, autoescape=True), leases.c.until < now - REMEMBERED)
        connection.execute(delete(leases).where(*gone))

    def _holders(self, chats: Collection[str | None]) -> dict[str | None, str]:
        """Who holds the newest update of each of these chats."""
        if not chats:
            return {}
        table = webhook_inbox.c
        rows = select(table.chat, table.claimed_by).where(table.chat.in_(chats), table.claimed_by.is_not(None))
        return {row.chat: row.claimed_by for row in self._session.connection.execute(rows.order_by(table.update_id))}


def _kinds(body: dict[str, Any]) -> set[str]:
    """What sort of update it was: the names of its fields, and of those inside."""
    inside = {f"{name}.{field}" for name, part in body.items() if isinstance(part, dict) for field in part}
    return set(body) | inside
