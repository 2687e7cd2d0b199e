"""From clusters of frames to `EventData`: facts, one claim for each voice, evidence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from conflict.claims import Claim
from conflict.events import EventData, Report
from conflict.facts import Actor, Breach, EventFacts, ReportedBreach
from conflict.periods import DaySpan
from conflict.vocabulary import TYPE_OF, Assertion, EventType, OriginatorKind, Status
from ingest.extraction.cluster import Cluster
from ingest.extraction.frames import Frame
from ingest.extraction.harm import harm_of, opponents
from ingest.extraction.parts import Count
from ingest.extraction.sentences import Told
from ingest.extraction.text import Kind
from ingest.extraction.totals import evidence_of, opaque

_EPISODE_TYPES = (EventType.BATTLES, EventType.REMOTE_VIOLENCE)


@dataclass(frozen=True, slots=True)
class Context:
    """What assembling needs of the report: its day, its sentences, its two main sides."""

    report: Report
    reference: date | None
    told: Sequence[Told]


def assemble(context: Context, cluster: Cluster, sequence: int) -> EventData:
    """One event of a report."""
    frames = cluster.frames
    facts = _facts(context, cluster, frames)
    claims = _claims(context, cluster, facts, sequence)
    return EventData(
        report_id=context.report.report_id,
        sequence=sequence,
        facts=facts,
        claims=claims,
        episode=_episode(context.report, facts),
        why=tuple(dict.fromkeys([w for f in frames for w in f.why] + cluster.inherited)),
    )


def _facts(context: Context, cluster: Cluster, frames: Sequence[Frame]) -> EventFacts:
    actor1, actor2 = _actors(frames)
    harm = harm_of(settled_counts(cluster, actor1, actor2))
    span = cluster.span
    precision = span.precision if span else None
    if span is None and context.reference is not None and not cluster.background:
        said = next((f.told_on.span for f in frames if f.told_on), None)
        near = said is not None and 0 <= (context.reference - said.end).days <= _TOLD_WITHIN
        day = said.end if said is not None and near else context.reference
        span, precision = DaySpan(day, day, 2), 2
    if span and precision == 1 and (span.end - span.start).days > 1:
        precision = 2
    tags = dict.fromkeys(tag for f in frames for tag in f.tags)
    breach = _breach(frames, context)
    return EventFacts(
        sub_event_type=frames[0].sub,
        event_date=span.start if span else None,
        event_date_end=span.end if span and span.end != span.start else None,
        part_of_day=cluster.part,
        time_precision=precision,
        actor1=actor1,
        actor2=actor2,
        initiator=next((f.initiator for f in frames if f.initiator), None),
        civilian_targeting=any(f.civilians for f in frames),
        places=tuple(cluster.places[:6]),
        casualties=harm.casualties,
        fatalities_low=harm.low,
        fatalities_best=harm.best,
        fatalities_high=harm.high,
        tags=tuple(tags),
        assertion=frames[0].assertion,
        status=_status(cluster),
        breach=breach,
    )


def settled_counts(cluster: Cluster, actor1: Actor | None, actor2: Actor | None) -> list[tuple[int, Count]]:
    """The numbers of an event with their sides: plain "soldiers" and "rebels" are those of its own two sides."""
    pair = [a for a in (actor1, actor2) if a]
    settled: list[tuple[int, Count]] = []
    for sentence, count in cluster.counts:
        side = count.casualty.side
        if side in ("state", "opposition"):
            wanted = "government" if side == "state" else "opposition"
            match = next((a for a in pair if a.side == wanted), None)
            name = (match.actor_id or match.name) if match else wanted
            count = replace(count, casualty=replace(count.casualty, side=name))
        settled.append((sentence, count))
    return opponents(settled)


def _actors(frames: Sequence[Frame]) -> tuple[Actor | None, Actor | None]:
    """The pair of the first frame that names one; later frames name what it leaves open or says less exactly."""
    first = max(frames, key=_naming)
    actor1, actor2 = first.actor1, first.actor2
    for frame in frames:
        for actor in (frame.actor1, frame.actor2):
            if actor is None:
                continue
            if actor1 is None and frame.actor1 is actor and not _known(actor, actor2):
                actor1 = actor
            elif actor2 is None and not _known(actor, actor1) and frame.actor2 is actor:
                actor2 = actor
    return actor1, actor2


def _naming(frame: Frame) -> int:
    """How exactly a frame names its two sides."""
    pair = [a for a in (frame.actor1, frame.actor2) if a]
    return sum(2 if a.actor_id else 1 for a in pair) + (2 if len(pair) == 2 else 0)


def _known(actor: Actor, other: Actor | None) -> bool:
    return other is not None and (actor.name == other.name or (actor.side is not None and actor.side == other.side))


def _status(cluster: Cluster) -> Status:
    if cluster.background:
        return Status.BACKGROUND
    return Status.ONGOING if all(f.ongoing for f in cluster.frames) else Status.NEW


_ACCUSED = frozenset({"accused", "accuses", "accusing", "اتهم", "اتهمت", "يتهم", "تتهم", "واتهم", "واتهمت"})


def _breach(frames: Sequence[Frame], context: Context) -> Breach | None:
    reported: list[ReportedBreach] = []
    for frame in frames:
        if not frame.breach:
            continue
        item = context.told[frame.index]
        accused = None
        for tag in item.tagged.by("says"):
            if item.tagged.words[tag.first].key in _ACCUSED:
                accused = next((s.actor.actor_id or s.actor.name for s in item.sides if s.first >= tag.last), None)
        entry = ReportedBreach(
            accuser=frame.voice.originator, accused=accused, denied_by=_denier(item, context, accused)
        )
        if entry not in reported:
            reported.append(entry)
    return Breach(reported=tuple(reported)) if reported else None


def _denier(item: Told, context: Context, accused: str | None) -> str | None:
    """Who denies an accusation, in its sentence or the one after: the accused, or whoever is said to."""
    for told in context.told[item.index : item.index + 2]:
        for tag in told.tagged.by("denial"):
            before = [t.value for t in told.tagged.by("actor") if t.last <= tag.first]
            if before and (told is not item or before[-1] == accused):
                return before[-1]
            if told is not item and told.voice.originator:
                return told.voice.originator
    return None


def _claims(context: Context, cluster: Cluster, facts: EventFacts, sequence: int) -> tuple[Claim, ...]:
    """One claim for each voice; sentences without a voice strengthen the first."""
    report = context.report
    body = [f for f in cluster.frames if context.told[f.index].tagged.sentence.kind is Kind.BODY] or list(
        cluster.frames
    )
    voices: dict[str | None, list[Frame]] = {}
    for frame in body:
        voices.setdefault(frame.voice.originator, []).append(frame)
    counted = {index for index, _ in cluster.counts}
    for index in sorted(counted):
        voice = context.told[index].voice
        if voice.originator not in voices and voice.originator is not None and None in voices and len(voices) == 1:
            voices = {voice.originator: voices[None]}
    named: dict[str | None, list[Frame]] = {key: value for key, value in voices.items() if key is not None}
    if named and None in voices and context.told[voices[None][0].index].index > next(iter(named.values()))[0].index:
        voices = named  # the publisher's own later sentences rest on the voice before them
    order = sorted(voices.items(), key=lambda kv: (kv[0] is None, kv[1][0].index))
    claims: list[Claim] = []
    for number, (originator, frames) in enumerate(order):
        voice = next((f.voice for f in frames), cluster.first.voice)
        if originator is not None and voice.originator != originator:
            voice = next(
                context.told[i].voice for i in sorted(counted) if context.told[i].voice.originator == originator
            )
        carrier = next((f.voice.carrier for f in frames if f.voice.carrier), voice.carrier)
        item = context.told[frames[0].index]
        said = facts if number == 0 else _said(facts, frames, cluster, context)
        claims.append(
            Claim(
                claim_id=opaque(report.report_id, f"claim-{sequence}", number),
                report_id=report.report_id,
                publisher=report.publisher,
                facts=said,
                originator=originator,
                originator_kind=voice.kind if originator else OriginatorKind.UNNAMED,
                carrier=carrier,
                evidence=evidence_of(report, item),
                url=report.url,
                published_at=report.published_at,
                retrieved_at=report.retrieved_at,
                denies=any(f.assertion is Assertion.DENIED for f in frames)
                and cluster.first.assertion is not Assertion.DENIED,
            )
        )
    return tuple(claims)


def _said(facts: EventFacts, frames: Sequence[Frame], cluster: Cluster, context: Context) -> EventFacts:
    """What a further voice says: the event's facts with only its own numbers and breach."""
    mine = {f.index for f in frames}
    harm = harm_of([(i, c) for i, c in cluster.counts if i in mine])
    return replace(
        facts,
        casualties=harm.casualties,
        fatalities_low=harm.low,
        fatalities_best=harm.best,
        fatalities_high=harm.high,
        initiator=next((f.initiator for f in frames if f.initiator), None),
        breach=_breach(frames, context),
    )


def _episode(report: Report, facts: EventFacts) -> str | None:
    """Fighting of one report in one province is one course of fighting."""
    place = facts.primary_place
    if (
        TYPE_OF[facts.sub_event_type] not in _EPISODE_TYPES
        or facts.status is Status.BACKGROUND
        or not place
        or not place.place
    ):
        return None
    area = place.place.admin1 or place.place.country or place.place.name
    slug = re.sub(r"[^a-z0-9]", "-", area.lower())
    return f"{report.report_id}:{slug}"


_TOLD_WITHIN = 14  # days: what was said so long ago happened about then
