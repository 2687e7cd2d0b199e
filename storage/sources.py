"""Sources: when each was last read, whether it fails, where to go on; and input that could not be used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, bindparam, delete, func, insert, select, update

from conflict.answers import SourceHealth
from storage.models import kept_aside, source_runs, sources
from storage.session import Session

RUNS_KEPT = 200  # of each source


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

    def record(
        self, source_id: str, name: str, ok: bool, at: datetime, items: int = 0, error: str | None = None
    ) -> None:
        """Note one reading of a source: whether it could be read, how many new items it gave, the error if not."""
        connection = self._session.writing()
        stored = connection.execute(select(sources).where(sources.c.source_id == source_id)).first()
        values: dict[str, Any] = {"name": name}
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

    def health(self, as_of: datetime | None = None) -> tuple[SourceHealth, ...]:
        """How every source is doing, by id; with `as_of` as the runs up to then tell it (the last 200 of each)."""
        rows = self._session.connection.execute(_all_sources()).all()
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
            row.source_id, row.name, row.cursor, row.etag, row.last_modified, row.next_poll_at, row.failures
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
