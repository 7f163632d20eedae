"""Participants, their credentials, and sessions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gateway.sql import Instant, iso_date_check, iso_datetime_check

revision = "accounts_0001"
down_revision = None
branch_labels = ("accounts",)
depends_on = None


def upgrade() -> None:
    op.create_table(
        "accounts_participant",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("social_security_code", sa.String(10), nullable=False, unique=True),
        sa.Column("full_name", sa.String(200), nullable=False),
        sa.Column("birth_date", sa.Date, nullable=False),
        sa.Column(
            "birth_date_precision", _one_of("birth_date_precision_is_known", 8, "DAY", "YEAR"), nullable=False
        ),
        sa.Column("sex", _one_of("sex_is_known", 8, "MALE", "FEMALE"), nullable=False),
        sa.CheckConstraint(
            "length(social_security_code) = 10 AND ltrim(social_security_code, '0123456789') = ''",
            name="social_security_code_has_ten_digits",
        ),
        iso_date_check("birth_date"),
    )
    op.create_table(
        "accounts_credential",
        sa.Column(
            "participant_id", sa.String(32), sa.ForeignKey("accounts_participant.id"), primary_key=True
        ),
        sa.Column("password_hash", sa.String(200), nullable=False),
        sa.Column("changed_at", Instant, nullable=False),
        iso_datetime_check("changed_at"),
    )
    op.create_table(
        "accounts_session",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("token_hash", sa.String(64), nullable=False, unique=True),
        sa.Column(
            "audience",
            _one_of("audience_is_known", 16, "PUBLIC", "PARTICIPANT", "OFFICER", "HOSPITAL"),
            nullable=False,
        ),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("scopes", sa.String, nullable=False),
        sa.Column("claims", sa.String, nullable=False),
        sa.Column("idle_seconds", sa.Integer),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("seen_at", Instant, nullable=False),
        sa.Column("expires_at", Instant, nullable=False),
        sa.Column("ended_at", Instant),
        sa.CheckConstraint("length(token_hash) = 64", name="token_is_hashed"),
        sa.CheckConstraint("idle_seconds > 0", name="idle_seconds_is_positive"),
        sa.CheckConstraint("expires_at > created_at", name="expires_after_creation"),
        *(iso_datetime_check(column) for column in ("created_at", "seen_at", "expires_at", "ended_at")),
    )


def _one_of(name: str, length: int, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=length)
