"""How often to ask a source: what it asks for itself, how long to stay away after failures, how lively it is.

Pure functions over header values and counts; the clock and the randomness are the caller's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

LONGEST_WAIT: Final = timedelta(days=1)  # no header keeps us away longer: a source silent for a day is looked at
_MAX_DIGITS: Final = 9


def retry_after(value: str | None, now: datetime) -> timedelta | None:
    """How long a server asks us to stay away (RFC 9110 10.2.3: seconds or an HTTP date), at most a day; None if not."""
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return min(timedelta(seconds=int(text[:_MAX_DIGITS])), LONGEST_WAIT)
    at = http_date(text)
    return None if at is None else min(max(at - now, timedelta(0)), LONGEST_WAIT)


def fresh_for(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """How long the answer says it stays good (RFC 9111: Cache-Control, else Expires, less its Age), at most a day.

    Zero when it is not to be reused unasked (`no-cache`, `no-store`, an Expires that is past or unreadable); None when
    it says nothing. `headers` must find names in any case.
    """
    directives = _directives(headers.get("Cache-Control", ""))
    if "no-store" in directives or "no-cache" in directives:
        return timedelta(0)
    age = _seconds(headers.get("Age")) or timedelta(0)
    lifetime = _seconds(directives.get("max-age"))
    if lifetime is None and (expires := headers.get("Expires")) is not None:
        until = http_date(expires)
        lifetime = until - (http_date(headers.get("Date")) or now) if until else timedelta(0)
    return None if lifetime is None else min(max(lifetime - age, timedelta(0)), LONGEST_WAIT)


def http_date(value: str | None) -> datetime | None:
    """An instant in UTC of an HTTP date; None for anything else."""
    if not value or len(value) > 60:
        return None
    try:
        at = parsedate_to_datetime(value)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def backoff(
    failures: int,
    chance: float,
    *,
    first: timedelta = timedelta(minutes=1),
    longest: timedelta = timedelta(hours=6),
) -> timedelta:
    """How long to stay away after so many failures in a row: doubling, between half and all of it by `chance` (0-1).

    The half that is left to chance keeps sources that failed together from coming back together. No failure: zero.
    """
    if failures <= 0:
        return timedelta(0)
    whole = first
    for _ in range(min(failures - 1, 30)):
        whole = min(whole * 2, longest)
    return min(whole, longest) * (0.5 + chance / 2)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Between which bounds a source is asked."""

    shortest: timedelta = timedelta(minutes=5)
    longest: timedelta = timedelta(hours=6)
    start: timedelta = timedelta(minutes=15)


def next_interval(current: timedelta | None, new_items: int, rhythm: Rhythm = Rhythm()) -> timedelta:
    """When to ask again: sooner after a round that brought much, later after one that brought nothing.

    One new item a round is just right; more means that we come late. Two rounds in three without news settle at the
    pace of the source, and no pace leaves the bounds.
    """
    interval = current or rhythm.start
    if new_items == 0:
        interval = interval * 1.5
    elif new_items > 1:
        interval = interval / 2
    return min(max(interval, rhythm.shortest), rhythm.longest)


def next_poll(
    interval: timedelta,
    *,
    failures: int = 0,
    chance: float = 0.5,
    asked_to_wait: timedelta | None = None,
    fresh: timedelta | None = None,
    rhythm: Rhythm = Rhythm(),
) -> timedelta:
    """How long until the next request: never sooner than the server asks, never later than a day.

    What a server calls fresh is waited for only up to the longest interval: a feed that claims to be good for a year
    is still looked at.
    """
    wait = max(interval, backoff(failures, chance))
    if fresh is not None:
        wait = max(wait, min(fresh, rhythm.longest))
    if asked_to_wait is not None:
        wait = max(wait, asked_to_wait)
    return min(wait, LONGEST_WAIT)


def _directives(value: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in value[:1000].split(","):
        name, _, argument = part.strip().partition("=")
        found.setdefault(name.strip().lower(), argument.strip().strip('"'))
    return found


def _seconds(value: str | None) -> timedelta | None:
    text = (value or "").strip()
    return timedelta(seconds=int(text[:_MAX_DIGITS])) if text.isascii() and text.isdigit() else None
