"""What a place is: a named thing on the map with its level, its country and provinces, and an id that never changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from conflict.vocabulary import PlaceLevel


@dataclass(frozen=True, slots=True)
class Place:
    """One place of the gazetteer.

    `place_id` is `gn:<GeoNames id>`, `pcode:<OCHA P-code>` or `sr:<slug>` (Sitrep's own). `name`, `country`, `admin1`,
    `admin2` are common English forms (Idlib, Latakia, Al-Hasakah, Deir ez-Zor); `name_ar` the Arabic form for people.
    Coordinates are WGS 84 degrees and None where a point would be made up (most regions and countries have one only as
    a centre for sorting by distance: `level` says how far to trust it). `admin1_id`/`admin2_id` are the place ids of
    the containing units (of the place itself at that level).
    """

    place_id: str
    name: str
    level: PlaceLevel
    country: str | None = None
    country_code: str | None = None
    admin1: str | None = None
    admin1_id: str | None = None
    admin2: str | None = None
    admin2_id: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    population: int = 0
    name_ar: str | None = None
    kind: str | None = None  # of a facility or region: airport, camp, crossing, dam, front, mountain, road, valley ...

    def name_in(self, language: str) -> str:
        """The name for a reader of `language` (an IETF tag); English where no other form is known."""
        return self.name_ar if language == "ar" and self.name_ar else self.name


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place that a name may mean; `score` 0-1, higher is better; `how` names the step that found it."""

    place: Place
    score: float
    how: str  # exact | folded | skeleton | edit


@dataclass(frozen=True, slots=True)
class Mention:
    """A place name found in a text: character offsets, the words as written, what they may mean (best first)."""

    start: int
    end: int
    text: str
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class EventPlace:
    """A place as one report names it. `place` None: the name was not resolved and stays so (never a made-up pin)."""

    text: str
    place: Place | None
    vicinity: bool = False  # "3-5 km south of X", "near X": not X itself
    bearing: str | None = None  # "south-east of", "northern countryside", as a compass word: N NE E SE S SW W NW
    count: int | None = None  # "four unnamed towns"

    @property
    def level(self) -> PlaceLevel | None:
        """The level of the resolved place; None while unresolved."""
        return self.place.level if self.place else None

    @property
    def geo_precision(self) -> int | None:
        """ACLED's precision: 1 the settlement or facility, 2 near it or its district, 3 the province or coarser."""
        if self.place is None:
            return None
        if self.place.level in (PlaceLevel.FACILITY, PlaceLevel.SETTLEMENT):
            return 2 if self.vicinity else 1
        return 2 if self.place.level is PlaceLevel.ADMIN2 else 3


class Places(Protocol):
    """What the other rooms ask of a gazetteer; `conflict.gazetteer.Gazetteer` is the real one."""

    def get(self, place_id: str) -> Place | None:
        """The place of this id."""

    def find(
        self,
        name: str,
        *,
        country: str | None = None,
        admin1: str | None = None,
        fuzzy: bool = False,
        limit: int = 5,
    ) -> tuple[Candidate, ...]:
        """What `name` may mean, best first: exact, folded, skeleton, and with `fuzzy` (questions only) edit distance.

        `country` and `admin1` (English names, or an ISO code for the country) are a context that ranks, not a filter.
        """

    def mentions(self, text: str, *, country: str | None = None, cased: bool = True) -> Sequence[Mention]:
        """All place names in a text, longest match first, non-overlapping, in order, in time linear in its length.

        `cased` False reads Latin names in lower case too, as questions are typed.
        """

    def covered(self, place: Place) -> tuple[Place, ...]:
        """The provinces that a region covers (Donbas: Donetsk and Luhansk); empty for anything else."""

    def near(self, latitude: float, longitude: float, radius_km: float) -> Sequence[Place]:
        """Settlements and facilities within the radius, nearest first."""
