"""Adding up by places and days finds what trying each count with each would find."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from conflict.counts import Count, Total, add_up, clusters, parents
from conflict.shelves import Shelves
from conflict.vocabulary import EventType

FIRST = date(2019, 11, 20)
PLACES = ("town", "village", "district", "province", "other")


@st.composite
def counts(draw: st.DrawFn) -> list[Count]:
    """Events and toll reports of a few places and days, now and then of years, in the order of size."""
    found = []
    for number in range(draw(st.integers(0, 14))):
        start = FIRST + timedelta(draw(st.integers(0, 40)))
        length = draw(st.sampled_from([0, 0, 0, 1, 3, 30, 70, 1500]))
        kind = draw(st.sampled_from([EventType.BATTLES, EventType.BATTLES, EventType.PROTESTS, None]))
        own = frozenset(draw(st.lists(st.sampled_from(PLACES), max_size=1 if kind else 2)))
        around = own | frozenset(draw(st.lists(st.sampled_from(PLACES), max_size=2)))
        found.append(
            Count(
                key=f"{'event' if kind else 'toll'} {number}",
                own=own,
                around=around,
                start=start,
                end=start + timedelta(length),
                total=Total(number, number, number),
                voices=frozenset(draw(st.lists(st.sampled_from(["SOHR", "AFP"]), max_size=2))),
                type=kind,
                coarse=draw(st.booleans()),
                everywhere=kind is None and draw(st.integers(0, 4)) == 0,
            )
        )
    return sorted(found, key=lambda count: count.size)


def parents_by_trying(found: Sequence[Count]) -> list[Count | None]:
    return [next((c for c in found[n + 1 :] if c.contains(count)), None) for n, count in enumerate(found)]


def clusters_by_trying(roots: Sequence[Count]) -> list[list[Count]]:
    found: list[list[Count]] = []
    for root in roots:
        joined = [c for c in found if any(root.overlaps(other) for other in c)]
        found = [c for c in found if c not in joined] + [[root, *(one for c in joined for one in c)]]
    return found


@given(counts())
def test_each_count_lies_in_the_smallest_that_contains_it(found: list[Count]) -> None:
    assert parents(found) == parents_by_trying(found)


@given(counts())
def test_counts_that_overlap_stand_together_in_the_same_order(found: list[Count]) -> None:
    assert clusters(found) == clusters_by_trying(found)


def test_five_thousand_counts_of_one_province_are_added_without_trying_each_with_each() -> None:
    days = [FIRST + timedelta(n % 1000) for n in range(5000)]
    villages = [frozenset({f"village {n % 97}", "province"}) for n in range(5000)]
    one = Total(1, 1, 1)
    found = [
        Count(f"event {n:04}", villages[n] - {"province"}, villages[n], day, day, one, frozenset(), EventType.BATTLES)
        for n, day in enumerate(days)
    ]
    assert add_up(found, {}).best == 5000


@given(st.dates(), st.integers(0, 3000), st.integers(0, 3000), st.integers(-3000, 3000))
def test_a_shelf_gives_whatever_covers_a_day_or_shares_one(start: date, kept: int, asked: int, apart: int) -> None:
    shelves = Shelves()
    low, high = date.min.toordinal(), date.max.toordinal()

    def day(ordinal: int) -> date:
        return date.fromordinal(min(high, max(low, ordinal)))

    first, last = day(start.toordinal()), day(start.toordinal() + kept)
    other, other_last = day(start.toordinal() + apart), day(start.toordinal() + apart + asked)
    shelves.put("here", 1, first, last)
    if first <= other <= last:
        assert any(1 in numbers for numbers in shelves.covering("here", other))
    if first <= other_last and other <= last:
        assert any(1 in numbers for numbers in shelves.sharing("here", other, other_last))
    assert not any(1 in numbers for numbers in shelves.sharing("elsewhere", other, other_last))
