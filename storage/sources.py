"""Sources: when each was last read, whether it fails, where to go on; and input that could not be used."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Row, Select, bindparam, delete, func, insert, select, update

from conflict.answers import SourceHealth
from storage.models import kept_aside, source_runs, sources
from storage.session import Session

RUNS_KEPT = 200  # of each source
CHANNEL = "channel"  # the kind of a source that is never asked: it tells


@dataclass(frozen=True, slots=True)
class Watched:
    """A source that is polled. `countries`: ISO codes of what it reports on, none for the whole world."""

    source_id: str
    name: str
    kind: str | None = None
    url: str | None = None
    countries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceState:
    """Where reading a source goes on: what it gave us to send back, and when it may be asked again."""

    source_id: str
    name: str
    cursor: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    next_poll_at: datetime | None = None
    failures: int = 0
    interval: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How a source stands, for its operator. `items` and `events` are new ones over all time."""

    source_id: str
    name: str
    watched: bool = True
    last_success_at: datetime | None = None
    last_item_at: datetime | None = None
    failing_since: datetime | None = None
    failures: int = 0
    error: str | None = None
    next_poll_at: datetime | None = None
    items: int = 0
    events: int = 0
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class KeptAside:
    """Input that could not be used, with the reason."""

    source_id: str
    origin: str
    reason: str
    content: str | None = None
    line: int | None = None


class Sources:
    """Sources and their health."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def watch(self, listed: Iterable[Watched]) -> None:
        """These are polled from now on, and no others: what was polled once is no longer named in answers."""
        connection = self._session.writing()
        held = {row.source_id: row for row in connection.execute(select(sources))}
        wanted = {one.source_id: one for one in listed}
        for one in wanted.values():
            row = held.get(one.source_id)
            values = {
                "name": one.name,
                "kind": one.kind,
                "url": one.url,
                "covers": list(one.countries) or None,
                "watched": True,
            }
            if row is None or any(getattr(row, name) != value for name, value in values.items()):
                # What another address gave us to send back means nothing to a new one.
                moved = row is not None and row.url not in (None, one.url)
                fresh = {"etag": None, "last_modified": None, "cursor": None, "next_poll_at": None} if moved else {}
                self._put(one.source_id, row is not None, {**values, **fresh})
        for source_id, row in held.items():
            if row.watched and source_id not in wanted:
                self._put(source_id, True, {"watched": False})

    def add(self, listed: Iterable[Watched]) -> None:
        """Note sources that were never read, to be read once; a running bot polls them only if its settings say so."""
        for one in listed:
            covers = list(one.countries) or None
            self._put(one.source_id, False, {"name": one.name, "kind": one.kind, "url": one.url, "covers": covers})

    def follow(self, one: Watched, *, read: bool) -> None:
        """What comes to us unasked (a channel's posts) is taken in from now on, or no more; it is never polled."""
        execute = self._session.connection.execute
        stored = execute(select(sources.c.source_id).where(sources.c.source_id == one.source_id)).first() is not None
        values = {"name": one.name, "kind": one.kind, "url": one.url, "watched": None if read else False}
        self._put(one.source_id, stored, values)

    def cover(self, source_id: str, countries: Iterable[str]) -> None:
        """It has reported on these countries (ISO codes): answers on them name it where it falls silent."""
        row = self._session.connection.execute(select(sources.c.covers).where(sources.c.source_id == source_id)).one()
        covers = sorted({*(row.covers or ()), *countries})
        if covers and covers != row.covers:
            self._put(source_id, True, {"covers": covers})

    def forget(self, source_id: str) -> None:
        """Nobody has decided about it any more; what it told stays."""
        forgotten = update(sources).where(sources.c.source_id == source_id).values(kind=None, watched=False)
        self._session.writing().execute(forgotten)

    def followed(self, source_id: str) -> bool | None:
        """Whether it is taken in; None where nobody has decided."""
        found = select(sources.c.kind, sources.c.watched).where(sources.c.source_id == source_id)
        row = self._session.connection.execute(found).first()
        return None if row is None or row.kind is None else row.watched is not False

    def due(self, now: datetime) -> tuple[str, ...]:
        """The watched sources that may be asked now, those that wait longest first."""
        found = (
            select(sources.c.source_id)
            .where(sources.c.watched, (sources.c.next_poll_at.is_(None)) | (sources.c.next_poll_at <= now))
            .order_by(sources.c.next_poll_at.nulls_first(), sources.c.source_id)
        )
        return tuple(self._session.connection.execute(found).scalars())

    def ask_now(self, source_ids: Iterable[str]) -> int:
        """Let these sources be asked at the next tick; how many of them are watched."""
        wanted = sources.c.source_id.in_(list(source_ids))
        done = self._session.writing().execute(
            update(sources).where(wanted, sources.c.watched).values(next_poll_at=None)
        )
        return int(done.rowcount)

    def standings(self) -> tuple[Standing, ...]:
        """Every source that was ever read or is watched, by id."""
        return tuple(
            Standing(
                row.source_id,
                row.name,
                row.watched is not False,
                row.last_success_at,
                row.last_item_at,
                row.failing_since,
                row.failures,
                row.error,
                row.next_poll_at,
                row._mapping["items"],  # `row.items` is the row's own
                row.events,
                row.kind,
            )
            for row in self._session.connection.execute(_all_sources())
        )

    def record(
        self,
        source_id: str,
        name: str,
        ok: bool,
        at: datetime,
        items: int = 0,
        error: str | None = None,
        *,
        events: int = 0,
    ) -> None:
        """Note one reading of a source: whether it could be read, what new it gave, the error if not."""
        connection = self._session.writing()
        stored = connection.execute(select(sources).where(sources.c.source_id == source_id)).first()
        values: dict[str, Any] = {"name": name}
        if stored is not None:
            values |= {"items": stored._mapping["items"] + items, "events": stored.events + events}
        else:
            values |= {"items": items, "events": events}
        if ok:
            values |= {"last_success_at": at, "failures": 0, "failing_since": None, "error": None}
            if items:
                values["last_item_at"] = at
        else:
            values |= {
                "failures": (stored.failures if stored else 0) + 1,
                "failing_since": (stored.failing_since if stored else None) or at,
                "error": error or "could not be read",
            }
        self._put(source_id, stored is not None, values)
        connection.execute(
            insert(source_runs),
            {"source_id": source_id, "ran_at": at, "ok": ok, "items": items, "error": None if ok else values["error"]},
        )
        self._forget_old_runs(source_id)

    def health(
        self, as_of: datetime | None = None, *, countries: Collection[str] | None = None
    ) -> tuple[SourceHealth, ...]:
        """How every source is doing that was ever asked and still is, by id.

        With `as_of` as the runs up to then tell it (the last 200 of each); with `countries` (ISO codes) only the
        sources that report on one of them, or on the whole world.
        """
        found = self._session.connection.execute(_all_sources())
        rows = [row for row in found if row.watched is not False and _concerns(row, countries) and _asked(row)]
        if as_of is None:
            return tuple(
                SourceHealth(
                    row.source_id, row.name, row.last_success_at, row.last_item_at, row.failing_since, row.error
                )
                for row in rows
            )
        return tuple(self._health_then(row.source_id, row.name, as_of) for row in rows)

    def state(self, source_id: str) -> SourceState | None:
        """Where reading this source goes on; None if it was never read."""
        row = self._session.connection.execute(select(sources).where(sources.c.source_id == source_id)).first()
        if row is None:
            return None
        return SourceState(
            row.source_id,
            row.name,
            row.cursor,
            row.etag,
            row.last_modified,
            row.next_poll_at,
            row.failures,
            None if row.interval_seconds is None else timedelta(seconds=row.interval_seconds),
        )

    def set_state(self, state: SourceState) -> None:
        """Note where reading goes on; health is left as it is."""
        connection = self._session.writing()
        stored = connection.execute(select(sources.c.source_id).where(sources.c.source_id == state.source_id)).first()
        values = {
            "name": state.name,
            "cursor": state.cursor,
            "etag": state.etag,
            "last_modified": state.last_modified,
            "next_poll_at": state.next_poll_at,
            "failures": state.failures,
            "interval_seconds": None if state.interval is None else round(state.interval.total_seconds()),
        }
        self._put(state.source_id, stored is not None, values)

    def keep_aside(self, kept: KeptAside, *, at: datetime) -> None:
        """Keep input that could not be used, so that nothing is dropped in silence."""
        self._session.writing().execute(
            insert(kept_aside),
            {
                "source_id": kept.source_id,
                "origin": kept.origin,
                "line": kept.line,
                "reason": kept.reason,
                "content": kept.content,
                "kept_at": at,
            },
        )

    def kept(self, source_id: str | None = None, limit: int = 100) -> tuple[KeptAside, ...]:
        """What was kept aside, newest first."""
        found = select(kept_aside).order_by(kept_aside.c.kept_id.desc()).limit(limit)
        if source_id is not None:
            found = found.where(kept_aside.c.source_id == source_id)
        rows = self._session.connection.execute(found)
        return tuple(KeptAside(row.source_id, row.origin, row.reason, row.content, row.line) for row in rows)

    def kept_counts(self, limit: int = 10) -> tuple[tuple[str, int], ...]:
        """Why input was kept aside, and how much for each reason, the most frequent first."""
        number = func.count()
        found = select(kept_aside.c.reason, number).group_by(kept_aside.c.reason).order_by(number.desc()).limit(limit)
        return tuple((row[0], row[1]) for row in self._session.connection.execute(found))

    def _put(self, source_id: str, stored: bool, values: dict[str, Any]) -> None:
        connection = self._session.writing()
        if stored:
            connection.execute(update(sources).where(sources.c.source_id == source_id).values(values))
        else:
            connection.execute(insert(sources), {"source_id": source_id, "failures": 0, **values})

    def _forget_old_runs(self, source_id: str) -> None:
        connection = self._session.writing()
        oldest = connection.execute(
            select(source_runs.c.run_id)
            .where(source_runs.c.source_id == source_id)
            .order_by(source_runs.c.run_id.desc())
            .offset(RUNS_KEPT)
            .limit(1)
        ).scalar()
        if oldest is not None:
            connection.execute(
                delete(source_runs).where(source_runs.c.source_id == source_id, source_runs.c.run_id <= oldest)
            )

    def _health_then(self, source_id: str, name: str, as_of: datetime) -> SourceHealth:
        execute = self._session.connection.execute
        then = {"source": source_id, "as_of": as_of}
        success = execute(_last_run(False), then).scalar()
        item = execute(_last_run(True), then)
        since = {} if success is None else {"success": success}
        failures = execute(_failures(success is not None), {**then, **since}).all()
        return SourceHealth(
            source_id,
            name,
            success,
            item.scalar(),
            failures[0].ran_at if failures else None,
            failures[-1].error if failures else None,
        )


def _asked(row: Row[Any]) -> bool:
    """Whether it was ever read, or tried to."""
    return row.last_success_at is not None or row.failing_since is not None


def _concerns(row: Row[Any], countries: Collection[str] | None) -> bool:
    return countries is None or not row.covers or not set(row.covers).isdisjoint(countries)


# Each built once: an answer asks for them every time.


@lru_cache(maxsize=1)
def _all_sources() -> Select[Any]:
    return select(sources).order_by(sources.c.source_id)


@lru_cache(maxsize=2)
def _last_run(with_items: bool) -> Select[Any]:
    """When a source was last read as of an instant, or last gave something new."""
    found = _runs(func.max(source_runs.c.ran_at)).where(source_runs.c.ok)
    return found.where(source_runs.c["items"] > 0) if with_items else found


@lru_cache(maxsize=2)
def _failures(since_success: bool) -> Select[Any]:
    """The failures of a source as of an instant, since its last success if there was one."""
    ran_at = source_runs.c.ran_at
    found = _runs(ran_at, source_runs.c.error).where(~source_runs.c.ok).order_by(ran_at)
    return found.where(ran_at > bindparam("success", type_=ran_at.type)) if since_success else found


def _runs(*columns: Any) -> Select[Any]:
    source_id, ran_at = source_runs.c.source_id, source_runs.c.ran_at
    return select(*columns).where(
        source_id == bindparam("source", type_=source_id.type), ran_at <= bindparam("as_of", type_=ran_at.type)
    )
