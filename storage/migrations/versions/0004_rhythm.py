"""A chat's own time: what breaks through, places snoozed, why a delivery waited; since when a chat is gone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.types import Json, Words

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("chats", sa.Column("quiet_breaks_breach", sa.Boolean(), nullable=True))
    op.add_column("chats", sa.Column("snoozed_places", Json(), nullable=True))
    op.add_column("chats", sa.Column("left_on", sa.Date(), nullable=True))
    op.add_column("deliveries", sa.Column("held", Words(), nullable=True))
