"""Totals: what contains each other is counted once, and nobody dies twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from conflict.facts import Casualty
from conflict.places import EventPlace, Place
from conflict.tolls import TollReport, killed_in, total_over
from conflict.vocabulary import CasualtyKind, PlaceLevel, Status, SubEventType

SAT = date(2019, 11, 30)
SUN = SAT + timedelta(1)
IDLIB = Place("gn:1", "Idlib", PlaceLevel.ADMIN1, admin1_id="gn:1")
SYRIA = Place("gn:0", "Syria", PlaceLevel.COUNTRY)
KILLED = CasualtyKind.KILLED


@dataclass(frozen=True)
class Told:
    event_id: str
    fatalities_best: int | None
    event_date: date = SAT
    event_date_end: date = SAT
    place_ids: tuple[str, ...] = ("gn:7", "gn:2", "gn:1")
    sub_event_type: SubEventType = SubEventType.ARMED_CLASH
    fatalities_low: int | None = None
    fatalities_high: int | None = None
    casualties: tuple[Casualty, ...] = ()
    originators: tuple[str, ...] = ("SOHR",)


def toll(number: int, *killed: int, start: date | None = SAT, end: date | None = SUN, **extra: Any) -> TollReport:
    sides = ("government", "opposition")
    found = tuple(Casualty(KILLED, side=side, count=n) for n, side in zip(killed, sides, strict=False))
    extra.setdefault("originator", "SOHR")
    place = extra.pop("place", IDLIB)
    return TollReport(f"t{number}", "r", "Outlet", (EventPlace(place.name, place),), start, end, end, found, **extra)


def test_ninety_six_and_four_rows_of_the_same_days_are_ninety_six() -> None:
    rows = [Told(str(n), killed, place_ids=(f"gn:{n + 10}", "gn:1")) for n, killed in enumerate((9, 4, 16, 28))]
    total = total_over(rows, [toll(1, 51, 45)])
    assert (total.low, total.best, total.high) == (96, 96, 96)
    assert total.containing is not None


def test_parts_that_exceed_the_containing_count_win() -> None:
    total = total_over([Told("a", 60), Told("b", 50)], [toll(1, 51, 45)])
    assert total.best == 110
    assert total.containing is None


def test_an_event_known_to_the_province_contains_those_known_to_the_village() -> None:
    clashes = Told("whole", 96, SAT, SUN, place_ids=("gn:1",))
    village = Told("part", 57)
    strike = Told("strike", 4, place_ids=("gn:9", "gn:1"), sub_event_type=SubEventType.AIR_STRIKE)
    assert total_over([clashes, village], []).best == 96
    assert total_over([clashes, village, strike], []).best == 100


def test_one_voice_on_the_province_twice_is_not_added() -> None:
    twice = [Told("a", 96, SAT, SUN, place_ids=("gn:1", "gn:1")), Told("b", 90, SUN, SUN, place_ids=("gn:1", "gn:1"))]
    assert total_over(twice, []).best == 96
    other = Told("c", 90, SUN + timedelta(1), SUN + timedelta(1), place_ids=("gn:1", "gn:1"))
    assert total_over([twice[0], other], []).best == 186


def test_events_apart_are_added_and_unknown_is_not_zero() -> None:
    assert total_over([Told("a", 3), Told("b", 4, SUN, SUN)], []).best == 7
    unknown = total_over([Told("a", None)], [])
    assert (unknown.low, unknown.best, unknown.high) == (None, None, None)


def test_a_disputed_part_leaves_a_range_without_a_best() -> None:
    disputed = Told("b", None, fatalities_low=2, fatalities_high=19)
    total = total_over([Told("a", 3), disputed], [])
    assert (total.low, total.best, total.high) == (5, None, 22)


def test_of_one_voices_counts_for_the_same_days_the_latest_stands() -> None:
    when = datetime(2019, 12, 1, tzinfo=UTC)
    earlier, later = toll(1, 60, 40, published_at=when), toll(2, 51, 45, published_at=when + timedelta(1))
    assert total_over([], [later, earlier]).best == 96


def test_overlapping_counts_of_two_voices_are_not_added() -> None:
    other = toll(2, 30, 20, start=SUN, end=SUN + timedelta(1), originator="Agency")
    assert total_over([], [toll(1, 51, 45), other]).best == 96


def test_background_and_counts_that_reach_back_further_are_left_out() -> None:
    long_ago = toll(2, 160, 460, start=date(2019, 8, 31))
    history = toll(3, 1000, start=SAT, status=Status.BACKGROUND)
    assert total_over([Told("a", 3)], [toll(1, 51, 45), long_ago, history]).best == 96
    asked = total_over([Told("a", 3)], [long_ago], first_day=date(2019, 8, 1), last_day=SUN)
    assert asked.best == 620


def test_a_count_for_the_country_contains_what_was_found_in_the_province() -> None:
    assert total_over([Told("a", 3)], [toll(1, 51, 45, place=SYRIA)]).best == 96


def test_sides_are_added_and_children_are_part_of_the_whole() -> None:
    told = (Casualty(KILLED, count=15), Casualty(KILLED, role="children", civilian=True, count=6))
    assert killed_in(TollReport("t", "r", "p", (), None, None, None, told)).best == 15
    rough = (Casualty(KILLED, count=100), *toll(1, 51, 45).casualties)
    assert killed_in(TollReport("t", "r", "p", (), None, None, None, rough)).best == 96


def test_injured_and_civilians_are_counted_apart() -> None:
    hurt = (Casualty(CasualtyKind.INJURED, count=8), Casualty(KILLED, civilian=True, count=2))
    told = [Told("a", 5, casualties=hurt), Told("b", 1, SUN, SUN)]
    assert total_over(told, [], kind=CasualtyKind.INJURED).best == 8
    assert total_over(told, [], civilians=True).best == 2
    assert total_over(told, []).best == 6


_told = st.builds(
    lambda n, killed, day, village: Told(f"e{n}", killed, day, day, (village, "gn:1")),
    st.integers(0, 10_000),
    st.integers(0, 30) | st.none(),
    st.dates(SAT, SAT + timedelta(2)),
    st.sampled_from(["gn:7", "gn:8", "gn:9"]),
)
_tolls = st.builds(
    lambda n, killed, start, days: toll(n, killed, start=SAT + timedelta(start), end=SAT + timedelta(start + days)),
    st.integers(0, 10_000),
    st.integers(0, 60),
    st.integers(0, 2),
    st.integers(0, 2),
)
_worlds = st.tuples(
    st.lists(_told, max_size=6, unique_by=lambda e: e.event_id),
    st.lists(_tolls, max_size=3, unique_by=lambda t: t.toll_id),
)


@given(_worlds, st.randoms())
def test_the_total_is_bounded_by_the_largest_count_and_the_plain_sum(
    world: tuple[list[Told], list[TollReport]], random: Any
) -> None:
    events, tolls = world
    total = total_over(events, tolls, first_day=SAT)
    parts = [e.fatalities_best for e in events if e.fatalities_best is not None]
    counts = [killed_in(t).best or 0 for t in tolls]
    if total.best is not None:
        assert total.best >= sum(parts)
        assert total.best <= sum(parts) + sum(counts)
    random.shuffle(events)
    random.shuffle(tolls)
    assert total_over(events, tolls, first_day=SAT) == total


def test_a_count_for_more_days_than_asked_raises_only_the_upper_end() -> None:
    asked = {"first_day": SUN, "last_day": SUN}
    longer = Told("longer", 96, SAT, SUN)
    alone = total_over([longer], [], **asked)
    assert (alone.low, alone.best, alone.high, alone.beyond) == (None, None, 96, 1)
    strike = Told("strike", 4, SUN, SUN, sub_event_type=SubEventType.AIR_STRIKE)
    both = total_over([longer, strike], [], **asked)
    assert (both.low, both.best, both.high, both.beyond) == (4, None, 100, 1)
    assert total_over([longer, strike], [], first_day=SAT, last_day=SUN).best == 100
