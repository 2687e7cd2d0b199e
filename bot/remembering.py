"""Sums of answers, kept in this process as long as nothing changes in the areas that they are about."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar

T = TypeVar("T")
_MOST = 100_000  # parts in all: some tens of megabytes


class Remembered:
    """What was made from the state of the data that a stamp stands for; safe for threads. The oldest go first.

    Each thing weighs as many parts as it has, so that the room taken is bounded.
    """

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._weight = 0
        self._kept: OrderedDict[Hashable, tuple[Hashable, int, Any]] = OrderedDict()
        self._lock = Lock()

    def recall(self, key: Hashable, stamp: Hashable | None, make: Callable[[], T], weigh: Callable[[T], int]) -> T:
        """What was made under this key while the stamp was the same, else what `make` gives now; None: always anew."""
        if stamp is None:
            return make()
        with self._lock:
            held = self._kept.get(key)
            if held is not None and held[0] == stamp:
                self._kept.move_to_end(key)
                found: T = held[2]
                return found
        made = make()
        self._keep(key, stamp, 1 + weigh(made), made)
        return made

    def _keep(self, key: Hashable, stamp: Hashable, weight: int, made: object) -> None:
        with self._lock:
            former = self._kept.pop(key, None)
            self._weight += weight - (former[1] if former else 0)
            self._kept[key] = (stamp, weight, made)
            while self._weight > self._most:
                _, (_, lighter, _) = self._kept.popitem(last=False)
                self._weight -= lighter
