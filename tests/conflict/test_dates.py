"""Dates of news looking back from the publication day, and periods of questions in the chat's zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from time import process_time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.dates import DATA, reading
from conflict.dates import DateKind, find_dates, find_period
from conflict.vocabulary import PartOfDay

MONDAY = date(2019, 12, 2)
NOW = datetime(2019, 12, 2, 18, tzinfo=UTC)


def days(text: str, reference: date = MONDAY, language: str = "en") -> list[tuple[str, str, str]]:
    return [(m.kind.value, str(m.span.start), str(m.span.end)) for m in find_dates(text, reference, language)]


@pytest.mark.parametrize(
    ("text", "kind", "start", "end"),
    [
        ("clashes on Monday", "day", "2019-12-02", "2019-12-02"),
        ("killed on Sunday morning", "day", "2019-12-01", "2019-12-01"),
        ("overnight Saturday", "day", "2019-11-30", "2019-12-01"),
        ("killed over 48 hours", "duration", "2019-11-30", "2019-12-02"),
        ("two days of clashes", "duration", "2019-11-30", "2019-12-02"),
        ("in late August", "range", "2019-08-21", "2019-08-31"),
        ("between late April and the end of August", "range", "2019-04-21", "2019-08-31"),
        ("since 2011", "since", "2011-01-01", "2019-12-02"),
        ("in October", "month", "2019-10-01", "2019-10-31"),
        ("two days earlier", "day", "2019-11-30", "2019-11-30"),
        ("yesterday", "day", "2019-12-01", "2019-12-01"),
        ("earlier today", "day", "2019-12-02", "2019-12-02"),
        ("last week", "range", "2019-11-25", "2019-12-01"),
        ("this year", "year", "2019-01-01", "2019-12-31"),
        ("27-02-2016", "day", "2016-02-27", "2016-02-27"),
        ("30 November 2019", "day", "2019-11-30", "2019-11-30"),
        ("on Nov 30", "day", "2019-11-30", "2019-11-30"),
        ("1/12/2019", "day", "2019-12-01", "2019-12-01"),
        ("12/31/2018", "day", "2018-12-31", "2018-12-31"),
        ("2019-11-30", "day", "2019-11-30", "2019-11-30"),
        ("5-7 March", "range", "2019-03-05", "2019-03-07"),
        ("until Thursday", "until", "2019-11-28", "2019-11-28"),
        ("كانون الأول/ديسمبر 2018", "month", "2018-12-01", "2018-12-31"),
        ("في 30 تشرين الثاني", "day", "2019-11-30", "2019-11-30"),
        ("٣٠ نوفمبر ٢٠١٨", "day", "2018-11-30", "2018-11-30"),
        ("صباح الأحد", "day", "2019-12-01", "2019-12-01"),
        ("خلال 48 ساعة", "duration", "2019-11-30", "2019-12-02"),
        ("منذ الاثنين", "since", "2019-12-02", "2019-12-02"),
        ("قبل يومين", "day", "2019-11-30", "2019-11-30"),
        ("أول أمس", "day", "2019-11-30", "2019-11-30"),
    ],
)
def test_news_looks_back_from_the_day_it_was_published(text: str, kind: str, start: str, end: str) -> None:
    assert days(text) == [(kind, start, end)]


@pytest.mark.parametrize(
    "text",
    ["He may march with the sun", "May God help; sat down", "a 7.6 quake", "every Friday", "مارس العنف", "T-72 and M5"],
)
def test_ordinary_words_are_no_dates(text: str) -> None:
    assert days(text) == []


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("Sunday morning", PartOfDay.MORNING),
        ("on Sunday afternoon", PartOfDay.AFTERNOON),
        ("overnight Saturday", PartOfDay.NIGHT),
        ("مساء السبت", PartOfDay.EVENING),
        ("فجر اليوم", PartOfDay.MORNING),
        ("on Sunday", None),
    ],
)
def test_the_part_of_the_day(text: str, part: PartOfDay | None) -> None:
    assert [mention.part_of_day for mention in find_dates(text, MONDAY)] == [part]


def test_precision_says_how_well_a_day_is_known() -> None:
    found = find_dates("on Sunday, last week, in October", MONDAY)
    assert [mention.span.precision for mention in found] == [1, 2, 3]


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.sampled_from(["%d %B %Y", "%B %d, %Y", "%Y-%m-%d", "%d %b %Y"]))
def test_a_written_day_is_read_back(day: date, form: str) -> None:
    assert days(day.strftime(form), date(2090, 2, 1)) == [("day", str(day), str(day))]


@given(st.dates(date(1950, 1, 1), date(2090, 1, 1)), st.sampled_from(["monday", "friday", "saturday", "sunday"]))
def test_a_weekday_lies_within_the_last_seven_days(published: date, name: str) -> None:
    (mention,) = find_dates(f"on {name.capitalize()}", published)
    assert mention.kind is DateKind.DAY
    assert timedelta(0) <= published - mention.span.start < timedelta(7)
    assert mention.span.start.strftime("%A").lower() == name


WORDS = [
    *("last", "3", "days", "before", "5", "March", "to", "2019", "since", "the", "of", "منذ", "و", "بين"),
    *("12", "/", "-", "Q1", "next", "week", "end", "ago", "Feb", "29"),
]


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300) | st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join))
def test_any_text_is_safe_and_offsets_are_its_own(text: str) -> None:
    mentions = find_dates(text, MONDAY)
    assert all(text[m.start : m.end] == m.text and m.span.start <= m.span.end for m in mentions)
    assert all(one.end <= two.start for one, two in pairwise(mentions))
    found = find_period(text, NOW, UTC)
    if found and found.period.start and found.period.end:
        assert found.period.start < found.period.end


@pytest.mark.parametrize("words", ["from ", "last 3 ", "2 weeks before ", "5-", "between and "])
def test_time_grows_with_the_length_only(words: str) -> None:
    def cost(times: int) -> float:
        began = process_time()
        find_dates(words * times, MONDAY)
        return process_time() - began

    cost(10)
    small = min(cost(300) for _ in range(3))
    assert min(cost(2400) for _ in range(2)) < max(small, 0.002) * 8 * 4


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("today", "2019-12-02T00:00", "2019-12-03T00:00"),
        ("yesterday", "2019-12-01T00:00", "2019-12-02T00:00"),
        ("since Saturday", "2019-11-30T00:00", "2019-12-02T18:00"),
        ("last 24 hours", "2019-12-01T18:00", "2019-12-02T18:00"),
        ("last 3 days", "2019-11-29T00:00", "2019-12-02T18:00"),
        ("in November", "2019-11-01T00:00", "2019-12-01T00:00"),
        ("from Monday to Wednesday", "2019-11-25T00:00", "2019-11-28T00:00"),
        ("on the weekend", "2019-11-30T00:00", "2019-12-02T00:00"),
        ("the first week of November", "2019-11-04T00:00", "2019-11-11T00:00"),
        ("last quarter", "2019-07-01T00:00", "2019-10-01T00:00"),
        ("الشهر الماضي", "2019-11-01T00:00", "2019-12-01T00:00"),
        ("من 1 إلى 5 كانون الأول", "2019-12-01T00:00", "2019-12-06T00:00"),
        ("آخر 3 أيام", "2019-11-29T00:00", "2019-12-02T18:00"),
    ],
)
def test_the_period_of_a_question(text: str, start: str, end: str) -> None:
    found = find_period(text, NOW, UTC)
    assert found is not None
    assert [str(at)[:16].replace(" ", "T") for at in (found.period.start, found.period.end)] == [start, end]


def test_until_has_no_beginning() -> None:
    found = find_period("until 30 November", NOW, UTC)
    assert found is not None
    assert (found.period.start, found.period.end) == (None, datetime(2019, 12, 1, tzinfo=UTC))


def test_a_day_is_as_long_as_the_clock_says() -> None:
    zone = ZoneInfo("Europe/Kyiv")
    found = find_period("on 27 October", datetime(2019, 12, 2, tzinfo=UTC), zone)
    assert found is not None
    assert found.period.start is not None
    assert found.period.end is not None
    assert found.period.end.astimezone(UTC) - found.period.start.astimezone(UTC) == timedelta(hours=25)


@pytest.mark.skipif(not DATA.exists(), reason="the shared development set is not here")
def test_the_development_set() -> None:
    assert reading()[0] >= 0.85
