"""Answers that are numbers: events counted, people killed or injured, weeks and places side by side.

A number comes first, as a range where voices differ, with who says it; what is unknown is said to be unknown.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from conflict.answers import Answer, Range
from conflict.events import ConflictEvent
from conflict.places import Place
from conflict.questions import QuestionKind
from messages.catalog import Key, Texts, msg
from messages.events import type_title
from messages.html import Html, bold, table, to_plain
from messages.tolls import casualties, civilians_unknown, toll_days, toll_voice, tolls_by_voice
from messages.voices import name_of
from messages.wording import capital, day, days, number, place_name

_DAILY = 14  # days: up to so many a row is a day
_WEEKLY = 120  # and up to so many a week, beyond that a month
_DAYS = msg("Days", "column")
_PLACE = msg("Place", "column")
_EVENTS = msg("Events", "column")
_KILLED = msg("Killed", "column")

Row = tuple[str, str, str]


def count_lines(answer: Answer, texts: Texts) -> list[Html]:
    """How many events are stored, and of which kinds where all of them are at hand."""
    lines = [bold(texts.count("{n} event stored", "{n} events stored", answer.total))]
    if 0 < answer.total == len(answer.events):
        kinds: dict[Html, int] = {}
        for event in answer.events:
            title = type_title(event.facts.event_type, texts)
            kinds[title] = kinds.get(title, 0) + 1
        lines.append(texts.joined(texts.say("{kind}: {n}", "count by kind", kind=k, n=n) for k, n in kinds.items()))
    lines.append(texts.say("What happened and was not reported, or not read here, is not in this number."))
    return lines


def toll_lines(answer: Answer, texts: Texts) -> list[Html]:
    """How many people were killed or injured, as far as anybody says; never a zero for an unknown."""
    killed = answer.question.kind is not QuestionKind.INJURED
    total = answer.fatalities if killed else answer.injured
    figure = number(total.low, total.best, total.high, texts)
    if figure is None:
        return [
            bold(texts.say("No toll stored.") if killed else texts.say("No number of injured stored.")),
            texts.say("That does not mean that nobody was harmed."),
        ]
    said = texts.say("{n} killed", "total", n=figure) if killed else texts.say("{n} injured", "total", n=figure)
    who = _counters(answer, texts)
    lines = [texts.say("{total} ({voices})", total=bold(said), voices=who) if who else bold(said)]
    if total.best is None and total.low != total.high:
        lines.append(texts.say("The sources do not agree; both ends are given."))
    lines.extend(_containment(answer, figure, texts))
    return lines


def _counters(answer: Answer, texts: Texts) -> Html:
    """Who counted: whoever gave the containing count, else the voices that give any number for the events shown."""
    if answer.containing:
        return toll_voice(answer.containing, texts)
    names = dict.fromkeys(name for event in answer.events for name in tolls_by_voice(event, texts))
    if not names or answer.total > len(answer.events):
        names |= dict.fromkeys(name_of(name, texts) for name in answer.originators)
    return texts.joined(names, "; ")


def _containment(answer: Answer, figure: Html, texts: Texts) -> list[Html]:
    """That a count for an area and a period contains events, and that nothing was added to it."""
    toll = answer.containing
    if toll is None:
        return [texts.say("Only events with a stated toll are counted; for others it is unknown.")]
    said = texts.say(
        "{n} is the count of {voice} for {days}; it contains the events below; they are not added.",
        n=figure,
        voice=toll_voice(toll, texts),
        days=toll_days(toll, texts),
    )
    sides = casualties(toll.casualties, texts)
    lines = [texts.say("{toll}.", "sentence", toll=capital(sides))] if sides else []
    if civilians_unknown(toll.casualties):
        lines.append(texts.say("No civilian toll given."))
    return [said, *lines]


def trend_lines(answer: Answer, texts: Texts) -> list[Html]:
    """Events and deaths by day, week or month as a small table; a row without reports is not a calm one."""
    dated = [event for event in answer.events if event.facts.event_date]
    if not dated:
        return []
    rows = [(to_plain(label), str(len(found)), _deaths(found)) for label, found in _rows(dated, texts)]
    lines = _table((_DAYS, _EVENTS, _KILLED), rows, texts)
    if answer.total > len(answer.events):
        lines.append(texts.say("Made from the newest {n} of {total} events.", n=len(answer.events), total=answer.total))
    if any(event.facts.event_date_end not in (None, event.facts.event_date) for event in dated):
        lines.append(texts.say("What lasted several days is counted on its first."))
    lines.append(texts.say("? means that no toll is stored. A row without reports is not a calm one."))
    return lines


def compare_lines(answer: Answer, texts: Texts) -> list[Html]:
    """The places of a question side by side."""
    rows = []
    for place in answer.question.places:
        found = [event for event in answer.events if _inside(event, place)]
        rows.append((to_plain(place_name(place, texts)), str(len(found)), _deaths(found)))
    lines = _table((_PLACE, _EVENTS, _KILLED), rows, texts)
    if answer.total > len(answer.events):
        lines.append(texts.say("Made from the newest {n} of {total} events.", n=len(answer.events), total=answer.total))
    lines.append(texts.say("More reports can mean more fighting or more reporters: numbers compare what was reported."))
    return lines


def _inside(event: ConflictEvent, place: Place) -> bool:
    """Whether an event is known to be in a place, by the ids of what contains it."""
    for where in event.facts.places:
        found = where.place
        if found and place.place_id in (found.place_id, found.admin1_id, found.admin2_id):
            return True
    return False


def _deaths(events: Sequence[ConflictEvent]) -> str:
    """The deaths of several events, low to high; `?` where none is stated."""
    tolls = [Range(e.facts.fatalities_low, e.facts.fatalities_best, e.facts.fatalities_high) for e in events]
    known = [t for t in tolls if (t.low, t.best, t.high) != (None, None, None)]
    if not known:
        return "?"
    low = sum(next(n for n in (t.low, t.best, t.high) if n is not None) for t in known)
    high = sum(next(n for n in (t.high, t.best, t.low) if n is not None) for t in known)
    more = "+?" if len(known) < len(tolls) else ""
    return (f"{low}" if low == high else f"{low}-{high}") + more


def _rows(events: Sequence[ConflictEvent], texts: Texts) -> list[tuple[Html, list[ConflictEvent]]]:
    """Events by day, week (from Monday) or month, newest first, with the empty rows between."""
    found: dict[date, list[ConflictEvent]] = {}
    dates = [event.facts.event_date for event in events if event.facts.event_date]
    span = (max(dates) - min(dates)).days
    for event in events:
        if event.facts.event_date:
            found.setdefault(_start(event.facts.event_date, span), []).append(event)
    starts, start = [], min(found)
    while start <= max(found):
        starts.append(start)
        start = _next(start, span)
    return [(_label(start, span, texts), found.get(start, [])) for start in reversed(starts)][:40]


def _start(when: date, span: int) -> date:
    if span <= _DAILY:
        return when
    return when - timedelta(days=when.weekday()) if span <= _WEEKLY else when.replace(day=1)


def _next(start: date, span: int) -> date:
    if span <= _DAILY:
        return start + timedelta(days=1)
    return start + timedelta(days=7) if span <= _WEEKLY else (start + timedelta(days=32)).replace(day=1)


def _label(start: date, span: int, texts: Texts) -> Html:
    if span <= _DAILY:
        return day(start, texts)
    return days(start, _next(start, span) - timedelta(days=1), texts, year=span > _WEEKLY)


def _table(head: tuple[Key, Key, Key], rows: Sequence[Row], texts: Texts) -> list[Html]:
    """Rows as a text table, numbers to the right; as lines where letters have no fixed width (right to left)."""
    names = [texts.plain(text, context) for context, text in head]
    if texts.rtl:
        first, second = names[1:]
        return [
            texts.say("{label}: {first} {n}, {second} {m}", "row", label=label, first=first, n=n, second=second, m=m)
            for label, n, m in rows
        ]
    cells = [tuple(names), *rows]
    widths = [max(len(row[column]) for row in cells) for column in range(len(names))]
    return [table("\n".join("  ".join(_padded(row, widths)).rstrip() for row in cells))]


def _padded(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    first, *numbers = row
    return [first.ljust(widths[0]), *(n.rjust(width) for n, width in zip(numbers, widths[1:], strict=True))]
