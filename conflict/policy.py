"""What should not be shown at once: rules of a file that delay an event, say less of its place, or withhold a name.

Pure. The event that is stored is whole; `Policy.shown` says what of it a reader sees at an instant.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from conflict.claims import Claim
from conflict.errors import InputError
from conflict.events import ConflictEvent
from conflict.facts import Actor, EventFacts
from conflict.places import EventPlace, Place
from conflict.vocabulary import PlaceLevel, Status, SubEventType

WITHHELD: Final = "[…]"  # stands for a name that is not shown
_POINTS: Final = (PlaceLevel.SETTLEMENT, PlaceLevel.FACILITY)
_FINEST: Final = tuple(PlaceLevel)
_COARSE: Final = {"district": PlaceLevel.ADMIN2, "province": PlaceLevel.ADMIN1}
_LONGEST: Final = 365 * 24  # hours


@dataclass(frozen=True, slots=True)
class Rule:
    """Which events, and what is done about them. An empty condition is met by every event, a rule has at least one."""

    name: str
    tags: frozenset[str] = frozenset()
    sub_event_types: frozenset[SubEventType] = frozenset()
    place_kinds: frozenset[str] = frozenset()
    levels: frozenset[PlaceLevel] = frozenset()
    status: frozenset[Status] = frozenset()
    coarsen: PlaceLevel | None = None
    coarse_for: timedelta = timedelta()
    delay: timedelta = timedelta()

    def means(self, facts: EventFacts) -> bool:
        """Whether the rule is about such an event."""
        places = [place.place for place in facts.places if place.place is not None]
        return (
            (not self.tags or not self.tags.isdisjoint(facts.tags))
            and (not self.sub_event_types or facts.sub_event_type in self.sub_event_types)
            and (not self.place_kinds or any(place.kind in self.place_kinds for place in places))
            and (not self.levels or any(place.level in self.levels for place in places))
            and (not self.status or facts.status in self.status)
        )


@dataclass(frozen=True, slots=True)
class Policy:
    """All rules of a file, and names that are never shown. The bundled sample is shown whole."""

    rules: tuple[Rule, ...] = ()
    withheld: tuple[str, ...] = ()

    def delay(self, event: ConflictEvent) -> timedelta:
        """How long a new event is held back; zero: not at all."""
        if event.sample:
            return timedelta()
        return max((rule.delay for rule in self.rules if rule.means(event.facts)), default=timedelta())

    def coarsened_to(self, event: ConflictEvent, now: datetime) -> PlaceLevel | None:
        """The unit that may be named instead of the place, at this instant; None: the place itself may."""
        if event.sample:
            return None
        levels = [
            rule.coarsen
            for rule in self.rules
            if rule.coarsen is not None and rule.means(event.facts) and now < _known(event) + rule.coarse_for
        ]
        return max(levels, key=_FINEST.index, default=None)

    def shown(self, event: ConflictEvent, now: datetime) -> ConflictEvent:
        """The event as a reader may see it at this instant; the same object where nothing is kept back."""
        level = self.coarsened_to(event, now)
        if level is not None:
            claims = tuple(replace(claim, facts=_coarse(claim.facts, level), evidence=None) for claim in event.claims)
            corrections = tuple(one for one in event.corrections if one.field != "place")
            event = replace(event, facts=_coarse(event.facts, level), claims=claims, corrections=corrections)
        return self._unnamed(event) if self.withheld and not event.sample else event

    def past(self, facts: EventFacts, event: ConflictEvent, now: datetime) -> EventFacts:
        """What an earlier revision of the event said, as a reader may see it at this instant."""
        level = self.coarsened_to(event, now)
        facts = facts if level is None else _coarse(facts, level)
        return self._facts(facts) if self.withheld and not event.sample else facts

    def _unnamed(self, event: ConflictEvent) -> ConflictEvent:
        claims = tuple(map(self._claim, event.claims))
        facts = self._facts(event.facts)
        return event if claims == event.claims and facts == event.facts else replace(event, claims=claims, facts=facts)

    def _claim(self, claim: Claim) -> Claim:
        said = claim.evidence
        return replace(
            claim,
            facts=self._facts(claim.facts),
            evidence=replace(said, text=self._words(said.text)) if said else None,
            originator=self._words(claim.originator) if claim.originator else claim.originator,
            responsibility=self._words(claim.responsibility) if claim.responsibility else claim.responsibility,
        )

    def _facts(self, facts: EventFacts) -> EventFacts:
        casualties = tuple(
            replace(c, role=self._words(c.role) if c.role else None, side=self._words(c.side) if c.side else None)
            for c in facts.casualties
        )
        return replace(facts, actor1=self._actor(facts.actor1), actor2=self._actor(facts.actor2), casualties=casualties)

    def _actor(self, actor: Actor | None) -> Actor | None:
        return None if actor is None else replace(actor, name=self._words(actor.name))

    def _words(self, text: str) -> str:
        """The text without the names, however their letters are written large or small."""
        for name in self.withheld:
            low, key = text.casefold(), name.casefold()
            if len(low) != len(text):  # a letter that folds to two: positions would not fit
                low = text.lower() if len(text.lower()) == len(text) else text
                key = name.lower()
            start = low.find(key)
            while start >= 0:
                text = text[:start] + WITHHELD + text[start + len(key) :]
                low = low[:start] + WITHHELD + low[start + len(key) :]
                start = low.find(key, start + len(WITHHELD))
        return text


NO_POLICY: Final = Policy()


def parse_policy(text: str) -> Policy:
    """The policy of a TOML file; InputError names the rule and the fault."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"The policy file is not valid TOML: {error}.") from error
    strange = sorted(set(data) - {"rule", "names"})
    rules, names = data.get("rule", []), data.get("names", {})
    if strange or not isinstance(rules, list) or not isinstance(names, dict) or set(names) - {"withheld"}:
        raise InputError("The policy file has [[rule]] tables and one [names] table with `withheld`, and nothing else.")
    withheld = _words_of(names.get("withheld", []), "withheld", "[names]")
    if any(len(name.strip()) < 3 for name in withheld):
        raise InputError("The policy file: a name in `withheld` has at least three letters.")
    return Policy(tuple(_rule(n, one) for n, one in enumerate(rules, 1)), tuple(n.strip() for n in withheld))


@cache
def load(path: Path | None = None) -> Policy:
    """The policy of a file, or the one that ships with the program. InputError where it cannot be read."""
    if path is None:
        return parse_policy(files("conflict").joinpath("data", "policy.toml").read_text("utf-8"))
    try:
        return parse_policy(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"The policy file {path} cannot be read as UTF-8 text: {type(error).__name__}.") from error


def _rule(number: int, entry: Any) -> Rule:
    where = f"rule {number}"
    if not isinstance(entry, Mapping):
        raise InputError(f"The policy file, {where}: it must be a [[rule]] table.")
    where += f" ({entry.get('name', 'no name')})"
    conditions: dict[str, Any] = {"tags": str, "sub_event_types": SubEventType, "place_kinds": str}
    conditions |= {"levels": PlaceLevel, "status": Status}
    known = {"name", "coarsen", "coarsen_hours", "delay_minutes", *conditions}
    if strange := sorted(set(entry) - known):
        raise InputError(f"The policy file, {where}: unknown {', '.join(strange)}. Known: {', '.join(sorted(known))}.")
    try:
        met = {
            name: frozenset(map(make, _words_of(entry.get(name, []), name, where))) for name, make in conditions.items()
        }
    except ValueError as error:
        raise InputError(f"The policy file, {where}: {error}.") from error
    coarsen = entry.get("coarsen")
    if coarsen is not None and coarsen not in _COARSE:
        raise InputError(f"The policy file, {where}: coarsen must be district or province.")
    hours, minutes = _number(entry, "coarsen_hours", where), _number(entry, "delay_minutes", where) / 60
    if not any(met.values()):
        raise InputError(f"The policy file, {where}: it needs at least one of {', '.join(conditions)}.")
    if (coarsen is None) == (hours > 0) or not (hours or minutes):
        raise InputError(f"The policy file, {where}: coarsen goes with coarsen_hours; or say delay_minutes.")
    level = _COARSE[coarsen] if coarsen else None
    name = str(entry.get("name", where))
    return Rule(name, **met, coarsen=level, coarse_for=timedelta(hours=hours), delay=timedelta(hours=minutes))


def _number(entry: Mapping[str, Any], name: str, where: str) -> float:
    value = entry.get(name, 0)
    most = _LONGEST * (60 if name.endswith("minutes") else 1)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= most:
        raise InputError(f"The policy file, {where}: {name} must be a number from 0 to {most}.")
    return float(value)


def _words_of(value: object, name: str, where: str) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise InputError(f"The policy file, {where}: {name} must be a list of words.")
    return value


def _known(event: ConflictEvent) -> datetime:
    """Since when it is known: its first report, else the end of its day, else the instant it was stored."""
    if event.first_reported_at is not None:
        return event.first_reported_at
    day = event.facts.event_date_end or event.facts.event_date
    if day is not None:
        return datetime.combine(day, time.max, UTC)
    return event.updated_at or datetime.max.replace(tzinfo=UTC) - timedelta(days=366)


def _coarse(facts: EventFacts, level: PlaceLevel) -> EventFacts:
    """The facts with each place that is finer than `level` replaced by the unit around it, each unit once."""
    places: Iterable[EventPlace] = (_around(place, level) for place in facts.places)
    return replace(facts, places=tuple({p.place.place_id if p.place else p.text: p for p in places}.values()))


def _around(place: EventPlace, level: PlaceLevel) -> EventPlace:
    at = place.place
    if at is None:  # a name that was not resolved may be the very place
        return EventPlace("", None, count=place.count)
    if _FINEST.index(at.level) >= _FINEST.index(level):
        return EventPlace(at.name, at)
    unit = at.level
    if level is PlaceLevel.ADMIN2 and at.admin2_id and at.admin2:
        unit = PlaceLevel.ADMIN2
        made = Place(at.admin2_id, at.admin2, unit, admin2=at.admin2, admin2_id=at.admin2_id)
    elif at.admin1_id and at.admin1:
        made = Place(at.admin1_id, at.admin1, PlaceLevel.ADMIN1)
    else:
        return EventPlace(at.country or "", _country_of(at) if at.country else None)
    made = replace(made, country=at.country, country_code=at.country_code, admin1=at.admin1, admin1_id=at.admin1_id)
    return EventPlace(made.name, made)


def _country_of(place: Place) -> Place:
    code = place.country_code or ""
    return Place(f"country:{code}", place.country or "", PlaceLevel.COUNTRY, place.country, place.country_code)
