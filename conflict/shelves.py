"""Things with a key and days on shelves, so that what may share days with another is found without trying each.

A shelf only narrows: whoever asks still looks whether what it gives really fits.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from datetime import date

_LONGEST = 1_000  # days; what lasts longer stands on one shelf for all days
_NONE: Sequence[int] = ()


class Shelves:
    """Numbers by key and days (both ends included), each list in the order in which they were put there."""

    def __init__(self) -> None:
        self._days: dict[tuple[Hashable, date], list[int]] = {}
        self._months: dict[tuple[Hashable, int], list[int]] = {}
        self._long: dict[Hashable, list[int]] = {}
        self._all: dict[Hashable, list[int]] = {}

    def put(self, key: Hashable, number: int, start: date, end: date) -> None:
        """Keep this number under a key and days."""
        self._all.setdefault(key, []).append(number)
        if start == end:
            self._days.setdefault((key, start), []).append(number)
        elif (end - start).days > _LONGEST:
            self._long.setdefault(key, []).append(number)
        else:
            for month in _months(start, end):
                self._months.setdefault((key, month), []).append(number)

    def covering(self, key: Hashable, day: date) -> Iterator[Sequence[int]]:
        """Lists that together hold every number of this key whose days cover `day` (and some more)."""
        yield self._days.get((key, day), _NONE)
        yield self._months.get((key, day.year * 12 + day.month), _NONE)
        yield self._long.get(key, _NONE)

    def sharing(self, key: Hashable, start: date, end: date) -> Iterator[Sequence[int]]:
        """The same for those that share a day with these days; a number may come several times."""
        length = (end - start).days
        if length > 62 or key not in self._all:
            yield self._all.get(key, _NONE)
            return
        for ordinal in range(start.toordinal(), end.toordinal() + 1):
            yield self._days.get((key, date.fromordinal(ordinal)), _NONE)
        for month in _months(start, end):
            yield self._months.get((key, month), _NONE)
        yield self._long.get(key, _NONE)


def _months(start: date, end: date) -> range:
    return range(start.year * 12 + start.month, end.year * 12 + end.month + 1)
