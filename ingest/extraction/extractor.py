"""The extractor: one report in, its events, tolls and tallies out. Pure but for reading its word lists once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from conflict.dates import DateMention
from conflict.events import EventData, Report
from conflict.places import Mention, Places
from conflict.tolls import BreachTally, TollReport
from conflict.vocabulary import CasualtyKind
from ingest.extraction.assemble import Context, assemble
from ingest.extraction.attribution import only_monitor
from ingest.extraction.cluster import Cluster
from ingest.extraction.confidence import confidence_of, load_weights
from ingest.extraction.document import clusters_of, primary_place
from ingest.extraction.extraction import Extraction, SentenceTrace
from ingest.extraction.guards import genre
from ingest.extraction.lexicon import Lexicon
from ingest.extraction.parties import assign
from ingest.extraction.relevance import ANOTHER_LANGUAGE, in_another_language, why_nothing
from ingest.extraction.sentences import Told, dates_in, read_sentences
from ingest.extraction.tags import tag
from ingest.extraction.text import Cut, Kind, cut, normalise
from ingest.extraction.totals import is_total, tally_of, toll_of
from ingest.extraction.where import ABROAD, focus_country, home_of, province_of, settled

_ARABIC = re.compile(r"[\u0600-\u06ff]")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f\u0400-\u04ff]")
_DATELINE = 90  # characters at the head of a text where its own date may stand


class Extractor:
    """Reads reports with the word lists of `data/` and the places it is given."""

    def __init__(self, lexicon: Lexicon, places: Places, weights: Mapping[str, float]) -> None:
        self._lexicon = lexicon
        self._places = places
        self._weights = weights

    @classmethod
    def load(cls, places: Places) -> Extractor:
        """Read the word lists. `InputError` names a data file that cannot be read."""
        return cls(Lexicon.load(), places, load_weights())

    def extract(self, report: Report) -> Extraction:
        """What the report says happened. Never an exception, whatever the text; no events come with a reason."""
        page = cut(report.text, self._lexicon.page)
        title = ""
        if report.title and not _has_title(page.text, report.title):
            title = normalise(report.title[:_LONGEST_TITLE]).replace("\n", " ")
            page = _with_title(page, title, self._lexicon)
        language = report.language[:2].lower() if report.language else language_of(page.text)
        tagged = [tag(sentence, self._lexicon) for sentence in page.sentences]
        heading = ANOTHER_LANGUAGE if in_another_language(page.text, self._lexicon) else None
        heading = heading or (genre(tagged[0]) if tagged else None)
        telling = not heading and any(t.by("trigger") or t.by("harm") or t.by("truce") for t in tagged)
        reference = report.published_at.date() if report.published_at else _dateline(page.text, language)
        told: list[Told] = []
        events: list[EventData] = []
        tolls: list[TollReport] = []
        tallies: list[BreachTally] = []
        used: dict[int, list[int]] = {}
        if telling:
            mentions = self._mentions(title, page.text, None)
            country = focus_country(mentions)
            home = home_of(tagged, self._lexicon)
            if home and country != home and (country is None or country in ABROAD or not settled(mentions, country)):
                mentions, country = self._mentions(title, page.text, home), home
            told = read_sentences(tagged, mentions, reference, language, country, only_monitor(tagged), self._lexicon)
            self._complete(told)
            tallies = _tallies(report, told, reference)
            totals = _set_totals_apart(told, reference)
            clusters = clusters_of(told, reference, self._places, country)
            events, used = self._events(report, reference, told, clusters)
            tolls = self._tolls(report, reference, told, totals, used, events)
        reason = None if events else heading or why_nothing(page, told, self._lexicon, bool(tolls or tallies))
        return Extraction(tuple(events), tuple(tolls), tuple(tallies), reason, _trace(page, report, told, tagged, used))

    def _mentions(self, title: str, text: str, country: str | None) -> Sequence[Mention]:
        """The places of title and text; those of the title lie below zero, like its sentences."""
        if not title:
            return self._places.mentions(text, country=country)
        shift = len(title) + 2
        found = self._places.mentions(f"{title}\n\n{text}", country=country)
        return [replace(m, start=m.start - shift, end=m.end - shift) for m in found]

    def _complete(self, told: Sequence[Told]) -> None:
        """Give each frame its sides and tags."""
        for item in told:
            for frame in item.frames:
                frame.counts = [c for c in item.counts if c.casualty.kind in _HARM]
                assign(frame, item.tagged, item.sides)
                frame.tags = _tags(item, frame.key)

    def _events(
        self, report: Report, reference: date | None, told: Sequence[Told], clusters: Sequence[Cluster]
    ) -> tuple[list[EventData], dict[int, list[int]]]:
        context = Context(report, reference, told)
        events: list[EventData] = []
        used: dict[int, list[int]] = {}
        for cluster in clusters:
            why = _unfit(cluster)
            if why:
                for frame in cluster.frames:
                    told[frame.index].notes.append(f"{frame.key}: {why}")
                continue
            sequence = len(events)
            event = assemble(context, cluster, sequence)
            events.append(replace(event, confidence=confidence_of(cluster, event.facts, self._weights)))
            for index in {f.index for f in cluster.frames} | {i for i, _ in cluster.counts}:
                used.setdefault(index, []).append(sequence)
        return events, used

    def _tolls(
        self,
        report: Report,
        reference: date | None,
        told: Sequence[Told],
        totals: dict[int, DateMention | str],
        used: dict[int, list[int]],
        events: Sequence[EventData],
    ) -> list[TollReport]:
        area = province_of(primary_place(told, self._places), self._places)
        tolls: list[TollReport] = []
        for index, why in totals.items():
            item = told[index]
            sequence = None
            if item.counts and item.frames and not isinstance(why, str):
                sequence = next(iter(used.get(index, [])), None)
            toll = toll_of(report, item, why, reference, [area] if area else [], sequence)
            if sequence is not None:
                toll = _with_event(toll, events[sequence])
                same = next((t for t in tolls if t.sequence == sequence), None)
                if same and same.casualties == toll.casualties:
                    continue
            tolls.append(toll)
        return tolls


def _with_event(toll: TollReport, event: EventData) -> TollReport:
    """A short toll is the event's own: the same rows, the same places."""
    rows = event.facts.casualties or toll.casualties
    return replace(toll, casualties=rows, places=event.facts.places or toll.places)


_HARM = frozenset({CasualtyKind.KILLED, CasualtyKind.INJURED, CasualtyKind.KILLED_OR_INJURED})


def _set_totals_apart(told: Sequence[Told], reference: date | None) -> dict[int, DateMention | str]:
    """Find the sentences that count a period; a long one counts no event, so its numbers leave the frames."""
    totals: dict[int, DateMention | str] = {}
    for item in told:
        why = is_total(item)
        if why is None:
            continue
        totals[item.index] = why
        moved = any(c.casualty.kind is CasualtyKind.DISPLACED for c in item.counts)
        short = not isinstance(why, str) and (why.span.end - why.span.start).days < (_WEEK + 2 if moved else _WEEK)
        if short and item.frames:
            continue
        kept = [
            f
            for f in item.frames
            if f.dates and not isinstance(why, str) and any(d.kind.value == "day" for d in f.dates)
        ]
        for frame in item.frames:
            if frame not in kept:
                item.notes.append(f"{frame.key}: a count for a period, no event")
        item.frames = kept
        if not short:
            item.off_topic = item.off_topic or "a count for a period"
    return totals


_WEEK = 6  # days from first to last: who died "in the past week" died in many events; flight goes on


def _tallies(report: Report, told: Sequence[Told], reference: date | None) -> list[BreachTally]:
    found = []
    for item in told:
        tally = tally_of(report, item, reference)
        if tally:
            found.append(tally)
            item.notes += [f"{f.key}: part of a tally of breaches" for f in item.frames]
            item.frames = []
            item.counts = []
    return found


def _unfit(cluster: Cluster) -> str | None:
    """Why a cluster is not told as an event after all."""
    if cluster.background:
        dated = cluster.span is not None
        placed = bool(cluster.places) and not any(n.startswith("place") for n in cluster.inherited)
        return None if dated and placed else cluster.background
    first = cluster.first
    if first.key in _PASSING and first.index >= _OPENING and len(cluster.frames) == 1:
        placed = bool(cluster.places) and not any(n.startswith("place") for n in cluster.inherited)
        if cluster.span is None and not placed:
            return "mentioned in passing: no day and no place of its own"
    return None


_OPENING = 4  # sentences that say what a report is about
# What goes with violence: told as an event of its own only where the report opens with it or says when or where.
_PASSING = frozenset(
    {"agreement", "arrests", "looting", "disrupted_weapons", "change_to_group", "headquarters", "release"}
    | {"peaceful_protest", "violent_demonstration", "non_violent_transfer"}
)


def _tags(item: Told, key: str) -> tuple[str, ...]:
    named = {first for first, _ in item.places} | {first + 1 for first, _ in item.places}
    found = [t.value for t in item.tagged.by("target") if t.first not in named]
    if key == "displacement":
        found.insert(0, "displacement")
    if key == "agreement" and item.tagged.by("truce"):
        found.append("ceasefire")
    return tuple(dict.fromkeys(found))


_LONGEST_TITLE = 300
_TITLE_SEEN = 400  # characters at the head of a text in which its own title may stand


def _has_title(text: str, title: str) -> bool:
    return "".join(title.casefold().split())[:60] in "".join(text[:_TITLE_SEEN].casefold().split())


def _with_title(page: Cut, title: str, lexicon: Lexicon) -> Cut:
    """The text with its title read before it, at offsets below zero: nothing of the text moves."""
    shift = len(title) + 2
    sentences = [
        replace(s, start=s.start - shift, end=s.end - shift, paragraph=0, kind=Kind.HEADLINE)
        for s in cut(title, lexicon.page).sentences
    ]
    return replace(page, sentences=(*sentences, *page.sentences))


def language_of(text: str) -> str:
    """The language of a text by its letters: Arabic script or not."""
    head = text[:4_000]
    arabic = len(_ARABIC.findall(head))
    letters = arabic + len(_LATIN.findall(head))
    return "ar" if letters and arabic * 2 > letters else "en"


def _dateline(text: str, language: str) -> date | None:
    """A full date printed at the head of the text: the report's own day."""
    for mention in dates_in(text[:_DATELINE], 0, None, language):
        if mention.span.start == mention.span.end and mention.span.precision == 1:
            return mention.span.start
    return None


def _trace(
    page: Cut, report: Report, told: Sequence[Told], tagged: Sequence[object], used: dict[int, list[int]]
) -> tuple[SentenceTrace, ...]:
    lines = [SentenceTrace(d.start, d.end, report.text[d.start : d.end], (), (d.why,)) for d in page.dropped]
    for index, sentence in enumerate(page.sentences):
        item = told[index] if index < len(told) else None
        fired = tuple(w for f in item.frames for w in f.why) if item else ()
        dropped = tuple(item.notes) if item else ()
        lines.append(
            SentenceTrace(
                sentence.start,
                sentence.end,
                report.text[sentence.start : sentence.end] if sentence.start >= 0 else sentence.text,
                fired,
                dropped,
                tuple(used.get(index, ())),
            )
        )
    return tuple(sorted(lines, key=lambda line: line.start))
