"""What operators are answered: the event as it is now, who heard or will hear of it, and what was done to it before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Final

from conflict.answers import Reply
from conflict.events import ConflictEvent
from messages.bidi import with_direction
from messages.buttons import button, rows
from messages.callbacks import ShowEvent
from messages.catalog import Texts, msg
from messages.events import Setting, event_line
from messages.html import Html, bold, code
from messages.rulings import ruling_notes
from messages.wording import instant

# What each command did, as its answer is headed.
_DONE: Final = {
    "hold": msg("Held back", "done by an operator"),
    "release": msg("Released", "done by an operator"),
    "withdraw": msg("Withdrawn", "done by an operator"),
    "restore": msg("Restored", "done by an operator"),
    "confirm": msg("Confirmed", "done by an operator"),
    "correct": msg("Corrected", "done by an operator"),
    "merge": msg("Merged", "done by an operator"),
    "unmerge": msg("Two events again", "done by an operator"),
}
_USAGE: Final = {
    "hold": "/hold #7F3A 6",
    "release": "/release #7F3A",
    "withdraw": "/withdraw #7F3A …",
    "restore": "/restore #7F3A",
    "confirm": "/confirm #7F3A",
    "correct": "/correct #7F3A killed at least 3",
    "merge": "/merge #7F3A #B2K9",
    "unmerge": "/unmerge #7F3A",
    "history": "/history #7F3A",
}
# Why something cannot be done (`ingest.reviewing` says it in these words).
CANNOT: Final = frozenset(
    {
        msg("Several events are shown as #{id}. Write one in full: {ids}."),
        msg("There is no event #{id}. Its id stands at the end of each alert, such as #7F3A."),
        msg("{id} is withdrawn already: nobody is told of it."),
        msg("{id} is not held back: there is nothing to release."),
        msg("{id} is withdrawn already."),
        msg("Say why it is withdrawn; the reason is kept with the event."),
        msg("{id} is not withdrawn: there is nothing to restore."),
        msg("{id} is confirmed already."),
        msg("{id} says so already."),
        msg("Both ids are of the same event, {id}: there is nothing to merge."),
        msg("One of the two belongs to the bundled sample; it never becomes one with a real event."),
        msg("Nothing would be left of one of the two: its reports are gone."),
        msg("{id} is withdrawn; restore it first."),
        msg("{id} was not merged with another: there is nothing to take back."),
        msg("Several events were merged there. Write one in full: {ids}."),
    }
)
_MOST_ACTIONS: Final = 20


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What an operator did: the events as they are now, how many chats were told, and how many hear of it now.

    `until`: when a hold ends by itself.
    """

    action: str
    events: tuple[ConflictEvent, ...]
    told: int = 0
    hears: int = 0
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Action:
    """One line of the audit trail: who (a Telegram user id in words), what, when, and what else was noted."""

    operator: str
    action: str
    at: datetime
    detail: str = ""


def render_reviewed(done: Reviewed, texts: Texts, *, tz: tzinfo, now: datetime) -> Reply:
    """What was done, the event as it is now, and who hears of it."""
    head = bold(texts.word(_DONE[done.action]))
    lines = [head, *_shown(done.events, texts, tz, now)]
    if done.until is not None:
        lines.append(texts.say("Released by itself: {when}.", when=instant(done.until, texts, tz, now=now)))
    lines.append(_told(done, texts))
    if done.hears:
        lines.append(texts.count("{n} chat hears of it now.", "{n} chats hear of it now.", done.hears))
    buttons = tuple(button(event.short_id, ShowEvent(event.event_id)) for event in done.events)
    return Reply(with_direction("\n".join(lines), texts.rtl), rows(buttons))


def render_history(event: ConflictEvent, done: Iterable[Action], texts: Texts, *, tz: tzinfo, now: datetime) -> Reply:
    """What operators did to an event, oldest first."""
    lines = _shown((event,), texts, tz, now)
    listed = list(done)
    for one in listed[-_MOST_ACTIONS:]:
        when = instant(one.at, texts, tz, now=now)
        who = texts.say("policy file") if one.operator == "policy" else texts.value(one.operator)
        what = texts.word(_DONE[one.action]) if one.action in _DONE else texts.value(one.action)
        parts = (when, who, what, texts.value(one.detail) if one.detail else Html(""))
        lines.append(Html("• " + texts.joined(parts, " · ")))
    if not listed:
        lines.append(texts.say("No operator has changed anything about it."))
    return Reply(with_direction("\n".join(lines), texts.rtl))


def render_cannot(text: str, values: Mapping[str, object], texts: Texts) -> Reply:
    """Why it cannot be done."""
    return Reply(with_direction(texts.word((None, text), **values), texts.rtl))


def render_refused_words(sentence: str, texts: Texts) -> Reply:
    """Words of a correction that mean nothing here; the sentence says what would."""
    return Reply(with_direction(texts.value(sentence), texts.rtl))


def render_usage(command: str, texts: Texts) -> Reply:
    """A command without what it needs."""
    lines = [texts.say("Write it like this: {example}", example=code(_USAGE[command]))]
    if command == "correct":
        fields = ("killed 3", "day yesterday", "place Saraqib", "kind Armed clash")
        lines.append(texts.say("What can be corrected: {fields}", fields=texts.joined(map(code, fields), "; ")))
    return Reply(with_direction("\n".join(lines), texts.rtl))


def _shown(events: Iterable[ConflictEvent], texts: Texts, tz: tzinfo, now: datetime) -> list[Html]:
    lines: list[Html] = []
    for event in events:
        setting = Setting(now.astimezone(tz).date(), year=True)
        lines.append(texts.say("{id} {event}", "an event", id=event.short_id, event=event_line(event, setting, texts)))
        lines += ruling_notes(event, texts)
    return lines


def _told(done: Reviewed, texts: Texts) -> Html:
    if not done.told:
        return texts.say("Nobody was told of it before.")
    if done.action in ("hold", "release"):
        return texts.count("{n} chat was told of it before.", "{n} chats were told of it before.", done.told)
    return texts.count(
        "{n} chat was told of it; its message is changed.",
        "{n} chats were told of it; their messages are changed.",
        done.told,
    )
