"""From a report to what we hold: extraction, decision, fold and save, thin I/O around pure functions.

All of one report happens in one transaction with its changes: it is stored whole or not at all. A report that is stored
already changes nothing. What gives no event is kept with the reason why.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from itertools import combinations
from typing import Protocol

from conflict import ceasefires
from conflict.claims import Claim
from conflict.events import ChangeKind, ConflictEvent, EventData, EventIntent, Report
from conflict.facts import EventFacts
from conflict.fingerprints import fingerprint, may_be_copies, near_copies
from conflict.policy import NO_POLICY, Policy
from conflict.tolls import BreachTally, TollReport
from conflict.vocabulary import OriginatorKind
from ingest.decide import Telling, may_meet, possibly_same, telling_of, tellings
from ingest.plan import Step, plan, retold
from ingest.proposals import propose, take_back
from ingest.withdrawing import follow_edit, withdraw_report
from storage import Storage
from storage.unit import Unit

log = logging.getLogger(__name__)

DATA_SETS = frozenset({"ucdp", "acled", "gdelt"})
REACH = 200  # held events that one report may touch, at most
_fingerprint = lru_cache(maxsize=1024)(fingerprint)


class Extraction(Protocol):
    """What was read out of one report; `reason` says why there is no event."""

    @property
    def events(self) -> tuple[EventData, ...]:
        """What it says happened."""

    @property
    def tolls(self) -> tuple[TollReport, ...]:
        """Counts over an area and a period."""

    @property
    def tallies(self) -> tuple[BreachTally, ...]:
        """Counts of ceasefire breaches."""

    @property
    def reason(self) -> str | None:
        """Why there is nothing, in words."""


class Extracts(Protocol):
    """Reads events out of reports; `ingest.extraction.Extractor` is the real one."""

    def extract(self, report: Report) -> Extraction:
        """The events of one report."""


@dataclass(frozen=True, slots=True)
class IngestResult:
    """What became of one report. `stored` False: it was there already, and nothing changed.

    `inserted`, `revised`, `corroborated`, `merged` count events; `reason` says why there are none.
    """

    report_id: str
    stored: bool
    events: tuple[ConflictEvent, ...] = ()
    intents: tuple[EventIntent, ...] = ()
    inserted: int = 0
    revised: int = 0
    corroborated: int = 0
    merged: int = 0
    tolls: int = 0
    tallies: int = 0
    reason: str | None = None


class Pipeline:
    """Takes reports in, one at a time. `now` is the seam for time: an aware instant in UTC.

    `policy` says which new events wait before they are shown.
    """

    def __init__(
        self, storage: Storage, extractor: Extracts, now: Callable[[], datetime], policy: Policy = NO_POLICY
    ) -> None:
        self._storage = storage
        self._extractor = extractor
        self._now = now
        self._policy = policy

    @property
    def storage(self) -> Storage:
        """Where it keeps what it takes in."""
        return self._storage

    def ingest(self, report: Report) -> IngestResult:
        """Take in one report, whole or not at all. The same report twice changes nothing."""
        if self._known(report.report_id):
            return IngestResult(report.report_id, stored=False)
        extraction = self._extractor.extract(report)
        return self.take(report, extraction.events, extraction.tolls, extraction.tallies, extraction.reason)

    def ingest_all(self, reports: Iterable[Report]) -> tuple[IngestResult, ...]:
        """Take in several, each in a transaction of its own."""
        return tuple(self.ingest(report) for report in reports)

    def take(
        self,
        report: Report,
        events: Sequence[EventData],
        tolls: Sequence[TollReport] = (),
        tallies: Sequence[BreachTally] = (),
        reason: str | None = None,
    ) -> IngestResult:
        """Take in a report whose events are known already (a row of a data set); else as `ingest`."""
        at = self._now()
        with self._storage.begin(write=True) as unit:
            if not unit.reports.save(report):
                return IngestResult(report.report_id, stored=False)
            if not report.sample:
                keep_shipped_ceasefires(unit)
            steps = self._decide(unit, report, [_dated(data, report) for data in events])
            for step in steps:
                _carry_out(unit, step, at)
            for toll in tolls:
                unit.tolls.save(toll)
            for tally in tallies:
                unit.tallies.save(tally)
            self._delay(unit, steps, at)
            withdrawn = follow_edit(unit, report, at)
            _link(unit, report, steps, at)
            if reason and not (events or tolls or tallies):
                unit.reports.set_outcome(report.report_id, reason)
        result = _result(report, steps, len(tolls), len(tallies), reason)
        log.info(
            "report %s: %d new, %d revised, %d corroborated, %d merged, %d taken back",
            report.report_id,
            result.inserted,
            result.revised,
            result.corroborated,
            result.merged,
            withdrawn,
        )
        return result

    def withdraw(self, source_id: str, external_id: str, why: str) -> int:
        """A source has deleted or taken back what it published under this id; how many events that changed."""
        return withdraw_report(self._storage, source_id, external_id, why, at=self._now())

    def retell(self, report: Report, data: EventData) -> IngestResult:
        """Take in a later version of a row of a data set: it stands in for what the row said before.

        The row's claims are replaced, what others say stays; then the events around it are brought in line. The former
        version is kept as a report of its own. Where nothing but its date of publication changed, no event is revised.
        """
        at, data = self._now(), _dated(data, report)
        with self._storage.begin(write=True) as unit:
            held = unit.events.of_report(report.report_id)
            said = [c for event in held for c in event.claims if c.report_id == report.report_id]
            unit.bulk.replace_report(report)
            if not held or _same_words(said, data.claims):
                unit.bulk.redate_claims(report)
                return IngestResult(report.report_id, stored=False)
            unit.bulk.drop_claims(report.report_id)
            truces = unit.ceasefires.all()
            steps = retold(held, data, truces)
            for step in steps:
                _carry_out(unit, step, at)
            touched = unit.events.get_many(step.event.event_id for step in steps)
            reached = _within_reach(unit, [data], report.sample)
            around = list({event.event_id: event for event in (*touched, *reached)}.values())
            ruled = unit.rulings.among([event.event_id for event in around])
            more = plan(
                (),
                around,
                copies=_copies(unit, report, around),
                joined=ruled.joined,
                apart=ruled.apart,
                ceasefires=truces,
                sample=report.sample,
                taken=lambda event_id: unit.events.flags(event_id) is not None,
            )
            for step in more:
                _carry_out(unit, step, at)
        return _result(report, (*steps, *more), 0, 0, None)

    def _delay(self, unit: Unit, steps: Sequence[Step], at: datetime) -> None:
        """Hold new events back for as long as the policy says."""
        for step in steps:
            delay = self._policy.delay(step.event)
            if step.kind is ChangeKind.NEW and delay:
                unit.events.mark(step.event.event_id, held=True, held_until=at + delay)

    def _known(self, report_id: str) -> bool:
        with self._storage.begin() as unit:
            return unit.reports.get(report_id) is not None

    def _decide(self, unit: Unit, report: Report, arrived: Sequence[EventData]) -> tuple[Step, ...]:
        if not arrived:
            return ()
        held = _within_reach(unit, arrived, report.sample)
        ruled = unit.rulings.among([event.event_id for event in held])
        return plan(
            arrived,
            held,
            copies=_copies(unit, report, held),
            joined=ruled.joined,
            apart=ruled.apart,
            ceasefires=unit.ceasefires.all(),
            sample=report.sample,
            taken=lambda event_id: unit.events.flags(event_id) is not None,
        )


def keep_shipped_ceasefires(unit: Unit, *, sample: bool = False) -> int:
    """Store the ceasefires that ship with the program, except what an operator has touched; how many were missing."""
    stored = {c.ceasefire_id: c for c in unit.ceasefires.all()}
    missing = 0
    for ceasefire in ceasefires.load():
        known = stored.get(ceasefire.ceasefire_id)
        wanted = replace(ceasefire, sample=known.sample if known else sample)
        if wanted != known and not unit.operators.of_subject(ceasefire.ceasefire_id, 1):
            unit.ceasefires.save(wanted)
            missing += known is None
    return missing


def _dated(data: EventData, report: Report) -> EventData:
    """The event with the report's own instants on its claims, where extraction left them out.

    What a data set says in its own name is marked so: it codes what others reported, and is no further witness.
    """

    def completed(claim: Claim) -> Claim:
        if claim.originator is None and report.source_id in DATA_SETS:
            claim = replace(claim, originator=report.publisher, originator_kind=OriginatorKind.DATASET)
        return replace(
            claim,
            published_at=claim.published_at or report.published_at,
            retrieved_at=claim.retrieved_at or report.retrieved_at,
            url=claim.url or report.url,
        )

    return replace(data, claims=tuple(map(completed, data.claims)))


def _same_words(before: Sequence[Claim], after: Sequence[Claim]) -> bool:
    """Whether a row says the same as before, whoever it cites now being those it cited then."""

    def said(claims: Sequence[Claim]) -> set[tuple[str, str | None, str | None, str]]:
        bare = (replace(c, facts=replace(c.facts, breach=None)) for c in claims)
        return {(c.claim_id, c.originator, c.carrier, repr(c.facts)) for c in bare}

    return said(before) == said(after)


def _within_reach(unit: Unit, arrived: Sequence[EventData], sample: bool) -> list[ConflictEvent]:
    """Held events that the new ones may be one with, and those that these may be one with, and so on."""
    found: dict[str, ConflictEvent] = {}
    refused: dict[str, tuple[Telling, ...]] = {}
    asked: list[tuple[Telling, ...]] = [(telling_of(data),) for data in arrived]
    while asked and len(found) < REACH:
        group = asked.pop()
        for event in unit.events.candidates(_span_of(group), days=1, sample=sample):
            if event.event_id in found:
                continue
            told = refused.get(event.event_id) or tellings(event)
            if any(may_meet(one, other) for one in group for other in told):
                found[event.event_id] = event
                if event.facts.event_date is not None:  # what has no day is no bridge to anything
                    asked.append(told)
            else:
                refused[event.event_id] = told
    return list(found.values())


def _span_of(group: Sequence[Telling]) -> EventFacts:
    """What to search by: the facts of the first, over all days that the group speaks of."""
    facts = group[0].facts
    starts = [t.facts.event_date for t in group if t.facts.event_date is not None]
    ends = [t.facts.event_date_end or t.facts.event_date for t in group if t.facts.event_date is not None]
    if not starts:
        return facts
    return replace(facts, event_date=min(starts), event_date_end=max(e for e in ends if e is not None))


def _copies(unit: Unit, report: Report, held: Sequence[ConflictEvent]) -> frozenset[frozenset[str]]:
    """Pairs of reports behind these events, the new one among them, whose texts are near-copies."""
    ids = tuple(sorted({c.report_id for event in held for c in event.claims}))
    texts = {i: stored.text for i, stored in unit.reports.get_many(ids).items()} | {report.report_id: report.text}
    marks = {i: _fingerprint(text) for i, text in texts.items()}
    return frozenset(
        frozenset({one, other})
        for one, other in combinations(sorted(texts), 2)
        if may_be_copies(marks[one], marks[other]) and near_copies(texts[one], texts[other])
    )


def _carry_out(unit: Unit, step: Step, at: datetime) -> None:
    """Save the step's event, then what it absorbs, each as a revision of its own."""
    event = replace(step.event, updated_at=at)
    unit.events.save(event, step.kind, report_id=step.report_id, why=step.why, fields=step.fields, at=at)
    propose(unit, event)
    for absorbed_id in step.absorbed:
        event = replace(event, revision=event.revision + 1)
        unit.events.absorb(event, absorbed_id, why=step.why, at=at)
        take_back(unit, absorbed_id)


def _link(unit: Unit, report: Report, steps: Sequence[Step], at: datetime) -> None:
    """Note which held events may be what a new one tells of, more or less exactly placed: they stay apart."""
    for step in steps:
        for other in unit.events.candidates(step.event.facts, days=0, sample=report.sample):
            why = possibly_same(step.event.facts, other.facts) if other.event_id != step.event.event_id else None
            if why:
                one, two = sorted((step.event.event_id, other.event_id))
                unit.events.link(one, two, "possibly_same", why=why, at=at)


def _result(report: Report, steps: Sequence[Step], tolls: int, tallies: int, reason: str | None) -> IngestResult:
    kinds = Counter(step.kind for step in steps)
    return IngestResult(
        report.report_id,
        stored=True,
        events=tuple(step.event for step in steps),
        intents=tuple(intent for step in steps for intent in step.intents),
        inserted=kinds[ChangeKind.NEW],
        revised=kinds[ChangeKind.REVISED],
        corroborated=kinds[ChangeKind.CORROBORATED],
        merged=sum(len(step.absorbed) for step in steps),
        tolls=tolls,
        tallies=tallies,
        reason=reason,
    )
