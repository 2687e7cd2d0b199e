"""When an alert may reach a chat: quiet hours, snoozes, digests, and how many an hour. Pure.

Hours are wall-clock hours of the chat's zone, so that "until 7" is 7 on the days when the clocks change, too. Nothing
is dropped here: what may not go now is held until an instant, and what was held goes out folded into one message.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Final

MOST_AN_HOUR: Final = 12
_AT_ONCE: Final = 6  # in an hour, before the rest is folded
_BETWEEN_FOLDS: Final = timedelta(minutes=10)
_FOR_THE_GRAVE: Final = 2  # of the hour's number, kept free for what breaks through
LATE: Final = timedelta(hours=2)  # what waited longer is no alarm any more
HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
_STEP: Final = timedelta(minutes=30)  # no zone changes its clocks twice in so short a time
_SECOND: Final = timedelta(seconds=1)


class Held(StrEnum):
    """Why something waited, which its message says."""

    QUIET = "quiet"
    SNOOZE = "snooze"
    DIGEST = "digest"
    BURST = "burst"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What one chat asked for. `quiet` is (from, to) in minutes after midnight; `digest_weekday` 0 Monday, None daily.

    `breaks_at` is the least severity that breaks through quiet hours and digests (None: none does), `breaches_break`
    whether a reported breach of a ceasefire does. A snooze lets nothing through: somebody pressed it.
    """

    tz: tzinfo = UTC
    quiet: tuple[int, int] | None = None
    breaks_at: int | None = None
    breaches_break: bool = False
    digest_at: int | None = None
    digest_weekday: int | None = None
    snoozed_until: datetime | None = None
    snoozed_places: Mapping[str, datetime] = field(default_factory=dict)
    most_an_hour: int = MOST_AN_HOUR


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that is due: how grave, since when, the areas of each of its events, and why it was held before."""

    severity: int
    created_at: datetime
    breach: bool = False
    areas: tuple[frozenset[str], ...] = ()
    held: Held | None = None
    reply: bool = False  # says that something told is no longer right


@dataclass(frozen=True, slots=True)
class Go:
    """It may go now; `fold`: together with all else of the chat that may, in one message that says why it waited."""

    fold: Held | None = None


@dataclass(frozen=True, slots=True)
class Hold:
    """It waits until then."""

    until: datetime
    why: Held


def decide(waiting: Waiting, rhythm: Rhythm, sent: Sequence[datetime], now: datetime) -> Go | Hold:
    """What becomes of a message now. `sent`: when the chat was written to in the last hour, in any order."""
    snoozed = _snoozed_until(waiting, rhythm, now)
    if snoozed > now:
        return Hold(snoozed, Held.SNOOZE)
    grave = breaks_through(waiting, rhythm)
    if not grave:
        digest = _digest_after(waiting, rhythm, now)
        until = waking(max(now, digest), rhythm)
        if until > now:
            return Hold(until, Held.DIGEST if digest > now else Held.QUIET)
    room = _room(waiting, rhythm, sent, now, grave=grave)
    if room > now:
        return Hold(room, waiting.held or Held.BURST)
    if waiting.held is not None:
        return Go(waiting.held)
    if rhythm.digest_at is not None and not grave and not waiting.reply:
        return Go(Held.DIGEST)  # the hour of the digest came before anybody looked
    return Go(Held.LATE if now - waiting.created_at > LATE and not waiting.reply else None)


def breaks_through(waiting: Waiting, rhythm: Rhythm) -> bool:
    """Whether it is of the sort that this chat wants to hear of at any hour."""
    severe = rhythm.breaks_at is not None and waiting.severity >= rhythm.breaks_at
    return severe or (rhythm.breaches_break and waiting.breach)


def is_quiet(at: datetime, rhythm: Rhythm) -> bool:
    """Whether the clock on the wall stands in the chat's quiet hours; from 22 to 7 goes over midnight."""
    if rhythm.quiet is None:
        return False
    start, end = (timedelta(minutes=one) for one in rhythm.quiet)
    wall = _wall(at, rhythm.tz)
    return start <= wall < end if start <= end else wall >= start or wall < end


def waking(at: datetime, rhythm: Rhythm) -> datetime:
    """The first instant from `at` on that is not in quiet hours; exactly, also where the clocks change on the way."""
    if rhythm.quiet is None or rhythm.quiet[0] == rhythm.quiet[1]:
        return at
    end = timedelta(minutes=rhythm.quiet[1])
    at = at.astimezone(UTC)
    while is_quiet(at, rhythm):
        ends = at + (end - _wall(at, rhythm.tz)) % _DAY
        at = min(ends, _next_change(at, ends, rhythm.tz))
    return at


def next_digest(after: datetime, rhythm: Rhythm) -> datetime | None:
    """The digest's first hour after an instant; None without a digest.

    An hour that the clocks leave out comes as much later as they jump; one that comes twice counts the first time.
    """
    if rhythm.digest_at is None:
        return None
    hour, minute = divmod(rhythm.digest_at, 60)
    today = after.astimezone(rhythm.tz).date()
    for ahead in range(-1, 9):
        day = _plus(today, ahead)
        if day is None or rhythm.digest_weekday not in (None, day.weekday()):
            continue
        found = datetime.combine(day, time(hour, minute), rhythm.tz).astimezone(UTC)
        if found > after:
            return found
    return None


def _snoozed_until(waiting: Waiting, rhythm: Rhythm, now: datetime) -> datetime:
    """Until when it is snoozed: the chat, or each of its events by a place that the event lies in."""
    chat = rhythm.snoozed_until or now
    if not rhythm.snoozed_places or not waiting.areas:
        return chat
    untils = (
        max((until for place, until in rhythm.snoozed_places.items() if place in areas), default=now)
        for areas in waiting.areas
    )
    return max(chat, min(untils))


def _digest_after(waiting: Waiting, rhythm: Rhythm, now: datetime) -> datetime:
    return next_digest(waiting.created_at, rhythm) or now


def _room(waiting: Waiting, rhythm: Rhythm, sent: Sequence[datetime], now: datetime, *, grave: bool) -> datetime:
    """When the hour has room for one more: at once up to a number, then one every ten minutes, never over the most."""
    lately = sorted(at for at in sent if at > now - HOUR)
    most = max(1, rhythm.most_an_hour)
    if not grave:
        most = max(1, most - _FOR_THE_GRAVE)
    room = now
    if len(lately) >= most:
        room = lately[len(lately) - most] + HOUR
    if not grave and not waiting.reply and len(lately) >= min(_AT_ONCE, most):
        room = max(room, lately[-1] + _BETWEEN_FOLDS)
    return room


def _wall(at: datetime, tz: tzinfo) -> timedelta:
    """How far the clock on the wall is from midnight."""
    local = at.astimezone(tz)
    return timedelta(hours=local.hour, minutes=local.minute, seconds=local.second, microseconds=local.microsecond)


def _next_change(start: datetime, end: datetime, tz: tzinfo) -> datetime:
    """The first instant after `start` with another offset from UTC, to the second; `end` if there is none before."""
    offset = start.astimezone(tz).utcoffset()
    before = start
    while before < end:
        after = min(before + _STEP, end)
        if after.astimezone(tz).utcoffset() != offset:
            return _between(before, after, offset, tz)
        before = after
    return end


def _between(before: datetime, after: datetime, offset: timedelta | None, tz: tzinfo) -> datetime:
    """The whole second at which an offset ends that holds at `before` and no more at `after`."""
    while after - before > _SECOND:
        middle = before + (after - before) / 2
        if middle.astimezone(tz).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0) if after.replace(microsecond=0) > before else after


def _plus(day: date, days: int) -> date | None:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return None
