"""What came out of one report: events, tolls, tallies, or the reason why there are none; and what each sentence did."""

from __future__ import annotations

from dataclasses import dataclass

from conflict.events import EventData
from conflict.tolls import BreachTally, TollReport


@dataclass(frozen=True, slots=True)
class SentenceTrace:
    """What one part of the text did: offsets, its words, the rules that fired and what was dropped, in words."""

    start: int
    end: int
    text: str
    fired: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    events: tuple[int, ...] = ()  # sequences of the events that rest on it


@dataclass(frozen=True, slots=True)
class Extraction:
    """The events of one report. `reason` says in plain words why there are none; None when there are some."""

    events: tuple[EventData, ...] = ()
    tolls: tuple[TollReport, ...] = ()
    tallies: tuple[BreachTally, ...] = ()
    reason: str | None = None
    trace: tuple[SentenceTrace, ...] = ()
