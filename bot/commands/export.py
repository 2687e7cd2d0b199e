"""`sitrep export`: stored events as CSV (ACLED's column names where they mean the same), GeoJSON or JSON lines."""

from __future__ import annotations

import csv
import json
import sys
from argparse import Namespace
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from bot.opening import day, load_places, open_database, settings_with_logs
from conflict.errors import InputError
from conflict.events import ConflictEvent
from conflict.jsonform import event_json
from storage import EventQuery, Storage

BATCH = 500
CSV_COLUMNS = (
    "event_id", "event_date", "event_date_end", "time_precision", "event_type", "sub_event_type", "actor1", "actor2",
    "civilian_targeting", "country", "admin1", "admin2", "location", "latitude", "longitude", "geo_precision",
    "place_level", "fatalities_low", "fatalities_best", "fatalities_high", "tags", "verification", "severity",
    "attribution",
)  # fmt: skip


def export(arguments: Namespace) -> int:
    """Write every matching event, newest first. What is not known stays empty, or null."""
    settings = settings_with_logs()
    storage = open_database(settings.storage_url, create=False)
    try:
        query = EventQuery(limit=BATCH)
        if arguments.since:
            query = replace(query, first_day=day(arguments.since, "--since"))
        if arguments.place:
            found = load_places(storage).find(arguments.place, country=settings.country, limit=1)
            if not found:
                raise InputError(f"No place is known by the name {arguments.place!r}. Try: sitrep places find NAME")
            query = replace(query, places=(found[0].place,))
        _WRITERS[arguments.format](event_json(event) for event in _events(storage, query))
    finally:
        storage.close()
    return 0


def _events(storage: Storage, query: EventQuery) -> Iterator[ConflictEvent]:
    """All pages; each is read in a transaction of its own, so that a slow reader holds up nobody."""
    while True:
        with storage.begin() as unit:
            page = unit.events.query(query).events
        yield from page
        if len(page) < query.limit:
            return
        query = replace(query, offset=query.offset + query.limit)


def _write_csv(rows: Iterable[dict[str, Any]]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    for row in rows:
        writer.writerow([_cell(row.get(column)) for column in CSV_COLUMNS])


def _cell(value: object) -> str:
    """A cell as text; a leading sign that a spreadsheet would run as a formula is defused."""
    if value is None:
        return ""
    if isinstance(value, (list, tuple)):
        value = "; ".join(str(one) for one in value)
    text = str(value)
    if isinstance(value, str) and text[:1] in "=+-@\t\r":
        return "'" + text
    return text


def _write_geojson(rows: Iterable[dict[str, Any]]) -> None:
    """One feature an event; without coordinates the geometry is null, as RFC 7946 has it for an unlocated feature."""
    sys.stdout.write('{"type": "FeatureCollection", "features": [')
    for number, row in enumerate(rows):
        point = row["latitude"] is not None and row["longitude"] is not None
        feature = {
            "type": "Feature",
            "id": row["event_id"],
            "geometry": {"type": "Point", "coordinates": [row["longitude"], row["latitude"]]} if point else None,
            "properties": row,
        }
        sys.stdout.write(("," if number else "") + "\n" + json.dumps(feature, ensure_ascii=False))
    sys.stdout.write("\n]}\n")


def _write_jsonl(rows: Iterable[dict[str, Any]]) -> None:
    for row in rows:
        print(json.dumps(row, ensure_ascii=False))


_WRITERS = {"csv": _write_csv, "geojson": _write_geojson, "jsonl": _write_jsonl}
