"""What is said of subscriptions: what will come, what a chat has, why something came, and why something cannot be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from conflict.answers import Button, Reply
from conflict.events import ConflictEvent
from conflict.places import Place
from conflict.questions import Clarification
from conflict.subscriptions import MOST_IN_A_CHAT, WIDEST_KM, Subscription
from conflict.vocabulary import PlaceLevel, Severity, Verification
from messages.bidi import with_direction
from messages.buttons import Rows, button, rows
from messages.callbacks import AlertMe, AskAgain, ChangeAlerts, EraseMe, ListAlerts
from messages.catalog import Texts, msg
from messages.chat_actions import EditAlert, Settle
from messages.events import Setting, event_line, event_name, tag_name, type_title
from messages.html import Html, bold, code, italic
from messages.wording import capital, place_choice, place_name, shortened

_MOST_LISTED = 10
_MOST_NAMED = 6
_MOST_CHOICES = 8
_SEVERITIES = {
    Severity.NOTABLE: msg("notable or graver", "least severity"),
    Severity.SERIOUS: msg("serious or graver", "least severity"),
    Severity.SEVERE: msg("severe or graver", "least severity"),
    Severity.EXTREME: msg("the very gravest", "least severity"),
}


class Refusal(StrEnum):
    """Why a subscription cannot be."""

    NO_PLACE = "no_place"
    UNKNOWN_PLACE = "unknown_place"
    TOO_WIDE = "too_wide"
    TOO_MANY = "too_many"
    ALREADY = "already"
    NO_POINT = "no_point"


@dataclass(frozen=True, slots=True)
class Described:
    """A subscription with its places, those that one of the others stands for left out."""

    subscription: Subscription
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Subscribed:
    """A subscription that was made: how many events of the last week it would have told of, and the newest of them."""

    made: Described
    would: int
    more: bool  # `would` is not all: counting stopped
    example: ConflictEvent | None
    setting: Setting
    also: tuple[Described, ...] = ()  # made by the same words: a radius around each of several places
    nothing_from: Place | None = None  # a country of which nothing at all is stored


@dataclass(frozen=True, slots=True)
class Refused:
    """One that was not made. `name` is the place as it was written, `suggestions` what it may mean."""

    why: Refusal
    name: str | None = None
    suggestions: tuple[Place, ...] = ()


def describe(one: Described, texts: Texts) -> Html:
    """What will come, in one line: `Air strikes within 30 km of Ariha; severe or graver`."""
    wish = one.subscription
    kinds = [type_title(kind, texts) for kind in wish.event_types]
    kinds += [event_name(sub, texts) for sub in wish.sub_event_types]
    what = texts.joined(kinds) if kinds else texts.say("everything reported")
    if wish.breaches_only:
        what = texts.say("breaches of a ceasefire and fighting inside one")
    said = texts.say("{what}: {where}", "a subscription", what=what, where=_where(one, texts))
    notes = []
    if wish.tags:
        notes.append(texts.say("only on: {tags}", tags=texts.joined(tag_name(tag, texts) for tag in wish.tags)))
    if wish.civilians_only:
        notes.append(texts.say("only where civilians are concerned"))
    if wish.minimum_severity in _SEVERITIES:
        notes.append(texts.word(_SEVERITIES[wish.minimum_severity]))
    if wish.minimum_verification is Verification.CONFIRMED:
        notes.append(texts.say("only when confirmed"))
    elif wish.minimum_verification is Verification.CORROBORATED:
        notes.append(texts.say("only from independent sources"))
    if wish.paused:
        notes.append(texts.say("paused", "a subscription"))
    return texts.joined((said, *notes), "; ")


def _where(one: Described, texts: Texts) -> Html:
    named = texts.joined(_place(place, texts) for place in one.places[:_MOST_NAMED])
    if one.subscription.radius_km:
        return texts.say("within about {km} km of {place}", km=f"{one.subscription.radius_km:g}", place=named)
    if any(place.level not in (PlaceLevel.SETTLEMENT, PlaceLevel.FACILITY) for place in one.places):
        return texts.say("{place}, with all places in it", place=named)
    return named


def _place(place: Place, texts: Texts) -> Html:
    points = (PlaceLevel.SETTLEMENT, PlaceLevel.FACILITY)
    return texts.value(place_choice(place, texts)) if place.level in points else place_name(place, texts)


def render_subscribed(done: Subscribed, texts: Texts) -> Reply:
    """What was agreed, in words, with what the last week would have brought."""
    wish = done.made.subscription
    each = [capital(describe(one, texts)) for one in (done.made, *done.also)]
    lines = [bold(texts.say("You will be told:")), *([Html("• " + one) for one in each] if done.also else each)]
    if wish.coarser_too and wish.within:
        lines.append(texts.say("Also what is known only as somewhere around it; it says so."))
    if wish.cell is not None:
        lines.append(texts.say("Of the place only a square of about 10 km is kept, never an exact position."))
    if done.nothing_from is not None:
        where = place_name(done.nothing_from, texts)
        lines.append(
            texts.say(
                "Nothing at all is stored from {country} so far; it may be that nothing will come.", country=where
            )
        )
    elif done.example is None:
        lines.append(texts.say("Nothing of the last week would have come. That does not mean calm."))
    else:
        count = texts.count(
            "The last week would have brought {n} event.", "The last week would have brought {n} events.", done.would
        )
        if done.more:
            count = texts.say("The last week would have brought more than {n} events.", n=done.would)
        lines += [count, texts.say("For example: {event}", event=event_line(done.example, done.setting, texts))]
    lines.append(italic(texts.say("Alerts may be late or never come. Not an official warning service.")))
    number = wish.subscription_id
    rough = EditAlert("rough", number, 0) if wish.coarser_too and wish.within else None
    buttons = rows(
        (
            button(texts.plain("Change", "button"), EditAlert("show", number)),
            button(texts.plain("Remove", "button"), ChangeAlerts("remove", number)),
            button(texts.plain("My alerts", "button"), ListAlerts()),
        ),
        (button(texts.plain("Only exact places", "button"), rough) if rough else None,),
    )
    return _reply(lines, texts, buttons)


def render_offer(one: Described, ask: AskAgain, texts: Texts) -> Reply:
    """What a link offers; nothing is kept before the button is pressed."""
    lines = [bold(texts.say("Shall I tell you of this from now on?")), capital(describe(one, texts))]
    buttons = rows(
        (
            button(texts.plain("Alert me", "button"), AlertMe(ask)),
            button(texts.plain("Latest", "button"), ask.within(24 * 7)),
        )
    )
    return _reply(lines, texts, buttons)


def render_refused(refused: Refused, texts: Texts) -> Reply:
    """Why not, and what to write instead."""
    match refused.why:
        case Refusal.UNKNOWN_PLACE:
            said = texts.say("I do not know a place “{name}”. Please write it in another way.", name=refused.name or "")
        case Refusal.TOO_WIDE:
            said = texts.say(
                "I can watch at most {km} km around a place. For more, name its province or country.",
                km=f"{WIDEST_KM:g}",
            )
        case Refusal.TOO_MANY:
            said = texts.say("This chat has {n} alerts, which is the most. Remove one first.", n=MOST_IN_A_CHAT)
        case Refusal.ALREADY:
            said = texts.say("This chat is told of that already.")
        case Refusal.NO_POINT:
            said = texts.say("I do not know exactly where that is. Please name a town, or leave out the distance.")
        case _:
            said = texts.say("Please name a place: the whole world would be too much.")
    lines = [said]
    if refused.why in (Refusal.NO_PLACE, Refusal.UNKNOWN_PLACE, Refusal.NO_POINT):
        lines.append(code(texts.say("/subscribe Idlib")))
        lines.append(code(texts.say("alert me about air strikes within 30 km of Ariha")))
    buttons: Rows = ()
    if refused.why in (Refusal.TOO_MANY, Refusal.ALREADY):
        buttons = rows((button(texts.plain("My alerts", "button"), ListAlerts()),))
    return _reply(lines, texts, buttons)


def render_which(clarification: Clarification, texts: Texts) -> Reply:
    """Asks which of several places of one name is meant; each choice is a button that subscribes."""
    ask = AskAgain.of(clarification.question)
    choices = (
        (button(place_choice(place, texts), AlertMe(replace(ask, place_ids=(place.place_id,)))),)
        for place in clarification.choices[:_MOST_CHOICES]
    )
    said = bold(texts.say("Which “{name}” do you mean?", name=shortened(clarification.name, 60)))
    return _reply([said], texts, rows(*choices))


def render_list(listed: Sequence[Described], texts: Texts, page: int = 0) -> Reply:
    """The subscriptions of a chat, a page of them, each with what can be done to it."""
    if not listed:
        lines = [
            texts.say("This chat has no alerts. To get some, write for example:"),
            code(texts.say("/subscribe Idlib")),
        ]
        return _reply(lines, texts, rows((_settings(texts),)))
    pages = -(-len(listed) // _MOST_LISTED)
    first = min(page, pages - 1) * _MOST_LISTED
    lines = [bold(texts.say("Alerts of this chat"))]
    buttons: list[list[Button | None]] = []
    for number, one in enumerate(listed[first : first + _MOST_LISTED], first + 1):
        wish = one.subscription
        lines.append(texts.say("{n}. {what}", "in a list", n=number, what=capital(describe(one, texts))))
        paused = texts.plain("Resume {n}", "button", n=number) if wish.paused else None
        label = paused or texts.plain("Pause {n}", "button", n=number)
        buttons.append(
            [
                button(texts.plain("Change {n}", "button", n=number), EditAlert("show", wish.subscription_id)),
                button(label, ChangeAlerts("resume" if wish.paused else "pause", wish.subscription_id)),
                button(texts.plain("Remove {n}", "button", n=number), ChangeAlerts("remove", wish.subscription_id)),
            ]
        )
    here = first // _MOST_LISTED
    before = button(texts.plain("Earlier ones", "button"), ListAlerts(here - 1)) if here else None
    after = button(texts.plain("Further ones", "button"), ListAlerts(here + 1)) if here + 1 < pages else None
    return _reply(lines, texts, rows(*buttons, (before, after), (_settings(texts),)))


def render_why(found: Sequence[Described], event: ConflictEvent, texts: Texts) -> Reply:
    """Why a chat was told of an event: what it asked for that means it."""
    if not found:
        return _reply([texts.say("None of this chat's alerts means {id} now.", id=event.short_id)], texts)
    lines = [texts.say("{id} came because this chat asked for:", id=event.short_id)]
    lines += [Html("• ") + describe(one, texts) for one in found[:_MOST_NAMED]]  # type: ignore[misc]
    return _reply(lines, texts, rows((button(texts.plain("My alerts", "button"), ListAlerts()),)))


def render_no_alerts(texts: Texts) -> Reply:
    """A run of the bot that sends none: the terminal."""
    return _reply([texts.say("Alerts are sent on Telegram only.")], texts)


def render_my_data(nothing: bool, texts: Texts) -> Reply:
    """The line with the file of all that is kept of a chat."""
    said = texts.say("This file is everything that is kept of this chat.")
    if nothing:
        said = texts.say("Nothing is kept of this chat. This file says so.")
    return _reply([said, texts.say("/deleteme erases all of it at once.")], texts)


def render_erase(texts: Texts) -> Reply:
    """The question before everything is erased."""
    lines = [
        bold(texts.say("Erase everything kept of this chat?")),
        texts.say("Its number, language, time zone, settings, alerts, and which messages were sent to it."),
        texts.say("At once and for good; no alerts will come any more. /mydata shows all of it first."),
    ]
    return _reply(lines, texts, rows((button(texts.plain("Erase everything", "button"), EraseMe()),)))


def render_erased(texts: Texts) -> Reply:
    """Said once, after which nothing is known of the chat."""
    lines = [
        texts.say("Everything kept of this chat is erased. No alerts will come."),
        texts.say("Telegram still shows the messages here; delete the chat on your phone to be rid of them."),
    ]
    return _reply(lines, texts)


def _settings(texts: Texts) -> Button | None:
    return button(texts.plain("Settings", "button"), Settle("show"))


def _reply(lines: Sequence[Html], texts: Texts, buttons: Rows = ()) -> Reply:
    return Reply(with_direction("\n".join(lines), texts.rtl), buttons)
