"""Events put under headings as a reader thinks of them: one course of fighting; air strikes of one day.

A heading has a lead where one event of an episode spans the others and carries the toll. The heading of the newest
event comes first; inside a heading things are told as they went on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from conflict.events import ConflictEvent
from conflict.vocabulary import EventType, PartOfDay, SubEventType
from messages.catalog import Texts
from messages.events import Setting, event_line, event_title, with_voices
from messages.html import Html, bold, italic
from messages.tolls import casualties, civilians_unknown, event_toll
from messages.voices import single, verification
from messages.wording import age, area, capital, day, event_days

_PART_ORDER = {
    PartOfDay.MORNING: 0,
    None: 1,
    PartOfDay.AFTERNOON: 2,
    PartOfDay.EVENING: 3,
    PartOfDay.NIGHT: 4,
}
_EPISODIC = (EventType.BATTLES, EventType.STRATEGIC)


@dataclass(frozen=True, slots=True)
class Group:
    """Events under one heading, each with its number on the page. `lead` is the one that spans the others."""

    events: tuple[ConflictEvent, ...]
    one_day: date | None
    lead: ConflictEvent | None = None


def _key(event: ConflictEvent) -> tuple[object, ...]:
    facts = event.facts
    if event.episode and facts.event_type in _EPISODIC:
        return "episode", event.episode
    if facts.event_type is EventType.REMOTE_VIOLENCE:
        return facts.sub_event_type, facts.event_date
    return facts.event_type, facts.event_date


def grouped(events: Iterable[ConflictEvent]) -> list[Group]:
    """The events by episode, or by kind and day; the group of the latest day first."""
    shown = list(events)
    fighting = {
        claim.report_id: event
        for event in shown
        if event.episode and event.facts.event_type is EventType.BATTLES
        for claim in event.claims
    }
    groups: dict[tuple[object, ...], list[ConflictEvent]] = {}
    for event in shown:
        groups.setdefault(_key(_fled_from(event, fighting)), []).append(event)
    made = [_group(tuple(found)) for found in groups.values()]
    return sorted(made, key=lambda group: (-_last_day(group).toordinal(), _is_aside(group)))


def _fled_from(event: ConflictEvent, fighting: Mapping[str, ConflictEvent]) -> ConflictEvent:
    """The fighting, told in the same report, that people fled from; the event itself where there is none."""
    if event.episode or "displacement" not in event.facts.tags or event.facts.event_type is not EventType.STRATEGIC:
        return event
    return next((fighting[claim.report_id] for claim in event.claims if claim.report_id in fighting), event)


def _last_day(group: Group) -> date:
    return max((e.facts.event_date_end or e.facts.event_date or date.min for e in group.events), default=date.min)


def _is_aside(group: Group) -> bool:
    """Whether nothing in the group is violence: told after what is, of the same day."""
    return all(event.facts.event_type is EventType.STRATEGIC for event in group.events)


def _group(events: tuple[ConflictEvent, ...]) -> Group:
    one_day = {(e.facts.event_date, e.facts.event_date_end or e.facts.event_date) for e in events}
    first, last = next(iter(one_day))
    same = first if len(one_day) == 1 and first == last else None
    return Group(events, same, _lead(events))


def _lead(events: Sequence[ConflictEvent]) -> ConflictEvent | None:
    """The event that spans all others of a course of fighting and has its toll, if there is one."""
    if len(events) < 2:
        return None
    for event in events:
        facts = event.facts
        if facts.sub_event_type is not SubEventType.ARMED_CLASH or not facts.event_date or not facts.event_date_end:
            continue
        others = [other.facts.event_date for other in events if other is not event and other.facts.event_date]
        if all(facts.event_date <= when <= facts.event_date_end for when in others) and facts.casualties:
            return event
    return None


def ordered(groups: Iterable[Group]) -> tuple[ConflictEvent, ...]:
    """All events in the order they are numbered on the page: in each group the lead first."""
    return tuple(event for group in groups for event in _in_order(group))


def _in_order(group: Group) -> tuple[ConflictEvent, ...]:
    others = sorted((event for event in group.events if event is not group.lead), key=_told)
    return (group.lead, *others) if group.lead else tuple(others)


def _told(event: ConflictEvent) -> tuple[date, date, int]:
    """The order of telling inside a heading: as it went on."""
    first = event.facts.event_date or date.min
    return event.facts.event_date_end or first, first, _PART_ORDER[event.facts.part_of_day]


def _title(group: Group, setting: Setting, texts: Texts) -> Html:
    facts = [event.facts for event in group.events]
    main = next((fact for fact in facts if fact.event_type is EventType.BATTLES), facts[0])
    title = event_title(main.sub_event_type, texts)
    if group.one_day:
        when = day(group.one_day, texts, year=setting.year)
        return texts.say("{title}, {when}", "heading with day", title=title, when=when)
    where = area(facts, texts) if main.event_type is EventType.BATTLES else None
    return texts.say("{title}: {area}", "heading with area", title=title, area=where) if where else title


def _group_age(group: Group, setting: Setting, texts: Texts) -> Html:
    last = [when for e in group.events if (when := e.facts.event_date_end or e.facts.event_date)]
    return age(max(last), setting.today, texts) if last else Html("")


def _lead_line(event: ConflictEvent, setting: Setting, texts: Texts) -> Html:
    """The toll of an episode with its days and who counted."""
    facts = event.facts
    parts = [event_toll(event, texts) or casualties(facts.casualties, texts)]
    if civilians_unknown(facts.casualties):
        parts.append(texts.say("no civilian toll given"))
    if not (setting.single_said and single(event)):
        parts.append(verification(event, texts))
    when = capital(event_days(facts, texts, year=setting.year))
    line = texts.say("{days}: {toll}", "lead of an episode", days=when, toll=texts.joined(parts, "; "))
    return with_voices(line, event, texts)


def group_lines(group: Group, first: int, setting: Setting, texts: Texts) -> list[Html]:
    """A heading and its events, one a line, numbered from `first`."""
    heading = bold(capital(_title(group, setting, texts)))
    ago = _group_age(group, setting, texts)
    lines = [texts.say("{heading} · {note}", heading=heading, note=italic(ago)) if ago else heading]
    inside = replace(setting, show_day=group.one_day is None)
    for number, event in enumerate(_in_order(group), first):
        line = _lead_line(event, inside, texts) if event is group.lead else event_line(event, inside, texts)
        lines.append(texts.say("{n}. {line}", "numbered event", n=number, line=line))
    return lines
