"""The time zone of a place, by its country and, where a country has several, the nearest of them (IANA's zone.tab)."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from conflict.nearby import distance_km
from conflict.places import Place


def zone_of(place: Place) -> str | None:
    """The IANA name of the zone that a place lies in; None where its country has none or is not known.

    Near a border between two zones of one country this may be the other one.
    """
    zones = _zones().get(place.country_code or "", ())
    if not zones:
        return None
    latitude, longitude = place.latitude, place.longitude
    if latitude is None or longitude is None:
        return zones[0][0]
    return min(zones, key=lambda zone: distance_km(latitude, longitude, zone[1], zone[2]))[0]


def is_zone(name: str) -> bool:
    """Whether there is a zone of this name."""
    try:
        ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        return False
    return True


@cache
def _zones() -> dict[str, tuple[tuple[str, float, float], ...]]:
    """For each country code its zones with their latitude and longitude, the principal one first."""
    found: dict[str, tuple[tuple[str, float, float], ...]] = {}
    text = (files("tzdata") / "zoneinfo" / "zone.tab").read_text("utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            code, position, name = line.split("\t")[:3]
            cut = max(position.rfind("+"), position.rfind("-"))
            spot = (name, _degrees(position[:cut], 2), _degrees(position[cut:], 3))
            found[code] = (*found.get(code, ()), spot)
    return found


def _degrees(text: str, whole: int) -> float:
    """ISO 6709: a sign, `whole` digits of degrees, two of minutes, perhaps two of seconds."""
    minutes, seconds = int(text[whole + 1 : whole + 3]), int(text[whole + 3 :] or 0)
    size = int(text[1 : whole + 1]) + minutes / 60 + seconds / 3600
    return -size if text[0] == "-" else size
