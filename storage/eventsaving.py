"""Writing events: revisions, claims, merges, operators' marks, and the search for what a report may tell of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, and_, case, delete, false, insert, or_, select, true, union, update

from conflict.errors import StorageError
from conflict.events import Change, ChangeKind, ConflictEvent
from conflict.facts import EventFacts
from conflict.vocabulary import Status
from storage.changes import add_change
from storage.codec import from_json
from storage.derived import derive, forget
from storage.eventquery import SHORT_SPAN
from storage.eventrows import claim_values, event_values, further_places, order_values
from storage.models import claims, event_links, event_places, event_revisions, events
from storage.session import Session

NEWEST = 300  # events among which a report without a day is looked for


@dataclass(frozen=True, slots=True)
class Flags:
    """What operators and merges decided about an event."""

    revision: int
    held: bool
    held_until: datetime | None
    confirmed: bool
    retracted: bool
    merged_into: str | None


def save(
    session: Session,
    event: ConflictEvent,
    kind: ChangeKind,
    *,
    report_id: str | None,
    why: str,
    fields: Sequence[str],
    at: datetime,
    absorbed_id: str | None = None,
) -> Change:
    """See `Events.save`."""
    connection = session.ingesting()
    stored = connection.execute(_state_of(event.event_id)).first()
    if event.revision != (1 if stored is None else stored.revision + 1):
        found = "is not stored" if stored is None else f"has revision {stored.revision}"
        raise StorageError(f"Event {event.event_id} {found}; revision {event.revision} does not follow")
    if stored is not None and stored.merged_into:
        raise StorageError(f"Event {event.event_id} was merged into {stored.merged_into}; save that one")
    held = stored is not None and stored.held
    order = order_values(event, held=held, merged=False)
    values = {**event_values(event, at), **order}
    if stored is None:
        fresh = {"event_id": event.event_id, "held": False, "confirmed": False}
        connection.execute(insert(events), {**values, **fresh})
    else:
        forget(connection, [event.event_id])
        _keep_former(connection, event.event_id)
        connection.execute(update(events).where(events.c.event_id == event.event_id).values(values))
        connection.execute(delete(event_places).where(event_places.c.event_id == event.event_id))
    rows = further_places(event, order)
    if rows:
        connection.execute(insert(event_places), rows)
    derive(connection, [event.event_id])
    _save_claims(connection, event)
    return add_change(
        session,
        event.event_id,
        event.revision,
        kind,
        report_id=report_id,
        why=why,
        fields=fields,
        at=at,
        absorbed_id=absorbed_id,
    )


def absorb(
    session: Session,
    into: ConflictEvent,
    absorbed_id: str,
    *,
    why: str,
    at: datetime,
    report_id: str | None,
    fields: Sequence[str],
) -> Change:
    """See `Events.absorb`."""
    connection = session.ingesting()
    absorbed = connection.execute(_state_of(absorbed_id)).first()
    if absorbed is None or absorbed.merged_into or absorbed_id == into.event_id:
        raise StorageError(f"Event {absorbed_id} cannot be merged into {into.event_id}: it is gone or the same")
    change = save(
        session,
        into,
        ChangeKind.MERGED,
        report_id=report_id,
        why=why,
        fields=fields,
        at=at,
        absorbed_id=absorbed_id,
    )
    # Claims that the caller did not carry over go too: nothing said is lost, and the redirect has all of it.
    connection.execute(update(claims).where(claims.c.event_id == absorbed_id).values(event_id=into.event_id))
    forget(connection, [absorbed_id])
    for table in (events, event_places):
        connection.execute(update(table).where(table.c.event_id == absorbed_id).values(listed=False))
    redirected = or_(events.c.event_id == absorbed_id, events.c.merged_into == absorbed_id)
    connection.execute(update(events).where(redirected).values(merged_into=into.event_id))
    if absorbed.held:
        mark(session, into.event_id, held=True, held_until=absorbed.held_until, confirmed=None)
    return change


def mark(
    session: Session, event_id: str, *, held: bool | None, held_until: datetime | None, confirmed: bool | None
) -> None:
    """See `Events.mark`."""
    connection = session.ingesting()
    if connection.execute(_state_of(event_id)).first() is None:
        raise StorageError(f"There is no event {event_id}")
    here = events.c.event_id == event_id
    if confirmed is not None:
        connection.execute(update(events).where(here).values(confirmed=confirmed))
    if held is not None:
        may_be_listed = and_(
            events.c.day.is_not(None),
            events.c.retracted != true(),
            events.c.merged_into.is_(None),
            events.c.status != str(Status.BACKGROUND),
        )
        listed = case((may_be_listed, not held), else_=False)
        until = held_until if held else None
        forget(connection, [event_id])
        connection.execute(update(events).where(here).values(held=held, held_until=until, listed=listed))
        shown = select(events.c.listed).where(here).scalar_subquery()
        connection.execute(update(event_places).where(event_places.c.event_id == event_id).values(listed=shown))
        derive(connection, [event_id])


def flags(session: Session, event_id: str) -> Flags | None:
    """See `Events.flags`."""
    row = session.connection.execute(_state_of(event_id)).first()
    if row is None:
        return None
    return Flags(row.revision, row.held, row.held_until, row.confirmed, row.retracted, row.merged_into)


def former_facts(session: Session, event_id: str, revision: int) -> EventFacts | None:
    """See `Events.former`."""
    facts = session.connection.execute(
        select(event_revisions.c.facts).where(
            event_revisions.c.event_id == event_id, event_revisions.c.revision == revision
        )
    ).scalar()
    return None if facts is None else from_json(EventFacts, facts)


def link(session: Session, event_id: str, other_id: str, kind: str, *, why: str, at: datetime) -> None:
    """See `Events.link`."""
    connection = session.ingesting()
    values = {"event_id": event_id, "other_id": other_id, "kind": kind}
    known = select(event_links.c.kind).where(*(event_links.c[name] == value for name, value in values.items()))
    if connection.execute(known).first() is None:
        connection.execute(insert(event_links), {**values, "why": why, "linked_at": at})


def links(session: Session, event_id: str) -> tuple[tuple[str, str, str], ...]:
    """See `Events.links`."""
    rows = session.connection.execute(
        select(event_links.c.event_id, event_links.c.other_id, event_links.c.kind)
        .where(or_(event_links.c.event_id == event_id, event_links.c.other_id == event_id))
        .order_by(event_links.c.linked_at)
    )
    return tuple((row.event_id, row.other_id, row.kind) for row in rows)


def candidate_search(facts: EventFacts, *, days: int, sample: bool | None, limit: int) -> Select[Any]:
    """Which events a report with these facts may tell of (see `Events.candidates`)."""
    statement = select(events).where(events.c.merged_into.is_(None), events.c.retracted != true())
    place = facts.primary_place.place if facts.primary_place else None
    if place is not None and place.admin1_id:
        statement = statement.where(or_(events.c.admin1_id == place.admin1_id, events.c.admin1_id.is_(None)))
    if place is not None and place.country_code:
        statement = statement.where(or_(events.c.country_code == place.country_code, events.c.country_code.is_(None)))
    if facts.event_date is not None:
        last = max(facts.event_date_end or facts.event_date, facts.event_date)
        reach = timedelta(days=days)
        statement = statement.where(
            events.c.day <= _shifted(last, reach),
            events.c.day_end >= _shifted(facts.event_date, -reach),
            or_(events.c.day >= _shifted(facts.event_date, -reach - SHORT_SPAN), events.c.long_span == 1),
        )
    else:
        statement = statement.where(events.c.event_id.in_(_newest(place.admin1_id if place else None)))
    if sample is not None:
        statement = statement.where(events.c.sample == sample)
    nearest = [case((events.c.event_type == str(facts.event_type), 0), else_=1)]
    if place is not None:
        nearest.insert(0, case((events.c.place_id == place.place_id, 0), else_=1))
    return statement.order_by(*nearest, events.c.day.desc(), events.c.sort_at.desc(), events.c.event_id).limit(limit)


def _newest(admin1_id: str | None) -> Select[Any]:
    """Ids of the newest events of a province (or of all), and of those without a day: read in the order of an index."""
    here = [events.c.admin1_id == admin1_id] if admin1_id else []
    order = (events.c.day.desc(), events.c.sort_at.desc())
    shown = select(events.c.event_id).where(events.c.listed == true(), *here).order_by(*order).limit(NEWEST)
    undated = select(events.c.event_id).where(events.c.listed == false(), events.c.day.is_(None), *here).limit(NEWEST)
    return select(union(*(select(arm.subquery()) for arm in (shown, undated))).subquery().c.event_id)


def _shifted(day: date, by: timedelta) -> date:
    try:
        return day + by
    except OverflowError:
        return date.max if by > timedelta(0) else date.min


def _state_of(event_id: str) -> Select[Any]:
    return select(
        events.c.revision,
        events.c.held,
        events.c.held_until,
        events.c.confirmed,
        events.c.retracted,
        events.c.merged_into,
    ).where(events.c.event_id == event_id)


def _keep_former(connection: Connection, event_id: str) -> None:
    """Copy what the event says now into its revisions, before it says something else."""
    names = [column.name for column in event_revisions.columns]
    now = select(*(events.c[name] for name in names)).where(events.c.event_id == event_id)
    connection.execute(insert(event_revisions).from_select(names, now))


def _save_claims(connection: Connection, event: ConflictEvent) -> None:
    rows = {
        claim.claim_id: claim_values(claim, event.event_id, position) for position, claim in enumerate(event.claims)
    }
    stored = {
        row.claim_id: row
        for row in connection.execute(
            select(claims.c.claim_id, claims.c.event_id, claims.c.position, claims.c.superseded).where(
                claims.c.claim_id.in_(list(rows))
            )
        )
    }
    fresh = [values for claim_id, values in rows.items() if claim_id not in stored]
    if fresh:
        connection.execute(insert(claims), fresh)
    for claim_id, row in stored.items():
        said = rows[claim_id]
        now = {name: said[name] for name in ("event_id", "position", "superseded")}
        if any(getattr(row, name) != value for name, value in now.items()):
            connection.execute(update(claims).where(claims.c.claim_id == claim_id).values(now))
