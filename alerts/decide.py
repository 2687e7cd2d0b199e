"""What a change means for those who subscribed: who in principle hears, how loud, how urgent. Pure.

Old news never alarms: background, undated, older or long-known events are silent. What happened up to two weeks ago
and was first published within the last day alerts, and the message says when it happened. Both limits are settings.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from conflict.events import Change, ChangeKind, ConflictEvent
from conflict.revisions import Version, changed, less_true, version_of
from conflict.vocabulary import Severity, Status, Verification


@dataclass(frozen=True, slots=True)
class Loudness:
    """From which severity on a message makes a sound, and is sent again when it may not have arrived."""

    audible: Severity = Severity.SERIOUS
    repeated: Severity = Severity.SEVERE


@dataclass(frozen=True, slots=True)
class NewsLimits:
    """How old news may be: days since it happened, and hours since it was first published anywhere."""

    happened: timedelta = timedelta(days=14)
    published: timedelta = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class AlertPlan:
    """What to do about one change. Storage carries it out for all chats at once.

    `tell`: those who mean the event and were not told hear of it. `mend`: messages that carried it are edited.
    `reply`: and answered, because what was told is no longer right. `lane` is the severity: higher goes first.
    """

    tell: bool
    mend: bool
    reply: bool
    lane: int
    silent: bool
    reply_silent: bool
    why: str


def decide(
    change: Change,
    event: ConflictEvent | None,
    before: Version | None,
    *,
    held: bool = False,
    now: datetime,
    limits: NewsLimits = NewsLimits(),
    loudness: Loudness = Loudness(),
) -> AlertPlan:
    """The plan for a change of `event` (as held now), of which `before` is the state just before the change.

    `before` None: the event is new. `held`: it is held back, nobody new hears of it.
    """
    if event is None:
        return _nothing("the event is not stored any more")
    if event.sample:
        return _nothing("it belongs to the bundled sample")
    after = version_of(event)
    different = set(changed(before, after)) if before else set()
    wrong = less_true(before, after) if before else ()
    graver = before is not None and event.severity > before.severity and event.severity >= loudness.audible
    confirmed = (
        before is not None
        and event.verification is Verification.CONFIRMED
        and before.verification is not Verification.CONFIRMED
    )
    withdrawn = Verification.RETRACTED
    restored = before is not None and before.verification is withdrawn and event.verification is not withdrawn
    if change.kind is ChangeKind.RELEASED:  # it was news while nobody was told
        limits = replace(limits, published=now - (event.first_reported_at or now) + limits.published)
    old = "held back" if held else why_silent(event, now, limits)
    return AlertPlan(
        tell=old is None,
        mend=bool(different) or change.kind is ChangeKind.MERGED,
        reply=bool(wrong) or graver or confirmed or restored,
        lane=int(event.severity),
        silent=event.severity < loudness.audible,
        reply_silent=not graver,
        why=old or "news",
    )


def why_silent(event: ConflictEvent, now: datetime, limits: NewsLimits = NewsLimits()) -> str | None:
    """Why nobody is newly told of this event; None when it is news."""
    last = event.facts.event_date_end or event.facts.event_date
    if event.verification is Verification.RETRACTED:
        return "withdrawn"
    if event.facts.status is Status.BACKGROUND:
        return "told as background"
    if last is None:
        return "its day is not known"
    if event.first_reported_at is None:
        return "its report is undated"
    if event.first_reported_at < now - limits.published:
        return "first published too long ago"
    if last < (now - limits.happened).date():
        return "happened too long ago"
    return None


def _nothing(why: str) -> AlertPlan:
    return AlertPlan(tell=False, mend=False, reply=False, lane=0, silent=True, reply_silent=True, why=why)
