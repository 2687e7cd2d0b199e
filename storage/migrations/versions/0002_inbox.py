"""The webhook's inbox knows the chat of an update and how often it was begun."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.types import Words

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("webhook_inbox", sa.Column("chat", Words(), nullable=True))
    op.add_column("webhook_inbox", sa.Column("attempts", sa.SmallInteger(), nullable=False, server_default="0"))
    op.create_index("ix_webhook_inbox_chat", "webhook_inbox", ["chat"])
