"""The ways to find events, index-driven, on either database: what `storage.eventstatements` puts together.

The search is a union of arms, each of which walks one index in the order of the answer and stops at the page's end:
events by their first place, events by a further place, and (with a first day) the few that lasted longer than a month.
"""

from __future__ import annotations

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
    and_,
    bindparam,
    exists,
    func,
    literal,
    or_,
    select,
    text,
    true,
    union,
    union_all,
)

from storage.derived import event_marks
from storage.eventquery import ESCAPE, AreaShape, Shape
from storage.models import claims, event_places, events

_T = TypeVar("_T")
Selected = Select[Any] | CompoundSelect[Any]

ALL = 2**31 - 1  # a bound that is none


def within_any(table: FromClause, areas: tuple[AreaShape, ...]) -> ColumnElement[bool]:
    """The condition that a row of `table` (with area columns) lies in one of the areas."""
    return or_(*(_within(table, area, number) for number, area in enumerate(areas)))


def _within(table: FromClause, area: AreaShape, number: int) -> ColumnElement[bool]:
    if area.column:
        column: ColumnElement[str] = table.c[area.column]
        return column == like(f"area{number}", column)
    up = func.sin((table.c.latitude - _real(f"latitude{number}")) * (pi / 360))
    across = func.sin((table.c.longitude - _real(f"longitude{number}")) * (pi / 360))
    squeeze = _real(f"squeeze{number}") * func.cos(table.c.latitude * (pi / 180))
    return and_(_in_cells(table, area, number), up * up + squeeze * across * across <= _real(f"reach{number}"))


def _in_cells(table: FromClause, area: AreaShape, number: int) -> ColumnElement[bool]:
    if not area.ranges:
        return table.c.cell.in_(any_of(f"cells{number}"))
    return or_(
        *(
            table.c.cell.between(whole(f"first{number}_{one}"), whole(f"last{number}_{one}"))
            for one in range(area.ranges)
        )
    )


def search(shape: Shape) -> Selected:
    """The matching events as (event_id, day, sort_at), at most `bound` from each arm, newest first within each."""
    near = _near(shape)

    def ordered(table: FromClause, arm: Select[Any], long: bool) -> Select[Any]:
        # By distance the cells' index must be read, and for long events theirs, not that of all days.
        day = _unindexed(table.c.day) if near or long else table.c.day
        return arm.order_by(day.desc(), table.c.sort_at.desc(), table.c.event_id.desc()).limit(whole("bound"))

    arms = [ordered(table, arm, False) for table, arm in short_arms(shape)]
    if shape.first_day:
        arms += [ordered(arm_table, arm, True) for arm_table, arm in long_arms(shape)]
    return _each_once([select(arm.subquery()) for arm in arms])


def every(shape: Shape, *, since: bool = False) -> Selected:
    """All matching events as (event_id, day, sort_at, day_end), each once; `since`: only those that began in it.

    In one unit no event is found twice by single rows of its places (`eventrows.further_places` sees to it).
    """
    arms = [
        arm.add_columns(table.c.day_end).where(*([table.c.day >= like("first_day", table.c.day)] if since else []))
        for table, arm in short_arms(shape)
    ]
    if shape.first_day:
        arms += [arm.add_columns(table.c.day_end) for table, arm in long_arms(shape)]
    once = len(shape.areas) < 2 and not _near(shape) and shape.tags < 2
    return union_all(*arms) if once else _each_once(arms)


def _each_once(arms: list[Select[Any]]) -> Selected:
    return union(*arms) if len(arms) > 1 else select(arms[0].subquery()).distinct()


def _near(shape: Shape) -> bool:
    return any(not area.column for area in shape.areas)


def short_arms(shape: Shape, *, marked: bool = False) -> list[tuple[FromClause, Select[Any]]]:
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
        statement = statement.where(of_kinds(table))
    narrowed = conditions(shape, as_of=shape.as_of)
    if table is not events and narrowed:
        statement = statement.join(events, events.c.event_id == table.c.event_id)
    return statement.where(*narrowed)


def _marked(shape: Shape, mark: int, *, marked: bool, short: bool) -> list[Select[Any]]:
    """Events by their rows of one mark, one statement for each area; `short` those that lasted at most a month."""
    narrowed = conditions(shape, as_of=shape.as_of, tags=marked)
    arms = []
    for place in [_within(event_marks, area, n) for n, area in enumerate(shape.areas)] or [event_marks.c.position == 0]:
        arm = select(event_marks.c.event_id, event_marks.c.day, event_marks.c.sort_at).where(
            place, event_marks.c.mark == like(f"mark{mark}", event_marks.c.mark)
        )
        if not short:
            arm = arm.where(text("event_marks.long_span = 1"))
        if shape.kinds:
            arm = arm.where(of_kinds(event_marks))
        if narrowed:
            arm = arm.join(events, events.c.event_id == event_marks.c.event_id)
        arms.append(arm.where(*_window(event_marks, shape, short=short), *narrowed))
    return arms


def long_arms(shape: Shape, *, marked: bool = False) -> list[tuple[FromClause, Select[Any]]]:
    """The few events that lasted longer than a month, found by small indices of their own."""
    if marked or shape.tags:
        marks = range(1 if marked else shape.tags)
        return [(event_marks, arm) for mark in marks for arm in _marked(shape, mark, marked=marked, short=False)]
    return [(events, _long_arm(shape))]


def _long_arm(shape: Shape) -> Select[Any]:
    # The subquery keeps the planners from reading the large indices instead of the small one.
    since = like("first_day", events.c.day_end)
    began = events.c.day < like("short_from", events.c.day)
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
        statement = statement.where(of_kinds(events))
    return statement.where(*_window(events, shape, short=False), *conditions(shape, as_of=shape.as_of))


def _unindexed(column: ColumnElement[_T]) -> ColumnElement[_T]:
    """The same value, in a form that no index has: keeps the planners from an index that holds nearly every row."""
    return func.coalesce(column, column)


def _window(table: FromClause, shape: Shape, *, short: bool) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    day = table.c.day if short else _unindexed(table.c.day)
    if shape.as_of:  # the first publication, or long ago where there is none; and it is in the index
        conditions.append(table.c.sort_at <= like("as_of", table.c.sort_at))
    if shape.last_day:
        conditions.append(day <= like("last_day", table.c.day))
    if shape.first_day:
        conditions.append(table.c.day_end >= like("first_day", table.c.day_end))
        bound = like("short_from", table.c.day)
        conditions.append(day >= bound if short else day < bound)
    return conditions


def conditions(shape: Shape, *, as_of: bool, tags: bool = False) -> list[ColumnElement[bool]]:
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
            said = said.where(or_(published.is_(None), published <= like("as_of", published)))
        conditions.append(said)
    return conditions


def of_kinds(table: FromClause) -> ColumnElement[bool]:
    return table.c.kind.in_(any_of("kinds"))


def _holds(column: ColumnElement[str], name: str) -> ColumnElement[bool]:
    return column.contains(like(name, column), escape=ESCAPE)


def like(name: str, column: ColumnElement[_T]) -> BindParameter[_T]:
    """A value kept as this column keeps its own."""
    return bindparam(name, type_=column.type)


def whole(name: str) -> BindParameter[int]:
    return bindparam(name, type_=Integer())


def _real(name: str) -> BindParameter[float]:
    return bindparam(name, type_=Float())


def any_of(name: str) -> BindParameter[Any]:
    """Any number of values, kept as the column keeps them that they are compared with."""
    return bindparam(name, expanding=True)
