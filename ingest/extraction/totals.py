"""Counts for an area and a period, and tallies of breaches: they contain events and are none themselves."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, timedelta

from conflict.dates import DateKind, DateMention
from conflict.events import Report
from conflict.facts import Evidence
from conflict.numbers import NumberMention
from conflict.places import EventPlace
from conflict.tolls import BreachTally, TollReport
from conflict.vocabulary import CasualtyKind, Status
from ingest.extraction.parts import Count
from ingest.extraction.sentences import Told
from ingest.extraction.tags import Tagged
from ingest.extraction.where import finest_first

_SINCE = frozenset({"since", "منذ"})
_SUPERLATIVE = frozenset(
    {"deadliest", "worst", "bloodiest", "first", "heaviest", "biggest", "largest", "most", "latest"}
)
_WAR = frozenset({"war", "conflict", "uprising", "revolt"})
_LONG = timedelta(days=7)
_OVER = ("during", "over", "throughout", "خلال")


def is_total(item: Told) -> DateMention | str | None:
    """What makes a sentence's numbers a toll for a period: the period, or the words for it; None if they are not."""
    deaths = [
        c for c in item.counts if c.casualty.kind in (CasualtyKind.KILLED, CasualtyKind.DISPLACED, CasualtyKind.INJURED)
    ]
    if not deaths:
        return None
    words = item.tagged.words
    since = next((i for i, w in enumerate(words) if w.key in _SINCE), None)
    superlative = any(w.key in _SUPERLATIVE for w in words)
    if since is not None and not superlative and not (words[since - 1].key in ("have", "has") if since else False):
        mention = next((m for m in item.dates if m.kind is DateKind.SINCE), None)
        return mention or "since"
    for mention in sorted(item.dates, key=lambda m: m.span.end - m.span.start):
        if mention.kind is DateKind.DURATION:
            return mention
        if mention.kind is DateKind.RANGE and mention.span.end - mention.span.start > _LONG:
            return mention
        over = mention.text.casefold().startswith(_OVER)
        if mention.kind is DateKind.RANGE and over and mention.span.end - mention.span.start >= _LONG - timedelta(1):
            return mention
        if mention.kind in (DateKind.YEAR, DateKind.MONTH) and not any(m.kind is DateKind.DAY for m in item.dates):
            return mention
    for tag in item.tagged.by("period"):
        if tag.value == "since" or (tag.value == "war" and any(w.key in _WAR for w in words[tag.first : tag.last])):
            if tag.value == "war" and item.frames and any(f.dates for f in item.frames):
                continue
            return item.tagged.written(tag.first, tag.last)
    return None


def toll_of(
    report: Report,
    item: Told,
    why: DateMention | str,
    reference: date | None,
    places: Sequence[EventPlace],
    sequence: int | None,
) -> TollReport:
    """The toll report that a sentence gives."""
    start = end = None
    if isinstance(why, DateMention):
        start, end = why.span.start, why.span.end
    elif reference is not None:
        end = reference
    background = sequence is None and (start is None or reference is None or start < reference - _LONG)
    own = [p for _, p in item.places]
    return TollReport(
        toll_id=opaque(report.report_id, "toll", item.tagged.sentence.start),
        report_id=report.report_id,
        publisher=report.publisher,
        places=finest_first(own) if own else tuple(places),
        period_start=start,
        period_end=end,
        as_of=reference,
        casualties=tuple(dict.fromkeys(c.casualty for c in item.counts)),
        originator=item.voice.originator,
        originator_kind=item.voice.kind,
        carrier=item.voice.carrier,
        evidence=evidence_of(report, item),
        url=report.url,
        published_at=report.published_at,
        status=Status.BACKGROUND if background else Status.NEW,
        sequence=sequence,
    )


def tally_of(report: Report, item: Told, reference: date | None) -> BreachTally | None:
    """A count of ceasefire breaches, if the sentence gives one."""
    tagged = item.tagged
    if not item.numbers or not tagged.by("truce"):
        return None
    for number in item.numbers:
        last = tagged.word_at(number.end)
        ahead = [w.key for w in tagged.words[last : last + 5]]
        if number.count is None and number.low is None:
            continue
        if not any(
            w in ("violations", "violation", "breaches", "breach", "خروقات", "خرقا", "خرق", "انتهاكا") for w in ahead
        ):
            continue
        drills = [tag.first for tag in tagged.by("exercise")]
        kinds = tuple(
            (n.noun, n.count)
            for n in item.numbers
            if n is not number and n.count and n.noun and n.start > number.start and not _of_a_drill(tagged, n, drills)
        )
        accused = next((s.actor.actor_id or s.actor.name for s in item.sides), None)
        span = next((m.span for m in item.dates), None)
        return BreachTally(
            tally_id=opaque(report.report_id, "tally", tagged.sentence.start),
            report_id=report.report_id,
            publisher=report.publisher,
            accuser=item.voice.originator,
            accused=accused,
            count=number.count if number.count is not None else number.low or 0,
            kinds=kinds,
            places=finest_first([p for _, p in item.places]),
            period_start=span.start if span else None,
            period_end=span.end if span else None,
            evidence=evidence_of(report, item),
            url=report.url,
            published_at=report.published_at,
            exercise=_of_a_drill(tagged, number, drills),
        )
    return None


_DRILL_REACH = 7  # words between a number and the exercise that it comes from


def _of_a_drill(tagged: Tagged, number: NumberMention, drills: Sequence[int]) -> bool:
    """Whether a number counts what an exercise did: no breach."""
    last = tagged.word_at(number.end)
    return any(0 <= drill - last <= _DRILL_REACH and not tagged.clause_between(last, drill) for drill in drills)


def evidence_of(report: Report, item: Told) -> Evidence:
    """A sentence as evidence, in the report's own characters; words of the title have no offsets in the text: 0, 0."""
    sentence = item.tagged.sentence
    if sentence.start < 0:
        return Evidence(0, 0, sentence.text)
    return Evidence(sentence.start, sentence.end, report.text[sentence.start : sentence.end])


def opaque(report_id: str, kind: str, number: int) -> str:
    """A stable id for a part of a report."""
    return hashlib.sha256(f"{report_id}/{kind}/{number}".encode()).hexdigest()[:16]


def part_of_total(count: Count) -> bool:
    """Whether a number is said to be part of another."""
    return count.part
