"""Household members and payment orders."""

import sqlalchemy as sa
from alembic import op

from gateway import sql

revision = "household_payment_0001"
down_revision = None
branch_labels = ("household_payment",)
depends_on = None


def upgrade() -> None:
    op.create_table(
        "household_payment_member",
        sa.Column("participant_id", sa.String(32), nullable=False),
        sa.Column("household_code", sa.String(10), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("agency", sa.String(5), nullable=False),
        sa.CheckConstraint("position >= 1", name="position_counts_from_one"),
        sa.PrimaryKeyConstraint("participant_id"),
    )
    op.create_table(
        "household_payment_order",
        sa.Column("reference", sa.String(20), nullable=False),
        sa.Column("participant_id", sa.String(32), nullable=False),
        sa.Column("agency", sa.String(5), nullable=False),
        sa.Column("period", _one_of("period_is_known", "QUARTER", "HALF_YEAR", "YEAR"), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("state", _one_of("state_is_known", "AWAITING", "PAID"), nullable=False),
        sa.Column("ordered_at", sql.Instant(), nullable=False),
        sa.Column("pay_before", sql.Instant(), nullable=False),
        sa.Column("paid_at", sql.Instant(), nullable=True),
        sa.CheckConstraint("amount > 0", name="amount_is_positive"),
        sa.CheckConstraint("(state = 'PAID') = (paid_at IS NOT NULL)", name="paid_orders_have_a_day"),
        *(sql.iso_date_check(column) for column in ("valid_from", "valid_to")),
        *(sql.iso_datetime_check(column) for column in ("ordered_at", "pay_before", "paid_at")),
        sa.PrimaryKeyConstraint("reference"),
    )
    op.create_index(
        "household_payment_order_of_participant", "household_payment_order", ["participant_id", "ordered_at"]
    )
    op.create_index("household_payment_order_of_agency", "household_payment_order", ["agency", "ordered_at"])


def _one_of(name: str, *members: str) -> sa.Enum:
    return sa.Enum(*members, name=name, native_enum=False, create_constraint=True)
