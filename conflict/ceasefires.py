"""What a ceasefire is: who is bound, where, from when to when, with which exclusions, and on whose word."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class CeasefireStatus(StrEnum):
    """Whether it is in force, as its source says."""

    PROPOSED = "proposed"
    IN_FORCE = "in_force"
    SUSPENDED = "suspended"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Ceasefire:
    """One agreement or unilateral declaration.

    `bound_parties` are actor ids (a unilateral one binds one side only), `area` place ids (all below them included),
    dates inclusive days, `excluded` actor ids whom it neither protects nor binds. `verified_on` None: unchecked.
    """

    ceasefire_id: str
    name: str
    bound_parties: tuple[str, ...]
    area: tuple[str, ...]
    effective_from: date
    effective_to: date | None = None
    excluded: tuple[str, ...] = ()
    unilateral: bool = False
    status: CeasefireStatus = CeasefireStatus.IN_FORCE
    announced_by: str | None = None
    terms: str | None = None
    source: str | None = None
    url: str | None = None
    verified_on: date | None = None
    name_ar: str | None = None
    sample: bool = False

    def in_force_on(self, day: date) -> bool:
        """Whether its dates cover `day` (its status is a matter of today)."""
        return self.effective_from <= day and (self.effective_to is None or day <= self.effective_to)
