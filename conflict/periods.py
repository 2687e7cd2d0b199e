"""A stretch of days, as questions and tolls use it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class DaySpan:
    """Days from `start` to `end`, both inclusive, in the place's own time zone; `precision` is ACLED's 1-3.

    1: the day is known; 2: within the week; 3: within the month or worse.
    """

    start: date
    end: date
    precision: int = 1

    def overlaps(self, other: DaySpan) -> bool:
        """Whether the two share a day."""
        return self.start <= other.end and other.start <= self.end


@dataclass(frozen=True, slots=True)
class Period:
    """The period of a question: aware instants, `end` exclusive; both None means no period was asked for."""

    start: datetime | None = None
    end: datetime | None = None
