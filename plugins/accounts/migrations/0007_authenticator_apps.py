"""Authenticator apps and their recovery codes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gateway.sql import Instant, iso_datetime_check

revision = "accounts_0007"
down_revision = "accounts_0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "accounts_authenticator",
        sa.Column(
            "participant_id", sa.String(32), sa.ForeignKey("accounts_participant.id"), primary_key=True
        ),
        sa.Column("secret", sa.String(200), nullable=False),
        sa.Column("used_step", sa.BigInteger, nullable=False),
        sa.Column("registered_at", Instant, nullable=False),
        iso_datetime_check("registered_at"),
    )
    op.create_table(
        "accounts_recovery_code",
        sa.Column("code_hash", sa.String(64), primary_key=True),
        sa.Column("participant_id", sa.String(32), sa.ForeignKey("accounts_participant.id"), nullable=False),
        sa.Column("used_at", Instant),
        sa.CheckConstraint("length(code_hash) = 64", name="code_is_hashed"),
        iso_datetime_check("used_at"),
    )
    op.create_index("accounts_recovery_code_of_participant", "accounts_recovery_code", ["participant_id"])
