"""Whose turn it is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gateway.sql import Instant, iso_datetime_check

revision = "jobs_0001"
down_revision = None
branch_labels = ("jobs",)
depends_on = None


def upgrade() -> None:
    op.create_table(
        "jobs_turn",
        sa.Column("job", sa.String(120), primary_key=True),
        sa.Column("due_at", Instant, nullable=False),
        sa.Column("succeeded_at", Instant),
        *(iso_datetime_check(column) for column in ("due_at", "succeeded_at")),
    )
