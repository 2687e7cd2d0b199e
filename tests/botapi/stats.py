"""What the server counted and recorded: for assertions and for benchmarks."""

from __future__ import annotations

from array import array
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tests.botapi.log import Log


@dataclass(frozen=True, slots=True)
class Call:
    """One call as it was answered. `status` 0: the connection was dropped or left open by a scripted fault.

    `accepted`: it was carried out, whatever the bot was told.
    """

    method: str
    params: dict[str, Any]
    at: float
    status: int
    accepted: bool
    description: str = ""


@dataclass(slots=True)
class Stats:
    """Counts since the start, or since `clear`. Times are of the server's clock (monotonic seconds)."""

    calls: Counter[str] = field(default_factory=Counter)
    refused: Counter[int] = field(default_factory=Counter)
    accepted_at: dict[str, array[float]] = field(default_factory=dict)
    in_flight: int = 0
    max_in_flight: int = 0
    log: Log[Call] = field(default_factory=Log)
    begun: Log[str] = field(default_factory=Log)

    def enter(self) -> None:
        """A call came in."""
        self.in_flight += 1
        self.max_in_flight = max(self.max_in_flight, self.in_flight)

    def leave(self) -> None:
        """It was answered, or dropped."""
        self.in_flight -= 1

    def begin(self, method: str) -> None:
        """A well-formed call begins, whatever becomes of it."""
        self.calls[method] += 1
        self.begun.append(method)

    def accept(self, method: str, at: float) -> None:
        """A call was carried out."""
        if method not in self.accepted_at:
            self.accepted_at[method] = array("d")
        self.accepted_at[method].append(at)

    def rate(self, method: str) -> float:
        """Accepted calls per second between the first and the last; 0 for fewer than two."""
        times = self.accepted_at.get(method, array("d"))
        return (len(times) - 1) / (times[-1] - times[0]) if len(times) > 1 and times[-1] > times[0] else 0.0

    def clear(self) -> None:
        """Start counting anew."""
        self.calls.clear()
        self.refused.clear()
        self.accepted_at.clear()
        self.max_in_flight = self.in_flight
        self.log.items.clear()
        self.begun.items.clear()
