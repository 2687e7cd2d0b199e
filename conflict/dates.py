"""Days and periods in words: of news, looking back from the day it was published, and of questions, from now.

`find_dates` reads a text; `find_period` a question. English and Arabic, mixed as people mix them. Not for the future:
"next week" is understood so that it is not taken for another, but nothing is planned with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from conflict.date_items import read_items
from conflict.date_periods import Grammar
from conflict.date_ranges import expressions, precision
from conflict.date_spans import DateKind, Days, Reference, shift
from conflict.periods import DaySpan, Period
from conflict.vocabulary import PartOfDay

__all__ = ["DateKind", "DateMention", "PeriodMention", "find_dates", "find_period"]

_QUESTION = 2000  # characters of a question looked at


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date in a text: character offsets, the words as written, the days meant and what sort of expression it is.

    `duration` ("over 48 hours") ends at the publication day; `since` runs up to it; `until` has its last day only.
    """

    start: int
    end: int
    text: str
    span: DaySpan
    part_of_day: PartOfDay | None = None
    kind: DateKind = DateKind.DAY


@dataclass(frozen=True, slots=True)
class PeriodMention:
    """The period of a question: offsets, the words, aware instants (`end` exclusive); `days` of a relative one."""

    start: int
    end: int
    text: str
    period: Period
    days: int | None = None


def find_dates(text: str, reference: date, language: str = "en") -> tuple[DateMention, ...]:
    """The dates of a text published on `reference`, in order, non-overlapping; linear in the length of the text."""
    items = read_items(text, language, strict=True)
    grammar = Grammar(items, Reference(reference, news=True))
    mentions: list[DateMention] = []
    for found in expressions(grammar):
        first, last = items[found.first], items[found.after - 1]
        days = found.days
        span = DaySpan(days.start, days.end, precision(days))
        mentions.append(DateMention(first.start, last.end, text[first.start : last.end], span, days.part, days.kind))
    return tuple(mentions)


def find_period(text: str, now: datetime, tz: tzinfo, language: str = "en") -> PeriodMention | None:
    """The period a question asks about, past-looking from the aware instant `now`, days in `tz`; None if it names none.

    A period that runs up to the present ends at `now`; a named day, week or month ends where it ends.
    """
    items = read_items(text[:_QUESTION], language, strict=False)
    grammar = Grammar(items, Reference(now.astimezone(tz).date(), news=False))
    for found in expressions(grammar):
        first, last = items[found.first], items[found.after - 1]
        period = _period(found.days, now, tz)
        if period is not None:
            words = text[first.start : last.end]
            return PeriodMention(first.start, last.end, words, period, found.days.days)
    return None


def _period(days: Days, now: datetime, tz: tzinfo) -> Period | None:
    if days.hours is not None:
        return Period(now - timedelta(hours=days.hours), now)
    start = None if days.open_start else _midnight(days.start, tz)
    end = now if days.to_now else _midnight(shift(days.end, 1), tz)
    if start is not None and start >= end:
        end = _midnight(shift(max(days.end, days.start), 1), tz)
    return Period(start, end) if start is None or start < end else None


def _midnight(day: date, tz: tzinfo) -> datetime:
    """The first instant of a day in a zone, over changes of summer time."""
    return datetime.combine(day, time(), tzinfo=tz)
