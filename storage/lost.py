"""Messages that reached nobody: refused by Telegram, or given up after too many attempts."""

from __future__ import annotations

from sqlalchemy import select

from storage.deliveries import Deliveries, Delivery, DeliveryState
from storage.people import deliveries
from storage.session import Session


def lost_deliveries(session: Session, limit: int) -> tuple[Delivery, ...]:
    """See `Unit.lost`."""
    number = deliveries.c.delivery_id
    given_up = deliveries.c.state.in_([str(DeliveryState.DEAD), str(DeliveryState.REJECTED)])
    ids = session.connection.execute(select(number).where(given_up).order_by(number.desc()).limit(limit)).scalars()
    return tuple(sorted(Deliveries(session).several(ids).values(), key=lambda one: -one.delivery_id))
