"""What a ceasefire is: who is bound, where, from when to when, with which exclusions, and on whose word."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from conflict.errors import InputError
from conflict.facts import EventFacts
from conflict.vocabulary import Assertion, EventType, SubEventType


class CeasefireStatus(StrEnum):
    """Whether it is in force, as its source says."""

    PROPOSED = "proposed"
    IN_FORCE = "in_force"
    SUSPENDED = "suspended"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Ceasefire:
    """One agreement or unilateral declaration.

    `bound_parties` are actor ids (a unilateral one binds one side only), `area` place ids (all below them included) or
    ISO codes of whole countries, dates inclusive days, `excluded` actor ids whom it neither protects nor binds.
    `verified_on` None: unchecked.
    """

    ceasefire_id: str
    name: str
    bound_parties: tuple[str, ...]
    area: tuple[str, ...]
    effective_from: date
    effective_to: date | None = None
    excluded: tuple[str, ...] = ()
    unilateral: bool = False
    status: CeasefireStatus = CeasefireStatus.IN_FORCE
    announced_by: str | None = None
    terms: str | None = None
    source: str | None = None
    url: str | None = None
    verified_on: date | None = None
    name_ar: str | None = None
    terms_ar: str | None = None
    sample: bool = False

    def in_force_on(self, day: date) -> bool:
        """Whether its dates cover `day` (its status is a matter of today)."""
        return self.effective_from <= day and (self.effective_to is None or day <= self.effective_to)


# Who is harmed may stand first in a sentence that names no attacker.
_UNARMED = frozenset({"civilian", "civilians", "children", "women", "residents", "people", "displaced people"})
_FIGHTING = frozenset({EventType.BATTLES, EventType.REMOTE_VIOLENCE})


def truces_covering(facts: EventFacts, ceasefires: Iterable[Ceasefire]) -> tuple[Ceasefire, ...]:
    """The truces inside whose area and dates a bound party, or one that is not named, fought.

    That accuses nobody. Who is only attacked does not fight: with a known attacker (`initiator`, or the first actor of
    a strike), only the attacker counts, so that an attack by those whom a unilateral truce does not bind is no breach
    of theirs; nor is fighting those whom the truce excludes. Nothing is inferred from what was announced or denied,
    without a day, or without a place.
    """
    if facts.event_type not in _FIGHTING or facts.assertion in (Assertion.ANNOUNCED, Assertion.DENIED):
        return ()
    day = facts.event_date
    if day is None or facts.sub_event_type is SubEventType.REMOTE_EXPLOSIVE:  # a mine was laid who knows when
        return ()
    end = facts.event_date_end or day
    units = _units(facts)
    return tuple(
        c
        for c in ceasefires
        if c.status is not CeasefireStatus.PROPOSED
        and c.in_force_on(day)
        and c.in_force_on(end)
        and not units.isdisjoint(c.area)
        and _a_bound_party_fought(facts, c)
    )


def _units(facts: EventFacts) -> set[str]:
    """The first place and all that contain it; the other places of an event may lie elsewhere."""
    where = facts.primary_place
    if where is None or where.place is None:
        return set()
    place = where.place
    return {i for i in (place.place_id, place.admin2_id, place.admin1_id, place.country_code) if i}


def _a_bound_party_fought(facts: EventFacts, ceasefire: Ceasefire) -> bool:
    armed = [a if a is not None and a.name.casefold() not in _UNARMED else None for a in (facts.actor1, facts.actor2)]
    actors = [a for a in armed if a is not None]
    if facts.initiator is not None:
        named = [a for a in actors if facts.initiator in (a.actor_id, a.name)]
        fought = {facts.initiator, *(a.actor_id for a in named if a.actor_id)}
    elif facts.event_type is EventType.REMOTE_VIOLENCE:
        # The first actor of a strike is who struck; without one, the attacker is not named.
        striker = armed[0]
        if striker is None or striker.actor_id is None:
            return striker is None
        fought = {striker.actor_id}
    else:
        if not actors or any(a.actor_id is None for a in actors):
            return True
        fought = {a.actor_id for a in actors if a.actor_id}
    bound = fought.intersection(ceasefire.bound_parties)
    others = {a.actor_id for a in actors} - bound
    return bool(bound) and not (others and others.issubset(ceasefire.excluded))


def parse_ceasefires(text: str) -> tuple[Ceasefire, ...]:
    """Ceasefires from the text of a TOML file ([[ceasefire]] tables); InputError names the entry and the fault."""
    try:
        entries = tomllib.loads(text).get("ceasefire", [])
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"The file of ceasefires is not valid TOML: {error}.") from error
    return tuple(_ceasefire(number, entry) for number, entry in enumerate(entries, 1))


@cache
def load() -> tuple[Ceasefire, ...]:
    """The ceasefires that ship with the program (conflict/data/ceasefires.toml)."""
    return parse_ceasefires(files("conflict").joinpath("data", "ceasefires.toml").read_text("utf-8"))


def _ceasefire(number: int, entry: Mapping[str, Any]) -> Ceasefire:
    known = {f.name for f in fields(Ceasefire)}
    strange = sorted(set(entry) - known)
    if strange:
        raise InputError(f"Ceasefire {number}: unknown field {', '.join(strange)}. Known: {', '.join(sorted(known))}.")
    try:
        values = {**entry, "status": CeasefireStatus(entry.get("status", "in_force"))}
        for name in ("bound_parties", "area", "excluded"):
            values[name] = tuple(str(one) for one in entry.get(name, ()))
        made = Ceasefire(**values)
    except (TypeError, ValueError) as error:
        raise InputError(f"Ceasefire {number} ({entry.get('ceasefire_id', 'no id')}): {error}.") from error
    for name in ("effective_from", "effective_to", "verified_on"):
        if values.get(name) is not None and type(values[name]) is not date:
            raise InputError(f"Ceasefire {number}: {name} must be a day such as 2019-08-31, without quotation marks.")
    if not (made.ceasefire_id and made.area and made.bound_parties):
        raise InputError(f"Ceasefire {number}: ceasefire_id, area and bound_parties must not be empty.")
    return made
