"""The grammar of days and months over items: what may stand together, in English and Arabic order.

Each reader looks at a bounded number of items from one position and gives what it found and the index after it, so the
whole is linear. No words stand here; they are data. Longer ones: date_periods.py; ranges: date_ranges.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from conflict.date_items import Item
from conflict.date_numeric import numeric
from conflict.date_spans import (
    DateKind,
    Days,
    Partial,
    Reference,
    settle,
    shift,
    week_of,
    widen,
)
from conflict.vocabulary import PartOfDay

Node = Days | Partial
Read = tuple[Node, int] | None
_END = Item(0, 0, {})
_HEART = frozenset(
    (
        *("month", "weekday", "unit", "num", "ord", "day", "part", "now", "season", "holiday", "weekof"),
        *("yeartodate", "monthtodate", "quarter_q"),
    )
)
_REACH = 5  # items between the beginning of an expression and its heart ("at the end of the third")


class DayGrammar:
    """Reads days and months from the items of one text."""

    def __init__(self, items: Sequence[Item], reference: Reference) -> None:
        self.items = items
        self.reference = reference
        self._content = _content(items)

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
