"""What is to be sent to whom, and what became of it: sent, unknown, rejected, gone, dead or superseded.

"Sending" is committed before Telegram is called, so that after a crash it is known which sends were in flight: those,
and no others, are `unknown`. At most one delivery stands for a chat, an event's revision and a part (message or reply).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, bindparam, delete, exists, func, insert, or_, select, update

from conflict.errors import StorageError
from conflict.vocabulary import Severity
from storage.people import deliveries, delivery_events, seen_updates, send_halts
from storage.session import Session


class DeliveryState(StrEnum):
    """What became of a delivery."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    UNKNOWN = "unknown"  # perhaps sent: a crash, a read timeout or a server error after the call
    REJECTED = "rejected"  # Telegram refuses this message; never retried
    GONE = "gone"  # the chat blocked the bot or is no more
    DEAD = "dead"  # retried too often
    SUPERSEDED = "superseded"  # a newer revision took its place before it was sent


_LANES = sorted((int(severity) for severity in Severity), reverse=True)  # the gravest first

_AFTER: dict[DeliveryState, frozenset[DeliveryState]] = {
    DeliveryState.PENDING: frozenset({DeliveryState.SUPERSEDED, DeliveryState.GONE, DeliveryState.DEAD}),
    DeliveryState.SENDING: frozenset(
        {
            DeliveryState.PENDING,
            DeliveryState.SENT,
            DeliveryState.UNKNOWN,
            DeliveryState.REJECTED,
            DeliveryState.GONE,
            DeliveryState.DEAD,
            DeliveryState.SUPERSEDED,  # claimed, and then seen to be withdrawn or said otherwise; nothing was sent
        }
    ),
    DeliveryState.UNKNOWN: frozenset({DeliveryState.PENDING, DeliveryState.SENT, DeliveryState.DEAD}),
}


_HERE = deliveries.c.delivery_id

# Those of each claim, built once. What is due in one lane comes in this order from the index, however much waits.
_DUE = (
    select(_HERE)
    .where(
        deliveries.c.state == str(DeliveryState.PENDING),
        deliveries.c.lane == bindparam("lane"),
        deliveries.c.next_attempt_at <= bindparam("now"),
    )
    .order_by(deliveries.c.next_attempt_at, _HERE)
    .limit(bindparam("most"))
)
_DUE_FOR_ME = _DUE.with_for_update(skip_locked=True)  # SQLite has one writer and leaves this out
_TAKE = (
    update(deliveries)
    .where(_HERE.in_(bindparam("ids", expanding=True)))
    .values(
        state=str(DeliveryState.SENDING),
        claimed_by=bindparam("worker"),
        claimed_at=bindparam("now"),
        attempts=deliveries.c.attempts + 1,
    )
    .returning(deliveries)
)
_SEVERAL = select(deliveries).where(_HERE.in_(bindparam("ids", expanding=True)))
_CARRIED = (
    select(delivery_events)
    .where(delivery_events.c.delivery_id.in_(bindparam("ids", expanding=True)))
    .order_by(delivery_events.c.delivery_id, delivery_events.c.event_id)
)
_ARRIVED = (
    update(deliveries)
    .where(
        bindparam("number") == _HERE,
        or_(*(deliveries.c.state == str(one) for one, after in _AFTER.items() if DeliveryState.SENT in after)),
    )
    .values(state=str(DeliveryState.SENT), settled_at=bindparam("now"), error=None, message_id=bindparam("message"))
)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One outgoing message (or edit) to one chat, and the event revisions it carries."""

    delivery_id: int
    chat_id: int
    part: str
    state: DeliveryState
    lane: int
    created_at: datetime
    next_attempt_at: datetime
    carries: tuple[tuple[str, int], ...]
    attempts: int = 0
    claimed_by: str | None = None
    claimed_at: datetime | None = None
    settled_at: datetime | None = None
    message_id: int | None = None
    thread_id: int | None = None
    silent: bool = False
    repeated: bool = False
    edit_of: int | None = None
    change_id: int | None = None
    subscription_ids: tuple[int, ...] = ()
    error: str | None = None
    held: str | None = None


class Deliveries:
    """The queue of what is to be sent."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(
        self,
        chat_id: int,
        carries: Sequence[tuple[str, int]],
        *,
        at: datetime,
        lane: int = 0,
        part: str = "message",
        silent: bool = False,
        due_at: datetime | None = None,
        edit_of: int | None = None,
        thread_id: int | None = None,
        change_id: int | None = None,
        subscription_ids: Sequence[int] = (),
    ) -> int | None:
        """Queue one message that carries these (event_id, revision); returns its id.

        What the chat has been told, or is about to be told, in this part is left out; None if nothing is left. A
        pending delivery with an older revision of one of the events is superseded, and its other events come along.
        """
        connection = self._session.writing()
        wanted = {
            event_id: revision for event_id, revision in carries if not self._has(chat_id, event_id, revision, part)
        }
        if not wanted:
            return None
        for delivery_id in self._superseded_by(chat_id, wanted, part):
            for event_id, revision in self._carried([delivery_id]).get(delivery_id, ()):
                if event_id not in wanted:  # moves to the new message: its old row would stand in the way
                    wanted[event_id] = revision
                    connection.execute(
                        delete(delivery_events).where(
                            delivery_events.c.delivery_id == delivery_id, delivery_events.c.event_id == event_id
                        )
                    )
            self._to(delivery_id, DeliveryState.SUPERSEDED, settled_at=at)
        added = connection.execute(
            insert(deliveries),
            {
                "chat_id": chat_id,
                "thread_id": thread_id,
                "part": part,
                "state": str(DeliveryState.PENDING),
                "lane": lane,
                "created_at": at,
                "next_attempt_at": due_at or at,
                "attempts": 0,
                "silent": silent,
                "repeated": False,
                "edit_of": edit_of,
                "change_id": change_id,
                "subscription_ids": list(subscription_ids) or None,
            },
        )
        delivery_id = int((added.inserted_primary_key or (0,))[0])
        connection.execute(
            insert(delivery_events),
            [
                {
                    "delivery_id": delivery_id,
                    "event_id": event_id,
                    "revision_shown": revision,
                    "chat_id": chat_id,
                    "part": part,
                }
                for event_id, revision in wanted.items()
            ],
        )
        return delivery_id

    def claim(self, worker: str, *, at: datetime, limit: int = 30) -> tuple[Delivery, ...]:
        """Take what is due, gravest lane first, then oldest; it is `sending` from the commit on and nobody else's."""
        connection = self._session.writing()
        ids: list[int] = []
        for lane in _LANES:
            if len(ids) < limit:  # SQLite has one writer and leaves the lock out
                wanted = {"lane": lane, "now": at, "most": limit - len(ids)}
                ids += [row.delivery_id for row in connection.execute(_DUE_FOR_ME, wanted)]
        if not ids:
            return ()
        taken = connection.execute(_TAKE, {"ids": ids, "worker": worker, "now": at}).all()
        found = {one.delivery_id: one for one in self._whole(taken)}
        return tuple(found[delivery_id] for delivery_id in ids)

    def due(self, *, at: datetime) -> bool:
        """Whether anything is to be sent now."""
        execute = self._session.connection.execute
        return any(execute(_DUE, {"lane": lane, "now": at, "most": 1}).first() is not None for lane in _LANES)

    def sent(self, message_ids: Mapping[int, int], *, at: datetime) -> None:
        """Note that these deliveries arrived, each as a message of Telegram's; those erased meanwhile are passed."""
        rows = [{"number": number, "message": message, "now": at} for number, message in message_ids.items()]
        if rows:
            self._session.writing().execute(_ARRIVED, rows)

    def settle(
        self,
        delivery_id: int,
        state: DeliveryState,
        *,
        at: datetime,
        message_id: int | None = None,
        error: str | None = None,
    ) -> None:
        """Note what became of a delivery that was `sending` (or `unknown`); StorageError if it was in another state."""
        values: dict[str, Any] = {"settled_at": at, "error": error}
        if message_id is not None:
            values["message_id"] = message_id
        self._to(delivery_id, state, **values)

    def retry(
        self,
        delivery_id: int,
        *,
        due_at: datetime,
        error: str | None = None,
        counts: bool = True,
        repeated: bool = False,
    ) -> None:
        """Put it back to pending until `due_at`; without `counts` (Telegram said to wait) it was no attempt."""
        values: dict[str, Any] = {"next_attempt_at": due_at, "error": error, "claimed_by": None, "claimed_at": None}
        if not counts:
            values["attempts"] = deliveries.c.attempts - 1
        if repeated:
            values["repeated"] = True
        self._to(delivery_id, DeliveryState.PENDING, **values)

    def left_in_flight(self, *, before: datetime, at: datetime, worker: str | None = None) -> tuple[int, ...]:
        """Turn what is still `sending` since before an instant (a crash) to `unknown`; returns the ids."""
        connection = self._session.writing()
        stale = (
            select(deliveries.c.delivery_id)
            .where(deliveries.c.state == str(DeliveryState.SENDING), deliveries.c.claimed_at < before)
            .order_by(deliveries.c.delivery_id)
            .with_for_update(skip_locked=True)
        )
        if worker is not None:
            stale = stale.where(deliveries.c.claimed_by == worker)
        ids = tuple(connection.execute(stale).scalars())
        if ids:
            connection.execute(
                update(deliveries)
                .where(deliveries.c.delivery_id.in_(ids))
                .values(state=str(DeliveryState.UNKNOWN), settled_at=at)
            )
        return ids

    def get(self, delivery_id: int) -> Delivery | None:
        """The delivery of this id."""
        found = self._read(deliveries.c.delivery_id == delivery_id)
        return found[0] if found else None

    def several(self, delivery_ids: Iterable[int]) -> dict[int, Delivery]:
        """Those of these ids that there are."""
        wanted = list(delivery_ids)
        rows = self._session.connection.execute(_SEVERAL, {"ids": wanted}).all() if wanted else ()
        return {one.delivery_id: one for one in self._whole(rows)}

    def that_told(self, event_id: str, limit: int = 1000, *, after: int = 0) -> tuple[Delivery, ...]:
        """Deliveries sent (or perhaps sent) that carried this event, by id: whom a correction must reach."""
        told = exists().where(
            delivery_events.c.delivery_id == deliveries.c.delivery_id, delivery_events.c.event_id == event_id
        )
        reached = deliveries.c.state.in_([str(DeliveryState.SENT), str(DeliveryState.UNKNOWN)])
        return self._read(told, reached, deliveries.c.delivery_id > after, limit=limit)

    def of_chat(self, chat_id: int, limit: int = 1000) -> tuple[Delivery, ...]:
        """A chat's deliveries, by id."""
        return self._read(deliveries.c.chat_id == chat_id, limit=limit)

    def counts(self) -> dict[DeliveryState, int]:
        """How many deliveries are in each state."""
        rows = self._session.connection.execute(select(deliveries.c.state, func.count()).group_by(deliveries.c.state))
        return {DeliveryState(state): number for state, number in rows}

    # Waiting when told to, and updates seen

    def halt(self, scope: str, until: datetime, reason: str | None = None) -> None:
        """Telegram said to wait: `bot`, or `chat:<our chat id>`. A halt is only ever made longer."""
        connection = self._session.writing()
        here = send_halts.c.scope == scope
        stored = connection.execute(select(send_halts.c.until).where(here)).scalar()
        if stored is None:
            connection.execute(insert(send_halts), {"scope": scope, "until": until, "reason": reason})
        elif stored < until:
            connection.execute(update(send_halts).where(here).values(until=until, reason=reason))

    def halts(self, *, at: datetime) -> dict[str, datetime]:
        """The halts that still hold at `at`."""
        rows = self._session.connection.execute(select(send_halts).where(send_halts.c.until > at))
        return {row.scope: row.until for row in rows}

    def first_seen(self, update_id: int, *, at: datetime) -> bool:
        """Note an update of Telegram's; False if it was noted before."""
        connection = self._session.writing()
        if connection.execute(select(seen_updates).where(seen_updates.c.update_id == update_id)).first():
            return False
        connection.execute(insert(seen_updates), {"update_id": update_id, "seen_at": at})
        return True

    def forget_seen(self, *, before: datetime) -> int:
        """Forget updates noted before an instant; returns how many."""
        return self._session.writing().execute(delete(seen_updates).where(seen_updates.c.seen_at < before)).rowcount

    # Rows

    def _has(self, chat_id: int, event_id: str, revision: int, part: str) -> bool:
        found = select(delivery_events.c.delivery_id).where(
            delivery_events.c.chat_id == chat_id,
            delivery_events.c.event_id == event_id,
            delivery_events.c.revision_shown >= revision,
            delivery_events.c.part == part,
        )
        return self._session.connection.execute(found.limit(1)).first() is not None

    def _superseded_by(self, chat_id: int, wanted: dict[str, int], part: str) -> list[int]:
        found = (
            select(deliveries.c.delivery_id)
            .where(
                deliveries.c.chat_id == chat_id,
                deliveries.c.state == str(DeliveryState.PENDING),
                deliveries.c.part == part,
                exists().where(
                    delivery_events.c.delivery_id == deliveries.c.delivery_id,
                    or_(
                        *(
                            (delivery_events.c.event_id == event_id) & (delivery_events.c.revision_shown < revision)
                            for event_id, revision in wanted.items()
                        )
                    ),
                ),
            )
            .order_by(deliveries.c.delivery_id)
            .with_for_update()
        )
        return list(self._session.writing().execute(found).scalars())

    def _to(self, delivery_id: int, state: DeliveryState, **values: Any) -> None:
        before = [str(one) for one, after in _AFTER.items() if state in after]
        changed = self._session.writing().execute(
            update(deliveries)
            .where(deliveries.c.delivery_id == delivery_id, deliveries.c.state.in_(before))
            .values(state=str(state), **values)
        )
        if changed.rowcount == 0:
            raise StorageError(f"Delivery {delivery_id} cannot become {state} now")

    def _read(self, *conditions: Any, limit: int = 1000) -> tuple[Delivery, ...]:
        rows = self._session.connection.execute(
            select(deliveries).where(*conditions).order_by(deliveries.c.delivery_id).limit(limit)
        ).all()
        return self._whole(rows)

    def _whole(self, rows: Sequence[Row[Any]]) -> tuple[Delivery, ...]:
        carried = self._carried([row.delivery_id for row in rows])
        return tuple(_delivery(row, carried.get(row.delivery_id, ())) for row in rows)

    def _carried(self, ids: Sequence[int]) -> dict[int, tuple[tuple[str, int], ...]]:
        found: dict[int, tuple[tuple[str, int], ...]] = {}
        for row in self._session.connection.execute(_CARRIED, {"ids": list(ids)}) if ids else ():
            found[row.delivery_id] = (*found.get(row.delivery_id, ()), (row.event_id, row.revision_shown))
        return found


def _delivery(row: Row[Any], carries: tuple[tuple[str, int], ...]) -> Delivery:
    values = dict(row._mapping)
    values |= {
        "state": DeliveryState(row.state),
        "carries": carries,
        "subscription_ids": tuple(row.subscription_ids or ()),
    }
    return Delivery(**values)
