"""Agreements and unilateral declarations: who is bound, where, from when to when."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import BindParameter, Select, bindparam, delete, exists, insert, or_, select

from conflict.ceasefires import Ceasefire
from storage.codec import from_json, to_json
from storage.models import ceasefire_areas, ceasefire_parties, ceasefires
from storage.session import Session


class Ceasefires:
    """Ceasefires by id, area and date."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def save(self, ceasefire: Ceasefire) -> bool:
        """Keep a ceasefire as it is now; False if it is stored just so already."""
        connection = self._session.ingesting()
        stored = self.get(ceasefire.ceasefire_id)
        if stored == ceasefire:
            return False
        here = ceasefires.c.ceasefire_id == ceasefire.ceasefire_id
        connection.execute(delete(ceasefires).where(here))
        own = {"ceasefire_id": ceasefire.ceasefire_id}
        connection.execute(
            insert(ceasefires),
            {
                **own,
                "effective_from": ceasefire.effective_from,
                "effective_to": ceasefire.effective_to,
                "status": str(ceasefire.status),
                "verified_on": ceasefire.verified_on,
                "sample": ceasefire.sample,
                "ceasefire": to_json(ceasefire),
            },
        )
        roles = [(actor, "bound") for actor in ceasefire.bound_parties]
        roles += [(actor, "excluded") for actor in ceasefire.excluded]
        parties = [{**own, "actor_id": actor, "role": role} for actor, role in dict.fromkeys(roles)]
        if parties:
            connection.execute(insert(ceasefire_parties), parties)
        areas = [{**own, "place_id": place_id} for place_id in dict.fromkeys(ceasefire.area)]
        if areas:
            connection.execute(insert(ceasefire_areas), areas)
        return True

    def get(self, ceasefire_id: str) -> Ceasefire | None:
        """The ceasefire of this id."""
        found = select(ceasefires.c.ceasefire).where(ceasefires.c.ceasefire_id == ceasefire_id)
        value = self._session.connection.execute(found).scalar()
        return None if value is None else from_json(Ceasefire, value)

    def query(
        self, place_ids: Iterable[str], first_day: date | None = None, last_day: date | None = None
    ) -> tuple[Ceasefire, ...]:
        """Those whose area names one of `place_ids` (give ancestors too) and whose dates share a day, newest first."""
        asked = {"place_ids": list(place_ids), "first_day": first_day, "last_day": last_day}
        found = self._session.connection.execute(
            _overlapping(first_day is not None, last_day is not None),
            {name: value for name, value in asked.items() if value is not None},
        )
        return tuple(from_json(Ceasefire, value) for value in found.scalars())

    def all(self) -> tuple[Ceasefire, ...]:
        """All of them, newest first."""
        found = select(ceasefires.c.ceasefire).order_by(ceasefires.c.effective_from.desc(), ceasefires.c.ceasefire_id)
        return tuple(from_json(Ceasefire, value) for value in self._session.connection.execute(found).scalars())

    def remove(self, ceasefire_id: str) -> bool:
        """Forget a ceasefire; False if there was none."""
        gone = self._session.ingesting().execute(delete(ceasefires).where(ceasefires.c.ceasefire_id == ceasefire_id))
        return gone.rowcount > 0


@lru_cache(maxsize=4)
def _overlapping(first_day: bool, last_day: bool) -> Select[Any]:
    """Those of an area, bounded by a first and a last day or not: each statement is built once."""
    ids: BindParameter[Any] = bindparam("place_ids", expanding=True)
    here = exists().where(
        ceasefire_areas.c.ceasefire_id == ceasefires.c.ceasefire_id, ceasefire_areas.c.place_id.in_(ids)
    )
    start, end = ceasefires.c.effective_from, ceasefires.c.effective_to
    found = select(ceasefires.c.ceasefire).where(here).order_by(start.desc(), ceasefires.c.ceasefire_id)
    if last_day:
        found = found.where(start <= bindparam("last_day", type_=start.type))
    if first_day:
        found = found.where(or_(end.is_(None), end >= bindparam("first_day", type_=end.type)))
    return found
