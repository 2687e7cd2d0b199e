"""The hard decision of merging: which reports tell of one event. Pure functions over plain values.

A *telling* is what one report says of one event. Tellings are grouped into events by one rule that does not look at
the order in which they came, so that any order of arrival ends in the same partition; the pipeline brings what is
stored into line with it (`Merge`, and where a later report shows that two were thrown together, parting them again).

Two tell of one event when the sub-types are compatible, the days overlap, the part of day does not differ and the
settlement is the same. Two differently named settlements, two rows of one data set and two events of one report never
are. What is known only more coarsely may contain the finer event and stays apart, but for copies of one text.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from math import asin, cos, radians, sin, sqrt

from conflict.claims import Claim
from conflict.events import ConflictEvent, Corroborate, EventData, EventIntent, Insert, Revise
from conflict.facts import EventFacts
from conflict.fingerprints import near_copies, words_of
from conflict.fold import fold, voice_of
from conflict.names import folded
from conflict.places import EventPlace
from conflict.vocabulary import PlaceLevel, SubEventType

NEAR_KM = 2.0
MAX_DAYS = 4  # a longer span is a course of events, not one
MIN_SENTENCE = 6  # words; a shorter sentence is no proof of copying
_FINE = (PlaceLevel.FACILITY, PlaceLevel.SETTLEMENT)
_COPY = 100
_RULED = 10 * _COPY  # an operator's word

# Sub-types that two reporters may well give to the same thing. Air strike and shelling only with the same toll.
_ALIKE: tuple[frozenset[SubEventType], ...] = tuple(
    map(
        frozenset,
        (
            {SubEventType.AIR_STRIKE, SubEventType.CHEMICAL_WEAPON},
            {SubEventType.SHELLING, SubEventType.CHEMICAL_WEAPON},
            {SubEventType.AIR_STRIKE, SubEventType.ATTACK},
            {SubEventType.SHELLING, SubEventType.ATTACK},
            {SubEventType.REMOTE_EXPLOSIVE, SubEventType.SUICIDE_BOMB},
            {SubEventType.REMOTE_EXPLOSIVE, SubEventType.GRENADE},
            {SubEventType.ARMED_CLASH, SubEventType.GOVERNMENT_REGAINS},
            {SubEventType.ARMED_CLASH, SubEventType.NON_STATE_OVERTAKES},
            {SubEventType.PEACEFUL_PROTEST, SubEventType.PROTEST_WITH_INTERVENTION},
            {SubEventType.PROTEST_WITH_INTERVENTION, SubEventType.EXCESSIVE_FORCE},
            {SubEventType.VIOLENT_DEMONSTRATION, SubEventType.MOB_VIOLENCE},
            {SubEventType.ABDUCTION, SubEventType.ARRESTS},
        ),
    )
)
_ALIKE_WITH_TOLL = frozenset({SubEventType.AIR_STRIKE, SubEventType.SHELLING})


@dataclass(frozen=True, slots=True)
class Telling:
    """What one report says of one event. `key` tells it from all others; `held` is the event it now belongs to."""

    report_id: str
    claims: tuple[Claim, ...]
    facts: EventFacts
    held: str | None = None

    @property
    def key(self) -> tuple[str, str]:
        """Unique, and the same whenever this report is read."""
        return self.report_id, min(c.claim_id for c in self.claims)


def row_report_id(data_set: str, external_id: str) -> str:
    """The report id of a row of a data set; by its form rows of one data set are known as such."""
    return f"row:{data_set}:{external_id}"


def tellings(event: ConflictEvent) -> tuple[Telling, ...]:
    """The reports behind a held event, one telling each."""
    by_report: dict[str, list[Claim]] = {}
    for claim in event.claims:
        by_report.setdefault(claim.report_id, []).append(claim)
    return tuple(_telling(report_id, claims, event.event_id) for report_id, claims in sorted(by_report.items()))


def telling_of(data: EventData) -> Telling:
    """What this report says, not yet belonging to any event."""
    return _telling(data.report_id, data.claims, None)


def _telling(report_id: str, claims: Sequence[Claim], held: str | None) -> Telling:
    told = fold("", 1, claims)
    return Telling(report_id, told.claims, told.facts, held)


def decide(
    data: EventData, candidates: Sequence[ConflictEvent], copies: Collection[frozenset[str]] = frozenset()
) -> EventIntent:
    """What this report means for what we hold. `copies` are pairs of report ids whose texts are near-copies.

    Where the group it falls into spans several held events, the intent names the earliest; the rest are to be merged.
    """
    new = telling_of(data)
    known = [t for event in candidates for t in tellings(event)]
    group = next(g for g in partition([new, *known], copies) if new in g)
    by_id = {event.event_id: event for event in candidates}
    held = sorted({t.held for t in group if t.held}, key=lambda i: _seniority(by_id[i]))
    if not held:
        return Insert(data, "no stored event shares its kind, day and settlement")
    event = by_id[held[0]]
    why = explain(new, next(t for t in group if t.held == event.event_id))
    voices = {voice_of(c) for c in event.claims}
    if all(voice_of(c) in voices for c in data.claims) and _says_otherwise(event, data):
        return Revise(event.event_id, data, "the same voice says more or otherwise; " + why)
    return Corroborate(event.event_id, data, why)


def partition(
    items: Iterable[Telling],
    copies: Collection[frozenset[str]] = frozenset(),
    *,
    joined: Collection[str] = frozenset(),
    apart: Collection[frozenset[str]] = frozenset(),
) -> list[tuple[Telling, ...]]:
    """The tellings grouped by event, the same for any order of `items`: strongest ties first, never against a bar.

    Operators' rulings go before all: the tellings of a held event in `joined` stay together, those of two in `apart`
    never come together.
    """
    ordered = sorted(items, key=lambda t: t.key)
    ties: list[tuple[int, int, int]] = []
    barred: set[tuple[int, int]] = set()
    for (i, one), (j, other) in combinations(enumerate(ordered), 2):
        if one.held is not None and one.held == other.held and one.held in joined:
            ties.append((-_RULED, i, j))
        elif frozenset((one.held or "", other.held or "")) in apart or never(one, other):
            barred.add((i, j))
        elif strength := tie(one, other, copied=frozenset({one.report_id, other.report_id}) in copies):
            ties.append((-strength, i, j))
    group = {i: {i} for i in range(len(ordered))}
    for _, i, j in sorted(ties):
        mine, theirs = group[i], group[j]
        if mine is theirs or any((min(a, b), max(a, b)) in barred for a in mine for b in theirs):
            continue
        mine |= theirs
        for member in theirs:
            group[member] = mine
    seen = {id(members): members for members in group.values()}
    return [tuple(ordered[i] for i in sorted(members)) for members in sorted(seen.values(), key=min)]


def never(one: Telling, other: Telling) -> bool:
    """Whether nothing could make these one event."""
    if one.report_id == other.report_id or _rows_of_one_data_set(one.report_id, other.report_id):
        return True
    a, b = one.facts, other.facts
    if not _days_overlap(a, b) or not _sub_types_fit(a, b):
        return True
    if _one_day(a) and _one_day(b) and a.part_of_day and b.part_of_day and a.part_of_day is not b.part_of_day:
        return True
    return _places_differ(a.primary_place, b.primary_place)


def tie(one: Telling, other: Telling, *, copied: bool = False) -> int:
    """How strongly two tellings that may be one event speak for it; 0 not at all."""
    a, b = one.facts, other.facts
    if _same_sentence(one.claims, other.claims):
        return _COPY + _place_tie(a, b) + _helped(a, b)  # one sentence may tell of several events
    if a.event_date is None or b.event_date is None or _days(a) > MAX_DAYS or _days(b) > MAX_DAYS:
        return 0
    place = _place_tie(a, b)
    if copied and a.sub_event_type is b.sub_event_type:
        return _COPY // 2 + place + _helped(a, b)
    if not place:
        return 0
    return place + _helped(a, b)


def may_meet(one: Telling, other: Telling) -> bool:
    """Whether the two could end in one group directly; what meets nothing of a group need not be looked at."""
    if never(one, other):
        return False
    dated = one.facts.event_date is not None and other.facts.event_date is not None
    same_kind = one.facts.sub_event_type is other.facts.sub_event_type
    return (dated and same_kind) or tie(one, other) > 0  # of one kind: the texts may turn out to be copies


def possibly_same(a: EventFacts, b: EventFacts) -> str | None:
    """Why two events that stay apart may be one: the same kind and days, and one's place lies inside the other's."""
    if a.event_date is None or b.event_date is None or not _days_overlap(a, b) or not _sub_types_fit(a, b):
        return None
    if max(_days(a), _days(b)) > MAX_DAYS or (a.part_of_day and b.part_of_day and a.part_of_day is not b.part_of_day):
        return None
    one = a.primary_place.place if a.primary_place else None
    other = b.primary_place.place if b.primary_place else None
    if one is None or other is None or (one.level in _FINE) == (other.level in _FINE):
        return None
    fine, coarse = (one, other) if one.level in _FINE else (other, one)
    if coarse.place_id not in (fine.admin1_id, fine.admin2_id):
        return None
    return f"the same kind and days, {fine.name} lies in {coarse.name}"


def explain(one: Telling, other: Telling) -> str:
    """Why two tellings were taken for one, for people."""
    if _same_sentence(one.claims, other.claims):
        return "the same sentence"
    place = one.facts.primary_place
    words = [place.place.name if place and place.place else "the same place", str(one.facts.event_date)]
    if _toll(one.facts) is not None and _toll(one.facts) == _toll(other.facts):
        words.append(f"{_toll(one.facts)} killed")
    return f"{one.facts.sub_event_type.value.lower()}: same " + ", ".join(words)


def _seniority(event: ConflictEvent) -> tuple[bool, str, str]:
    first = event.first_reported_at
    return first is None, first.isoformat() if first else "", event.event_id


def _says_otherwise(event: ConflictEvent, data: EventData) -> bool:
    return fold(event.event_id, event.revision, (*event.claims, *data.claims)).facts != event.facts


def _rows_of_one_data_set(one: str, other: str) -> bool:
    a, b = one.split(":", 2), other.split(":", 2)
    return len(a) == len(b) == 3 and a[0] == b[0] == "row" and a[1] == b[1]


def _sub_types_fit(a: EventFacts, b: EventFacts) -> bool:
    pair = frozenset({a.sub_event_type, b.sub_event_type})
    if len(pair) == 1 or pair in _ALIKE:
        return True
    return pair == _ALIKE_WITH_TOLL and bool(_toll(a)) and _toll(a) == _toll(b)


def _end(facts: EventFacts) -> date | None:
    return facts.event_date_end or facts.event_date


def _days(facts: EventFacts) -> int:
    end = _end(facts)
    return (end - facts.event_date).days + 1 if end and facts.event_date else 0


def _one_day(facts: EventFacts) -> bool:
    return _days(facts) == 1


def _days_overlap(a: EventFacts, b: EventFacts) -> bool:
    """Unknown days are no bar by themselves; they are no tie either."""
    a_end, b_end = _end(a), _end(b)
    if a.event_date is None or b.event_date is None or a_end is None or b_end is None:
        return True
    return a.event_date <= b_end and b.event_date <= a_end


def _toll(facts: EventFacts) -> int | None:
    return facts.fatalities_best if facts.fatalities_best is not None else facts.fatalities_low


def _places_differ(one: EventPlace | None, other: EventPlace | None) -> bool:
    """Whether two places that are both known finely cannot be the same."""
    if one is None or other is None or one.place is None or other.place is None:
        return False
    if one.place.level not in _FINE or other.place.level not in _FINE:
        return _apart(one, other)
    return not _same_settlement(one, other)


def _apart(one: EventPlace, other: EventPlace) -> bool:
    """Whether two places, one of them coarse, lie in different countries, provinces or districts."""
    a, b = one.place, other.place
    if a is None or b is None:
        return False
    pairs = ((a.country_code, b.country_code), (a.admin1_id, b.admin1_id), (a.admin2_id, b.admin2_id))
    return any(x and y and x != y for x, y in pairs)


def _same_settlement(one: EventPlace, other: EventPlace) -> bool:
    a, b = one.place, other.place
    if a is None or b is None:
        return False
    if a.place_id == b.place_id:
        return True
    apart = kilometres(a.latitude, a.longitude, b.latitude, b.longitude)
    mixed = (a.level is PlaceLevel.FACILITY) != (b.level is PlaceLevel.FACILITY)
    if mixed:  # a camp or hospital of the settlement: beside it, or named after it
        if apart is not None and apart <= NEAR_KM:
            return True
        named = set(words_of(folded_words(a.name))) & set(words_of(folded_words(b.name)))
        return bool(named) and (apart is None or apart <= 3 * NEAR_KM) and a.admin1_id == b.admin1_id
    # Two gazetteers may list one village under two ids; two names are two villages, however near.
    return apart is not None and apart <= NEAR_KM and folded(a.name) == folded(b.name)


def folded_words(name: str) -> str:
    """Each word of a name in its folded form, so that "Qah camp" and "Kah" share a word."""
    return " ".join(folded(word) for word in name.replace("-", " ").split() if len(word) > 2)


def kilometres(lat1: float | None, lon1: float | None, lat2: float | None, lon2: float | None) -> float | None:
    """Great-circle distance in km; None where a coordinate is unknown."""
    if lat1 is None or lon1 is None or lat2 is None or lon2 is None:
        return None
    f1, f2 = radians(lat1), radians(lat2)
    h = sin((f2 - f1) / 2) ** 2 + cos(f1) * cos(f2) * sin(radians(lon2 - lon1) / 2) ** 2
    return 12742.0 * asin(sqrt(min(1.0, h)))


def _place_tie(a: EventFacts, b: EventFacts) -> int:
    one, other = a.primary_place, b.primary_place
    if one is None or other is None:
        return 0
    if one.place is None or other.place is None:
        same_words = one.place is other.place and folded(one.text) == folded(other.text)
        return 2 if same_words and _much_alike(a, b) else 0
    fine = one.place.level in _FINE, other.place.level in _FINE
    if all(fine):
        if one.vicinity != other.vicinity:
            return 6
        return 8 if one.place.place_id == other.place.place_id else 5
    same_unit = one.place.place_id == other.place.place_id
    same_unit = same_unit and (one.bearing == other.bearing or None in (one.bearing, other.bearing))
    return 3 if not any(fine) and same_unit and _much_alike(a, b) else 0


def _much_alike(a: EventFacts, b: EventFacts) -> bool:
    """What must agree where the settlement is unknown: the days, the sub-type, the actors and a toll."""
    if a.sub_event_type is not b.sub_event_type or not _toll(a) or _toll(a) != _toll(b):
        return False
    days = _days(a) == _days(b) == 1 or (1 < _days(a) <= MAX_DAYS and 1 < _days(b) <= MAX_DAYS)
    # One report may leave a side unnamed; sides that contradict each other are never the same.
    return days and not _sides(a).isdisjoint(_sides(b))


def _sides(facts: EventFacts) -> frozenset[str]:
    return frozenset(a.side or a.actor_id or a.name for a in (facts.actor1, facts.actor2) if a is not None)


def _helped(a: EventFacts, b: EventFacts) -> int:
    """Actors and tolls and exact words help to choose between several; alone they are no reason."""
    points = 2 if a.sub_event_type is b.sub_event_type else 0
    points += 2 if a.part_of_day and a.part_of_day is b.part_of_day else 0
    points += 1 if _one_day(a) and _one_day(b) else 0
    points += 1 if _sides(a) & _sides(b) else 0
    if _toll(a) is not None and _toll(a) == _toll(b):
        points += 3
    return points


def _same_sentence(one: Sequence[Claim], other: Sequence[Claim]) -> bool:
    """Whether both rest on one sentence of some length: a copied text gives it away, whatever else is unknown."""
    mine = [c.evidence.text for c in one if c.evidence and len(words_of(c.evidence.text)) >= MIN_SENTENCE]
    theirs = [c.evidence.text for c in other if c.evidence and len(words_of(c.evidence.text)) >= MIN_SENTENCE]
    return any(near_copies(a, b) for a in mine for b in theirs)
