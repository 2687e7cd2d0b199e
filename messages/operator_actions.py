"""What buttons for operators carry: whether a channel is read, and what is done with a report that they add."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_CHANNEL = re.compile(r"([rn])(-?[1-9][0-9]{0,15})\Z")
_DRAFT = re.compile(r"([0-9a-f]{12})([a-z])([0-9]{1,3})\.([0-9]{1,3})\Z")
# What can be done with a draft, and the letter that stands for it.
_DONE: Final = {
    "show": "v",
    "event": "e",  # one event of several
    "types": "t",
    "kinds": "k",  # of a type
    "set_kind": "s",
    "places": "p",
    "set_place": "q",
    "days": "d",
    "set_day": "y",  # one of `DAYS`
    "toll": "n",
    "no_toll": "u",
    "leave": "x",
    "confirm": "c",
    "discard": "z",
}
_DONE_CODES = {code: what for what, code in _DONE.items()}
DAYS: Final = ("today", "yesterday", "earlier", "later", "unknown")


@dataclass(frozen=True, slots=True)
class ReadChannel:
    """Posts of a channel are read from now on, or not."""

    channel_id: int
    read: bool


@dataclass(frozen=True, slots=True)
class ChangeDraft:
    """Something done to a report that an operator adds: to its `event`-th event, with a value; names as in `_DONE`."""

    draft_id: str
    what: str
    event: int = 0
    value: int = 0


OperatorAction = ReadChannel | ChangeDraft
OPERATOR_CODES: Final = "cd"


def encode_operator(action: OperatorAction) -> str | None:
    """The action without its version; None where it cannot be carried."""
    match action:
        case ReadChannel(channel_id, read):
            return f"c{'r' if read else 'n'}{channel_id}"
        case ChangeDraft(draft_id, what, event, value):
            return f"d{draft_id}{_DONE.get(what, '')}{event}.{value}"


def decode_operator(code: str, body: str) -> OperatorAction | None:
    """The action of one of `OPERATOR_CODES` and what follows it; None for what `encode_operator` did not write."""
    if code == "c":
        found = _CHANNEL.match(body)
        return ReadChannel(int(found[2]), found[1] == "r") if found else None
    draft = _DRAFT.match(body)
    what = _DONE_CODES.get(draft[2]) if draft else None
    if draft is None or what is None or any(n != "0" and n[0] == "0" for n in (draft[3], draft[4])):
        return None
    return ChangeDraft(draft[1], what, int(draft[3]), int(draft[4]))
