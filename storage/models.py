"""The tables of what is known: reports, events and who says so, tolls, ceasefires, sources, places, the change feed.

People's tables (chats, subscriptions, deliveries) are in `storage.people`; both share `metadata`. Ids are opaque text
that never changes. What answers are searched by is a column; the whole value is JSON beside it (`storage.codec`).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    UniqueConstraint,
    text,
)

from storage.types import Instant, Json, Words

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

# Counts up by itself in both databases; SQLite does so for INTEGER only, and AUTOINCREMENT never gives an id twice.
Serial = BigInteger().with_variant(Integer(), "sqlite")


def serial(name: str) -> Column[Any]:
    """A number that counts up and is never given twice."""
    return Column(name, Serial, primary_key=True, autoincrement=True)


def to(target: str, name: str, *, cascade: bool = True, **options: Any) -> Column[Any]:
    """A column that points at another table; with `cascade` the row goes when what it points at goes."""
    kind = Serial if target.endswith((".chat_id", ".subscription_id", ".delivery_id")) else Words
    return Column(name, kind, ForeignKey(target, ondelete="CASCADE" if cascade else None), **options)


def area_columns() -> list[Column[Any]]:
    """Where something is, by each of its levels: what places are searched by."""
    return [
        Column("place_id", Words),
        Column("level", Words),
        Column("country_code", Words),
        Column("admin1_id", Words),
        Column("admin2_id", Words),
    ]


def order_columns() -> list[Column[Any]]:
    """When, for searching and order: `day` falls back on the day of publication; NULL is undated and never listed."""
    return [
        Column("listed", Boolean, nullable=False),
        Column("day", Date),
        Column("day_end", Date),
        Column("sort_at", Instant, nullable=False),
        Column("long_span", SmallInteger),  # 1 where it lasted longer than SHORT_SPAN days, else NULL
        Column("kind", SmallInteger, nullable=False),  # the sub-type's number (`eventquery.KIND`)
    ]


# The last two are there so that counting need not leave the index.
ORDER = ("listed", "day", "sort_at", "event_id", "day_end", "kind")
_HELD = "held_until IS NOT NULL"  # few are
_LONG = "long_span = 1"
_BREACH = "breach > 0"
AREAS = ("country_code", "admin1_id", "admin2_id", "place_id", "cell")


def area_indices(table: str) -> list[Index]:
    """One index for each level of place, in the order answers are read."""
    return [Index(f"ix_{table}_{area}", area, *ORDER) for area in AREAS]


reports = Table(
    "reports",
    metadata,
    Column("report_id", Words, primary_key=True),
    Column("source_id", Words, nullable=False, index=True),
    Column("publisher", Words, nullable=False),
    Column("kind", Words, nullable=False),
    Column("text", Words, nullable=False),
    Column("title", Words),
    Column("url", Words),
    Column("language", Words),
    Column("published_at", Instant),
    Column("retrieved_at", Instant),
    Column("external_id", Words),
    Column("sample", Boolean, nullable=False),
    Column("fingerprint", LargeBinary),  # of its words, for near-copies
    Column("copy_of", Words),  # the report it is a near-copy of
    Column("outcome", Words),  # why it gave no events, if it gave none
    Index(
        "ix_reports_versions",
        "source_id",
        "external_id",
        sqlite_where=text("kind != 'row'"),
        postgresql_where=text("kind != 'row'"),
    ),
)

events = Table(
    "events",
    metadata,
    Column("event_id", Words, primary_key=True),
    Column("short_id", Words, nullable=False, index=True),
    Column("revision", Integer, nullable=False),
    Column("event_date", Date),
    Column("event_date_end", Date),
    Column("event_type", Words, nullable=False),
    Column("sub_event_type", Words, nullable=False),
    *area_columns(),
    Column("latitude", Float),
    Column("longitude", Float),
    Column("cell", Integer),
    Column("geo_precision", SmallInteger),
    Column("actors", Words, nullable=False),  # keys of both, as "|id|name|": what is asked for by name
    Column("tags", Words, nullable=False),  # as "|hospital|camp|"
    Column("civilian", Boolean, nullable=False),
    Column("fatalities_low", Integer),
    Column("fatalities_best", Integer),
    Column("fatalities_high", Integer),
    Column("casualties", Json),
    Column("originators", Json, nullable=False),
    Column("severity", SmallInteger, nullable=False),
    Column("verification", Words, nullable=False),
    Column("status", Words, nullable=False),
    Column("assertion", Words, nullable=False),
    Column("disputed", Json),
    Column("episode", Words, index=True),
    Column("confidence", Float),
    Column("breach", SmallInteger, nullable=False),  # 0 none, 1 inside a truce area, 2 reported by somebody
    Column("facts", Json, nullable=False),
    Column("first_reported_at", Instant),
    Column("last_claim_at", Instant),
    Column("updated_at", Instant, nullable=False),
    Column("merged_into", Words, index=True),
    Column("held", Boolean, nullable=False),
    Column("held_until", Instant),
    Column("confirmed", Boolean, nullable=False),  # by an operator
    Column("retracted", Boolean, nullable=False),
    Column("sample", Boolean, nullable=False),
    *order_columns(),
    Column("corrections", Json),  # what operators set right, as [{"field", "value"}]
    *area_indices("events"),
    Index("ix_events_order", *ORDER),
    Index("ix_events_held", "held_until", sqlite_where=text(_HELD), postgresql_where=text(_HELD)),
    Index("ix_events_long", "day_end", "day", "event_id", sqlite_where=text(_LONG), postgresql_where=text(_LONG)),
    Index("ix_events_breach", "day", "event_id", sqlite_where=text(_BREACH), postgresql_where=text(_BREACH)),
)

# The further places of an event; its first is in `events` itself, so that the common question reads one index.
event_places = Table(
    "event_places",
    metadata,
    to("events.event_id", "event_id", primary_key=True),
    Column("position", SmallInteger, primary_key=True, autoincrement=False),
    *area_columns(),
    Column("latitude", Float),
    Column("longitude", Float),
    Column("cell", Integer),
    *order_columns(),
    *area_indices("event_places"),
)

# What an event said before its newest revision, so that a correction can say what changed.
event_revisions = Table(
    "event_revisions",
    metadata,
    to("events.event_id", "event_id", primary_key=True),
    Column("revision", Integer, primary_key=True, autoincrement=False),
    Column("facts", Json, nullable=False),
    Column("severity", SmallInteger, nullable=False),
    Column("verification", Words, nullable=False),
    Column("originators", Json, nullable=False),
    Column("disputed", Json),
    Column("updated_at", Instant, nullable=False),
)

# Pairs of events: possibly the same, one containing the other, or held apart by an operator for good.
event_links = Table(
    "event_links",
    metadata,
    to("events.event_id", "event_id", primary_key=True),
    to("events.event_id", "other_id", primary_key=True),
    Column("kind", Words, primary_key=True),
    Column("why", Words, nullable=False),
    Column("linked_at", Instant, nullable=False),
)

claims = Table(
    "claims",
    metadata,
    Column("claim_id", Words, primary_key=True),
    to("events.event_id", "event_id", nullable=False, index=True),
    to("reports.report_id", "report_id", nullable=False, index=True),
    Column("first_event_id", Words, nullable=False),  # where it stood before any merge: an unmerge needs it
    Column("position", Integer, nullable=False),
    Column("publisher", Words, nullable=False),
    Column("originator", Words),
    Column("originator_kind", Words, nullable=False),
    Column("carrier", Words),
    Column("voices", Words, nullable=False),  # folded "|originator|carrier|publisher|": what is asked for by source
    Column("evidence_start", Integer),
    Column("evidence_end", Integer),
    Column("evidence_text", Words),
    Column("url", Words),
    Column("published_at", Instant),
    Column("retrieved_at", Instant),
    Column("denies", Boolean, nullable=False),
    Column("responsibility", Words),
    Column("superseded", Boolean, nullable=False),
    Column("facts", Json, nullable=False),
)

toll_reports = Table(
    "toll_reports",
    metadata,
    Column("toll_id", Words, primary_key=True),
    to("reports.report_id", "report_id", nullable=False, index=True),
    Column("period_start", Date),
    Column("period_end", Date),
    Column("as_of", Date),
    Column("status", Words, nullable=False),
    Column("published_at", Instant),
    Column("toll", Json, nullable=False),
)

toll_places = Table(
    "toll_places",
    metadata,
    to("toll_reports.toll_id", "toll_id", primary_key=True),
    Column("position", SmallInteger, primary_key=True, autoincrement=False),
    *area_columns(),
    *[Index(f"ix_toll_places_{area}", area) for area in AREAS[:-1]],
)

breach_tallies = Table(
    "breach_tallies",
    metadata,
    Column("tally_id", Words, primary_key=True),
    to("reports.report_id", "report_id", nullable=False, index=True),
    Column("period_start", Date),
    Column("period_end", Date),
    Column("as_of", Date),
    Column("published_at", Instant),
    Column("tally", Json, nullable=False),
)

tally_places = Table(
    "tally_places",
    metadata,
    to("breach_tallies.tally_id", "tally_id", primary_key=True),
    Column("position", SmallInteger, primary_key=True, autoincrement=False),
    *area_columns(),
    *[Index(f"ix_tally_places_{area}", area) for area in AREAS[:-1]],
)

ceasefires = Table(
    "ceasefires",
    metadata,
    Column("ceasefire_id", Words, primary_key=True),
    Column("effective_from", Date, nullable=False),
    Column("effective_to", Date),
    Column("status", Words, nullable=False),
    Column("verified_on", Date),
    Column("sample", Boolean, nullable=False),
    Column("ceasefire", Json, nullable=False),
)

ceasefire_parties = Table(
    "ceasefire_parties",
    metadata,
    to("ceasefires.ceasefire_id", "ceasefire_id", primary_key=True),
    Column("actor_id", Words, primary_key=True, index=True),
    Column("role", Words, primary_key=True),  # bound | excluded
)

ceasefire_areas = Table(
    "ceasefire_areas",
    metadata,
    to("ceasefires.ceasefire_id", "ceasefire_id", primary_key=True),
    Column("place_id", Words, primary_key=True, index=True),
)

changes = Table(
    "changes",
    metadata,
    serial("change_id"),
    Column("event_id", Words, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("kind", Words, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("report_id", Words),
    Column("absorbed_id", Words),  # of a merge: the event that is now this one
    Column("why", Words, nullable=False),
    Column("fields", Json),
    UniqueConstraint("event_id", "revision"),
    sqlite_autoincrement=True,
)

# How far a reader of the change feed has come (the matcher of alerts, say).
cursors = Table(
    "cursors",
    metadata,
    Column("name", Words, primary_key=True),
    Column("change_id", BigInteger, nullable=False),
    Column("moved_at", Instant, nullable=False),
)

# What operators did: hold, withdraw, correct, merge, unmerge.
operator_actions = Table(
    "operator_actions",
    metadata,
    serial("action_id"),
    Column("operator", Words, nullable=False),
    Column("action", Words, nullable=False),
    Column("subject", Words, nullable=False, index=True),
    Column("acted_at", Instant, nullable=False),
    Column("detail", Json),
    sqlite_autoincrement=True,
)

sources = Table(
    "sources",
    metadata,
    Column("source_id", Words, primary_key=True),
    Column("name", Words, nullable=False),
    Column("kind", Words),
    Column("url", Words),
    Column("cursor", Words),
    Column("etag", Words),
    Column("last_modified", Words),
    Column("next_poll_at", Instant),
    Column("failures", Integer, nullable=False),
    Column("failing_since", Instant),
    Column("last_success_at", Instant),
    Column("last_item_at", Instant),
    Column("error", Words),
    Column("covers", Json),  # country codes it speaks of, where known
    Column("watched", Boolean),  # false: it was polled once and is no more
    Column("interval_seconds", Integer),
    Column("items", Integer, nullable=False, server_default="0"),  # new ones, over all time
    Column("events", Integer, nullable=False, server_default="0"),  # that they brought
)

source_runs = Table(
    "source_runs",
    metadata,
    serial("run_id"),
    to("sources.source_id", "source_id", nullable=False),
    Column("ran_at", Instant, nullable=False),
    Column("ok", Boolean, nullable=False),
    Column("items", Integer, nullable=False),
    Column("error", Words),
    Index("ix_source_runs_ran", "source_id", "ran_at"),
    sqlite_autoincrement=True,
)

# Input that could not be used, with the reason: nothing is dropped in silence.
kept_aside = Table(
    "kept_aside",
    metadata,
    serial("kept_id"),
    Column("source_id", Words, nullable=False, index=True),
    Column("origin", Words, nullable=False),  # the file's name or the link
    Column("line", Integer),
    Column("reason", Words, nullable=False),
    Column("content", Words),
    Column("kept_at", Instant, nullable=False),
    sqlite_autoincrement=True,
)

# Places that were imported or learned from coordinates, beyond those embedded.
places = Table(
    "places",
    metadata,
    Column("place_id", Words, primary_key=True),
    Column("name", Words, nullable=False),
    Column("level", Words, nullable=False),
    Column("country_code", Words, index=True),
    Column("origin", Words, nullable=False),  # imported | learned
    Column("added_at", Instant, nullable=False),
    Column("place", Json, nullable=False),
)

place_names = Table(
    "place_names",
    metadata,
    to("places.place_id", "place_id", primary_key=True),
    Column("name", Words, primary_key=True, index=True),
)
