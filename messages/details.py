"""Everything stored on one event: each statement with its voice, its sentence and its link, and what is disputed."""

from __future__ import annotations

from datetime import date, datetime, tzinfo

from conflict.answers import Reply
from conflict.events import ConflictEvent
from messages.bidi import with_direction
from messages.catalog import Texts
from messages.events import late_report, tag_name, unknowns, what
from messages.html import Html, bold, italic
from messages.rulings import ruling_notes
from messages.sources import claim_line
from messages.tolls import event_toll
from messages.truces import accusation
from messages.voices import verification
from messages.wording import capital, event_days, event_place, instant

_MOST_PLACES = 6
_MOST_CLAIMS = 12


def render_event(event: ConflictEvent, texts: Texts, *, tz: tzinfo, now: datetime | None = None) -> Reply:
    """The whole of an event. `now` is for "today" in labels; without it days are given."""
    head = [bold(capital(what(event.facts, texts))), _when_and_how_sure(event, texts)]
    if event.sample:
        head.insert(0, bold(texts.say("SAMPLE of 2019, paraphrased: not current news")))
    blocks = [
        head,
        _facts(event, texts, now.astimezone(tz).date() if now else None),
        _claims(event, texts, tz),
        [_foot(event, texts, tz)],
    ]
    html = "\n\n".join("\n".join(block) for block in blocks if block)
    return Reply(with_direction(html, texts.rtl))


def _when_and_how_sure(event: ConflictEvent, texts: Texts) -> Html:
    when = capital(event_days(event.facts, texts, year=True))
    return texts.say("{when} · {verification}", when=when, verification=verification(event, texts))


def _facts(event: ConflictEvent, texts: Texts, today: date | None) -> list[Html]:
    """Where, how many, what is missing, breaches: a line each, only those that there are."""
    facts = event.facts
    places = [event_place(place, texts) for place in facts.places[:_MOST_PLACES]] or [event_place(None, texts)]
    several = facts.event_date_end is not None and facts.event_date_end != facts.event_date
    toll = event_toll(event, texts, period=several)
    lines = [
        texts.say("Place: {places}", places=texts.joined(places, "; ")),
        texts.say("Toll: {toll}", toll=toll) if toll else texts.say("Toll: not given. That does not mean none."),
    ]
    if missing := unknowns(facts, texts):
        lines.append(capital(texts.joined(missing, "; ")))
    if facts.tags:
        lines.append(texts.say("Concerns: {tags}", tags=texts.joined(tag_name(tag, texts) for tag in facts.tags)))
    if facts.breach:
        lines.extend(accusation(breach, texts) for breach in facts.breach.reported)
        if facts.breach.inferred and not facts.breach.reported:
            lines.append(texts.say("Inside the truce area, no accusation stored."))
    lines += ruling_notes(event, texts)
    if late := late_report(event, today, texts):
        lines.append(capital(late))
    return lines


def _claims(event: ConflictEvent, texts: Texts, tz: tzinfo) -> list[Html]:
    lines = [bold(texts.say("Who says what"))]
    lines += [Html("• " + claim_line(claim, texts, tz)) for claim in event.claims[:_MOST_CLAIMS]]
    if len(event.claims) > _MOST_CLAIMS:
        lines.append(texts.count("… and {n} more", "… and {n} more", len(event.claims) - _MOST_CLAIMS))
    return lines


def _foot(event: ConflictEvent, texts: Texts, tz: tzinfo) -> Html:
    """The event's short name, and as of when this is."""
    if event.updated_at is None:
        return italic(texts.say("{id} · not an official warning", id=event.short_id))
    at = instant(event.updated_at, texts, tz)
    return italic(texts.say("As of {when} · {id} · not an official warning", when=at, id=event.short_id))
