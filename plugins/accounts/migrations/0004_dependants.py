"""Guardians of children."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gateway.sql import Instant, iso_datetime_check

revision = "accounts_0004"
down_revision = "accounts_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "accounts_dependant",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("guardian_id", sa.String(32), sa.ForeignKey("accounts_participant.id"), nullable=False),
        sa.Column("child_id", sa.String(32), sa.ForeignKey("accounts_participant.id"), nullable=False),
        sa.Column(
            "relation",
            sa.Enum(
                "MOTHER",
                "FATHER",
                "GUARDIAN",
                name="relation_is_known",
                native_enum=False,
                create_constraint=True,
                length=8,
            ),
            nullable=False,
        ),
        sa.Column("registered_at", Instant, nullable=False),
        sa.Column("ended_at", Instant),
        sa.CheckConstraint("guardian_id <> child_id", name="nobody_is_their_own_guardian"),
        iso_datetime_check("registered_at"),
        iso_datetime_check("ended_at"),
    )
    op.create_index(
        "accounts_dependant_registered_once",
        "accounts_dependant",
        ["guardian_id", "child_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
