"""A stamp for each area, changed with what answers add up there: sums are kept as long as it stays."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.types import Words

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "area_stamps",
        sa.Column("area", Words(), nullable=False),
        sa.Column("stamp", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("area", name=op.f("pk_area_stamps")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("area_stamps")
