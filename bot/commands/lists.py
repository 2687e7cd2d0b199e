"""`sitrep ceasefires`: what is stored, one line each."""

from __future__ import annotations

from argparse import Namespace

from bot.clock import clock
from bot.opening import load_places, open_database, settings_with_logs
from conflict import ceasefires as shipped
from conflict.actors import Actors
from conflict.ceasefires import Ceasefire
from conflict.gazetteer import Gazetteer


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
