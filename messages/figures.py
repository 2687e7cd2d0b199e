"""Answers that are numbers: events counted, people killed or injured.

A number comes first, as a range where voices differ, with who says it; what is unknown is said to be unknown.
"""

from __future__ import annotations

from conflict.answers import Answer
from conflict.questions import QuestionKind
from messages.catalog import Texts
from messages.events import type_title
from messages.html import Html, bold
from messages.tolls import casualties, civilians_unknown, toll_days, toll_voice, tolls_by_voice
from messages.voices import name_of
from messages.wording import capital, number

_MOST_VOICES = 6


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
    if answer.tolls_beyond:
        lines.append(
            texts.say(
                "Some counts are for more days than you asked about; how many of them fall on these days is not known."
            )
        )
    elif total.best is None and total.low != total.high:
        lines.append(texts.say("The sources do not agree; both ends are given."))
    lines.extend(_containment(answer, figure, texts))
    return lines


def _counters(answer: Answer, texts: Texts) -> Html:
    """Who counted: whoever gave the containing count, else the voices of the counts that the total is made of."""
    if answer.containing:
        return toll_voice(answer.containing, texts)
    names = dict.fromkeys(name_of(name, texts) for name in answer.toll_originators)
    names = names or dict.fromkeys(name for event in answer.events for name in tolls_by_voice(event, texts))
    return texts.joined(list(names)[:_MOST_VOICES], "; ")


def _containment(answer: Answer, figure: Html, texts: Texts) -> list[Html]:
    """That a count for an area and a period contains events, and that nothing was added to it."""
    toll = answer.containing
    if toll is None:
        lines = [texts.say("Only events with a stated toll are counted; for others it is unknown.")]
        if answer.tolls_inside:
            lines.append(
                texts.count(
                    "{n} smaller toll lies inside a larger one and is not added again.",
                    "{n} smaller tolls lie inside larger ones and are not added again.",
                    answer.tolls_inside,
                )
            )
        return lines
    said = texts.say(
        "{n} is the count of {voice} for {days}; it contains the events of those days, which are not added.",
        n=figure,
        voice=toll_voice(toll, texts),
        days=toll_days(toll, texts),
    )
    sides = casualties(toll.casualties, texts)
    lines = [texts.say("{toll}.", "sentence", toll=capital(sides))] if sides else []
    if civilians_unknown(toll.casualties):
        lines.append(texts.say("No civilian toll given."))
    return [said, *lines]
