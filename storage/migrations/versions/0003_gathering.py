"""Sources are polled: how often, which items were seen, what came of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.types import Instant, Words

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sources", sa.Column("watched", sa.Boolean(), nullable=True))
    op.add_column("sources", sa.Column("interval_seconds", sa.Integer(), nullable=True))
    op.add_column("sources", sa.Column("items", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("sources", sa.Column("events", sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "source_items",
        sa.Column("source_id", Words(), nullable=False),
        sa.Column("item_id", Words(), nullable=False),
        sa.Column("content_hash", Words(), nullable=False),
        sa.Column("report_id", Words(), nullable=False),
        sa.Column("published_at", Instant(), nullable=True),
        sa.Column("versions", sa.SmallInteger(), nullable=False),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"], ["sources.source_id"], name=op.f("fk_source_items_source_id_sources"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("source_id", "item_id", name=op.f("pk_source_items")),
    )
