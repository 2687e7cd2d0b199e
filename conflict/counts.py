"""Counts of people as values: a range with its voices, one statement of how many, and how two statements lie.

What is done with them, so that nobody is counted twice, is in `conflict.adding`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from conflict.vocabulary import EventType

if TYPE_CHECKING:
    from conflict.tolls import TollReport


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


class Where(NamedTuple):
    """The places of an event by id: its first one, the units around that, finest first, and further ones.

    Who cannot tell units from further places gives all as units.
    """

    own: str | None = None
    units: tuple[str, ...] = ()
    further: tuple[str, ...] = ()

    @property
    def depth(self) -> int:
        """How many units lie around its first place: a province has none, its towns have it and perhaps a district."""
        return len({*self.units} - {self.own})

    @property
    def coarse(self) -> bool:
        """Whether no settlement is named."""
        around = (*self.units, *self.further)
        return self.own is None or not around or self.own in around


class Figure(NamedTuple):
    """How many people an event harmed in one way (killed, say), where and on which inclusive days."""

    event_id: str
    start: date
    end: date
    type: EventType
    low: int | None
    best: int | None
    high: int | None
    where: Where
    voices: tuple[str, ...]


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
    depth: int = 0  # of an event: how many units lie around its place

    def contains(self, other: Count) -> bool:
        """Whether whoever the other counts is among those counted here."""
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
    def size(self) -> tuple[int, bool, bool, int, int, int, str]:
        """What counts are ordered by, so that what contains another comes after it: days, then places."""
        days, reported = (self.end - self.start).days, self.type is None
        return days, reported, self.everywhere, len(self.own), -self.depth, -len(self.around), self.key


def count_of(figure: Figure) -> Count:
    """The same as a count among others."""
    own, around, coarse, depth = _extent(figure.where)
    return Count(
        key="event " + figure.event_id,
        own=own,
        around=around,
        start=figure.start,
        end=figure.end,
        total=Total(figure.low, figure.best, figure.high, voices=figure.voices, counts=1),
        voices=frozenset(figure.voices),
        type=figure.type,
        coarse=coarse,
        depth=depth,
    )


@lru_cache(maxsize=16_384)
def _extent(where: Where) -> tuple[frozenset[str], frozenset[str], bool, int]:
    """Of the same places again and again: themselves, all around them, whether no settlement is named, their depth."""
    own = frozenset((where.own,)) if where.own else frozenset[str]()
    return own, own.union(where.units, where.further), where.coarse, where.depth


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
