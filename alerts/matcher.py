"""Reads the change feed and leaves deliveries: what one report brings is one message for a chat."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Final

from alerts.decide import AlertPlan, Loudness, NewsLimits, decide
from conflict.events import ConflictEvent
from conflict.revisions import Version
from storage import Storage, Unit
from storage.changes import ALERTS as READER
from storage.matching import Entry, Hearing, Mending

log = logging.getLogger(__name__)

BATCH: Final = 50  # changes in one transaction


@dataclass(frozen=True, slots=True)
class Matched:
    """How many changes were looked at, and how many messages, and edits, they made."""

    changes: int = 0
    told: int = 0
    mended: int = 0


@dataclass(frozen=True, slots=True)
class Matcher:
    """Deals with changes in their order. Deliveries and cursor commit together: a crash loses or repeats nothing."""

    storage: Storage
    now: Callable[[], datetime]
    limits: NewsLimits = field(default_factory=NewsLimits)
    loudness: Loudness = field(default_factory=Loudness)

    def begin(self) -> None:
        """At the first start ever: what was stored before is nobody's news."""
        with self.storage.begin(write=True) as unit:
            unit.matching.begin_feed(READER, at=self.now())

    def step(self) -> Matched | None:
        """Deal with the next changes; None when there are none."""
        now = self.now()
        since = now - self.limits.published
        with self.storage.begin() as unit:  # so that an idle bot never takes the writer's place
            after = unit.changes.cursor(READER)
            if unit.changes.latest_id() <= after:
                return None
        with self.storage.begin(write=True) as unit:
            after = unit.matching.cursor(READER)
            waiting = unit.matching.waiting(after, first_reported_since=since, limit=BATCH)
            told = mended = 0
            for group in _by_report(waiting.entries):
                plans = [self._plan(unit, entry, now) for entry in group]
                told += self._tell(unit, plans, now)
                mended += self._mend(unit, plans, now)
            unit.changes.move_cursor(READER, waiting.upto, at=now)
        if told or mended:
            log.info("%s changes: %s messages and %s corrections to send.", len(waiting.entries), told, mended)
        return Matched(len(waiting.entries), told, mended)

    def _plan(self, unit: Unit, entry: Entry, now: datetime) -> tuple[Entry, ConflictEvent | None, AlertPlan]:
        change = entry.change
        event = unit.events.get(change.event_id)
        flags = unit.events.flags(event.event_id) if event else None
        plan = decide(
            change,
            event,
            _before(unit, entry),
            held=flags is not None and flags.held,
            now=now,
            limits=self.limits,
            loudness=self.loudness,
        )
        return entry, event, plan

    def _tell(self, unit: Unit, plans: Sequence[tuple[Entry, ConflictEvent | None, AlertPlan]], now: datetime) -> int:
        hearings = {
            event.event_id: Hearing(event, plan.lane, plan.silent) for _, event, plan in plans if event and plan.tell
        }
        if not hearings:
            return 0
        return unit.matching.hear(list(hearings.values()), change_id=plans[0][0].change.change_id, at=now)

    def _mend(self, unit: Unit, plans: Sequence[tuple[Entry, ConflictEvent | None, AlertPlan]], now: datetime) -> int:
        return sum(
            unit.matching.mend(
                Mending(entry.change, entry.absorbed_id, plan.lane, plan.reply, plan.reply_silent), at=now
            )
            for entry, _, plan in plans
            if plan.mend or plan.reply
        )


def _before(unit: Unit, entry: Entry) -> Version | None:
    """What the event said just before the change."""
    if entry.change.revision <= 1:
        return None
    earlier = [v for v in unit.matching.history(entry.change.event_id) if v.revision < entry.change.revision]
    return earlier[-1] if earlier else None


def _by_report(entries: Sequence[Entry]) -> Iterator[list[Entry]]:
    """Changes that one report made, which follow each other in the feed; a change without a report stands alone."""
    for _, group in groupby(entries, key=lambda entry: entry.change.report_id or entry.change.change_id):
        yield list(group)
