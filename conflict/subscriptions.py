"""What a subscription is: which events, where, how grave. `matches` (issue of alerts) decides for one event."""

from __future__ import annotations

from dataclasses import dataclass

from conflict.vocabulary import EventType, Severity, SubEventType, Verification


@dataclass(frozen=True, slots=True)
class Subscription:
    """What one chat wants to hear of: places with all below them, or a grid cell and a radius; no exact location."""

    subscription_id: int
    chat_id: int  # the surrogate id, not Telegram's
    place_ids: tuple[str, ...] = ()
    cell: tuple[int, int] | None = None
    radius_km: float | None = None
    event_types: tuple[EventType, ...] = ()
    sub_event_types: tuple[SubEventType, ...] = ()
    tags: tuple[str, ...] = ()
    breaches_only: bool = False
    civilians_only: bool = False
    minimum_severity: Severity = Severity.MINOR
    minimum_verification: Verification = Verification.UNVERIFIED
    coarser_too: bool = True
    paused: bool = False
