"""Sentences that only give numbers: which event of the report they belong to."""

from __future__ import annotations

from collections.abc import Sequence

from conflict.dates import DateKind
from conflict.periods import DaySpan
from conflict.vocabulary import TYPE_OF, EventType
from ingest.extraction.cluster import Cluster
from ingest.extraction.days import is_statement_date
from ingest.extraction.frames import Frame
from ingest.extraction.parts import Count
from ingest.extraction.sentences import Told
from ingest.extraction.strays import PLAIN


def only_counts(item: Told) -> bool:
    """Whether a sentence only says how many: "20 civilians were killed and 28 injured", no place, day or weapon."""
    return (
        len(item.frames) == 1
        and bool(item.counts)
        and not item.places
        and not item.frames[0].dates
        and item.frames[0].trigger.detail == "weak"
        and item.frames[0].key in ("attack", "armed_clash")
        and item.tagged.words[item.frames[0].trigger.first].key in PLAIN
        and not any(
            s.group not in ("civilians", "protesters") and s.first < item.frames[0].trigger.first for s in item.sides
        )
    )


def nearest_frame(item: Told, count: Count) -> Frame:
    """The frame of the sentence that a number belongs to."""
    violent = [f for f in item.frames if TYPE_OF[f.sub] not in (EventType.STRATEGIC, EventType.PROTESTS)] or item.frames
    return min(violent, key=lambda f: abs(f.trigger.first - count.word))


def harm_only(item: Told, clusters: list[Cluster], latest: Cluster | None, latest_at: int) -> bool:
    """Numbers in a sentence that tells no event itself belong to the event before, or to that of the same days."""
    spans = {m.span for m in item.dates}
    home = next((c for c in clusters if not c.background and c.span in spans), None)
    if (
        home is None
        and latest is not None
        and item.index - latest_at <= 3
        and not any(_far(m.span, latest) for m in item.dates)
    ):
        home = latest
    if home is None:
        return False
    home.counts += [(item.index, count) for count in item.counts]
    day = next((m for m in item.dates if m.kind is DateKind.DAY and m.span.precision == 1), None)
    if (
        day is not None
        and home.span is None
        and not is_statement_date(item.tagged, item.tagged.word_at(day.start - item.tagged.sentence.start))
    ):
        home.span, home.part = day.span, home.part or day.part_of_day
    return True


def harm_ahead(ahead: Sequence[Told], clusters: Sequence[Cluster]) -> None:
    """Numbers told before their event ("The toll of the attack rose to 12. Gunmen stormed ...") where it has none."""
    first = next((c for c in clusters if not c.background), None)
    if first is None or any(not count.part for _, count in first.counts):
        return
    for item in ahead:
        if first.first.index - item.index <= 2:
            first.counts += [(item.index, count) for count in item.counts]


def _far(span: DaySpan, cluster: Cluster) -> bool:
    return cluster.span is not None and not span.overlaps(cluster.span)
