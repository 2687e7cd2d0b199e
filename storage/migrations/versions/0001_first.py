"""The first schema: what is known, who is told, and what became of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.types import Instant, Json, Words

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ceasefires",
        sa.Column("ceasefire_id", Words(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("effective_to", sa.Date(), nullable=True),
        sa.Column("status", Words(), nullable=False),
        sa.Column("verified_on", sa.Date(), nullable=True),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.Column("ceasefire", Json(), nullable=False),
        sa.PrimaryKeyConstraint("ceasefire_id", name=op.f("pk_ceasefires")),
    )
    op.create_table(
        "changes",
        sa.Column(
            "change_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("event_id", Words(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("kind", Words(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.Column("report_id", Words(), nullable=True),
        sa.Column("absorbed_id", Words(), nullable=True),
        sa.Column("why", Words(), nullable=False),
        sa.Column("fields", Json(), nullable=True),
        sa.PrimaryKeyConstraint("change_id", name=op.f("pk_changes")),
        sa.UniqueConstraint("event_id", "revision", name=op.f("uq_changes_event_id_revision")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "chats",
        sa.Column("chat_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("telegram_id", Words(), nullable=False),
        sa.Column("kind", Words(), nullable=False),
        sa.Column("state", Words(), nullable=False),
        sa.Column("language", Words(), nullable=True),
        sa.Column("time_zone", Words(), nullable=True),
        sa.Column("quiet_from", sa.SmallInteger(), nullable=True),
        sa.Column("quiet_to", sa.SmallInteger(), nullable=True),
        sa.Column("quiet_breaks_at", sa.SmallInteger(), nullable=True),
        sa.Column("digest_at", sa.SmallInteger(), nullable=True),
        sa.Column("digest_weekday", sa.SmallInteger(), nullable=True),
        sa.Column("snoozed_until", Instant(), nullable=True),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("last_active_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("chat_id", name=op.f("pk_chats")),
        sa.UniqueConstraint("telegram_id", name=op.f("uq_chats_telegram_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_chats_idle", "chats", ["last_active_on"], unique=False)
    op.create_table(
        "cursors",
        sa.Column("name", Words(), nullable=False),
        sa.Column("change_id", sa.BigInteger(), nullable=False),
        sa.Column("moved_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_cursors")),
    )
    op.create_table(
        "events",
        sa.Column("event_id", Words(), nullable=False),
        sa.Column("short_id", Words(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("event_date", sa.Date(), nullable=True),
        sa.Column("event_date_end", sa.Date(), nullable=True),
        sa.Column("event_type", Words(), nullable=False),
        sa.Column("sub_event_type", Words(), nullable=False),
        sa.Column("place_id", Words(), nullable=True),
        sa.Column("level", Words(), nullable=True),
        sa.Column("country_code", Words(), nullable=True),
        sa.Column("admin1_id", Words(), nullable=True),
        sa.Column("admin2_id", Words(), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("cell", sa.Integer(), nullable=True),
        sa.Column("geo_precision", sa.SmallInteger(), nullable=True),
        sa.Column("actors", Words(), nullable=False),
        sa.Column("tags", Words(), nullable=False),
        sa.Column("civilian", sa.Boolean(), nullable=False),
        sa.Column("fatalities_low", sa.Integer(), nullable=True),
        sa.Column("fatalities_best", sa.Integer(), nullable=True),
        sa.Column("fatalities_high", sa.Integer(), nullable=True),
        sa.Column("casualties", Json(), nullable=True),
        sa.Column("originators", Json(), nullable=False),
        sa.Column("severity", sa.SmallInteger(), nullable=False),
        sa.Column("verification", Words(), nullable=False),
        sa.Column("status", Words(), nullable=False),
        sa.Column("assertion", Words(), nullable=False),
        sa.Column("disputed", Json(), nullable=True),
        sa.Column("episode", Words(), nullable=True),
        sa.Column("confidence", sa.Float(), nullable=True),
        sa.Column("breach", sa.SmallInteger(), nullable=False),
        sa.Column("facts", Json(), nullable=False),
        sa.Column("first_reported_at", Instant(), nullable=True),
        sa.Column("last_claim_at", Instant(), nullable=True),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.Column("merged_into", Words(), nullable=True),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("held_until", Instant(), nullable=True),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("retracted", sa.Boolean(), nullable=False),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("day_end", sa.Date(), nullable=True),
        sa.Column("sort_at", Instant(), nullable=False),
        sa.Column("long_span", sa.SmallInteger(), nullable=True),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_events")),
    )
    op.create_index(
        "ix_events_admin1_id",
        "events",
        ["admin1_id", "listed", "day", "sort_at", "event_id", "day_end", "kind"],
        unique=False,
    )
    op.create_index(
        "ix_events_admin2_id",
        "events",
        ["admin2_id", "listed", "day", "sort_at", "event_id", "day_end", "kind"],
        unique=False,
    )
    op.create_index(
        "ix_events_cell", "events", ["cell", "listed", "day", "sort_at", "event_id", "day_end", "kind"], unique=False
    )
    op.create_index(
        "ix_events_country_code",
        "events",
        ["country_code", "listed", "day", "sort_at", "event_id", "day_end", "kind"],
        unique=False,
    )
    op.create_index(op.f("ix_events_episode"), "events", ["episode"], unique=False)
    op.create_index(
        "ix_events_long",
        "events",
        ["day_end"],
        unique=False,
        sqlite_where=sa.text("long_span = 1"),
        postgresql_where=sa.text("long_span = 1"),
    )
    op.create_index(op.f("ix_events_merged_into"), "events", ["merged_into"], unique=False)
    op.create_index(
        "ix_events_order", "events", ["listed", "day", "sort_at", "event_id", "day_end", "kind"], unique=False
    )
    op.create_index(
        "ix_events_place_id",
        "events",
        ["place_id", "listed", "day", "sort_at", "event_id", "day_end", "kind"],
        unique=False,
    )
    op.create_index(op.f("ix_events_short_id"), "events", ["short_id"], unique=False)
    op.create_table(
        "kept_aside",
        sa.Column("kept_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("source_id", Words(), nullable=False),
        sa.Column("origin", Words(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=True),
        sa.Column("reason", Words(), nullable=False),
        sa.Column("content", Words(), nullable=True),
        sa.Column("kept_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("kept_id", name=op.f("pk_kept_aside")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_kept_aside_source_id"), "kept_aside", ["source_id"], unique=False)
    op.create_table(
        "leases",
        sa.Column("name", Words(), nullable=False),
        sa.Column("holder", Words(), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
    )
    op.create_table(
        "operator_actions",
        sa.Column(
            "action_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("operator", Words(), nullable=False),
        sa.Column("action", Words(), nullable=False),
        sa.Column("subject", Words(), nullable=False),
        sa.Column("acted_at", Instant(), nullable=False),
        sa.Column("detail", Json(), nullable=True),
        sa.PrimaryKeyConstraint("action_id", name=op.f("pk_operator_actions")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_operator_actions_subject"), "operator_actions", ["subject"], unique=False)
    op.create_table(
        "places",
        sa.Column("place_id", Words(), nullable=False),
        sa.Column("name", Words(), nullable=False),
        sa.Column("level", Words(), nullable=False),
        sa.Column("country_code", Words(), nullable=True),
        sa.Column("origin", Words(), nullable=False),
        sa.Column("added_at", Instant(), nullable=False),
        sa.Column("place", Json(), nullable=False),
        sa.PrimaryKeyConstraint("place_id", name=op.f("pk_places")),
    )
    op.create_index(op.f("ix_places_country_code"), "places", ["country_code"], unique=False)
    op.create_table(
        "reports",
        sa.Column("report_id", Words(), nullable=False),
        sa.Column("source_id", Words(), nullable=False),
        sa.Column("publisher", Words(), nullable=False),
        sa.Column("kind", Words(), nullable=False),
        sa.Column("text", Words(), nullable=False),
        sa.Column("title", Words(), nullable=True),
        sa.Column("url", Words(), nullable=True),
        sa.Column("language", Words(), nullable=True),
        sa.Column("published_at", Instant(), nullable=True),
        sa.Column("retrieved_at", Instant(), nullable=True),
        sa.Column("external_id", Words(), nullable=True),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=True),
        sa.Column("copy_of", Words(), nullable=True),
        sa.Column("outcome", Words(), nullable=True),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_reports")),
    )
    op.create_index(op.f("ix_reports_source_id"), "reports", ["source_id"], unique=False)
    op.create_table(
        "seen_updates",
        sa.Column("update_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("update_id", name=op.f("pk_seen_updates")),
    )
    op.create_index(op.f("ix_seen_updates_seen_at"), "seen_updates", ["seen_at"], unique=False)
    op.create_table(
        "send_halts",
        sa.Column("scope", Words(), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.Column("reason", Words(), nullable=True),
        sa.PrimaryKeyConstraint("scope", name=op.f("pk_send_halts")),
    )
    op.create_table(
        "sources",
        sa.Column("source_id", Words(), nullable=False),
        sa.Column("name", Words(), nullable=False),
        sa.Column("kind", Words(), nullable=True),
        sa.Column("url", Words(), nullable=True),
        sa.Column("cursor", Words(), nullable=True),
        sa.Column("etag", Words(), nullable=True),
        sa.Column("last_modified", Words(), nullable=True),
        sa.Column("next_poll_at", Instant(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failing_since", Instant(), nullable=True),
        sa.Column("last_success_at", Instant(), nullable=True),
        sa.Column("last_item_at", Instant(), nullable=True),
        sa.Column("error", Words(), nullable=True),
        sa.Column("covers", Json(), nullable=True),
        sa.PrimaryKeyConstraint("source_id", name=op.f("pk_sources")),
    )
    op.create_table(
        "webhook_inbox",
        sa.Column("update_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("claimed_by", Words(), nullable=True),
        sa.Column("claimed_at", Instant(), nullable=True),
        sa.Column("body", Json(), nullable=False),
        sa.PrimaryKeyConstraint("update_id", name=op.f("pk_webhook_inbox")),
    )
    op.create_table(
        "breach_tallies",
        sa.Column("tally_id", Words(), nullable=False),
        sa.Column("report_id", Words(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=True),
        sa.Column("period_end", sa.Date(), nullable=True),
        sa.Column("as_of", sa.Date(), nullable=True),
        sa.Column("published_at", Instant(), nullable=True),
        sa.Column("tally", Json(), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["reports.report_id"], name=op.f("fk_breach_tallies_report_id_reports"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tally_id", name=op.f("pk_breach_tallies")),
    )
    op.create_index(op.f("ix_breach_tallies_report_id"), "breach_tallies", ["report_id"], unique=False)
    op.create_table(
        "ceasefire_areas",
        sa.Column("ceasefire_id", Words(), nullable=False),
        sa.Column("place_id", Words(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ceasefire_id"],
            ["ceasefires.ceasefire_id"],
            name=op.f("fk_ceasefire_areas_ceasefire_id_ceasefires"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("ceasefire_id", "place_id", name=op.f("pk_ceasefire_areas")),
    )
    op.create_index(op.f("ix_ceasefire_areas_place_id"), "ceasefire_areas", ["place_id"], unique=False)
    op.create_table(
        "ceasefire_parties",
        sa.Column("ceasefire_id", Words(), nullable=False),
        sa.Column("actor_id", Words(), nullable=False),
        sa.Column("role", Words(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ceasefire_id"],
            ["ceasefires.ceasefire_id"],
            name=op.f("fk_ceasefire_parties_ceasefire_id_ceasefires"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("ceasefire_id", "actor_id", "role", name=op.f("pk_ceasefire_parties")),
    )
    op.create_index(op.f("ix_ceasefire_parties_actor_id"), "ceasefire_parties", ["actor_id"], unique=False)
    op.create_table(
        "claims",
        sa.Column("claim_id", Words(), nullable=False),
        sa.Column("event_id", Words(), nullable=False),
        sa.Column("report_id", Words(), nullable=False),
        sa.Column("first_event_id", Words(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("publisher", Words(), nullable=False),
        sa.Column("originator", Words(), nullable=True),
        sa.Column("originator_kind", Words(), nullable=False),
        sa.Column("carrier", Words(), nullable=True),
        sa.Column("voices", Words(), nullable=False),
        sa.Column("evidence_start", sa.Integer(), nullable=True),
        sa.Column("evidence_end", sa.Integer(), nullable=True),
        sa.Column("evidence_text", Words(), nullable=True),
        sa.Column("url", Words(), nullable=True),
        sa.Column("published_at", Instant(), nullable=True),
        sa.Column("retrieved_at", Instant(), nullable=True),
        sa.Column("denies", sa.Boolean(), nullable=False),
        sa.Column("responsibility", Words(), nullable=True),
        sa.Column("superseded", sa.Boolean(), nullable=False),
        sa.Column("facts", Json(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.event_id"], name=op.f("fk_claims_event_id_events"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["report_id"], ["reports.report_id"], name=op.f("fk_claims_report_id_reports"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("claim_id", name=op.f("pk_claims")),
    )
    op.create_index(op.f("ix_claims_event_id"), "claims", ["event_id"], unique=False)
    op.create_index(op.f("ix_claims_report_id"), "claims", ["report_id"], unique=False)
    op.create_table(
        "deliveries",
        sa.Column(
            "delivery_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("chat_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("thread_id", sa.BigInteger(), nullable=True),
        sa.Column("part", Words(), nullable=False),
        sa.Column("state", Words(), nullable=False),
        sa.Column("lane", sa.SmallInteger(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("next_attempt_at", Instant(), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("claimed_by", Words(), nullable=True),
        sa.Column("claimed_at", Instant(), nullable=True),
        sa.Column("settled_at", Instant(), nullable=True),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("silent", sa.Boolean(), nullable=False),
        sa.Column("repeated", sa.Boolean(), nullable=False),
        sa.Column("edit_of", sa.BigInteger(), nullable=True),
        sa.Column("change_id", sa.BigInteger(), nullable=True),
        sa.Column("subscription_ids", Json(), nullable=True),
        sa.Column("error", Words(), nullable=True),
        sa.ForeignKeyConstraint(
            ["chat_id"], ["chats.chat_id"], name=op.f("fk_deliveries_chat_id_chats"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("delivery_id", name=op.f("pk_deliveries")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_deliveries_chat_id"), "deliveries", ["chat_id"], unique=False)
    op.create_index(
        "ix_deliveries_due", "deliveries", ["state", "lane", "next_attempt_at", "delivery_id"], unique=False
    )
    op.create_table(
        "event_links",
        sa.Column("event_id", Words(), nullable=False),
        sa.Column("other_id", Words(), nullable=False),
        sa.Column("kind", Words(), nullable=False),
        sa.Column("why", Words(), nullable=False),
        sa.Column("linked_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.event_id"], name=op.f("fk_event_links_event_id_events"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["other_id"], ["events.event_id"], name=op.f("fk_event_links_other_id_events"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("event_id", "other_id", "kind", name=op.f("pk_event_links")),
    )
    op.create_table(
        "event_places",
        sa.Column("event_id", Words(), nullable=False),
        sa.Column("position", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("place_id", Words(), nullable=True),
        sa.Column("level", Words(), nullable=True),
        sa.Column("country_code", Words(), nullable=True),
        sa.Column("admin1_id", Words(), nullable=True),
        sa.Column("admin2_id", Words(), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("cell", sa.Integer(), nullable=True),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("day_end", sa.Date(), nullable=True),
        sa.Column("sort_at", Instant(), nullable=False),
        sa.Column("long_span", sa.SmallInteger(), nullable=True),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.event_id"], name=op.f("fk_event_places_event_id_events"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("event_id", "position", name=op.f("pk_event_places")),
    )
    op.create_index(
        "ix_event_places_admin1_id",
        "event_places",
        ["admin1_id", "listed", "day", "sort_at", "event_id", "day_end", "kind"],
        unique=False,
    )
    op.create_index(
        "ix_event_places_admin2_id",
        "event_places",
        ["admin2_id", "listed", "day", "sort_at", "event_id", "day_end", "kind"],
        unique=False,
    )
    op.create_index(
        "ix_event_places_cell",
        "event_places",
        ["cell", "listed", "day", "sort_at", "event_id", "day_end", "kind"],
        unique=False,
    )
    op.create_index(
        "ix_event_places_country_code",
        "event_places",
        ["country_code", "listed", "day", "sort_at", "event_id", "day_end", "kind"],
        unique=False,
    )
    op.create_index(
        "ix_event_places_place_id",
        "event_places",
        ["place_id", "listed", "day", "sort_at", "event_id", "day_end", "kind"],
        unique=False,
    )
    op.create_table(
        "event_revisions",
        sa.Column("event_id", Words(), nullable=False),
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("facts", Json(), nullable=False),
        sa.Column("severity", sa.SmallInteger(), nullable=False),
        sa.Column("verification", Words(), nullable=False),
        sa.Column("originators", Json(), nullable=False),
        sa.Column("disputed", Json(), nullable=True),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.event_id"], name=op.f("fk_event_revisions_event_id_events"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("event_id", "revision", name=op.f("pk_event_revisions")),
    )
    op.create_table(
        "place_names",
        sa.Column("place_id", Words(), nullable=False),
        sa.Column("name", Words(), nullable=False),
        sa.ForeignKeyConstraint(
            ["place_id"], ["places.place_id"], name=op.f("fk_place_names_place_id_places"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("place_id", "name", name=op.f("pk_place_names")),
    )
    op.create_index(op.f("ix_place_names_name"), "place_names", ["name"], unique=False)
    op.create_table(
        "source_runs",
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("source_id", Words(), nullable=False),
        sa.Column("ran_at", Instant(), nullable=False),
        sa.Column("ok", sa.Boolean(), nullable=False),
        sa.Column("items", sa.Integer(), nullable=False),
        sa.Column("error", Words(), nullable=True),
        sa.ForeignKeyConstraint(
            ["source_id"], ["sources.source_id"], name=op.f("fk_source_runs_source_id_sources"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_source_runs")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_source_runs_ran", "source_runs", ["source_id", "ran_at"], unique=False)
    op.create_table(
        "subscriptions",
        sa.Column(
            "subscription_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("chat_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("thread_id", sa.BigInteger(), nullable=True),
        sa.Column("place_ids", Json(), nullable=True),
        sa.Column("cell_y", sa.Integer(), nullable=True),
        sa.Column("cell_x", sa.Integer(), nullable=True),
        sa.Column("radius_km", sa.Float(), nullable=True),
        sa.Column("event_types", Json(), nullable=True),
        sa.Column("sub_event_types", Json(), nullable=True),
        sa.Column("type_mask", sa.BigInteger(), nullable=False),
        sa.Column("tags", Json(), nullable=True),
        sa.Column("breaches_only", sa.Boolean(), nullable=False),
        sa.Column("civilians_only", sa.Boolean(), nullable=False),
        sa.Column("minimum_severity", sa.SmallInteger(), nullable=False),
        sa.Column("minimum_verification", Words(), nullable=False),
        sa.Column("coarser_too", sa.Boolean(), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("snoozed_until", Instant(), nullable=True),
        sa.Column("created_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["chat_id"], ["chats.chat_id"], name=op.f("fk_subscriptions_chat_id_chats"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("subscription_id", name=op.f("pk_subscriptions")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_subscriptions_chat_id"), "subscriptions", ["chat_id"], unique=False)
    op.create_table(
        "toll_reports",
        sa.Column("toll_id", Words(), nullable=False),
        sa.Column("report_id", Words(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=True),
        sa.Column("period_end", sa.Date(), nullable=True),
        sa.Column("as_of", sa.Date(), nullable=True),
        sa.Column("status", Words(), nullable=False),
        sa.Column("published_at", Instant(), nullable=True),
        sa.Column("toll", Json(), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["reports.report_id"], name=op.f("fk_toll_reports_report_id_reports"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("toll_id", name=op.f("pk_toll_reports")),
    )
    op.create_index(op.f("ix_toll_reports_report_id"), "toll_reports", ["report_id"], unique=False)
    op.create_table(
        "delivery_events",
        sa.Column("delivery_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("event_id", Words(), nullable=False),
        sa.Column("revision_shown", sa.Integer(), nullable=False),
        sa.Column("chat_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("part", Words(), nullable=False),
        sa.ForeignKeyConstraint(
            ["chat_id"], ["chats.chat_id"], name=op.f("fk_delivery_events_chat_id_chats"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["delivery_id"],
            ["deliveries.delivery_id"],
            name=op.f("fk_delivery_events_delivery_id_deliveries"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("delivery_id", "event_id", name=op.f("pk_delivery_events")),
        sa.UniqueConstraint(
            "chat_id",
            "event_id",
            "revision_shown",
            "part",
            name=op.f("uq_delivery_events_chat_id_event_id_revision_shown_part"),
        ),
    )
    op.create_index("ix_delivery_events_event", "delivery_events", ["event_id"], unique=False)
    op.create_table(
        "subscription_areas",
        sa.Column("area", Words(), nullable=False),
        sa.Column("subscription_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["subscriptions.subscription_id"],
            name=op.f("fk_subscription_areas_subscription_id_subscriptions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("area", "subscription_id", name=op.f("pk_subscription_areas")),
    )
    op.create_index(
        op.f("ix_subscription_areas_subscription_id"), "subscription_areas", ["subscription_id"], unique=False
    )
    op.create_table(
        "tally_places",
        sa.Column("tally_id", Words(), nullable=False),
        sa.Column("position", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("place_id", Words(), nullable=True),
        sa.Column("level", Words(), nullable=True),
        sa.Column("country_code", Words(), nullable=True),
        sa.Column("admin1_id", Words(), nullable=True),
        sa.Column("admin2_id", Words(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tally_id"],
            ["breach_tallies.tally_id"],
            name=op.f("fk_tally_places_tally_id_breach_tallies"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tally_id", "position", name=op.f("pk_tally_places")),
    )
    op.create_index("ix_tally_places_admin1_id", "tally_places", ["admin1_id"], unique=False)
    op.create_index("ix_tally_places_admin2_id", "tally_places", ["admin2_id"], unique=False)
    op.create_index("ix_tally_places_country_code", "tally_places", ["country_code"], unique=False)
    op.create_index("ix_tally_places_place_id", "tally_places", ["place_id"], unique=False)
    op.create_table(
        "toll_places",
        sa.Column("toll_id", Words(), nullable=False),
        sa.Column("position", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("place_id", Words(), nullable=True),
        sa.Column("level", Words(), nullable=True),
        sa.Column("country_code", Words(), nullable=True),
        sa.Column("admin1_id", Words(), nullable=True),
        sa.Column("admin2_id", Words(), nullable=True),
        sa.ForeignKeyConstraint(
            ["toll_id"], ["toll_reports.toll_id"], name=op.f("fk_toll_places_toll_id_toll_reports"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("toll_id", "position", name=op.f("pk_toll_places")),
    )
    op.create_index("ix_toll_places_admin1_id", "toll_places", ["admin1_id"], unique=False)
    op.create_index("ix_toll_places_admin2_id", "toll_places", ["admin2_id"], unique=False)
    op.create_index("ix_toll_places_country_code", "toll_places", ["country_code"], unique=False)
    op.create_index("ix_toll_places_place_id", "toll_places", ["place_id"], unique=False)
