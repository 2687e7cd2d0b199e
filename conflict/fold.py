"""A held event is the fold of its claims: one pure function, whatever the order in which the claims came.

Who counts as a voice: the originator. Three wires that quote one monitor are one voice; a data set that cites it is
that monitor's word again; where no source is named, the publisher speaks for itself, unless the same publisher also
quotes a named source on this event. Occurrence, toll, initiator and responsibility are disputed each for itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TypeVar

from conflict.answers import Range
from conflict.claims import Claim
from conflict.corrections import Correction, corrected
from conflict.events import ConflictEvent
from conflict.facts import Actor, Breach, Casualty, EventFacts, ReportedBreach
from conflict.fingerprints import near_copies
from conflict.places import EventPlace
from conflict.severity import severity_of
from conflict.vocabulary import (
    Assertion,
    CasualtyKind,
    OriginatorKind,
    PartOfDay,
    PlaceLevel,
    Status,
    SubEventType,
    Verification,
)

_T = TypeVar("_T", bound=Hashable)
_UNDATED = datetime.min.replace(tzinfo=UTC)
_LEVELS = tuple(PlaceLevel)  # finest first
# Of two sub-types with as many voices, the one that says more of what happened: it stands earlier here.
_TELLING = (
    SubEventType.CHEMICAL_WEAPON,
    SubEventType.SUICIDE_BOMB,
    SubEventType.NON_STATE_OVERTAKES,
    SubEventType.GOVERNMENT_REGAINS,
    SubEventType.NON_VIOLENT_TRANSFER,
    SubEventType.AIR_STRIKE,
    SubEventType.SHELLING,
    SubEventType.REMOTE_EXPLOSIVE,
    SubEventType.GRENADE,
    SubEventType.SEXUAL_VIOLENCE,
    SubEventType.EXCESSIVE_FORCE,
    SubEventType.ABDUCTION,
)


def fold(
    event_id: str,
    revision: int,
    claims: Sequence[Claim],
    *,
    retracted: bool = False,
    confirmed: bool = False,
    episode: str | None = None,
    confidence: float | None = None,
    updated_at: datetime | None = None,
    corrections: Sequence[Correction] = (),
    sample: bool = False,
) -> ConflictEvent:
    """The event that these claims (at least one) tell of; the same for any order of them and for repeats.

    `retracted` and `confirmed` are decisions of people, not of claims, and so are `corrections`: they stand over what
    the claims say, and settle a dispute on the toll. Raises ValueError without claims.
    """
    ordered = mark_superseded(in_order(claims))
    if not ordered:
        raise ValueError("an event needs at least one claim")
    disputed = _disputed(ordered)
    facts = corrected(_facts(ordered, disputed), corrections)
    settled = {"toll"} if any(one.field == "killed" for one in corrections) else set()
    dates = [c.published_at for c in ordered if c.published_at is not None]
    return ConflictEvent(
        event_id=event_id,
        revision=revision,
        facts=facts,
        claims=ordered,
        verification=_verification(ordered, disputed, retracted=retracted, confirmed=confirmed),
        severity=severity_of(facts),
        episode=episode,
        confidence=confidence,
        first_reported_at=min(dates, default=None),
        updated_at=updated_at,
        disputed=tuple(one for one in disputed if one not in settled),
        corrections=tuple(corrections),
        sample=sample,
    )


def voice_of(claim: Claim) -> str:
    """The key of who speaks: the originator, or the publisher where no source is named."""
    if claim.originator:
        return " ".join(claim.originator.split()).casefold()
    return "publisher: " + " ".join(claim.publisher.split()).casefold()


def in_order(claims: Iterable[Claim]) -> tuple[Claim, ...]:
    """Claims by publication, each once. Undated ones come first: an undated word never overrules a dated one."""
    unique: dict[str, Claim] = {}
    for claim in sorted((replace(c, superseded=False) for c in claims), key=repr):
        unique.setdefault(claim.claim_id, claim)
    return tuple(sorted(unique.values(), key=lambda c: (c.published_at or _UNDATED, c.claim_id)))


def mark_superseded(ordered: Sequence[Claim]) -> tuple[Claim, ...]:
    """The same claims, with those marked that the same voice has later contradicted on toll or occurrence."""
    marked: list[Claim] = []
    later_toll: dict[str, Range] = {}
    later_word: dict[str, bool] = {}
    for claim in reversed(ordered):
        voice, toll = voice_of(claim), toll_of(claim)
        overruled = later_word.get(voice, claim.denies) != claim.denies
        if toll is not None:
            overruled = overruled or later_toll.get(voice, toll) != toll
            later_toll.setdefault(voice, toll)
        later_word.setdefault(voice, claim.denies)
        marked.append(replace(claim, superseded=overruled))
    return tuple(reversed(marked))


def independent_voices(claims: Iterable[Claim]) -> tuple[str, ...]:
    """The independent voices, in order: no data set, no publisher that quotes others, no copied sentence."""
    claims = tuple(claims)
    named = [c for c in claims if c.originator]
    quoting = {c.publisher.casefold() for c in named}
    own = [c for c in named if c.originator_kind is not OriginatorKind.DATASET]
    for claim in claims:
        if claim.originator or claim.publisher.casefold() in quoting:
            continue
        if claim.originator_kind is OriginatorKind.DATASET or any(_copied(claim, other) for other in (*named, *own)):
            continue
        own.append(claim)
    return tuple(dict.fromkeys(voice_of(c) for c in own or claims))


def _copied(claim: Claim, other: Claim) -> bool:
    """Whether an unnamed voice says it in another publisher's words: an agency text that went through two outlets."""
    if claim.evidence is None or other.evidence is None or claim.publisher == other.publisher:
        return False
    return near_copies(claim.evidence.text, other.evidence.text)


def toll_of(claim: Claim) -> Range | None:
    """The deaths this claim states; None where it states none. `high` None with a `low` is "at least"."""
    facts = claim.facts
    low, best, high = facts.fatalities_low, facts.fatalities_best, facts.fatalities_high
    if low is best is high is None:
        killed = [c for c in facts.casualties if c.kind is CasualtyKind.KILLED]
        if len(killed) != 1:  # several may contain each other; whoever read the report did not add them either
            return None
        low, best, high = killed[0].low, killed[0].count, killed[0].high
        if low is best is high is None:
            return None
    if low is None and high is None:
        return Range(best, best, best)
    return Range(low, best, high)


def combine_tolls(tolls: Sequence[Range]) -> tuple[Range, bool]:
    """One range over what several voices say (latest first), and whether they dispute it (no overlap)."""
    lows = [t.low if t.low is not None else t.best for t in tolls]
    highs = [t.high if t.high is not None else (t.best if t.low is None else None) for t in tolls]
    known_low = [n for n in lows if n is not None]
    known_high = [n for n in highs if n is not None]
    stated = known_low + known_high + [t.best for t in tolls if t.best is not None]
    if not stated:
        return Range(), False
    floor = max(known_low, default=0)
    ceiling = min(known_high, default=None)
    low = min(known_low) if len(known_low) == len(tolls) else None
    high = max([*known_high, *known_low]) if known_high else None
    if ceiling is not None and floor > ceiling:
        return Range(low, None, high), True
    inside = [
        t.best for t in tolls if t.best is not None and floor <= t.best and (ceiling is None or t.best <= ceiling)
    ]
    return Range(low, inside[0] if inside else (floor if floor == ceiling else None), high), False


def _latest(ordered: Sequence[Claim], said: Callable[[Claim], object]) -> tuple[Claim, ...]:
    """Of each voice the latest claim that says something on this, latest first."""
    latest: dict[str, Claim] = {}
    for claim in reversed(ordered):
        if said(claim) is not None:
            latest.setdefault(voice_of(claim), claim)
    return tuple(latest.values())


def _affirming(ordered: Sequence[Claim]) -> tuple[Claim, ...]:
    """Claims of voices that (still) say that it happened."""
    deniers = {voice_of(c) for c in _latest(ordered, lambda c: c.denies) if c.denies}
    return tuple(c for c in ordered if voice_of(c) not in deniers)


def _disputed(ordered: Sequence[Claim]) -> tuple[str, ...]:
    affirming = _affirming(ordered)
    found: list[str] = []
    if affirming and len(affirming) < len(ordered):
        found.append("occurrence")
    if _toll(affirming)[1]:
        found.append("toll")
    if len({c.facts.initiator for c in _latest(affirming, lambda c: c.facts.initiator)}) > 1:
        found.append("initiator")
    # A denier may hold somebody else responsible ("it was the militants' own depot"): that counts too.
    if len({c.responsibility for c in _latest(ordered, lambda c: c.responsibility)}) > 1:
        found.append("responsibility")
    return tuple(found)


def _toll(ordered: Sequence[Claim]) -> tuple[Range, bool]:
    return combine_tolls([toll for c in _latest(ordered, toll_of) if (toll := toll_of(c)) is not None])


def _verification(
    ordered: Sequence[Claim], disputed: tuple[str, ...], *, retracted: bool, confirmed: bool
) -> Verification:
    if retracted:
        return Verification.RETRACTED
    if confirmed or any(c.originator_kind is OriginatorKind.OPERATOR and not c.denies for c in ordered):
        return Verification.CONFIRMED
    if "occurrence" in disputed:
        return Verification.DISPUTED
    if len(independent_voices(_affirming(ordered))) > 1:
        return Verification.CORROBORATED
    return Verification.UNVERIFIED


def _facts(ordered: Sequence[Claim], disputed: tuple[str, ...]) -> EventFacts:
    told = _affirming(ordered) or tuple(ordered)
    toll, _ = _toll(told)
    day, end, precision, part = _days(told)
    actor1, actor2 = _actors(told)
    initiators = [c.facts.initiator for c in _latest(told, lambda c: c.facts.initiator)]
    return EventFacts(
        sub_event_type=_sub_event_type(told),
        event_date=day,
        event_date_end=end,
        part_of_day=part,
        time_precision=precision,
        actor1=actor1,
        actor2=actor2,
        initiator=initiators[0] if initiators and "initiator" not in disputed else None,
        civilian_targeting=any(c.facts.civilian_targeting for c in told),
        places=_places(told),
        casualties=_casualties(told),
        fatalities_low=toll.low,
        fatalities_best=toll.best,
        fatalities_high=toll.high,
        tags=tuple(sorted({tag for c in told for tag in c.facts.tags})),
        assertion=_assertion(ordered),
        status=min((c.facts.status for c in told), key=tuple(Status).index),
        breach=_breach(ordered),
    )


def _weights(claims: Iterable[Claim], value: Callable[[Claim], _T]) -> Counter[_T]:
    """How many voices stand behind each value."""
    return Counter(held for held, _voice in {(value(c), voice_of(c)) for c in claims})


def _sub_event_type(told: Sequence[Claim]) -> SubEventType:
    weights = _weights(told, lambda c: c.facts.sub_event_type)
    rank = {sub: place for place, sub in enumerate(_TELLING)}
    last = len(rank)
    types = tuple(SubEventType)
    return min(weights, key=lambda s: (s is SubEventType.OTHER, -weights[s], rank.get(s, last), types.index(s)))


def _days(told: Sequence[Claim]) -> tuple[date | None, date | None, int | None, PartOfDay | None]:
    """The narrowest span that a claim states (of equals the one with most voices), never one computed of several."""
    dated = [c for c in told if c.facts.event_date is not None]
    if not dated:
        parts = [c.facts.part_of_day for c in told if c.facts.part_of_day]
        return None, None, None, parts[0] if parts else None

    def span(claim: Claim) -> tuple[date, date]:
        start = claim.facts.event_date or date.min
        return start, claim.facts.event_date_end or start

    weights = _weights(dated, span)
    start, end = min(weights, key=lambda s: (s[1] - s[0], -weights[s], s))
    same = [c.facts for c in dated if span(c) == (start, end)]
    precision = min((f.time_precision for f in same if f.time_precision is not None), default=None)
    parts = [f.part_of_day for f in same if f.part_of_day] or [
        c.facts.part_of_day for c in dated if c.facts.part_of_day and span(c)[0] <= start <= span(c)[1]
    ]
    return start, end if end != start else None, precision, parts[0] if parts else None


def _rank(place: EventPlace) -> tuple[int, bool]:
    return (_LEVELS.index(place.level) if place.level else len(_LEVELS)), place.vicinity


def _key(place: EventPlace) -> str:
    return place.place.place_id if place.place else "text: " + place.text.casefold()


def _places(told: Sequence[Claim]) -> tuple[EventPlace, ...]:
    """The finest primary place first, then the others, without those that only contain a finer one."""
    primaries = [c for c in told if c.facts.places]
    if not primaries:
        return ()
    weights = _weights(primaries, lambda c: _key(c.facts.places[0]))
    # min() is stable: of equals the place of the earliest claim.
    primary = min((c.facts.places[0] for c in primaries), key=lambda p: (_rank(p), -weights[_key(p)]))
    kept: dict[str, EventPlace] = {_key(primary): primary}
    for place in sorted((p for c in primaries for p in c.facts.places), key=_rank):
        kept.setdefault(_key(place), place)
    containing = {i for p in kept.values() for i in _containers(p)}
    return tuple(p for key, p in kept.items() if key not in containing)


def _containers(place: EventPlace) -> tuple[str, ...]:
    if place.place is None:
        return ()
    return tuple(i for i in (place.place.admin1_id, place.place.admin2_id) if i and i != place.place.place_id)


def _actors(told: Sequence[Claim]) -> tuple[Actor | None, Actor | None]:
    def known(claim: Claim) -> int:
        return sum(1 + (a.actor_id is not None) for a in (claim.facts.actor1, claim.facts.actor2) if a is not None)

    best = max(told, key=known)  # stable: of equals the earliest
    actor1, actor2 = best.facts.actor1, best.facts.actor2
    for claim in told:
        for actor in (claim.facts.actor1, claim.facts.actor2):
            if actor is None or _same(actor, actor1) or _same(actor, actor2):
                continue
            if actor1 is None:
                actor1 = actor
            elif actor2 is None and (actor.side is None or actor.side != actor1.side):
                actor2 = actor
    return actor1, actor2


def _same(one: Actor, other: Actor | None) -> bool:
    if other is None:
        return False
    return one.actor_id == other.actor_id if one.actor_id and other.actor_id else one.name == other.name


def _casualties(told: Sequence[Claim]) -> tuple[Casualty, ...]:
    """Those of the best-informed among the voices' latest statements; of equals the latest."""
    stating = _latest(told, lambda c: c.facts.casualties or None)
    if not stating:
        return ()
    return max(stating, key=lambda c: sum(2 if k.count is not None else 1 for k in c.facts.casualties)).facts.casualties


def _assertion(ordered: Sequence[Claim]) -> Assertion:
    affirming = _affirming(ordered)
    if not affirming:
        return Assertion.DENIED
    return min((c.facts.assertion for c in affirming), key=tuple(Assertion).index)


def _breach(ordered: Sequence[Claim]) -> Breach | None:
    breaches = [c.facts.breach for c in ordered if c.facts.breach is not None]
    if not breaches:
        return None
    reported = dict.fromkeys(r for b in breaches for r in b.reported)
    answered = {(r.accuser, r.accused) for r in reported if r.denied_by}
    kept: tuple[ReportedBreach, ...] = tuple(
        r for r in reported if r.denied_by or (r.accuser, r.accused) not in answered
    )
    return Breach(kept, tuple(sorted({i for b in breaches for i in b.inferred})))
