"""When alerts may come, in words: "quiet hours 22:30 to 6", "daily digest at 8", "snooze 8 hours", "Damascus time".

A file of words a language. Only whole messages that say nothing else are settings: "quiet in Idlib?" is a question.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from conflict.names import normal

_LONGEST: Final = 80  # characters of a setting in words
_PIECE: Final = re.compile(r"\d{1,4}|[^\W\d_]+|:")
_OFFSET: Final = re.compile(r"(?:utc|gmt) ?([+-])(\d{1,2})\Z", re.IGNORECASE)
_DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MORNING: Final = 8 * 60
_LONGEST_SNOOZE: Final = 24 * 7  # hours
_MOST_WORDS: Final = 4  # of a place whose time is meant


@dataclass(frozen=True, slots=True)
class SettingWish:
    """One setting: what it is (as buttons name it) and its numbers; or the place (or zone) whose time is meant."""

    what: str
    values: tuple[int, ...] = ()
    zone: str | None = None


def setting_in(text: str) -> SettingWish | None:
    """The setting that a whole message is; None for anything else."""
    if len(text) > _LONGEST:
        return None
    return _timed(_pieces(text)) or _zone(text)


def setting_of(text: str) -> SettingWish | None:
    """The setting in words that are known to be one (after /settings): also the bare name of a place, for its time."""
    found = setting_in(text)
    if found is None and 0 < len(text) <= _LONGEST and len(text.split()) <= _MOST_WORDS:
        return SettingWish("zone", zone=" ".join(text.split()))
    return found


def _timed(pieces: Sequence[str]) -> SettingWish | None:
    """A setting of hours: its name first, then only numbers and words that go with them."""
    words = _words()
    for what in ("quiet", "digest", "snooze", "wake"):
        longest = max((len(p) for p in words[what] if tuple(pieces[: len(p)]) == p), default=0)
        if longest:
            weekly = tuple(pieces[:longest]) in words["weekly"]
            return _with_numbers(what, pieces[longest:], weekly=weekly)
    return None


def _with_numbers(what: str, rest: Sequence[str], *, weekly: bool) -> SettingWish | None:
    times, weekday, off = _times(rest), _weekday(rest), _is(rest, "off")
    if times is None:
        return None
    match what:
        case "quiet" if off:
            return SettingWish("no_quiet")
        case "quiet":
            return SettingWish("quiet", tuple(times[:2]) if len(times) >= 2 and times[0] != times[1] else ())
        case "digest" if off:
            return SettingWish("no_digest")
        case "digest":
            at = times[0] if times else _MORNING
            day = 0 if weekly and weekday is None else weekday
            return SettingWish("digest", (at,) if day is None else (at, day))
        case "snooze" if not off:
            hours = (times[0] // 60 or 24) if times else 1
            return SettingWish("snooze", (max(1, min(_LONGEST_SNOOZE, hours)),))
        case _:
            return SettingWish("wake")


def _times(rest: Sequence[str]) -> list[int] | None:
    """The times of day in minutes, in order; None where something stands there that is none of a setting's words."""
    words, found, at = _words(), list[int](), 0
    plain = {phrase[0] for name in ("filler", "off", *_DAYS) for phrase in words[name]}
    while at < len(rest):
        piece = rest[at]
        if not piece.isdecimal():
            if piece != ":" and piece not in plain:
                return None
            at += 1
            continue
        minutes, at = 0, at + 1
        if at + 1 < len(rest) and rest[at] == ":" and rest[at + 1].isdecimal():
            minutes, at = int(rest[at + 1]), at + 2
        hour, half = int(piece), rest[at] if at < len(rest) else ""
        if (half,) in words["evening"] or (half,) in words["morning"]:
            hour, at = hour % 12 + (12 if (half,) in words["evening"] else 0), at + 1
        if hour > 24 or minutes > 59:
            return None
        found.append((hour * 60 + minutes) % 1440)
    return found


def _weekday(rest: Sequence[str]) -> int | None:
    return next((day for day, name in enumerate(_DAYS) if _is(rest, name)), None)


def _is(rest: Sequence[str], name: str) -> bool:
    return any((piece,) in _words()[name] for piece in rest)


def _zone(text: str) -> SettingWish | None:
    """The time of a place, of a zone by its name, or of a distance from UTC."""
    words = text.strip().rstrip(".!؟?").split()
    if len(words) == 1 and "/" in words[0]:
        return SettingWish("zone", zone=words[0])
    offset = _OFFSET.match(" ".join(words))
    if offset:
        sign = "-" if offset[1] == "+" else "+"  # as zones of that sort are named
        return SettingWish("zone", zone=f"Etc/GMT{sign}{int(offset[2])}")
    keys, found = [normal(word) for word in words], _words()
    before = max((len(p) for p in found["zone_before"] if tuple(keys[: len(p)]) == p), default=0)
    after = max((len(p) for p in found["zone_after"] if tuple(keys[-len(p) :]) == p), default=0)
    name = words[before : len(words) - (0 if before else after)]
    if not (before or after) or not 0 < len(name) <= _MOST_WORDS or any(w.isdecimal() for w in name):
        return None
    return SettingWish("zone", zone=" ".join(name))


def _pieces(text: str) -> list[str]:
    """Words, numbers in ASCII digits, and colons; what else stands between them parts them."""
    found = _PIECE.findall(text)
    return [str(int(piece)) if piece.isdecimal() else piece if piece == ":" else normal(piece) for piece in found]


@cache
def _words() -> Mapping[str, frozenset[tuple[str, ...]]]:
    found: dict[str, set[tuple[str, ...]]] = {}
    for file in sorted((files("conflict") / "data" / "settings").iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".toml"):
            for name, phrases in tomllib.loads(file.read_text("utf-8")).items():
                keys = {tuple(normal(word) for word in phrase.split()) for phrase in phrases}
                found.setdefault(name, set()).update(keys)
    return {name: frozenset(phrases) for name, phrases in found.items()}
