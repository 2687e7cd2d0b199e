"""What operators set right in an event: it stands over what the claims say, however often they are folded again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.types import Json

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("events", sa.Column("corrections", Json(), nullable=True))


def downgrade() -> None:
    op.drop_column("events", "corrections")
