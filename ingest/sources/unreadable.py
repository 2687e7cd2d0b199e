"""What is said of a source's bytes that give nothing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why nothing was read: words that follow "this feed" or "this page", without a full stop."""

    reason: str
