"""What becomes of events when a data set takes rows back: without another voice they are withdrawn, else revised."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from conflict.events import ChangeKind, ConflictEvent
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
        unit.bulk.drop_claims(report_id)
    kind = ChangeKind.REVISED if rest else ChangeKind.RETRACTED
    unit.events.save(replace(after, updated_at=at), kind, report_id=report_id, why=why, at=at)
    return True
