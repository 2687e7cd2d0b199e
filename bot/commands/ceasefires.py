"""`sitrep ceasefires`: what is known, and what operators do about it: add, end, check, accept, reject."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from bot.clock import clock
from bot.opening import load_places, open_database, settings_with_logs
from conflict import ceasefires as shipped
from conflict.actors import Actors
from conflict.ceasefires import Ceasefire, CeasefireStatus, parse_ceasefires
from conflict.errors import InputError, UsageError
from conflict.gazetteer import Gazetteer
from storage import Storage, Unit
from storage.operators import OperatorAction

OPERATOR: Final = "command line"  # who does it, in the audit trail
_LARGEST: Final = 1_000_000  # bytes of a file
_TAKES: Final = {"add": ("FILE",), "end": ("ID", "DAY"), "check": ("ID", "DAY"), "accept": ("ID",), "reject": ("ID",)}


def ceasefires(arguments: Namespace) -> int:
    """List them, or do what is asked; bad input is one clear sentence and exit status 2."""
    action, values = arguments.action, arguments.values
    if action is not None:
        if action not in _TAKES:
            raise UsageError(f"sitrep ceasefires has no {action!r}; it has {', '.join(_TAKES)}.")
        if len(values) != len(_TAKES[action]):
            raise UsageError(f"Write: sitrep ceasefires {action} {' '.join(_TAKES[action])}")
    settings = settings_with_logs()
    storage = open_database(settings.storage_url)
    try:
        if action is None:
            _list(storage, as_json=arguments.json)
        else:
            _DO[action](storage, *values)
    finally:
        storage.close()
    return 0


def _list(storage: Storage, *, as_json: bool) -> None:
    with storage.begin() as unit:
        known = {one.ceasefire_id: one for one in (*shipped.load(), *unit.ceasefires.all())}
    found = sorted(known.values(), key=lambda c: c.effective_from, reverse=True)
    if as_json:
        print(json.dumps([_plain(one) for one in found], ensure_ascii=False, indent=2))
        return
    places, actors, today = load_places(storage), Actors.load(), clock().date()
    proposed = [one for one in found if one.status is CeasefireStatus.PROPOSED]
    for one in found:
        if one not in proposed:
            print(_lines(one, places, actors, in_force=one.in_force_on(today)))
    if proposed:
        print("\nProposed by reports; used for nothing until you accept one (sitrep ceasefires accept ID):")
        for one in proposed:
            print(_lines(one, places, actors, in_force=one.in_force_on(today)))


def _add(storage: Storage, name: str) -> None:
    """Keep those of a file; one of a known id stands in for what was known."""
    try:
        with Path(name).open("rb") as file:
            data = file.read(_LARGEST + 1)
        text = data.decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{name} cannot be read as UTF-8 text: {getattr(error, 'strerror', None) or error}.") from None
    if len(data) > _LARGEST:
        raise InputError(f"{name} is larger than {_LARGEST:,} bytes; that is no list of ceasefires.")
    found = parse_ceasefires(text)
    if not found:
        raise InputError(f"{name} has no [[ceasefire]] table. How to write one: docs/howto/add-a-ceasefire.md.")
    places, actors = load_places(storage), Actors.load()
    for one in found:
        _check_names(one, places, actors)
    with storage.begin(write=True) as unit:
        for one in found:
            _keep(unit, one, "add", one.name)
    print(f"Added or replaced: {', '.join(one.ceasefire_id for one in found)}.")


def _end(storage: Storage, ceasefire_id: str, words: str) -> None:
    last = _day(words)
    with storage.begin(write=True) as unit:
        one = _known(unit, ceasefire_id)
        if one.status is CeasefireStatus.PROPOSED:
            raise InputError(f"{ceasefire_id} is only proposed: accept or reject it.")
        if last < one.effective_from:
            raise InputError(f"{ceasefire_id} began on {one.effective_from}; it cannot have ended on {last}.")
        status = CeasefireStatus.ENDED if last < clock().date() else one.status
        _keep(unit, replace(one, effective_to=last, status=status), "end", str(last))
    print(f"{ceasefire_id}: its last day is {last}.")


def _check(storage: Storage, ceasefire_id: str, words: str) -> None:
    day = _day(words)
    if day > clock().date():
        raise InputError(f"{day} has not come yet; write the day on which you compared it with its source.")
    with storage.begin(write=True) as unit:
        _keep(unit, replace(_known(unit, ceasefire_id), verified_on=day), "check", str(day))
    print(f"{ceasefire_id}: checked on {day}.")


def _accept(storage: Storage, ceasefire_id: str) -> None:
    with storage.begin(write=True) as unit:
        one = _proposal(unit, ceasefire_id)
        if not one.bound_parties:
            raise InputError(
                f"{ceasefire_id} names no listed party, so nobody would be bound. Write it into a file with its "
                "bound_parties, then: sitrep ceasefires add FILE"
            )
        _keep(unit, replace(one, status=CeasefireStatus.IN_FORCE), "accept", one.name)
    print(
        f"{ceasefire_id}: in force from {one.effective_from}. Events that are stored from now on are compared with it."
    )


def _reject(storage: Storage, ceasefire_id: str) -> None:
    with storage.begin(write=True) as unit:
        one = _proposal(unit, ceasefire_id)
        unit.ceasefires.remove(ceasefire_id)
        _record(unit, "reject", ceasefire_id, one.name)
    print(f"{ceasefire_id}: rejected; it is not proposed again.")


_DO: Final[dict[str, Callable[..., None]]] = {
    "add": _add,
    "end": _end,
    "check": _check,
    "accept": _accept,
    "reject": _reject,
}


def _known(unit: Unit, ceasefire_id: str) -> Ceasefire:
    found = unit.ceasefires.get(ceasefire_id)
    found = found or next((one for one in shipped.load() if one.ceasefire_id == ceasefire_id), None)
    if found is None:
        raise InputError(f"No ceasefire is known under {ceasefire_id[:60]!r}; `sitrep ceasefires` lists the ids.")
    return found


def _proposal(unit: Unit, ceasefire_id: str) -> Ceasefire:
    one = _known(unit, ceasefire_id)
    if one.status is not CeasefireStatus.PROPOSED:
        raise InputError(f"{ceasefire_id} is not a proposal; it is known already.")
    return one


def _keep(unit: Unit, one: Ceasefire, action: str, detail: str) -> None:
    unit.ceasefires.save(one)
    _record(unit, action, one.ceasefire_id, detail)


def _record(unit: Unit, action: str, ceasefire_id: str, detail: str) -> None:
    unit.operators.record(OperatorAction(OPERATOR, action, ceasefire_id, clock(), {"what": detail}))


def _check_names(one: Ceasefire, places: Gazetteer, actors: Actors) -> None:
    unknown = [party for party in (*one.bound_parties, *one.excluded) if actors.get(party) is None]
    if unknown:
        raise InputError(
            f"{one.ceasefire_id}: no party has the id {', '.join(unknown)}; see conflict/data/actors.toml."
        )
    nowhere = [area for area in one.area if places.get(area) is None and places.country(area) is None]
    if nowhere:
        raise InputError(f"{one.ceasefire_id}: no place has the id {', '.join(nowhere)}; see: sitrep places find NAME")
    if one.effective_to is not None and one.effective_to < one.effective_from:
        raise InputError(f"{one.ceasefire_id} ends before it begins: {one.effective_from} to {one.effective_to}.")


def _day(words: str) -> date:
    try:
        return date.fromisoformat(words)
    except ValueError:
        raise InputError(f"{words[:40]!r} is not a day; write it as 2019-08-31.") from None


def _plain(one: Ceasefire) -> dict[str, Any]:
    def value(found: Any) -> Any:
        if isinstance(found, date):
            return found.isoformat()
        return list(found) if isinstance(found, tuple) else found

    return {field.name: value(getattr(one, field.name)) for field in fields(one)}


def _lines(one: Ceasefire, places: Gazetteer, actors: Actors, *, in_force: bool) -> str:
    bound = ", ".join(entry.name if (entry := actors.get(party)) else party for party in one.bound_parties)
    area = ", ".join(_place(area, places) for area in one.area)
    checked = f"checked {one.verified_on}" if one.verified_on else "not yet checked by a person"
    end = f" to {one.effective_to}" if one.effective_to else ", no end stored"
    dates = "its dates cover today" if in_force else "its dates are past"
    told = " ".join(part for part in (one.source or "no source", one.url) if part)
    return (
        f"{one.name}  [{one.ceasefire_id}]\n"
        f"  binds {bound or 'nobody by name'}; {area}; from {one.effective_from}{end} ({dates})\n"
        f"  {told}; {checked}"
    )


def _place(area: str, places: Gazetteer) -> str:
    place = places.get(area) or places.country(area)
    return place.name if place else area
