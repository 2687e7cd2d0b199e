"""Weeks or places side by side: how many events, how many deaths, each row counted for itself, none left out.

A toll report is in a row where all it covers is. What lasted several days is counted on its first, so rows must not be
added.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from conflict.counts import Figure, Total
from conflict.places import Place
from conflict.tolls import TollReport, total_of

_DAILY = 14  # days: up to so many a row is a day
_WEEKLY = 120  # and up to so many a week, beyond that a month
_MOST_ROWS = 31


@dataclass(frozen=True, slots=True)
class TableRow:
    """Events and deaths of some days (`end` is exclusive) or of a place; `untold` events have no number of deaths.

    `lasting` of the events lasted longer than their first day.
    """

    events: int
    killed: Total
    untold: int = 0
    lasting: int = 0
    start: date | None = None
    end: date | None = None
    place: Place | None = None


def trend_rows(
    days: Sequence[tuple[date, int, int]], figures: Sequence[Figure], tolls: Sequence[TollReport]
) -> tuple[TableRow, ...]:
    """Rows by day, week (from Monday) or month, newest first, with the empty ones between; the newest 31.

    `days` has of each first day the number of events, and of those that lasted longer; `figures` the deaths of all.
    """
    known = [one for one in days if one[0].year < date.max.year]
    if not known:
        return ()
    first, last = min(day for day, _, _ in known), max(day for day, _, _ in known)
    span = (last - first).days
    starts, start = [], _start(first, span)
    while start <= last:
        starts.append(start)
        start = _next(start, span)
    rows = []
    for begin in starts[::-1][:_MOST_ROWS]:
        end = _next(begin, span)
        inside = [figure for figure in figures if begin <= figure.start < end]
        numbers = [(events, lasting) for day, events, lasting in known if begin <= day < end]
        row = _row(sum(events for events, _ in numbers), inside, tolls, begin, end - timedelta(days=1))
        rows.append(replace(row, lasting=sum(lasting for _, lasting in numbers), start=begin, end=end))
    return tuple(rows)


def place_row(
    place: Place, events: int, figures: Sequence[Figure], tolls: Sequence[TollReport], earliest: date | None
) -> TableRow:
    """The row of a place: `events` in it, the deaths of all of them, the counts among `tolls` that lie in it."""
    return replace(_row(events, figures, [toll for toll in tolls if _about(toll, place)], earliest), place=place)


def _row(
    events: int,
    figures: Sequence[Figure],
    tolls: Sequence[TollReport],
    first: date | None = None,
    last: date | None = None,
) -> TableRow:
    counted = tolls if events else ()
    if last is None:  # a place, whenever it was
        total = total_of(figures, counted, earliest=first)
    else:
        total = total_of(figures, counted, first_day=first, last_day=last)
    return TableRow(events, total, untold=max(0, events - len(figures)))


def _about(toll: TollReport, place: Place) -> bool:
    """Whether all that a count covers lies in the place."""
    found = [p.place for p in toll.places if p.place]
    return bool(found) and all(
        place.place_id in (p.place_id, p.admin1_id, p.admin2_id)
        or (place.country_code is not None and place.admin1_id is None and p.country_code == place.country_code)
        for p in found
    )


def _start(when: date, span: int) -> date:
    if span <= _DAILY:
        return when
    return when - timedelta(days=when.weekday()) if span <= _WEEKLY else when.replace(day=1)


def _next(start: date, span: int) -> date:
    if span <= _DAILY:
        return start + timedelta(days=1)
    return start + timedelta(days=7) if span <= _WEEKLY else (start + timedelta(days=32)).replace(day=1)
