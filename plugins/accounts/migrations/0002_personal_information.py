"""Contacts, addresses, identity papers, and the agency that looks after a person."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "accounts_0002"
down_revision = "accounts_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "accounts_contact",
        _participant(),
        sa.Column("phone", sa.String(12)),
        sa.Column("email", sa.String(254)),
        sa.CheckConstraint(
            "length(phone) = 12 AND phone LIKE '+84%' AND ltrim(substr(phone, 2), '0123456789') = ''",
            name="phone_is_vietnamese",
        ),
        sa.CheckConstraint("email LIKE '_%@_%'", name="email_is_an_address"),
    )
    op.create_table(
        "accounts_address",
        _participant(),
        sa.Column("line", sa.String(300), nullable=False),
        sa.Column("commune", sa.String(100)),
        sa.Column("district", sa.String(100)),
        sa.Column("province_key", sa.String(5), nullable=False),
        sa.CheckConstraint(
            "province_key LIKE '63:__' OR province_key LIKE '34:__'", name="province_key_is_era_and_code"
        ),
    )
    op.create_table(
        "accounts_identity_document",
        _participant(),
        sa.Column(
            "kind",
            sa.Enum(
                "CMND",
                "CCCD",
                "PASSPORT",
                name="identity_kind_is_known",
                native_enum=False,
                create_constraint=True,
                length=8,
            ),
            nullable=False,
        ),
        sa.Column("number", sa.String(12), nullable=False),
        sa.CheckConstraint(
            "kind = 'CMND' AND length(number) = 9 AND ltrim(number, '0123456789') = ''"
            " OR kind = 'CCCD' AND length(number) = 12 AND ltrim(number, '0123456789') = ''"
            " OR kind = 'PASSPORT' AND length(number) BETWEEN 6 AND 12",
            name="number_fits_its_kind",
        ),
    )
    with op.batch_alter_table("accounts_participant") as participant:
        participant.add_column(sa.Column("agency_code", sa.String(5)))
        participant.create_check_constraint(
            "agency_code_has_five_digits", "length(agency_code) = 5 AND ltrim(agency_code, '0123456789') = ''"
        )


def _participant() -> sa.Column[str]:
    return sa.Column(
        "participant_id", sa.String(32), sa.ForeignKey("accounts_participant.id"), primary_key=True
    )
