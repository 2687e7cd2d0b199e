"""Quiet hours, digests, snoozes and bursts: pure properties, over every zone and the days when clocks change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.rhythm import (
    HOUR,
    LATE,
    Go,
    Held,
    Hold,
    Rhythm,
    Waiting,
    decide,
    is_quiet,
    next_digest,
    waking,
)

ZONES = sorted(available_timezones() - {"localtime", "Factory"})
YEAR = datetime(2026, 1, 1, tzinfo=UTC)
DAMASCUS, LONDON = ZoneInfo("Asia/Damascus"), ZoneInfo("Europe/London")
NIGHT = (22 * 60, 7 * 60)
TICK = timedelta(microseconds=1)
NOW = datetime(2026, 11, 22, 20, tzinfo=UTC)


def instants(year: int) -> st.SearchStrategy[datetime]:
    """Any instant of the years up to 2037."""
    first = datetime(year, 1, 1, tzinfo=UTC)
    seconds = (datetime(2037, 1, 1, tzinfo=UTC) - first).total_seconds()
    return st.floats(0, seconds).map(lambda after: first + timedelta(seconds=after))


def changes(zone: ZoneInfo) -> list[datetime]:
    """When a zone's clocks change in 2026, to the hour before."""
    days = [YEAR + timedelta(days=n) for n in range(366)]
    turned = [a for a, b in pairwise(days) if a.astimezone(zone).utcoffset() != b.astimezone(zone).utcoffset()]
    found = []
    for day in turned:
        hours = [day + timedelta(hours=n) for n in range(25)]
        found += [
            a for a, b in pairwise(hours)
            if a.astimezone(zone).utcoffset() != b.astimezone(zone).utcoffset()
        ]  # fmt: skip
    return found


def check(at: datetime, rhythm: Rhythm) -> None:
    """What is held comes out exactly at the first waking instant, and is in quiet hours all the time before."""
    awake = waking(at, rhythm)
    assert awake >= at
    assert awake - at < timedelta(hours=26)
    assert not is_quiet(awake, rhythm)
    if awake > at:
        assert is_quiet(awake - TICK, rhythm)
        step = at
        while step < awake:
            assert is_quiet(step, rhythm)
            step += timedelta(minutes=37)


@pytest.mark.parametrize("part", range(4))
def test_nothing_comes_in_quiet_hours_on_the_days_when_clocks_change(part: int) -> None:
    chance, met = Random(part), 0
    for name in ZONES[part::4]:
        zone = ZoneInfo(name)
        for change in changes(zone):
            wall = change.astimezone(zone)
            around = (wall.hour * 60 + chance.choice((0, 30, 60, 90))) % 1440
            hours = [NIGHT, (around, (around + 90) % 1440), ((around - 300) % 1440, around)]
            for quiet in hours:
                at = change + timedelta(minutes=chance.uniform(-600, 180))
                check(at, Rhythm(zone, quiet))
                met += 1
    assert met > 100


@given(
    st.sampled_from(ZONES),
    instants(1990),
    st.integers(0, 1439),
    st.integers(0, 1439),
)
def test_any_hours_any_zone_any_time(name: str, at: datetime, start: int, end: int) -> None:
    check(at, Rhythm(ZoneInfo(name), (start, end)))


def test_an_hour_that_is_left_out_or_comes_twice() -> None:
    spring = Rhythm(LONDON, (23 * 60, 90))  # 01:30 is left out on 29 March: 02:00 follows 01:00
    assert waking(datetime(2026, 3, 29, 0, 30, tzinfo=UTC), spring) == datetime(2026, 3, 29, 1, tzinfo=UTC)
    autumn = Rhythm(LONDON, (23 * 60, 90))  # 01:30 comes twice on 25 October; after the first, 01:00 comes again
    assert waking(datetime(2026, 10, 25, 0, tzinfo=UTC), autumn) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert waking(datetime(2026, 10, 25, 1, tzinfo=UTC), autumn) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


@given(
    st.sampled_from(ZONES), instants(2020),
    st.integers(0, 1439), st.none() | st.integers(0, 6),
)  # fmt: skip
def test_a_digest_comes_at_its_hour_and_within_its_days(
    name: str, at: datetime, hour: int, weekday: int | None
) -> None:
    rhythm = Rhythm(ZoneInfo(name), digest_at=hour, digest_weekday=weekday)
    found = next_digest(at, rhythm)
    assert found is not None
    assert timedelta(0) < found - at < timedelta(days=1 if weekday is None else 7, hours=25)
    local = found.astimezone(rhythm.tz)
    assert weekday in (None, local.weekday()) or local.hour < 3  # a midnight that is left out
    late = (local.hour * 60 + local.minute - hour) % 1440
    assert late <= 60 or late == 0


def test_what_breaks_through_does_and_a_snooze_holds_everything() -> None:
    night = Rhythm(DAMASCUS, NIGHT, breaks_at=3, breaches_break=True)
    assert is_quiet(NOW, night)
    until = datetime(2026, 11, 23, 4, tzinfo=UTC)
    assert decide(Waiting(2, NOW), night, (), NOW) == Hold(until, Held.QUIET)
    assert decide(Waiting(3, NOW), night, (), NOW) == Go()
    assert decide(Waiting(0, NOW, breach=True), night, (), NOW) == Go()
    assert decide(Waiting(2, NOW, held=Held.QUIET), night, (), until) == Go(Held.QUIET)
    nothing = Rhythm(DAMASCUS, NIGHT)
    assert decide(Waiting(4, NOW, breach=True), nothing, (), NOW) == Hold(until, Held.QUIET)
    snoozed = Rhythm(DAMASCUS, snoozed_until=NOW + HOUR, breaks_at=0)
    assert decide(Waiting(4, NOW), snoozed, (), NOW) == Hold(NOW + HOUR, Held.SNOOZE)


def test_one_place_can_be_snoozed_alone() -> None:
    rhythm = Rhythm(snoozed_places={"gn:1": NOW + HOUR, "gn:2": NOW + 2 * HOUR})
    there, elsewhere = frozenset({"gn:1", "gn:9"}), frozenset({"gn:3"})
    assert decide(Waiting(4, NOW, areas=(there,)), rhythm, (), NOW) == Hold(NOW + HOUR, Held.SNOOZE)
    assert decide(Waiting(4, NOW, areas=(there, elsewhere)), rhythm, (), NOW) == Go()
    both = Waiting(4, NOW, areas=(there, frozenset({"gn:2"})))
    assert decide(both, rhythm, (), NOW) == Hold(NOW + HOUR, Held.SNOOZE)


def test_a_digest_waits_for_its_hour_and_the_hour_for_waking() -> None:
    daily = Rhythm(DAMASCUS, digest_at=8 * 60, breaks_at=3)
    assert decide(Waiting(2, NOW), daily, (), NOW) == Hold(datetime(2026, 11, 23, 5, tzinfo=UTC), Held.DIGEST)
    assert decide(Waiting(3, NOW), daily, (), NOW) == Go()
    early = Rhythm(DAMASCUS, NIGHT, digest_at=6 * 60)
    assert decide(Waiting(2, NOW), early, (), NOW) == Hold(datetime(2026, 11, 23, 4, tzinfo=UTC), Held.DIGEST)
    came = Waiting(2, NOW - timedelta(days=2))
    assert decide(came, daily, (), NOW) == Go(Held.DIGEST)


def test_what_waited_too_long_is_no_alarm() -> None:
    assert decide(Waiting(4, NOW - LATE - TICK), Rhythm(), (), NOW) == Go(Held.LATE)
    assert decide(Waiting(4, NOW - LATE), Rhythm(), (), NOW) == Go()


@given(st.lists(st.tuples(st.integers(0, 900), st.integers(0, 4), st.booleans()), max_size=80), st.integers(3, 20))
def test_no_chat_gets_more_than_its_number_in_any_hour(arrivals: list[tuple[int, int, bool]], most: int) -> None:
    """However they arrive, and folded as the dispatcher folds them; and each of them goes out in the end."""
    rhythm, now, sent = Rhythm(most_an_hour=most, breaks_at=3), NOW, []
    queue = []
    for gap, severity, reply in arrivals:
        now += timedelta(seconds=gap)
        queue.append((now, Waiting(severity, now, reply=reply)))
    while queue:
        queue.sort(key=lambda one: one[0])
        at, waiting = queue.pop(0)
        now = at
        decision = decide(waiting, rhythm, sent, now)
        if isinstance(decision, Hold):
            assert decision.until > now
            queue.append((decision.until, Waiting(waiting.severity, now, held=decision.why, reply=waiting.reply)))
            continue
        sent.append(now)
        if decision.fold:
            queue = [one for one in queue if one[0] > now]
    for at in sent:
        assert sum(at <= other < at + HOUR for other in sent) <= most
