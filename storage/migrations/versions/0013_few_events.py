"""Indices of the few: events that lasted long are found by both their days, those called a breach by their own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_LONG = sa.text("long_span = 1")
_BREACH = sa.text("breach > 0")


def upgrade() -> None:
    op.drop_index("ix_events_long", "events")
    op.create_index(
        "ix_events_long", "events", ["day_end", "day", "event_id"], sqlite_where=_LONG, postgresql_where=_LONG
    )
    op.create_index("ix_events_breach", "events", ["day", "event_id"], sqlite_where=_BREACH, postgresql_where=_BREACH)


def downgrade() -> None:
    op.drop_index("ix_events_breach", "events")
    op.drop_index("ix_events_long", "events")
    op.create_index("ix_events_long", "events", ["day_end"], sqlite_where=_LONG, postgresql_where=_LONG)
