"""One event in one line: what, by whom, where, when, how many, what is not known, and who says so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from conflict.events import ConflictEvent, EventFacts
from conflict.places import EventPlace, Place
from conflict.vocabulary import TYPE_OF, Assertion, CasualtyKind, EventType, PlaceLevel, Status, SubEventType
from messages.catalog import Texts, msg
from messages.html import Html
from messages.tolls import event_toll, tolls_by_voice
from messages.voices import claim_voice, single, standing, verification, voices
from messages.wording import actor, capital, day, distance, event_days, event_place, part_of_day, place_name

_WHAT = {
    SubEventType.ARMED_CLASH: msg("clash", "event"),
    SubEventType.GOVERNMENT_REGAINS: msg("ground regained", "event"),
    SubEventType.NON_STATE_OVERTAKES: msg("ground taken", "event"),
    SubEventType.CHEMICAL_WEAPON: msg("chemical weapon attack", "event"),
    SubEventType.AIR_STRIKE: msg("air strike", "event"),
    SubEventType.SUICIDE_BOMB: msg("suicide bombing", "event"),
    SubEventType.SHELLING: msg("shelling or missile attack", "event"),
    SubEventType.REMOTE_EXPLOSIVE: msg("mine or bomb explosion", "event"),
    SubEventType.GRENADE: msg("grenade attack", "event"),
    SubEventType.SEXUAL_VIOLENCE: msg("sexual violence", "event"),
    SubEventType.ATTACK: msg("attack on civilians", "event"),
    SubEventType.ABDUCTION: msg("abduction or disappearance", "event"),
    SubEventType.PEACEFUL_PROTEST: msg("protest", "event"),
    SubEventType.PROTEST_WITH_INTERVENTION: msg("protest, with intervention", "event"),
    SubEventType.EXCESSIVE_FORCE: msg("force against protesters", "event"),
    SubEventType.VIOLENT_DEMONSTRATION: msg("violent demonstration", "event"),
    SubEventType.MOB_VIOLENCE: msg("mob violence", "event"),
    SubEventType.AGREEMENT: msg("agreement", "event"),
    SubEventType.ARRESTS: msg("arrests", "event"),
    SubEventType.CHANGE_TO_GROUP: msg("change of forces or activity", "event"),
    SubEventType.DISRUPTED_WEAPONS: msg("weapons intercepted or seized", "event"),
    SubEventType.HEADQUARTERS: msg("base established", "event"),
    SubEventType.LOOTING: msg("looting or destruction of property", "event"),
    SubEventType.NON_VIOLENT_TRANSFER: msg("ground handed over without fighting", "event"),
    SubEventType.OTHER: msg("other development", "event"),
}
_TITLES = {
    SubEventType.CHEMICAL_WEAPON: msg("Chemical weapon attacks", "heading"),
    SubEventType.AIR_STRIKE: msg("Air strikes", "heading"),
    SubEventType.SUICIDE_BOMB: msg("Suicide bombings", "heading"),
    SubEventType.SHELLING: msg("Shelling and missiles", "heading"),
    SubEventType.REMOTE_EXPLOSIVE: msg("Mines and bombs", "heading"),
    SubEventType.GRENADE: msg("Grenade attacks", "heading"),
}
_TYPE_TITLES = {
    EventType.BATTLES: msg("Fighting", "heading"),
    EventType.REMOTE_VIOLENCE: msg("Strikes and explosions", "heading"),
    EventType.AGAINST_CIVILIANS: msg("Violence against civilians", "heading"),
    EventType.PROTESTS: msg("Protests", "heading"),
    EventType.RIOTS: msg("Riots", "heading"),
    EventType.STRATEGIC: msg("Other developments", "heading"),
}
_TAGS = {
    "hospital": msg("hospital or clinic", "tag"),
    "school": msg("school", "tag"),
    "camp": msg("camp for displaced people", "tag"),
    "market": msg("market", "tag"),
    "water": msg("water supply", "tag"),
    "aid": msg("aid", "tag"),
    "mosque": msg("place of worship", "tag"),
    "road_closed": msg("road closed", "tag"),
    "road_open": msg("road open", "tag"),
    "crossing_closed": msg("crossing closed", "tag"),
    "crossing_open": msg("crossing open", "tag"),
    "displacement": msg("people displaced", "tag"),
}
_TERRITORY = (SubEventType.GOVERNMENT_REGAINS, SubEventType.NON_STATE_OVERTAKES)
_LATE = timedelta(days=3)  # a report this long after the event is said to be late


@dataclass(frozen=True, slots=True)
class Setting:
    """What the lines of one answer share: the year that needs no saying and the province that was asked for."""

    today: date
    admin1: str | None = None
    year: bool = False  # whether days carry their year
    show_day: bool = True  # False under a heading that names the day
    single_said: bool = False  # "one source, unverified" was said above for all that have no other word
    near: Place | None = None  # the place that distances are given from


def event_title(sub: SubEventType, texts: Texts) -> Html:
    """The heading for events of one sort: strikes each by their kind, the rest by their type."""
    return texts.word(_TITLES.get(sub) or _TYPE_TITLES[TYPE_OF[sub]])


def event_name(sub: SubEventType, texts: Texts) -> Html:
    """The name of a sort of event for people, as it stands inside a line."""
    return texts.word(_WHAT[sub])


def type_title(kind: EventType, texts: Texts) -> Html:
    """The name of an event type for people."""
    return texts.word(_TYPE_TITLES[kind])


def tag_name(tag: str, texts: Texts) -> Html:
    """A tag for people; one without a translation as it is."""
    return texts.word(_TAGS[tag]) if tag in _TAGS else texts.value(tag.replace("_", " "))


def _started_by_first(facts: EventFacts) -> bool | None:
    """Whether the first of the parties is said to have attacked; None where none of them is."""
    if not facts.initiator or not facts.actor1:
        return None
    if facts.initiator in (facts.actor1.actor_id, facts.actor1.name):
        return True
    if facts.actor2 and facts.initiator in (facts.actor2.actor_id, facts.actor2.name):
        return False
    return None


def what(facts: EventFacts, texts: Texts) -> Html:
    """What happened and between whom: `attack by A on B`, `clash between A and B`, `air or drone strike`."""
    said = _between(facts, texts)
    if facts.assertion is Assertion.ATTEMPTED:
        return texts.say("{what} (attempted)", what=said)
    if facts.assertion is Assertion.ANNOUNCED:
        return texts.say("{what} (announced)", what=said)
    if facts.assertion is Assertion.DENIED:
        return texts.say("{what} (denied)", what=said)
    return said


def _between(facts: EventFacts, texts: Texts) -> Html:
    noun = texts.word(_WHAT[facts.sub_event_type])
    if facts.sub_event_type is SubEventType.OTHER and "displacement" in facts.tags:
        return texts.say("people fled")
    first = actor(facts.actor1, texts) if facts.actor1 else None
    second = actor(facts.actor2, texts) if facts.actor2 else None
    if facts.sub_event_type is SubEventType.ARMED_CLASH:
        started = _started_by_first(facts)
        if first and second and started is not None:
            a, b = (first, second) if started else (second, first)
            return texts.say("attack by {a} on {b}", a=a, b=b)
        if first and second:
            return texts.say("{what} between {a} and {b}", what=noun, a=first, b=second)
        if first or second:
            if _started_by_first(facts):
                return texts.say("attack by {a}", a=first)
            return texts.say("{what} involving {a}", what=noun, a=first or second)
        return noun
    if facts.sub_event_type in _TERRITORY and first:
        if second:
            return texts.say("{what} by {a} from {b}", what=noun, a=first, b=second)
        return texts.say("{what} by {a}", what=noun, a=first)
    if facts.event_type in (EventType.PROTESTS, EventType.RIOTS, EventType.STRATEGIC):
        return (
            texts.say("{what}: {who}", what=noun, who=texts.joined(p for p in (first, second) if p)) if first else noun
        )
    if first and second:
        return texts.say("{what} by {a} against {b}", what=noun, a=first, b=second)
    if first:
        return texts.say("{what} by {a}", what=noun, a=first)
    return texts.say("{what} against {b}", what=noun, b=second) if second else noun


def unknowns(facts: EventFacts, texts: Texts) -> list[Html]:
    """What one would want to know of such an event and the reports do not give."""
    missing = []
    if facts.actor1 is None and facts.sub_event_type is SubEventType.AIR_STRIKE:
        missing.append(texts.say("aircraft not identified"))
    elif facts.actor1 is None and facts.event_type is EventType.REMOTE_VIOLENCE:
        missing.append(texts.say("who fired or placed it not given"))
    elif facts.actor1 is None and facts.event_type is EventType.AGAINST_CIVILIANS:
        missing.append(texts.say("attacker not given"))
    elif facts.actor1 is facts.actor2 is None and facts.event_type is EventType.BATTLES:
        missing.append(texts.say("sides not given"))
    elif facts.sub_event_type is SubEventType.ARMED_CLASH and not (facts.actor1 and facts.actor2):
        missing.append(texts.say("other side not given"))
    place = facts.primary_place
    located = place is not None and (place.count or place.level in (PlaceLevel.SETTLEMENT, PlaceLevel.FACILITY))
    if facts.sub_event_type in _TERRITORY and not located:
        missing.append(texts.say("extent not given"))
    counted = any(c.kind is CasualtyKind.DISPLACED for c in facts.casualties)
    if "displacement" in facts.tags and not counted:
        missing.append(texts.say("number not given"))
    return missing


def _where(place: EventPlace | None, setting: Setting, texts: Texts) -> Html:
    said = event_place(place, texts)
    if setting.near and place and place.place and (far := distance(setting.near, place.place)) is not None:
        near = place_name(setting.near, texts)
        said = texts.say("{place}, about {km} km from {near}", place=said, km=far, near=near)
    if place is None or place.place is None or place.level not in (PlaceLevel.SETTLEMENT, PlaceLevel.FACILITY):
        return said
    province = place.place.admin1
    if not province or province in (setting.admin1, place.place.name):
        return said
    return texts.say("{place}, {province}", "place in a province", place=said, province=province)


def _notes(event: ConflictEvent, setting: Setting, texts: Texts) -> list[Html]:
    """What else a reader must know: damage to protected places, that it goes on, that it is old, how sure it is."""
    notes = unknowns(event.facts, texts)
    tags = [tag_name(tag, texts) for tag in event.facts.tags if tag in _TAGS and tag != "displacement"]
    if tags:
        notes.append(texts.say("concerns: {tags}", tags=texts.joined(tags)))
    if event.facts.status is Status.ONGOING:
        notes.append(texts.say("going on when reported"))
    if event.facts.status is Status.BACKGROUND:
        notes.append(texts.say("told as background, not as news"))
    notes.append(late_report(event, setting.today, texts))
    if not (setting.single_said and single(event)):
        notes.append(verification(event, texts))
    return [note for note in notes if note]


def late_report(event: ConflictEvent, today: date | None, texts: Texts) -> Html:
    """The label of old news: when it was first reported, where that was days after; undated is said as undated."""
    if event.first_reported_at is None:
        return texts.say("report undated")
    reported = event.first_reported_at.date()
    last = event.facts.event_date_end or event.facts.event_date
    if last is None or reported - last < _LATE:
        return Html("")
    if reported == today:
        return texts.say("first reported today")
    return texts.say(
        "first reported {day}",
        day=day(reported, texts, weekday=False, year=today is None or reported.year != today.year),
    )


def event_line(event: ConflictEvent, setting: Setting, texts: Texts) -> Html:
    """An event as one line of an answer."""
    facts = event.facts
    when = event_days(facts, texts, year=setting.year) if setting.show_day else part_of_day(facts, texts)
    happened = texts.joined((what(facts, texts), _where(facts.primary_place, setting, texts)))
    said = texts.say("{when}: {what}", "event line", when=when, what=happened) if when else happened
    details = [event_toll(event, texts), *_notes(event, setting, texts)]
    line = texts.joined((capital(said), *details), "; ")
    return with_voices(line, event, texts)


def with_voices(line: Html, event: ConflictEvent, texts: Texts) -> Html:
    """A line with those who say so, but for voices already named at their own toll."""
    named = tolls_by_voice(event, texts)
    if len(set(named.values())) <= 1:
        named = {}
    others = [claim for claim in standing(event) if claim_voice(claim, texts) not in named]
    return texts.say("{line} ({voices})", line=line, voices=voices(others, texts)) if others else line
