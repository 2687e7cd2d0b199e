"""What answers are counted and added from, kept beside the events and filled from those that are there."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.deriving import derive_all
from storage.types import Instant, Words

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "event_counts",
        sa.Column("area", Words(), nullable=False),
        sa.Column("month", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("area", "month", "kind", name=op.f("pk_event_counts")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "event_marks",
        sa.Column("admin1_id", Words(), nullable=False),
        sa.Column("mark", Words(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("event_id", Words(), nullable=False),
        sa.Column("position", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("country_code", Words(), nullable=True),
        sa.Column("admin2_id", Words(), nullable=True),
        sa.Column("place_id", Words(), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("cell", sa.Integer(), nullable=True),
        sa.Column("day_end", sa.Date(), nullable=False),
        sa.Column("sort_at", Instant(), nullable=False),
        sa.Column("long_span", sa.SmallInteger(), nullable=True),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("low", sa.Integer(), nullable=True),
        sa.Column("best", sa.Integer(), nullable=True),
        sa.Column("high", sa.Integer(), nullable=True),
        sa.Column("wheres", Words(), nullable=False),
        sa.Column("voices", Words(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.event_id"], name=op.f("fk_event_marks_event_id_events"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("admin1_id", "mark", "day", "event_id", "position", name=op.f("pk_event_marks")),
        sqlite_with_rowid=False,
    )
    derive_all(op.get_bind())
    op.create_index(op.f("ix_event_marks_event_id"), "event_marks", ["event_id"])
    lasting = sa.text("long_span = 1")
    for area in ("country_code", "admin1_id", "admin2_id", "place_id", "cell", None):
        columns, name = (["mark"], "mark") if area is None else ([area, "mark"], area)
        if area != "admin1_id":
            op.create_index(f"ix_event_marks_{name}", "event_marks", [*columns, "day"])
        op.create_index(
            f"ix_event_marks_long_{name}",
            "event_marks",
            [*columns, "day_end"],
            sqlite_where=lasting,
            postgresql_where=lasting,
        )
