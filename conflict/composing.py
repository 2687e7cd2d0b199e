"""Putting an answer together from what a search found: totals with containment, who says so, how fresh it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo

from conflict.answers import Answer, Range, SourceHealth
from conflict.ceasefires import Ceasefire
from conflict.claims import Claim
from conflict.comparing import TableRow
from conflict.counts import Total
from conflict.events import ConflictEvent
from conflict.questions import Question, QuestionKind
from conflict.tolls import BreachTally, Counted, TollReport, total_over
from conflict.vocabulary import CasualtyKind

SILENT_AFTER = timedelta(hours=24)  # a source not read for so long is named in the answer
QUIET_AFTER = timedelta(days=7)  # and one that is read, and has had nothing new for so long


@dataclass(frozen=True, slots=True)
class Sums:
    """Over all matching events: people harmed, by kind; `told` has the id and voices of those with such a number.

    `voices` tell of any of them; `rows` are those of a trend or a comparison. Empty is what was not asked for.
    """

    totals: Mapping[CasualtyKind, Total] = field(default_factory=dict)
    told: tuple[tuple[str, tuple[str, ...]], ...] = ()
    voices: tuple[str, ...] = ()
    rows: tuple[TableRow, ...] = ()


def compose(
    question: Question,
    now: datetime,
    *,
    events: Sequence[ConflictEvent],
    total: int,
    all_for_totals: Sequence[Counted] = (),
    sums: Sums | None = None,
    coarser: Sequence[ConflictEvent] = (),
    tolls: Sequence[TollReport] = (),
    tallies: Sequence[BreachTally] = (),
    ceasefires: Sequence[Ceasefire] = (),
    sources: Sequence[SourceHealth] = (),
    reports: int = 0,
    publishers: Sequence[str] = (),
    page: int = 0,
    pages: int = 1,
    database_empty: bool = False,
    tz: tzinfo = UTC,
    totals: bool = True,
) -> Answer:
    """The answer to `question` at `now`. `events` are the page to show, newest first.

    `sums` are over all that match; without them they are made from `all_for_totals` (`totals` False: adds up nobody).
    `tz` is the chat's zone, in which the days of the question's period are reckoned.
    """
    first, last = days_of(question, tz)
    shown_tolls = tolls_inside(tolls, first, last)
    asked = CasualtyKind.INJURED if question.kind is QuestionKind.INJURED else CasualtyKind.KILLED
    if sums is None:
        added = tolls if totals else ()
        kinds = (CasualtyKind.KILLED, CasualtyKind.INJURED)
        found = {kind: _total(kind, question, all_for_totals, added, first, last) for kind in kinds}
        told = tuple((event.event_id, event.originators) for event in all_for_totals)
        sums = Sums(found, told, tuple(dict.fromkeys(voice for _, voices in told for voice in voices)))
    killed, injured = (sums.totals.get(kind, Total()) for kind in (CasualtyKind.KILLED, CasualtyKind.INJURED))
    made = sums.totals.get(asked, Total())
    voices = [*sums.voices, *(t.originator for t in shown_tolls if t.originator)]
    return Answer(
        question=question,
        now=now,
        events=tuple(events),
        coarser=tuple(coarser),
        tolls=shown_tolls,
        tallies=tuple(tallies),
        ceasefires=tuple(ceasefires),
        total=total,
        fatalities=Range(killed.low, killed.best, killed.high),
        injured=Range(injured.low, injured.best, injured.high),
        containing=killed.containing,
        originators=tuple(dict.fromkeys(voices)),
        reports=reports,
        publishers=tuple(dict.fromkeys(publishers)),
        fresh_to=fresh_to(sources, now),
        silent_sources=silent(sources, now),
        page=page,
        pages=max(1, pages),
        database_empty=database_empty,
        rows=sums.rows,
        toll_originators=_counters(made, asked, events, sums.told),
        tolls_inside=made.inside,
        tolls_beyond=made.beyond,
        sample=any(e.sample for e in (*events, *coarser)),
    )


def days_of(question: Question, tz: tzinfo = UTC) -> tuple[date | None, date | None]:
    """The first and last day (inclusive) of the question's period, in this zone; None where it is open."""
    start, end = question.period.start, question.period.end
    first = start.astimezone(tz).date() if start else None
    last = (end - timedelta(microseconds=1)).astimezone(tz).date() if end else None
    return first, last


def fresh_to(sources: Sequence[SourceHealth], now: datetime) -> datetime | None:
    """The last successful check of any source, not later than `now`; None where no source was ever read."""
    checks = [s.last_success_at for s in sources if s.last_success_at is not None]
    return min(max(checks), now) if checks else None


def silent(sources: Sequence[SourceHealth], now: datetime) -> tuple[SourceHealth, ...]:
    """The sources that fail, have not been read for a day, or have had nothing new for a week."""
    return tuple(
        s
        for s in sources
        if s.failing_since is not None
        or s.last_success_at is None
        or now - s.last_success_at > SILENT_AFTER
        or (s.last_item_at is not None and now - s.last_item_at > QUIET_AFTER)
    )


def _total(
    kind: CasualtyKind,
    question: Question,
    events: Sequence[Counted],
    tolls: Sequence[TollReport],
    first: date | None,
    last: date | None,
) -> Total:
    return total_over(events, tolls, kind=kind, civilians=question.civilians, first_day=first, last_day=last)


def _counters(
    total: Total, kind: CasualtyKind, shown: Sequence[ConflictEvent], told: Sequence[tuple[str, tuple[str, ...]]]
) -> tuple[str, ...]:
    """Those of a total's voices that count anybody: who only tells of an event shown, without a number, does not."""
    claims = [claim for event in shown for claim in event.claims if claim.originator and not claim.superseded]
    counting = {claim.originator for claim in claims if _gives_toll(claim, kind)}
    only_telling = {claim.originator for claim in claims} - counting
    ids = {event.event_id for event in shown}
    elsewhere = {voice for voices in {voices for event_id, voices in told if event_id not in ids} for voice in voices}
    return tuple(voice for voice in total.voices if voice not in only_telling or voice in elsewhere)


def _gives_toll(claim: Claim, kind: CasualtyKind) -> bool:
    facts = claim.facts
    deaths = (facts.fatalities_low, facts.fatalities_best, facts.fatalities_high) != (None, None, None)
    return (kind is CasualtyKind.KILLED and deaths) or any(c.kind is kind for c in facts.casualties)


def tolls_inside(tolls: Sequence[TollReport], first: date | None, last: date | None) -> tuple[TollReport, ...]:
    """Those that are about these days alone."""
    return tuple(toll for toll in tolls if _inside(toll, first, last))


def _inside(toll: TollReport, first: date | None, last: date | None) -> bool:
    """Whether a count is about the period asked for; one that began earlier counts other people too."""
    end = toll.period_end or toll.as_of
    if first is not None and (toll.period_start is None or toll.period_start < first):
        return False
    return last is None or end is None or end <= last
