"""`sitrep places find`: what a place name may mean."""

from __future__ import annotations

import json
from argparse import Namespace
from typing import Any

from bot.commands.ask import each_json_line
from bot.opening import load_places, open_database, settings_with_logs
from conflict.askjson import candidate_json
from conflict.errors import InputError, UsageError
from conflict.gazetteer import Gazetteer
from conflict.places import Candidate


def find(arguments: Namespace) -> int:
    """Look up one name, or names as JSON lines."""
    if (arguments.name is None) != arguments.jsonl:
        raise UsageError("Give one name, as in: sitrep places find Idlib; or --jsonl and names on stdin.")
    settings = settings_with_logs()
    places = load_places()
    if settings.database_exists:
        storage = open_database(settings.storage_url)
        try:
            places = load_places(storage)
        finally:
            storage.close()
    if arguments.jsonl:
        return each_json_line(lambda row: _found(places, row))
    candidates = places.find(arguments.name, country=arguments.country, fuzzy=True)
    if arguments.json:
        print(json.dumps([candidate_json(one) for one in candidates], ensure_ascii=False, indent=1))
    elif candidates:
        print("\n".join(_line(one) for one in candidates))
    else:
        print(f"No place is known by a name like {arguments.name!r}.")
    return 0


def _found(places: Gazetteer, row: dict[str, Any]) -> dict[str, Any]:
    name, country = row.get("name"), row.get("country")
    if not isinstance(name, str):
        raise InputError('has no "name"')
    candidates = places.find(name, country=country if isinstance(country, str) else None, fuzzy=True)
    return {"candidates": [candidate_json(one) for one in candidates]}


def _line(candidate: Candidate) -> str:
    place = candidate.place
    around = ", ".join(unit for unit in (place.admin1, place.country) if unit and unit != place.name)
    point = f"{place.latitude:.3f}, {place.longitude:.3f}" if place.latitude is not None else "no point"
    name = f"{place.name} ({place.name_ar})" if place.name_ar else place.name
    return f"{name}, {place.level}{', ' + around if around else ''} · {point} · {place.place_id} · {candidate.how}"
