"""The statements of a search for events, each built once from the search's shape: index-driven, on either database.

The search is a union of arms, each of which walks one index in the order of the answer and stops at the page's end:
events by their first place, events by a further place, and (with a first day) the few that lasted longer than a month.

Building a statement takes much longer than running it, so each is kept with its shape. Its values are named as in
`eventquery.values_of`; besides there are `bound` (rows of each arm), `limit` and `offset`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from math import pi
from typing import Any, TypeVar

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Float,
    FromClause,
    Integer,
    Select,
    Text,
    and_,
    bindparam,
    case,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    text,
    true,
    type_coerce,
    union,
    union_all,
)

from storage.derived import event_counts, event_marks
from storage.eventquery import ESCAPE, AreaShape, Shape
from storage.models import claims, event_places, events

_T = TypeVar("_T")
Selected = Select[Any] | CompoundSelect[Any]

SHAPES = 64  # statements kept of each sort, some 200 KB each; those asked for longest ago are built anew
ALL = 2**31 - 1  # a bound that is none


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
    found = _search(shape).subquery()
    order = (found.c.day.desc(), found.c.sort_at.desc(), found.c.event_id.desc())
    shown = select(found).order_by(*order).limit(_whole("limit")).offset(_whole("offset")).subquery()
    return (
        select(*_as_told(events, _EVENT))
        .join(shown, shown.c.event_id == events.c.event_id)
        .order_by(shown.c.day.desc(), shown.c.sort_at.desc(), shown.c.event_id.desc())
    )


@lru_cache(maxsize=SHAPES)
def totals(shape: Shape) -> Select[Any]:
    """Of all matching events, newest first, what totals need, from the events themselves."""
    found = _all(shape).subquery()
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
    return select(func.count()).select_from(_all(shape).subquery())


@lru_cache(maxsize=SHAPES)
def starting(shape: Shape) -> Select[Any]:
    """The number of those whose first day lies in the period."""
    found = _all(replace(shape, first_day=False), since=shape.first_day)
    return select(func.count()).select_from(found.subquery())


@lru_cache(maxsize=SHAPES)
def by_day(shape: Shape) -> Select[Any]:
    """Of each first day the number of matching events, and of those that lasted longer."""
    found = _all(shape).subquery()
    lasting = func.sum(case((found.c.day_end > found.c.day, 1), else_=0))
    return select(found.c.day, func.count(), lasting).group_by(found.c.day).order_by(found.c.day)


@lru_cache(maxsize=SHAPES)
def first_day(shape: Shape) -> Select[Any]:
    """The first day of all matching events."""
    arms = [arm.order_by(table.c.day).limit(1).subquery() for table, arm in _arms(shape)]
    if shape.first_day:
        arms += [arm.subquery() for _, arm in _long_arms(shape)]
    return select(func.min(union_all(*(select(arm.c.day) for arm in arms)).subquery().c.day))


@lru_cache(maxsize=SHAPES)
def told_by(shape: Shape) -> Select[Any]:
    """Who tells of the matching events (as lists in JSON), whoever told last first."""
    found = _all(shape).subquery()
    said = type_coerce(events.c.originators, Text)
    newest = (func.max(found.c.day).desc(), func.max(found.c.sort_at).desc(), said)
    return select(said).join(found, found.c.event_id == events.c.event_id).group_by(said).order_by(*newest)


@lru_cache(maxsize=SHAPES)
def figures(shape: Shape) -> Select[Any]:
    """Rows of `event_marks` with the mark `mark0`, for the matching events; an event twice where areas overlap."""
    names = ("event_id", "day", "day_end", "kind", "low", "best", "high", "wheres", "voices")
    columns = [event_marks.c[name] for name in names]
    arms = [arm.with_only_columns(*columns) for _, arm in _arms(shape, marked=True)]
    if shape.first_day:
        arms += [arm.with_only_columns(*columns) for _, arm in _long_arms(shape, marked=True)]
    return arms[0] if len(arms) == 1 else select(union_all(*arms).subquery())


@lru_cache(maxsize=16)
def counted(since: bool, until: bool, kinds: bool) -> Select[Any]:
    """The number of events of an area that began in whole months, from `event_counts`."""
    found = select(func.coalesce(func.sum(event_counts.c.events), 0)).where(
        event_counts.c.area == _like("area", event_counts.c.area)
    )
    if since:
        found = found.where(event_counts.c.month >= _whole("first_month"))
    if until:
        found = found.where(event_counts.c.month <= _whole("last_month"))
    return found.where(event_counts.c.kind.in_(_any_of("kinds"))) if kinds else found


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
        *_conditions(shape, as_of=False, tags=True),
    )
    if shape.kinds:
        found = found.where(_of_kinds(events))
    if shape.areas:
        found = found.where(within_any(events, shape.areas))
    return select(func.count()).select_from(found.subquery())


@lru_cache(maxsize=1)
def claims_of() -> Select[Any]:
    """All claims on the events `event_ids`, each event's in their order."""
    return (
        select(*_as_told(claims, _CLAIM))
        .where(claims.c.event_id.in_(_any_of("event_ids")))
        .order_by(claims.c.position, claims.c.claim_id)
    )


@lru_cache(maxsize=1)
def places_of() -> Select[Any]:
    """The further places of the events `event_ids`."""
    return select(event_places.c.event_id, event_places.c.place_id).where(
        event_places.c.event_id.in_(_any_of("event_ids")), event_places.c.place_id.is_not(None)
    )


def within_any(table: FromClause, areas: tuple[AreaShape, ...]) -> ColumnElement[bool]:
    """The condition that a row of `table` (with area columns) lies in one of the areas."""
    return or_(*(_within(table, area, number) for number, area in enumerate(areas)))


def _within(table: FromClause, area: AreaShape, number: int) -> ColumnElement[bool]:
    if area.column:
        column: ColumnElement[str] = table.c[area.column]
        return column == _like(f"area{number}", column)
    up = func.sin((table.c.latitude - _real(f"latitude{number}")) * (pi / 360))
    across = func.sin((table.c.longitude - _real(f"longitude{number}")) * (pi / 360))
    squeeze = _real(f"squeeze{number}") * func.cos(table.c.latitude * (pi / 180))
    return and_(_in_cells(table, area, number), up * up + squeeze * across * across <= _real(f"reach{number}"))


def _in_cells(table: FromClause, area: AreaShape, number: int) -> ColumnElement[bool]:
    if not area.ranges:
        return table.c.cell.in_(_any_of(f"cells{number}"))
    return or_(
        *(
            table.c.cell.between(_whole(f"first{number}_{one}"), _whole(f"last{number}_{one}"))
            for one in range(area.ranges)
        )
    )


def _search(shape: Shape) -> Selected:
    """The matching events as (event_id, day, sort_at), at most `bound` from each arm, newest first within each."""
    near = _near(shape)

    def ordered(table: FromClause, arm: Select[Any], long: bool) -> Select[Any]:
        # By distance the cells' index must be read, and for long events theirs, not that of all days.
        day = _unindexed(table.c.day) if near or long else table.c.day
        return arm.order_by(day.desc(), table.c.sort_at.desc(), table.c.event_id.desc()).limit(_whole("bound"))

    arms = [ordered(table, arm, False) for table, arm in _arms(shape)]
    if shape.first_day:
        arms += [ordered(arm_table, arm, True) for arm_table, arm in _long_arms(shape)]
    return _each_once([select(arm.subquery()) for arm in arms])


def _all(shape: Shape, *, since: bool = False) -> Selected:
    """All matching events as (event_id, day, sort_at, day_end), each once; `since`: only those that began in it.

    In one unit no event is found twice by single rows of its places (`eventrows.further_places` sees to it).
    """
    arms = [
        arm.add_columns(table.c.day_end).where(*([table.c.day >= _like("first_day", table.c.day)] if since else []))
        for table, arm in _arms(shape)
    ]
    if shape.first_day:
        arms += [arm.add_columns(table.c.day_end) for table, arm in _long_arms(shape)]
    once = len(shape.areas) < 2 and not _near(shape) and shape.tags < 2
    return union_all(*arms) if once else _each_once(arms)


def _each_once(arms: list[Select[Any]]) -> Selected:
    return union(*arms) if len(arms) > 1 else select(arms[0].subquery()).distinct()


def _near(shape: Shape) -> bool:
    return any(not area.column for area in shape.areas)


def _arms(shape: Shape, *, marked: bool = False) -> list[tuple[FromClause, Select[Any]]]:
    """The ways to find events; `marked`: rows of `event_marks` with the mark `mark0`, as for tags anyway."""
    if marked or shape.tags:
        marks = range(1 if marked else shape.tags)
        return [(event_marks, arm) for mark in marks for arm in _marked(shape, mark, marked=marked, short=True)]
    if not shape.areas:
        return [(events, _arm(events, shape, None))]
    return [
        (table, _arm(table, shape, _within(table, area, number)))
        for number, area in enumerate(shape.areas)
        for table in (events, event_places)
    ]


def _arm(table: FromClause, shape: Shape, place: ColumnElement[bool] | None) -> Select[Any]:
    statement = select(table.c.event_id, table.c.day, table.c.sort_at).where(table.c.listed == true())
    if place is not None:
        statement = statement.where(place)
    statement = statement.where(*_window(table, shape, short=True))
    if shape.kinds:
        statement = statement.where(_of_kinds(table))
    conditions = _conditions(shape, as_of=shape.as_of)
    if table is not events and conditions:
        statement = statement.join(events, events.c.event_id == table.c.event_id)
    return statement.where(*conditions)


def _marked(shape: Shape, mark: int, *, marked: bool, short: bool) -> list[Select[Any]]:
    """Events by their rows of one mark, one statement for each area; `short` those that lasted at most a month."""
    conditions = _conditions(shape, as_of=shape.as_of, tags=marked)
    arms = []
    for place in [_within(event_marks, area, n) for n, area in enumerate(shape.areas)] or [event_marks.c.position == 0]:
        arm = select(event_marks.c.event_id, event_marks.c.day, event_marks.c.sort_at).where(
            place, event_marks.c.mark == _like(f"mark{mark}", event_marks.c.mark)
        )
        if not short:
            arm = arm.where(text("event_marks.long_span = 1"))
        if shape.kinds:
            arm = arm.where(_of_kinds(event_marks))
        if conditions:
            arm = arm.join(events, events.c.event_id == event_marks.c.event_id)
        arms.append(arm.where(*_window(event_marks, shape, short=short), *conditions))
    return arms


def _long_arms(shape: Shape, *, marked: bool = False) -> list[tuple[FromClause, Select[Any]]]:
    """The few events that lasted longer than a month, found by small indices of their own."""
    if marked or shape.tags:
        marks = range(1 if marked else shape.tags)
        return [(event_marks, arm) for mark in marks for arm in _marked(shape, mark, marked=marked, short=False)]
    return [(events, _long_arm(shape))]


def _long_arm(shape: Shape) -> Select[Any]:
    # The subquery keeps the planners from reading the large indices instead of the small one.
    since = _like("first_day", events.c.day_end)
    began = events.c.day < _like("short_from", events.c.day)
    lasting = select(events.c.event_id).where(text("events.long_span = 1"), events.c.day_end >= since, began)
    few = lasting.order_by(events.c.day_end.desc()).limit(ALL).subquery()
    statement = (
        select(events.c.event_id, events.c.day, events.c.sort_at)
        .join(few, few.c.event_id == events.c.event_id)
        .where(_unindexed(events.c.listed) == true())
    )
    if shape.areas:
        further = exists().where(event_places.c.event_id == events.c.event_id, within_any(event_places, shape.areas))
        statement = statement.where(or_(further, within_any(events, shape.areas)))
    if shape.kinds:
        statement = statement.where(_of_kinds(events))
    return statement.where(*_window(events, shape, short=False), *_conditions(shape, as_of=shape.as_of))


def _unindexed(column: ColumnElement[_T]) -> ColumnElement[_T]:
    """The same value, in a form that no index has: keeps the planners from an index that holds nearly every row."""
    return func.coalesce(column, column)


def _window(table: FromClause, shape: Shape, *, short: bool) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    day = table.c.day if short else _unindexed(table.c.day)
    if shape.as_of:  # the first publication, or long ago where there is none; and it is in the index
        conditions.append(table.c.sort_at <= _like("as_of", table.c.sort_at))
    if shape.last_day:
        conditions.append(day <= _like("last_day", table.c.day))
    if shape.first_day:
        conditions.append(table.c.day_end >= _like("first_day", table.c.day_end))
        bound = _like("short_from", table.c.day)
        conditions.append(day >= bound if short else day < bound)
    return conditions


def _conditions(shape: Shape, *, as_of: bool, tags: bool = False) -> list[ColumnElement[bool]]:
    """What is asked of the event itself, whichever place it was found by; `tags` where it was not found by those."""
    conditions: list[ColumnElement[bool]] = []
    if shape.tags and tags:
        conditions.append(or_(*(_holds(events.c.tags, f"tag{number}") for number in range(shape.tags))))
    if shape.actor:
        conditions.append(_holds(events.c.actors, "actor"))
    if shape.civilians:
        conditions.append(events.c.civilian == true())
    if shape.source:
        said = exists(literal(1)).where(claims.c.event_id == events.c.event_id, _holds(claims.c.voices, "source"))
        if as_of:
            published = claims.c.published_at
            said = said.where(or_(published.is_(None), published <= _like("as_of", published)))
        conditions.append(said)
    return conditions


def _of_kinds(table: FromClause) -> ColumnElement[bool]:
    return table.c.kind.in_(_any_of("kinds"))


def _holds(column: ColumnElement[str], name: str) -> ColumnElement[bool]:
    return column.contains(_like(name, column), escape=ESCAPE)


def _like(name: str, column: ColumnElement[_T]) -> BindParameter[_T]:
    """A value kept as this column keeps its own."""
    return bindparam(name, type_=column.type)


def _whole(name: str) -> BindParameter[int]:
    return bindparam(name, type_=Integer())


def _real(name: str) -> BindParameter[float]:
    return bindparam(name, type_=Float())


def _any_of(name: str) -> BindParameter[Any]:
    """Any number of values, kept as the column keeps them that they are compared with."""
    return bindparam(name, expanding=True)
