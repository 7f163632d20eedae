"""Agencies (the centre alone), officers, enrolments, and sessions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gateway.sql import Instant, iso_datetime_check

revision = "officers_0001"
down_revision = None
branch_labels = ("officers",)
depends_on = None


def upgrade() -> None:
    agency = op.create_table(
        "officers_agency",
        sa.Column("code", sa.String(5), primary_key=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("above", sa.String(5), sa.ForeignKey("officers_agency.code")),
        sa.CheckConstraint(
            "length(code) IN (3, 5) AND ltrim(code, '0123456789') = ''", name="code_is_an_agency"
        ),
        sa.CheckConstraint("(above IS NULL) = (code = '000')", name="the_centre_is_above_all"),
        sa.CheckConstraint(
            "above IS NULL OR above = CASE WHEN length(code) = 5 THEN substr(code, 1, 3) ELSE '000' END",
            name="above_is_in_the_code",
        ),
    )
    op.bulk_insert(agency, [{"code": "000", "name": "Bảo hiểm xã hội Việt Nam", "above": None}])
    op.create_table(
        "officers_officer",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("user_name", sa.String(40), nullable=False, unique=True),
        sa.Column("full_name", sa.String(200), nullable=False),
        sa.Column("email", sa.String(200), nullable=False),
        sa.Column("agency_code", sa.String(5), sa.ForeignKey("officers_agency.code"), nullable=False),
        sa.Column("roles", sa.String(200), nullable=False),
        sa.Column("password_hash", sa.String(200), nullable=False),
        sa.Column("temporary_until", Instant),
        sa.Column("totp", sa.String(200)),
        sa.Column("used_step", sa.BigInteger),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("disabled_at", Instant),
        sa.CheckConstraint("user_name = lower(user_name)", name="user_name_is_lower_case"),
        sa.CheckConstraint("length(roles) > 0", name="roles_are_some"),
        sa.CheckConstraint("(totp IS NULL) = (temporary_until IS NOT NULL)", name="enrolled_or_temporary"),
        *(iso_datetime_check(column) for column in ("temporary_until", "created_at", "disabled_at")),
    )
    op.create_index("officers_officer_of_agency", "officers_officer", ["agency_code"])
    op.create_table(
        "officers_enrolment",
        sa.Column("officer_id", sa.String(32), sa.ForeignKey("officers_officer.id"), primary_key=True),
        sa.Column("ticket_hash", sa.String(64), nullable=False, unique=True),
        sa.Column("totp", sa.String(200), nullable=False),
        sa.Column("expires_at", Instant, nullable=False),
        iso_datetime_check("expires_at"),
    )
    op.create_table(
        "officers_session",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("officer_id", sa.String(32), sa.ForeignKey("officers_officer.id"), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False, unique=True),
        sa.Column("idle_seconds", sa.Integer, nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("seen_at", Instant, nullable=False),
        sa.Column("expires_at", Instant, nullable=False),
        sa.Column("ended_at", Instant),
        sa.CheckConstraint("length(token_hash) = 64", name="token_is_hashed"),
        sa.CheckConstraint("idle_seconds > 0", name="idle_seconds_is_positive"),
        sa.CheckConstraint("expires_at > created_at", name="expires_after_creation"),
        *(iso_datetime_check(column) for column in ("created_at", "seen_at", "expires_at", "ended_at")),
    )
    op.create_index("officers_session_of_officer", "officers_session", ["officer_id"])
