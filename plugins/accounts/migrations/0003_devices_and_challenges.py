"""Devices, challenges, former passwords, and one session for each participant."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gateway.sql import Instant, iso_datetime_check

revision = "accounts_0003"
down_revision = "accounts_0002"
branch_labels = None
depends_on = None

LIVE = sa.text("audience = 'PARTICIPANT' AND ended_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "accounts_device",
        sa.Column("id", sa.String(32), primary_key=True),
        _participant(),
        sa.Column("place", sa.String(64), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("platform", _one_of("platform_is_known", 8, "ANDROID", "IOS", "OTHER"), nullable=False),
        sa.Column("since", Instant, nullable=False),
        sa.UniqueConstraint("participant_id", "place", name="a_device_of_a_participant"),
        sa.CheckConstraint("length(place) = 64", name="place_is_hashed"),
        iso_datetime_check("since"),
    )
    op.create_table(
        "accounts_former_password",
        sa.Column("id", sa.String(32), primary_key=True),
        _participant(),
        sa.Column("password_hash", sa.String(200), nullable=False),
        sa.Column("replaced_at", Instant, nullable=False),
        iso_datetime_check("replaced_at"),
    )
    op.create_index("accounts_former_password_of_participant", "accounts_former_password", ["participant_id"])
    _create_challenges()
    with op.batch_alter_table("accounts_credential") as credential:
        credential.add_column(sa.Column("temporary", sa.Boolean, nullable=False, server_default=sa.false()))
    _keep_one_session()


def _create_challenges() -> None:
    op.create_table(
        "accounts_challenge",
        sa.Column("id", sa.String(64), primary_key=True),
        _participant(),
        sa.Column("purpose", sa.String(32), nullable=False),
        sa.Column("place", sa.String(64), nullable=False),
        sa.Column("payload", sa.Text),
        sa.Column("phone", sa.String(12)),
        sa.Column("code_hash", sa.String(64)),
        sa.Column("code_until", Instant),
        sa.Column("codes", sa.Integer, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("expires_at", Instant, nullable=False),
        sa.Column("used_at", Instant),
        sa.CheckConstraint("length(id) = 64", name="token_is_hashed"),
        sa.CheckConstraint("(code_hash IS NULL) = (code_until IS NULL)", name="a_code_has_an_end"),
        sa.CheckConstraint("code_until <= expires_at", name="a_code_ends_with_its_challenge"),
        sa.CheckConstraint("tries BETWEEN 0 AND 5", name="tries_are_counted"),
        *(iso_datetime_check(column) for column in ("code_until", "expires_at", "used_at")),
    )
    op.create_index("accounts_challenge_of_participant", "accounts_challenge", ["participant_id"])
    op.create_index("accounts_challenge_expiry", "accounts_challenge", ["expires_at"])


def _keep_one_session() -> None:
    with op.batch_alter_table("accounts_session") as session:
        endings = "SIGNED_OUT", "REPLACED", "PASSWORD_CHANGED", "REVOKED"
        session.add_column(sa.Column("ending", _one_of("ending_is_known", 32, *endings)))
        session.add_column(sa.Column("device_id", sa.String(32)))
        session.create_foreign_key("session_is_on_a_device", "accounts_device", ["device_id"], ["id"])
    # Of several sessions of one participant the latest stays.
    op.execute(
        "UPDATE accounts_session SET ended_at = seen_at, ending = 'REPLACED'"
        " WHERE audience = 'PARTICIPANT' AND ended_at IS NULL AND EXISTS ("
        "SELECT 1 FROM accounts_session AS later WHERE later.audience = 'PARTICIPANT'"
        " AND later.ended_at IS NULL AND later.subject = accounts_session.subject"
        " AND (later.created_at > accounts_session.created_at"
        " OR later.created_at = accounts_session.created_at AND later.id > accounts_session.id))"
    )
    op.create_index(
        "accounts_session_one_device",
        "accounts_session",
        ["subject"],
        unique=True,
        sqlite_where=LIVE,
        postgresql_where=LIVE,
    )


def _participant() -> sa.Column[str]:
    return sa.Column(
        "participant_id", sa.String(32), sa.ForeignKey("accounts_participant.id"), nullable=False
    )


def _one_of(name: str, length: int, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=length)
