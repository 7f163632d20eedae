"""Messages as they arrived."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gateway.sql import Instant, iso_datetime_check

revision = "dev_inbox_0001"
down_revision = None
branch_labels = ("dev_inbox",)
depends_on = None


def upgrade() -> None:
    op.create_table(
        "dev_inbox_message",
        sa.Column("dedupe_key", sa.String(200), primary_key=True),
        sa.Column(
            "channel",
            sa.Enum(
                "SMS", "EMAIL", name="channel_is_known", native_enum=False, create_constraint=True, length=8
            ),
            nullable=False,
        ),
        sa.Column("recipient", sa.String(320), nullable=False),
        sa.Column("purpose", sa.String(40), nullable=False),
        sa.Column("subject", sa.String(200)),
        sa.Column("text", sa.String, nullable=False),
        sa.Column("delivered_at", Instant, nullable=False),
        iso_datetime_check("delivered_at"),
    )
    op.create_index("dev_inbox_message_delivered", "dev_inbox_message", ["delivered_at"])
