"""What each chat wants to hear of, and the areas it is found by. Never an exact location: place ids and grid cells."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update

from conflict.errors import StorageError
from conflict.subscriptions import Subscription
from conflict.subscriptions import subscription_areas as areas_of_subscription
from conflict.vocabulary import SUBTYPES_OF, EventType, Severity, SubEventType, Verification
from storage.changes import ALERTS, begin_feed
from storage.people import chats, subscription_areas, subscriptions
from storage.session import Session

EVERY_TYPE = -1
# Bits of `asks` in `subscription_areas`.
CIVILIANS_ONLY, BREACHES_ONLY, TAGGED, SILENT = 1, 2, 4, 8  # SILENT: paused, or the chat cannot be written to
_WITHIN = "in:"  # marks, among the place ids of a row, the units around them
_BIT = {sub: 1 << number for number, sub in enumerate(SubEventType)}


def bit_of(sub_event_type: SubEventType) -> int:
    """The bit of `type_mask` that stands for a sub-type."""
    return _BIT[sub_event_type]


def type_mask(event_types: Iterable[EventType], sub_event_types: Iterable[SubEventType]) -> int:
    """The sub-types wanted as bits; no restriction is -1 (all bits)."""
    wanted = {sub for kind in event_types for sub in SUBTYPES_OF[kind]} | set(sub_event_types)
    return sum(_BIT[sub] for sub in wanted) if wanted else EVERY_TYPE


def area_row(area: str, subscription: Subscription, *, written_to: bool = True) -> dict[str, Any]:
    """What stands in `subscription_areas` for a subscription under one area; `written_to`: its chat can be."""
    return {
        "area": area,
        "reach": float(subscription.radius_km or 0.0) if area.startswith("cell:") else 0.0,
        "subscription_id": subscription.subscription_id,
        "chat_id": subscription.chat_id,
        "type_mask": type_mask(subscription.event_types, subscription.sub_event_types),
        "minimum_severity": int(subscription.minimum_severity),
        "minimum_verification": str(subscription.minimum_verification),
        "asks": CIVILIANS_ONLY * subscription.civilians_only
        + BREACHES_ONLY * subscription.breaches_only
        + TAGGED * bool(subscription.tags)
        + SILENT * (subscription.paused or not written_to),
    }


def set_written_to(session: Session, chat_id: int, active: bool) -> None:
    """The chat can be written to again, or cannot any more: its subscriptions are found, or passed over."""
    mine = select(subscriptions.c.subscription_id).where(subscriptions.c.chat_id == chat_id)
    if active:
        mine = mine.where(~subscriptions.c.paused)
    asks = subscription_areas.c.asks
    session.writing().execute(
        update(subscription_areas)
        .where(subscription_areas.c.subscription_id.in_(mine))
        .values(asks=asks.op("&")(~SILENT) if active else asks.op("|")(SILENT))
    )


class Subscriptions:
    """Subscriptions of a chat, and those that an area concerns."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(
        self,
        subscription: Subscription,
        *,
        today: date,
        areas: tuple[str, ...] | None = None,
        thread_id: int | None = None,
    ) -> Subscription:
        """Keep a new subscription (its id is given here) under `areas`, by default those that follow from it."""
        connection = self._session.writing()
        begin_feed(self._session, ALERTS, at=datetime.combine(today, time.min, UTC))  # what is stored next is news
        added = connection.execute(
            insert(subscriptions), {**_values(subscription), "thread_id": thread_id, "created_on": today}
        )
        kept = replace(subscription, subscription_id=int((added.inserted_primary_key or (0,))[0]))
        self._set_areas(kept, areas, thread_id)
        return kept

    def change(self, subscription: Subscription, *, areas: tuple[str, ...] | None = None) -> None:
        """Keep what a subscription says now. StorageError if it is not this chat's (or gone)."""
        here = (
            subscriptions.c.subscription_id == subscription.subscription_id,
            subscriptions.c.chat_id == subscription.chat_id,
        )
        changed = self._session.writing().execute(update(subscriptions).where(*here).values(_values(subscription)))
        if changed.rowcount == 0:
            raise StorageError("This subscription is not known (any more)")
        thread_id = self._session.connection.execute(select(subscriptions.c.thread_id).where(*here)).scalar()
        self._session.writing().execute(
            delete(subscription_areas).where(subscription_areas.c.subscription_id == subscription.subscription_id)
        )
        self._set_areas(subscription, areas, thread_id)

    def remove(self, chat_id: int, subscription_id: int) -> bool:
        """Forget a chat's subscription; False if it is not this chat's or gone."""
        gone = self._session.writing().execute(
            delete(subscriptions).where(
                subscriptions.c.subscription_id == subscription_id, subscriptions.c.chat_id == chat_id
            )
        )
        return gone.rowcount > 0

    def snooze(self, chat_id: int, subscription_id: int, until: datetime | None) -> bool:
        """Nothing from this subscription until then; False if it is not this chat's or gone."""
        changed = self._session.writing().execute(
            update(subscriptions)
            .where(subscriptions.c.subscription_id == subscription_id, subscriptions.c.chat_id == chat_id)
            .values(snoozed_until=until)
        )
        return changed.rowcount > 0

    def of_chat(self, chat_id: int) -> tuple[Subscription, ...]:
        """A chat's subscriptions, oldest first."""
        rows = self._session.connection.execute(
            select(subscriptions).where(subscriptions.c.chat_id == chat_id).order_by(subscriptions.c.subscription_id)
        )
        return tuple(_subscription(row) for row in rows)

    def get(self, subscription_id: int) -> Subscription | None:
        """The subscription of this id."""
        row = self._session.connection.execute(
            select(subscriptions).where(subscriptions.c.subscription_id == subscription_id)
        ).first()
        return None if row is None else _subscription(row)

    def in_areas(self, areas: Iterable[str], limit: int = 1000) -> tuple[Subscription, ...]:
        """Subscriptions kept under any of these areas, paused ones too, by id."""
        named = select(subscription_areas.c.subscription_id).where(subscription_areas.c.area.in_(list(areas)))
        rows = self._session.connection.execute(
            select(subscriptions)
            .where(subscriptions.c.subscription_id.in_(named))
            .order_by(subscriptions.c.subscription_id)
            .limit(limit)
        )
        return tuple(_subscription(row) for row in rows)

    def count(self, chat_id: int | None = None) -> int:
        """How many subscriptions there are, of one chat or of all."""
        found = select(func.count()).select_from(subscriptions)
        if chat_id is not None:
            found = found.where(subscriptions.c.chat_id == chat_id)
        return int(self._session.connection.execute(found).scalar_one())

    def _set_areas(self, subscription: Subscription, areas: tuple[str, ...] | None, thread_id: int | None) -> None:
        named = areas if areas is not None else areas_of_subscription(subscription)
        state = self._session.connection.execute(
            select(chats.c.state).where(chats.c.chat_id == subscription.chat_id)
        ).scalar()
        self._session.writing().execute(
            insert(subscription_areas),
            [
                {**area_row(area, subscription, written_to=state == "active"), "thread_id": thread_id}
                for area in dict.fromkeys(named)
            ],
        )


def _values(subscription: Subscription) -> dict[str, Any]:
    cell = subscription.cell
    return {
        "chat_id": subscription.chat_id,
        "place_ids": [*subscription.place_ids, *(_WITHIN + unit for unit in subscription.within)] or None,
        "cell_y": cell[0] if cell else None,
        "cell_x": cell[1] if cell else None,
        "radius_km": subscription.radius_km,
        "event_types": [str(kind) for kind in subscription.event_types] or None,
        "sub_event_types": [str(sub) for sub in subscription.sub_event_types] or None,
        "type_mask": type_mask(subscription.event_types, subscription.sub_event_types),
        "tags": list(subscription.tags) or None,
        "breaches_only": subscription.breaches_only,
        "civilians_only": subscription.civilians_only,
        "minimum_severity": int(subscription.minimum_severity),
        "minimum_verification": str(subscription.minimum_verification),
        "coarser_too": subscription.coarser_too,
        "paused": subscription.paused,
    }


def _subscription(row: Row[Any]) -> Subscription:
    return Subscription(
        subscription_id=row.subscription_id,
        chat_id=row.chat_id,
        place_ids=tuple(one for one in row.place_ids or () if not one.startswith(_WITHIN)),
        cell=None if row.cell_y is None else (row.cell_y, row.cell_x),
        radius_km=row.radius_km,
        event_types=tuple(EventType(kind) for kind in row.event_types or ()),
        sub_event_types=tuple(SubEventType(sub) for sub in row.sub_event_types or ()),
        tags=tuple(row.tags or ()),
        breaches_only=row.breaches_only,
        civilians_only=row.civilians_only,
        minimum_severity=Severity(row.minimum_severity),
        minimum_verification=Verification(row.minimum_verification),
        coarser_too=row.coarser_too,
        paused=row.paused,
        within=tuple(one.removeprefix(_WITHIN) for one in row.place_ids or () if one.startswith(_WITHIN)),
    )
