"""The grammar of date expressions over items: what may stand together, in English and Arabic order.

Each reader looks at a bounded number of items from one position and gives what it found and the index after it, so the
whole is linear. No words stand here; they are data. Ranges and "since" are built in date_ranges.py on top of this.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from conflict.date_items import Item
from conflict.date_spans import (
    DateKind,
    Days,
    Partial,
    Reference,
    back_by,
    easter,
    islamic,
    nth_week,
    settle,
    shift,
    shift_months,
    third_of,
    unit_span,
    week_of,
    widen,
)
from conflict.vocabulary import PartOfDay

Node = Days | Partial
Read = tuple[Node, int] | None
_END = Item(0, 0, {})
_UNITS = ("hour", "day", "weekend", "week", "month", "quarter", "half", "year", "decade")  # shortest first
_HEART = frozenset(
    "month weekday unit num ord day part now season holiday weekof yeartodate monthtodate quarter_q".split()
)
_REACH = 5  # items between the beginning of an expression and its heart ("at the end of the third")
_CALENDAR = ("week", "weekend", "month", "quarter", "year", "decade")


class Grammar:
    """Reads single expressions (no ranges) from the items of one text."""

    def __init__(self, items: Sequence[Item], reference: Reference) -> None:
        self.items = items
        self.reference = reference
        self._content = _content(items)
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

    def item(self, index: int) -> Item:
        """The item, or an empty one past the end."""
        return self.items[index] if 0 <= index < len(self.items) else _END

    def skip(self, index: int, *roles: str) -> int:
        """The index past at most two items of these roles."""
        for _ in range(2):
            if index >= len(self.items) or self.items[index].roles.keys().isdisjoint(roles):
                return index
            index += 1
        return index

    def sign(self, index: int, signs: str) -> int:
        """The index past one of these signs, or the same index."""
        key = self.item(index).key
        return index + 1 if key and key in signs and self.item(index).end > self.item(index).start else index

    def near_content(self, index: int) -> bool:
        """Whether a date could begin here: a date word or a number within the next few items."""
        return 0 <= index < len(self._content) and self._content[index]

    def simple(self, index: int, *, nested: bool = False) -> Read:
        """The longest single expression that begins here; `nested` inside "2 weeks before ...", which nests no deeper."""
        from conflict.date_numeric import numeric

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

    def days(self, node: Node) -> Days | None:
        """The days of what was read."""
        return settle(node, self.reference) if isinstance(node, Partial) else node

    def relative_day(self, index: int) -> Read:
        """Yesterday, today, with or without a part of the day; "now"."""
        index = self.skip(index, "skip")
        item = self.item(index)
        today = self.reference.today
        if item.has("yeartodate") or item.has("monthtodate"):
            start = today.replace(month=1, day=1) if item.has("yeartodate") else today.replace(day=1)
            return Days(start, today, DateKind.RANGE, to_now=True), index + 1
        if not item.has("day"):
            return None
        day = shift(today, item.roles["day"])
        part, after = self.part_after(index + 1)
        return Days(day, day, part=part), after

    def part_after(self, index: int) -> tuple[PartOfDay | None, int]:
        """A part of the day that follows: "Sunday morning", "Sunday in the morning"."""
        at = self.skip(index, "of") if self.skip(index, "of") < len(self.items) else index
        at = self.skip(at, "the")
        item = self.item(at)
        if item.has("part"):
            return PartOfDay(item.roles["part"]), at + 1
        return None, index

    def weekday(self, index: int) -> Read:
        """A weekday, with "last", "this", a date, a day of the month or a part of the day."""
        at = self.skip(index, "the", "skip")
        prefix = next((role for role in ("last", "past", "this", "next") if self.item(at).has(role)), None)
        at += prefix is not None
        early = "night" if self.item(at).has("late") else "morning" if self.item(at).has("early") else None
        if early:
            at = self.skip(at + 1, "of")
            if not self.item(at).has("weekday"):
                return None
        item = self.item(at)
        if not item.has("weekday"):
            return None
        named, at = item.roles["weekday"], at + 1
        part, at = self.part_after(at)
        if part is None and early:
            part = PartOfDay(early)
        if prefix is None and self.item(at).has("last"):
            prefix, at = "latest", at + 1
        elif prefix is None and self.item(at).has("this"):
            at += 1
        dated = self._weekday_with_date(at, named, part)
        if dated:
            return dated
        return widen(self._weekday(named, prefix), part), at

    def _weekday_with_date(self, index: int, named: int, part: PartOfDay | None) -> Read:
        from conflict.date_numeric import numeric

        at = self.skip(self.sign(index, ",."), "the", "of")
        following = numeric(self, at, weekday=named) or self.day_and_month(at)
        if following is None and (
            self.item(at).has("ord") or (self.item(at).digits in (1, 2) and not self.item(at + 1).has("unit"))
        ):
            day = self.item(at).roles.get("ord", self.item(at).roles.get("num", 0))
            if 1 <= day <= 31 and at - index < 2 and not self.item(at + 1).has("part"):
                following = Partial(day=day), at + 1
        if following is None or not isinstance(following[0], Partial):
            return None
        found = following[0]
        return Partial(found.year, found.month, found.day, named, None, part or found.part, found.swapped), following[1]

    def _weekday(self, named: int, prefix: str | None) -> Days:
        today = self.reference.today
        back = (today.weekday() - named) % 7
        if prefix == "next":
            day = shift(today, 7 - back)
        elif prefix == "last" and not self.reference.news:
            day = shift(week_of(today)[0], named - 7)  # "last Wednesday" asked on a Thursday: of the week before
        elif prefix in ("last", "past", "latest"):
            day = shift(today, -(back or 7))
        else:
            day = shift(today, -back)
        return Days(day, day)

    def part_first(self, index: int) -> Read:
        """The part of the day first: "the night of 5 March", "overnight Saturday", "this morning", "صباح الأحد"."""
        at = self.skip(index, "the", "skip")
        prefix = next((role for role in ("this", "last") if self.item(at).has(role)), None)
        at += prefix is not None
        item = self.item(at)
        if not item.has("part"):
            return None
        part, at = PartOfDay(item.roles["part"]), at + 1
        today = self.reference.today
        if prefix == "last" or self.item(at).has("last"):
            at += self.item(at).has("last")
            return Days(shift(today, -1), shift(today, -1 if part is not PartOfDay.NIGHT else 0), part=part), at
        if prefix == "this":
            return Days(today, today, part=part), at
        inner = self.skip(at, "of", "the")
        following = self.relative_day(inner) or self.day_and_month(inner) or self.weekday(inner)
        if following:
            days = self.days(following[0])
            if days is None:
                return None
            if item.key == "overnight":
                return Days(days.start, shift(days.end, 1), part=part), following[1]
            return widen(days, part), following[1]
        if item.key == "overnight":
            return Days(shift(today, -1), today, part=part), at
        return None

    def year_at(self, index: int, *, loose: bool = False) -> tuple[int, int] | None:
        """A year and the index after it: "2019", "of 2019", ", 2019", "عام 2019", "'87" and, after "of", "87"."""
        at = self.sign(index, ",./-")
        joined = self.skip(at, "of")
        if self.item(joined).roles.get("unit") == ("year", None):
            joined += 1
        at = self.sign(joined, "'")
        item = self.item(at)
        value = item.roles.get("num")
        if not isinstance(value, int) or item.has("unit"):
            return None
        if 1900 <= value <= 2100 and item.digits in (0, 4) and not self._counted(at):
            return value, at + 1
        if item.digits == 2 and (at > index and loose) and (joined > index or at > joined or value > 31):
            century = self.reference.today.year // 100 * 100
            year = century + value
            return (year if year <= self.reference.today.year else year - 100), at + 1
        return None

    def _counted(self, index: int) -> bool:
        """Whether a unit follows the number, so that it is no year ("2000 days")."""
        return self.item(index + 1).has("unit") and not self.item(index + 2).has("of")

    def month_at(self, index: int) -> tuple[int, int] | None:
        """A month and the index after it; "كانون الأول/ديسمبر" and "(ديسمبر)" are one month."""
        at = self.skip(index, "the") if self.item(index).has("the") else index
        item = self.item(at)
        if not item.has("month"):
            return None
        after = at + 1
        if self.item(after).key == "." and self.item(after).glued:
            after += 1
        other = self.sign(after, "/(")
        if other > after and self.item(other).roles.get("month") == item.roles["month"]:
            after = self.sign(other + 1, ")")
        return item.roles["month"], after

    def day_number(self, index: int) -> tuple[int, int] | None:
        """A day of the month, 1 to 31, and the index after it: "5", "5th", "the ninth", "fifteen"."""
        at = self.skip(index, "the")
        item = self.item(at)
        if self.item(at - 1).key in ("$", "€", "£"):
            return None
        value = item.roles.get("ord", item.roles.get("num"))
        if isinstance(value, int) and 1 <= value <= 31 and item.digits <= 2:
            return value, at + 1
        return None

    def day_and_month(self, index: int) -> Read:
        """ "30 November 2019", "Nov 30th, 2019", "the 4th of July of 1995", "أكتوبر/ 2"."""
        first = self.day_number(index)
        if first:
            at = self.sign(first[1], "/-.")
            month = self.month_at(self.skip(at, "of") if not self.item(at).has("month") else at)
            if month:
                year = self.year_at(month[1], loose=True)
                return Partial(year[0] if year else None, month[0], first[0]), year[1] if year else month[1]
        month = self.month_at(index)
        if month:
            day = self.day_number(self.sign(month[1], "/-"))
            if day and not (self.item(day[1] - 1).digits and self.item(day[1]).has("unit")):
                year = self.year_at(day[1])
                return Partial(year[0] if year else None, month[0], day[0]), year[1] if year else day[1]
        return None

    def month(self, index: int) -> Read:
        """A month, with its year, or "last November"."""
        at = self.skip(index, "the")
        prefix = next((role for role in ("last", "past", "this") if self.item(at).has(role)), None)
        at += prefix is not None
        month = self.month_at(at)
        if month is None:
            return None
        year = self.year_at(month[1], loose=True)
        if year:
            return Partial(year[0], month[0]), year[1]
        after, today = month[1], self.reference.today
        if self.item(after).has("last"):
            prefix, after = "last", after + 1
        relative = self.skip(after, "of")
        if self.item(relative).has("this") and self.item(relative + 1).roles.get("unit") == ("year", None):
            return Partial(today.year, month[0]), relative + 2
        if self.item(relative).has("last") and self.item(relative + 1).roles.get("unit") == ("year", None):
            return Partial(today.year - 1, month[0]), relative + 2
        if prefix == "last" and month[0] == today.month:
            return Partial(today.year - 1, month[0]), after
        return Partial(None, month[0]), after

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

    def ago_or_later(self, index: int) -> Read:
        """ "Two days ago", "a week earlier", "2 weeks before May 13 1999", "قبل 3 أيام"."""
        leading = self.item(index).has("before") and not self.item(index).has("ago")
        counted = self.counts_at(index + leading)
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
        elif unit == "weekend" and back == 1 and today.weekday() < 5:
            back = 1
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

    def year(self, index: int) -> Read:
        """ "2008", "the year of 2008", "عام 2019", the nineties as "90s" or "1990s"."""
        at = self.skip(index, "the")
        named = self.item(at).roles.get("unit") == ("year", None)
        item = self.item(self.sign(at, "'"))
        value = item.roles.get("num")
        if (
            isinstance(value, int)
            and self.item(self.sign(at, "'") + 1).has("decade_s")
            and value % 10 == 0
            and item.digits in (2, 4)
        ):
            century = 0 if item.digits == 4 else 1900 if value >= 30 else 2000
            if 1800 <= century + value <= 2100:
                return Days(date(century + value, 1, 1), date(century + value + 9, 12, 31), DateKind.RANGE), self.sign(
                    at, "'"
                ) + 2
        if not named and item.digits != 4 and not (item.has("num") and not item.digits):
            return None
        found = self.year_at(at)
        return (Partial(found[0]), found[1]) if found else None

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
        spans = sorted((span for year in years for span in _feasts(rule, value, year)), reverse=True)
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

    def ordinal_day(self, index: int) -> Read:
        """ "The 18th": in news only after "on"."""
        item = self.item(index)
        at = index
        if item.has("the"):
            at, item = index + 1, self.item(index + 1)
        elif not (self.item(index - 1).has("prep") and item.digits):
            return None
        if not item.has("ord") or not item.digits or not 1 <= item.roles["ord"] <= 31:
            return None
        if self.reference.news and not self.item(index - 1).has("prep"):
            return None
        return Partial(day=item.roles["ord"]), at + 1


def _content(items: Sequence[Item]) -> list[bool]:
    """For each item whether it plays a role and one of the next few (itself too) can be the heart of a date."""
    reach, found = 0, [False] * len(items)
    for index in range(len(items) - 1, -1, -1):
        roles = items[index].roles
        reach = _REACH if not _HEART.isdisjoint(roles) else reach - 1
        found[index] = reach > 0 and (bool(roles) or items[index].key == "'")
    return found


def _feasts(rule: str, value: object, year: int) -> list[tuple[date, date]]:
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
