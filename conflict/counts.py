"""Adding up counts of people so that nobody is counted twice: what contains what, and what may overlap.

Nothing is compared with everything: places and days narrow down what can meet (`conflict.shelves`), so that a total
over some thousand events takes milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

from conflict.shelves import Shelves
from conflict.vocabulary import EventType

if TYPE_CHECKING:
    from conflict.tolls import TollReport

_EVERYWHERE = "everywhere"  # stands for all place ids


@dataclass(frozen=True, slots=True)
class Total:
    """A number of people over an area and a period; `containing` names the toll report that gave it, where one did.

    All None: nobody stated a number, which is not zero. `best` None with a range: what it adds up is disputed.
    `voices` gave the counts it is made of (`counts` of them); `inside` further counts lie in those and are not added.
    `beyond` counts cover more days than were asked for: how many of theirs fell on the days asked for nobody said, so
    they raise `high` alone.
    """

    low: int | None = None
    best: int | None = None
    high: int | None = None
    containing: TollReport | None = None
    voices: tuple[str, ...] = field(default=(), compare=False)
    counts: int = field(default=0, compare=False)
    inside: int = field(default=0, compare=False)
    beyond: int = 0


@dataclass(frozen=True, slots=True)
class Count:
    """One statement of how many, over an area (own places; with all around them) and inclusive days."""

    key: str
    own: frozenset[str]
    around: frozenset[str]
    start: date
    end: date
    total: Total
    voices: frozenset[str]
    type: EventType | None  # of an event; a toll report counts all kinds
    coarse: bool = False  # an event that no settlement is named for
    everywhere: bool = False  # a country or a region: what was found in the answer's area lies in it

    def contains(self, other: Count) -> bool:
        if self.key == other.key or not (self.start <= other.start and other.end <= self.end):
            return False
        if self.type is not None:
            same_extent = (self.own, self.start, self.end) == (other.own, other.start, other.end)
            if self.type is not other.type or same_extent:  # two events of one place and day are two
                return False
        return self.everywhere or not self.own.isdisjoint(other.around)

    def overlaps(self, other: Count) -> bool:
        """Whether the two may count the same people: a toll report and anything that shares days and area with it.

        Two events do only where one voice tells of both no more than the province, and of the same kind.
        """
        if self.type is not None and other.type is not None:
            coarse = self.coarse and other.coarse and self.own == other.own
            same = self.type is other.type and not self.voices.isdisjoint(other.voices)
            return coarse and same and self.start <= other.end and other.start <= self.end
        near = self.everywhere or other.everywhere
        near = near or not self.own.isdisjoint(other.around) or not other.own.isdisjoint(self.around)
        return near and self.start <= other.end and other.start <= self.end

    @property
    def size(self) -> tuple[int, int, bool, str]:
        return (self.end - self.start).days, -len(self.around), self.type is None, self.key


def add_up(counts: list[Count], reports: Mapping[str, TollReport]) -> Total:
    """Smallest counts first: each goes into the smallest that contains it; what is left is added where it may be."""
    children: dict[str, list[Count]] = {}
    roots: list[Count] = []
    for count, parent in zip(counts, parents(counts), strict=True):
        if parent is None:
            roots.append(count)
        else:
            children.setdefault(parent.key, []).append(count)

    def value(count: Count) -> Total:
        containing = reports.get(count.key)
        own = replace(count.total, containing=containing) if containing else count.total
        parts = children.get(count.key)
        return larger(own, summed(value(c) for c in parts)) if parts else own

    def within(count: Count) -> list[Count]:
        return [count, *(one for child in children.get(count.key, ()) for one in within(child))]

    totals = []
    for cluster in clusters(roots):
        tolls = [c for c in cluster if c.type is None]
        if not tolls:
            found = Total()
            for event in sorted(cluster, key=lambda c: c.size):
                found = larger(value(event), found)
            totals.append(found)
            continue
        events = sorted((e for c in cluster for e in within(c) if e.type is not None), key=lambda c: c.size)
        found = add_up(events, {})
        for toll in tolls:
            found = larger(value(toll), found)
        totals.append(found)
    return summed(totals)


def parents(counts: Sequence[Count]) -> list[Count | None]:
    """Of each count the first after it that contains it."""
    shelves = Shelves()
    for number, count in enumerate(counts):
        for place in (_EVERYWHERE,) if count.everywhere else count.own:
            shelves.put((place, count.type), number, count.start, count.end)
    found: list[Count | None] = []
    for number, count in enumerate(counts):
        first = len(counts)
        for place in (*count.around, _EVERYWHERE):
            for kind in (count.type, None) if count.type else (None,):
                for others in shelves.covering((place, kind), count.start):
                    first = next((n for n in others if number < n < first and counts[n].contains(count)), first)
        found.append(counts[first] if first < len(counts) else None)
    return found


def clusters(roots: Sequence[Count]) -> list[list[Count]]:
    """The counts that may tell of the same people together: each joins all those before it that it overlaps with."""
    shelves = Shelves()
    any_toll = any(root.type is None for root in roots)
    newest = list(range(len(roots)))  # of each the way to the newest of its cluster
    joined: list[list[int]] = []  # by the newest of a cluster: those it joined, the last changed at the end
    for number, root in enumerate(roots):
        found: set[int] = set()
        for key in _overlapping_keys(root, any_toll):
            for others in shelves.sharing(key, root.start, root.end):
                for other in others:
                    cluster = _newest(newest, other)
                    if cluster not in found and root.overlaps(roots[other]):
                        found.add(cluster)
        joined.append(sorted(found))
        for cluster in found:
            newest[cluster] = number
        for key in _shelf_keys(root, any_toll):
            shelves.put(key, number, root.start, root.end)
    return [_members(number, joined, roots) for number, last in enumerate(newest) if number == last]


def _newest(newest: list[int], number: int) -> int:
    while newest[number] != number:
        newest[number] = newest[newest[number]]
        number = newest[number]
    return number


def _members(number: int, joined: Sequence[Sequence[int]], roots: Sequence[Count]) -> list[Count]:
    found, waiting = [], [number]
    while waiting:
        one = waiting.pop()
        found.append(roots[one])
        waiting += reversed(joined[one])
    return found


def _shelf_keys(count: Count, any_toll: bool) -> list[tuple[object, ...]]:
    """Under what a count is kept, so that `_overlapping_keys` of another finds it."""
    toll = count.type is None
    keys: list[tuple[object, ...]] = [(count.own, count.type)] if count.coarse and not toll else []
    if any_toll:
        keys += [(toll, "all"), *((toll, "own", place) for place in count.own)]
        keys += [(toll, "around", place) for place in count.around]
        if count.everywhere:
            keys.append((toll, _EVERYWHERE))
    return keys


def _overlapping_keys(count: Count, any_toll: bool) -> list[tuple[object, ...]]:
    """Under what those are kept that it may overlap with: events with tolls, and coarse ones of one kind and place."""
    toll = count.type is None
    keys: list[tuple[object, ...]] = [(count.own, count.type)] if count.coarse and not toll else []
    for of_toll in ((True, False) if toll else (True,)) if any_toll else ():
        if count.everywhere:
            keys.append((of_toll, "all"))
        else:
            keys += [(of_toll, "own", place) for place in count.around]
            keys += [(of_toll, "around", place) for place in count.own]
            keys.append((of_toll, _EVERYWHERE))
    return keys


def summed(totals: Iterable[Total]) -> Total:
    """All of them together; `best` only where every part has one."""
    parts = [t for t in totals if t.low is not None or t.high is not None]
    if not parts:
        return Total()
    bests = [t.best for t in parts if t.best is not None]
    return Total(
        sum(t.low or 0 for t in parts),
        sum(bests) if len(bests) == len(parts) else None,
        sum(t.high if t.high is not None else t.low or 0 for t in parts),
        parts[0].containing if len(parts) == 1 else None,
        tuple(dict.fromkeys(voice for t in parts for voice in t.voices)),
        sum(t.counts for t in parts),
    )


def larger(containing: Total, parts: Total) -> Total:
    """The larger of a containing count and the sum of its parts."""
    if parts.low is None and parts.high is None:
        return containing
    if containing.low is None and containing.high is None:
        return parts
    mine = containing.best if containing.best is not None else containing.low or 0
    theirs = parts.best if parts.best is not None else parts.low or 0
    winner, other = (containing, parts) if mine >= theirs else (parts, containing)
    return replace(
        winner,
        low=max(winner.low or 0, other.low or 0) if winner.best is None else winner.low,
        high=max(winner.high or 0, winner.low or 0),
    )
