"""A grid over the world for "within so many kilometres": a first, coarse sieve before the exact distance.

Cells are a quarter of a degree (some 28 km north to south), numbered row by row from the south-west.
"""

from __future__ import annotations

from math import asin, ceil, cos, degrees, floor, radians, sin

CELL_DEGREES = 0.25
ROWS = 720
COLUMNS = 1440
EARTH_KM = 6371.0088  # mean radius, IUGG


def rounded(degrees_: float) -> float:
    """A coordinate to a centimetre: finer differences mean nothing, and squared they underflow in PostgreSQL."""
    return round(degrees_, 7)


def row_of(latitude: float) -> int:
    """The row of cells of a latitude, 0 at the South Pole."""
    return min(ROWS - 1, max(0, floor((latitude + 90) / CELL_DEGREES)))


def cell_of(latitude: float, longitude: float) -> int:
    """The cell that a point lies in (WGS 84 degrees)."""
    return row_of(latitude) * COLUMNS + floor((longitude + 180) / CELL_DEGREES) % COLUMNS


def cell_ranges(latitude: float, longitude: float, radius_km: float) -> tuple[tuple[int, int], ...]:
    """Ranges of cells, both ends included, that together hold every point within the radius (and some beyond)."""
    reach = degrees(radius_km / EARTH_KM)
    south, north = latitude - reach, latitude + reach
    columns = [(0, COLUMNS - 1)]
    if south > -90 and north < 90:
        # The widest reach in longitude is not at the centre's latitude but a little nearer to the pole.
        spread = sin(radians(reach)) / cos(radians(latitude))
        if reach < 90 and spread < 1:
            wide = degrees(asin(spread))
            columns = _columns(longitude - wide, longitude + wide)
    return tuple(
        (row * COLUMNS + first, row * COLUMNS + last)
        for row in range(row_of(south), row_of(north) + 1)
        for first, last in columns
    )


def _columns(west: float, east: float) -> list[tuple[int, int]]:
    """Columns from west to east, in two pieces where they cross the 180th meridian."""
    first = floor((west + 180) / CELL_DEGREES)
    last = ceil((east + 180) / CELL_DEGREES)
    if last - first >= COLUMNS - 1:
        return [(0, COLUMNS - 1)]
    first, last = first % COLUMNS, last % COLUMNS
    return [(first, last)] if first <= last else [(first, COLUMNS - 1), (0, last)]


def half_chord_squared(radius_km: float) -> float:
    """What the haversine of two points must not exceed for them to be within the radius."""
    return 1.0 if radius_km >= 20_000 else sin(radius_km / EARTH_KM / 2) ** 2


def distance_km(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """The great-circle distance of two points, in kilometres (haversine)."""
    up, across = radians(other_latitude - latitude) / 2, radians(other_longitude - longitude) / 2
    square = sin(up) ** 2 + cos(radians(latitude)) * cos(radians(other_latitude)) * sin(across) ** 2
    return 2 * EARTH_KM * asin(min(1.0, square**0.5))
