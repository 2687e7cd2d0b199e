"""A stamp for each country and province, and for the world: changed with every change to what answers add up there.

An answer's sums may be kept as long as the stamps of its areas stay the same, whichever process changes them.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, Select, Table, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite

from storage.eventquery import EventQuery, areas_of
from storage.models import metadata
from storage.types import Words

WORLD = ""
_BITS = 62
Stamp = tuple[tuple[str, int], ...]

area_stamps = Table(
    "area_stamps",
    metadata,
    Column("area", Words, primary_key=True),  # a country's code, a province's id, "" for the world
    Column("stamp", BigInteger, nullable=False),  # by chance: a database brought back from a copy never repeats one
    sqlite_with_rowid=False,
)


def stamp_of(connection: Connection, query: EventQuery) -> Stamp | None:
    """What changes with the sums of this search. To be read before them. None: they change with the time of day."""
    if query.as_of is not None:
        return None
    areas = areas_of(query)
    named = {one.value if one.column in ("country_code", "admin1_id") else WORLD for one in areas} or {WORLD}
    rows = connection.execute(_stamps(), {"areas": sorted(named)})
    return tuple(sorted((area, stamp) for area, stamp in rows))


def changed(connection: Connection, areas: Iterable[str | None]) -> None:
    """Something changed in these areas, and with them in the world."""
    rows = [{"area": area, "stamp": secrets.randbits(_BITS)} for area in sorted({WORLD, *filter(None, areas)})]
    connection.execute(_stamping(connection.dialect.name), rows)


def all_changed(connection: Connection) -> None:
    """Anything may have changed anywhere."""
    changed(connection, ())
    for area in connection.execute(select(area_stamps.c.area).order_by(area_stamps.c.area)).scalars().all():
        fresh = update(area_stamps).where(area_stamps.c.area == area).values(stamp=secrets.randbits(_BITS))
        connection.execute(fresh)


@lru_cache(maxsize=1)
def _stamps() -> Select[Any]:
    return select(area_stamps.c.area, area_stamps.c.stamp).where(
        area_stamps.c.area.in_(bindparam("areas", expanding=True))
    )


@lru_cache(maxsize=2)
def _stamping(dialect: str) -> Any:
    into = (postgresql.insert if dialect == "postgresql" else sqlite.insert)(area_stamps)
    return into.on_conflict_do_update(index_elements=["area"], set_={"stamp": into.excluded.stamp})
