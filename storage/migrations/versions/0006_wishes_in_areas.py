"""What a subscription asks for stands beside its areas, so that matching reads one table in its order."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.types import Words

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.execute("""CREATE TABLE migrating_areas AS
        SELECT a.area, a.reach, a.subscription_id, s.chat_id, s.thread_id, s.type_mask, s.minimum_severity,
               s.minimum_verification,
               CASE WHEN s.civilians_only THEN 1 ELSE 0 END + CASE WHEN s.breaches_only THEN 2 ELSE 0 END
               + CASE WHEN s.tags IS NULL THEN 0 ELSE 4 END
               + CASE WHEN s.paused OR c.state <> 'active' THEN 8 ELSE 0 END AS asks
        FROM subscription_areas a JOIN subscriptions s ON s.subscription_id = a.subscription_id
        JOIN chats c ON c.chat_id = s.chat_id""")
    op.drop_table("subscription_areas")
    op.create_table(
        "subscription_areas",
        sa.Column("area", Words(), nullable=False),
        sa.Column("reach", sa.Float(), nullable=False),
        sa.Column("subscription_id", _NUMBER, nullable=False),
        sa.Column("chat_id", _NUMBER, nullable=False),
        sa.Column("thread_id", sa.BigInteger(), nullable=True),
        sa.Column("type_mask", sa.BigInteger(), nullable=False),
        sa.Column("minimum_severity", sa.SmallInteger(), nullable=False),
        sa.Column("minimum_verification", Words(), nullable=False),
        sa.Column("asks", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["subscriptions.subscription_id"],
            name=op.f("fk_subscription_areas_subscription_id_subscriptions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("area", "reach", "subscription_id", name=op.f("pk_subscription_areas")),
        sqlite_with_rowid=False,
    )
    columns = (
        "area, reach, subscription_id, chat_id, thread_id, type_mask, minimum_severity, minimum_verification, asks"
    )
    op.execute(f"""INSERT INTO subscription_areas ({columns})
        SELECT {columns} FROM migrating_areas ORDER BY area, reach, subscription_id""")  # noqa: S608 (names of ours)
    op.create_index(op.f("ix_subscription_areas_subscription_id"), "subscription_areas", ["subscription_id"])
    op.drop_table("migrating_areas")
