"""What operators ruled on which events are one: joined for good, or kept apart for good; and merges taken back."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select, update

from conflict.errors import StorageError
from storage import eventsaving
from storage.models import claims, event_links, events
from storage.session import Session

JOINED, DISTINCT = "joined", "distinct"


@dataclass(frozen=True, slots=True)
class Ruled:
    """Ids of events whose reports stay together, and pairs of ids that never become one."""

    joined: frozenset[str] = frozenset()
    apart: frozenset[frozenset[str]] = frozenset()


class Rulings:
    """Operators' rulings on identity; kept as links between events."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def among(self, event_ids: Collection[str]) -> Ruled:
        """The rulings that concern these events."""
        if not event_ids:
            return Ruled()
        ids = list(event_ids)
        rows = self._session.connection.execute(
            select(event_links.c.event_id, event_links.c.other_id, event_links.c.kind).where(
                event_links.c.kind.in_((JOINED, DISTINCT)),
                or_(event_links.c.event_id.in_(ids), event_links.c.other_id.in_(ids)),
            )
        ).all()
        return Ruled(
            frozenset(row.event_id for row in rows if row.kind == JOINED),
            frozenset(frozenset((row.event_id, row.other_id)) for row in rows if row.kind == DISTINCT),
        )

    def join(self, event_id: str, other_id: str, *, why: str, at: datetime) -> None:
        """The reports of `event_id`, which has absorbed `other_id`, stay one event whatever comes."""
        self._unlink(event_id, other_id, DISTINCT)
        eventsaving.link(self._session, event_id, other_id, JOINED, why=why, at=at)

    def part(self, absorbed_id: str, *, why: str, at: datetime) -> str:
        """Take a merge back: the event has its own claims again, and never becomes one with the other; that one's id.

        Both are to be saved again by the caller. StorageError if the event was not merged.
        """
        connection = self._session.ingesting()
        here = events.c.event_id == absorbed_id
        into: str | None = connection.execute(select(events.c.merged_into).where(here)).scalar()
        if into is None:
            raise StorageError(f"Event {absorbed_id} was not merged into another")
        connection.execute(update(events).where(here).values(merged_into=None))
        connection.execute(update(claims).where(claims.c.first_event_id == absorbed_id).values(event_id=absorbed_id))
        self._unlink(into, absorbed_id, JOINED)
        eventsaving.link(self._session, absorbed_id, into, DISTINCT, why=why, at=at)
        return into

    def _unlink(self, event_id: str, other_id: str, kind: str) -> None:
        connection = self._session.ingesting()
        for one, other in ((event_id, other_id), (other_id, event_id)):
            connection.execute(
                event_links.delete().where(
                    event_links.c.event_id == one, event_links.c.other_id == other, event_links.c.kind == kind
                )
            )
