"""How a question was read, in one line for people; and the question back when a name means several places."""

from __future__ import annotations

from datetime import UTC, timedelta, tzinfo

from conflict.answers import Reply
from conflict.facts import Actor
from conflict.questions import Clarification, Question, QuestionKind
from messages.bidi import with_direction
from messages.buttons import place_buttons
from messages.callbacks import AskAgain
from messages.catalog import Texts, msg
from messages.events import event_name, tag_name, type_title
from messages.html import Html, bold, to_plain
from messages.wording import actor, day, days, question_places, shortened

_KINDS = {
    QuestionKind.LATEST: msg("Latest", "question"),
    QuestionKind.COUNT: msg("Number of events", "question"),
    QuestionKind.KILLED: msg("People killed", "question"),
    QuestionKind.INJURED: msg("People injured", "question"),
    QuestionKind.TREND: msg("Events over time", "question"),
    QuestionKind.COMPARE: msg("Comparison", "question"),
    QuestionKind.CEASEFIRE: msg("Ceasefire", "question"),
    QuestionKind.NEAR: msg("Nearby", "question"),
    QuestionKind.SOURCE: msg("Sources", "question"),
    QuestionKind.HELP: msg("Help", "question"),
    QuestionKind.UNKNOWN: msg("Not understood", "question"),
}


def understood(question: Question, texts: Texts, *, tz: tzinfo = UTC) -> str:
    """How a question was read, as plain text: `Latest: Idlib province; all dates`."""
    if question.kind in (QuestionKind.HELP, QuestionKind.UNKNOWN):
        return to_plain(texts.word(_KINDS[question.kind]))
    parts = [question_places(question, texts), *_narrowed(question, texts), _period(question, texts, tz)]
    if question.unresolved:
        names = texts.joined(texts.say("“{name}”", name=shortened(name, 60)) for name in question.unresolved[:3])
        parts.append(texts.say("not understood: {names}", names=names))
    said = texts.joined(parts, "; ")
    return to_plain(texts.say("{kind}: {what}", "question", kind=texts.word(_KINDS[question.kind]), what=said))


def _narrowed(question: Question, texts: Texts) -> list[Html]:
    """What a question restricts the events to."""
    kinds = [type_title(kind, texts) for kind in question.event_types]
    kinds += [event_name(sub, texts) for sub in question.sub_event_types]
    parts = [texts.joined(kinds)] if kinds else []
    parts += [tag_name(tag, texts) for tag in question.tags]
    if question.civilians:
        parts.append(texts.say("civilians only"))
    if question.actor:
        parts.append(texts.say("party: {name}", name=actor(Actor(question.actor, question.actor), texts)))
    if question.source:
        parts.append(texts.say("source: {source}", source=question.source))
    return parts


def _period(question: Question, texts: Texts, tz: tzinfo) -> Html:
    start, end = question.period.start, question.period.end
    last = (end - timedelta(microseconds=1)).astimezone(tz).date() if end else None
    first = start.astimezone(tz).date() if start else None
    if first and last:
        return days(first, max(first, last), texts)
    if first:
        return texts.say("since {day}", day=day(first, texts, weekday=False, year=True))
    if last:
        return texts.say("until {day}", day=day(last, texts, weekday=False, year=True))
    return texts.say("all dates")


def render_clarification(clarification: Clarification, texts: Texts) -> Reply:
    """Asks which of several places of one name is meant; each choice is a button."""
    said = texts.say("Which “{name}” do you mean?", name=shortened(clarification.name, 60))
    buttons = place_buttons(clarification.choices, AskAgain.of(clarification.question), texts)
    return Reply(with_direction(bold(said), texts.rtl), buttons)
