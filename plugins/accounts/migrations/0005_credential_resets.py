"""Resets of credentials by officers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gateway.sql import Instant, iso_datetime_check

revision = "accounts_0005"
down_revision = "accounts_0004"
branch_labels = None
depends_on = None

OPEN = sa.text("state = 'REQUESTED'")


def upgrade() -> None:
    op.create_table(
        "accounts_credential_reset",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("participant_id", sa.String(32), sa.ForeignKey("accounts_participant.id"), nullable=False),
        sa.Column("agency_code", sa.String(5)),
        sa.Column("new_phone", sa.String(12), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "REQUESTED",
                "CONFIRMED",
                "REJECTED",
                "EXPIRED",
                name="reset_state_is_known",
                native_enum=False,
                create_constraint=True,
                length=16,
            ),
            nullable=False,
        ),
        sa.Column("requested_by", sa.String(64), nullable=False),
        sa.Column("requested_at", Instant, nullable=False),
        sa.Column("expires_at", Instant, nullable=False),
        sa.Column("decided_by", sa.String(64)),
        sa.Column("decided_at", Instant),
        sa.Column("rejection", sa.String(500)),
        sa.Column("sent_at", Instant),
        sa.Column("password_until", Instant),
        sa.CheckConstraint("decided_by <> requested_by", name="two_officers_decide"),
        sa.CheckConstraint("(decided_by IS NULL) = (decided_at IS NULL)", name="a_decision_has_a_time"),
        iso_datetime_check("requested_at"),
        iso_datetime_check("expires_at"),
        iso_datetime_check("decided_at"),
        iso_datetime_check("sent_at"),
        iso_datetime_check("password_until"),
    )
    op.create_index(
        "accounts_credential_reset_one_open",
        "accounts_credential_reset",
        ["participant_id"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
