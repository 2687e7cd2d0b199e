"""All versions of what a source published under one id, found at once: an edited item revises what it told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_reports_versions",
        "reports",
        ["source_id", "external_id"],
        sqlite_where=sa.text("kind != 'row'"),
        postgresql_where=sa.text("kind != 'row'"),
    )


def downgrade() -> None:
    op.drop_index("ix_reports_versions", "reports")
