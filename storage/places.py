"""Places beyond the embedded ones: imported from lists, or learned from data sets that give coordinates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Literal

from sqlalchemy import delete, func, insert, select, update

from conflict.places import Place
from storage.codec import from_json, to_json
from storage.models import place_names, places
from storage.session import Session

BATCH = 500


class LearnedPlaces:
    """Places with all their names."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def save(
        self,
        place: Place,
        names: Iterable[str] = (),
        *,
        origin: Literal["imported", "learned"] = "imported",
        at: datetime,
    ) -> bool:
        """Keep a place and its names (its own are added); names once known stay. False if nothing was new."""
        connection = self._session.ingesting()
        value = to_json(place)
        here = places.c.place_id == place.place_id
        stored = connection.execute(select(places.c.place).where(here)).first()
        changed = stored is None or stored[0] != value
        columns = {
            "name": place.name,
            "level": str(place.level),
            "country_code": place.country_code,
            "place": value,
        }
        if stored is None:
            own = {"place_id": place.place_id, "origin": origin, "added_at": at}
            connection.execute(insert(places), {**own, **columns})
        elif changed:
            connection.execute(update(places).where(here).values(columns))
        known = set(
            connection.execute(select(place_names.c.name).where(place_names.c.place_id == place.place_id)).scalars()
        )
        given = [place.name, *([place.name_ar] if place.name_ar else []), *names]
        fresh = [name for name in dict.fromkeys(given) if name and name not in known]
        if fresh:
            connection.execute(insert(place_names), [{"place_id": place.place_id, "name": name} for name in fresh])
        return changed or bool(fresh)

    def get(self, place_id: str) -> Place | None:
        """The place of this id."""
        value = self._session.connection.execute(select(places.c.place).where(places.c.place_id == place_id)).scalar()
        return None if value is None else from_json(Place, value)

    def all(self) -> Iterator[tuple[Place, tuple[str, ...]]]:
        """Every place with its names, by id, read in batches."""
        last = ""
        while True:
            rows = self._session.connection.execute(
                select(places.c.place_id, places.c.place)
                .where(places.c.place_id > last)
                .order_by(places.c.place_id)
                .limit(BATCH)
            ).all()
            if not rows:
                return
            last = rows[-1].place_id
            names: dict[str, list[str]] = {row.place_id: [] for row in rows}
            for named in self._session.connection.execute(
                select(place_names).where(place_names.c.place_id.in_(list(names))).order_by(place_names.c.name)
            ):
                names[named.place_id].append(named.name)
            for row in rows:
                yield from_json(Place, row.place), tuple(names[row.place_id])

    def count(self) -> int:
        """How many places are stored."""
        return int(self._session.connection.execute(select(func.count()).select_from(places)).scalar_one())

    def remove(self, place_id: str) -> bool:
        """Forget a place and its names; False if there was none."""
        gone = self._session.ingesting().execute(delete(places).where(places.c.place_id == place_id))
        return gone.rowcount > 0
