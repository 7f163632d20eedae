"""Periods of insurance, and entitlements."""

import sqlalchemy as sa
from alembic import op

from gateway import sql

revision = "records_0001"
down_revision = None
branch_labels = ("records",)
depends_on = None


def upgrade() -> None:
    op.create_table(
        "records_participation",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("participant_id", sa.String(32), nullable=False),
        sa.Column(
            "scheme",
            sa.Enum(
                "COMPULSORY",
                "VOLUNTARY",
                "UNEMPLOYMENT",
                name="scheme_is_known",
                native_enum=False,
                create_constraint=True,
                length=16,
            ),
            nullable=False,
        ),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("employer", sa.String(200), nullable=False),
        sa.Column("position", sa.String(100), nullable=False),
        sa.Column("salary", sa.BigInteger(), nullable=False),
        sa.Column("contribution", sa.BigInteger(), nullable=False),
        sa.Column("agency", sa.String(100), nullable=False),
        sa.CheckConstraint("salary >= 0 AND contribution >= 0", name="money_is_not_negative"),
        *(sql.iso_date_check(column) for column in ("valid_from", "valid_to")),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "records_participation_of_participant",
        "records_participation",
        ["participant_id", sa.text("valid_from DESC"), "id"],
    )
    op.create_table(
        "records_entitlement",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("participant_id", sa.String(32), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint("amount >= 0", name="amount_is_not_negative"),
        *(sql.iso_date_check(column) for column in ("valid_from", "valid_to")),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "records_entitlement_of_participant", "records_entitlement", ["participant_id", "valid_from", "id"]
    )
