"""The statements of a search for events, each built once from the search's shape: index-driven, on either database.

Building a statement takes much longer than running it, so each is kept with its shape. Its values are named as in
`eventquery.values_of`; besides there are `bound` (rows of each arm), `limit` and `offset`. The search itself, arm by
arm, is in `storage.eventarms`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    Text,
    case,
    false,
    func,
    select,
    true,
    type_coerce,
    union_all,
)

from storage.derived import event_counts, event_marks
from storage.eventarms import (
    any_of,
    conditions,
    every,
    like,
    long_arms,
    of_kinds,
    search,
    short_arms,
    whole,
    within_any,
)
from storage.eventquery import Shape
from storage.models import claims, event_places, events

SHAPES = 64  # statements kept of each sort, some 200 KB each; those asked for longest ago are built anew


# The columns that an event and a claim are made of (`storage.eventrows`).
_EVENT: tuple[str, ...] = ("event_id", "revision", "facts", "verification", "severity", "episode", "confidence")
_EVENT += ("first_reported_at", "updated_at", "disputed", "corrections", "sample", "held")
_CLAIM: tuple[str, ...] = (
    "event_id",
    "claim_id",
    "report_id",
    "publisher",
    "facts",
    "originator",
    "originator_kind",
    "carrier",
)
_CLAIM += ("evidence_start", "evidence_end", "evidence_text", "url", "published_at", "retrieved_at")
_CLAIM += ("denies", "responsibility", "superseded")


def _as_told(table: FromClause, names: Sequence[str]) -> list[ColumnElement[Any]]:
    """These columns, the facts as text: they may have been read before."""
    columns = ((name, table.c[name]) for name in names)
    return [type_coerce(column, Text).label(name) if name == "facts" else column for name, column in columns]


@lru_cache(maxsize=SHAPES)
def page(shape: Shape) -> Select[Any]:
    """The matching events, newest first, from `offset` at most `limit`; `bound` is their sum."""
    found = search(shape).subquery()
    order = (found.c.day.desc(), found.c.sort_at.desc(), found.c.event_id.desc())
    shown = select(found).order_by(*order).limit(whole("limit")).offset(whole("offset")).subquery()
    return (
        select(*_as_told(events, _EVENT))
        .join(shown, shown.c.event_id == events.c.event_id)
        .order_by(shown.c.day.desc(), shown.c.sort_at.desc(), shown.c.event_id.desc())
    )


@lru_cache(maxsize=SHAPES)
def totals(shape: Shape) -> Select[Any]:
    """Of all matching events, newest first, what totals need, from the events themselves."""
    found = every(shape).subquery()
    columns: list[ColumnElement[Any]] = [
        events.c.event_id,
        events.c.day,
        events.c.day_end,
        events.c.kind,
        events.c.fatalities_low,
        events.c.fatalities_best,
        events.c.fatalities_high,
        type_coerce(events.c.casualties, Text).label("casualties"),
        type_coerce(events.c.originators, Text).label("originators"),
        events.c.place_id,
        events.c.admin2_id,
        events.c.admin1_id,
        events.c.sample,
    ]
    if shape.as_of:
        columns.append(events.c.last_claim_at)
    return (
        select(*columns)
        .join(found, found.c.event_id == events.c.event_id)
        .order_by(events.c.day.desc(), events.c.sort_at.desc(), events.c.event_id.desc())
    )


@lru_cache(maxsize=SHAPES)
def counting(shape: Shape) -> Select[Any]:
    """The number of matching events; from the indices alone where it can."""
    return select(func.count()).select_from(every(shape).subquery())


@lru_cache(maxsize=SHAPES)
def starting(shape: Shape) -> Select[Any]:
    """The number of those whose first day lies in the period."""
    found = every(replace(shape, first_day=False), since=shape.first_day)
    return select(func.count()).select_from(found.subquery())


@lru_cache(maxsize=SHAPES)
def by_day(shape: Shape) -> Select[Any]:
    """Of each first day the number of matching events, and of those that lasted longer."""
    found = every(shape).subquery()
    lasting = func.sum(case((found.c.day_end > found.c.day, 1), else_=0))
    return select(found.c.day, func.count(), lasting).group_by(found.c.day).order_by(found.c.day)


@lru_cache(maxsize=SHAPES)
def first_day(shape: Shape) -> Select[Any]:
    """The first day of all matching events."""
    arms = [arm.order_by(table.c.day).limit(1).subquery() for table, arm in short_arms(shape)]
    if shape.first_day:
        arms += [arm.subquery() for _, arm in long_arms(shape)]
    return select(func.min(union_all(*(select(arm.c.day) for arm in arms)).subquery().c.day))


@lru_cache(maxsize=SHAPES)
def told_by(shape: Shape) -> Select[Any]:
    """Who tells of the matching events (as lists in JSON), whoever told last first."""
    found = every(shape).subquery()
    said = type_coerce(events.c.originators, Text)
    newest = (func.max(found.c.day).desc(), func.max(found.c.sort_at).desc(), said)
    return select(said).join(found, found.c.event_id == events.c.event_id).group_by(said).order_by(*newest)


@lru_cache(maxsize=SHAPES)
def figures(shape: Shape) -> Select[Any]:
    """Rows of `event_marks` with the mark `mark0`, for the matching events; an event twice where areas overlap."""
    names = ("event_id", "day", "day_end", "kind", "low", "best", "high", "wheres", "voices")
    columns = [event_marks.c[name] for name in names]
    arms = [arm.with_only_columns(*columns) for _, arm in short_arms(shape, marked=True)]
    if shape.first_day:
        arms += [arm.with_only_columns(*columns) for _, arm in long_arms(shape, marked=True)]
    return arms[0] if len(arms) == 1 else select(union_all(*arms).subquery())


@lru_cache(maxsize=16)
def counted(since: bool, until: bool, kinds: bool) -> Select[Any]:
    """The number of events of an area that began in whole months, from `event_counts`."""
    found = select(func.coalesce(func.sum(event_counts.c.events), 0)).where(
        event_counts.c.area == like("area", event_counts.c.area)
    )
    if since:
        found = found.where(event_counts.c.month >= whole("first_month"))
    if until:
        found = found.where(event_counts.c.month <= whole("last_month"))
    return found.where(event_counts.c.kind.in_(any_of("kinds"))) if kinds else found


@lru_cache(maxsize=SHAPES)
def undated(shape: Shape) -> Select[Any]:
    """The number of events of the search that have no day at all; `as_of` and days play no part."""
    found = select(events.c.event_id).where(
        events.c.day.is_(None),
        events.c.listed == false(),  # with the area and no day this is the head of an index
        events.c.retracted != true(),
        events.c.held != true(),
        func.coalesce(events.c.merged_into, "") == "",  # nearly every row has none: not by its index
        events.c.status != "background",
        *conditions(shape, as_of=False, tags=True),
    )
    if shape.kinds:
        found = found.where(of_kinds(events))
    if shape.areas:
        found = found.where(within_any(events, shape.areas))
    return select(func.count()).select_from(found.subquery())


@lru_cache(maxsize=1)
def claims_of() -> Select[Any]:
    """All claims on the events `event_ids`, each event's in their order."""
    return (
        select(*_as_told(claims, _CLAIM))
        .where(claims.c.event_id.in_(any_of("event_ids")))
        .order_by(claims.c.position, claims.c.claim_id)
    )


@lru_cache(maxsize=1)
def places_of() -> Select[Any]:
    """The further places of the events `event_ids`."""
    return select(event_places.c.event_id, event_places.c.place_id).where(
        event_places.c.event_id.in_(any_of("event_ids")), event_places.c.place_id.is_not(None)
    )
