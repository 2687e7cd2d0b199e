"""One event of a report as it is gathered from its sentences."""

from __future__ import annotations

from dataclasses import dataclass, field

from conflict.periods import DaySpan
from conflict.places import EventPlace
from conflict.vocabulary import PartOfDay, SubEventType
from ingest.extraction.frames import Frame
from ingest.extraction.parts import Count


@dataclass(slots=True)
class Cluster:
    """One event of the report: the frames that tell of it, the days and places that they say together."""

    frames: list[Frame]
    span: DaySpan | None = None  # as the report says it
    part: PartOfDay | None = None
    places: list[EventPlace] = field(default_factory=list)
    background: str | None = None
    inherited: list[str] = field(default_factory=list)
    counts: list[tuple[int, Count]] = field(default_factory=list)  # (sentence, count)

    @property
    def first(self) -> Frame:
        return self.frames[0]

    @property
    def sub(self) -> SubEventType:
        return self.first.sub
