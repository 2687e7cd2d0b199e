"""Which days of a sentence are those of what it tells, and which only those of the telling."""

from __future__ import annotations

from collections.abc import Sequence

from conflict.dates import DateKind, DateMention
from ingest.extraction.frames import Frame
from ingest.extraction.tags import Tagged


def dates_for(frame: Frame, tagged: Tagged, mentions: Sequence[DateMention]) -> None:
    """Give a frame the days its sentence tells of it: not those of the statement, nor of "since"."""
    base = tagged.sentence.start
    own: list[DateMention] = []
    for mention in mentions:
        first = tagged.word_at(mention.start - base)
        if any(t.first <= first < t.last for t in tagged.by("actor")):
            continue  # the "23 March Movement"
        if mention.kind in (DateKind.SINCE, DateKind.UNTIL, DateKind.YEAR):
            continue
        if is_statement_date(tagged, first):
            frame.told_on = frame.told_on or mention
        if is_statement_date(tagged, first) and frame.key not in ("agreement", "change_to_group"):
            continue
        if mention.kind is DateKind.DURATION and (mention.span.end - mention.span.start).days > 31:
            continue
        if (
            any(tagged.words[i].key in ("since", "until") for i in range(max(0, first - 14), first))
            and first > frame.trigger.first
        ):
            continue
        own.append(mention)
    frame.dates = own
    frame.part = next((m.part_of_day for m in own if m.part_of_day), None)


def is_statement_date(tagged: Tagged, first: int) -> bool:
    """Whether a date is the day it was said: "said on Monday", "in a statement late Sunday"."""
    between = {"on", "late", "early", "in", "a", "statement", "reuters", "afp", "ap", "later", "the", "reporters"}
    for tag in tagged.by("says"):
        gap = first - tag.last
        if 0 <= gap <= 4 and all(w.key in between for w in tagged.words[tag.last : first]):
            return True
    return False
