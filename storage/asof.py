"""Events as they were known at an instant: what was published later plays no part."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from conflict.events import ConflictEvent
from conflict.fold import fold
from storage.eventquery import EventQuery, EventTotals
from storage.eventrows import order_values


def known_by(found: Iterable[ConflictEvent], as_of: datetime) -> list[ConflictEvent]:
    """The events as they were known at an instant: folded again from the claims published by then."""
    earlier = []
    for event in found:
        known = [claim for claim in event.claims if claim.published_at is None or claim.published_at <= as_of]
        if len(known) == len(event.claims):
            earlier.append(event)
        elif known:
            was = fold(
                event.event_id,
                event.revision,
                [replace(claim, superseded=False) for claim in known],
                episode=event.episode,
                confidence=event.confidence,
                updated_at=max((claim.published_at for claim in known if claim.published_at), default=None),
                corrections=event.corrections,
                sample=event.sample,
            )
            earlier.append(was)
    return earlier


def still_matches(event: ConflictEvent, query: EventQuery) -> bool:
    """Whether an event as it was known earlier still lies in the period and kinds asked for."""
    order = order_values(event, held=False, merged=False)
    if not order["listed"]:
        return False
    if query.first_day is not None and order["day_end"] < query.first_day:
        return False
    if query.last_day is not None and order["day"] > query.last_day:
        return False
    kinds_asked = bool(query.event_types or query.sub_event_types)
    return not kinds_asked or (
        event.facts.event_type in query.event_types or event.facts.sub_event_type in query.sub_event_types
    )


def totals_of(event: ConflictEvent, now: EventTotals) -> EventTotals:
    """What totals need of an event as it was, where `now` has what they need of it as it is."""
    order = order_values(event, held=False, merged=False)
    return now._replace(
        event_date=order["day"],
        event_date_end=order["day_end"],
        sub_event_type=event.facts.sub_event_type,
        fatalities_low=event.facts.fatalities_low,
        fatalities_best=event.facts.fatalities_best,
        fatalities_high=event.facts.fatalities_high,
        casualties=event.facts.casualties,
        originators=event.originators,
    )
