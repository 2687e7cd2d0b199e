"""What answers are counted and added from, kept beside the events: how many where and when, and who was harmed.

Everything here follows from `events` and `event_places` and is written in the same transaction: whoever changes those
calls `forget` before and `derive` after. Only what answers may show is in it.

`event_counts`: events by area (a country's code, a province's id, "" for the world), month of their first day and kind.
`event_marks`: one narrow row for each place and mark of an event: how many were killed or injured, and its tags.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    Column,
    Connection,
    Date,
    Float,
    Index,
    Integer,
    Row,
    Select,
    SmallInteger,
    Table,
    bindparam,
    delete,
    insert,
    select,
    text,
    true,
    type_coerce,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.types import Text

from conflict.counts import Figure, Where
from conflict.events import ConflictEvent
from conflict.facts import Casualty
from conflict.tolls import figure_of
from conflict.vocabulary import CasualtyKind, SubEventType
from storage.codec import tuple_reader
from storage.eventquery import keys, tag_mark
from storage.models import event_places, events, metadata, to
from storage.stamps import changed
from storage.types import Instant, Words

BATCH = 500
Spot = tuple[str, int, int]  # an area, a month and a kind
KINDS = tuple(SubEventType)  # by their numbers in the column `kind`
MEASURES = {
    (CasualtyKind.KILLED, False): "killed",
    (CasualtyKind.INJURED, False): "injured",
    (CasualtyKind.KILLED, True): "civilians killed",
    (CasualtyKind.INJURED, True): "civilians injured",
}
_casualties = tuple_reader(Casualty)

event_counts = Table(
    "event_counts",
    metadata,
    Column("area", Words, primary_key=True),
    Column("month", Integer, primary_key=True, autoincrement=False),  # since the year 0
    Column("kind", SmallInteger, primary_key=True, autoincrement=False),
    Column("events", Integer, nullable=False),
    sqlite_with_rowid=False,
)


def _indices() -> Iterator[Index]:
    for area in ("country_code", "admin1_id", "admin2_id", "place_id", "cell", None):
        columns = ("mark",) if area is None else (area, "mark")
        if area != "admin1_id":  # that is the table's own order
            yield Index(f"ix_event_marks_{area or 'mark'}", *columns, "day")
        lasting = text("long_span = 1")
        yield Index(
            f"ix_event_marks_long_{area or 'mark'}", *columns, "day_end", sqlite_where=lasting, postgresql_where=lasting
        )


event_marks = Table(
    "event_marks",
    metadata,
    Column("admin1_id", Words, primary_key=True),  # "" where it has none
    Column("mark", Words, primary_key=True),  # of MEASURES, or "tag " and a tag
    Column("day", Date, primary_key=True),
    to("events.event_id", "event_id", primary_key=True, index=True),
    Column("position", SmallInteger, primary_key=True, autoincrement=False),
    Column("country_code", Words),
    Column("admin2_id", Words),
    Column("place_id", Words),
    Column("latitude", Float),
    Column("longitude", Float),
    Column("cell", Integer),
    Column("day_end", Date, nullable=False),
    Column("sort_at", Instant, nullable=False),
    Column("long_span", SmallInteger),
    Column("kind", SmallInteger, nullable=False),
    Column("low", Integer),
    Column("best", Integer),
    Column("high", Integer),
    Column("wheres", Words, nullable=False),  # JSON: ids of the first place and its units, and of further places
    Column("voices", Words, nullable=False),  # a JSON list
    *_indices(),
    sqlite_with_rowid=False,
)


def derive(connection: Connection, event_ids: Iterable[str]) -> None:
    """Note what follows from these events, after they were written; none of them may be noted already."""
    counts: Counter[Spot] = Counter()
    _mark(connection, event_ids, counts)
    add_counts(connection, counts)
    areas_changed(connection, counts)


def _mark(connection: Connection, event_ids: Iterable[str], counts: Counter[Spot]) -> None:
    marks: list[dict[str, Any]] = []
    for ids in _batches(event_ids):
        for told in _told(connection, ids):
            counts.update(told.counted())
            marks.extend(told.marks())
    if marks:
        marks.sort(key=lambda mark: (mark["admin1_id"], mark["mark"], mark["day"]))  # as they lie in the table
        connection.execute(insert(event_marks), marks)


class Derived(NamedTuple):
    """What follows from one event before it is written: where it is counted, and its marks by column."""

    counted: tuple[Spot, ...] = ()
    marks: tuple[dict[str, Any], ...] = ()


def derived(event: ConflictEvent, order: Mapping[str, Any], places: Sequence[Mapping[str, Any]]) -> Derived:
    """What `derive` would note of a new event with these columns of order; each place with its area and point columns.

    For many at once: they need not be read again after they were written. `add_counts` adds up where they are counted.
    """
    if not order["listed"]:
        return Derived()
    facts = event.facts
    harmed = _Counted(
        event.event_id,
        order["day"],
        order["day_end"],
        facts.sub_event_type,
        facts.fatalities_low,
        facts.fatalities_best,
        facts.fatalities_high,
        facts.casualties,
        event.originators,
    )
    days = {name: order[name] for name in ("day", "day_end", "sort_at", "long_span", "kind")}
    tagged = tuple(one for one in keys(facts.tags).strip("|").split("|") if one)
    where = tuple(_Place(number, *(place[name] for name in _AREA)) for number, place in enumerate(places))
    told = Told(harmed, days, tagged, where)
    return Derived(tuple(told.counted()), tuple(told.marks()))


def forget(connection: Connection, event_ids: Iterable[str]) -> None:
    """Take back what follows from these events as they are stored, before they are changed or removed."""
    for ids in _batches(event_ids):
        counts: Counter[Spot] = Counter()
        for told in _told(connection, ids):
            counts.subtract(told.counted())
        add_counts(connection, counts)
        areas_changed(connection, counts)
        connection.execute(delete(event_marks).where(event_marks.c.event_id.in_(ids)))


class _Place(NamedTuple):
    """One place of an event, as it is searched by."""

    position: int
    place_id: str | None
    country_code: str | None
    admin1_id: str | None
    admin2_id: str | None
    latitude: float | None
    longitude: float | None
    cell: int | None


class Told(NamedTuple):
    """What is read of a listed event; `event` has what totals need of it, `order` the columns of its days."""

    event: _Counted
    order: dict[str, Any]
    tags: tuple[str, ...]
    places: tuple[_Place, ...]

    def counted(self) -> set[Spot]:
        """Where, in which month and as what it is counted."""
        day, kind = self.order["day"], self.order["kind"]
        areas = {area for place in self.places for area in (place.country_code, place.admin1_id) if area}
        return {(area, month_of(day), kind) for area in ("", *areas)}

    def marks(self) -> Iterator[dict[str, Any]]:
        """The rows of `event_marks`."""
        marked: list[tuple[str, Figure | None]] = [(tag_mark(tag), None) for tag in self.tags]
        event = self.event
        if event.casualties or (event.fatalities_low, event.fatalities_best, event.fatalities_high) != _NOBODY:
            for (kind, civilians), name in MEASURES.items():
                figure = figure_of(event, kind, civilians)
                if figure is not None:
                    marked.append((name, figure))
        if not marked:
            return
        first, *further = self.places
        own = [i for i in (first.place_id, first.admin2_id, first.admin1_id) if i]
        wheres = json.dumps([own, [place.place_id for place in further if place.place_id]])
        voices = json.dumps(event.originators, ensure_ascii=False)
        for mark, figure in marked:
            numbers = {
                "low": figure.low if figure else None,
                "best": figure.best if figure else None,
                "high": figure.high if figure else None,
            }
            for place in self.places:
                yield {
                    **place._asdict(),
                    **self.order,
                    **numbers,
                    "admin1_id": place.admin1_id or "",
                    "mark": mark,
                    "event_id": event.event_id,
                    "wheres": wheres,
                    "voices": voices,
                }


class _Counted(NamedTuple):
    """What totals need of an event (`conflict.tolls.Counted`); its places are told apart elsewhere."""

    event_id: str
    event_date: date
    event_date_end: date
    sub_event_type: SubEventType
    fatalities_low: int | None
    fatalities_best: int | None
    fatalities_high: int | None
    casualties: tuple[Casualty, ...]
    originators: tuple[str, ...]
    place_ids: tuple[str, ...] = ()
    sample: bool = False


_NOBODY = (None, None, None)


def month_of(day: date) -> int:
    """A month's number in `event_counts`."""
    return day.year * 12 + day.month - 1


@lru_cache(maxsize=4096)
def where_of(words: str) -> Where:
    """The places of a row of `event_marks`."""
    first, further = json.loads(words)
    ids = [*first, *further]
    if not ids:
        return Where()
    units = first[1:]
    return Where(ids[0], tuple(units), tuple(ids[1 + len(units) :]))


@lru_cache(maxsize=4096)
def voices_of(words: str | None) -> tuple[str, ...]:
    """The voices of a row of `event_marks`."""
    try:
        found = json.loads(words) if words else []
    except ValueError:
        return ()
    return tuple(str(one) for one in found) if isinstance(found, list) else ()


@lru_cache(maxsize=4096)
def _harmed(words: str) -> tuple[Casualty, ...]:
    try:
        return _casualties(json.loads(words))
    except (KeyError, TypeError, ValueError, AttributeError):  # a row that another version wrote
        return ()


def _batches(ids: Iterable[str]) -> Iterator[Sequence[str]]:
    found = list(dict.fromkeys(ids))
    for start in range(0, len(found), BATCH):
        yield found[start : start + BATCH]


def _told(connection: Connection, ids: Sequence[str]) -> Iterator[Told]:
    found = told_columns().where(events.c.event_id.in_(bindparam("ids", expanding=True)))
    return told_in(connection, connection.execute(found, {"ids": ids}).all())


def told_in(connection: Connection, rows: Sequence[Row[Any]]) -> Iterator[Told]:
    """What rows of `told_columns` tell, with the further places of those events."""
    for start in range(0, len(rows), BATCH):
        batch = rows[start : start + BATCH]
        further: dict[str, list[_Place]] = {}
        for row in connection.execute(_places_of(), {"ids": [row[0] for row in batch]}):
            further.setdefault(row[0], []).append(_Place(*row[1:]))
        for row in batch:
            event_id, day, day_end, sort_at, long_span, kind, low, best, high, harmed, voices, tags, *place = row
            order = {"day": day, "day_end": day_end, "sort_at": sort_at, "long_span": long_span, "kind": kind}
            event = _Counted(
                event_id,
                day,
                day_end,
                KINDS[kind % len(KINDS)],
                low,
                best,
                high,
                _harmed(harmed) if harmed else (),
                voices_of(voices),
            )
            tagged = tuple(one for one in tags.strip("|").split("|") if one)
            yield Told(event, order, tagged, (_Place(0, *place), *further.get(event_id, ())))


_AREA = ("place_id", "country_code", "admin1_id", "admin2_id", "latitude", "longitude", "cell")


@lru_cache(maxsize=1)
def told_columns() -> Select[Any]:
    """Of all events that answers may show, what is noted of them."""
    names = ("event_id", "day", "day_end", "sort_at", "long_span", "kind")
    figures = ("fatalities_low", "fatalities_best", "fatalities_high")
    words = [type_coerce(events.c[name], Text) for name in ("casualties", "originators")]
    columns = [*(events.c[name] for name in (*names, *figures)), *words, events.c.tags]
    return select(*columns, *(events.c[name] for name in _AREA)).where(
        events.c.listed == true(), events.c.day.is_not(None), events.c.day_end.is_not(None)
    )


@lru_cache(maxsize=1)
def _places_of() -> Any:
    columns = [event_places.c[name] for name in ("event_id", "position", *_AREA)]
    return (
        select(*columns)
        .where(event_places.c.event_id.in_(bindparam("ids", expanding=True)))
        .order_by(event_places.c.position)
    )


def add_counts(connection: Connection, counts: Counter[Spot]) -> None:
    """Add to how many events there are by area, month and kind; a negative number takes away."""
    rows = [
        {"area": area, "month": month, "kind": kind, "events": number}
        for (area, month, kind), number in sorted(counts.items())
        if number
    ]
    if rows:
        connection.execute(_adding(connection.dialect.name), rows)


def areas_changed(connection: Connection, counts: Counter[Spot]) -> None:
    """What is counted and added in the areas of these changed (`storage.stamps`)."""
    if counts:
        changed(connection, {area for area, _, _ in counts})


@lru_cache(maxsize=2)
def _adding(dialect: str) -> Any:
    into = (postgresql.insert if dialect == "postgresql" else sqlite.insert)(event_counts)
    return into.on_conflict_do_update(
        index_elements=["area", "month", "kind"], set_={"events": event_counts.c.events + into.excluded.events}
    )
