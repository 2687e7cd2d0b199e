"""Events and tolls as JSON: the flat fields of DESIGN.md, unknown as null, never 0 and never a guess.

One function for the facts, thin ones for what a report says (`EventData`), what is held (`ConflictEvent`) and counts
for a period (`TollReport`). Plain dicts of JSON types come out; days and instants are ISO 8601.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from conflict.claims import Claim
from conflict.events import ConflictEvent, EventData
from conflict.facts import Actor, Breach, Casualty, EventFacts, Evidence
from conflict.places import EventPlace
from conflict.tolls import BreachTally, TollReport

Json = dict[str, Any]


def facts_json(facts: EventFacts) -> Json:
    """What happened, flat; country, provinces and coordinates of the primary place stand at the top level."""
    place = facts.primary_place
    primary = place_json(place) if place else dict.fromkeys(_PLACE_FIELDS)
    return {
        "event_date": facts.event_date.isoformat() if facts.event_date else None,
        "event_date_end": facts.event_date_end.isoformat() if facts.event_date_end else None,
        "part_of_day": facts.part_of_day.value if facts.part_of_day else None,
        "time_precision": facts.time_precision,
        "event_type": facts.event_type.value,
        "sub_event_type": facts.sub_event_type.value,
        "actor1": actor_json(facts.actor1),
        "actor2": actor_json(facts.actor2),
        "initiator": facts.initiator,
        "civilian_targeting": facts.civilian_targeting,
        "places": [place_json(p) for p in facts.places],
        "country": primary["country"],
        "admin1": primary["admin1"],
        "admin2": primary["admin2"],
        "location": primary["name"],
        "latitude": primary["latitude"],
        "longitude": primary["longitude"],
        "geo_precision": primary["geo_precision"],
        "place_level": primary["level"],
        "vicinity": primary["vicinity"],
        "fatalities_low": facts.fatalities_low,
        "fatalities_best": facts.fatalities_best,
        "fatalities_high": facts.fatalities_high,
        "casualties": [casualty_json(c) for c in facts.casualties],
        "tags": list(facts.tags),
        "assertion": facts.assertion.value,
        "status": facts.status.value,
        "ceasefire_breach": breach_json(facts.breach),
    }


_PLACE_FIELDS = (
    "name",
    "text",
    "place_id",
    "country",
    "admin1",
    "admin2",
    "level",
    "vicinity",
    "bearing",
    "count",
    "latitude",
    "longitude",
    "geo_precision",
)


def place_json(place: EventPlace) -> Json:
    """A place as a report names it; all but `text` null while it is unresolved."""
    found = place.place
    # An unnamed town "in Idlib" is not at Idlib's centre: no coordinates for it.
    at = found if place.count is None else None
    return {
        "name": found.name if found else None,
        "text": place.text,
        "place_id": found.place_id if found else None,
        "country": found.country if found else None,
        "admin1": found.admin1 if found else None,
        "admin2": found.admin2 if found else None,
        "level": found.level.value if found else None,
        "vicinity": place.vicinity,
        "bearing": place.bearing,
        "count": place.count,
        "latitude": at.latitude if at else None,
        "longitude": at.longitude if at else None,
        "geo_precision": place.geo_precision,
    }


def actor_json(actor: Actor | None) -> Json | None:
    """Who took part: name as known, the lexicon's id and side where it has them."""
    return {"name": actor.name, "actor_id": actor.actor_id, "side": actor.side} if actor else None


def casualty_json(casualty: Casualty) -> Json:
    """A number of people harmed."""
    return {
        "side": casualty.side,
        "role": casualty.role,
        "civilian": casualty.civilian,
        "low": casualty.low,
        "count": casualty.count,
        "high": casualty.high,
        "kind": casualty.kind.value,
    }


def breach_json(breach: Breach | None) -> Json | None:
    """What is said of a ceasefire: accusations as reported, ids of truces whose area it lies inside."""
    if breach is None:
        return None
    reported = [{"accuser": r.accuser, "accused": r.accused, "denied_by": r.denied_by} for r in breach.reported]
    return {"reported": reported, "inferred": list(breach.inferred)}


def evidence_json(evidence: Evidence | None) -> Json | None:
    """The words something rests on: offsets into the report's text, end exclusive."""
    return {"start": evidence.start, "end": evidence.end, "text": evidence.text} if evidence else None


def claim_json(claim: Claim) -> Json:
    """Who says it, through whom, where it stood; what it says of the toll and the initiator."""
    return {
        "originator": claim.originator,
        "originator_kind": claim.originator_kind.value,
        "carrier": claim.carrier,
        "publisher": claim.publisher,
        "evidence": evidence_json(claim.evidence),
        "url": claim.url,
        "published_at": claim.published_at.isoformat() if claim.published_at else None,
        "fatalities_low": claim.facts.fatalities_low,
        "fatalities_best": claim.facts.fatalities_best,
        "fatalities_high": claim.facts.fatalities_high,
        "initiator": claim.facts.initiator,
        "denies": claim.denies,
        "responsibility": claim.responsibility,
    }


def _voices(claims: Sequence[Claim]) -> list[str]:
    """The originators, each once, in order; empty where no source is named."""
    return list(dict.fromkeys(c.originator for c in claims if c.originator))


def event_data_json(data: EventData) -> Json:
    """One event of one report, with who says so and the sentence it rests on."""
    return {
        "sequence": data.sequence,
        **facts_json(data.facts),
        "attribution": _voices(data.claims),
        "evidence": evidence_json(data.evidence),
        "claims": [claim_json(c) for c in data.claims],
        "episode": data.episode,
        "confidence": data.confidence,
    }


def event_json(event: ConflictEvent) -> Json:
    """One event as held, with its verification, severity and claims."""
    evidence = next((c.evidence for c in event.claims if c.evidence), None)
    return {
        "event_id": event.event_id,
        "revision": event.revision,
        **facts_json(event.facts),
        "verification": event.verification.value,
        "severity": int(event.severity),
        "disputed": list(event.disputed),
        "attribution": list(event.originators),
        "evidence": evidence_json(evidence),
        "claims": [claim_json(c) for c in event.claims],
        "episode": event.episode,
        "confidence": event.confidence,
        "first_reported_at": event.first_reported_at.isoformat() if event.first_reported_at else None,
        "updated_at": event.updated_at.isoformat() if event.updated_at else None,
        "sample": event.sample,
    }


def toll_json(toll: TollReport) -> Json:
    """A count for an area and a period; `sequence` is the event of the same report that it is the toll of."""
    return {
        "places": [place_json(p) for p in toll.places],
        "period_start": toll.period_start.isoformat() if toll.period_start else None,
        "period_end": toll.period_end.isoformat() if toll.period_end else None,
        "as_of": toll.as_of.isoformat() if toll.as_of else None,
        "casualties": [casualty_json(c) for c in toll.casualties],
        "originator": toll.originator,
        "originator_kind": toll.originator_kind.value,
        "carrier": toll.carrier,
        "publisher": toll.publisher,
        "evidence": evidence_json(toll.evidence),
        "status": toll.status.value,
        "sequence": toll.sequence,
    }


def tally_json(tally: BreachTally) -> Json:
    """A party's count of ceasefire breaches."""
    return {
        "accuser": tally.accuser,
        "accused": tally.accused,
        "count": tally.count,
        "kinds": [{"kind": kind, "count": count} for kind, count in tally.kinds],
        "places": [place_json(p) for p in tally.places],
        "period_start": tally.period_start.isoformat() if tally.period_start else None,
        "period_end": tally.period_end.isoformat() if tally.period_end else None,
        "exercise": tally.exercise,
        "evidence": evidence_json(tally.evidence),
    }
