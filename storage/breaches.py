"""Events that somebody calls a breach of a ceasefire, or that lie inside a truce's area, day by day."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import Select, bindparam, or_, select, text, true

from conflict.breaches import BreachNote
from conflict.facts import EventFacts
from storage.codec import from_json
from storage.eventarms import ALL, within_any
from storage.eventquery import AreaShape, EventQuery, area_shapes, area_values, areas_of, last_day_of
from storage.models import events
from storage.session import Session

BOUND = 3_000  # events; in eight weeks of one country about ten times what the heaviest fighting gave


def breach_notes(session: Session, query: EventQuery) -> tuple[BreachNote, ...]:
    """What is held of breaches in the places and days of a query, newest first, at most `BOUND`.

    Kinds, actors and sources of the query play no part; of `as_of` only what was reported first by then.
    """
    areas = areas_of(query)
    asked = {"first_day": query.first_day, "last_day": last_day_of(query), "as_of": query.as_of}
    statement = _statement(area_shapes(areas), *(value is not None for value in asked.values()))
    values = area_values(areas) | {name: value for name, value in asked.items() if value is not None}
    rows = session.connection.execute(statement, values)
    return tuple(BreachNote(row.day, _accusations(row.facts) if row.breach == 2 else ()) for row in rows)


def _accusations(facts: Any) -> tuple[Any, ...]:
    breach = from_json(EventFacts, facts).breach
    return breach.reported if breach else ()


@lru_cache(maxsize=64)
def _statement(areas: tuple[AreaShape, ...], first_day: bool, last_day: bool, as_of: bool) -> Select[Any]:
    # In plain words, so that its own index is seen to fit; the subquery keeps the planners from the large ones.
    called = select(events).where(text("events.breach > 0"))
    if first_day:
        called = called.where(events.c.day >= bindparam("first_day", type_=events.c.day.type))
    if last_day:
        called = called.where(events.c.day <= bindparam("last_day", type_=events.c.day.type))
    few = called.order_by(events.c.day.desc(), events.c.event_id).limit(ALL).subquery()
    found = select(few.c.day, few.c.breach, few.c.facts).where(few.c.listed == true())
    if areas:
        found = found.where(within_any(few, areas))
    if as_of:
        first = few.c.first_reported_at
        found = found.where(or_(first.is_(None), first <= bindparam("as_of", type_=first.type)))
    return found.order_by(few.c.day.desc(), few.c.event_id).limit(BOUND)
