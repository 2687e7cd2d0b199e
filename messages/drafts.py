"""A report that an operator adds: what was understood of it, buttons to set it right, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo
from typing import Final

from conflict.answers import Button, Reply
from conflict.claims import Claim
from conflict.corrections import CorrectedField
from conflict.events import ConflictEvent
from conflict.facts import EventFacts
from conflict.places import EventPlace, Place
from conflict.vocabulary import SUBTYPES_OF, EventType, PlaceLevel, SubEventType
from messages.bidi import with_direction
from messages.buttons import Rows, button, rows
from messages.callbacks import ShowEvent
from messages.catalog import Texts, msg
from messages.events import event_name, sides, type_title
from messages.html import Html, bold, italic, link, to_plain
from messages.operator_actions import ChangeDraft
from messages.tolls import facts_toll
from messages.voices import claim_voice, name_of
from messages.wording import actor, capital, day, event_days, event_place, instant, place_choice, shortened

MOST_EVENTS: Final = 8  # of one message that an operator adds; what is more is taken in as it was understood
_QUOTE: Final = 140
_MOST_VOICES: Final = 3
_MOST_REASON: Final = 200
_LEVELS = {
    PlaceLevel.FACILITY: msg("a facility", "level"),
    PlaceLevel.SETTLEMENT: msg("a town or village", "level"),
    PlaceLevel.ADMIN2: msg("no finer than the district", "level"),
    PlaceLevel.ADMIN1: msg("no finer than the province", "level"),
    PlaceLevel.REGION: msg("no finer than the region", "level"),
    PlaceLevel.COUNTRY: msg("no finer than the country", "level"),
}
_NOT_UNDERSTOOD: dict[CorrectedField, tuple[str | None, str]] = {
    "event_date": msg("I did not understand that as a day that has been. Write for example 2019-11-30 or yesterday."),
    "place": msg("I know no place of that name. Write another spelling, a town nearby or the province."),
    "killed": msg("I did not understand that as one number. Write for example 3, at least 3, or unknown."),
}
UNKNOWN_PLACE: Final = 99  # the value of the button that says so


@dataclass(frozen=True, slots=True)
class DraftEvent:
    """One event of a draft as it would be stored: with corrections, the claims as the source made them."""

    facts: EventFacts
    claims: tuple[Claim, ...]
    left_out: bool = False
    corrected: bool = False
    candidates: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class DraftView:
    """A draft on one of its screens (names as in `messages.operator_actions`), on its `event`-th event.

    `choice`: the event type whose sub-types are shown. `today` is the operator's day. `misunderstood`: the field for
    which words were not understood. `counts` is the number of counts for an area and a period.
    """

    draft_id: str
    publisher: str
    url: str | None
    published_at: datetime
    today: date
    tz: tzinfo
    events: tuple[DraftEvent, ...] = ()
    counts: int = 0
    reason: str | None = None
    stored: bool = False
    screen: str = "show"
    event: int = 0
    choice: int = 0
    misunderstood: CorrectedField | None = None


@dataclass(frozen=True, slots=True)
class Added:
    """What became of a confirmed draft; `stored` False: these words were stored already."""

    stored: bool
    events: tuple[ConflictEvent, ...] = ()
    counts: int = 0


def render_draft(draft: DraftView, texts: Texts) -> Reply:
    """The screen that the draft is on."""
    match draft.screen:
        case "event":
            return _reply(draft, [_event(draft, texts)], _event_rows(draft, texts), texts)
        case "types":
            ask = texts.say("What kind of event is it?")
            chosen = [_go(draft, _label(type_title(t, texts)), "kinds", n) for n, t in enumerate(EventType)]
        case "kinds":
            ask = texts.say("What was it, more exactly?")
            kinds = SUBTYPES_OF[list(EventType)[draft.choice]]
            numbered = [(list(SubEventType).index(kind), kind) for kind in kinds]
            chosen = [_go(draft, _label(event_name(k, texts)), "set_kind", n) for n, k in numbered]
        case "places":
            ask = texts.say("Where was it? Choose, or write the name of the place.")
            found = draft.events[draft.event].candidates
            chosen = [_go(draft, place_choice(p, texts), "set_place", n) for n, p in enumerate(found)]
            chosen.append(_go(draft, texts.plain("Place not known", "button"), "set_place", UNKNOWN_PLACE))
        case "days":
            ask = texts.say("On which day was it? Choose, or write the day.")
            chosen = _days(draft, texts)
        case "toll":
            ask = texts.say("How many were killed? Write a number, “at least 3”, or choose.")
            chosen = [_go(draft, texts.plain("Not known", "button"), "no_toll", 0)]
        case _:
            return _reply(draft, _all(draft, texts), _main_rows(draft, texts), texts)
    lines = [_event(draft, texts)]
    if draft.misunderstood in _NOT_UNDERSTOOD:
        lines.append(texts.word(_NOT_UNDERSTOOD[draft.misunderstood]))
    return _reply(draft, [*lines, bold(ask)], rows(*_pairs(chosen), (_back(draft, texts),)), texts)


def render_added(added: Added, texts: Texts) -> Reply:
    """What became of it."""
    if not added.stored:
        return _plain(texts.say("These words are stored already; nothing has changed."), texts)
    lines = [bold(texts.say("Stored."))]
    for event in added.events:
        what = capital(event_name(event.facts.sub_event_type, texts))
        place = event_place(event.facts.primary_place, texts)
        lines.append(texts.say("• {what}, {place} · {id}", what=what, place=place, id=event.short_id))
    if not added.events:
        lines.append(texts.say("No event; the text is kept."))
    details = [button(f"{texts.plain('Details', 'button')} {e.short_id}", ShowEvent(e.event_id)) for e in added.events]
    return Reply(with_direction("\n".join(lines), texts.rtl), rows(*_pairs(details)))


def render_discarded(texts: Texts) -> Reply:
    """The draft is gone."""
    return _plain(texts.say("Discarded. Nothing was stored."), texts)


def render_expired(texts: Texts) -> Reply:
    """A button of a draft that is gone."""
    return _plain(texts.say("This draft is gone: drafts are kept for an hour. Forward the message again."), texts)


def render_cannot_add(texts: Texts) -> Reply:
    """Somebody who is no operator forwarded a message."""
    lines = (
        texts.say("Thank you. Only the operators of this bot can add reports, so I have not kept this message."),
        texts.say("If you have a question, write it in your own words."),
    )
    return _plain(Html("\n".join(lines)), texts)


def render_how_to_add(texts: Texts) -> Reply:
    """/ingest with nothing after it."""
    return _plain(
        texts.say("Forward a message to me, or write /ingest with the text after it. I show what I understood first."),
        texts,
    )


def render_our_own(texts: Texts) -> Reply:
    """An operator forwarded what the bot itself had said."""
    return _plain(texts.say("That is a message of mine, so it tells nothing new. Nothing was stored."), texts)


def _plain(said: Html, texts: Texts) -> Reply:
    return Reply(with_direction(said, texts.rtl))


def _reply(draft: DraftView, blocks: Sequence[Html], buttons: Rows, texts: Texts) -> Reply:
    return Reply(with_direction("\n\n".join((_head(draft, texts), *blocks)), texts.rtl), buttons)


def _head(draft: DraftView, texts: Texts) -> Html:
    when = instant(draft.published_at, texts, draft.tz)
    first = bold(texts.say("What I understood")) + " · " + texts.say("nothing is stored yet")
    name = capital(name_of(draft.publisher, texts))
    publisher = link(draft.publisher, draft.url) if draft.url else name
    return Html(f"{first}\n{texts.say('{publisher}, {when}', publisher=publisher, when=when)}")


def _all(draft: DraftView, texts: Texts) -> list[Html]:
    blocks = [_event(replace(draft, event=number), texts) for number in range(min(len(draft.events), MOST_EVENTS))]
    if len(draft.events) > MOST_EVENTS:
        n = len(draft.events) - MOST_EVENTS
        blocks.append(texts.count("… and {n} more event, as understood", "… and {n} more events, as understood", n))
    if not draft.events:
        blocks.append(texts.say("I found no event in it."))
        if draft.reason:
            blocks.append(texts.say("Reason: {reason}", "extraction, in English", reason=draft.reason[:_MOST_REASON]))
    if draft.counts:
        n = draft.counts
        blocks.append(texts.count("{n} count for an area and a period", "{n} counts for an area and a period", n))
    if draft.stored:
        blocks.append(texts.say("These words are stored already; adding them again changes nothing."))
    return blocks


def _event(draft: DraftView, texts: Texts) -> Html:
    one = draft.events[draft.event]
    title = capital(event_name(one.facts.sub_event_type, texts))
    notes = [italic(texts.say("corrected by you"))] if one.corrected else []
    notes += [bold(texts.say("left out"))] if one.left_out else []
    head = bold(Html(f"{draft.event + 1}. {title}")) if len(draft.events) > 1 else bold(title)
    lines = [texts.joined((head, *notes), " · ")]
    if one.left_out:
        return lines[0]
    facts = one.facts
    parties = [actor(who, texts) for who in sides(facts) if who]
    toll = facts_toll(facts, texts)
    lines += [
        texts.say("Day: {day}", day=event_days(facts, texts, year=True)),
        texts.say("Place: {places}", places=_place(facts.primary_place, texts)),
        texts.say("Sides: {sides}", sides=texts.joined(parties, "; ")) if parties else texts.say("Sides: not given"),
        texts.say("Toll: {toll}", toll=toll) if toll else texts.say("Toll: not given. That does not mean none."),
    ]
    lines += [_claim(claim, texts) for claim in one.claims[:_MOST_VOICES]]
    return Html("\n".join(lines))


def _place(place: EventPlace | None, texts: Texts) -> Html:
    said = event_place(place, texts)
    if place is None or place.place is None:
        return said
    level = texts.word(_LEVELS[place.place.level])
    if place.place.level in (PlaceLevel.FACILITY, PlaceLevel.SETTLEMENT):
        full = texts.value(place_choice(place.place, texts))  # which of those of one name
        if place.vicinity or place.bearing:
            level = texts.joined((full, level), "; ")
        else:
            said = full
    return texts.say("{place} ({level})", "with its level", place=said, level=level)


def _claim(claim: Claim, texts: Texts) -> Html:
    who = claim_voice(claim, texts)
    if claim.evidence is None:
        return texts.say("Who says so: {who}", who=who)
    words = shortened(claim.evidence.text, _QUOTE)
    return texts.say("Who says so: {who}: “{words}”", who=who, words=words)


def _main_rows(draft: DraftView, texts: Texts) -> Rows:
    shown = min(len(draft.events), MOST_EVENTS)
    discard = button(texts.plain("Discard", "button"), ChangeDraft(draft.draft_id, "discard"))
    if draft.stored or not (draft.events or draft.counts):
        return rows((discard,))
    confirm = button(texts.plain("Confirm", "button"), ChangeDraft(draft.draft_id, "confirm"))
    if shown == 1:
        return (*_event_rows(draft, texts, alone=True), *rows((confirm, discard)))
    chosen = [
        button(texts.plain("Correct {n}", "button", n=n + 1), ChangeDraft(draft.draft_id, "event", n))
        for n in range(shown)
    ]
    return rows(*_pairs(chosen), (confirm, discard))


def _event_rows(draft: DraftView, texts: Texts, *, alone: bool = False) -> Rows:
    leave = (
        texts.plain("Take in", "button") if draft.events[draft.event].left_out else texts.plain("Leave out", "button")
    )
    edits = (
        _go(draft, texts.plain("Type", "button"), "types", 0),
        _go(draft, texts.plain("Place", "button"), "places", 0),
        _go(draft, texts.plain("Day", "button"), "days", 0),
        _go(draft, texts.plain("Toll", "button"), "toll", 0),
    )
    back = () if alone else (button(texts.plain("Back", "button"), ChangeDraft(draft.draft_id, "show")),)
    return rows(edits, (_go(draft, leave, "leave", 0), *back))


def _days(draft: DraftView, texts: Texts) -> list[Button | None]:
    """Days as buttons with their date, so that nobody wonders whose today it is."""
    known = draft.events[draft.event].facts.event_date
    today, earlier = draft.today, draft.today - timedelta(days=1)
    labels = [
        texts.plain("Today, {day}", "button", day=_label(day(today, texts, weekday=False))),
        texts.plain("Yesterday, {day}", "button", day=_label(day(earlier, texts, weekday=False))),
        texts.plain("A day earlier", "button") if known else "",
        texts.plain("A day later", "button") if known and known < today else "",
        texts.plain("Not known", "button"),
    ]
    return [_go(draft, label, "set_day", n) for n, label in enumerate(labels) if label]


def _back(draft: DraftView, texts: Texts) -> Button | None:
    what = "event" if min(len(draft.events), MOST_EVENTS) > 1 else "show"
    return button(texts.plain("Back", "button"), ChangeDraft(draft.draft_id, what, draft.event))


def _go(draft: DraftView, label: str, what: str, value: int) -> Button | None:
    return button(label, ChangeDraft(draft.draft_id, what, draft.event, value))


def _label(said: Html) -> str:
    return to_plain(capital(said))


def _pairs(chosen: Sequence[Button | None]) -> list[Sequence[Button | None]]:
    return [chosen[at : at + 2] for at in range(0, len(chosen), 2)]
