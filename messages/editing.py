"""One subscription alone on a screen: what it brings, and buttons for what, how grave, how sure and how far."""

from __future__ import annotations

from dataclasses import replace
from typing import Final, TypeVar

from conflict.answers import Button, Reply
from conflict.subscription_words import PROTECTED
from conflict.subscriptions import Subscription
from conflict.vocabulary import EventType, Severity, SubEventType, Verification
from messages.bidi import with_direction
from messages.buttons import button, rows
from messages.callbacks import ChangeAlerts, ListAlerts
from messages.catalog import Texts, msg
from messages.chat_actions import EditAlert
from messages.html import bold, code
from messages.subscriptions import Described, describe
from messages.wording import capital

T = TypeVar("T")

_SEVERITIES: Final = (
    (Severity.MINOR, msg("Any severity", "button")),
    (Severity.NOTABLE, msg("Notable", "button")),
    (Severity.SERIOUS, msg("Serious", "button")),
    (Severity.SEVERE, msg("Severe", "button")),
    (Severity.EXTREME, msg("Gravest", "button")),
)
_PROOFS: Final = (
    (Verification.UNVERIFIED, msg("Any source", "button")),
    (Verification.CORROBORATED, msg("Independent sources", "button")),
    (Verification.CONFIRMED, msg("Confirmed", "button")),
)
_KINDS: Final = (
    msg("Everything", "button"),
    msg("Clashes", "button"),
    msg("Air strikes", "button"),
    msg("Shelling", "button"),
    msg("Civilians harmed", "button"),
    msg("Protected places", "button"),
    msg("Breaches only", "button"),
)
_RADII: Final = (5, 10, 20, 30, 50, 100)


def edited(wish: Subscription, edit: EditAlert) -> Subscription | None:
    """The subscription after a button; the same where it only shows, None where the value is not one of ours."""
    value = edit.value
    match edit.what:
        case "show":
            return wish
        case "severity" if value < len(_SEVERITIES):
            return replace(wish, minimum_severity=_SEVERITIES[value][0])
        case "proof" if value < len(_PROOFS):
            return replace(wish, minimum_verification=_PROOFS[value][0])
        case "kind" if value < len(_KINDS):
            return _toggled(wish, value)
        case "radius" if value in _RADII and wish.cell is not None:
            return replace(wish, radius_km=float(value))
        case "rough" if value <= 1:
            return replace(wish, coarser_too=value == 1)
        case "pause" | "resume":
            return replace(wish, paused=edit.what == "pause")
        case _:
            return None


def render_edit(one: Described, texts: Texts, link: str | None = None) -> Reply:
    """The screen. `link` opens the bot for somebody else with the same place on offer."""
    wish = one.subscription
    lines = [bold(texts.say("This chat is told of:")), capital(describe(one, texts))]
    if wish.within and wish.coarser_too:
        lines.append(texts.say("Also what is known only as somewhere around it; it says so."))
    if link:
        lines.append(texts.say("To offer this place to somebody else: {link}", link=code(link)))
    kinds = [_chosen(n, wish, texts) for n in range(len(_KINDS))]
    number = wish.subscription_id

    def choice(label: str, what: str, value: int, on: bool) -> Button | None:
        return button(f"✓ {label}" if on else label, EditAlert(what, number, value))

    radii = [
        choice(texts.plain("{km} km", "button", km=km), "radius", km, round(wish.radius_km or 0) == km)
        for km in (_RADII if wish.cell is not None else ())
    ]
    severities = [
        choice(texts.plain(text, context), "severity", n, wish.minimum_severity is level)
        for n, (level, (context, text)) in enumerate(_SEVERITIES)
    ]
    proofs = [
        choice(texts.plain(text, context), "proof", n, wish.minimum_verification is proof)
        for n, (proof, (context, text)) in enumerate(_PROOFS)
    ]
    rough = None
    if wish.within:
        label = texts.plain("Also rough places", "button")
        rough = choice(label, "rough", int(not wish.coarser_too), wish.coarser_too)
    pause = texts.plain("Resume", "button") if wish.paused else texts.plain("Pause", "button")
    return Reply(
        with_direction("\n".join(lines), texts.rtl),
        rows(
            kinds[:3],
            kinds[3:5],
            kinds[5:],
            severities[:3],
            severities[3:],
            proofs,
            radii[:3],
            radii[3:],
            (rough,),
            (
                button(pause, EditAlert("resume" if wish.paused else "pause", number)),
                button(texts.plain("Remove", "button"), ChangeAlerts("remove", number)),
                button(texts.plain("Back", "button"), ListAlerts()),
            ),
        ),
    )


def _chosen(kind: int, wish: Subscription, texts: Texts) -> Button | None:
    context, text = _KINDS[kind]
    label = texts.plain(text, context)
    return button(f"✓ {label}" if _has(wish, kind) else label, EditAlert("kind", wish.subscription_id, kind))


def _has(wish: Subscription, kind: int) -> bool:
    """Whether a kind is among what the subscription asks for."""
    match kind:
        case 0:
            asked = wish.event_types or wish.sub_event_types or wish.tags
            return not (asked or wish.civilians_only or wish.breaches_only)
        case 1:
            return EventType.BATTLES in wish.event_types
        case 2:
            return SubEventType.AIR_STRIKE in wish.sub_event_types or EventType.REMOTE_VIOLENCE in wish.event_types
        case 3:
            return SubEventType.SHELLING in wish.sub_event_types or EventType.REMOTE_VIOLENCE in wish.event_types
        case 4:
            return wish.civilians_only
        case 5:
            return bool(wish.tags)
        case _:
            return wish.breaches_only


def _toggled(wish: Subscription, kind: int) -> Subscription:
    """With the kind where it was not asked for, without it where it was. Everything: no kind asked for."""
    match kind:
        case 0:
            return replace(wish, event_types=(), sub_event_types=(), tags=(), civilians_only=False, breaches_only=False)
        case 1:
            return replace(wish, event_types=_flipped(wish.event_types, EventType.BATTLES))
        case 2 | 3:
            return _flipped_weapon(wish, SubEventType.AIR_STRIKE if kind == 2 else SubEventType.SHELLING)
        case 4:
            return replace(wish, civilians_only=not wish.civilians_only)
        case 5:
            return replace(wish, tags=() if wish.tags else PROTECTED)
        case _:
            return replace(wish, breaches_only=not wish.breaches_only)


def _flipped_weapon(wish: Subscription, weapon: SubEventType) -> Subscription:
    """Air strikes or shelling with or without; asked for as "strikes and explosions" they are taken apart first."""
    types, subs = wish.event_types, wish.sub_event_types
    if EventType.REMOTE_VIOLENCE in types:
        types = _flipped(types, EventType.REMOTE_VIOLENCE)
        subs = tuple(dict.fromkeys((*subs, SubEventType.AIR_STRIKE, SubEventType.SHELLING)))
    return replace(wish, event_types=types, sub_event_types=_flipped(subs, weapon))


def _flipped(those: tuple[T, ...], one: T) -> tuple[T, ...]:
    return tuple(other for other in those if other != one) if one in those else (*those, one)
