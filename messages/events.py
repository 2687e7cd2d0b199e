"""One event in one line: what, by whom, where, when, how many, what is not known, and who says so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from conflict.events import ConflictEvent
from conflict.facts import Actor, EventFacts
from conflict.places import EventPlace, Place
from conflict.vocabulary import TYPE_OF, Assertion, CasualtyKind, EventType, PlaceLevel, Status, SubEventType
from messages.catalog import Texts, msg
from messages.html import Html
from messages.people import nearest
from messages.tolls import differing_tolls, event_toll
from messages.voices import claim_voice, single, standing, verification, voices
from messages.wording import (
    about,
    actor,
    capital,
    day,
    days,
    distance,
    event_days,
    event_place,
    part_of_area,
    part_of_day,
    place_name,
    province,
    weekday,
)

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
_VIOLENCE = (EventType.BATTLES, EventType.REMOTE_VIOLENCE, EventType.AGAINST_CIVILIANS)
_POINTS = (PlaceLevel.SETTLEMENT, PlaceLevel.FACILITY)
_WEEK = timedelta(days=7)
_LATE = timedelta(days=3)  # a report this long after the event is said to be late


@dataclass(frozen=True, slots=True)
class Setting:
    """What the lines of one answer, or under one heading, share and need not repeat."""

    today: date
    asked: Place | None = None  # the one place that the question is about
    year: bool = False  # whether days carry their year
    single_said: bool = False  # "one source, unverified" was said above for all that have no other word
    near: Place | None = None  # the place that distances are given from
    titled: bool = False  # whether the heading names the kind of event
    span: tuple[date, date] | None = None  # the days in the heading
    where: Html | None = None  # the place in the heading; "" where it is the place asked for
    parties: frozenset[str] | None = None  # the two that the heading names
    common: tuple[Html, ...] = ()  # what the heading says is not known


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


def sides(facts: EventFacts) -> tuple[Actor | None, Actor | None]:
    """The two parties. Civilians who stand first in a sentence on violence are whom it hit, never who did it."""
    first, second = facts.actor1, facts.actor2
    if first and not first.actor_id and facts.event_type in _VIOLENCE:
        found = nearest(first.name)
        if found and found.unarmed:
            return None, second or first
    return first, second


def parties_of(facts: EventFacts) -> frozenset[str]:
    """Who takes part, for comparing."""
    return frozenset(who.actor_id or who.name for who in sides(facts) if who)


def _started_by_first(facts: EventFacts) -> bool | None:
    """Whether the first of the parties is said to have attacked; None where none of them is."""
    if not facts.initiator or not facts.actor1:
        return None
    if facts.initiator in (facts.actor1.actor_id, facts.actor1.name):
        return True
    if facts.actor2 and facts.initiator in (facts.actor2.actor_id, facts.actor2.name):
        return False
    return None


def what(facts: EventFacts, texts: Texts, setting: Setting | None = None) -> Html:
    """What happened and between whom: `attack by A on B`, `clash between A and B`, `air or drone strike`.

    Under a heading only what the heading does not say; that may be nothing.
    """
    said = _between(facts, texts, setting)
    if facts.assertion is Assertion.STATED:
        return said
    said = said or texts.word(_WHAT[facts.sub_event_type])
    if facts.assertion is Assertion.ATTEMPTED:
        return texts.say("{what} (attempted)", what=said)
    if facts.assertion is Assertion.ANNOUNCED:
        return texts.say("{what} (announced)", what=said)
    return texts.say("{what} (denied)", what=said)


def _between(facts: EventFacts, texts: Texts, setting: Setting | None) -> Html:
    noun = texts.word(_WHAT[facts.sub_event_type])
    if facts.sub_event_type is SubEventType.OTHER and "displacement" in facts.tags:
        return texts.say("people fled")
    one, other = sides(facts)
    first, second = (actor(one, texts) if one else None), (actor(other, texts) if other else None)
    titled = setting is not None and setting.titled
    both_said = bool(setting and setting.parties and setting.parties == parties_of(facts))
    if facts.sub_event_type is SubEventType.ARMED_CLASH:
        return _clash(facts, (first, second), Html("") if titled else noun, noun, both_said, texts)
    if facts.sub_event_type in _TERRITORY and first:
        if second and not both_said:
            return texts.say("{what} by {a} from {b}", what=noun, a=first, b=second)
        return texts.say("{what} by {a}", what=noun, a=first)
    if facts.event_type in (EventType.PROTESTS, EventType.RIOTS, EventType.STRATEGIC):
        who = texts.joined(p for p in (first, second) if p)
        return texts.say("{what}: {who}", what=noun, who=who) if first else noun
    if facts.event_type is EventType.AGAINST_CIVILIANS and other and _civilians(other):
        second = None  # the noun says it
    if titled and facts.event_type is EventType.REMOTE_VIOLENCE:
        return Html("") if both_said else by_whom(first, second, texts)
    if first and second:
        return texts.say("{what} by {a} against {b}", what=noun, a=first, b=second)
    if first:
        return texts.say("{what} by {a}", what=noun, a=first)
    return texts.say("{what} against {b}", what=noun, b=second) if second else noun


def _civilians(who: Actor) -> bool:
    found = None if who.actor_id else nearest(who.name)
    return found is not None and found.kind == "civilians"


def by_whom(first: Html | None, second: Html | None, texts: Texts) -> Html:
    """`by A against B`, under a heading that names the kind of attack."""
    if first and second:
        return texts.say("by {a} against {b}", "attack", a=first, b=second)
    if first:
        return texts.say("by {a}", "attack", a=first)
    return texts.say("against {b}", "attack", b=second) if second else Html("")


def _clash(
    facts: EventFacts, who: tuple[Html | None, Html | None], short: Html, noun: Html, both_said: bool, texts: Texts
) -> Html:
    """A clash or, where it is said who began, an attack; `short` where nothing of the parties needs saying."""
    first, second = who
    started = _started_by_first(facts)
    if first and second:
        a, b = (second, first) if started is False else (first, second)
        if started is not None:
            return texts.say("attack by {a}", a=a) if both_said else texts.say("attack by {a} on {b}", a=a, b=b)
        return short if both_said else texts.say("{what} between {a} and {b}", what=noun, a=a, b=b)
    if not first and not second:
        return short
    return (
        texts.say("attack by {a}", a=first)
        if started
        else texts.say("{what} involving {a}", what=noun, a=first or second)
    )


def unknowns(facts: EventFacts, texts: Texts, setting: Setting | None = None) -> list[Html]:
    """What one would want to know of such an event and the reports do not give.

    That a clash has another side is said on its own (without a `setting`) unless its toll names two sides, and in an
    answer only under a heading that names two parties, lest the reader takes them for this event's.
    """
    missing = []
    first, second = sides(facts)
    if first is None and facts.sub_event_type is SubEventType.AIR_STRIKE:
        missing.append(texts.say("aircraft not identified"))
    elif first is None and facts.event_type is EventType.REMOTE_VIOLENCE:
        missing.append(texts.say("who fired or placed it not given"))
    elif first is None and facts.event_type is EventType.AGAINST_CIVILIANS:
        missing.append(texts.say("attacker not given"))
    elif first is second is None and facts.event_type is EventType.BATTLES:
        missing.append(texts.say("sides not given"))
    elif facts.sub_event_type is SubEventType.ARMED_CLASH and not (first and second):
        counted = len({c.side or c.role for c in facts.casualties if not c.civilian}) > 1
        if setting.parties is not None if setting else not counted:
            missing.append(texts.say("other side not given"))
    place = facts.primary_place
    located = place is not None and (place.count or place.level in _POINTS)
    if facts.sub_event_type in _TERRITORY and not located:
        missing.append(texts.say("extent not given"))
    displaced = any(c.kind is CasualtyKind.DISPLACED for c in facts.casualties)
    if "displacement" in facts.tags and not displaced:
        missing.append(texts.say("number not given"))
    return [said for said in missing if setting is None or said not in setting.common]


def where(place: EventPlace | None, setting: Setting, texts: Texts) -> Html:
    """Where an event was, without what header and heading say of it already."""
    said = _where(place, setting, texts)
    return Html("") if said == setting.where else said


def _where(place: EventPlace | None, setting: Setting, texts: Texts) -> Html:
    asked = place is not None and place.place is not None and place.place == setting.asked
    if place is not None and asked and not place.vicinity:
        if place.level in _POINTS:
            return Html("")
        part = part_of_area(place, texts)
        if place.count:
            unnamed = texts.count("{n} unnamed place", "{n} unnamed places", place.count)
            return texts.joined((unnamed, part), " ")
        return part or (texts.say("place not given") if setting.where is None else Html(""))
    said = event_place(place, texts)
    if setting.near and place and place.place and (far := distance(setting.near, place.place)) is not None:
        near = place_name(setting.near, texts)
        said = texts.say("{place}, about {km} km from {near}", place=said, km=far, near=near)
    if place is None or place.place is None or place.level not in _POINTS:
        return said
    around = province(place.place, texts)
    about_here = setting.asked or setting.near
    known = about_here.admin1 if about_here else None
    if not around or place.place.admin1 in (known, place.place.name):
        return said
    return texts.say("{place}, {province}", "place in a province", place=said, province=around)


def _when(facts: EventFacts, setting: Setting, texts: Texts) -> Html:
    """The days of an event, as far as the heading leaves them open."""
    span, first = setting.span, facts.event_date
    last = facts.event_date_end or first
    if span is None or first is None or last is None or about(facts):
        return event_days(facts, texts, year=setting.year)
    if (first, last) == span:
        return part_of_day(facts, texts)
    short = span[0] <= first == last <= span[1] and span[1] - span[0] < _WEEK
    said = weekday(first, texts) if short else days(first, last, texts, year=False)
    return texts.joined((said, part_of_day(facts, texts)))


def _notes(event: ConflictEvent, setting: Setting, texts: Texts) -> list[Html]:
    """What else a reader must know: damage to protected places, that it goes on, that it is old, how sure it is."""
    notes = unknowns(event.facts, texts, setting)
    tags = [tag_name(tag, texts) for tag in event.facts.tags if tag in _TAGS and tag != "displacement"]
    if tags:
        notes.append(texts.say("concerns: {tags}", tags=texts.joined(tags)))
    if event.corrections:  # whoever is named as its source did not say it so
        notes.append(texts.say("corrected by an operator"))
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
    happened = what(facts, texts, setting)
    place = where(facts.primary_place, setting, texts)
    around = texts.joined((_when(facts, setting, texts), place))
    toll = event_toll(event, texts, period=whole_span(facts, setting))
    if around and happened:
        said = texts.say("{when}: {what}", "event line", when=around, what=happened)
    else:
        said = around or happened
    if not said and not toll:
        said = event_name(facts.sub_event_type, texts)
    line = capital(texts.joined((said, toll, *_notes(event, setting, texts)), "; "))
    return with_voices(line, event, texts)


def whole_span(facts: EventFacts, setting: Setting) -> bool:
    """Whether an event lasted all the days of its heading, more than one: its toll then says that it is theirs."""
    last = facts.event_date_end
    return last is not None and last != facts.event_date and setting.span == (facts.event_date, last)


def with_voices(line: Html, event: ConflictEvent, texts: Texts) -> Html:
    """A line with those who say so, but for voices already named at their own toll."""
    named = differing_tolls(event, texts)
    others = [claim for claim in standing(event) if not named or claim_voice(claim, texts) not in named]
    return texts.say("{line} ({voices})", line=line, voices=voices(others, texts)) if others else line
