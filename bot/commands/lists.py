"""`sitrep sources` and `sitrep ceasefires`: what is stored, one line each."""

from __future__ import annotations

from argparse import Namespace
from datetime import datetime

from bot.clock import clock
from bot.opening import load_places, open_database, settings_with_logs
from conflict import ceasefires as shipped
from conflict.actors import Actors
from conflict.answers import SourceHealth
from conflict.ceasefires import Ceasefire
from conflict.gazetteer import Gazetteer


def sources(arguments: Namespace) -> int:
    """Each source with its last success, newest item and error."""
    storage = open_database(settings_with_logs().storage_url)
    try:
        with storage.begin() as unit:
            found, publishers = unit.sources.health(), unit.reports.publishers()
    finally:
        storage.close()
    for source in found:
        print(_source_line(source))
    if publishers:
        print(f"Publishers of stored reports: {', '.join(publishers)}.")
    elif not found:
        print("No source has been read and no report is stored. Try: sitrep ingest FILE")
    return 0


def _source_line(source: SourceHealth) -> str:
    state = f"failing since {_when(source.failing_since)}: {source.error}" if source.failing_since else "reads"
    return (
        f"{source.name} ({source.source_id}): {state}; last success {_when(source.last_success_at)}, "
        f"newest item {_when(source.last_item_at)}"
    )


def _when(instant: datetime | None) -> str:
    return f"{instant:%Y-%m-%d %H:%M} UTC" if instant else "never"


def ceasefires(arguments: Namespace) -> int:
    """Each ceasefire known: who is bound, where, from when to when, whether a person has checked it."""
    settings = settings_with_logs()
    storage = open_database(settings.storage_url)
    try:
        with storage.begin() as unit:
            stored = unit.ceasefires.all()
    finally:
        storage.close()
    known = {one.ceasefire_id: one for one in (*shipped.load(), *stored)}
    places, actors = load_places(), Actors.load()
    today = clock().date()
    for one in sorted(known.values(), key=lambda c: c.effective_from, reverse=True):
        print(_ceasefire_lines(one, places, actors, in_force=one.in_force_on(today)))
    return 0


def _ceasefire_lines(one: Ceasefire, places: Gazetteer, actors: Actors, *, in_force: bool) -> str:
    bound = ", ".join(entry.name if (entry := actors.get(party)) else party for party in one.bound_parties)
    area = ", ".join(place.name if (place := places.get(i)) else i for i in one.area)
    checked = f"checked {one.verified_on}" if one.verified_on else "not yet checked by a person"
    end = f" to {one.effective_to}" if one.effective_to else ", no end stored"
    dates = "its dates cover today" if in_force else "its dates are past"
    return (
        f"{one.name}\n  binds {bound}; {area}; from {one.effective_from}{end} ({dates})\n"
        f"  {one.source or 'no source'}; {checked}"
    )
