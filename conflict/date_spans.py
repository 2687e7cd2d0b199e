"""From what a date expression says to the days it means, looking back from a reference day.

A year that is not said is the latest one that does not lie ahead. Weeks begin on Monday and belong to the month and
year of their Thursday (ISO 8601). Islamic days follow the tabular calendar, a day more or less than the moon seen.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from conflict.vocabulary import PartOfDay

_FIRST_YEAR, _LAST_YEAR = 1900, 2100
_AHEAD = 65  # news: a day without a year may lie this many days ahead before it is read as last year's


class DateKind(StrEnum):
    """What sort of expression it is: a day, days from-to, a length of time up to the reference day, "since", ..."""

    DAY = "day"
    RANGE = "range"
    DURATION = "duration"
    SINCE = "since"
    UNTIL = "until"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Days:
    """Days that are settled, both ends inclusive. `hours`: a length in hours that ends at the present instant.

    `to_now`: it runs up to the present. `days`: the whole days of a relative period ("last 3 days"), for wording.
    `edge`: the day it stands for as one end of a range, where that is no end of its days ("the end of 2007").
    """

    start: date
    end: date
    kind: DateKind = DateKind.DAY
    part: PartOfDay | None = None
    precision: int | None = None
    hours: int | None = None
    days: int | None = None
    to_now: bool = False
    edge: date | None = None
    open_start: bool = False


@dataclass(frozen=True, slots=True)
class Partial:
    """A calendar date with parts unsaid; `edge` is early, mid, late, begin or end of the month or year."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    edge: str | None = None
    part: PartOfDay | None = None
    swapped: tuple[int, int] | None = None  # (day, month) of the other reading of 5/12


@dataclass(frozen=True, slots=True)
class Reference:
    """The day looked back from; `news`: a report published that day, else a question asked on it."""

    today: date
    news: bool


def real(year: int, month: int, day: int) -> date | None:
    """The day, None where the calendar has none (30 February)."""
    if not (1 <= year <= 9999 and 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]):
        return None
    return date(year, month, day)


def shift(day: date, days: int) -> date:
    """The day so many days on, kept inside the calendar."""
    ordinal = min(max(day.toordinal() + days, 1), date.max.toordinal())
    return date.fromordinal(ordinal)


def shift_months(day: date, months: int) -> date:
    """The same day so many months on, the last of the month where there is none."""
    index = min(max(day.year * 12 + day.month - 1 + months, 12), 9999 * 12 + 11)
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def month_end(year: int, month: int) -> date:
    """The last day of a month."""
    return date(year, month, calendar.monthrange(year, month)[1])


def precision_of(start: date, end: date) -> int:
    """ACLED's precision of a stretch: 1 a day (or two, of a night), 2 within a week, 3 longer."""
    length = (end - start).days + 1
    return 1 if length <= 2 else 2 if length <= 7 else 3


def settle(partial: Partial, reference: Reference) -> Days | None:
    """The days a calendar date means, None where there are none such."""
    if partial.month is not None and partial.day is not None:
        return _settle_day(partial, reference)
    if partial.day is not None:
        return _day_of_month(partial, reference)
    if partial.month is not None:
        return _settle_month(partial, reference)
    if partial.year is not None:
        return _stretch(date(partial.year, 1, 1), date(partial.year, 12, 31), partial, DateKind.YEAR)
    if partial.weekday is not None:
        day = shift(reference.today, -((reference.today.weekday() - partial.weekday) % 7))
        return Days(day, day, part=partial.part)
    return None


def _settle_day(partial: Partial, reference: Reference) -> Days | None:
    readings = [(partial.day or 0, partial.month or 0)]
    if partial.swapped:
        readings.append(partial.swapped)
    found: list[date] = []
    for day, month in readings:
        settled = _year_of(day, month, partial, reference)
        if settled is not None:
            found.append(settled)
    if not found:
        return None
    chosen = found[0]
    if len(found) > 1:
        chosen = _likelier(found[0], found[1], partial, reference)
    return Days(chosen, chosen, part=partial.part)


def _likelier(first: date, second: date, partial: Partial, reference: Reference) -> date:
    """Of 5/12 read day first and month first: the one on the weekday said; else day first unless it lies ahead.

    In a question, a day first that would be of last year gives way to a month first of this year.
    """
    if partial.weekday is not None:
        if first.weekday() == partial.weekday:
            return first
        if second.weekday() == partial.weekday:
            return second
    if reference.news:
        return first
    today = reference.today
    if first > today >= second:
        return second
    if partial.year is None and first.year < today.year == second.year and second <= today:
        return second
    return first


def _year_of(day: int, month: int, partial: Partial, reference: Reference) -> date | None:
    if partial.year is not None:
        return real(partial.year, month, day)
    today = reference.today
    years = (real(today.year - back, month, day) for back in range(9))
    matching = next((found for found in years if found and found <= today), None)
    if reference.news:
        for ahead in (today.year, today.year + 1):
            soon = real(ahead, month, day)
            if soon and 0 < (soon - today).days <= _AHEAD and (matching is None or (today - matching).days > 240):
                return soon
    return matching


def _day_of_month(partial: Partial, reference: Reference) -> Days | None:
    """ "The 18th", "Friday 13th": the latest month that has such a day."""
    cursor = reference.today.replace(day=1)
    for _ in range(60):
        found = real(cursor.year, cursor.month, partial.day or 0)
        if found and found <= reference.today and partial.weekday in (None, found.weekday()):
            return Days(found, found, part=partial.part)
        cursor = shift_months(cursor, -1)
    return None


def _settle_month(partial: Partial, reference: Reference) -> Days | None:
    year, month, today = partial.year, partial.month or 1, reference.today
    if year is None:
        year = today.year if month <= today.month else today.year - 1
        if reference.news and month > today.month and (month - today.month) * 30 <= _AHEAD:
            year = today.year
        elif not reference.news and partial.edge and month == today.month:
            start = _stretch(date(year, month, 1), month_end(year, month), partial, DateKind.MONTH).start
            year -= start > today
    return _stretch(date(year, month, 1), month_end(year, month), partial, DateKind.MONTH)


def _stretch(start: date, end: date, partial: Partial, kind: DateKind) -> Days:
    """A month, a year or any stretch, or its early, middle or late third."""
    return (
        third_of(Days(start, end, kind, partial.part), partial.edge)
        if partial.edge
        else Days(start, end, kind, partial.part)
    )


def third_of(whole: Days, edge: str) -> Days:
    """The early, middle or late third: of a month its ten days, of a year its four months."""
    start, end = whole.start, whole.end
    length = (end - start).days + 1
    if length > 300:
        starts = (start, shift_months(start, 4), shift_months(start, 8))
    elif length >= 28:
        starts = (start, shift(start, 9), shift(start, 20))
    else:
        starts = (start, shift(start, length // 3), shift(start, length - max(length // 3, 1)))
    middle_end = shift(start, 19) if 28 <= length <= 31 else shift(starts[2], -1)
    middle_end = max(middle_end, starts[1])
    if edge in ("early", "begin"):
        early_end = shift(start, 9) if 28 <= length <= 31 else max(shift(starts[1], -1), start)
        return Days(start, early_end, DateKind.RANGE, whole.part, edge=start if edge == "begin" else None)
    if edge == "mid":
        return Days(starts[1], middle_end, DateKind.RANGE, whole.part, edge=shift(start, length // 2))
    return Days(starts[2], end, DateKind.RANGE, whole.part, edge=shift(end, 1) if edge == "end" else None)


def week_of(day: date) -> tuple[date, date]:
    """Monday to Sunday of the day's week."""
    monday = shift(day, -day.weekday())
    return monday, shift(monday, 6)


def nth_week(start: date, end: date, number: int) -> tuple[date, date] | None:
    """The n-th week whose Thursday lies in the stretch; -1 is the last."""
    if number < 0:
        monday, sunday = week_of(end)
        return (monday, sunday) if shift(monday, 3) <= end else week_of(shift(end, -7))
    first = shift(week_of(start)[0], 0 if shift(week_of(start)[0], 3) >= start else 7)
    monday = shift(first, 7 * (number - 1))
    return (monday, shift(monday, 6)) if number >= 1 and shift(monday, 3) <= end else None


def unit_span(unit: str, day: date, back: int) -> tuple[date, date]:
    """The calendar unit of the day, or the one so many before it."""
    if unit == "week":
        return week_of(shift(day, -7 * back))
    if unit == "weekend":
        saturday = shift(week_of(shift(day, -7 * back))[0], 5)
        return saturday, shift(saturday, 1)
    if unit == "month":
        start = shift_months(day.replace(day=1), -back)
        return start, month_end(start.year, start.month)
    if unit == "quarter":
        start = shift_months(date(day.year, 3 * ((day.month - 1) // 3) + 1, 1), -3 * back)
        return start, shift(shift_months(start, 3), -1)
    if unit == "year":
        year = max(day.year - back, 1)
        return date(year, 1, 1), date(year, 12, 31)
    if unit == "decade":
        year = max(day.year // 10 * 10 - 10 * back, 1)
        return date(year, 1, 1), date(year + 9, 12, 31)
    moved = shift(day, -back)
    return moved, moved


def back_by(day: date, unit: str, count: int) -> date:
    """The day so many units before."""
    count = min(count, 100_000)
    if unit in ("month", "quarter", "year", "decade", "half"):
        return shift_months(day, -count * {"month": 1, "quarter": 3, "half": 6, "year": 12, "decade": 120}[unit])
    if unit == "hour":
        return shift(day, -((count + 23) // 24))
    return shift(day, -count * (7 if unit in ("week", "weekend") else 1))


def easter(year: int) -> date:
    """Easter Sunday of the Western churches (the anonymous Gregorian computus)."""
    a, b, c = year % 19, year // 100, year % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    m = (a + 11 * h + 22 * weekday) // 451
    month, day = divmod(h + weekday - 7 * m + 114, 31)
    return date(year, month, day + 1)


def islamic(year: int, month: int, day: int) -> date:
    """The Gregorian day of a day of the tabular Islamic calendar (Thursday epoch: nearest to those announced)."""
    ordinal = day + -(-59 * (month - 1) // 2) + (year - 1) * 354 + (3 + 11 * year) // 30 + 227013
    return date.fromordinal(min(max(ordinal, 1), date.max.toordinal()))


def widen(days: Days, part: PartOfDay | None) -> Days:
    """The same days with a part of the day."""
    return days if part is None else replace(days, part=part)


def feasts(rule: str, value: object, year: int) -> list[tuple[date, date]]:
    """The days of a feast in a Gregorian year; an Islamic one may fall twice or not at all."""
    if rule == "fixed" and isinstance(value, list):
        day = date(year, value[0], value[1])
        return [(day, day)]
    if rule == "easter" and isinstance(value, int):
        day = shift(easter(year), value)
        return [(day, day)]
    if rule == "islamic" and isinstance(value, list):
        first = (year - 622) * 33 // 32
        starts = [islamic(hijri, value[0], value[1]) for hijri in range(first - 1, first + 3)]
        return [(start, shift(start, value[2] - 1)) for start in starts if start.year == year]
    return []
