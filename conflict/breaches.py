"""Breaches of a ceasefire over time: by week, who accuses whom, and what lay inside the area without accusation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from conflict.facts import ReportedBreach

WEEKS = 8  # as many as a phone shows without scrolling for long


@dataclass(frozen=True, slots=True)
class BreachNote:
    """Of one event on `day`: the accusations stored, each once; none where it only lay inside a truce's area."""

    day: date
    reported: tuple[ReportedBreach, ...] = ()


@dataclass(frozen=True, slots=True)
class Accusations:
    """How many events one voice holds against one side; either may be unnamed. `denied`: how many somebody denied."""

    accuser: str | None
    accused: str | None
    events: int
    denied: int = 0


@dataclass(frozen=True, slots=True)
class BreachWeek:
    """One week from `first_day` (a Monday). `unaccused`: fights inside the area that nobody called a breach."""

    first_day: date
    accusations: tuple[Accusations, ...] = ()
    unaccused: int = 0


def by_week(notes: Iterable[BreachNote]) -> tuple[BreachWeek, ...]:
    """The weeks that have something, newest first, at most `WEEKS`. An event counts once for each accusation."""
    weeks: dict[date, list[BreachNote]] = {}
    for note in notes:
        weeks.setdefault(note.day - timedelta(days=note.day.weekday()), []).append(note)
    newest = sorted(weeks, reverse=True)[:WEEKS]
    return tuple(_week(monday, weeks[monday]) for monday in newest)


def _week(monday: date, notes: list[BreachNote]) -> BreachWeek:
    said: Counter[tuple[str | None, str | None]] = Counter()
    denied: Counter[tuple[str | None, str | None]] = Counter()
    for note in notes:
        said.update({(breach.accuser, breach.accused) for breach in note.reported})
        denied.update({(breach.accuser, breach.accused) for breach in note.reported if breach.denied_by})
    counted = [Accusations(*sides, number, denied[sides]) for sides, number in said.items()]
    counted.sort(key=lambda one: (-one.events, one.accuser or "~", one.accused or "~"))
    return BreachWeek(monday, tuple(counted), sum(not note.reported for note in notes))
