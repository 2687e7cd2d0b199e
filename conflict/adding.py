"""Adding up counts of people so that nobody is counted twice, fast enough for years of a province.

The rule: each count goes into the smallest that contains it, and a total is the larger of a containing count and the
sum of its parts; counts that overlap otherwise are never added. Most events are told of one settlement and one day:
two such never contain each other, so they are only looked up in what may contain them, and added in heaps.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from conflict.counts import Count, Figure, Total, Where, count_of, larger, summed
from conflict.vocabulary import EventType

if TYPE_CHECKING:
    from conflict.tolls import TollReport

_LONGEST = 400  # days; what lasts longer is tried against everything
_EVERYWHERE = ""  # stands for all place ids
_Key = tuple[str, EventType | None]
_Spot = tuple[Where, EventType, date]
_NONE: list[int] = []


class Heap:
    """Events of one settlement, day and type: they are always together, in whatever contains them."""

    __slots__ = ("best", "high", "low", "number", "unsettled", "voices")

    def __init__(self) -> None:
        self.low = self.best = self.high = self.number = self.unsettled = 0
        self.voices: dict[tuple[str, ...], int] = {}

    def add(self, low: int | None, best: int | None, high: int | None, voices: tuple[str, ...]) -> None:
        """One more event."""
        self.number += 1
        self.low += low or 0
        self.high += high if high is not None else low or 0
        if best is None:
            self.unsettled += 1
        else:
            self.best += best
        self.voices[voices] = self.voices.get(voices, 0) + 1

    def take(self, other: Heap) -> None:
        """All of another heap's."""
        self.number += other.number
        self.low += other.low
        self.high += other.high
        self.best += other.best
        self.unsettled += other.unsettled
        for voices, number in other.voices.items():
            self.voices[voices] = self.voices.get(voices, 0) + number

    @property
    def total(self) -> Total:
        """Their sum, with the voices that told of most of them first."""
        if not self.number:
            return Total()
        told = sorted(self.voices.items(), key=lambda one: -one[1])
        names = tuple(dict.fromkeys(name for voices, _ in told for name in voices))
        return Total(self.low, None if self.unsettled else self.best, self.high, None, names, self.number)


def add_up(figures: Iterable[Figure], tolls: Sequence[Count] = (), reports: Mapping[str, TollReport] = {}) -> Total:
    """The total of these figures and of toll reports as counts, whose reports are given by the counts' keys."""
    heaps, events = _sorted_out(list(figures), tolls)
    return _added(heaps, sorted([*events, *tolls], key=lambda count: count.size), reports)


def _sorted_out(figures: Sequence[Figure], tolls: Sequence[Count]) -> tuple[dict[_Spot, Heap], list[Count]]:
    """Events that contain none and lie in no other of their kind but wider ones, in heaps; and all others."""
    wheres = {figure.where for figure in figures}
    units = {unit for where in wheres for unit in where.units}
    units.update(place for toll in tolls for place in toll.around - toll.own)
    depths: dict[str, int] = {}
    for where in wheres:
        if where.own in units:
            depths[where.own] = max(where.depth, depths.get(where.own, 0))
    precise = {
        where
        for where in wheres
        if not where.further
        and not where.coarse
        and where.own not in units
        and all(depths.get(unit, -1) < where.depth for unit in where.units)  # else it may come after what contains it
    }
    # What was told of a further place too lies in what was told of that place alone.
    reached = {
        (place, figure.type, figure.start)
        for figure in figures
        if figure.where.further and figure.start == figure.end
        for place in figure.where.further
    }
    heaps: dict[_Spot, Heap] = {}
    events: list[Count] = []
    for figure in figures:
        _, start, end, kind, low, best, high, where, voices = figure
        if start != end or where not in precise or (reached and (where.own, kind, start) in reached):
            events.append(count_of(figure))
            continue
        spot = (where, kind, start)
        heap = heaps.get(spot)
        if heap is None:
            heap = heaps[spot] = Heap()
        heap.add(low, best, high, voices)
    return heaps, events


class _Covers:
    """Counts, in the order of size, by their own places, kinds and days."""

    def __init__(self, counts: Sequence[Count]) -> None:
        self._counts = counts
        self._days: dict[_Key, dict[date, list[int]]] = {}
        self._long: dict[_Key, list[int]] = {}
        for number, count in enumerate(counts):
            for place in (_EVERYWHERE,) if count.everywhere else count.own:
                key = (place, count.type)
                if (count.end - count.start).days > _LONGEST:
                    self._long.setdefault(key, []).append(number)
                    continue
                days = self._days.setdefault(key, {})
                for day in _days_of(count.start, count.end):
                    days.setdefault(day, []).append(number)

    def parent(self, number: int) -> int | None:
        """The first count after this one that contains it."""
        count, counts = self._counts[number], self._counts
        first = len(counts)
        for place in (*count.around, _EVERYWHERE):
            for key in ((place, count.type), (place, None)) if count.type else ((place, None),):
                for others in (self._days.get(key, {}).get(count.start, _NONE), self._long.get(key, _NONE)):
                    first = next((n for n in others if number < n < first and counts[n].contains(count)), first)
        return first if first < len(counts) else None

    def around(self, where: Where, kind: EventType) -> _Surroundings:
        """Where what contains events of this settlement and kind is looked for."""
        own = (where.own or "", kind)
        keys: list[_Key] = [(own[0], None), (_EVERYWHERE, None)]
        keys += [(unit, one) for unit in where.units for one in (kind, None)]
        return _Surroundings(
            self._counts,
            [days for key in keys if (days := self._days.get(key))],
            [others for key in (own, *keys) if (others := self._long.get(key))],
            self._days.get(own, {}),
        )


class _Surroundings:
    """What may contain the events of one settlement and kind."""

    __slots__ = ("_counts", "_days", "_long", "_same")

    def __init__(
        self,
        counts: Sequence[Count],
        days: list[dict[date, list[int]]],
        long: list[list[int]],
        same: dict[date, list[int]],
    ) -> None:
        self._counts, self._days, self._long, self._same = counts, days, long, same

    def smallest(self, day: date) -> int:
        """The number of the smallest count that contains what happened there on this day; -1 if none does."""
        first = -1
        for days in self._days:
            if (others := days.get(day)) and (first < 0 or others[0] < first):
                first = others[0]
        for number in self._same.get(day, _NONE):
            if 0 <= first < number:
                break
            if self._counts[number].start != self._counts[number].end:  # of one place and day: another event
                first = number
                break
        for others in self._long:
            for number in others:
                if 0 <= first < number:
                    break
                if self._counts[number].start <= day <= self._counts[number].end:
                    first = number
                    break
        return first


def _added(heaps: Mapping[_Spot, Heap], counts: Sequence[Count], reports: Mapping[str, TollReport]) -> Total:
    """Smallest counts first: each goes into the smallest that contains it; what is left is added where it may be."""
    covers = _Covers(counts)
    free, held = Heap(), dict[int, Heap]()
    lying: dict[int, list[_Spot]] = {}  # of each count the spots of the heaps directly in it
    surroundings: dict[tuple[Where, EventType], _Surroundings] = {}
    for spot, heap in heaps.items():
        where, kind, day = spot
        around = surroundings.get((where, kind))
        if around is None:
            around = surroundings[where, kind] = covers.around(where, kind)
        number = around.smallest(day)
        if number < 0:
            free.take(heap)
            continue
        held.setdefault(number, Heap()).take(heap)
        lying.setdefault(number, []).append(spot)
    children: dict[int, list[int]] = {}
    roots: list[int] = []
    for number in range(len(counts)):
        parent = covers.parent(number)
        if parent is None:
            roots.append(number)
        else:
            children.setdefault(parent, []).append(number)

    def value(number: int) -> Total:
        count = counts[number]
        containing = reports.get(count.key)
        own = replace(count.total, containing=containing) if containing else count.total
        loose = [held[number].total] if number in held else []
        parts = [*together(children.get(number, ())), *loose]
        return larger(own, summed(parts)) if parts else own

    def within(number: int) -> Iterator[int]:
        yield number
        for child in children.get(number, ()):
            yield from within(child)

    def together(numbers: Sequence[int]) -> Iterator[Total]:
        """Counts side by side: those that overlap are not added."""
        for cluster in _clusters([counts[number] for number in numbers]):
            members = [numbers[one] for one in cluster]
            if len(members) == 1:
                yield value(members[0])
                continue
            tolls = [one for one in members if counts[one].type is None]
            found = Total()
            if tolls:
                inside = sorted(one for member in members for one in within(member))
                spots = {spot: heaps[spot] for one in inside for spot in lying.get(one, ())}
                found = _added(spots, [counts[one] for one in inside if counts[one].type is not None], {})
            for one in reversed(tolls) if tolls else members:
                found = larger(value(one), found)
            yield found

    return summed([*together(roots), free.total])


def _clusters(roots: Sequence[Count]) -> list[list[int]]:
    """The counts that may tell of the same people together, by their numbers, each list in order."""
    if not any(root.type is None or root.coarse for root in roots):
        return [[number] for number in range(len(roots))]
    joined = list(range(len(roots)))

    def head(number: int) -> int:
        while joined[number] != number:
            joined[number] = joined[joined[number]]
            number = joined[number]
        return number

    def join(numbers: Sequence[int]) -> None:
        first = head(numbers[0])
        for number in numbers[1:]:
            joined[head(number)] = first

    for meeting in _meetings(roots):
        join(meeting)
    found: dict[int, list[int]] = {}
    for number in range(len(roots)):
        found.setdefault(head(number), []).append(number)
    return list(found.values())


def _meetings(roots: Sequence[Count]) -> Iterator[Sequence[int]]:
    """Counts that overlap with each other or all with the first, some of them several times."""
    tolls = [number for number, root in enumerate(roots) if root.type is None]
    long = [number for number, root in enumerate(roots) if (root.end - root.start).days > _LONGEST]
    for number in long:
        yield [number, *(n for n, other in enumerate(roots) if n != number and roots[number].overlaps(other))]
    told: dict[tuple[str, date], tuple[list[int], list[int]]] = {}  # by place and day: of that place, and within it
    everywhere: dict[date, int] = {}
    for number in tolls:
        toll = roots[number]
        for day in () if number in long else _days_of(toll.start, toll.end):
            if toll.everywhere:
                everywhere.setdefault(day, number)
            for place in toll.around:
                told.setdefault((place, day), ([], []))[place not in toll.own].append(number)
    for own, inside in told.values():
        if own:
            yield [*own, *inside]
    heard: dict[tuple[object, ...], int] = {}
    for number, root in enumerate(roots):
        if root.type is not None and root.coarse:
            for voice in root.voices:
                for day in () if number in long else _days_of(root.start, root.end):
                    yield [heard.setdefault((root.own, root.type, voice, day), number), number]
        if not tolls or number in long:
            continue
        for day in _days_of(root.start, root.end):
            if day in everywhere:
                yield [everywhere[day], number]
            if root.type is None:
                continue
            for place in root.around:
                own, inside = told.get((place, day), (_NONE, _NONE))
                near = own or (inside if place in root.own else _NONE)
                if near:
                    yield [number, *near]


def _days_of(start: date, end: date) -> Iterator[date]:
    for ordinal in range(start.toordinal(), end.toordinal() + 1):
        yield date.fromordinal(ordinal)
