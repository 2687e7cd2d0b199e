"""Weeks or places side by side, as small tables: how many events, how many deaths, each row counted for itself.

Deaths are totalled as `conflict.tolls` does: what contains each other is never added. Rows without a report stay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from conflict.answers import Answer
from conflict.events import ConflictEvent
from conflict.facts import Casualty
from conflict.places import Place
from conflict.tolls import Counted, TollReport, total_over
from conflict.vocabulary import SubEventType
from messages.catalog import Key, Texts, msg
from messages.html import Html, table, to_plain
from messages.wording import day, days, place_name

_DAILY = 14  # days: up to so many a row is a day
_WEEKLY = 120  # and up to so many a week, beyond that a month
_MOST_ROWS = 31
_DAYS = msg("Days", "column")
_PLACE = msg("Place", "column")
_EVENTS = msg("Events", "column")
_KILLED = msg("Killed", "column")

Row = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class _Shown:
    """An event of the page as totals need it, for answers that bring no more than the page."""

    event_id: str
    event_date: date
    event_date_end: date
    sub_event_type: SubEventType
    fatalities_low: int | None
    fatalities_best: int | None
    fatalities_high: int | None
    casualties: tuple[Casualty, ...]
    originators: tuple[str, ...]
    place_ids: tuple[str, ...]


def _shown(event: ConflictEvent, when: date) -> _Shown:
    facts = event.facts
    found = [place.place for place in facts.places if place.place]
    ids = [i for place in found for i in (place.place_id, place.admin2_id, place.admin1_id) if i]
    return _Shown(
        event.event_id,
        when,
        facts.event_date_end or when,
        facts.sub_event_type,
        facts.fatalities_low,
        facts.fatalities_best,
        facts.fatalities_high,
        facts.casualties,
        event.originators,
        tuple(ids),
    )


def _counted(answer: Answer) -> Sequence[Counted]:
    """All events of the answer where it brings them, else those of the page that have a day."""
    if answer.counted:
        return answer.counted
    return [_shown(event, event.facts.event_date) for event in answer.events if event.facts.event_date]


def trend_lines(answer: Answer, texts: Texts) -> list[Html]:
    """Events and deaths by day, week or month; a row without reports is not a calm one."""
    events = [event for event in _counted(answer) if event.event_date.year < date.max.year]
    if not events:
        return []
    span = (max(e.event_date for e in events) - min(e.event_date for e in events)).days
    rows = [
        _row(to_plain(_label(start, span, texts)), found, answer.tolls, start, _next(start, span))
        for start, found in _by_row(events, span)
    ]
    lines = [*_table((_DAYS, _EVENTS, _KILLED), rows, texts), *_partial(answer, events, texts)]
    if any(event.event_date_end > event.event_date for event in events):
        lines.append(texts.say("What lasted several days is counted on its first, so rows must not be added."))
    lines.append(texts.say("? means that no toll is stored. A row without reports is not a calm one."))
    return lines


def compare_lines(answer: Answer, texts: Texts) -> list[Html]:
    """The places of a question side by side."""
    events = _counted(answer)
    rows = []
    for place in answer.question.places:
        found = [event for event in events if place.place_id in event.place_ids]
        tolls = [toll for toll in answer.tolls if _about(toll, place)]
        rows.append(_row(to_plain(place_name(place, texts)), found, tolls))
    lines = [*_table((_PLACE, _EVENTS, _KILLED), rows, texts), *_partial(answer, events, texts)]
    lines.append(texts.say("More reports can mean more fighting or more reporters: numbers compare what was reported."))
    return lines


def _about(toll: TollReport, place: Place) -> bool:
    """Whether all that a count covers lies in the place."""
    found = [p.place for p in toll.places if p.place]
    return bool(found) and all(place.place_id in (p.place_id, p.admin1_id, p.admin2_id) for p in found)


def _partial(answer: Answer, events: Sequence[Counted], texts: Texts) -> list[Html]:
    if len(events) >= answer.total:
        return []
    return [texts.say("Made from the newest {n} of {total} events.", n=len(events), total=answer.total)]


def _row(
    label: str,
    events: Sequence[Counted],
    tolls: Sequence[TollReport],
    start: date | None = None,
    end: date | None = None,
) -> Row:
    """A row: `?` where no toll is stated, `+?` behind one where some events have none. `end` is exclusive."""
    last = end - timedelta(days=1) if end else None
    total = total_over(events, tolls if events else (), first_day=start, last_day=last)
    low, high = total.low, total.high
    if low is None and high is None:
        return label, str(len(events)), "?"
    said = f"≤{high}" if low is None else f"{low}" if high in (None, low) else f"{low}-{high}"
    unknown = any(e.fatalities_low is e.fatalities_best is e.fatalities_high is None for e in events)
    return label, str(len(events)), said + ("+?" if unknown else "")


def _by_row(events: Sequence[Counted], span: int) -> list[tuple[date, list[Counted]]]:
    """Events by day, week (from Monday) or month, newest first, with the empty rows between."""
    found: dict[date, list[Counted]] = {}
    for event in events:
        found.setdefault(_start(event.event_date, span), []).append(event)
    starts, start = [], min(found)
    while start <= max(found):
        starts.append(start)
        start = _next(start, span)
    return [(start, found.get(start, [])) for start in starts[::-1][:_MOST_ROWS]]


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
