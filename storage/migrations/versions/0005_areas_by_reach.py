"""Areas of subscriptions are in the order of their reach, what deliveries carry in the order of events."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.types import Words

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.execute("""CREATE TABLE migrating_areas AS
        SELECT a.area, CASE WHEN a.area LIKE 'cell:%' THEN coalesce(s.radius_km, 0) ELSE 0 END AS reach,
               a.subscription_id
        FROM subscription_areas a JOIN subscriptions s ON s.subscription_id = a.subscription_id""")
    op.drop_table("subscription_areas")
    op.create_table(
        "subscription_areas",
        sa.Column("area", Words(), nullable=False),
        sa.Column("reach", sa.Float(), nullable=False),
        sa.Column("subscription_id", _NUMBER, nullable=False),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["subscriptions.subscription_id"],
            name=op.f("fk_subscription_areas_subscription_id_subscriptions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("area", "reach", "subscription_id", name=op.f("pk_subscription_areas")),
        sqlite_with_rowid=False,
    )
    op.execute("""INSERT INTO subscription_areas (area, reach, subscription_id)
        SELECT area, reach, subscription_id FROM migrating_areas ORDER BY area, reach, subscription_id""")
    op.create_index(op.f("ix_subscription_areas_subscription_id"), "subscription_areas", ["subscription_id"])
    op.drop_table("migrating_areas")

    op.execute("""CREATE TABLE migrating_carried AS
        SELECT event_id, chat_id, part, revision_shown, delivery_id FROM delivery_events""")
    op.drop_table("delivery_events")
    op.create_table(
        "delivery_events",
        sa.Column("event_id", Words(), nullable=False),
        sa.Column("chat_id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("part", Words(), nullable=False),
        sa.Column("revision_shown", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("delivery_id", _NUMBER, nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery_id"],
            ["deliveries.delivery_id"],
            name=op.f("fk_delivery_events_delivery_id_deliveries"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("event_id", "chat_id", "part", "revision_shown", name=op.f("pk_delivery_events")),
        sqlite_with_rowid=False,
    )
    op.execute("""INSERT INTO delivery_events (event_id, chat_id, part, revision_shown, delivery_id)
        SELECT event_id, chat_id, part, revision_shown, delivery_id
        FROM migrating_carried ORDER BY event_id, chat_id, part, revision_shown""")
    op.create_index(op.f("ix_delivery_events_delivery_id"), "delivery_events", ["delivery_id"])
    op.drop_table("migrating_carried")
