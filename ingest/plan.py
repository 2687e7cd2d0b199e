"""From groups of tellings to what is to be done with the events we hold: a pure plan, carried out by the pipeline."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b

from conflict.ceasefires import Ceasefire, truces_covering
from conflict.claims import Claim
from conflict.corrections import Correction
from conflict.events import ChangeKind, ConflictEvent, Corroborate, EventData, EventIntent, Insert, Merge, Revise
from conflict.facts import Breach, EventFacts
from conflict.fold import fold, voice_of
from conflict.vocabulary import Verification
from ingest.decide import Telling, explain, partition, telling_of, tellings

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_COMPARED = tuple(name for name in EventFacts.__slots__ if name != "places")


@dataclass(frozen=True, slots=True)
class Step:
    """What becomes of one event: its new state, the events it absorbs, the kind of change and the reasons.

    `intents` say it in the words of the decision; `parted` is true where tellings left it for another event.
    """

    event: ConflictEvent
    kind: ChangeKind
    intents: tuple[EventIntent, ...]
    absorbed: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    report_id: str | None = None
    parted: bool = False

    @property
    def why(self) -> str:
        """The reason, for people."""
        return "; ".join(dict.fromkeys(intent.why for intent in self.intents))


def plan(
    arrived: Sequence[EventData],
    held: Iterable[ConflictEvent],
    *,
    copies: Collection[frozenset[str]] = frozenset(),
    joined: Collection[str] = frozenset(),
    apart: Collection[frozenset[str]] = frozenset(),
    ceasefires: Sequence[Ceasefire] = (),
    sample: bool = False,
    taken: Callable[[str], bool] = lambda _: False,
) -> tuple[Step, ...]:
    """The steps that bring the held events in line with the partition; those that give tellings away come first.

    `arrived` are the events of one report; `held` everything that may be touched by them, with what may be touched by
    those in turn; `joined` and `apart` are operators' rulings on held ids (see `partition`). Held events that stay as
    they are get no step. `taken` says whether an id is in use already.
    """
    by_id = {event.event_id: event for event in held}
    new = {telling_of(data).key: data for data in arrived}
    groups = partition(
        [*(telling_of(data) for data in arrived), *(t for event in by_id.values() for t in tellings(event))],
        copies,
        joined=joined,
        apart=apart,
    )
    owner = _owners(groups)
    steps: list[Step] = []
    for number, group in enumerate(groups):
        kept = sorted((i for i, n in owner.items() if n == number), key=lambda i: seniority(by_id[i]))
        data = [new[t.key] for t in group if t.held is None]
        into = by_id[kept[0]] if kept else None
        before = {t.key for i in kept for t in tellings(by_id[i])}
        after = {t.key for t in group}
        if into and len(kept) == 1 and before == after:
            continue
        event_id = into.event_id if into else _fresh_id(group, lambda made: made in by_id or taken(made))
        claims = inferring([c for t in group for c in t.claims], ceasefires)
        said = tuple(dict.fromkeys(one for i in reversed(kept) for one in by_id[i].corrections))
        event = _state(event_id, into, claims, data, sample, said)
        steps.append(_step(event, into, kept[1:], group, data, parted=not before <= after))
    return tuple(sorted(steps, key=lambda s: (not s.parted, s.event.event_id)))


def retold(held: Sequence[ConflictEvent], data: EventData, ceasefires: Sequence[Ceasefire] = ()) -> tuple[Step, ...]:
    """What becomes of the events that a row told of, now that it says something else: claims of the row are replaced.

    The first of them takes the new claims; any other loses the old ones (an event that only the row told of is the
    first: a row tells of one event).
    """
    steps: list[Step] = []
    for number, event in enumerate(held):
        others = [c for c in event.claims if c.report_id != data.report_id]
        arrived = [data] if number == 0 else []
        claims = inferring([*others, *(c for d in arrived for c in d.claims)], ceasefires)
        if not claims:
            continue
        after = _state(event.event_id, event, claims, arrived, event.sample, event.corrections)
        intent = Revise(event.event_id, data, "the data set has changed the row")
        fields = _changed(event.facts, after.facts)
        steps.append(Step(after, ChangeKind.REVISED, (intent,), fields=fields, report_id=data.report_id))
    return tuple(steps)


def seniority(event: ConflictEvent) -> tuple[bool, str, str]:
    """The order in which events are kept when they merge: the one first published, then by id."""
    first = event.first_reported_at
    return first is None, first.isoformat() if first else "", event.event_id


def _owners(groups: Sequence[Sequence[Telling]]) -> dict[str, int]:
    """Which group goes on under each held id: the one with most of its tellings, of equals the first."""
    owner: dict[str, int] = {}
    for i in sorted({t.held for group in groups for t in group if t.held}):
        shares = [sum(t.held == i for t in group) for group in groups]
        owner[i] = shares.index(max(shares))
    return owner


def _state(
    event_id: str,
    into: ConflictEvent | None,
    claims: Sequence[Claim],
    data: Sequence[EventData],
    sample: bool,
    corrections: Sequence[Correction],
) -> ConflictEvent:
    """The event after this step; what people decided about it (withdrawn, confirmed, corrected) stays."""
    episodes = [into.episode if into else None, *(d.episode for d in data)]
    confidences = [into.confidence if into else None, *(d.confidence for d in data)]
    return fold(
        event_id,
        into.revision + 1 if into else 1,
        claims,
        retracted=bool(into and into.verification is Verification.RETRACTED),
        confirmed=bool(into and into.verification is Verification.CONFIRMED),
        episode=next((e for e in episodes if e), None),
        confidence=max((c for c in confidences if c is not None), default=None),
        corrections=corrections,
        sample=sample,
    )


def _step(
    event: ConflictEvent,
    into: ConflictEvent | None,
    absorbed: Sequence[str],
    group: Sequence[Telling],
    data: Sequence[EventData],
    *,
    parted: bool,
) -> Step:
    others = [t for t in group if t.held is not None]
    intents: list[EventIntent] = []
    for one in data:
        why = explain(telling_of(one), others[0]) if others else "no stored event shares its kind, day and settlement"
        if into is None:
            intents.append(Insert(one, why))
        elif _known_voices(into, one.claims) and _changed(into.facts, event.facts):
            intents.append(Revise(event.event_id, one, "the same voice says more or otherwise: " + why))
        else:
            intents.append(Corroborate(event.event_id, one, why))
    intents += [Merge(event.event_id, i, "they tell of one event: " + explain(group[0], group[-1])) for i in absorbed]
    if not intents:
        first = others[0]
        again = EventData(first.report_id, 0, first.facts, first.claims)
        why = "a later report shows that these were two events"
        intents.append(Revise(event.event_id, again, why) if into else Insert(again, why))
    return Step(
        event=event,
        kind=_kind(into, intents),
        intents=tuple(intents),
        absorbed=tuple(absorbed),
        fields=_changed(into.facts, event.facts) if into else (),
        report_id=data[0].report_id if data else None,
        parted=parted,
    )


def _kind(into: ConflictEvent | None, intents: Sequence[EventIntent]) -> ChangeKind:
    if into is None:
        return ChangeKind.NEW
    return ChangeKind.CORROBORATED if any(isinstance(i, Corroborate) for i in intents) else ChangeKind.REVISED


def _known_voices(event: ConflictEvent, claims: Sequence[Claim]) -> bool:
    voices = {voice_of(c) for c in event.claims}
    return all(voice_of(c) in voices for c in claims)


def _changed(before: EventFacts, after: EventFacts) -> tuple[str, ...]:
    """The fields of an event that differ, for readers of the change feed."""
    names = [name for name in _COMPARED if getattr(before, name) != getattr(after, name)]
    if before.primary_place != after.primary_place:
        names.append("places")
    return tuple(names)


def inferring(claims: Sequence[Claim], ceasefires: Sequence[Ceasefire]) -> tuple[Claim, ...]:
    """The claims with the truces marked inside whose area and days a bound (or unnamed) party fought; no accusation."""
    plain = tuple(_with_inferred(c, ()) for c in claims)
    if not ceasefires:
        return plain
    inside = tuple(c.ceasefire_id for c in truces_covering(fold("", 1, plain).facts, ceasefires))
    return tuple(_with_inferred(c, inside) for c in plain) if inside else plain


def _with_inferred(claim: Claim, inside: tuple[str, ...]) -> Claim:
    reported = claim.facts.breach.reported if claim.facts.breach else ()
    breach = Breach(reported, inside) if reported or inside else None
    return claim if breach == claim.facts.breach else replace(claim, facts=replace(claim.facts, breach=breach))


def _fresh_id(group: Sequence[Telling], taken: Callable[[str], bool]) -> str:
    """An opaque id that a second run on an empty database would give again; no letters that look alike."""
    return fresh_id(group[0].key, taken)


def fresh_id(key: tuple[str, str], taken: Callable[[str], bool]) -> str:
    """The id of an event whose first telling has this key; `taken` says which ids are in use."""
    seed = "\n".join(key)
    salt = 0
    while True:
        number = int.from_bytes(blake2b(f"{seed}\n{salt}".encode(), digest_size=8).digest(), "big")
        made = "".join(_ALPHABET[(number >> (5 * place)) & 31] for place in range(10))
        if not taken(made):
            return made
        salt += 1
