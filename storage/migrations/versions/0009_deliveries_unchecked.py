"""Deliveries refer to chats without a check, and so does what they carry: one event writes 75,000 at once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.types import Instant, Json, Words

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint("fk_deliveries_chat_id_chats", "deliveries", type_="foreignkey")
        op.drop_constraint("fk_delivery_events_delivery_id_deliveries", "delivery_events", type_="foreignkey")
    else:
        _rebuild_on_sqlite()


def _rebuild_on_sqlite() -> None:
    """SQLite drops no constraint: the tables are made anew. Numbers given once are not given again."""
    last = op.get_bind().execute(sa.text("SELECT seq FROM sqlite_sequence WHERE name = 'deliveries'")).scalar()
    op.execute("CREATE TABLE migrating_carried AS SELECT * FROM delivery_events")
    op.execute("CREATE TABLE migrating_deliveries AS SELECT * FROM deliveries")
    op.drop_table("delivery_events")
    op.drop_table("deliveries")
    op.create_table(
        "deliveries",
        sa.Column("delivery_id", _NUMBER, primary_key=True, nullable=False),
        sa.Column("chat_id", _NUMBER, nullable=False),
        sa.Column("thread_id", sa.BigInteger()),
        sa.Column("part", Words(), nullable=False),
        sa.Column("state", Words(), nullable=False),
        sa.Column("lane", sa.SmallInteger(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("next_attempt_at", Instant(), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("claimed_by", Words()),
        sa.Column("claimed_at", Instant()),
        sa.Column("settled_at", Instant()),
        sa.Column("message_id", sa.BigInteger()),
        sa.Column("silent", sa.Boolean(), nullable=False),
        sa.Column("repeated", sa.Boolean(), nullable=False),
        sa.Column("edit_of", sa.BigInteger()),
        sa.Column("change_id", sa.BigInteger()),
        sa.Column("subscription_ids", Json()),
        sa.Column("error", Words()),
        sa.Column("held", Words()),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "delivery_events",
        sa.Column("event_id", Words(), nullable=False),
        sa.Column("chat_id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("part", Words(), nullable=False),
        sa.Column("revision_shown", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("delivery_id", _NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("event_id", "chat_id", "part", "revision_shown", name=op.f("pk_delivery_events")),
        sqlite_with_rowid=False,
    )
    for table, kept in (("deliveries", "migrating_deliveries"), ("delivery_events", "migrating_carried")):
        columns = ", ".join(row[1] for row in op.get_bind().execute(sa.text(f"PRAGMA table_info({table})")))
        op.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {kept}")  # noqa: S608 (names of ours)
        op.drop_table(kept)
    if last is not None:
        op.execute("DELETE FROM sqlite_sequence WHERE name = 'deliveries'")
        op.execute(f"INSERT INTO sqlite_sequence (name, seq) VALUES ('deliveries', {int(last)})")  # noqa: S608
    op.create_index(op.f("ix_deliveries_chat_id"), "deliveries", ["chat_id"])
    op.create_index("ix_deliveries_due", "deliveries", ["state", "lane", "next_attempt_at", "delivery_id"])
    op.create_index(op.f("ix_delivery_events_delivery_id"), "delivery_events", ["delivery_id"])
