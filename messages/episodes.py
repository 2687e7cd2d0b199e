"""Events put under headings as a reader thinks of them: one course of fighting; air strikes of one day.

Events of one episode have a heading of their own; the others share one by kind and days, or by place where the question
is about one town. The heading of the newest event comes first. Inside an episode things are told as they went on, after
a lead: the event that spans the others and carries the toll. Elsewhere the newest comes first. What all lines of a
heading share (days, place, parties, what is not known) is said in it once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from conflict.events import ConflictEvent
from conflict.places import EventPlace, Place
from conflict.vocabulary import EventType, PartOfDay, PlaceLevel, SubEventType
from messages.catalog import Texts
from messages.events import Setting, by_whom, event_line, event_title, parties_of, sides, unknowns, with_voices
from messages.html import Html, bold, italic
from messages.tolls import civilians_unknown, event_toll
from messages.voices import single, standing, verification, voices
from messages.wording import actor, age, area, capital, day, days, event_days, event_place, part_of_area

_PART_ORDER = {
    PartOfDay.MORNING: 0,
    None: 1,
    PartOfDay.AFTERNOON: 2,
    PartOfDay.EVENING: 3,
    PartOfDay.NIGHT: 4,
}
_EPISODIC = (EventType.BATTLES, EventType.STRATEGIC)
_WIDE = (PlaceLevel.COUNTRY, PlaceLevel.REGION, PlaceLevel.ADMIN1, PlaceLevel.ADMIN2)
_LONGEST = timedelta(days=3)  # an event of up to four days takes those of its kind and days under its heading


@dataclass(frozen=True, slots=True)
class Group:
    """Events under one heading, in the order in which they are told. `lead` is the one that spans the others.

    `span` are the days of the heading, None where the lines have to say them; `place` is that of a heading by place.
    """

    events: tuple[ConflictEvent, ...]
    span: tuple[date, date] | None = None
    lead: ConflictEvent | None = None
    episode: bool = False
    place: EventPlace | None = None


def grouped(events: Iterable[ConflictEvent], *, town: Place | None = None) -> list[Group]:
    """The events under headings, the one of the latest day first. `town`: the one town that was asked about."""
    shown = list(events)
    episodes, others = _episodes(shown)
    groups = [_episode(found) for found in episodes]
    places = {place.place for event in others if (place := event.facts.primary_place)}
    groups += _by_place(others) if town and len(places) > 1 else _by_kind(others)
    return sorted(groups, key=lambda group: (-_last_day(group).toordinal(), _is_aside(group)))


def _episodes(events: Sequence[ConflictEvent]) -> tuple[list[list[ConflictEvent]], list[ConflictEvent]]:
    """The events by episode, where one has several here; and all others."""
    fighting = {
        claim.report_id: event
        for event in events
        if event.episode and event.facts.event_type is EventType.BATTLES
        for claim in event.claims
    }
    found: dict[str, list[ConflictEvent]] = {}
    for event in events:
        source = _fled_from(event, fighting)
        if source.episode and event.facts.event_type in _EPISODIC:
            found.setdefault(source.episode, []).append(event)
    several = [group for group in found.values() if len(group) > 1]
    inside = {event.event_id for group in several for event in group}
    return several, [event for event in events if event.event_id not in inside]


def _fled_from(event: ConflictEvent, fighting: Mapping[str, ConflictEvent]) -> ConflictEvent:
    """The fighting, told in the same report, that people fled from; the event itself where there is none."""
    if event.episode or "displacement" not in event.facts.tags or event.facts.event_type is not EventType.STRATEGIC:
        return event
    return next((fighting[claim.report_id] for claim in event.claims if claim.report_id in fighting), event)


def _days(event: ConflictEvent) -> tuple[date, date] | None:
    first = event.facts.event_date
    return (first, max(first, event.facts.event_date_end or first)) if first else None


def _episode(events: Sequence[ConflictEvent]) -> Group:
    lead = _lead(events)
    told = sorted((event for event in events if event is not lead), key=_told)
    spans = [span for event in events if (span := _days(event))]
    around = (min(first for first, _ in spans), max(last for _, last in spans)) if spans else None
    return Group((lead, *told) if lead else tuple(told), around, lead, episode=True)


def _by_kind(events: Sequence[ConflictEvent]) -> list[Group]:
    """One heading for each kind and day; an event of a few days takes those inside its days under its own."""
    groups: dict[tuple[object, ...], list[ConflictEvent]] = {}
    spans: dict[object, list[tuple[date, date]]] = {}
    for event in events:
        if span := _days(event):
            spans.setdefault(_kind(event), []).append(span)
    for event in events:
        kind, span = _kind(event), _days(event)
        around = [s for s in spans.get(kind, ()) if span and s[0] <= span[0] and span[1] <= s[1]]
        wide = max((s for s in around if s[1] - s[0] <= _LONGEST), key=lambda s: (s[1] - s[0], s), default=span)
        groups.setdefault((kind, wide), []).append(event)
    return [
        Group(tuple(sorted(found, key=_newest_first)), span if isinstance(span, tuple) else None)
        for (_, span), found in groups.items()
    ]


def _kind(event: ConflictEvent) -> object:
    facts = event.facts
    return facts.sub_event_type if facts.event_type is EventType.REMOTE_VIOLENCE else facts.event_type


def _by_place(events: Sequence[ConflictEvent]) -> list[Group]:
    groups: dict[object, list[ConflictEvent]] = {}
    for event in events:
        where = event.facts.primary_place
        groups.setdefault(where.place or where.text if where else None, []).append(event)
    return [
        Group(tuple(sorted(found, key=_newest_first)), place=found[0].facts.primary_place) for found in groups.values()
    ]


def _last_day(group: Group) -> date:
    return max((span[1] for event in group.events if (span := _days(event))), default=date.min)


def _is_aside(group: Group) -> bool:
    """Whether nothing in the group is violence: told after what is, of the same day."""
    return all(event.facts.event_type is EventType.STRATEGIC for event in group.events)


def _lead(events: Sequence[ConflictEvent]) -> ConflictEvent | None:
    """The event that spans all others of a course of fighting and has its toll, if there is one."""
    for event in events:
        facts = event.facts
        if facts.sub_event_type is not SubEventType.ARMED_CLASH or not facts.event_date or not facts.event_date_end:
            continue
        others = [other.facts.event_date for other in events if other is not event and other.facts.event_date]
        if all(facts.event_date <= when <= facts.event_date_end for when in others) and facts.casualties:
            return event
    return None


def ordered(groups: Iterable[Group]) -> tuple[ConflictEvent, ...]:
    """All events in the order they are numbered on the page."""
    return tuple(event for group in groups for event in group.events)


def _told(event: ConflictEvent) -> tuple[date, date, int]:
    """The order of telling inside an episode: as it went on."""
    first, last = _days(event) or (date.min, date.min)
    return last, first, _PART_ORDER[event.facts.part_of_day]


def _newest_first(event: ConflictEvent) -> tuple[int, int, int]:
    first, last = _days(event) or (date.min, date.min)
    return -last.toordinal(), first.toordinal(), _PART_ORDER[event.facts.part_of_day]


def _title(group: Group, setting: Setting, texts: Texts) -> Html:
    """What, where in the area asked for, when; or the place of a heading by place."""
    if group.place or not (group.episode or group.span):
        if group.place:
            return event_place(group.place, texts)
        return event_title(_main(group).facts.sub_event_type, texts)
    title = event_title(_main(group).facts.sub_event_type, texts)
    if group.episode:
        title = _with_area(title, group, setting, texts)
    if group.span is None:
        return title
    first, last = group.span
    one = first == last
    when = day(first, texts, year=setting.year) if one else days(first, last, texts, year=setting.year)
    return texts.say("{title}, {when}", "heading with day", title=title, when=when)


def _main(group: Group) -> ConflictEvent:
    return next((e for e in group.events if e.facts.event_type is EventType.BATTLES), group.events[0])


def _area(group: Group, texts: Texts) -> EventPlace | None:
    """The area that the events of an episode share: that of the lead, else one with a bearing, else the first."""
    leading = [group.lead] if group.lead else []
    places = [p for e in (*leading, *group.events) for p in e.facts.places if p.place and p.level in _WIDE]
    own = [p for p in places if p.bearing and not p.count]
    return next(iter(own or [p for p in places if not p.count]), None)


def _with_area(title: Html, group: Group, setting: Setting, texts: Texts) -> Html:
    place = _area(group, texts)
    if place is None or place.place is None:
        return title
    part = part_of_area(place, texts)
    if place.place == setting.asked:
        return texts.say("{title} {where}", "heading with part", title=title, where=part) if part else title
    return texts.say("{title}: {area}", "heading with area", title=title, area=area(place, texts))


def _shared(group: Group, setting: Setting, texts: Texts) -> tuple[Setting, list[Html]]:
    """What the lines need not say, and the same in words for the heading: the parties, what is not known of any."""
    events = [event for event in group.events if event is not group.lead]
    titled = group.place is None
    place = _area(group, texts) if group.episode else None
    inside = replace(setting, titled=titled, span=group.span, where=_said_place(group, place, setting, texts))
    if len(group.events) < 2 or not titled:
        return inside, []
    notes = []
    fighting = _main(group).facts.event_type is EventType.BATTLES
    pairs = [parties_of(e.facts) for e in (events if group.lead else group.events)]
    told = max(pairs, key=pairs.count) if pairs else frozenset()
    enough = len(told) == 2 and pairs.count(told) > 1 and 2 * pairs.count(told) >= len(pairs)
    if (fighting and enough) or (not fighting and told and len(set(pairs)) == 1 and _same_roles(group)):
        inside = replace(inside, parties=told)
        model = next(e for e in group.events if parties_of(e.facts) == told)
        notes.append(_parties(model, len(set(pairs)) > 1, fighting, texts))
    missing = [unknowns(event.facts, texts, inside) for event in group.events]
    common = tuple(said for said in missing[0] if all(said in other for other in missing[1:]))
    return replace(inside, common=common), [*notes, *common]


def _said_place(group: Group, place: EventPlace | None, setting: Setting, texts: Texts) -> Html | None:
    """The place that lines leave out, since header or heading names it; None where they leave out none."""
    if group.place is not None:
        return event_place(group.place, texts)
    if place is None or place.place is None:
        return None
    return part_of_area(place, texts) if place.place == setting.asked else event_place(place, texts)


def _same_roles(group: Group) -> bool:
    return len({sides(event.facts) for event in group.events}) == 1


def _parties(model: ConflictEvent, some_differ: bool, fighting: bool, texts: Texts) -> Html:
    first, second = (actor(who, texts) if who else None for who in sides(model.facts))
    if not fighting or not first or not second:
        return by_whom(first, second, texts)
    if some_differ:
        return texts.say("between {a} and {b}, unless said otherwise", a=first, b=second)
    return texts.say("between {a} and {b}", "parties of a heading", a=first, b=second)


def _lead_line(event: ConflictEvent, setting: Setting, texts: Texts) -> Html:
    """The toll of an episode: for which days, by side, on whose word alone, and what it leaves open."""
    facts = event.facts
    whole = setting.span is not None and setting.span == _days(event) and setting.span[0] != setting.span[1]
    toll = event_toll(event, texts, (), period=whole)
    if not whole:
        when = event_days(facts, texts, year=setting.year)
        toll = texts.say("{days}: {toll}", "lead of an episode", days=when, toll=toll)
    notes = []
    if single(event) and len(event.originators) == 1:
        notes.append(texts.say("only {voice} says so", voice=voices(standing(event), texts)))
    if civilians_unknown(facts.casualties):
        notes.append(texts.say("no civilian toll given"))
    if not single(event):
        notes.append(verification(event, texts))
    alone = bool(notes) and single(event) and len(event.originators) == 1
    said = capital(toll)
    if notes:
        rest = texts.say("{toll}.", "sentence", toll=capital(texts.joined(notes, "; ")))
        said = texts.joined((texts.say("{toll}.", "sentence", toll=said), rest), " ")
    return said if alone else with_voices(said, event, texts)


def group_lines(group: Group, first: int, setting: Setting, texts: Texts) -> list[Html]:
    """A heading and its events, one a line, numbered from `first`."""
    inside, shared = _shared(group, setting, texts)
    heading = bold(capital(_title(group, setting, texts)))
    last = _last_day(group)
    ago = age(last, setting.today, texts) if last != date.min else Html("")
    lines = [texts.say("{heading} · {note}", heading=heading, note=italic(ago)) if ago else heading]
    if shared:
        lines.append(italic(texts.say("{toll}.", "sentence", toll=capital(texts.joined(shared, "; ")))))
    for number, event in enumerate(group.events, first):
        line = _lead_line(event, inside, texts) if event is group.lead else event_line(event, inside, texts)
        lines.append(texts.say("{n}. {line}", "numbered event", n=number, line=line))
    return lines
