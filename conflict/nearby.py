"""What lies near a point: places in grid cells of a quarter of a degree, about 28 km."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable
from math import asin, cos, radians, sin, sqrt

_CELL = 0.25
_COLUMNS = int(360 / _CELL)
_KM_PER_DEGREE = 111.2
_EARTH_KM = 6371.0
_LARGEST_RADIUS = 500.0


def distance_km(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """Great-circle distance of two points in kilometres (haversine, a round Earth: good to half a per cent)."""
    up, across = radians(other_latitude - latitude), radians(other_longitude - longitude)
    half = sin(up / 2) ** 2 + cos(radians(latitude)) * cos(radians(other_latitude)) * sin(across / 2) ** 2
    return 2 * _EARTH_KM * asin(min(1.0, sqrt(half)))


class Grid:
    """Points sorted by cell, each with a label (layer and number of a place)."""

    def __init__(self, points: Iterable[tuple[tuple[int, int], float, float]]) -> None:
        rows = sorted((_cell(latitude, longitude), label, latitude, longitude) for label, latitude, longitude in points)
        self._cells = array("I", (row[0] for row in rows))
        self._layers = array("B", (row[1][0] for row in rows))
        self._numbers = array("I", (row[1][1] for row in rows))
        self._latitudes = array("d", (row[2] for row in rows))
        self._longitudes = array("d", (row[3] for row in rows))

    def within(self, latitude: float, longitude: float, radius_km: float) -> list[tuple[int, int]]:
        """Labels of the points within the radius (at most 500 km), nearest first; nothing for a point off the map."""
        radius = min(radius_km, _LARGEST_RADIUS)
        if not (-90 <= latitude <= 90 and -180 <= longitude <= 180 and radius >= 0):
            return []
        rows = radius / _KM_PER_DEGREE
        found = []
        low, high = max(latitude - rows, -90.0), min(latitude + rows, 90.0)
        widest = max(abs(low), abs(high))
        across = min(180.0, rows / max(0.01, cos(radians(min(widest, 89.9)))))
        for row in range(_row(low), _row(high) + 1):
            for west, east in _spans(longitude - across, longitude + across):
                start = bisect_left(self._cells, row * _COLUMNS + _column(west))
                end = bisect_left(self._cells, row * _COLUMNS + _column(east) + 1)
                for at in range(start, end):
                    away = distance_km(latitude, longitude, self._latitudes[at], self._longitudes[at])
                    if away <= radius:
                        found.append((away, self._layers[at], self._numbers[at]))
        return [(layer, number) for _, layer, number in sorted(found)]


def _row(latitude: float) -> int:
    return int((latitude + 90) / _CELL)


def _column(longitude: float) -> int:
    return min(int((longitude + 180) / _CELL), _COLUMNS - 1)


def _cell(latitude: float, longitude: float) -> int:
    return _row(latitude) * _COLUMNS + _column(longitude)


def _spans(west: float, east: float) -> list[tuple[float, float]]:
    """A stretch of longitudes as one or two that do not cross the date line."""
    if east - west >= 360:
        return [(-180.0, 180.0)]
    if west < -180:
        return [(west + 360, 180.0), (-180.0, east)]
    if east > 180:
        return [(west, 180.0), (-180.0, east - 360)]
    return [(west, east)]
