"""Messages to people."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gateway.sql import Instant, iso_datetime_check

revision = "outbox_0001"
down_revision = None
branch_labels = ("outbox",)
depends_on = None

WAITING = sa.text("state = 'WAITING'")
FINISHED = sa.text("finished_at IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "outbox_message",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("dedupe_key", sa.String(200), nullable=False, unique=True),
        sa.Column("channel", _one_of("channel_is_known", 8, "SMS", "EMAIL"), nullable=False),
        sa.Column("purpose", sa.String(40), nullable=False),
        sa.Column("recipient", sa.String(320)),
        sa.Column("subject", sa.String(200)),
        sa.Column("text", sa.String),
        sa.Column("secret", sa.Boolean, nullable=False),
        sa.Column("state", _one_of("state_is_known", 8, "WAITING", "SENT", "PARKED"), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("failure", sa.String(60)),
        sa.Column("posted_at", Instant, nullable=False),
        sa.Column("expires_at", Instant),
        sa.Column("due_at", Instant, nullable=False),
        sa.Column("lease", sa.String(32)),
        sa.Column("finished_at", Instant),
        sa.CheckConstraint(
            "state <> 'WAITING' OR (recipient IS NOT NULL AND text IS NOT NULL AND finished_at IS NULL)",
            name="waiting_can_be_sent",
        ),
        sa.CheckConstraint(
            "state = 'WAITING' OR (finished_at IS NOT NULL AND lease IS NULL)", name="finished_has_an_end"
        ),
        sa.CheckConstraint(
            "state <> 'SENT' AND (state <> 'PARKED' OR NOT secret)"
            " OR (recipient IS NULL AND subject IS NULL AND text IS NULL)",
            name="finished_is_wiped",
        ),
        *(iso_datetime_check(column) for column in ("posted_at", "expires_at", "due_at", "finished_at")),
    )
    op.create_index(
        "outbox_message_waiting",
        "outbox_message",
        ["channel", "due_at"],
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )
    op.create_index(
        "outbox_message_finished",
        "outbox_message",
        ["state", "finished_at"],
        sqlite_where=FINISHED,
        postgresql_where=FINISHED,
    )


def _one_of(name: str, length: int, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=length)
