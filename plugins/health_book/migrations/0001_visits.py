"""Visits."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gateway import sql

revision = "health_book_0001"
down_revision = None
branch_labels = ("health_book",)
depends_on = None

_RULES = {
    "year_is_in_the_book": "year BETWEEN 2017 AND 2199",
    "ends_after_start": "discharged_at >= admitted_at",
    "outcome_at_the_end": (
        "(discharge_condition IS NULL) = (discharged_at IS NULL)"
        " AND (treatment_result IS NULL) = (discharged_at IS NULL)"
    ),
    "no_part_is_negative": (
        "fund_payment >= 0 AND co_payment >= 0 AND own_payment >= 0 AND other_payment >= 0"
    ),
    "parts_add_up": "total_cost = fund_payment + co_payment + own_payment + other_payment",
    "another_card_later": "later_card_number IS NULL OR later_card_number <> card_number",
}


def upgrade() -> None:
    op.create_table(
        "health_book_visit",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("participant_id", sa.String(32), nullable=False),
        sa.Column("record_code", sa.String(64), nullable=False),
        sa.Column("facility_code", sa.String(5), nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("admitted_at", sql.Instant, nullable=False),
        sa.Column("discharged_at", sql.Instant),
        sa.Column(
            "care_kind",
            _one_of(
                "care_kind_is_known",
                24,
                "EXAMINATION",
                "OUTPATIENT",
                "INPATIENT",
                "UNDER_FOUR_HOURS",
                "OTHER",
            ),
            nullable=False,
        ),
        sa.Column(
            "reason",
            _one_of("reason_is_known", 24, "RIGHT_ROUTE", "EMERGENCY", "OTHER_ROUTE", "OPEN_ROUTE"),
            nullable=False,
        ),
        sa.Column("diagnosis_code", sa.String(8), nullable=False),
        sa.Column("diagnosis_name", sa.String(300), nullable=False),
        sa.Column(
            "discharge_condition",
            _one_of(
                "discharge_condition_is_known",
                24,
                "DISCHARGED",
                "TRANSFERRED",
                "LEFT_UNTOLD",
                "LEFT_AT_WISH",
                "TRANSFERRED_AT_WISH",
            ),
        ),
        sa.Column(
            "treatment_result",
            _one_of("treatment_result_is_known", 24, "CURED", "BETTER", "UNCHANGED", "WORSE", "DIED"),
        ),
        sa.Column("card_number", sa.String(15), nullable=False),
        sa.Column("later_card_number", sa.String(15)),
        sa.Column("total_cost", sql.Dong, nullable=False),
        sa.Column("fund_payment", sql.Dong, nullable=False),
        sa.Column("co_payment", sql.Dong, nullable=False),
        sa.Column("own_payment", sql.Dong, nullable=False),
        sa.Column("other_payment", sql.Dong, nullable=False),
        *(sa.CheckConstraint(condition, name=name) for name, condition in _RULES.items()),
        sa.UniqueConstraint("facility_code", "record_code", name="health_book_visit_natural_key"),
        *(sql.iso_datetime_check(column) for column in ("admitted_at", "discharged_at")),
    )
    op.create_index(
        "health_book_visit_by_participant", "health_book_visit", ["participant_id", "admitted_at"]
    )


def _one_of(name: str, length: int, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=length)
