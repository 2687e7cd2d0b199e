"""Deliveries that wait for their chat's own time, and several that go out as one message."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import and_, delete, func, select, update

from conflict.errors import StorageError
from storage.deliveries import DeliveryState
from storage.people import deliveries, delivery_events
from storage.session import Session

_MOST_FOLDED = 500
_TOLD = (DeliveryState.SENDING, DeliveryState.SENT, DeliveryState.UNKNOWN)
_DONE = (
    DeliveryState.SENT,
    DeliveryState.UNKNOWN,
    DeliveryState.REJECTED,
    DeliveryState.GONE,
    DeliveryState.DEAD,
    DeliveryState.SUPERSEDED,
)


class Folding:
    """What a chat's rhythm does to its deliveries."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def hold(self, delivery_id: int, until: datetime, why: str) -> None:
        """Put a claimed one back until an instant, and note why; it was no attempt."""
        changed = self._session.writing().execute(
            update(deliveries)
            .where(deliveries.c.delivery_id == delivery_id, deliveries.c.state == str(DeliveryState.SENDING))
            .values(
                state=str(DeliveryState.PENDING),
                next_attempt_at=until,
                held=why,
                claimed_by=None,
                claimed_at=None,
                attempts=deliveries.c.attempts - 1,
            )
        )
        if changed.rowcount == 0:
            raise StorageError(f"Delivery {delivery_id} cannot be held now")

    def sent_since(
        self, chat_ids: Collection[int], since: datetime, *, but: Collection[int]
    ) -> dict[int, list[datetime]]:
        """When each of these chats was written to since then (edits make no sound and are not counted)."""
        found: dict[int, list[datetime]] = {chat_id: [] for chat_id in chat_ids}
        rows = self._session.connection.execute(
            select(deliveries.c.chat_id, deliveries.c.claimed_at).where(
                deliveries.c.chat_id.in_(list(found)),
                deliveries.c.claimed_at > since,
                deliveries.c.part != "edit",
                deliveries.c.state.in_([str(state) for state in _TOLD]),
                deliveries.c.delivery_id.not_in(list(but)),
            )
        )
        for row in rows:
            found[row.chat_id].append(row.claimed_at)
        return found

    def due(self, chat_id: int, thread_id: int | None, *, at: datetime) -> tuple[int, ...]:
        """The chat's messages that are due and not claimed, in one topic, the gravest first."""
        rows = self._session.connection.execute(
            select(deliveries.c.delivery_id)
            .where(
                deliveries.c.chat_id == chat_id,
                deliveries.c.state == str(DeliveryState.PENDING),
                deliveries.c.part == "message",
                deliveries.c.next_attempt_at <= at,
                deliveries.c.thread_id.is_not_distinct_from(thread_id),
            )
            .order_by(deliveries.c.lane.desc(), deliveries.c.delivery_id)
            .limit(_MOST_FOLDED)
            .with_for_update(skip_locked=True)
        )
        return tuple(rows.scalars())

    def fold(self, delivery_id: int, others: Sequence[int], why: str, *, at: datetime) -> None:
        """Let one message carry what the others carry, as grave and as loud as the gravest; the others are done."""
        connection = self._session.writing()
        here = deliveries.c.delivery_id == delivery_id
        if not others:
            connection.execute(update(deliveries).where(here).values(held=why))
            return
        every = [delivery_id, *others]
        lane, loud = connection.execute(
            select(func.max(deliveries.c.lane), func.count().filter(deliveries.c.silent.is_(False))).where(
                deliveries.c.delivery_id.in_(every)
            )
        ).one()
        connection.execute(update(deliveries).where(here).values(held=why, lane=lane, silent=loud == 0))
        carried = delivery_events.c.delivery_id.in_(list(others))
        known = select(delivery_events.c.event_id).where(delivery_events.c.delivery_id == delivery_id)
        connection.execute(delete(delivery_events).where(carried, delivery_events.c.event_id.in_(known)))
        connection.execute(update(delivery_events).where(carried).values(delivery_id=delivery_id))
        connection.execute(
            update(deliveries)
            .where(deliveries.c.delivery_id.in_(list(others)))
            .values(state=str(DeliveryState.SUPERSEDED), settled_at=at, claimed_by=None)
        )

    def release(self, chat_id: int, *, at: datetime) -> None:
        """The chat's rhythm was changed: let what was held be decided on anew."""
        self._session.writing().execute(
            update(deliveries)
            .where(
                deliveries.c.chat_id == chat_id,
                deliveries.c.state == str(DeliveryState.PENDING),
                deliveries.c.held.is_not(None),
                deliveries.c.next_attempt_at > at,
            )
            .values(next_attempt_at=at)
        )

    def forget(self, *, before: datetime, limit: int = 10_000) -> int:
        """Forget deliveries that were done with before an instant, and with them which messages they were."""
        old = (
            select(deliveries.c.delivery_id)
            .where(
                and_(
                    deliveries.c.state.in_([str(state) for state in _DONE]),
                    deliveries.c.settled_at < before,
                )
            )
            .limit(limit)
        )
        ids = list(self._session.writing().execute(old).scalars())
        connection = self._session.writing()
        connection.execute(delete(delivery_events).where(delivery_events.c.delivery_id.in_(ids)))
        return connection.execute(delete(deliveries).where(deliveries.c.delivery_id.in_(ids))).rowcount
