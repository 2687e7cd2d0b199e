"""Several events in one message because they waited: after quiet hours, in a digest, in a burst. One line an event."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from conflict.events import ConflictEvent
from conflict.vocabulary import Verification
from messages.catalog import Texts, counted, msg
from messages.events import Setting, event_line
from messages.html import Html, bold, escape, italic

MOST_LINES: Final = 10
_NOWHERE: Final = ""
_TITLES = {
    "quiet": counted("Held for quiet hours: {n} event", "Held for quiet hours: {n} events"),
    "snooze": counted("Held while snoozed: {n} event", "Held while snoozed: {n} events"),
    "digest": counted("Digest: {n} event", "Digest: {n} events"),
    "burst": counted("{n} more event", "{n} more events", "a batch"),
    "late": counted("Delayed: {n} event", "Delayed: {n} events"),
}
_NOTES = {
    "quiet": msg("Came during quiet hours."),
    "snooze": msg("Came while snoozed."),
    "digest": msg("Waited for the digest."),
    "late": msg("Delayed: this could not be sent when it came."),
}


def batch_title(held: str, count: int, texts: Texts) -> Html:
    """How many there are, and why they waited."""
    key = _TITLES.get(held, _TITLES["burst"])
    return texts.counted(key, count, Html(count))


def why_late(held: str | None, texts: Texts) -> list[Html]:
    """The line on an alert that waited alone."""
    return [italic(texts.word(_NOTES[held]))] if held in _NOTES else []


def batch_blocks(events: Sequence[ConflictEvent], setting: Setting, texts: Texts, most: int) -> list[list[Html]]:
    """The gravest `most` events under their provinces, each with its id; of the others, how many. No total toll."""
    listed = sorted(events, key=lambda event: (-event.severity, event.event_id))[:most]
    provinces: dict[str, list[ConflictEvent]] = {}
    for event in listed:
        provinces.setdefault(_province(event, texts), []).append(event)
    blocks = []
    for name, inside in provinces.items():
        heading = texts.value(name) if name else texts.say("Elsewhere", "heading")
        blocks.append([bold(heading), *(_line(event, setting, texts) for event in inside)])
    rest = len(events) - len(listed)
    if rest:
        blocks.append([texts.count("… and {n} more", "… and {n} more", rest)])
    blocks.append([italic(texts.say("No report does not mean calm."))])
    return blocks


def _line(event: ConflictEvent, setting: Setting, texts: Texts) -> Html:
    said = texts.say("{id} {event}", "in a batch", id=event.short_id, event=event_line(event, setting, texts))
    if event.verification is Verification.RETRACTED:
        said = Html(f"<s>{escape(said)}</s>")
    return Html("• " + said)


def _province(event: ConflictEvent, texts: Texts) -> str:
    """The province of an event's first place, else its country."""
    place = event.facts.primary_place
    if place is None or place.place is None:
        return _NOWHERE
    unit = texts.unit(place.place.admin1_id, place.place.admin1)
    return unit or texts.country(place.place.country_code, place.place.country) or _NOWHERE
