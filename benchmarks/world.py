"""A made-up world of conflict to measure on: real places, shares of kinds and tolls as in ACLED's and UCDP's data sets.

Countries and places follow Zipf's law: a quarter of all events lie in the first country, most in some hundred towns.
Nothing here is a true event; the same seed gives the same world.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate

from conflict.actors import Actors
from conflict.ceasefires import Ceasefire
from conflict.claims import Claim
from conflict.events import ConflictEvent, Report, ReportKind
from conflict.facts import Actor, Casualty, EventFacts, Evidence
from conflict.gazetteer import Gazetteer
from conflict.gazetteer_file import DATA, read_embedded
from conflict.places import EventPlace, Place
from conflict.severity import severity_of
from conflict.tolls import TollReport
from conflict.vocabulary import (
    CasualtyKind,
    EventType,
    OriginatorKind,
    PlaceLevel,
    SubEventType,
    Verification,
)

YEARS = 10
COUNTRIES = (  # most events first: the first gets a quarter of all
    *("SY", "UA", "AF", "YE", "MM", "NG", "SD", "CD", "SO", "PS", "IQ", "ML", "BF", "ET", "MX", "CO", "PK", "IN", "LB"),
    *("LY", "CM", "SS", "MZ", "NE", "CF", "TD", "IL", "TR", "IR", "EG", "PH", "KE", "HT", "RU", "UG"),
)
SETTLEMENTS_EACH = 1_500
# Rough shares of ACLED's sub-types over its history, in thousandths.
KINDS = {
    SubEventType.ARMED_CLASH: 265,
    SubEventType.SHELLING: 170,
    SubEventType.PEACEFUL_PROTEST: 165,
    SubEventType.ATTACK: 115,
    SubEventType.AIR_STRIKE: 85,
    SubEventType.REMOTE_EXPLOSIVE: 50,
    SubEventType.MOB_VIOLENCE: 25,
    SubEventType.VIOLENT_DEMONSTRATION: 25,
    SubEventType.ABDUCTION: 20,
    SubEventType.LOOTING: 15,
    SubEventType.PROTEST_WITH_INTERVENTION: 12,
    SubEventType.OTHER: 10,
    SubEventType.CHANGE_TO_GROUP: 10,
    SubEventType.DISRUPTED_WEAPONS: 10,
    SubEventType.ARRESTS: 6,
    SubEventType.GOVERNMENT_REGAINS: 5,
    SubEventType.NON_STATE_OVERTAKES: 4,
    SubEventType.GRENADE: 3,
    SubEventType.SUICIDE_BOMB: 2,
    SubEventType.NON_VIOLENT_TRANSFER: 2,
    SubEventType.SEXUAL_VIOLENCE: 2,
    SubEventType.AGREEMENT: 1,
    SubEventType.EXCESSIVE_FORCE: 1,
    SubEventType.HEADQUARTERS: 1,
    SubEventType.CHEMICAL_WEAPON: 0.3,
}
_DEADLY = {EventType.BATTLES: 0.55, EventType.REMOTE_VIOLENCE: 0.35, EventType.AGAINST_CIVILIANS: 0.6}
_TAGS = ("hospital", "school", "camp", "market", "mosque", "aid", "water", "road_closed", "displacement")
_VOICES = (
    ("SOHR", OriginatorKind.MONITOR),
    ("Ministry of Defence", OriginatorKind.PARTY),
    ("Local residents", OriginatorKind.RESIDENT),
    ("Civil Defence", OriginatorKind.OFFICIAL),
    ("OCHA", OriginatorKind.UN),
    ("Reuters", OriginatorKind.AGENCY),
    ("Local police", OriginatorKind.OFFICIAL),
    ("Monitoring network", OriginatorKind.MONITOR),
    ("Rebel spokesman", OriginatorKind.PARTY),
    (None, OriginatorKind.UNNAMED),
)
_PUBLISHERS = tuple(f"Daily {word}" for word in ("Star", "Mail", "News", "Post", "Voice", "Times", "Wire", "Report"))
SENTENCE = "At least {count} people were killed in {kind} at {place} on {day}, {voice} said, while fighting went on."


@dataclass(frozen=True, slots=True)
class Told:
    """An event with the reports that its claims stand in (those not given before)."""

    event: ConflictEvent
    reports: tuple[Report, ...]


class World:
    """Events of ten years up to `end`, newest last in no order; `size` of them."""

    def __init__(self, gazetteer: Gazetteer, size: int, end: date, seed: int = 7) -> None:
        self.size = size
        self.end = end
        self._chance = random.Random(seed)
        self._gazetteer = gazetteer
        self.places = _places(gazetteer, random.Random(seed))
        self._countries = _cumulative(len(self.places))
        self._ranks = {code: _cumulative(len(found)) for code, found in self.places.items()}
        self._actors = _actors()
        self._kinds = tuple(KINDS)
        self._weights = list(accumulate(KINDS.values()))
        self._report = 0

    def place(self) -> Place:
        """A place as often as it has events."""
        code = self._chance.choices(tuple(self.places), cum_weights=self._countries)[0]
        return self._in(code)

    def events(self) -> Iterator[Told]:
        """All events, one by one."""
        for number in range(self.size):
            yield self._event(number)

    def tolls(self) -> Iterator[tuple[Report, TollReport]]:
        """Counts for provinces and countries over some days, one for every hundred events."""
        chance = self._chance
        for number in range(self.size // 100):
            town = self.place()
            unit = self._gazetteer.get(town.admin1_id or "") if chance.random() < 0.7 else None
            unit = unit or self._gazetteer.country(town.country_code or "") or town
            first = self._day()
            last = min(self.end, first + timedelta(days=chance.choice((1, 1, 2, 6, 29))))
            killed = 1 + int(chance.paretovariate(0.9)) % 400
            voice, kind = chance.choice(_VOICES[:-1])
            report = self._new_report(f"{voice} counted {killed} killed in {unit.name}.", last)
            yield (
                report,
                TollReport(
                    toll_id=f"t{number}",
                    report_id=report.report_id,
                    publisher=report.publisher,
                    places=(EventPlace(unit.name, unit),),
                    period_start=first,
                    period_end=last,
                    as_of=last,
                    casualties=(Casualty(CasualtyKind.KILLED, count=killed),),
                    originator=voice,
                    originator_kind=kind,
                    evidence=Evidence(0, len(report.text), report.text),
                    url=report.url,
                    published_at=report.published_at,
                ),
            )

    def ceasefires(self) -> Iterator[Ceasefire]:
        """A truce for the first province of each country."""
        for code, towns in self.places.items():
            bound = tuple(actor.actor_id for actor in self._actors.get(code, ())[:2] if actor.actor_id)
            area = tuple(dict.fromkeys(town.admin1_id for town in towns[:5] if town.admin1_id))
            start = self.end - timedelta(days=200)
            yield Ceasefire(f"c{code}", f"Truce of {towns[0].admin1}", bound, area[:2], start, verified_on=self.end)

    def _in(self, code: str) -> Place:
        return self._chance.choices(self.places[code], cum_weights=self._ranks[code])[0]

    def _day(self) -> date:
        """More of it lately, as in every data set; the last weeks are full."""
        return self.end - timedelta(days=int(self._chance.betavariate(0.9, 1.5) * 365 * YEARS))

    def _event(self, number: int) -> Told:
        chance = self._chance
        place, day = self.place(), self._day()
        code = place.country_code or ""
        sub = chance.choices(self._kinds, cum_weights=self._weights)[0]
        facts = EventFacts(
            sub_event_type=sub,
            event_date=day,
            event_date_end=day + timedelta(days=int(chance.paretovariate(0.9)) % 60)
            if chance.random() < 0.05
            else None,
            time_precision=1 if chance.random() < 0.8 else 2,
            places=self._event_places(place, code),
            tags=(chance.choice(_TAGS),) if chance.random() < 0.08 else (),
        )
        facts = self._with_people(facts, code)
        claims, reports = self._claims(number, facts, day)
        disputed = len(claims) > 1 and claims[1].facts.fatalities_best != facts.fatalities_best
        if disputed and facts.fatalities_best is not None:
            other = claims[1].facts.fatalities_best or 0
            low, high = sorted((facts.fatalities_best, other))
            facts = replace(facts, fatalities_low=low, fatalities_high=high, fatalities_best=None)
        voices = {claim.originator or claim.publisher for claim in claims}
        event = ConflictEvent(
            event_id=f"W{number:07d}AB",
            revision=1,
            facts=facts,
            claims=claims,
            verification=Verification.CORROBORATED if len(voices) > 1 else Verification.UNVERIFIED,
            severity=severity_of(facts),
            first_reported_at=min(claim.published_at for claim in claims if claim.published_at),
            updated_at=max(claim.published_at for claim in claims if claim.published_at),
            disputed=("toll",) if disputed else (),
        )
        return Told(event, reports)

    def _event_places(self, place: Place, code: str) -> tuple[EventPlace, ...]:
        """One place; now and then two, or only the province."""
        chance = self._chance.random()
        if chance < 0.07 and place.admin1_id and (province := self._gazetteer.get(place.admin1_id)):
            return (EventPlace(province.name, province),)
        if chance < 0.17:
            return EventPlace(place.name, place), EventPlace((other := self._in(code)).name, other)
        return (EventPlace(place.name, place, vicinity=chance > 0.9),)

    def _with_people(self, facts: EventFacts, code: str) -> EventFacts:
        chance, kind = self._chance, facts.event_type
        actors = self._actors.get(code) or (Actor("Unidentified armed group"),)
        first = chance.choice(actors) if kind not in (EventType.PROTESTS, EventType.RIOTS) else Actor("Protesters")
        second = None if kind is EventType.REMOTE_VIOLENCE else chance.choice(actors)
        civilians = kind is EventType.AGAINST_CIVILIANS
        killed = None
        if chance.random() < _DEADLY.get(kind, 0.02):
            killed = int(chance.paretovariate(1.1)) % 500  # UCDP: half of all have one or two, a few have hundreds
        people: list[Casualty] = []
        if killed is not None:
            people.append(
                Casualty(CasualtyKind.KILLED, civilian=civilians or chance.random() < 0.3 or None, count=killed)
            )
        if killed is not None and chance.random() < 0.4:
            people.append(Casualty(CasualtyKind.INJURED, count=1 + int(killed * chance.random() * 3)))
        return replace(
            facts,
            actor1=first,
            actor2=second if second != first else None,
            civilian_targeting=civilians,
            casualties=tuple(people),
            fatalities_low=killed,
            fatalities_best=killed,
            fatalities_high=killed,
        )

    def _claims(self, number: int, facts: EventFacts, day: date) -> tuple[tuple[Claim, ...], tuple[Report, ...]]:
        chance = self._chance
        claims, reports = [], []
        for position in range(chance.choices((1, 2, 3, 5), (60, 25, 10, 5))[0]):
            voice, kind = chance.choice(_VOICES)
            said = facts
            if position and facts.fatalities_best is not None and chance.random() < 0.4:
                count = facts.fatalities_best + 1 + chance.randrange(4)
                said = replace(facts, fatalities_low=count, fatalities_best=count, fatalities_high=count)
            words = SENTENCE.format(
                count=said.fatalities_best or "some",
                kind=facts.sub_event_type.value.lower(),
                place=facts.places[0].text,
                day=day,
                voice=voice or "it was",
            )
            report = self._new_report(words, day)
            reports.append(report)
            claims.append(
                Claim(
                    claim_id=f"c{number}.{position}",
                    report_id=report.report_id,
                    publisher=report.publisher,
                    facts=said,
                    originator=voice,
                    originator_kind=kind,
                    carrier="AFP" if chance.random() < 0.2 else None,
                    evidence=Evidence(0, len(words), words),
                    url=report.url,
                    published_at=report.published_at,
                    retrieved_at=report.retrieved_at,
                )
            )
        return tuple(claims), tuple(reports)

    def _new_report(self, words: str, day: date) -> Report:
        self._report += 1
        name = self._chance.choice(_PUBLISHERS)
        published = datetime.combine(day, time(), UTC) + timedelta(seconds=self._chance.randrange(172_800))
        return Report(
            report_id=f"r{self._report}",
            source_id=name.lower().replace(" ", "-"),
            publisher=name,
            kind=ReportKind.ARTICLE,
            text=words,
            title=words[:60],
            url=f"https://news.example/{self._report}",
            language="en",
            published_at=published,
            retrieved_at=published + timedelta(minutes=10),
        )


def _cumulative(count: int) -> list[float]:
    return list(accumulate(1 / (rank + 1) for rank in range(count)))


def _places(gazetteer: Gazetteer, chance: random.Random) -> dict[str, Sequence[Place]]:
    """Of each country its towns and villages, those with most events first: larger ones are likelier to lead."""
    embedded, _ = read_embedded(DATA, {})
    numbers: dict[str, list[tuple[float, int]]] = {code: [] for code in COUNTRIES}
    for number, _latitude, _longitude in embedded.coordinates():
        code = embedded.country_code(number)
        if code in numbers:
            weight = (embedded.population(number) + 300) * chance.paretovariate(1.0)
            numbers[code].append((weight, number))
    found: dict[str, Sequence[Place]] = {}
    for code, weighted in numbers.items():
        first = sorted(weighted, reverse=True)[:SETTLEMENTS_EACH]
        towns = (gazetteer.get(embedded.place(number).place_id) for _, number in first)
        kept = [town for town in towns if town is not None and town.level is PlaceLevel.SETTLEMENT]
        if kept:
            found[code] = kept
    return found


def _actors() -> dict[str, tuple[Actor, ...]]:
    found: dict[str, tuple[Actor, ...]] = {}
    for entry in Actors.load():
        if entry.country:
            found[entry.country] = (*found.get(entry.country, ()), Actor(entry.name, entry.id, entry.side))
    return found
