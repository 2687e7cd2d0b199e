"""The change feed: one entry for each new revision of an event, committed together with it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, text, update

from conflict.events import Change, ChangeKind
from storage.models import changes, cursors
from storage.session import Session

ALERTS = "alerts"  # the reader that leaves deliveries
MATCHING_LOCK = 7_241_003  # one matcher at a time on PostgreSQL: two would each find a chat that was not told yet


class Changes:
    """Changes in the order they were committed, and how far each reader has come."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def since(self, change_id: int, limit: int = 100) -> list[Change]:
        """Changes after `change_id`, oldest first."""
        rows = self._session.connection.execute(
            select(changes).where(changes.c.change_id > change_id).order_by(changes.c.change_id).limit(limit)
        )
        return [to_change(row) for row in rows]

    def latest_id(self) -> int:
        """The id of the newest change; 0 if there is none."""
        return int(self._session.connection.execute(select(func.max(changes.c.change_id))).scalar() or 0)

    def of_event(self, event_id: str, limit: int = 50) -> list[Change]:
        """What happened to an event, oldest first."""
        rows = self._session.connection.execute(
            select(changes).where(changes.c.event_id == event_id).order_by(changes.c.revision).limit(limit)
        )
        return [to_change(row) for row in rows]

    def cursor(self, reader: str) -> int:
        """The last change that `reader` has dealt with; 0 at the start."""
        found = self._session.connection.execute(select(cursors.c.change_id).where(cursors.c.name == reader)).scalar()
        return int(found or 0)

    def move_cursor(self, reader: str, change_id: int, *, at: datetime) -> None:
        """Note that `reader` has dealt with everything up to `change_id`; commits with what it did about it."""
        connection = self._session.writing()
        values = {"change_id": change_id, "moved_at": at}
        moved = connection.execute(update(cursors).where(cursors.c.name == reader).values(values))
        if moved.rowcount == 0:
            connection.execute(insert(cursors), {"name": reader, **values})


def begin_feed(session: Session, reader: str, *, at: datetime) -> bool:
    """Let a reader that never read begin at the feed's end; True if it did.

    The alerts begin with the first subscription, in its transaction: whatever is stored after it is told, also when
    the bot ends before its clock first ticked.
    """
    known = select(cursors.c.name).where(cursors.c.name == reader)
    if session.writing().execute(known).first() is not None:
        return False
    connection = matching(session)
    if connection.execute(known).first() is not None:  # somebody else was faster
        return False
    newest = connection.execute(select(func.max(changes.c.change_id))).scalar() or 0
    connection.execute(insert(cursors), {"name": reader, "change_id": newest, "moved_at": at})
    return True


def matching(session: Session) -> Connection:
    """The connection, with the lock held under which deliveries are made, until the transaction ends."""
    connection = session.writing()
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MATCHING_LOCK})
    return connection


def add_change(
    session: Session,
    event_id: str,
    revision: int,
    kind: ChangeKind,
    *,
    report_id: str | None,
    why: str,
    fields: Sequence[str],
    at: datetime,
    absorbed_id: str | None = None,
) -> Change:
    """Write one entry of the feed."""
    connection = session.ingesting()
    result = connection.execute(
        insert(changes),
        {
            "event_id": event_id,
            "revision": revision,
            "kind": str(kind),
            "changed_at": at,
            "report_id": report_id,
            "absorbed_id": absorbed_id,
            "why": why,
            "fields": list(fields) or None,
        },
    )
    change_id = int((result.inserted_primary_key or (0,))[0])
    return Change(change_id, event_id, revision, kind, at, report_id, why, tuple(fields))


def to_change(row: Row[Any]) -> Change:
    """The change of a row."""
    return Change(
        change_id=row.change_id,
        event_id=row.event_id,
        revision=row.revision,
        kind=ChangeKind(row.kind),
        changed_at=row.changed_at,
        report_id=row.report_id,
        why=row.why,
        fields=tuple(row.fields or ()),
    )
