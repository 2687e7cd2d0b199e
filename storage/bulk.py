"""Many rows of a data set at once: what `Reports.save` and `Events.save` write, set by set (executemany, COPY).

Only for rows that surely are new events of their own: whether they are is the caller's to find out (`held_by_others`).
The rows written are the same as one by one. Everything of one call is in the unit's transaction.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, exists, func, insert, not_, select, update

from conflict.events import ChangeKind, ConflictEvent, Report
from conflict.facts import EventFacts
from conflict.gazetteer_file import NamedPlace
from storage.bulkrows import PlainRows, Values, instant_of, is_plain, microseconds
from storage.codec import to_json
from storage.derived import add_counts, areas_changed, derived, event_marks
from storage.deriving import derive_all
from storage.eventrows import area_values, claim_values, event_values, further_places, order_values, point_values
from storage.inserting import insert_rows, turns_of
from storage.models import changes, claims, event_places, events, kept_aside, place_names, places, reports
from storage.reports import _values as report_values
from storage.session import Session
from storage.sources import KeptAside
from storage.stamps import all_changed
from storage.types import clean

_ROOMY = "PRAGMA cache_size = -49152"
_NEW = str(ChangeKind.NEW)
REPLACED = "replaced by a later version of the row"


@dataclass(frozen=True, slots=True)
class NewRow:
    """A row of a data set that is a new event: its report, the event, and a digest of its content."""

    report: Report
    event: ConflictEvent
    digest: bytes
    why: str


class StoredRow(NamedTuple):
    """What is stored of a row: the digest of its content, when it was published."""

    digest: bytes | None
    published_at: datetime | None


class Held(NamedTuple):
    """Where and when an event is, as the search for candidates sees it; days as ordinals, 0 for none."""

    day: int
    day_end: int
    country_code: str | None
    admin1_id: str | None


class Prepared(NamedTuple):
    """A new event as the rows it is in the database, made before the transaction begins so that it is short."""

    event_id: str
    report_id: str
    held: Held
    place_id: str
    reports: Values
    events: Values
    event_places: tuple[Values, ...]
    claims: tuple[Values, ...]
    changes: Values
    marks: tuple[Values, ...]
    counted: tuple[tuple[str, int, int], ...]

    @property
    def near(self) -> tuple[str, str, int]:
        """The order in which rows that stand near each other in the indices follow each other."""
        return self.held.admin1_id or "", self.place_id, self.held.day


class Bulk:
    """Sets of rows."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def stored(self, report_ids: Sequence[str]) -> dict[str, StoredRow]:
        """What is stored of these rows; those not stored are missing."""
        statement = "SELECT report_id, fingerprint, published_at FROM reports WHERE report_id"
        rows = _among(self._session.connection, statement, report_ids)
        lite = self._session.connection.dialect.name == "sqlite"
        return {i: StoredRow(digest and bytes(digest), instant_of(at) if lite else at) for i, digest, at in rows}

    def latest_change(self) -> int:
        """The id of the newest change; in a unit begun for writing nobody adds one before it ends."""
        if self._session.write:
            self._session.ingesting()
        return int(self._session.connection.execute(select(func.max(changes.c.change_id))).scalar() or 0)

    def held_by_others(self, source_id: str, since: int = 0) -> Iterator[Held]:
        """Every event that not only rows of this data set tell of; `since`: only those changed after that change."""
        others = not_(claims.c.report_id.startswith(f"row:{source_id}:", autoescape=True))
        told = exists().where(claims.c.event_id == events.c.event_id, others)
        where = [events.c.merged_into.is_(None), events.c.day.is_not(None), told]
        if since:
            where.append(events.c.event_id.in_(select(changes.c.event_id).where(changes.c.change_id > since)))
        columns = (events.c.day, events.c.day_end, events.c.country_code, events.c.admin1_id)
        for row in self._session.connection.execute(select(*columns).where(*where).distinct()):
            yield Held(row[0].toordinal(), row[1].toordinal(), row[2], row[3])

    def taken(self, event_ids: Sequence[str]) -> set[str]:
        """Which of these event ids are in use."""
        rows = _among(self._session.connection, "SELECT event_id FROM events WHERE event_id", event_ids)
        return {row[0] for row in rows}

    def insert(self, rows: Sequence[Prepared]) -> None:
        """Write what was prepared."""
        connection = self._session.ingesting()
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql(_ROOMY)  # indices of a million rows do not fit the small cache of a bot at rest
        insert_rows(connection, reports, [row.reports for row in rows])
        insert_rows(connection, events, [row.events for row in rows])
        insert_rows(connection, event_places, [one for row in rows for one in row.event_places])
        insert_rows(connection, claims, [one for row in rows for one in row.claims])
        insert_rows(connection, changes, [row.changes for row in rows])
        insert_rows(connection, event_marks, [one for row in rows for one in row.marks])
        counts = Counter(where for row in rows for where in row.counted)
        add_counts(connection, counts)
        areas_changed(connection, counts)

    def derive_all(self) -> None:
        """Note anew what answers are counted from, after rows came in by another way than this one."""
        connection = self._session.ingesting()
        derive_all(connection)
        all_changed(connection)

    def save_places(self, learned: Sequence[NamedPlace], *, at: datetime) -> int:
        """Keep learned places that are not stored, with their names; how many were new."""
        connection = self._session.ingesting()
        by_id = {named.place.place_id: named for named in learned}
        for place_id in connection.execute(
            select(places.c.place_id).where(places.c.place_id.in_(list(by_id)))
        ).scalars():
            del by_id[place_id]
        if by_id:
            connection.execute(insert(places), [_place_values(named, at) for named in by_id.values()])
            connection.execute(
                insert(place_names),
                [{"place_id": i, "name": clean(name)} for i, named in by_id.items() for name in _names(named)],
            )
        return len(by_id)

    def kept_lines(self, source_id: str, origin: str) -> set[int]:
        """Marks of the input already kept aside from this origin (see `mark_of`)."""
        rows = self._session.connection.execute(
            select(kept_aside.c.line, kept_aside.c.reason).where(
                kept_aside.c.source_id == source_id, kept_aside.c.origin == clean(origin)
            )
        )
        return {mark_of(row[0], row[1]) for row in rows}

    def keep_aside(self, kept: Sequence[KeptAside], *, at: datetime) -> None:
        """Keep input that could not be used, many at once."""
        if kept:
            self._session.writing().execute(
                insert(kept_aside),
                [
                    {
                        "source_id": one.source_id,
                        "origin": one.origin,
                        "line": one.line,
                        "reason": one.reason,
                        "content": one.content,
                        "kept_at": at,
                    }
                    for one in kept
                ],
            )

    def replace_report(self, report: Report) -> str | None:
        """Put the newer version of a row in the place of the older, which is kept whole under an id of its own.

        The row's own id is always its newest version; the former ones are that id with `@1`, `@2` ... in their order.
        Returns the id given to the former one, None where none was stored.
        """
        connection = self._session.ingesting()
        own = reports.c.report_id == report.report_id
        former = connection.execute(select(reports).where(own)).first()
        if former is None:
            return None
        kept_id = self._next_version(report.report_id)
        changed = {"report_id": kept_id, "fingerprint": None, "outcome": REPLACED}
        connection.execute(insert(reports), {**former._mapping, **changed})
        values = report_values(report)
        del values["report_id"]
        connection.execute(update(reports).where(own).values(values))
        return kept_id

    def _next_version(self, report_id: str) -> str:
        first = 1
        while True:
            ids = [f"{report_id}@{number}" for number in range(first, first + 20)]
            used = self.stored(ids)
            free = next((one for one in ids if one not in used), None)
            if free is not None:
                return free
            first += 20

    def mark_digest(self, report_id: str, digest: bytes) -> None:
        """Note the digest of the row's content."""
        own = reports.c.report_id == report_id
        self._session.writing().execute(update(reports).where(own).values(fingerprint=digest))

    def redate_claims(self, report: Report) -> None:
        """Give the claims of a row the row's new date of publication."""
        own = claims.c.report_id == report.report_id
        self._session.ingesting().execute(update(claims).where(own).values(published_at=report.published_at))

    def drop_claims(self, report_id: str, *, event_id: str | None = None) -> None:
        """Forget what a row said (of one event, or of all), before it says something else."""
        own = claims.c.report_id == report_id
        if event_id is not None:
            own &= claims.c.event_id == event_id
        self._session.ingesting().execute(delete(claims).where(own))


def mark_of(line: int | None, reason: str) -> int:
    """A short mark of a line and a reason, to tell what is kept aside already."""
    return hash((line, reason))


def prepare(row: NewRow, *, at: datetime, dialect: str) -> Prepared:
    """A new event with its first change as rows of all tables; `dialect` is `sqlite` or `postgresql`."""
    plain, event = _PLAIN[dialect], row.event
    facts = event.facts
    order = order_values(event, held=False, merged=False)
    further = further_places(event, order) if len(facts.places) > 1 else []
    first = plain.placed(facts.places[0]) if facts.places else {**area_values(None), **point_values(None)}
    follows = derived(event, order, [first, *further])
    if is_plain(event):
        stamp = microseconds(at) if dialect == "sqlite" else at
        words = plain.facts(facts)
        told = plain.event(event, words, stamp)
        said = tuple([plain.claim(one, event.event_id, n, words) for n, one in enumerate(event.claims)])
        changed = (event.event_id, event.revision, _NEW, stamp, row.report.report_id, None, row.why, None)
    else:
        turn = _TURNS[dialect]
        values = {**event_values(event, at), **order, "event_id": event.event_id, "held": False, "confirmed": False}
        told = turn["events"](values)
        said = tuple(turn["claims"](claim_values(one, event.event_id, n)) for n, one in enumerate(event.claims))
        change = {"event_id": event.event_id, "revision": event.revision, "kind": _NEW, "changed_at": at}
        changed = turn["changes"]({**change, "report_id": row.report.report_id, "why": row.why})
    place = facts.primary_place.place if facts.primary_place else None
    return Prepared(
        event.event_id,
        row.report.report_id,
        held_at(facts),
        place.place_id if place else "",
        plain.report(row.report, row.digest),
        told,
        tuple([_TURNS[dialect]["event_places"](one) for one in further]),
        said,
        changed,
        tuple([_TURNS[dialect]["event_marks"](one) for one in follows.marks]),
        follows.counted,
    )


def held_at(facts: EventFacts) -> Held:
    """Where and when an event with these facts is."""
    place = facts.primary_place.place if facts.primary_place else None
    start = facts.event_date.toordinal() if facts.event_date else 0
    end = max(facts.event_date_end.toordinal() if facts.event_date_end else start, start)
    return Held(start, end, place.country_code if place else None, place.admin1_id if place else None)


def _names(named: NamedPlace) -> tuple[str, ...]:
    return tuple(name for name in named.all_names if name)


def _place_values(named: NamedPlace, at: datetime) -> dict[str, Any]:
    place = named.place
    return {
        "place_id": place.place_id,
        "name": place.name,
        "level": str(place.level),
        "country_code": place.country_code,
        "origin": "learned",
        "added_at": at,
        "place": to_json(place),
    }


_TABLES = {table.name: table for table in (reports, events, event_places, claims, changes, event_marks)}
_TURNS = {
    dialect: {name: turns_of(table, dialect) for name, table in _TABLES.items()} for dialect in ("sqlite", "postgresql")
}
_PLAIN = {dialect: PlainRows(dialect) for dialect in _TURNS}


def _among(connection: Connection, statement: str, ids: Sequence[str]) -> list[Any]:
    """The rows of a statement that ends before "is one of these": one parameter, whatever their number."""
    if connection.dialect.name == "postgresql":
        return list(connection.exec_driver_sql(f"{statement} = ANY(%s)", (list(ids),)))
    statement += " IN (SELECT value FROM json_each(?))"
    return list(connection.exec_driver_sql(statement, (json.dumps(ids),)))
