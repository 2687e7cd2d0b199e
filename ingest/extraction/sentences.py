"""Each sentence of a report with everything read from it: words, days, numbers, places, voice, sides, frames."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache

from conflict.date_items import date_openings
from conflict.dates import DateMention, find_dates
from conflict.numbers import NumberMention, find_numbers
from conflict.places import EventPlace, Mention
from ingest.extraction.attribution import Voice, voice_of
from ingest.extraction.casualties import counts
from ingest.extraction.days import dates_for
from ingest.extraction.frames import Frame, frames_of
from ingest.extraction.guards import off_topic
from ingest.extraction.lexicon import Lexicon, plain_key
from ingest.extraction.parts import Count
from ingest.extraction.sides import Side, sides_of
from ingest.extraction.tags import Tagged, Word, forms
from ingest.extraction.where import places_of

# Two days that share no weekday, month or year part: what both read alike does not depend on the day of publication.
_ONE, _OTHER = date(2001, 3, 14), date(2012, 9, 8)
_YEAR = re.compile(r"\d{4}|\d[./-]\d")
_AROUND = 30  # characters around the words of a date that may belong to it


@dataclass(slots=True)
class Told:
    """One sentence with what was read from it."""

    index: int
    tagged: Tagged
    voice: Voice
    sides: list[Side]
    places: list[tuple[int, EventPlace]]
    dates: list[DateMention]
    numbers: list[NumberMention]
    counts: list[Count]
    frames: list[Frame]
    off_topic: str | None = None
    notes: list[str] = field(default_factory=list)


def read_sentences(
    tagged: Sequence[Tagged],
    mentions: Sequence[Mention],
    reference: date | None,
    language: str,
    country: str | None,
    monitor: str | None,
    lexicon: Lexicon,
) -> list[Told]:
    """Every sentence read; days and numbers only where something is told that they could belong to."""
    starts = [mention.start for mention in mentions]
    told: list[Told] = []
    last_voice: Voice | None = None
    for index, one in enumerate(tagged):
        sentence = one.sentence
        inside = mentions[bisect_left(starts, sentence.start) : bisect_left(starts, sentence.end)]
        voice = voice_of(one, lexicon, monitor)
        if voice.originator is None and one.by("says") and last_voice and _he_said(one):
            voice = Voice(last_voice.originator, last_voice.kind, voice.carrier)
        if voice.originator:
            last_voice = voice
        item = Told(
            index,
            one,
            voice,
            [],
            _after_dateline(one, places_of(one, inside, country, lexicon.actors.countries)) if inside else [],
            [],
            [],
            [],
            [],
        )
        told.append(item)
        telling = one.by("trigger") or one.by("harm") or one.by("truce")
        if not telling:
            continue
        item.off_topic = off_topic(one)
        item.sides = sides_of(one, lexicon, country, voice)
        if one.by("harm") or one.by("truce") or one.by("unnamed_places"):
            item.numbers = _shifted_numbers(one, language)
            item.counts = counts(one, item.numbers, lexicon)
        item.dates = dates_of(one, reference, language)
        if item.off_topic:
            item.notes.append(item.off_topic)
            item.counts = []
            continue
        item.frames = frames_of(
            index, one, item.sides, item.counts, voice, item.notes, [first for first, _ in item.places]
        )
        for frame in item.frames:
            dates_for(frame, one, item.dates)
    return told


def _after_dateline(tagged: Tagged, places: list[tuple[int, EventPlace]]) -> list[tuple[int, EventPlace]]:
    """Where an agency wrote is not where it happened: "KYIV, March 3 (Reuters) - ..."."""
    if tagged.sentence.paragraph > 2 or len(places) < 2:
        return places
    head = tagged.sentence.text[:70]
    end = max(head.find(") -"), head.find(") \u2014"), head.find(") \u2013"))
    if end < 0:
        return places
    first = tagged.word_at(end)
    return [item for item in places if item[0] >= first] or places


def dates_of(tagged: Tagged, reference: date | None, language: str) -> list[DateMention]:
    """The dates of a sentence, offsets of the report; without a day of publication only those that need none."""
    text, base = tagged.sentence.text, tagged.sentence.start
    return [
        mention
        for begin, end in _windows(tagged, language)
        for mention in dates_in(text[begin:end], base + begin, reference, language)
    ]


def _windows(tagged: Tagged, language: str) -> list[tuple[int, int]]:
    """The stretches of a sentence around the words of dates: most of it needs no reading for days."""
    text, known = tagged.sentence.text, _date_keys(language)
    windows: list[tuple[int, int]] = []
    for word in tagged.words:
        if not (_is_figure(word, text) if word.key[0].isdecimal() else not known.isdisjoint(forms(word.key))):
            continue
        begin = text.rfind(" ", 0, max(0, word.start - _AROUND)) + 1
        end = text.find(" ", word.end + _AROUND)
        end = end if end >= 0 else len(text)
        if windows and begin <= windows[-1][1]:
            windows[-1] = (windows[-1][0], end)
        else:
            windows.append((begin, end))
    return windows


def _is_figure(word: Word, text: str) -> bool:
    """Whether digits may be a date by themselves: a year, 3/5/2019, 27-02."""
    return word.end - word.start == 4 or "." in word.key or text[word.end : word.end + 1] in ("/", "-")


@cache
def _date_keys(language: str) -> frozenset[str]:
    return frozenset(plain_key(key) for key in date_openings(language))


def dates_in(text: str, base: int, reference: date | None, language: str) -> list[DateMention]:
    """The dates of a stretch of text that begins at `base` of the report."""
    if reference is not None:
        found = find_dates(text, reference, language)
    elif not _YEAR.search(text):
        return []  # only a date with its year needs no day of publication
    else:
        found = find_dates(text, _ONE, language)
        if found:
            other = {(m.start, m.span) for m in find_dates(text, _OTHER, language)}
            found = tuple(m for m in found if (m.start, m.span) in other)
    return [
        DateMention(m.start + base, m.end + base, m.text, m.span, m.part_of_day, m.kind)
        for m in found
        # "a months-long truce" is no date of anything, nor is "a 9-year-old girl", "يبلغ من العمر 45 عاما"
        if not text.startswith(("-long", " long", "-old", " old"), m.end) and not text[: m.start].endswith("العمر ")
    ]


def _shifted_numbers(tagged: Tagged, language: str) -> list[NumberMention]:
    return list(find_numbers(tagged.sentence.text, language))


def _he_said(tagged: Tagged) -> bool:
    """Whether the speaker is only a pronoun: the one who spoke last."""
    for tag in tagged.by("says"):
        around = tagged.words[max(0, tag.first - 2) : tag.last + 2]
        if any(word.key in ("he", "she", "it", "they") for word in around):
            return True
    return False
