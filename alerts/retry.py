"""What follows an outcome: try again and when, or give up. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

FIRST_WAIT: Final = timedelta(seconds=2)
LONGEST_WAIT: Final = timedelta(minutes=10)
MOST_ATTEMPTS: Final = 10  # some forty minutes in all
BEFORE_A_REPEAT: Final = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Again:
    """Try again after so long; `repeated`: it may have arrived, so that the text says so."""

    after: timedelta
    repeated: bool = False


def after_failure(attempts: int) -> Again | None:
    """After so many attempts that surely did not arrive; None: give up."""
    if attempts >= MOST_ATTEMPTS:
        return None
    return Again(min(LONGEST_WAIT, FIRST_WAIT * 2 ** max(0, attempts - 1)))


def after_unknown(part: str, lane: int, *, repeated: bool, severe: int) -> Again | None:
    """After a send that perhaps arrived; None: leave it.

    An edit can be made twice without harm. A message is sent again, marked as a repeat and once, only when severe.
    """
    if part == "edit":
        return Again(FIRST_WAIT)
    if part == "message" and lane >= severe and not repeated:
        return Again(BEFORE_A_REPEAT, repeated=True)
    return None
