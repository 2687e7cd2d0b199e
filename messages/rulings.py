"""What operators decided about an event, as its reader is told: held back, corrected."""

from __future__ import annotations

from conflict.corrections import CorrectedField
from conflict.events import ConflictEvent
from messages.catalog import Texts, msg
from messages.html import Html
from messages.tolls import facts_toll
from messages.wording import event_days, event_place

_FIELDS: dict[CorrectedField, tuple[str | None, str]] = {
    "sub_event_type": msg("kind", "corrected"),
    "event_date": msg("day", "corrected"),
    "place": msg("place", "corrected"),
    "killed": msg("killed", "corrected"),
}


def ruling_notes(event: ConflictEvent, texts: Texts) -> list[Html]:
    """A line each for what operators decided; what a source says stands under its own name, so the toll is repeated."""
    notes = [texts.say("Held back: not in answers, and nobody new is told.")] if event.held else []
    fields = list(dict.fromkeys(one.field for one in event.corrections))
    if not fields:
        return notes
    named = texts.joined(texts.word(_FIELDS[field]) for field in fields)
    said = {
        "killed": facts_toll(event.facts, texts) or texts.say("toll not given"),
        "event_date": event_days(event.facts, texts, year=True),
        "place": event_place(event.facts.primary_place, texts),
    }
    values = texts.joined((said[field] for field in fields if field in said), "; ")
    if values:
        notes.append(texts.say("Corrected by an operator: {fields} ({values}).", fields=named, values=values))
    else:
        notes.append(texts.say("Corrected by an operator: {fields}.", fields=named))
    return notes
