"""Dates written in digits: ISO, day first or (where that is impossible) month first, with a month's name in the middle.

A day comes before its month, as in all the countries covered and in the sources read; 5/12 keeps its other reading for
`date_spans` to weigh. Two parts alone ("5/12", "7.6") are a date in a question, in news only after a weekday.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conflict.date_spans import Partial, real

if TYPE_CHECKING:
    from conflict.date_grammar import DayGrammar

_SEPARATORS = "/-."


def numeric(grammar: DayGrammar, index: int, *, weekday: int | None = None) -> tuple[Partial, int] | None:
    """The date in digits that begins here and the index after it."""
    first = grammar.item(index)
    if not first.digits or not first.has("num"):
        return None
    if first.digits == 8:
        value = first.roles["num"]
        whole = real(value // 10000, value // 100 % 100, value % 100)
        return (
            (Partial(whole.year, whole.month, whole.day), index + 1) if whole and 1900 <= whole.year <= 2100 else None
        )
    return _three(grammar, index) or _two(grammar, index, weekday)


def _three(grammar: DayGrammar, index: int) -> tuple[Partial, int] | None:
    """Three parts: 2019-11-30, 30/11/2019, 30-Nov-2019, 2016 10 16, 12/12/30."""
    first = grammar.item(index)
    one = grammar.sign(index + 1, _SEPARATORS)
    spaced = one == index + 1
    middle = grammar.item(one)
    two = grammar.sign(one + 1, _SEPARATORS)
    last = grammar.item(two)
    if spaced != (two == one + 1) or not last.digits or not last.has("num"):
        return None
    if middle.has("month"):
        if spaced:
            return None
        month = middle.roles["month"]
        if first.digits == 4 and last.digits <= 2:
            return _checked(first.roles["num"], month, last.roles["num"], two + 1)
        if last.digits in (2, 4) and first.digits <= 2:
            return _checked(_year(grammar, last.roles["num"], last.digits), month, first.roles["num"], two + 1)
        return None
    if not middle.has("num") or not middle.digits or middle.digits > 2:
        return None
    if not spaced and (grammar.item(index + 1).key != grammar.item(one + 1).key or not (middle.glued and last.glued)):
        return None
    if first.digits == 4 and last.digits <= 2:
        return _checked(first.roles["num"], middle.roles["num"], last.roles["num"], two + 1)
    if spaced or first.digits > 2 or last.digits not in (2, 4):
        return None
    year = _year(grammar, last.roles["num"], last.digits)
    day, month = first.roles["num"], middle.roles["num"]
    if real(year, month, day) is None:
        return _checked(year, day, month, two + 1)
    swapped = (month, day) if real(year, day, month) and day != month else None
    return Partial(year, month, day, swapped=swapped), two + 1


def _two(grammar: DayGrammar, index: int, weekday: int | None) -> tuple[Partial, int] | None:
    """Two parts: 2015-12, 12/2015, and as day and month 5/12, 7.6."""
    first, last = grammar.item(index), grammar.item(index + 2)
    sign = grammar.item(index + 1).key
    if grammar.sign(index + 1, _SEPARATORS) == index + 1 or not last.digits or not last.has("num"):
        return None
    if not (grammar.item(index + 1).glued and last.glued):
        return None
    one, two = first.roles["num"], last.roles["num"]
    if first.digits == 4 and last.digits <= 2 and 1900 <= one <= 2100 and 1 <= two <= 12 and sign != ".":
        return Partial(one, two), index + 3
    if last.digits == 4 and first.digits <= 2 and 1900 <= two <= 2100 and 1 <= one <= 12 and sign != ".":
        return Partial(two, one), index + 3
    if first.digits > 2 or last.digits > 2 or sign == "-" or (grammar.reference.news and weekday is None):
        return None
    if sign == "." and weekday is None and not grammar.item(index - 1).has("prep"):
        return None
    if real(2020, two, one) is None:
        return (Partial(None, one, two), index + 3) if real(2020, one, two) else None
    swapped = (two, one) if real(2020, one, two) and one != two else None
    return Partial(None, two, one, swapped=swapped), index + 3


def _year(grammar: DayGrammar, value: int, digits: int) -> int:
    """A year of two digits lies in the hundred years up to now."""
    if digits == 4:
        return value
    this_year = grammar.reference.today.year
    year = this_year // 100 * 100 + value
    return year if year <= this_year else year - 100


def _checked(year: int, month: int, day: int, after: int) -> tuple[Partial, int] | None:
    return (Partial(year, month, day), after) if 1900 <= year <= 2100 and real(year, month, day) else None
