"""Ceasefires that reports tell of, proposed to operators: listed apart, marking nothing until one is accepted."""

from __future__ import annotations

from typing import Final

from conflict.ceasefires import Ceasefire, CeasefireStatus
from conflict.events import ConflictEvent
from conflict.vocabulary import Assertion, PlaceLevel, Status, SubEventType, Verification
from storage.unit import Unit

_PREFIX: Final = "proposed-"
_TAG: Final = "ceasefire"  # what extraction notes of an agreement that is about a truce


def propose(unit: Unit, event: ConflictEvent) -> None:
    """Bring the proposal in line with its event: made, changed or taken back; one that operators judged stays."""
    proposal_id = _PREFIX + event.event_id
    made = None if event.sample else proposed(event)
    if made is None and (event.revision == 1 or unit.ceasefires.get(proposal_id) is None):
        return
    if unit.operators.of_subject(proposal_id, 1):
        return
    if made is not None:
        unit.ceasefires.save(made)
    else:
        unit.ceasefires.remove(proposal_id)


def take_back(unit: Unit, event_id: str) -> None:
    """Its event became part of another: the proposal goes, unless operators judged it."""
    if not unit.operators.of_subject(_PREFIX + event_id, 1):
        unit.ceasefires.remove(_PREFIX + event_id)


def proposed(event: ConflictEvent) -> Ceasefire | None:
    """The ceasefire that an event tells of; None where it tells of none, or not where and when.

    Parties that are not listed actors are left out: nobody is bound by a name alone.
    """
    facts = event.facts
    where = facts.primary_place.place if facts.primary_place else None
    tells = facts.sub_event_type is SubEventType.AGREEMENT and _TAG in facts.tags
    stands = event.verification is not Verification.RETRACTED and facts.assertion is not Assertion.DENIED
    if not tells or not stands or facts.status is Status.BACKGROUND or where is None or facts.event_date is None:
        return None
    area = where.country_code if where.level is PlaceLevel.COUNTRY else where.place_id
    parties = tuple(dict.fromkeys(a.actor_id for a in (facts.actor1, facts.actor2) if a is not None and a.actor_id))
    claim = event.claims[0]
    return Ceasefire(
        ceasefire_id=_PREFIX + event.event_id,
        name=f"Ceasefire reported of {where.name}, {facts.event_date:%d %B %Y}",
        bound_parties=parties,
        area=(area or where.place_id,),
        effective_from=facts.event_date,
        effective_to=facts.event_date_end,
        unilateral=len(parties) == 1,
        status=CeasefireStatus.PROPOSED,
        announced_by=claim.originator,
        source=claim.publisher,
        url=claim.url,
        name_ar=f"وقف إطلاق نار ورد في تقرير: {where.name_in('ar')}، {facts.event_date:%d/%m/%Y}",
    )
