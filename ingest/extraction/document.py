"""The report as a whole: which frames tell of one event, what is background, what is inherited.

Headline and lead are evidence for the same event as the detail, not more events. Two events of one sub-type stay apart
when their days, parts of day or settlements differ. A sentence without a day takes that of the event before it; without
a place, the province of it, never the settlement.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from conflict.dates import DateKind
from conflict.periods import DaySpan
from conflict.places import EventPlace, Place, Places
from conflict.vocabulary import Assertion, CasualtyKind, PlaceLevel, SubEventType
from ingest.extraction.cluster import Cluster
from ingest.extraction.followup import harm_ahead, harm_only, nearest_frame, only_counts
from ingest.extraction.frames import Frame
from ingest.extraction.sentences import Told
from ingest.extraction.tags import Tagged
from ingest.extraction.text import Kind
from ingest.extraction.where import contains, finest_first, province_of

OLD = timedelta(days=14)  # what ended longer before publication is background, unless the report leads with it
VERY_OLD = timedelta(days=60)  # even a report that leads with it tells history
_LEAD = 3  # sentences


def clusters_of(told: Sequence[Told], reference: date | None, places: Places, country: str | None) -> list[Cluster]:
    """The events of a report, in the order they are first told."""
    clusters: list[Cluster] = []
    primary = primary_place(told, places)
    history = False  # the report is telling what came before
    lead = {item.index for item in told[: _LEAD + sum(t.tagged.sentence.kind is Kind.HEADLINE for t in told[:4])]}
    latest: Cluster | None = None
    latest_at = told_last_at = -9
    told_last: Cluster | None = None
    ahead: list[Told] = []  # sentences that give only numbers, before any event is told
    for item in told:
        recent = _has_recent_day(item, reference)
        old_day = any(_is_old(m.span, reference) for m in item.dates if m.kind is not DateKind.SINCE)
        if recent or any(f.ongoing for f in item.frames):
            history = False
        elif old_day and item.index not in lead:
            history = True
        if latest is not None and item.index - latest_at <= 2 and only_counts(item):
            item.notes.append(f"{item.frames[0].key}: numbers of the event before it")
            item.frames = []
        for frame in item.frames:
            if "(trend)" in (frame.background or "") or (frame.background or "").startswith("a trend"):
                item.notes.append(f"{frame.key}: {frame.background}")
                continue
            own = _own_span(frame)
            own_places = _own_places(frame, item, places)
            if latest is not None and item.index - latest_at <= 2 and _stops(frame, latest) and not _fine(own_places):
                item.notes.append("disrupted_weapons: part of the attack before it")
                continue
            background = _why_background(frame, item, own, reference, history, item.index in lead)
            home = _home(clusters, frame, own, own_places, background, item, latest)
            if home is None:
                home = Cluster([frame], own, frame.part, own_places, background)
                clusters.append(home)
                if own is None and not background:
                    _inherit_day(home, frame, latest if item.index - latest_at <= 2 else None, reference)
                if not _fine(home.places):
                    near = (
                        latest if latest and latest.background == background and item.index - latest_at <= 1 else None
                    )
                    _inherit_place(home, near, primary, places)
            else:
                _add(home, frame, own, own_places)
            home.counts += [(item.index, count) for count in item.counts if nearest_frame(item, count) is frame]
            told_last, told_last_at = home, item.index
            if not background:
                latest, latest_at = home, item.index
        if not item.frames and item.counts and not item.off_topic:
            if told_last is not None and told_last.background and item.index - told_last_at == 1 and not item.dates:
                told_last.counts += [(item.index, count) for count in item.counts]
            elif not harm_only(item, clusters, latest, latest_at) and not clusters:
                ahead.append(item)
    harm_ahead(ahead, clusters)
    return clusters


def primary_place(told: Sequence[Told], places: Places) -> EventPlace | None:
    """Where the report plays: the first province or finer in headline and lead, else the most frequent province."""
    country: EventPlace | None = None
    tally: dict[str, int] = {}
    for item in told[:5]:
        for _, place in item.places:
            if place.place and place.place.level not in (PlaceLevel.COUNTRY, PlaceLevel.REGION):
                return place
            country = country or place
    for item in told:
        for _, place in item.places:
            if place.place and place.place.admin1_id:
                tally[place.place.admin1_id] = tally.get(place.place.admin1_id, 0) + 1
    if tally:
        best = places.get(max(tally, key=lambda key: tally[key]))
        if best:
            return EventPlace(best.name, best)
    return country


def _own_span(frame: Frame) -> DaySpan | None:
    """The days a frame's own sentence tells of it; the finest expression, the nearest to the trigger."""
    if not frame.dates:
        return None
    days = [m for m in frame.dates if m.kind in (DateKind.DAY, DateKind.DURATION)] or frame.dates
    days = [m for m in days if m.text.casefold() != "overnight"] or days  # the night of the day that is named
    if len(days) > 1 and all(m.kind is DateKind.DAY for m in days):
        starts = sorted(m.span.start for m in days)
        ends = sorted(m.span.end for m in days)
        if (ends[-1] - starts[0]).days <= 3:
            return DaySpan(starts[0], ends[-1], 1 if starts[0] == ends[-1] else 2)
    return days[0].span


def _own_places(frame: Frame, item: Told, places: Places) -> list[EventPlace]:
    """The places of a frame's own sentence, the finest first; "the latter" is the place named last before it."""
    tagged = item.tagged
    for tag in tagged.by("coreference"):
        before = [place for first, place in item.places if first < tag.first]
        if before and abs(tag.first - frame.trigger.first) <= 8:
            return [before[-1] if tag.value == "latter" else before[0]]
    found = sorted(item.places, key=lambda fp: abs(fp[0] - frame.trigger.first))
    mine = [place for _, place in found]
    here = [(first, place) for first, place in found if not _elsewhere(tagged, frame, first)]
    if here and len(here) < len(found):
        found, mine = here, [place for _, place in here]
    if len(item.frames) > 1 and len(mine) > 1:
        near = [p for first, p in found if not _other_nearer(item, frame, first)]
        mine = near or mine
    ordered = list(finest_first(mine))
    if ordered and ordered[0].level in (PlaceLevel.FACILITY, PlaceLevel.SETTLEMENT):
        return ordered
    for tag in tagged.by("unnamed_places"):
        if 0 <= tag.first - frame.trigger.last <= 3:
            number = next((n for n in item.numbers if 0 <= tag.first - tagged.word_at(n.start) <= 3 and n.count), None)
            if number:
                base = next((p.place for p in ordered), None)
                ordered.insert(
                    0, EventPlace(f"{number.text} {tagged.written(tag.first, tag.last)}", base, count=number.count)
                )
                break
    return ordered


def _elsewhere(tagged: Tagged, frame: Frame, first: int) -> bool:
    """Whether a place belongs to what the event answered or came after: "rockets at X in response to strikes on Y"."""
    return any(
        frame.trigger.last <= tag.first < first and not tagged.clause_between(tag.last, first)
        for tag in tagged.by("context")
    )


def _other_nearer(item: Told, frame: Frame, first: int) -> bool:
    mine = abs(first - frame.trigger.first)
    return any(abs(first - other.trigger.first) < mine for other in item.frames if other is not frame)


def _has_recent_day(item: Told, reference: date | None) -> bool:
    if reference is None:
        return False
    return any(
        m.kind is DateKind.DAY and m.span.precision == 1 and m.span.end >= reference - timedelta(days=9)
        for m in item.dates
    )


def _is_old(span: DaySpan, reference: date | None) -> bool:
    return reference is not None and span.end < reference - OLD


def _why_background(
    frame: Frame, item: Told, own: DaySpan | None, reference: date | None, history: bool, lead: bool
) -> str | None:
    if own is not None:
        if lead and _is_note(item, reference):
            return frame.background
        if _is_old(own, reference) and (not lead or own.end < (reference or own.end) - VERY_OLD):
            return f"ended {own.end.isoformat()}, long before the report"
        if reference and own.start > reference and frame.key not in ("agreement", "change_to_group"):
            return "lies after the report"
        if frame.background and own.precision == 1 and not _is_old(own, reference):
            return None
    if own is None and reference is not None and not (lead and item.counts):
        past = next((m for m in item.dates if m.kind is DateKind.YEAR and m.span.end.year < reference.year), None)
        if past is not None:
            return f"dated {past.text}"
    if frame.background and not (lead and item.counts):
        return frame.background
    if history and own is None:
        return "told among what came before"
    return None


_NOTE_YEARS = 15


def _is_note(item: Told, reference: date | None) -> bool:
    """Whether a sentence opens with its own full date, as coders write: what it tells is its news, however old."""
    base = item.tagged.sentence.start
    return any(
        m.kind is DateKind.DAY
        and m.span.precision == 1
        and m.start - base <= 24
        and any(c.isdecimal() and m.text[i : i + 4].isdecimal() for i, c in enumerate(m.text))
        and (reference is None or m.span.end.year >= reference.year - _NOTE_YEARS)
        for m in item.dates
    )


def _stops(frame: Frame, attack: Cluster) -> bool:
    """Whether a frame tells what was shot down, perhaps of the attack before it: "eleven of them were shot down"."""
    return frame.key == "disrupted_weapons" and attack.sub in _FROM_AFAR


_FROM_AFAR = (SubEventType.AIR_STRIKE, SubEventType.SHELLING)
_PAIRS = ({SubEventType.SUICIDE_BOMB, SubEventType.REMOTE_EXPLOSIVE},)


def _home(
    clusters: Sequence[Cluster],
    frame: Frame,
    own: DaySpan | None,
    own_places: list[EventPlace],
    background: str | None,
    item: Told,
    latest: Cluster | None,
) -> Cluster | None:
    """The event a frame tells of, if one is there already."""
    fits = [c for c in clusters if _fits(c, frame, own, own_places, background, item)]
    if not fits:
        return None
    if own is None and not _fine(own_places):
        if (frame.ongoing or frame.definite) and fits[0] is clusters[0]:
            return fits[0]
        return latest if latest in fits else fits[-1]
    exact = [c for c in fits if own is not None and c.span == own]
    return (exact or fits)[0]


def _fits(
    c: Cluster, frame: Frame, own: DaySpan | None, places: list[EventPlace], background: str | None, item: Told
) -> bool:
    same = c.sub is frame.sub and (c.first.key == "release") == (frame.key == "release")
    bombed = {c.sub, frame.sub} == {*_FROM_AFAR} and (c.first.open_means or frame.open_means)
    if not same and not bombed and {c.sub, frame.sub} not in _PAIRS:
        return False
    if bool(c.background) != bool(background):
        return False
    if Assertion.DENIED in (c.first.assertion, frame.assertion) and c.first.assertion is not frame.assertion:
        return frame.assertion is Assertion.DENIED
    if c.sub is not frame.sub and (own is not None and c.span is not None and own != c.span):
        return False
    own_span = _own_span(c.first) or c.span
    if own is not None and own_span is not None and own != own_span and not _headline(c, item):
        return False
    if own is not None and own_span is None and c.inherited and c.span is None and not _headline(c, item):
        return False
    if frame.part and c.part and frame.part is not c.part:
        return False
    if own is None and _same_toll(c, item):
        return True
    if _only_inherited(c) and item.index - c.frames[-1].index <= 1:
        return True
    return _places_fit(c.places, places)


def _same_toll(c: Cluster, item: Told) -> bool:
    """Whether a sentence counts the same dead as an event's: the same thing told again, less or more exactly placed."""
    mine = {x.casualty.count for x in item.counts if x.casualty.kind is CasualtyKind.KILLED and not x.part}
    other = {x.casualty.count for _, x in c.counts if x.casualty.kind is CasualtyKind.KILLED and not x.part}
    return bool(mine) and mine == other and None not in mine and max(n or 0 for n in mine) >= 5


def _only_inherited(c: Cluster) -> bool:
    return any(note.startswith("place") for note in c.inherited)


def _headline(c: Cluster, item: Told) -> bool:
    """Whether all that is known of an event so far stood in the headline or the lead says no day of its own."""
    return c.span is None


def _places_fit(have: Sequence[EventPlace], new: Sequence[EventPlace]) -> bool:
    mine, other = _resolved(have), _resolved(new)
    if not mine or not other:
        return True
    return any(contains(a, b) or contains(b, a) for a in mine[:3] for b in other[:3])


def _resolved(places: Sequence[EventPlace]) -> list[Place]:
    """The finest places: settlements if there are any, else districts and provinces, else countries."""
    known = [p.place for p in places if p.place]
    if not known:
        return []
    fine = [p for p in known if p.level in (PlaceLevel.FACILITY, PlaceLevel.SETTLEMENT)]
    middle = [p for p in known if p.level in (PlaceLevel.ADMIN2, PlaceLevel.ADMIN1)]
    return fine or middle or known


def _fine(places: Sequence[EventPlace]) -> bool:
    return any(p.place and p.place.level not in (PlaceLevel.COUNTRY, PlaceLevel.REGION) for p in places)


def _add(home: Cluster, frame: Frame, own: DaySpan | None, places: list[EventPlace]) -> None:
    home.frames.append(frame)
    if own is not None and (home.span is None or any(n.startswith("day") for n in home.inherited)):
        home.span = own
        home.inherited = [n for n in home.inherited if not n.startswith("day")]
    home.part = home.part or frame.part
    if _only_inherited(home) and _fine(places):
        home.places = list(places)
        home.inherited = [n for n in home.inherited if not n.startswith("place")]
    else:
        home.places = list(finest_first([*home.places, *places]))
    if {home.sub, frame.sub} == _PAIRS[0]:
        home.frames[0].sub = SubEventType.SUICIDE_BOMB
    elif {home.sub, frame.sub} == {*_FROM_AFAR}:  # bombed, and then it is said from where
        home.frames[0].sub = SubEventType.AIR_STRIKE
    if frame.assertion is Assertion.ANNOUNCED:
        home.frames[0].assertion = Assertion.ANNOUNCED


def _inherit_day(home: Cluster, frame: Frame, latest: Cluster | None, reference: date | None) -> None:
    if frame.since and latest and latest.span and reference:
        home.span = DaySpan(min(latest.span.end, reference), reference, 2)
        home.inherited.append("days: since the event before it")
    elif (
        frame.ongoing
        or frame.key == "displacement"
        or latest is None
        or latest.span is None
        or latest.span.precision > 1
    ):
        return
    else:
        home.span = latest.span
        home.inherited.append("day: of the event before it")


def _inherit_place(home: Cluster, near: Cluster | None, primary: EventPlace | None, places: Places) -> None:
    source = next(
        (p for p in (near.places if near else []) if p.place and p.place.level is not PlaceLevel.COUNTRY), None
    )
    province = province_of(source or primary, places)
    if province is None:
        return
    unnamed = next((p for p in home.places if p.count), None)
    if unnamed:
        home.places = [EventPlace(unnamed.text, province.place, unnamed.vicinity, unnamed.bearing, unnamed.count)]
    elif home.places and home.places[0].place and province.place and not contains(home.places[0].place, province.place):
        return
    else:
        home.places = [province]
    home.inherited.append("place: the province of the event before it")
