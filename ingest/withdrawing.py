"""What becomes of events when a source takes back what it said: without another voice they are withdrawn, else revised.

A data set deletes rows, a channel deletes a post, a publisher edits an item whose new words no longer tell of an event.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

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
            for event in unit.events.of_report(report_id):
                changed += _without(unit, event, report_id, why, at)
        return changed


def follow_edit(unit: Unit, report: Report, at: datetime) -> int:
    """After a new version of an item is taken in: what only its former versions told is withdrawn or revised.

    What it still tells stays, the former words as history: a later claim of the same voice overrules them.
    """
    if report.external_id is None or report.kind is ReportKind.ROW:
        return 0
    changed = 0
    for former in unit.reports.versions(report.source_id, report.external_id):
        if former == report.report_id:
            continue
        for event in unit.events.of_report(former):
            if all(claim.report_id != report.report_id for claim in event.claims):
                changed += _without(unit, event, former, "the source has changed its report: it no longer says so", at)
    return changed


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
        sample=event.sample,
    )
    if rest:
        unit.bulk.drop_claims(report_id, event_id=event.event_id)
    kind = ChangeKind.REVISED if rest else ChangeKind.RETRACTED
    unit.events.save(replace(after, updated_at=at), kind, report_id=report_id, why=why, at=at)
    return True
