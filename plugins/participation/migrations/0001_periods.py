"""Periods."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gateway.sql import Dong, first_of_month_checks

revision = "participation_0001"
down_revision = None
branch_labels = ("participation",)
depends_on = None


def upgrade() -> None:
    op.create_table(
        "participation_period",
        sa.Column("id", sa.String(80), primary_key=True),
        sa.Column("participant_id", sa.String(32), nullable=False),
        sa.Column(
            "kind",
            _one_of(
                "kind_is_known",
                20,
                "COMPULSORY_SOCIAL",
                "VOLUNTARY_SOCIAL",
                "UNEMPLOYMENT",
                "ACCIDENT",
                "HEALTH",
            ),
            nullable=False,
        ),
        sa.Column("from_month", sa.Date, nullable=False),
        sa.Column("to_month", sa.Date, nullable=False),
        sa.Column("employer_code", sa.String(12)),
        sa.Column("employer_name", sa.String(300)),
        sa.Column("workplace", sa.String(300)),
        sa.Column("occupation", sa.String(300)),
        sa.Column("title", sa.String(300)),
        sa.Column("money_kind", _one_of("money_kind_is_known", 12, "VND", "COEFFICIENT")),
        sa.Column("salary", Dong),
        sa.Column("basis", Dong),
        sa.Column("salary_thousandths", sa.Integer),
        sa.Column("basis_thousandths", sa.Integer),
        sa.Column("state", _one_of("state_is_known", 8, "PAID", "LATE", "UNPAID"), nullable=False),
        *_checks(),
        *first_of_month_checks("from_month"),
        *first_of_month_checks("to_month"),
    )
    op.create_index(
        "participation_period_of_participant", "participation_period", ["participant_id", "from_month", "id"]
    )


def _checks() -> list[sa.CheckConstraint]:
    return [
        sa.CheckConstraint("to_month >= from_month", name="to_month_follows_from_month"),
        sa.CheckConstraint(
            "from_month >= '1945-01-01' AND to_month <= '2199-12-01'", name="months_are_of_our_time"
        ),
        sa.CheckConstraint("(employer_code IS NULL) = (employer_name IS NULL)", name="employers_have_a_name"),
        sa.CheckConstraint(
            "kind IN ('VOLUNTARY_SOCIAL', 'HEALTH') OR employer_code IS NOT NULL",
            name="employers_pay_other_kinds",
        ),
        sa.CheckConstraint(
            "(basis IS NOT NULL) = (money_kind IS NOT NULL AND money_kind = 'VND')"
            " AND (salary IS NULL OR basis IS NOT NULL)",
            name="dong_where_money_is_dong",
        ),
        sa.CheckConstraint(
            "(basis_thousandths IS NOT NULL) = (money_kind IS NOT NULL AND money_kind = 'COEFFICIENT')"
            " AND (salary_thousandths IS NULL OR basis_thousandths IS NOT NULL)",
            name="thousandths_where_money_is_coefficient",
        ),
        sa.CheckConstraint(
            "salary >= 0 AND basis >= 0 AND salary_thousandths >= 0 AND basis_thousandths >= 0",
            name="amounts_are_not_negative",
        ),
    ]


def _one_of(name: str, length: int, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=length)
