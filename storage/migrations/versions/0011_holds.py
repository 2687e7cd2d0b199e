"""An index of the events that are held back until an instant: each tick of the clock asks which may be shown."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_FEW = sa.text("held_until IS NOT NULL")


def upgrade() -> None:
    op.create_index("ix_events_held", "events", ["held_until"], sqlite_where=_FEW, postgresql_where=_FEW)


def downgrade() -> None:
    op.drop_index("ix_events_held", "events")
