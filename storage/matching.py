"""From changes to deliveries, in a few statements however many chats are meant; and what a send needs to know.

Who means an event is defined by `conflict.subscriptions.matches`; the statement here finds the same chats. The caller
moves the cursor in the same transaction, so that a change is matched with all its deliveries or not at all.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import TextClause, bindparam, delete, func, or_, select, text, update

from conflict.events import Change, ChangeKind, ConflictEvent
from conflict.facts import EventFacts
from conflict.revisions import Version
from conflict.subscriptions import concerns_civilians, concerns_truce, event_areas, proven_enough
from conflict.vocabulary import Severity, Verification
from storage.changes import begin_feed, matching, to_change
from storage.codec import from_json
from storage.models import changes, cursors, event_revisions, events
from storage.people import deliveries, delivery_events
from storage.session import Session
from storage.subscriptions import BREACHES_ONLY, CIVILIANS_ONLY, SILENT, TAGGED, bit_of
from storage.types import Instant

_SCANNED = 20_000  # changes that one look goes through at most


@dataclass(frozen=True, slots=True)
class Entry:
    """A change that may concern somebody, and the event it made one with this one, if it was a merge."""

    change: Change
    absorbed_id: str | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """Changes to look at, and up to where the feed holds no others: the cursor's next place."""

    entries: tuple[Entry, ...]
    upto: int


@dataclass(frozen=True, slots=True)
class Hearing:
    """One event that those who mean it hear of, how urgent (`lane`, higher first) and whether without a sound.

    `areas` follow from the event; they are found here, before the transaction that needs them.
    """

    event: ConflictEvent
    lane: int
    silent: bool
    areas: Mapping[str, float] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "areas", event_areas(self.event))


@dataclass(frozen=True, slots=True)
class Mending:
    """What is done about messages that carried an event: mended always, and answered with a reply where `reply`."""

    change: Change
    absorbed_id: str | None
    lane: int
    reply: bool
    silent: bool


class Matching:
    """The set-based side of alerts."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def begin_feed(self, reader: str, *, at: datetime) -> bool:
        """Let a reader that never read begin at the feed's end; True if it did."""
        return begin_feed(self._session, reader, at=at)

    def cursor(self, reader: str) -> int:
        """The last change that `reader` has dealt with, which nobody else can move before this unit ends."""
        found = matching(self._session).execute(select(cursors.c.change_id).where(cursors.c.name == reader)).scalar()
        return int(found or 0)

    def waiting(self, after: int, *, first_reported_since: datetime, limit: int = 50) -> Waiting:
        """Changes after `after` of events first reported lately, released, or told to somebody; all others are passed.

        A report's changes are kept together as far as `limit` allows (it is exceeded by at most one report's).
        """
        connection = self._session.connection
        newest = connection.execute(select(func.max(changes.c.change_id))).scalar() or 0
        upto = min(newest, after + _SCANNED)
        if upto <= after:
            return Waiting((), after)
        told = select(delivery_events.c.event_id).where(
            delivery_events.c.event_id.in_([changes.c.event_id, changes.c.absorbed_id])
        )
        found = connection.execute(
            select(changes)
            .outerjoin(events, events.c.event_id == changes.c.event_id)
            .where(
                changes.c.change_id > after,
                changes.c.change_id <= upto,
                or_(
                    events.c.first_reported_at >= first_reported_since,
                    changes.c.kind == str(ChangeKind.RELEASED),
                    told.exists(),
                ),
            )
            .order_by(changes.c.change_id)
            .limit(limit * 2)
        ).all()
        if len(found) > limit:
            last = found[limit - 1]
            same = [row for row in found[limit:] if row.report_id == last.report_id and row.report_id is not None]
            found = [*found[:limit], *same]
            upto = found[-1].change_id
        return Waiting(tuple(Entry(to_change(row), row.absorbed_id) for row in found), upto)

    def hear(self, hearings: Sequence[Hearing], *, change_id: int, at: datetime) -> int:
        """One delivery for each chat that means any of these events and was told of none of those; how many."""
        connection = matching(self._session)
        sql = _STATEMENTS[connection.dialect.name]
        newest = connection.execute(select(func.max(deliveries.c.delivery_id))).scalar() or 0
        values = {"at": at, "change_id": change_id, "before": newest}
        if len(hearings) == 1:
            facts = {**_facts(hearings[0]), **values}
            if connection.dialect.name == "postgresql":  # which would read all deliveries to find the new ones
                both = f"WITH made AS ({_ALONE_HEARS}{self._meant(hearings[0], sql)}{_ALONE_MADE}"
                return connection.execute(_AT(both), facts).rowcount
            made = connection.execute(_AT(_ALONE_HEARS + self._meant(hearings[0], sql)), facts).rowcount
            if made > 0:
                connection.execute(text(_ALONE_CARRIED), facts)
            return made
        connection.execute(text(_TABLE + sql.table))
        connection.execute(text("DELETE FROM alert_hears"))
        for hearing in hearings:
            connection.execute(text(_HEARS + self._meant(hearing, sql)), _facts(hearing))
        made = connection.execute(_AT(_DELIVERIES), values).rowcount
        if made > 0:
            connection.execute(text(_CARRIED), values)
        connection.execute(text("DELETE FROM alert_hears"))
        return made

    def _meant(self, hearing: Hearing, sql: _Sql) -> str:
        """Where the chats that mean the event come from, without those that were told of it."""
        event = hearing.event
        tags = [sql.position.format(tag=f":tag{n}") for n in range(len(event.facts.tags))]
        told = select(delivery_events.c.event_id).where(delivery_events.c.event_id == event.event_id).limit(1)
        known = self._session.connection.execute(told).first() is not None
        return (
            _MEANT.format(wanted=sql.wanted)
            + (_TAGGED.format(tags=" OR ".join(tags)) if tags else "")
            + (_UNTOLD if known else "")
            + "\nGROUP BY a.chat_id"
        )

    def meant(self, event: ConflictEvent) -> int:
        """How many chats that were not told of the event would hear of it now."""
        connection = self._session.connection
        hearing = Hearing(event, int(event.severity), False)
        meant = self._meant(hearing, _STATEMENTS[connection.dialect.name])
        asked = f"SELECT count(*) FROM (SELECT a.chat_id{meant}) n"  # noqa: S608 (statements of this file alone)
        return int(connection.execute(text(asked), _facts(hearing)).scalar_one())

    def mend(self, mending: Mending, *, at: datetime) -> int:
        """One edit, and with `reply` one reply, for each message that carried the event; how many messages.

        Where one is pending already nothing is added: it will say the newest.
        """
        connection = matching(self._session)
        values = {
            "event_id": mending.change.event_id,
            "absorbed_id": mending.absorbed_id or mending.change.event_id,
            "revision": mending.change.revision,
            "change_id": mending.change.change_id,
            "lane": mending.lane,
            "at": at,
        }
        if mending.reply:
            connection.execute(_AT(_MENDED), {**values, "part": "reply", "silent": mending.silent})
        return connection.execute(_AT(_MENDED), {**values, "part": "edit", "silent": True}).rowcount

    def shown(self, delivery_ids: Iterable[int], revisions: Mapping[str, int]) -> None:
        """Note which revisions of events these deliveries show, where that is more than was noted."""
        connection = self._session.writing()
        ids = list(delivery_ids)
        for event_id, revision in revisions.items():
            connection.execute(
                update(delivery_events)
                .where(
                    delivery_events.c.delivery_id.in_(ids),
                    delivery_events.c.event_id == event_id,
                    delivery_events.c.revision_shown < revision,
                )
                .values(revision_shown=revision)
            )

    def answer_alone(self, delivery_id: int, *, at: datetime) -> None:
        """A reply in place of an edit that Telegram refuses; nothing where one was made for the same change."""
        matching(self._session).execute(_AT(_ALONE), {"delivery_id": delivery_id, "at": at})

    def revisions(self, event_ids: Iterable[str]) -> dict[str, int]:
        """The newest revision of each of these events; those merged or not stored are missing."""
        rows = self._session.connection.execute(
            select(events.c.event_id, events.c.revision).where(
                events.c.event_id.in_(list(event_ids)), events.c.merged_into.is_(None)
            )
        )
        return {row.event_id: row.revision for row in rows}

    def history(self, event_id: str) -> tuple[Version, ...]:
        """What the event said before its newest revision, oldest first."""
        rows = self._session.connection.execute(
            select(event_revisions)
            .where(event_revisions.c.event_id == event_id)
            .order_by(event_revisions.c.revision)
            .limit(200)
        )
        return tuple(
            Version(
                row.revision,
                from_json(EventFacts, row.facts),
                Severity(row.severity),
                Verification(row.verification),
                tuple(row.originators),
                tuple(row.disputed or ()),
                row.updated_at,
            )
            for row in rows
        )

    def change(self, change_id: int) -> Change | None:
        """One entry of the feed."""
        row = self._session.connection.execute(select(changes).where(changes.c.change_id == change_id)).first()
        return None if row is None else to_change(row)

    def forget(self, delivery_ids: Sequence[int]) -> None:
        """Remove what a repeated or superseded delivery carried, so that the chat can be told again."""
        self._session.writing().execute(
            delete(delivery_events).where(delivery_events.c.delivery_id.in_(list(delivery_ids)))
        )


@dataclass(frozen=True, slots=True)
class _Sql:
    """What the two databases say differently: `wanted` names the event's areas, each with the radius it needs."""

    wanted: str
    position: str
    table: str


_STATEMENTS = {
    "sqlite": _Sql(
        "(SELECT json_extract(value, '$[0]') AS area, json_extract(value, '$[1]') AS least FROM json_each(:areas)) w",
        "instr(s.tags, {tag}) > 0",
        "",
    ),
    "postgresql": _Sql(
        "unnest(CAST(:keys AS text[]), CAST(:leasts AS float8[])) AS w(area, least)",
        "position({tag} IN s.tags) > 0",
        " ON COMMIT DELETE ROWS",
    ),
}

_TABLE = """
CREATE TEMPORARY TABLE IF NOT EXISTS alert_hears (
    chat_id BIGINT NOT NULL, event_id TEXT NOT NULL, revision INTEGER NOT NULL, thread_id BIGINT,
    lane SMALLINT NOT NULL, silent SMALLINT NOT NULL, PRIMARY KEY (chat_id, event_id))"""

_HEARS = """
INSERT INTO alert_hears (chat_id, event_id, revision, thread_id, lane, silent)
SELECT a.chat_id, :event_id, :revision, min(a.thread_id), :lane, :silent"""

_ALONE_HEARS = """
INSERT INTO deliveries
    (chat_id, thread_id, part, state, lane, created_at, next_attempt_at, attempts, silent, repeated, change_id)
SELECT a.chat_id, min(a.thread_id), 'message', 'pending', :lane, :at, :at, 0, :silent = 1, false, :change_id"""

_ALONE_MADE = """
RETURNING delivery_id, chat_id)
INSERT INTO delivery_events (event_id, chat_id, part, revision_shown, delivery_id)
SELECT :event_id, chat_id, 'message', :revision, delivery_id FROM made"""

_ALONE_CARRIED = """
INSERT INTO delivery_events (event_id, chat_id, part, revision_shown, delivery_id)
SELECT :event_id, chat_id, 'message', :revision, delivery_id
FROM deliveries WHERE delivery_id > :before AND change_id = :change_id AND part = 'message'"""

# CROSS JOIN holds SQLite to this order: from the event's few areas to what is kept under them.
_MEANT = """
FROM {wanted} CROSS JOIN subscription_areas a
WHERE a.area = w.area AND a.reach >= w.least
  AND (a.type_mask & :bit) <> 0
  AND a.minimum_severity <= :severity
  AND a.minimum_verification IN (:proof1, :proof2, :proof3, :proof4)
  AND (a.asks & :unmet) = 0"""

_TAGGED = """
  AND ((a.asks & 4) = 0 OR EXISTS (SELECT 1 FROM subscriptions s WHERE s.subscription_id = a.subscription_id
                                   AND ({tags})))"""

_UNTOLD = """
  AND NOT EXISTS (SELECT 1 FROM delivery_events e
                  WHERE e.event_id = :event_id AND e.chat_id = a.chat_id AND e.part = 'message')"""

_DELIVERIES = """
INSERT INTO deliveries
    (chat_id, thread_id, part, state, lane, created_at, next_attempt_at, attempts, silent, repeated, change_id)
SELECT h.chat_id, min(h.thread_id), 'message', 'pending', max(h.lane), :at, :at, 0, min(h.silent) = 1, false, :change_id
FROM alert_hears h GROUP BY h.chat_id ORDER BY h.chat_id"""

_CARRIED = """
INSERT INTO delivery_events (delivery_id, event_id, revision_shown, chat_id, part)
SELECT d.delivery_id, h.event_id, h.revision, h.chat_id, 'message'
FROM deliveries d CROSS JOIN alert_hears h
WHERE d.delivery_id > :before AND d.change_id = :change_id AND d.part = 'message' AND h.chat_id = d.chat_id
ORDER BY h.event_id, h.chat_id"""

_MENDED = """
INSERT INTO deliveries
    (chat_id, thread_id, part, state, lane, created_at, next_attempt_at, attempts, silent, repeated, edit_of, change_id)
SELECT o.chat_id, o.thread_id, :part, 'pending', :lane, :at, :at, 0, :silent, false, o.delivery_id, :change_id
FROM deliveries o JOIN chats c ON c.chat_id = o.chat_id
WHERE o.delivery_id IN (
    SELECT e.delivery_id FROM delivery_events e
    WHERE e.part = 'message' AND ((e.event_id = :event_id AND e.revision_shown < :revision)
                                  OR (e.event_id = :absorbed_id AND e.event_id <> :event_id)))
  AND o.state IN ('sending', 'sent', 'unknown') AND c.state = 'active'
  AND NOT EXISTS (SELECT 1 FROM deliveries p WHERE p.chat_id = o.chat_id AND p.edit_of = o.delivery_id
                  AND p.part = :part AND p.state = 'pending')
ORDER BY o.delivery_id"""

_ALONE = """
INSERT INTO deliveries
    (chat_id, thread_id, part, state, lane, created_at, next_attempt_at, attempts, silent, repeated, edit_of, change_id)
SELECT o.chat_id, o.thread_id, 'reply', 'pending', o.lane, :at, :at, 0, true, false, o.edit_of, o.change_id
FROM deliveries o
WHERE o.delivery_id = :delivery_id
  AND NOT EXISTS (SELECT 1 FROM deliveries p WHERE p.chat_id = o.chat_id AND p.edit_of = o.edit_of
                  AND p.part = 'reply' AND p.change_id >= o.change_id)"""


def _AT(statement: str) -> TextClause:  # noqa: N802 (reads as part of the statement)
    """The statement with an instant as each database keeps it."""
    return text(statement).bindparams(bindparam("at", type_=Instant()))


def _facts(hearing: Hearing) -> dict[str, Any]:
    """What of the event the subscriptions are compared with."""
    event = hearing.event
    proof = [str(least) for least in proven_enough(event.verification)]
    unmet = SILENT
    unmet |= 0 if concerns_civilians(event) else CIVILIANS_ONLY
    unmet |= 0 if concerns_truce(event) else BREACHES_ONLY
    unmet |= 0 if event.facts.tags else TAGGED
    return {
        "event_id": event.event_id,
        "revision": event.revision,
        "lane": hearing.lane,
        "silent": int(hearing.silent),
        "areas": json.dumps(list(hearing.areas.items())),
        "keys": list(hearing.areas),
        "leasts": list(hearing.areas.values()),
        "bit": bit_of(event.facts.sub_event_type),
        "severity": int(event.severity),
        "unmet": unmet,
        **{f"proof{n}": proof[n - 1] if n <= len(proof) else "" for n in (1, 2, 3, 4)},
        **{f"tag{n}": json.dumps(tag, ensure_ascii=False) for n, tag in enumerate(event.facts.tags)},
    }
