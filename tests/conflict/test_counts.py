"""Adding up by heaps, places and days finds what trying each count with each would find."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from conflict.adding import add_up
from conflict.counts import Count, Figure, Total, Where, count_of, larger, summed
from conflict.places import EventPlace, Place
from conflict.tolls import TollReport
from conflict.vocabulary import EventType, PlaceLevel

FIRST = date(2019, 11, 20)
TOWNS = {
    "town": ("district", "province"),
    "village": ("district", "province"),
    "hamlet": ("province",),
    "far": ("two",),
}
UNITS = {"district": ("district", "province"), "province": ("province",), "two": ("two",)}
WHERES = [
    *(Where(own, units) for own, units in (TOWNS | UNITS).items()),
    Where("town", ("district", "province"), ("village",)),
    Where("far", ("two",), ("town", "hamlet")),
    Where("lone"),
    Where(),
]
KINDS = (EventType.BATTLES, EventType.BATTLES, EventType.REMOTE_VIOLENCE)
lengths = st.sampled_from([0, 0, 0, 0, 0, 1, 2, 5, 40, 1500])
starts = st.integers(0, 6).map(lambda days: FIRST + timedelta(days))


@st.composite
def figures(draw: st.DrawFn) -> list[Figure]:
    """Events of a few places and days, now and then of years; some toll is disputed."""
    found = []
    for number in range(draw(st.integers(0, 12))):
        start = draw(starts)
        low, more = draw(st.integers(0, 9)), draw(st.sampled_from([0, 0, 0, 3]))
        best = None if more else low
        found.append(
            Figure(
                f"{number:02}",
                start,
                start + timedelta(draw(lengths)),
                draw(st.sampled_from(KINDS)),
                low,
                best,
                low + more,
                draw(st.sampled_from(WHERES)),
                tuple(draw(st.lists(st.sampled_from(["SOHR", "AFP"]), max_size=2, unique=True))),
            )
        )
    return found


@st.composite
def tolls(draw: st.DrawFn) -> list[Count]:
    """Toll reports for such places, or for everywhere."""
    found = []
    for number in range(draw(st.integers(0, 4))):
        start, killed = draw(starts), draw(st.integers(0, 40))
        own = frozenset(draw(st.lists(st.sampled_from([*TOWNS, *UNITS]), min_size=1, max_size=2)))
        around = own.union(*((TOWNS | UNITS)[place] for place in own))
        found.append(
            Count(
                key=f"toll {number}",
                own=own,
                around=around,
                start=start,
                end=start + timedelta(draw(lengths)),
                total=Total(killed, killed, killed, counts=1),
                voices=frozenset({"SOHR"}),
                type=None,
                everywhere=draw(st.integers(0, 4)) == 0,
            )
        )
    return found


def by_trying(counts: Sequence[Count], reports: Mapping[str, TollReport]) -> Total:
    """The rule, word by word: every count is compared with every other."""
    ordered = sorted(counts, key=lambda count: count.size)
    parts: dict[str, list[Count]] = {count.key: [] for count in ordered}
    roots: list[Count] = []
    for number, count in enumerate(ordered):
        container = next((other for other in ordered[number + 1 :] if other.contains(count)), None)
        (roots if container is None else parts[container.key]).append(count)

    def tree(count: Count) -> list[Count]:
        return [count, *(one for part in parts[count.key] for one in tree(part))]

    def value(count: Count) -> Total:
        own = replace(count.total, containing=reports.get(count.key))
        return larger(own, together(parts[count.key])) if parts[count.key] else own

    def together(side_by_side: Sequence[Count]) -> Total:
        clusters: list[list[Count]] = []
        for count in side_by_side:
            near = [one for one in clusters if any(count.overlaps(other) for other in one)]
            clusters = [one for one in clusters if one not in near] + [[count, *(o for one in near for o in one)]]
        return summed(cluster_value(cluster) for cluster in clusters)

    def cluster_value(cluster: list[Count]) -> Total:
        if len(cluster) == 1:
            return value(cluster[0])
        reported = sorted((c for c in cluster if c.type is None), key=lambda c: c.size, reverse=True)
        events = [c for member in cluster for c in tree(member) if c.type is not None]
        found = by_trying(events, {}) if reported else Total()
        for count in reported or sorted(cluster, key=lambda c: c.size):
            found = larger(value(count), found)
        return found

    return together(roots)


@settings(max_examples=400, deadline=None)
@given(figures(), tolls())
def test_heaps_and_covers_add_up_to_what_trying_each_with_each_does(told: list[Figure], reported: list[Count]) -> None:
    reports = {count.key: _report(count) for count in reported}
    found = add_up(told, reported, reports)
    assert found == by_trying([*map(count_of, told), *reported], reports)
    assert found.counts <= len(told) + len(reported)


def test_thousands_of_counts_of_one_province_are_added_without_trying_each_with_each() -> None:
    days = [FIRST + timedelta(n % 1000) for n in range(20_000)]
    found = [
        Figure(f"{n}", day, day, EventType.BATTLES, 1, 1, 1, Where(f"village {n % 97}", ("province",)), ("SOHR",))
        for n, day in enumerate(days)
    ]
    assert add_up(found).best == 20_000


def test_two_counts_that_overlap_inside_a_third_are_not_added_either() -> None:
    def toll(key: str, first: int, last: int, killed: int) -> Count:
        start, end = FIRST + timedelta(first), FIRST + timedelta(last)
        own = frozenset({"province"})
        return Count(key, own, own, start, end, Total(killed, killed, killed), frozenset(), None)

    month, early, late = toll("a", 0, 29, 100), toll("b", 0, 5, 60), toll("c", 4, 9, 60)
    assert add_up([], [month, early, late]).best == 100


def _report(count: Count) -> TollReport:
    place = Place("gn:1", "Idlib", PlaceLevel.ADMIN1)
    return TollReport(count.key, "r", "Outlet", (EventPlace("Idlib", place),), count.start, count.end, None, ())
