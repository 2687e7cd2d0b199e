"""The dates that feeds and pages carry, as instants in UTC; what cannot be read is no date, never a guess."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_tz

_EARLIEST = 1990
_LATEST = 2100
# Names of zones beyond those of RFC 822 that feeds of the regions we read carry, in hours east.
_ZONES = {
    "UT": 0,
    "UTC": 0,
    "Z": 0,
    "WET": 0,
    "BST": 1,
    "CET": 1,
    "WAT": 1,
    "CAT": 2,
    "CEST": 2,
    "EET": 2,
    "SAST": 2,
    "EEST": 3,
    "EAT": 3,
    "MSK": 3,
    "TRT": 3,
    "MMT": 6.5,
}


def instant_of(words: str | None) -> datetime | None:
    """The instant of a date in RFC 822/2822 or ISO 8601 form; None for anything else and for years out of reason.

    A time without a zone is read as UTC, a day without a time as its beginning in UTC. A month or a year alone is no
    date: it would be off by weeks.
    """
    text = " ".join((words or "")[:80].split())
    if len(text) < 8:
        return None
    found = _iso(text) if text[:4].isdecimal() else _mail(text)
    return found if found is not None and _EARLIEST <= found.year < _LATEST else None


def _iso(text: str) -> datetime | None:
    trimmed = text.replace(" UTC", "Z").replace(" GMT", "Z").replace("t", "T").replace("z", "Z")
    if " " in trimmed:
        day, _, rest = trimmed.partition(" ")
        trimmed = f"{day}T{rest.replace(' ', '')}"
    if "/" in trimmed[:10]:
        trimmed = trimmed[:10].replace("/", "-") + trimmed[10:]
    for form in (trimmed, trimmed[:19]):  # fractions of odd length and zone names are let go
        try:
            found = datetime.fromisoformat(form)
            return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError):
            continue
    return None


def _mail(text: str) -> datetime | None:
    try:
        parts = parsedate_tz(text if ":" in text else f"{text} 00:00:00 +0000")
        if parts is None:
            return None
        zone = next((_ZONES[word] for word in text.upper().split() if word in _ZONES), 0)
        offset = parts[9] or int(zone * 3600)
        year, month, day, hour, minute, second = parts[:6]
        return datetime(year, month, day, hour, minute, tzinfo=UTC) + timedelta(seconds=second - offset)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
