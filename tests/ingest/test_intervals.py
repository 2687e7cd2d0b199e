"""How long to stay away from a source."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.intervals import LONGEST_WAIT, Rhythm, backoff, fresh_for, next_interval, next_poll, retry_after

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
RHYTHM = Rhythm()


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("99999999999999999999", 86_400),
        ("Sun, 22 Nov 2026 12:01:00 GMT", 60),
        ("Sun, 22 Nov 2026 11:00:00 GMT", 0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400),
        ("-5", None),
        ("٣", None),
        ("soon", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after(value: str | None, seconds: int | None) -> None:
    assert retry_after(value, NOW) == (None if seconds is None else timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Cache-Control": "public"}, None),
        ({"Cache-Control": "public, Max-Age=600"}, 600),
        ({"Cache-Control": 'max-age="600"', "Age": "100"}, 500),
        ({"Cache-Control": "max-age=600", "Age": "900"}, 0),
        ({"Cache-Control": "max-age=600, no-cache"}, 0),
        ({"Cache-Control": "no-store"}, 0),
        ({"Cache-Control": "max-age=31536000"}, 86_400),
        ({"Cache-Control": "max-age=x"}, None),
        ({"Expires": "Sun, 22 Nov 2026 12:10:00 GMT"}, 600),
        ({"Expires": "Sun, 22 Nov 2026 12:10:00 GMT", "Date": "Sun, 22 Nov 2026 12:09:00 GMT"}, 60),
        ({"Expires": "0"}, 0),
    ],
)
def test_how_long_an_answer_stays_good(headers: dict[str, str], seconds: int | None) -> None:
    assert fresh_for(headers, NOW) == (None if seconds is None else timedelta(seconds=seconds))


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_header_gives_a_bounded_wait(one: str, two: str) -> None:
    for wait in (retry_after(one, NOW), fresh_for({"Cache-Control": one, "Expires": two, "Age": two}, NOW)):
        assert wait is None or timedelta(0) <= wait <= LONGEST_WAIT


@given(st.integers(-5, 10**6), st.floats(0, 1))
def test_back_off_grows_to_its_bound_and_leaves_half_to_chance(failures: int, chance: float) -> None:
    wait = backoff(failures, chance)
    assert (wait == timedelta(0)) == (failures <= 0)
    assert wait <= timedelta(hours=6)
    if failures > 0:
        assert backoff(failures, 0.0) <= wait <= backoff(failures, 1.0) == backoff(failures, 0.0) * 2
        assert backoff(failures + 1, chance) >= wait


@given(st.integers(0, 10**5), st.integers(0, 200))
def test_the_interval_follows_the_source_within_bounds(seconds: int, items: int) -> None:
    current = timedelta(seconds=seconds)
    following = next_interval(current, items)
    assert RHYTHM.shortest <= following <= RHYTHM.longest
    assert next_interval(None, 1) == RHYTHM.start
    if RHYTHM.shortest <= current <= RHYTHM.longest:
        assert (items == 0) <= (following >= current)
        assert (items > 1) <= (following <= current)


def test_a_lively_source_settles_near_its_pace_and_a_dead_one_at_the_longest() -> None:
    interval, waited, asked = timedelta(hours=6), timedelta(0), 0
    published = [timedelta(minutes=40) * n for n in range(1, 40)]
    while waited < timedelta(hours=24):
        later = waited + interval
        items = sum(waited < at <= later for at in published)
        waited, interval, asked = later, next_interval(interval, items), asked + 1
    assert 25 <= asked <= 80
    for _ in range(20):
        interval = next_interval(interval, 0)
    assert interval == RHYTHM.longest


def test_the_next_poll_heeds_the_server_first() -> None:
    quarter = timedelta(minutes=15)
    assert next_poll(quarter) == quarter
    assert next_poll(quarter, asked_to_wait=timedelta(hours=2)) == timedelta(hours=2)
    assert next_poll(quarter, fresh=timedelta(minutes=30)) == timedelta(minutes=30)
    assert next_poll(quarter, fresh=timedelta(days=365)) == RHYTHM.longest
    assert next_poll(quarter, failures=30, chance=1.0) == timedelta(hours=6)
    assert next_poll(quarter, asked_to_wait=timedelta(days=9)) == LONGEST_WAIT
