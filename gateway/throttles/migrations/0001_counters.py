"""Counters of attempts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gateway.sql import Instant, iso_datetime_check

revision = "throttles_0001"
down_revision = None
branch_labels = ("throttles",)
depends_on = None


def upgrade() -> None:
    op.create_table(
        "throttles_counter",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("again_at", Instant, nullable=False),
        sa.Column("expires_at", Instant, nullable=False),
        sa.CheckConstraint("length(key) = 64", name="key_is_hashed"),
        sa.CheckConstraint("attempts >= 1", name="attempts_are_counted"),
        iso_datetime_check("again_at"),
        iso_datetime_check("expires_at"),
    )
    op.create_index("throttles_counter_expiry", "throttles_counter", ["expires_at"])
