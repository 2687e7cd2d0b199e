"""The buttons under an answer. One whose action does not fit its 64 bytes is left out, never cut."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from conflict.answers import Answer, Button
from conflict.events import ConflictEvent
from conflict.places import Place
from messages.callbacks import Action, AlertMe, AskAgain, ShowEvent, ShowMap, ShowSources, encode
from messages.catalog import Texts, msg
from messages.wording import place_choice, place_label

Rows = tuple[tuple[Button, ...], ...]
MAP = "map"
ALERTS = "alerts"
_PERIODS = ((24, msg("24 h", "button")), (24 * 7, msg("7 days", "button")), (24 * 30, msg("30 days", "button")))
_LABEL_LIMIT = 40
_IN_A_ROW = 5


def button(label: str, action: Action) -> Button | None:
    """A button for an action, if the action fits."""
    data = encode(action)
    return Button(label if len(label) <= _LABEL_LIMIT else label[: _LABEL_LIMIT - 1] + "…", data) if data else None


def rows(*lines: Iterable[Button | None]) -> Rows:
    """Rows of the buttons that there are."""
    kept = (tuple(b for b in line if b) for line in lines)
    return tuple(row for row in kept if row)


def answer_buttons(answer: Answer, events: Sequence[ConflictEvent], texts: Texts, features: frozenset[str]) -> Rows:
    """What can be done with an answer: details of its events, other pages, places and periods, sources."""
    ask = AskAgain.of(answer.question, answer.page)
    again = replace(ask, page=0)
    return rows(
        *_details(events, texts),
        _pages(answer, ask, texts),
        (
            button(texts.plain("Map", "button"), ShowMap(again)) if MAP in features and events else None,
            button(texts.plain("Alert me", "button"), AlertMe(again)) if ALERTS in features else None,
            button(texts.plain("Sources", "button"), ShowSources(ask)) if events else None,
            other_meaning(answer, again, texts),
        ),
        (button(texts.plain(text, context), again.within(hours)) for hours, (context, text) in _PERIODS),
    )


def _details(events: Sequence[ConflictEvent], texts: Texts) -> list[list[Button | None]]:
    """One button an event with its number on the page; the first says what they open."""
    made = [
        button(texts.plain("Details: {n}", "button", n=n) if n == 1 else str(n), ShowEvent(event.event_id))
        for n, event in enumerate(events, 1)
    ]
    return [made[at : at + _IN_A_ROW] for at in range(0, len(made), _IN_A_ROW)]


def _pages(answer: Answer, ask: AskAgain, texts: Texts) -> list[Button | None]:
    return [
        button(texts.plain("Older", "button"), replace(ask, page=ask.page + 1))
        if answer.page + 1 < answer.pages
        else None,
        button(texts.plain("Newer", "button"), replace(ask, page=ask.page - 1)) if answer.page > 0 else None,
    ]


def other_meaning(answer: Answer, again: AskAgain, texts: Texts) -> Button | None:
    """The town of the same name as the province that was answered for."""
    other = answer.question.alternative
    if other is None:
        return None
    return button(place_label(other, texts), replace(again, place_ids=(other.place_id,)))


def place_buttons(places: Iterable[Place], again: AskAgain, texts: Texts, *, most: int = 8) -> Rows:
    """One button a place, each with its province and country."""
    chosen = list(places)[:most]
    return rows(*((button(place_choice(p, texts), replace(again, place_ids=(p.place_id,), page=0)),) for p in chosen))
