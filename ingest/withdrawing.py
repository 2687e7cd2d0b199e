"""What becomes of events when a source takes back what it said: without another voice they are withdrawn, else revised.

A data set deletes rows, a channel deletes a post, a publisher edits an item whose new words no longer tell of an event.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from conflict.events import ChangeKind, ConflictEvent, Report, ReportKind
from conflict.fold import fold
from conflict.vocabulary import Verification
from ingest.decide import row_report_id
from ingest.plan import inferring
from storage import Storage
from storage.unit import Unit


def withdraw_rows(storage: Storage, data_set: str, external_ids: Iterable[str], why: str, *, at: datetime) -> int:
    """Follow a data set's deletions, each in a transaction of its own; how many events that changed.

    A second call changes nothing. What others say of the same event stays.
    """
    changed = 0
    for external_id in external_ids:
        with storage.begin(write=True) as unit:
            report_id = row_report_id(data_set, external_id)
            for event in unit.events.of_report(report_id):
                changed += _without(unit, event, report_id, why, at)
    return changed


def withdraw_report(storage: Storage, source_id: str, external_id: str, why: str, *, at: datetime) -> int:
    """Follow the deletion or retraction of an item or post, in all its versions; how many events that changed."""
    with storage.begin(write=True) as unit:
        changed = 0
        for report_id in unit.reports.versions(source_id, external_id):
            unit.reports.set_outcome(report_id, why)
            _forget_counts(unit, report_id)
            for event in unit.events.of_report(report_id):
                changed += _without(unit, event, report_id, why, at)
        return changed


def _forget_counts(unit: Unit, report_id: str) -> None:
    unit.tolls.forget(report_id)
    unit.tallies.forget(report_id)


_EDITED = (ReportKind.FEED_ITEM, ReportKind.ARTICLE, ReportKind.POST)  # other texts may share a reference


def follow_edit(unit: Unit, report: Report, at: datetime) -> int:
    """After a version of an item is taken in: what only its former versions told is withdrawn or revised.

    The latest version is the one published last, in whatever order they come. What it still tells stays, the former
    words as history: a later claim of the same voice overrules them. Counts and tallies of former versions go.
    """
    if report.external_id is None or report.kind not in _EDITED:
        return 0
    ids = unit.reports.versions(report.source_id, report.external_id)
    if len(ids) < 2:
        return 0
    latest = max(unit.reports.get_many(ids).values(), key=_recency).report_id
    changed = 0
    for former in ids:
        if former == latest:
            continue
        _forget_counts(unit, former)
        for event in unit.events.of_report(former):
            if all(claim.report_id != latest for claim in event.claims):
                changed += _without(unit, event, former, "the source has changed its report: it no longer says so", at)
    return changed


_NEVER = datetime.min.replace(tzinfo=UTC)


def _recency(report: Report) -> tuple[datetime, datetime, str]:
    return report.published_at or _NEVER, report.retrieved_at or _NEVER, report.report_id


def _without(unit: Unit, event: ConflictEvent, report_id: str, why: str, at: datetime) -> bool:
    if event.verification is Verification.RETRACTED:
        return False
    rest = [claim for claim in event.claims if claim.report_id != report_id]
    confirmed = event.verification is Verification.CONFIRMED
    claims = inferring(rest, unit.ceasefires.all()) if rest else event.claims
    after = fold(
        event.event_id,
        event.revision + 1,
        claims,
        retracted=not rest,
        confirmed=confirmed and bool(rest),
        episode=event.episode,
        confidence=event.confidence,
        corrections=event.corrections,
        sample=event.sample,
    )
    if rest:
        unit.bulk.drop_claims(report_id, event_id=event.event_id)
    kind = ChangeKind.REVISED if rest else ChangeKind.RETRACTED
    unit.events.save(replace(after, updated_at=at), kind, report_id=report_id, why=why, at=at)
    return True
