"""An event and its claims as rows, and back: what is searched by goes into columns, the whole into JSON."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Row

from conflict.claims import Claim
from conflict.corrections import Correction, Killed
from conflict.events import ConflictEvent
from conflict.facts import Casualty, EventFacts, Evidence
from conflict.periods import DaySpan
from conflict.places import EventPlace, Place
from conflict.vocabulary import OriginatorKind, PlaceLevel, Severity, Status, SubEventType, Verification
from storage.cells import cell_of, rounded
from storage.codec import from_json, to_json, tuple_reader
from storage.eventquery import KIND, SHORT_SPAN, EventTotals, keys

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)  # sorts what has no publication date behind what has
_PRECISE = (PlaceLevel.SETTLEMENT, PlaceLevel.FACILITY)
_casualties = tuple_reader(Casualty)
_KINDS = tuple(SubEventType)  # by their numbers in the column `kind`


def area_values(where: EventPlace | None) -> dict[str, Any]:
    """The area columns of a place; all empty while it is unresolved."""
    place = where.place if where else None
    return {
        "place_id": place.place_id if place else None,
        "level": str(place.level) if place else None,
        "country_code": place.country_code if place else None,
        "admin1_id": place.admin1_id if place else None,
        "admin2_id": place.admin2_id if place else None,
    }


def point_values(where: EventPlace | None) -> dict[str, Any]:
    """Coordinates and grid cell, of a settlement or facility only: the centre of a province is no place of an event."""
    place = where.place if where else None
    if place is None or place.level not in _PRECISE or place.latitude is None or place.longitude is None:
        return {"latitude": None, "longitude": None, "cell": None}
    latitude, longitude = rounded(place.latitude), rounded(place.longitude)
    return {"latitude": latitude, "longitude": longitude, "cell": cell_of(latitude, longitude)}


def order_values(event: ConflictEvent, *, held: bool, merged: bool) -> dict[str, Any]:
    """When it was, for search and order, and whether answers may show it at all."""
    facts, first = event.facts, event.first_reported_at
    day = facts.event_date or (first.astimezone(UTC).date() if first else None)
    day_end = max(facts.event_date_end or day, day) if day else None
    hidden = held or merged or is_retracted(event) or facts.status is Status.BACKGROUND
    return {
        "listed": day is not None and not hidden,
        "day": day,
        "day_end": day_end,
        "sort_at": first or _NEVER,
        "kind": KIND[facts.sub_event_type],
        "long_span": 1 if day and day_end and day_end - day > SHORT_SPAN else None,
    }


def is_retracted(event: ConflictEvent) -> bool:
    """Whether it was taken back."""
    return event.verification is Verification.RETRACTED


def event_values(event: ConflictEvent, at: datetime) -> dict[str, Any]:
    """The columns of `events` that follow from the event itself; `at` stands in where it has no `updated_at`."""
    facts, primary = event.facts, event.facts.primary_place
    actors = [actor for actor in (facts.actor1, facts.actor2) if actor]
    breach = facts.breach
    published = [claim.published_at for claim in event.claims if claim.published_at]
    return {
        "short_id": event.short_id[1:],
        "revision": event.revision,
        "event_date": facts.event_date,
        "event_date_end": facts.event_date_end,
        "event_type": str(facts.event_type),
        "sub_event_type": str(facts.sub_event_type),
        **area_values(primary),
        **point_values(primary),
        "geo_precision": primary.geo_precision if primary else None,
        "actors": keys(name for actor in actors for name in (actor.actor_id, actor.name)),
        "tags": keys(facts.tags),
        "civilian": facts.civilian_targeting or any(one.civilian for one in facts.casualties),
        "fatalities_low": facts.fatalities_low,
        "fatalities_best": facts.fatalities_best,
        "fatalities_high": facts.fatalities_high,
        "casualties": [to_json(one) for one in facts.casualties] or None,
        "originators": list(event.originators),
        "severity": int(event.severity),
        "verification": str(event.verification),
        "status": str(facts.status),
        "assertion": str(facts.assertion),
        "disputed": list(event.disputed) or None,
        "episode": event.episode,
        "confidence": event.confidence,
        "breach": 0 if breach is None else 2 if breach.reported else 1 if breach.inferred else 0,
        "facts": to_json(facts),
        "first_reported_at": event.first_reported_at,
        "last_claim_at": max(published, default=None),
        "updated_at": event.updated_at or at,
        "retracted": is_retracted(event),
        "corrections": [_correction_json(one) for one in event.corrections] or None,
        "sample": event.sample,
    }


# Of what a corrected field is; None stands for "not known".
_CORRECTED: dict[str, type[Any]] = {
    "sub_event_type": SubEventType,
    "event_date": DaySpan,
    "place": Place,
    "killed": Killed,
}


def _correction_json(one: Correction) -> dict[str, Any]:
    return {"field": one.field, "value": None if one.value is None else to_json(one.value)}


def _correction(stored: dict[str, Any]) -> Correction:
    value = stored["value"]
    return Correction(stored["field"], None if value is None else from_json(_CORRECTED[stored["field"]], value))


def further_places(event: ConflictEvent, order: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows of `event_places`: each resolved place after the first.

    A province that an earlier place already stands for is left out of the later ones, so that no index has it twice.
    """
    rows = []
    seen = {name: {value} for name, value in area_values(event.facts.primary_place).items() if value}
    for position, where in enumerate(event.facts.places[1:], start=1):
        if where.place is None:
            continue
        areas = area_values(where)
        for name in ("country_code", "admin1_id", "admin2_id", "place_id"):
            value = areas[name]
            if value in seen.setdefault(name, set()):
                areas[name] = None
            elif value:
                seen[name].add(value)
        rows.append({"event_id": event.event_id, "position": position, **areas, **point_values(where), **order})
    return rows


# Of one event most claims say the same, and the same events are asked for again and again.
@lru_cache(maxsize=4096)
def _facts_in(words: str) -> EventFacts:
    return from_json(EventFacts, json.loads(words))


def _facts_of(value: Any) -> EventFacts:
    """Facts from their JSON, read already or as text."""
    return _facts_in(value) if isinstance(value, str) else from_json(EventFacts, value)


def to_event(row: Row[Any], claims: tuple[Claim, ...]) -> ConflictEvent:
    """The event of a row of `events`."""
    return ConflictEvent(
        event_id=row.event_id,
        revision=row.revision,
        facts=_facts_of(row.facts),
        claims=claims,
        verification=Verification(row.verification),
        severity=Severity(row.severity),
        episode=row.episode,
        confidence=row.confidence,
        first_reported_at=row.first_reported_at,
        updated_at=row.updated_at,
        disputed=tuple(row.disputed or ()),
        corrections=tuple(_correction(one) for one in row.corrections or ()),
        sample=row.sample,
        held=row.held,
    )


def to_totals(row: Row[Any], further: tuple[str, ...]) -> EventTotals:
    """What totals need, of a row of `events` with the columns that `storage.events` selects for it, JSON as text."""
    event_id, day, day_end, kind, low, best, high, casualties, originators, place, admin2, admin1, sample, *_ = tuple(
        row
    )
    return EventTotals(
        event_id,
        day,
        day_end,
        _KINDS[kind],
        low,
        best,
        high,
        _casualties_of(casualties) if casualties else (),
        _originators_of(originators),
        tuple([one for one in (place, admin2, admin1, *further) if one]),
        sample,
    )


# A few forms stand for most of a thousand rows: each is read once.
@lru_cache(maxsize=4096)
def _casualties_of(words: str) -> tuple[Casualty, ...]:
    return _casualties(json.loads(words))


@lru_cache(maxsize=4096)
def _originators_of(words: str) -> tuple[str, ...]:
    return tuple(json.loads(words))


def claim_values(claim: Claim, event_id: str, position: int) -> dict[str, Any]:
    """The row of a claim."""
    evidence = claim.evidence
    return {
        "claim_id": claim.claim_id,
        "event_id": event_id,
        "first_event_id": event_id,
        "report_id": claim.report_id,
        "position": position,
        "publisher": claim.publisher,
        "originator": claim.originator,
        "originator_kind": str(claim.originator_kind),
        "carrier": claim.carrier,
        "voices": keys((claim.originator, claim.carrier, claim.publisher)),
        "evidence_start": evidence.start if evidence else None,
        "evidence_end": evidence.end if evidence else None,
        "evidence_text": evidence.text if evidence else None,
        "url": claim.url,
        "published_at": claim.published_at,
        "retrieved_at": claim.retrieved_at,
        "denies": claim.denies,
        "responsibility": claim.responsibility,
        "superseded": claim.superseded,
        "facts": to_json(claim.facts),
    }


def to_claim(row: Row[Any]) -> Claim:
    """The claim of a row of `claims`."""
    evidence = None
    if row.evidence_start is not None:
        evidence = Evidence(row.evidence_start, row.evidence_end, row.evidence_text)
    return Claim(
        claim_id=row.claim_id,
        report_id=row.report_id,
        publisher=row.publisher,
        facts=_facts_of(row.facts),
        originator=row.originator,
        originator_kind=OriginatorKind(row.originator_kind),
        carrier=row.carrier,
        evidence=evidence,
        url=row.url,
        published_at=row.published_at,
        retrieved_at=row.retrieved_at,
        denies=row.denies,
        responsibility=row.responsibility,
        superseded=row.superseded,
    )
