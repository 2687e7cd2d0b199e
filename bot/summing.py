"""What an answer says of all matching events and not only of its page: totals, voices, the rows of a table.

Each sort of question adds up only what its reply says; `sitrep ask --json` says everything.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from conflict.comparing import TableRow, place_row, trend_rows
from conflict.composing import Sums
from conflict.places import Place
from conflict.questions import Question, QuestionKind
from conflict.tolls import TollReport, total_of
from conflict.vocabulary import CasualtyKind
from storage import EventQuery, Unit

# What the reply to each kind of question adds up.
_ADDED = {
    QuestionKind.KILLED: CasualtyKind.KILLED,
    QuestionKind.INJURED: CasualtyKind.INJURED,
}


def sums_of(
    unit: Unit,
    question: Question,
    query: EventQuery,
    tolls: Sequence[TollReport],
    inside: Sequence[TollReport],
    searched: Callable[[Place], tuple[Place, ...]],
    *,
    everything: bool,
) -> Sums:
    """The sums of a question. `tolls` are its toll reports, `inside` those of its days; `searched` widens a place."""
    kind = question.kind
    asked = _ADDED.get(kind)
    kinds = tuple(_ADDED.values()) if everything else (asked,) if asked else ()
    sums = Sums()
    if kinds:
        earliest = _earliest(unit, query) if tolls else None
        for one in kinds:
            figures = unit.events.figures(query, one, civilians=question.civilians)
            total = total_of(
                figures,
                tolls,
                kind=one,
                civilians=question.civilians,
                first_day=query.first_day,
                last_day=query.last_day,
                earliest=earliest,
            )
            sums = replace(sums, totals={**sums.totals, one: total})
            if one is (asked or CasualtyKind.KILLED):
                sums = replace(sums, told=tuple((figure.event_id, figure.voices) for figure in figures))
    if everything or kind is QuestionKind.SOURCE:
        sums = replace(sums, voices=unit.events.told_by(query))
    if kind is QuestionKind.TREND:
        return replace(sums, rows=trend_rows(unit.events.by_day(query), unit.events.figures(query), inside))
    if kind is QuestionKind.COMPARE:
        return replace(sums, rows=tuple(_row(unit, query, place, inside, searched) for place in question.places))
    return sums


def _row(
    unit: Unit,
    query: EventQuery,
    place: Place,
    tolls: Sequence[TollReport],
    searched: Callable[[Place], tuple[Place, ...]],
) -> TableRow:
    here = replace(query, places=searched(place))
    earliest = _earliest(unit, here) if tolls else None
    return place_row(place, unit.events.number(here), unit.events.figures(here), tolls, earliest)


def _earliest(unit: Unit, query: EventQuery) -> date | None:
    """The first day that a count may begin on without reaching back before everything that was asked about."""
    return query.first_day or unit.events.first_day(query)
