"""Weeks or places side by side, as small tables: how many events, how many deaths, each row counted for itself.

Deaths are totalled as `conflict.tolls` does: what contains each other is never added. Rows without a report stay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from conflict.answers import Answer
from conflict.comparing import TableRow, place_row, trend_rows
from conflict.counts import Figure
from conflict.events import ConflictEvent
from conflict.facts import Casualty
from conflict.tolls import figure_of
from conflict.vocabulary import CasualtyKind, SubEventType
from messages.catalog import Key, Texts, msg
from messages.html import Html, table, to_plain
from messages.wording import day, days, place_name

_WEEK = 7  # days
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


def _of_page(answer: Answer) -> list[_Shown]:
    """The events of the page that have a day, for answers that bring no rows."""
    return [_shown(event, event.facts.event_date) for event in answer.events if event.facts.event_date]


def _figures(events: Sequence[_Shown]) -> list[Figure]:
    return [figure for event in events if (figure := figure_of(event, CasualtyKind.KILLED, False)) is not None]


def trend_lines(answer: Answer, texts: Texts) -> list[Html]:
    """Events and deaths by day, week or month; a row without reports is not a calm one."""
    rows, partial = answer.rows, list[Html]()
    if not rows:
        events = _of_page(answer)
        days_ = [(event.event_date, 1, int(event.event_date_end > event.event_date)) for event in events]
        rows, partial = trend_rows(days_, _figures(events), answer.tolls), _partial(answer, events, texts)
    if not rows:
        return []
    lines = [*_table((_DAYS, _EVENTS, _KILLED), [_cells(row, _label(row, texts)) for row in rows], texts), *partial]
    if any(row.lasting for row in rows):
        lines.append(texts.say("What lasted several days is counted on its first, so rows must not be added."))
    lines.append(texts.say("? means that no toll is stored. A row without reports is not a calm one."))
    return lines


def compare_lines(answer: Answer, texts: Texts) -> list[Html]:
    """The places of a question side by side."""
    rows, partial = answer.rows, list[Html]()
    if not rows:
        events = _of_page(answer)
        partial = _partial(answer, events, texts)
        found = ((place, [e for e in events if place.place_id in e.place_ids]) for place in answer.question.places)
        rows = tuple(
            place_row(place, len(here), _figures(here), answer.tolls, min((e.event_date for e in here), default=None))
            for place, here in found
        )
    cells = [_cells(row, place_name(row.place, texts)) for row in rows if row.place]
    lines = [*_table((_PLACE, _EVENTS, _KILLED), cells, texts), *partial]
    lines.append(texts.say("More reports can mean more fighting or more reporters: numbers compare what was reported."))
    return lines


def _partial(answer: Answer, events: Sequence[_Shown], texts: Texts) -> list[Html]:
    if len(events) >= answer.total:
        return []
    return [texts.say("Made from the newest {n} of {total} events.", n=len(events), total=answer.total)]


def _cells(row: TableRow, label: Html) -> Row:
    """A row: `?` where no toll is stated, `+?` behind one where some events have none."""
    low, high = row.killed.low, row.killed.high
    if low is None and high is None:
        return to_plain(label), str(row.events), "?"
    said = f"≤{high}" if low is None else f"{low}" if high in (None, low) else f"{low}-{high}"
    return to_plain(label), str(row.events), said + ("+?" if row.untold else "")


def _label(row: TableRow, texts: Texts) -> Html:
    start, last = row.start or date.min, (row.end or date.max) - timedelta(days=1)
    if start == last:
        return day(start, texts)
    return days(start, last, texts, year=(last - start).days > _WEEK)


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
