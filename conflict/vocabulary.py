"""The words of the field: ACLED's event types and sub-types, kinds of casualty, levels of place, degrees of proof.

Types and sub-types are those of the ACLED codebook (six types, twenty-five sub-types); the rest is Sitrep's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum, StrEnum
from types import MappingProxyType


class EventType(StrEnum):
    """ACLED's six event types."""

    BATTLES = "Battles"
    REMOTE_VIOLENCE = "Explosions/Remote violence"
    AGAINST_CIVILIANS = "Violence against civilians"
    PROTESTS = "Protests"
    RIOTS = "Riots"
    STRATEGIC = "Strategic developments"


class SubEventType(StrEnum):
    """ACLED's twenty-five sub-event types."""

    ARMED_CLASH = "Armed clash"
    GOVERNMENT_REGAINS = "Government regains territory"
    NON_STATE_OVERTAKES = "Non-state actor overtakes territory"
    CHEMICAL_WEAPON = "Chemical weapon"
    AIR_STRIKE = "Air/drone strike"
    SUICIDE_BOMB = "Suicide bomb"
    SHELLING = "Shelling/artillery/missile attack"
    REMOTE_EXPLOSIVE = "Remote explosive/landmine/IED"
    GRENADE = "Grenade"
    SEXUAL_VIOLENCE = "Sexual violence"
    ATTACK = "Attack"
    ABDUCTION = "Abduction/forced disappearance"
    PEACEFUL_PROTEST = "Peaceful protest"
    PROTEST_WITH_INTERVENTION = "Protest with intervention"
    EXCESSIVE_FORCE = "Excessive force against protesters"
    VIOLENT_DEMONSTRATION = "Violent demonstration"
    MOB_VIOLENCE = "Mob violence"
    AGREEMENT = "Agreement"
    ARRESTS = "Arrests"
    CHANGE_TO_GROUP = "Change to group/activity"
    DISRUPTED_WEAPONS = "Disrupted weapons use"
    HEADQUARTERS = "Headquarters or base established"
    LOOTING = "Looting/property destruction"
    NON_VIOLENT_TRANSFER = "Non-violent transfer of territory"
    OTHER = "Other"


_BY_TYPE: Mapping[EventType, tuple[SubEventType, ...]] = {
    EventType.BATTLES: (
        SubEventType.ARMED_CLASH,
        SubEventType.GOVERNMENT_REGAINS,
        SubEventType.NON_STATE_OVERTAKES,
    ),
    EventType.REMOTE_VIOLENCE: (
        SubEventType.CHEMICAL_WEAPON,
        SubEventType.AIR_STRIKE,
        SubEventType.SUICIDE_BOMB,
        SubEventType.SHELLING,
        SubEventType.REMOTE_EXPLOSIVE,
        SubEventType.GRENADE,
    ),
    EventType.AGAINST_CIVILIANS: (
        SubEventType.SEXUAL_VIOLENCE,
        SubEventType.ATTACK,
        SubEventType.ABDUCTION,
    ),
    EventType.PROTESTS: (
        SubEventType.PEACEFUL_PROTEST,
        SubEventType.PROTEST_WITH_INTERVENTION,
        SubEventType.EXCESSIVE_FORCE,
    ),
    EventType.RIOTS: (SubEventType.VIOLENT_DEMONSTRATION, SubEventType.MOB_VIOLENCE),
    EventType.STRATEGIC: (
        SubEventType.AGREEMENT,
        SubEventType.ARRESTS,
        SubEventType.CHANGE_TO_GROUP,
        SubEventType.DISRUPTED_WEAPONS,
        SubEventType.HEADQUARTERS,
        SubEventType.LOOTING,
        SubEventType.NON_VIOLENT_TRANSFER,
        SubEventType.OTHER,
    ),
}

TYPE_OF: Mapping[SubEventType, EventType] = MappingProxyType(
    {sub: kind for kind, subs in _BY_TYPE.items() for sub in subs}
)
SUBTYPES_OF: Mapping[EventType, tuple[SubEventType, ...]] = MappingProxyType(dict(_BY_TYPE))


class CasualtyKind(StrEnum):
    """What a number of people counts. Only `KILLED` is a death."""

    KILLED = "killed"
    INJURED = "injured"
    KILLED_OR_INJURED = "killed_or_injured"
    KILLED_OR_CAPTURED = "killed_or_captured"
    CAPTURED = "captured"
    MISSING = "missing"
    DISPLACED = "displaced"
    UNSPECIFIED = "unspecified"


class PlaceLevel(StrEnum):
    """How large a thing a place name names, finest first."""

    FACILITY = "facility"
    SETTLEMENT = "settlement"
    ADMIN2 = "admin2"
    ADMIN1 = "admin1"
    REGION = "region"
    COUNTRY = "country"


class PartOfDay(StrEnum):
    """The part of a day, in the place's own time."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"
    NIGHT = "night"


class Assertion(StrEnum):
    """How the thing is said: it happened, was tried, was announced, was denied."""

    STATED = "stated"
    ATTEMPTED = "attempted"
    ANNOUNCED = "announced"
    DENIED = "denied"


class Status(StrEnum):
    """Whether a report tells it as news, as going on, or as what came before."""

    NEW = "new"
    ONGOING = "ongoing"
    BACKGROUND = "background"


class Verification(StrEnum):
    """How many independent originators stand behind an event. One alone is unverified, whoever carries it."""

    UNVERIFIED = "unverified"
    CORROBORATED = "corroborated"
    CONFIRMED = "confirmed"
    DISPUTED = "disputed"
    RETRACTED = "retracted"


class OriginatorKind(StrEnum):
    """What sort of voice an originator is, so that a party to the conflict is named as a party."""

    MONITOR = "monitor"
    PARTY = "party"
    OFFICIAL = "official"
    UN = "un"
    AGENCY = "agency"
    OUTLET = "outlet"
    RESIDENT = "resident"
    DATASET = "dataset"
    OPERATOR = "operator"
    UNNAMED = "unnamed"


class Severity(IntEnum):
    """How grave an event is, 0 to 4; a pure function of a data file (conflict/severity.py)."""

    MINOR = 0
    NOTABLE = 1
    SERIOUS = 2
    SEVERE = 3
    EXTREME = 4
