"""An answer as a person reads it: place and days, how old the data is, then what happened and who says so.

Nothing is said here that no claim says, and nothing that is unknown is left unsaid. `render_answer` is the way in; the
parts are in `episodes`, `figures`, `truces`, `sources` and `buttons`.
"""

from __future__ import annotations

from datetime import timedelta, tzinfo

from conflict.answers import Answer, Reply
from conflict.events import ConflictEvent
from conflict.questions import Question, QuestionKind
from conflict.vocabulary import PlaceLevel, Status
from messages.bidi import with_direction
from messages.buttons import answer_buttons, place_buttons
from messages.callbacks import AskAgain
from messages.catalog import Texts
from messages.episodes import Group, group_lines, grouped, ordered
from messages.events import Setting, event_line
from messages.figures import count_lines, toll_lines
from messages.html import Html, bold, italic
from messages.pages import render_empty, render_help, render_not_understood
from messages.sources import freshness, quotes
from messages.tables import compare_lines, trend_lines
from messages.tolls import toll_line
from messages.truces import ceasefire_lines, stored_truces
from messages.voices import name_of, single
from messages.wording import age, day, days, question_places, shortened

_MOST_COARSER = 3
_MOST_TOLLS = 3
_NO_FEATURES: frozenset[str] = frozenset()


def render_answer(answer: Answer, texts: Texts, *, tz: tzinfo, features: frozenset[str] = _NO_FEATURES) -> Reply:
    """The reply to a question. `tz` is the reader's zone; `features` names what this bot offers: `map`, `alerts`."""
    kind = answer.question.kind
    if kind is QuestionKind.HELP:
        return render_help(texts)
    if kind is QuestionKind.UNKNOWN:
        return render_not_understood(texts)
    if answer.database_empty:
        return render_empty(texts)
    if answer.question.unresolved and not answer.question.places:
        return render_unknown_place(answer.question, texts)
    groups = _groups(answer)
    blocks = [_header(answer, texts, tz), _first(answer, texts), *_body(answer, groups, texts, tz)]
    html = "\n\n".join("\n".join(block) for block in blocks if block)
    return Reply(with_direction(html, texts.rtl), answer_buttons(answer, ordered(groups), texts, features))


def _header(answer: Answer, texts: Texts, tz: tzinfo) -> list[Html]:
    """The place and the days, what was read otherwise than meant, and the age of the data."""
    place = bold(question_places(answer.question, texts))
    covered = covered_days(answer, texts, tz)
    lines = [texts.say("{place}, {days}", "header", place=place, days=covered)]
    if answer.pages > 1:
        lines[0] = texts.say("{header} · page {n} of {pages}", header=lines[0], n=answer.page + 1, pages=answer.pages)
    if answer.sample:
        lines.insert(0, bold(texts.say("SAMPLE of 2019, paraphrased: not current news")))
    lines.append(freshness(answer, texts, tz))
    if _single_said(answer):
        lines.append(italic(texts.say("Unless said otherwise: one source, unverified.")))
    lines.extend(_not_understood(answer.question, texts))
    return lines


def _not_understood(question: Question, texts: Texts) -> list[Html]:
    names = [texts.say("“{name}”", name=shortened(name, 60)) for name in question.unresolved[:3]]
    return [texts.say("Not understood: {names}.", names=texts.joined(names))] if names else []


def covered_days(answer: Answer, texts: Texts, tz: tzinfo) -> Html:
    """The days that were asked for, or else those of the events shown."""
    asked = answer.question.period
    if asked.start and asked.end:
        last = max(asked.start, asked.end - timedelta(microseconds=1))
        return days(asked.start.astimezone(tz).date(), last.astimezone(tz).date(), texts)
    if asked.start:
        return texts.say("since {day}", day=day(asked.start.astimezone(tz).date(), texts, weekday=False, year=True))
    if asked.end:
        last_day = (asked.end - timedelta(microseconds=1)).astimezone(tz).date()
        return texts.say("until {day}", day=day(last_day, texts, weekday=False, year=True))
    dates = [d for e in answer.events for d in (e.facts.event_date, e.facts.event_date_end) if d]
    return days(min(dates), max(dates), texts) if dates else texts.say("all dates")


def _first(answer: Answer, texts: Texts) -> list[Html]:
    """What the question asked for, first: the number, the table, the truce; nothing for "latest"."""
    match answer.question.kind:
        case QuestionKind.COUNT:
            return count_lines(answer, texts)
        case QuestionKind.KILLED | QuestionKind.INJURED:
            return toll_lines(answer, texts)
        case QuestionKind.TREND:
            return trend_lines(answer, texts)
        case QuestionKind.COMPARE:
            return compare_lines(answer, texts)
        case QuestionKind.CEASEFIRE:
            return [bold(stored_truces(answer.ceasefires, texts)), *ceasefire_lines(answer, texts)]
        case QuestionKind.SOURCE:
            return _voices(answer, texts)
        case _:
            return []


def _voices(answer: Answer, texts: Texts) -> list[Html]:
    said = texts.joined(name_of(name, texts) for name in answer.originators)
    printed = texts.joined(name_of(name, texts) for name in answer.publishers)
    lines = [texts.say("Who says it: {voices}", voices=said)] if said else []
    return lines + ([texts.say("Where it was published: {publishers}", publishers=printed)] if printed else [])


def _body(answer: Answer, groups: list[Group], texts: Texts, tz: tzinfo) -> list[list[Html]]:
    """The events under their headings, what is known only more coarsely, tolls, truces and the sentences."""
    setting = _setting(answer, tz)
    if not answer.events:
        blocks = [_nothing(answer, texts, tz)]
    else:
        blocks, number = [], 1
        for group in groups:
            blocks.append(group_lines(group, number, setting, texts))
            number += len(group.events)
    blocks.append(_coarser(answer, setting, texts))
    blocks.append(_tolls(answer, texts))
    if answer.question.kind is not QuestionKind.CEASEFIRE:
        blocks.append(ceasefire_lines(answer, texts))
    quoted = quotes((*answer.events, *answer.coarser), texts, tz)
    return [*blocks, [quoted] if quoted else []]


def _groups(answer: Answer) -> list[Group]:
    places = answer.question.places
    one = places[0] if len(places) == 1 and not answer.question.radius_km else None
    town = one if one and one.level in (PlaceLevel.SETTLEMENT, PlaceLevel.FACILITY) else None
    return grouped(answer.events, town=town)


def _setting(answer: Answer, tz: tzinfo) -> Setting:
    today = answer.now.astimezone(tz).date()
    dates = [event.facts.event_date for event in answer.events if event.facts.event_date]
    places = answer.question.places
    return Setting(
        today=today,
        asked=places[0] if len(places) == 1 and not answer.question.radius_km else None,
        year=any(when.year != today.year for when in dates),
        single_said=_single_said(answer),
        near=places[0] if len(places) == 1 and answer.question.radius_km else None,
    )


def _single_said(answer: Answer) -> bool:
    """Whether "one source, unverified" is said once for all, as it holds for two or more."""
    return sum(map(single, (*answer.events, *answer.coarser))) > 1


def _nothing(answer: Answer, texts: Texts, tz: tzinfo) -> list[Html]:
    """That no event is stored for what was asked, and when the newest one is."""
    period = answer.question.period
    if period.start or period.end:
        lines = [bold(texts.say("No event is stored for this place and these days."))]
    else:
        lines = [bold(texts.say("No event is stored for this place."))]
    newest: ConflictEvent | None = answer.newest
    if newest is not None and newest.facts.event_date:
        when = newest.facts.event_date_end or newest.facts.event_date
        ago = age(when, answer.now.astimezone(tz).date(), texts)
        said = texts.say("The newest stored here is of {day}", day=day(when, texts, year=True))
        lines.append(
            texts.say("{newest} ({age}):", newest=said, age=ago) if ago else texts.say("{newest}:", newest=said)
        )
        last = newest.facts.event_date_end or newest.facts.event_date
        span = (newest.facts.event_date, last)
        setting = Setting(today=answer.now.astimezone(tz).date(), span=span)
        lines.append(Html("• " + event_line(newest, setting, texts)))
    return lines


def _coarser(answer: Answer, setting: Setting, texts: Texts) -> list[Html]:
    """Events that may be here: the place is known only as a larger area."""
    if not answer.coarser:
        return []
    lines = [bold(texts.say("Perhaps here: place known only more coarsely"))]
    lines += [Html("• " + event_line(event, setting, texts)) for event in answer.coarser[:_MOST_COARSER]]
    if len(answer.coarser) > _MOST_COARSER:
        lines.append(texts.count("… and {n} more", "… and {n} more", len(answer.coarser) - _MOST_COARSER))
    return lines


def _tolls(answer: Answer, texts: Texts) -> list[Html]:
    """Counts for an area and a period that are no event's own toll and were not said already."""
    said = {_counted(event) for event in answer.events}
    tolls = [
        toll
        for toll in answer.tolls
        if toll.status is not Status.BACKGROUND
        and toll != answer.containing
        and (toll.originator, toll.casualties) not in said
    ]
    if not tolls:
        return []
    lines = [bold(texts.say("Counts for a period (they contain events, never add them)"))]
    return lines + [Html("• " + toll_line(toll, texts)) for toll in tolls[:_MOST_TOLLS]]


def _counted(event: ConflictEvent) -> tuple[object, ...]:
    return (event.claims[0].originator if event.claims else None, event.facts.casualties)


def render_unknown_place(question: Question, texts: Texts) -> Reply:
    """A place that is not known: which words were not understood, and the nearest names as buttons."""
    names = texts.joined(texts.say("“{name}”", name=shortened(name, 60)) for name in question.unresolved[:3])
    lines = [bold(texts.say("I do not know this place: {names}.", names=names))]
    if question.suggestions:
        lines.append(texts.say("Did you mean one of these?"))
    else:
        lines.append(texts.say("Try another spelling, or the district or province it is in."))
    buttons = place_buttons(question.suggestions, AskAgain.of(question), texts)
    return Reply(with_direction("\n".join(lines), texts.rtl), buttons)
