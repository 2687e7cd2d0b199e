"""Noting anew, for all events, what answers are counted from (`storage.derived`): minutes for a million of them.

The marks lie in the order of provinces, so the events are read province by province and their marks written in that
order, without the other indices, which are built when all rows are there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from operator import itemgetter

from sqlalchemy import Connection, delete, inspect, select, true

from storage.derived import Spot, Told, add_counts, event_counts, event_marks, told_columns, told_in
from storage.inserting import Values, insert_rows, turns_of
from storage.models import events

ROWS = 20_000  # events read at once
_ELSEWHERE = 100_000  # marks kept back because they belong to another province
_ROOMY, _SMALL = -262_144, -8_192  # KiB of SQLite's cache: random rows of a million events do not fit a small one
_IN_ORDER = itemgetter(0, 1, 2, 3, 4)  # the table's key


def derive_all(connection: Connection) -> None:
    """Note everything anew: after a migration, or when rows came in by another way."""
    with _with_room(connection), _without_indices(connection):
        connection.execute(delete(event_marks))
        connection.execute(delete(event_counts))
        turn = turns_of(event_marks, connection.dialect.name)
        counts: Counter[Spot] = Counter()
        elsewhere: list[Values] = []
        for province, told in _by_province(connection):
            rows: list[Values] = []
            for one in told:
                counts.update(one.counted())
                for mark in one.marks():
                    (rows if mark["admin1_id"] == province else elsewhere).append(turn(mark))
            _write(connection, rows)
            if len(elsewhere) >= _ELSEWHERE:
                _write(connection, elsewhere)
                elsewhere.clear()
        _write(connection, elsewhere)
        add_counts(connection, counts)


def _write(connection: Connection, rows: list[Values]) -> None:
    rows.sort(key=_IN_ORDER)
    insert_rows(connection, event_marks, rows)


def _by_province(connection: Connection) -> Iterator[tuple[str, Iterator[Told]]]:
    """The events that answers may show, some thousands at a time, with the province of their first place."""
    provinces = connection.execute(select(events.c.admin1_id).where(events.c.listed == true()).distinct()).scalars()
    for province in sorted(provinces.all(), key=lambda one: one or ""):
        # PostgreSQL looks for "is not distinct from" in no index.
        here = events.c.admin1_id.is_(None) if province is None else events.c.admin1_id == province
        found = told_columns().where(here).execution_options(stream_results=True, yield_per=ROWS)
        rows = connection.execute(found)
        for some in rows.partitions():
            yield province or "", told_in(connection, some)


@contextmanager
def _without_indices(connection: Connection) -> Iterator[None]:
    """Those that serve searching alone; each that was there is built again at the end."""
    there = {one["name"] for one in inspect(connection).get_indexes(event_marks.name)}
    found = sorted((one for one in event_marks.indexes if one.name in there), key=lambda one: str(one.name))
    for index in found:
        index.drop(connection)
    yield
    for index in found:
        index.create(connection)


@contextmanager
def _with_room(connection: Connection) -> Iterator[None]:
    lite = connection.dialect.name == "sqlite"
    if lite:
        connection.exec_driver_sql(f"PRAGMA cache_size = {_ROOMY}")
    yield
    if lite:
        connection.exec_driver_sql(f"PRAGMA cache_size = {_SMALL}")
