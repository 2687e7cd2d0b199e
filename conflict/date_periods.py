"""The grammar of stretches of time: units, "ago", "last 3 days", the first week of, quarters, seasons, feasts, thirds.

Built on the days and months of date_grammar.py; the same rules hold: bounded look-ahead, words as data.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from conflict.date_grammar import DayGrammar, Read
from conflict.date_items import Item
from conflict.date_numeric import numeric
from conflict.date_spans import (
    DateKind,
    Days,
    Partial,
    Reference,
    back_by,
    feasts,
    nth_week,
    settle,
    shift,
    shift_months,
    third_of,
    unit_span,
    week_of,
)

_UNITS = ("hour", "day", "weekend", "week", "month", "quarter", "half", "year", "decade")  # shortest first
_CALENDAR = ("week", "weekend", "month", "quarter", "year", "decade")


class Grammar(DayGrammar):
    """Reads single expressions (no ranges) from the items of one text."""

    def __init__(self, items: Sequence[Item], reference: Reference) -> None:
        super().__init__(items, reference)
        self._alternatives: tuple[Callable[[int], Read], ...] = (
            self.relative_day,
            self.weekday,
            self.part_first,
            self.day_and_month,
            self.month,
            self.edge,
            self.ago_or_later,
            self.calendar_unit,
            self.rolling,
            self.nth_of,
            self.quarter,
            self.year,
            self.season,
            self.holiday,
            self.week_from,
            self.weekend_of,
            self.ordinal_day,
        )

    def simple(self, index: int, *, nested: bool = False) -> Read:
        """The longest single expression that begins here; `nested` inside "2 weeks before ..."."""
        if not self.near_content(index):
            return None
        best: Read = numeric(self, index)
        for alternative in self._alternatives:
            if nested and alternative == self.ago_or_later:
                continue
            found = alternative(index)
            if found and (best is None or found[1] > best[1]):
                best = found
        return best

    def edge(self, index: int) -> Read:
        """ "Late August", "the end of 2008", "mid-November", "early last week", "أوائل كانون الأول"."""
        at = self.skip(index, "the")
        edge = next((role for role in ("early", "mid", "late", "begin", "end") if self.item(at).has(role)), None)
        if edge is None:
            return None
        at = self.skip(self.sign(at + 1, "-"), "of", "the")
        if self.item(at).has("edge"):
            return None
        inner = self.month(at) or self.year(at) or self.calendar_unit(at) or self._bare_unit(at)
        if inner is None:
            return None
        node = inner[0]
        if isinstance(node, Partial):
            if node.day is not None:
                return None
            return Partial(node.year, node.month, edge=edge), inner[1]
        return third_of(node, edge), inner[1]

    def _bare_unit(self, index: int) -> Read:
        """ "The month", "الشهر" after "the beginning of": the current one."""
        unit = self.item(index).roles.get("unit")
        if unit and unit[0] in _CALENDAR and unit[1] is None:
            return Days(*unit_span(unit[0], self.reference.today, 0), DateKind.RANGE), index + 1
        return None

    def count_at(self, index: int) -> tuple[int, str, int] | None:
        """A number of units: "3 days", "a week", "two years", "يومين"; (count, unit, index after)."""
        item = self.item(index)
        unit = item.roles.get("unit")
        if unit and unit[1] is not None:
            return unit[1], unit[0], index + 1
        count = 1 if item.has("one") else item.roles.get("num")
        if isinstance(count, int):
            after = self.sign(index + 1, "-")
            unit = self.item(after).roles.get("unit")
            if unit and unit[1] is None:
                return count, unit[0], after + 1
        return None

    def counts_at(self, index: int) -> tuple[list[tuple[int, str]], int] | None:
        """Numbers of units added up: "3 months and 2 weeks and 2 days"."""
        counted: list[tuple[int, str]] = []
        at = index
        for _ in range(4):
            found = self.count_at(at)
            if not found:
                break
            if counted and _UNITS.index(found[1]) >= _UNITS.index(counted[-1][1]):
                break
            counted.append(found[:2])
            index = found[2]
            at = self.skip(self.sign(index, ","), "and")
            if at == index:
                break
        return (counted, index) if counted else None

    def length_until_now(self, index: int) -> tuple[Days, int] | None:
        """The length after "since": "منذ أسبوع", "منذ 3 أيام", "since 3 days"; none where a date or "ago" follows."""
        counted = self.counts_at(index)
        stops: tuple[str, ...] = ("ago", "last")
        if counted is None:
            counted = self._one_unit(index)
            stops = ("ago", "last", "of", "num", "this", "month")
        if counted is None or not self.item(counted[1]).roles.keys().isdisjoint(stops):
            return None
        found = self._length(*counted)
        return (found[0], found[1]) if found and isinstance(found[0], Days) else None

    def _one_unit(self, index: int) -> tuple[list[tuple[int, str]], int] | None:
        """A unit without number that means one of it: "قبل أسبوع"."""
        unit = self.item(index).roles.get("unit")
        if not unit or unit[1] is not None or self.item(index).key.startswith("ال"):
            return None
        return [(1, unit[0])], index + 1

    def ago_or_later(self, index: int) -> Read:
        """ "Two days ago", "a week earlier", "2 weeks before May 13 1999", "قبل 3 أيام"."""
        leading = self.item(index).has("before") and not self.item(index).has("ago")
        counted = self.counts_at(index + leading)
        if counted is None and leading:
            counted = self._one_unit(index + 1)
            if counted and not self.item(counted[1]).roles.keys().isdisjoint(("last", "of", "num", "this", "month")):
                return None
        if counted is None:
            return None
        units, at = counted
        anchor = self.reference.today
        forward = False
        if not leading:
            item = self.item(at)
            if item.has("before") or item.has("after"):
                following = (
                    self.simple(self.skip(at + 1, "the"), nested=True)
                    if not self.item(at + 1).has("num") or self.item(at + 2).roles
                    else None
                )
                days = self.days(following[0]) if following else None
                if following and days:
                    anchor, forward, at = (
                        (days.end if item.has("after") else days.start),
                        item.has("after"),
                        following[1] - 1,
                    )
                elif not item.has("ago"):
                    return None
            elif not item.has("ago"):
                return None
            at += 1
        day = anchor
        for count, unit in units:
            day = back_by(day, unit, -count if forward else count)
        coarse = units[-1][1] in ("month", "quarter", "year", "decade")
        return Days(day, day, precision=3 if coarse else 2 if units[-1][1] == "week" else None), at

    def rolling(self, index: int) -> Read:
        """A length of time up to now: "last 3 days", "the past week", "10 previous weeks", "over 48 hours"."""
        at = self.skip(index, "over", "of") if self.item(index).has("over") else index
        over = at > index
        at = self.skip(at, "the")
        named = self.item(at).has("last") or self.item(at).has("past")
        past = self.item(at).has("past")
        start = at + named
        if named and self.item(start).has("past"):
            start += 1
        counted = self.counts_at(start)
        if counted is None and not named:
            counted, named = self._count_around_last(at)
        elif counted and self.item(counted[1]).has("last"):
            counted, named = (counted[0], counted[1] + 1), True
        if counted is None and past:
            unit = self.item(start).roles.get("unit")
            if unit and unit[0] not in ("quarter", "weekend", "half"):
                counted = [(1, unit[0])], start + 1
        if counted is None or not (named or over or self.reference.news):
            return None
        if self.item(counted[1]).has("ago"):
            return None
        return self._length(*counted)

    def _count_around_last(self, index: int) -> tuple[tuple[list[tuple[int, str]], int] | None, bool]:
        """ "10 previous weeks", "الأيام الثلاثة الماضية"."""
        count, unit = self.item(index).roles.get("num"), self.item(index).roles.get("unit")
        middle = self.item(index + 1)
        if isinstance(count, int) and (middle.has("last") or middle.has("past")):
            after = self.item(index + 2).roles.get("unit")
            if after and after[1] is None:
                return ([(count, after[0])], index + 3), True
        number = middle.roles.get("num", None)
        if unit and isinstance(number, int) and self.item(index + 2).has("last"):
            return ([(number, unit[0])], index + 3), True
        return None, False

    def _length(self, units: list[tuple[int, str]], after: int) -> Read:
        today = self.reference.today
        if len(units) == 1 and units[0][1] == "quarter" and not self.reference.news:
            first = unit_span("quarter", today, min(units[0][0], 400))[0]
            return Days(first, unit_span("quarter", today, 1)[1], DateKind.RANGE), after
        day, hours, days = today, 0, 0
        for count, unit in units:
            day = back_by(day, unit, count)
            hours += count if unit == "hour" else 0
        only_hours = all(unit == "hour" for _, unit in units)
        days = (today - day).days
        return (
            Days(
                day, today, DateKind.DURATION, hours=min(hours, 100_000) if only_hours else None, days=days, to_now=True
            ),
            after,
        )

    def calendar_unit(self, index: int) -> Read:
        """ "This month", "last week", "الشهر الماضي", "هذا الأسبوع", "the past quarter"."""
        at = self.skip(index, "over", "of") if self.item(index).has("over") else index
        at = self.skip(at, "the")
        for role, back in (("this", 0), ("last", 1), ("past", 1), ("next", -1)):
            unit = self.item(at + 1).roles.get("unit")
            if self.item(at).has(role) and unit and unit[1] is None and unit[0] in _CALENDAR:
                if role == "past" and unit[0] not in ("quarter", "weekend"):
                    continue
                return self._unit(unit[0], back), at + 2
            unit = self.item(at).roles.get("unit")
            if unit and unit[1] is None and self.item(at + 1).has(role) and role != "past" and unit[0] in _CALENDAR:
                if self.item(at + 2).has("of") and role == "last":
                    continue
                return self._unit(unit[0], back), at + 2
        return None

    def _unit(self, unit: str, back: int) -> Days:
        kind = {"month": DateKind.MONTH, "year": DateKind.YEAR}.get(unit, DateKind.RANGE)
        today = self.reference.today
        if unit == "weekend" and back == 0 and today.weekday() < 5:
            back = 1  # looking back, "this weekend" asked on a Tuesday is the one that passed
        return Days(*unit_span(unit, today, back), kind)

    def nth_of(self, index: int) -> Read:
        """ "The first week of January 2015", "last week of 2016", "week 12", "الأسبوع الأخير من يوليو"."""
        at = self.skip(index, "the")
        item, following = self.item(at), self.item(at + 1)
        number: int | None = None
        unit = following.roles.get("unit")
        if unit and unit[1] is None and (item.has("ord") or item.has("last") or item.has("past")):
            number = item.roles["ord"] if item.has("ord") else -1
        elif item.has("unit") and item.roles["unit"][1] is None:
            unit = item.roles["unit"]
            if following.has("ord") or following.has("last"):
                number = following.roles["ord"] if following.has("ord") else -1
            elif unit[0] == "week" and following.has("num") and following.digits in (1, 2):
                year = self.year_at(at + 2)
                whole = settle(Partial(year[0] if year else self.reference.today.year), self.reference)
                week = nth_week(whole.start, whole.end, following.roles["num"]) if whole else None
                return (Days(*week, DateKind.RANGE), year[1] if year else at + 2) if week else None
        if number is None or unit is None:
            return None
        at = self.skip(at + 2, "of", "the")
        inner = (
            self.month(at)
            or self.year(at)
            or self.calendar_unit(at)
            or (self._bare_unit(at) if self.item(at - 1).has("the") else None)
        )
        whole = self.days(inner[0]) if inner else None
        if inner is None or whole is None:
            return None
        part = self._nth(unit[0], number, whole)
        return (part, inner[1]) if part else None

    def _nth(self, unit: str, number: int, whole: Days) -> Days | None:
        if unit == "week":
            week = nth_week(whole.start, whole.end, number)
            return Days(*week, DateKind.RANGE) if week else None
        if unit == "day":
            day = whole.end if number < 0 else shift(whole.start, number - 1)
            return Days(day, day) if day <= whole.end else None
        months = {"month": 1, "quarter": 3, "half": 6}.get(unit)
        if months is None:
            return None
        count = max(round(((whole.end - whole.start).days + 1) / 30.4 / months), 1)
        place = count if number < 0 else number
        if not 1 <= place <= count:
            return None
        start = shift_months(whole.start, months * (place - 1))
        return Days(start, shift(shift_months(start, months), -1), DateKind.MONTH if months == 1 else DateKind.RANGE)

    def quarter(self, index: int) -> Read:
        """ "Q1 2019", "2019-Q1"."""
        year: tuple[int, int] | None = None
        at = index
        if self.item(at).digits == 4:
            year = self.year_at(at)
            at = self.sign(year[1], "-/") if year else at
        number = self.item(at + 1)
        if not (
            self.item(at).has("quarter_q") and number.glued and number.digits == 1 and 1 <= number.roles["num"] <= 4
        ):
            return None
        at += 2
        if year is None:
            year = self.year_at(at)
            at = year[1] if year else at
        today = self.reference.today
        month = 3 * number.roles["num"] - 2
        start = date(year[0] if year else today.year - (month > today.month), month, 1)
        return Days(start, shift(shift_months(start, 3), -1), DateKind.RANGE), at

    def season(self, index: int) -> Read:
        """ "Summer 2019", "last winter": the one of that year, else the latest that began."""
        at = self.skip(index, "the")
        prefix = next((role for role in ("last", "this", "past") if self.item(at).has(role)), None)
        at += prefix is not None
        if not self.item(at).has("season"):
            return None
        first, last = self.item(at).roles["season"]
        found = self.year_at(at + 1)
        after = found[1] if found else at + 1
        today = self.reference.today
        year = found[0] if found else today.year - (first > today.month)
        if self.item(after).has("last"):
            prefix, after = "last", after + 1
        length = (last - first) % 12 + 1
        start = date(year, first, 1)
        if prefix == "last" and not found and shift_months(start, length) > today:
            start = shift_months(start, -12)
        return Days(start, shift(shift_months(start, length), -1), DateKind.RANGE), after

    def holiday(self, index: int) -> Read:
        """A feast of a named year, else the latest: Easter, Eid al-Fitr, Nowruz, Ramadan."""
        at = self.skip(index, "the", "last", "past")
        if not self.item(at).has("holiday"):
            return None
        rule, value = self.item(at).roles["holiday"]
        found = self.year_at(at + 1)
        after = found[1] if found else at + 1
        today = self.reference.today
        relative = self.skip(after, "of")
        if (
            not found
            and self.item(relative + 1).roles.get("unit") == ("year", None)
            and (self.item(relative).has("this") or self.item(relative).has("last"))
        ):
            found, after = (today.year - self.item(relative).has("last"), relative + 2), relative + 2
        years = [found[0]] if found else [today.year, today.year - 1]
        spans = sorted((span for year in years for span in feasts(rule, value, year)), reverse=True)
        chosen = next((span for span in spans if span[0] <= today or found), None)
        if chosen is None:
            return None
        return Days(*chosen, DateKind.DAY if chosen[0] == chosen[1] else DateKind.RANGE), after

    def week_from(self, index: int) -> Read:
        """ "The week of Feb 4", "w/c Feb 4", "the week starting on February 4"."""
        at = self.skip(index, "the")
        week = self.item(at).roles.get("unit") == ("week", None) and self.item(at + 1).has("of")
        if not (week or self.item(at).has("weekof")):
            return None
        inner = self.day_and_month(self.skip(at + 1, "of", "the")) or self.weekday(self.skip(at + 1, "of", "the"))
        days = self.days(inner[0]) if inner else None
        if inner is None or days is None:
            return None
        start = week_of(days.start)[0] if week else days.start
        return Days(start, shift(start, 6), DateKind.RANGE), inner[1]

    def weekend_of(self, index: int) -> Read:
        """ "The weekend", "the weekend of 5 March"."""
        at = self.skip(index, "the")
        if self.item(at).roles.get("unit") != ("weekend", None):
            return None
        inner_at = self.skip(at + 1, "of", "the")
        inner = (self.day_and_month(inner_at) or self.holiday(inner_at)) if inner_at > at + 1 else None
        days = self.days(inner[0]) if inner else None
        if inner and days:
            saturday = shift(week_of(days.start)[0], 5)
            return Days(saturday, shift(saturday, 1), DateKind.RANGE), inner[1]
        return self._unit("weekend", 0), at + 1
