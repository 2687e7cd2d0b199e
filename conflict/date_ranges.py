"""Expressions built of others: from-to, between-and, "5-7 March", since, until, before and after.

What one end leaves unsaid it takes from the other ("Nov 18 - Dec 19, 2015", "1 to 5 December"). The end that is named
counts in: "from September to November" runs to 30 November.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from conflict.date_grammar import Node
from conflict.date_periods import Grammar
from conflict.date_spans import DateKind, Days, Partial, precision_of, real, settle, shift, shift_months


@dataclass(frozen=True, slots=True)
class Found:
    """A settled expression: the items it spans and its days."""

    first: int
    after: int
    days: Days


def expressions(grammar: Grammar) -> Iterator[Found]:
    """All date expressions of the items, left to right, non-overlapping."""
    index = 0
    while index < len(grammar.items):
        found = _at(grammar, index)
        if found is None:
            index += 1
            continue
        yield found
        index = max(found.after, index + 1)


def _at(grammar: Grammar, index: int) -> Found | None:
    if not grammar.near_content(index) or grammar.item(index - 1).has("every"):
        return None
    best: Found | None = None
    for reader in (_bounded, _open, _plain):
        found = reader(grammar, index)
        if found and (best is None or found.after > best.after):
            best = found
    return best


def _bounded(grammar: Grammar, index: int) -> Found | None:
    """ "From X to Y", "between X and Y"."""
    item = grammar.item(index)
    if not (item.has("from") or item.has("between") or item.has("since")):
        return None
    first = _endpoint(grammar, index + 1)
    if first is None:
        return None
    joint = grammar.skip(first[1], "the") if grammar.item(first[1]).has("and") else first[1]
    joint = grammar.sign(joint, ",") if grammar.item(joint).key == "," else joint
    join = grammar.item(joint)
    if not (join.has("to") or (join.has("and") and item.has("between"))):
        return None
    second = _endpoint(grammar, joint + 1)
    if second is None:
        return None
    days = _span(grammar, first[0], second[0])
    return Found(index, second[1], days) if days else None


def _endpoint(grammar: Grammar, index: int) -> tuple[Node, int] | None:
    """One end: an expression, the present, or a bare day of the month."""
    at = grammar.skip(index, "the") if not grammar.item(index).has("day") else index
    item = grammar.item(at)
    best = grammar.simple(index) or (grammar.simple(at) if at != index else None)
    if best is None and item.has("now"):
        today = grammar.reference.today
        return Days(today, today, to_now=True), at + 1
    if best is None:
        number = grammar.day_number(index)
        if number and not grammar.item(number[1]).has("unit"):
            return Partial(day=number[0]), number[1]
    if best and isinstance(best[0], Days) and best[0].kind is DateKind.DURATION:
        return None
    return best


def _span(grammar: Grammar, first: Node, second: Node) -> Days | None:
    """The days from one expression to another, each completed from the other."""
    reference = grammar.reference
    if isinstance(first, Partial) and isinstance(second, Partial):
        first, second = _completed(first, second)
        if first.swapped and second.swapped and first.year and second.year:
            first, second = _shorter(first, second)
    going_on = _going_on(first, second, grammar)
    if going_on:
        return going_on
    end = settle(second, reference) if isinstance(second, Partial) else second
    if end is None:
        return None
    year_open = isinstance(first, Partial) and first.year is None and (first.month is not None or first.day is not None)
    if year_open and isinstance(first, Partial):
        start = _latest_before(first, end.start, grammar)
    else:
        start = settle(first, reference) if isinstance(first, Partial) else first
    if start is None:
        return None
    if isinstance(first, Days) and first.kind is DateKind.DAY and 0 < (start.start - end.end).days <= 7:
        start = replace(start, start=shift(start.start, -7), end=shift(start.end, -7))
    begin = start.edge or start.start
    finish = shift(end.edge, -1) if end.edge and end.edge > end.end else end.edge or end.end
    if begin > finish:
        return None
    part = start.part if start.part is end.part else None
    return Days(begin, finish, DateKind.RANGE, part=part, to_now=end.to_now)


def _going_on(first: Node, second: Node, grammar: Grammar) -> Days | None:
    """Days from-to without a year that have begun this year and not yet ended ("1 to 5 December" on the 2nd)."""
    if not (isinstance(first, Partial) and isinstance(second, Partial)) or first.year or second.year:
        return None
    if None in (first.day, first.month, second.day, second.month):
        return None
    today = grammar.reference.today
    begin = real(today.year, first.month or 0, first.day or 0)
    finish = real(today.year, second.month or 0, second.day or 0)
    if begin and finish and begin <= today < finish:
        return Days(begin, finish, DateKind.RANGE)
    return None


def _completed(first: Partial, second: Partial) -> tuple[Partial, Partial]:
    """Month and year unsaid on one side are those of the other; a day named after a month is of that month."""
    if first.day is not None and first.month is None and second.month is not None and second.day is not None:
        first = replace(first, month=second.month)
    if second.day is not None and second.month is None and first.month is not None:
        second = replace(second, month=first.month)
    if first.year is not None and second.year is None and second.month is not None:
        wraps = first.month is not None and (second.month, second.day or 0) < (first.month, first.day or 0)
        second = replace(second, year=first.year + wraps)
    if second.year is not None and first.year is None and first.month is not None and second.month is not None:
        wraps = (first.month, first.day or 0) > (second.month, second.day or 99)
        first = replace(first, year=second.year - wraps)
    return first, second


def _shorter(first: Partial, second: Partial) -> tuple[Partial, Partial]:
    """Of 10/1/2018 - 10/7/2018 both read day first or both month first: the shorter stretch."""

    def length(a: Partial, b: Partial) -> int | None:
        try:
            days = (date(b.year or 1, b.month or 1, b.day or 1) - date(a.year or 1, a.month or 1, a.day or 1)).days
        except ValueError:
            return None
        return days if days >= 0 else None

    others = (_turned(first), _turned(second))
    as_written, turned = length(first, second), length(*others)
    if turned is not None and (as_written is None or turned < as_written):
        return others
    return replace(first, swapped=None), replace(second, swapped=None)


def _turned(partial: Partial) -> Partial:
    day, month = partial.swapped or (partial.day, partial.month)
    return replace(partial, day=day, month=month, swapped=None)


def _latest_before(first: Partial, end: date, grammar: Grammar) -> Days | None:
    """The latest such day or month that does not begin after the end of the range."""
    if first.month is None:
        cursor = end.replace(day=1)
        for _ in range(24):
            found = settle(replace(first, year=cursor.year, month=cursor.month), grammar.reference)
            if found and found.start <= end:
                return found
            cursor = shift_months(cursor, -1)
        return None
    for year in range(end.year, end.year - 9, -1):
        found = settle(replace(first, year=year), grammar.reference)
        if found and found.start <= end:
            return found
    return None


def _open(grammar: Grammar, index: int) -> Found | None:
    """ "Since Monday", "from 30 November", "until X", "before X", "after X"."""
    item = grammar.item(index)
    role = next((role for role in ("since", "from", "until", "before", "after") if item.has(role)), None)
    if role is None or (role == "until" and item.glued):  # "a passer-by on Wednesday"
        return None
    if role == "since":
        length = grammar.length_until_now(index + 1)
        if length:
            return Found(index, length[1], length[0])
    inner = grammar.simple(grammar.skip(index + 1, "since")) or grammar.simple(grammar.skip(index + 1, "of", "the"))
    days = grammar.days(inner[0]) if inner else None
    if inner is None or days is None:
        return None
    reference = grammar.reference
    if role == "from" and reference.news and days.kind is not DateKind.DAY:
        return None
    if role in ("from", "after") and reference.news and grammar.item(inner[1]).key == "'":
        return None  # "the toll from Tuesday's strike" is no span of days
    if days.to_now:
        return Found(index, inner[1], days) if role in ("since", "from") else None
    edge = days.edge or days.start
    if role in ("since", "from"):
        since = Days(min(edge, reference.today), reference.today, DateKind.SINCE, part=days.part, to_now=True)
        return Found(index, inner[1], since)
    if role == "after":
        start = shift(days.end, 1)
        after = Days(start, max(reference.today, start), DateKind.SINCE, to_now=True)
        return Found(index, inner[1], after)
    last = shift(days.start, -1) if role == "before" else days.end
    return Found(index, inner[1], Days(last, last, DateKind.UNTIL, precision=3, open_start=True))


def _plain(grammar: Grammar, index: int) -> Found | None:
    """One expression, or two with a dash or "to" between: "5-7 March", "Monday to Wednesday", "2015-2018"."""
    first = grammar.simple(index)
    number = grammar.day_number(index)
    for start in (number, first):
        if start is None:
            continue
        node: Node = Partial(day=start[0]) if isinstance(start[0], int) else start[0]
        joined = grammar.item(start[1])
        both_days = joined.has("and") and isinstance(start[0], int)
        if not (joined.has("to") or both_days or (joined.key == "/" and isinstance(start[0], int))):
            continue
        if isinstance(start[0], int) and not grammar.item(start[1] - 1).digits and not joined.has("to"):
            continue
        second = _endpoint(grammar, start[1] + 1)
        if second is None or (isinstance(node, Days) and node.kind is DateKind.DURATION):
            continue
        if isinstance(start[0], int) and not (
            isinstance(second[0], Partial) and second[0].month is not None and second[0].day is not None
        ):
            continue
        if (
            isinstance(second[0], Partial)
            and second[0].month is None
            and second[0].year is None
            and second[0].weekday is None
            and not (isinstance(node, Partial) and node.month is not None and node.day is not None)
        ):
            continue
        days = _span(grammar, node, second[0])
        if days and (first is None or second[1] > first[1]):
            return Found(index, second[1], days)
    if first is None:
        return None
    settled = grammar.days(first[0])
    return Found(index, first[1], settled) if settled else None


def precision(days: Days) -> int:
    """ACLED's precision of what was found."""
    if days.precision is not None:
        return days.precision
    return precision_of(days.start, days.end)
