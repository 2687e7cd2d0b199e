"""Taking the bundled demonstration out again, to the last row, without touching what is real."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select, true

from storage.derived import forget
from storage.models import ceasefires, changes, claims, event_links, events, reports, sources
from storage.session import Session
from storage.stamps import all_changed

_BATCH = 500


def remove_sample(session: Session) -> int:
    """Remove every sample report, event, claim, toll, tally, ceasefire, change and source; returns events removed.

    The sample is never merged with real events (`Events.candidates(sample=...)`), so no real event loses a claim.
    """
    connection = session.ingesting()
    ids: Sequence[str] = connection.execute(select(events.c.event_id).where(events.c.sample == true())).scalars().all()
    source_ids = (
        connection.execute(select(reports.c.source_id).where(reports.c.sample == true()).distinct()).scalars().all()
    )
    for start in range(0, len(ids), _BATCH):
        batch = ids[start : start + _BATCH]
        forget(connection, batch)
        connection.execute(delete(changes).where(changes.c.event_id.in_(batch)))
        connection.execute(delete(event_links).where(event_links.c.other_id.in_(batch)))
        connection.execute(delete(claims).where(claims.c.event_id.in_(batch)))
        connection.execute(delete(events).where(events.c.event_id.in_(batch)))
    connection.execute(delete(reports).where(reports.c.sample == true()))
    connection.execute(delete(ceasefires).where(ceasefires.c.sample == true()))
    all_changed(connection)
    for source_id in source_ids:
        if connection.execute(select(reports.c.report_id).where(reports.c.source_id == source_id).limit(1)).first():
            continue
        connection.execute(delete(sources).where(sources.c.source_id == source_id))
    return len(ids)
