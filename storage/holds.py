"""Events that are held back, by an operator or by the policy: which may be shown now, and who was told of one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, delete, func, or_, select, true, update

from storage.deliveries import DeliveryState
from storage.models import events
from storage.people import deliveries, delivery_events
from storage.session import Session

_REACHED = (DeliveryState.SENT, DeliveryState.UNKNOWN, DeliveryState.SENDING)


class Holds:
    """Who hears of an event that an operator decides on."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def due(self, *, at: datetime, limit: int = 100) -> tuple[str, ...]:
        """Ids of held events whose time has come, those that waited longest first."""
        found = (
            select(events.c.event_id)
            .where(events.c.held_until <= at, events.c.held == true(), events.c.merged_into.is_(None))
            .order_by(events.c.held_until, events.c.event_id)
            .limit(limit)
        )
        return tuple(self._session.connection.execute(found).scalars())

    def absorbed(self, short_id: str) -> tuple[str, ...]:
        """Ids of events merged into another whose id is this one, or ends as people were shown it; at most five."""
        asked = short_id.strip().lstrip("#").upper()
        named = or_(events.c.short_id == asked, events.c.event_id == asked)
        found = select(events.c.event_id).where(named, events.c.merged_into.is_not(None)).order_by(events.c.event_id)
        return tuple(self._session.connection.execute(found.limit(5)).scalars())

    def told(self, event_id: str) -> int:
        """How many chats have been told of an event, or are being told at this moment."""
        found = (
            select(func.count(func.distinct(deliveries.c.chat_id)))
            .select_from(delivery_events.join(deliveries, deliveries.c.delivery_id == delivery_events.c.delivery_id))
            .where(
                delivery_events.c.event_id == event_id,
                delivery_events.c.part == "message",
                deliveries.c.state.in_([str(state) for state in _REACHED]),
            )
        )
        return int(self._session.connection.execute(found).scalar_one())

    def untell(self, event_id: str, states: Sequence[DeliveryState], *, at: datetime) -> int:
        """Take an event out of messages that nobody got, so that it can be told later; of how many.

        A pending message that carries nothing else is superseded.
        """
        connection = self._session.writing()
        mine = and_(delivery_events.c.event_id == event_id, delivery_events.c.part == "message")
        carrying = (
            select(deliveries.c.delivery_id)
            .join(delivery_events, delivery_events.c.delivery_id == deliveries.c.delivery_id)
            .where(mine, deliveries.c.state.in_([str(state) for state in states]))
        )
        ids = list(connection.execute(carrying).scalars())
        for start in range(0, len(ids), 500):
            some = ids[start : start + 500]
            connection.execute(delete(delivery_events).where(mine, delivery_events.c.delivery_id.in_(some)))
            left = select(delivery_events.c.delivery_id).where(
                delivery_events.c.delivery_id == deliveries.c.delivery_id
            )
            connection.execute(
                update(deliveries)
                .where(
                    deliveries.c.delivery_id.in_(some),
                    deliveries.c.state == str(DeliveryState.PENDING),
                    ~left.exists(),
                )
                .values(state=str(DeliveryState.SUPERSEDED), settled_at=at)
            )
        return len(ids)
