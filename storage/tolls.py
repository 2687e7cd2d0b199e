"""Counts for an area and a period: toll reports, and parties' tallies of ceasefire breaches. They are never events."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Integer, Select, Table, Text, bindparam, delete, func, insert, or_, select, type_coerce

from conflict.places import EventPlace
from conflict.tolls import BreachTally, TollReport
from conflict.vocabulary import Status
from storage.codec import from_json, to_json
from storage.eventarms import ALL, within_any
from storage.eventquery import AreaShape, EventQuery, area_shapes, area_values, areas_of, key, last_day_of
from storage.eventrows import area_values as columns_of
from storage.eventstatements import SHAPES
from storage.models import breach_tallies, tally_places, toll_places, toll_reports
from storage.session import Session
from storage.stamps import all_changed, changed

BOUND = 200  # of what an answer tells; newest first
_TABLES = {"toll": (toll_reports, toll_places), "tally": (breach_tallies, tally_places)}


@dataclass(frozen=True, slots=True)
class _Shape:
    """What is asked of the counts of one sort, without the values: one statement serves all of a shape."""

    name: str
    areas: tuple[AreaShape, ...]
    first_day: bool
    last_day: bool
    as_of: bool


class Tolls:
    """Toll reports by area and period."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def save(self, toll: TollReport) -> bool:
        """Keep a toll report, or what it says now if it is stored already; False if nothing changed."""
        row = {
            "toll_id": toll.toll_id,
            "report_id": toll.report_id,
            "period_start": toll.period_start,
            "period_end": toll.period_end,
            "as_of": toll.as_of,
            "status": str(toll.status),
            "published_at": toll.published_at,
            "toll": to_json(toll),
        }
        return _save(self._session, toll_reports, toll_places, "toll", row, toll.places)

    def forget(self, report_id: str) -> int:
        """Drop what a version of a report counted that its source has taken back; how many counts that were."""
        return _forget(self._session, toll_reports, report_id)

    def get(self, toll_id: str) -> TollReport | None:
        """The toll report of this id."""
        found = select(toll_reports.c.toll).where(toll_reports.c.toll_id == toll_id)
        value = self._session.connection.execute(found).scalar()
        return None if value is None else from_json(TollReport, value)

    def query(self, query: EventQuery, *, limit: int | None = BOUND) -> tuple[TollReport, ...]:
        """Toll reports for places inside those asked for whose period shares a day with the one asked for.

        Newest count first, at most `limit` (None: all). Background (history) is left out. A count without a period is
        taken for its day of publication. `actor` and kinds of event play no part; `source` and `as_of` do.
        """
        values = self._session.connection.execute(*_matching(query, "toll", limit)).scalars()
        tolls = map(_toll_of, values)
        return tuple(one for one in tolls if _said_by(query.source, one.originator, one.carrier, one.publisher))

    def count(self) -> int:
        """How many toll reports are stored."""
        return _count(self._session, toll_reports)


class Tallies:
    """Breach tallies by area and period."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def save(self, tally: BreachTally) -> bool:
        """Keep a tally, or what it says now if it is stored already; False if nothing changed."""
        published = tally.published_at
        row = {
            "tally_id": tally.tally_id,
            "report_id": tally.report_id,
            "period_start": tally.period_start,
            "period_end": tally.period_end,
            "as_of": published.date() if published else None,
            "published_at": published,
            "tally": to_json(tally),
        }
        return _save(self._session, breach_tallies, tally_places, "tally", row, tally.places)

    def forget(self, report_id: str) -> int:
        """Drop the tallies of a version of a report that its source has taken back; how many they were."""
        return _forget(self._session, breach_tallies, report_id)

    def query(self, query: EventQuery) -> tuple[BreachTally, ...]:
        """Tallies for places inside those asked for, as `Tolls.query`; exercises are left out."""
        values = self._session.connection.execute(*_matching(query, "tally", BOUND)).scalars()
        tallies = map(_tally_of, values)
        return tuple(
            one for one in tallies if not one.exercise and _said_by(query.source, one.accuser, None, one.publisher)
        )

    def count(self) -> int:
        """How many tallies are stored."""
        return _count(self._session, breach_tallies)


def _save(
    session: Session, table: Table, places: Table, name: str, row: dict[str, Any], where: tuple[EventPlace, ...]
) -> bool:
    connection = session.ingesting()
    here = table.c[f"{name}_id"] == row[f"{name}_id"]
    stored = connection.execute(select(table.c[name]).where(here)).first()
    if stored is not None:
        if stored[0] == row[name]:
            return False
        connection.execute(delete(table).where(here))
        all_changed(connection)  # it may have been about other places
    connection.execute(insert(table), row)
    rows = [
        {f"{name}_id": row[f"{name}_id"], "position": position, **columns_of(one)} for position, one in enumerate(where)
    ]
    if rows:
        connection.execute(insert(places), rows)
    changed(connection, (one[name] for one in rows for name in ("country_code", "admin1_id")))
    return True


def _forget(session: Session, table: Table, report_id: str) -> int:
    connection = session.ingesting()
    gone = connection.execute(delete(table).where(table.c.report_id == report_id))
    if gone.rowcount:
        all_changed(connection)
    return gone.rowcount


# The same counts are read again and again, and never change but with their words.
@lru_cache(maxsize=4096)
def _toll_of(words: str) -> TollReport:
    return from_json(TollReport, json.loads(words))


@lru_cache(maxsize=1024)
def _tally_of(words: str) -> BreachTally:
    return from_json(BreachTally, json.loads(words))


def _matching(query: EventQuery, name: str, limit: int | None) -> tuple[Select[Any], dict[str, Any]]:
    """The statement of a question and its values."""
    areas = areas_of(EventQuery(places=query.places))
    values = area_values(areas)
    last = last_day_of(query)
    asked = {"first_day": query.first_day, "last_day": last, "as_of": query.as_of}
    shape = _Shape(name, area_shapes(areas), *(value is not None for value in asked.values()))
    values["bound"] = ALL if limit is None else limit
    return _statement(shape), values | {one: value for one, value in asked.items() if value is not None}


@lru_cache(maxsize=SHAPES)
def _statement(shape: _Shape) -> Select[Any]:
    table, places = _TABLES[shape.name]
    start = func.coalesce(table.c.period_start, table.c.as_of)
    end = func.coalesce(table.c.period_end, table.c.as_of)
    number = table.c[f"{shape.name}_id"]
    order = (func.coalesce(table.c.as_of, table.c.period_end).desc().nulls_last(), number)
    statement = select(type_coerce(table.c[shape.name], Text)).order_by(*order)
    if shape.areas:
        # The areas' index first: as `exists` it would be read anew for every count there is.
        inside = select(places.c[f"{shape.name}_id"]).where(within_any(places, shape.areas))
        statement = statement.where(number.in_(inside))
    if shape.as_of:
        published = table.c.published_at
        as_of = bindparam("as_of", type_=published.type)
        statement = statement.where(or_(published.is_(None), published <= as_of))
    if shape.last_day:
        last = bindparam("last_day", type_=table.c.as_of.type)
        statement = statement.where(or_(start.is_(None), start <= last))
    if shape.first_day:
        first = bindparam("first_day", type_=table.c.as_of.type)
        statement = statement.where(or_(end.is_(None), end >= first))
    if shape.name == "toll":
        statement = statement.where(table.c.status != str(Status.BACKGROUND))
    return statement.limit(bindparam("bound", type_=Integer()))


def _said_by(source: str | None, *voices: str | None) -> bool:
    return source is None or any(key(source) in key(voice) for voice in voices if voice)


def _count(session: Session, table: Table) -> int:
    return int(session.connection.execute(select(func.count()).select_from(table)).scalar_one())
