"""Links that open the bot with an offer: `t.me/<bot>?start=alert_gn_174186`, or `near30_gn_170654` for 30 km around."""

from __future__ import annotations

import re
from typing import Final

from conflict.questions import QuestionKind
from conflict.subscriptions import WIDEST_KM, Subscription
from messages.callbacks import AskAgain

_PAYLOAD: Final = re.compile(r"(?:alert|near([1-9][0-9]{0,2}))_(gn|pcode|sr)_([A-Za-z0-9_-]{1,40})\Z")
_ID: Final = re.compile(r"(gn|pcode|sr):([A-Za-z0-9_-]{1,40})\Z")


def ask_of(payload: str) -> AskAgain | None:
    """What a link offers to tell of; None for a payload that is none of ours."""
    found = _PAYLOAD.match(payload)
    if found is None or int(found[1] or 0) > WIDEST_KM:
        return None
    radius = int(found[1]) if found[1] else None
    kind = QuestionKind.NEAR if radius else QuestionKind.LATEST
    return AskAgain(kind, (f"{found[2]}:{found[3]}",), radius_km=radius)


def link_to(wish: Subscription, username: str) -> str | None:
    """The link that offers the place of a subscription (not its other conditions); None where it has several."""
    found = _ID.match(wish.place_ids[0]) if len(wish.place_ids) == 1 else None
    if found is None:
        return None
    what = f"near{max(1, round(wish.radius_km))}" if wish.radius_km else "alert"
    return f"https://t.me/{username}?start={what}_{found[1]}_{found[2]}"
