"""What buttons carry that set something for a chat: its settings, its snoozes, one of its subscriptions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_ZONE = re.compile(r"[A-Za-z0-9_+-]{1,20}(/[A-Za-z0-9_+-]{1,20}){0,2}\Z")
_ID = re.compile(r"[A-Za-z0-9_-]{1,48}\Z")
_LONGEST: Final = 18  # digits of a number
# What can be set, the letter that stands for it, and how many numbers may follow.
_SETTINGS: Final = {
    "show": ("s", (0,)),
    "quiet": ("q", (0, 2)),  # from and to, in minutes after midnight; without: the choice
    "no_quiet": ("n", (0,)),
    "breaks": ("b", (3,)),  # the least severity (5: none), 1 where breaches do, 1 where it is the digest's screen
    "digest": ("d", (0, 1, 2)),  # minutes after midnight, and the weekday
    "no_digest": ("o", (0,)),
    "zone": ("z", (0,)),
    "snooze": ("h", (1,)),  # hours
    "wake": ("w", (0,)),
}
_SETTING_CODES = {code: name for name, (code, _) in _SETTINGS.items()}
# What can be changed in one subscription.
_EDITS: Final = {
    "show": "s",
    "severity": "v",
    "proof": "p",
    "kind": "k",
    "radius": "r",
    "rough": "g",
    "resume": "u",
    "pause": "h",
}
_EDIT_CODES = {code: name for name, code in _EDITS.items()}


@dataclass(frozen=True, slots=True)
class Settle:
    """One setting of the chat with its numbers, or the screen on which it is chosen; names as in `_SETTINGS`."""

    what: str
    values: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class SetZone:
    """A time zone for this chat, by its IANA name."""

    zone: str


@dataclass(frozen=True, slots=True)
class SnoozePlace:
    """Nothing for a day of the place of this event."""

    event_id: str


@dataclass(frozen=True, slots=True)
class EditAlert:
    """One subscription shown alone, or one thing of it changed to a value; names as in `_EDITS`."""

    what: str
    subscription_id: int
    value: int = 0


ChatAction = Settle | SetZone | SnoozePlace | EditAlert
CODES: Final = "kqnu"


def encode_chat(action: ChatAction) -> str | None:
    """The action without its version; None where it cannot be carried."""
    match action:
        case Settle(what, values):
            code = _SETTINGS.get(what, ("", ()))[0]
            return f"k{code}{'.'.join(map(str, values))}"
        case SetZone(zone):
            return f"q{zone}"
        case SnoozePlace(event_id):
            return f"n{event_id}"
        case EditAlert(what, subscription_id, value):
            return f"u{_EDITS.get(what, '')}{subscription_id}.{value}"


def decode_chat(code: str, body: str) -> ChatAction | None:
    """The action of one of `CODES` and what follows it; None for what `encode_chat` did not write."""
    match code:
        case "k":
            what = _SETTING_CODES.get(body[:1])
            values = _numbers(body[1:])
            return Settle(what, values) if what and values is not None and len(values) in _SETTINGS[what][1] else None
        case "q":
            return SetZone(body) if _ZONE.match(body) else None
        case "n":
            return SnoozePlace(body) if _ID.match(body) else None
        case "u":
            what, found = _EDIT_CODES.get(body[:1]), _numbers(body[1:])
            return EditAlert(what, *found) if what and found is not None and len(found) == 2 and found[0] else None
        case _:
            return None


def _numbers(text: str) -> tuple[int, ...] | None:
    """Numbers as we write them, parted by dots."""
    if not text:
        return ()
    parts = text.split(".")
    plain = all(p.isascii() and p.isdigit() and len(p) <= _LONGEST and (p == "0" or p[0] != "0") for p in parts)
    return tuple(map(int, parts)) if plain else None
