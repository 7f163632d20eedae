"""Cards."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gateway.sql import iso_date_check

revision = "hi_card_0001"
down_revision = None
branch_labels = ("hi_card",)
depends_on = None


def upgrade() -> None:
    op.create_table(
        "hi_card_card",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("participant_id", sa.String(32), nullable=False),
        sa.Column("number", sa.String(15), nullable=False),
        sa.Column("active_number", sa.String(15), unique=True),
        sa.Column("current_for", sa.String(32), unique=True),
        sa.Column("object_code", sa.String(2), nullable=False),
        sa.Column("benefit_level", sa.Integer, nullable=False),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_to", sa.Date),
        sa.Column("facility_code", sa.String(5), nullable=False),
        sa.Column("five_year_date", sa.Date),
        sa.Column("living_area", _one_of("living_area_is_known", 2, "K1", "K2", "K3")),
        sa.Column("place_of_issue", sa.String(200), nullable=False),
        sa.Column(
            "state",
            _one_of("state_is_known", 16, "ACTIVE", "EXPIRED", "REPLACED", "WITHDRAWN", "STOPPED"),
            nullable=False,
        ),
        sa.Column("issued_on", sa.Date, nullable=False),
        sa.CheckConstraint(
            "length(number) IN (10, 15) AND ltrim(substr(number, length(number) - 9), '0123456789') = ''",
            name="number_ends_in_ten_digits",
        ),
        sa.CheckConstraint("active_number = number", name="active_number_is_its_own"),
        sa.CheckConstraint("current_for = participant_id", name="current_for_its_holder"),
        sa.CheckConstraint("benefit_level BETWEEN 1 AND 5", name="benefit_level_is_known"),
        sa.CheckConstraint("valid_to >= valid_from", name="valid_to_follows_valid_from"),
        *(iso_date_check(column) for column in ("valid_from", "valid_to", "five_year_date", "issued_on")),
    )
    op.create_index("hi_card_card_by_holder", "hi_card_card", ["participant_id", "valid_from"])


def _one_of(name: str, length: int, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=length)
