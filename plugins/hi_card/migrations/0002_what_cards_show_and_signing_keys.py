"""What is printed on a card, the agency that manages it, and keys that sign what phones show.

Cards that are there already have nothing printed: another plugin knows their holders, and no table of it is read here.
The next import of cards fills the columns in.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gateway import sql

revision = "hi_card_0002"
down_revision = "hi_card_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "hi_card_signing_key",
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("public_key", sa.String(43), nullable=False),
        sa.Column("private_key", sa.String(200), nullable=False),
        sa.Column("created_at", sql.Instant, nullable=False),
        sa.Column("signs_from", sql.Instant, nullable=False),
        sa.Column("retired_at", sql.Instant),
        sa.CheckConstraint("length(public_key) = 43", name="public_key_has_32_bytes"),
        sa.CheckConstraint("signs_from >= created_at", name="signs_once_it_is_published"),
        *(sql.iso_datetime_check(column) for column in ("created_at", "signs_from", "retired_at")),
    )
    sex = sa.Enum("MALE", "FEMALE", native_enum=False, length=8)
    with op.batch_alter_table("hi_card_card") as card:
        card.add_column(sa.Column("agency_code", sa.String(5)))
        card.add_column(sa.Column("holder_name", sa.String(200)))
        card.add_column(sa.Column("holder_birth", sa.String(10)))
        card.add_column(sa.Column("holder_sex", sex))
        card.add_column(sa.Column("holder_address", sa.String(300)))
        card.add_column(sa.Column("parent_name", sa.String(200)))
        card.add_column(sa.Column("facility_name", sa.String(300)))
        for name, condition in _CHECKS.items():
            card.create_check_constraint(name, condition)


_CHECKS = {
    "holder_sex_is_known": "holder_sex IN ('MALE', 'FEMALE')",
    "agency_code_has_five_digits": "length(agency_code) = 5 AND ltrim(agency_code, '0123456789') = ''",
    "holder_is_whole": (
        "(holder_name IS NULL) = (holder_birth IS NULL) AND (holder_name IS NULL) = (holder_sex IS NULL)"
    ),
    "holder_birth_is_day_or_year": (
        "length(holder_birth) IN (4, 10) AND ltrim(replace(holder_birth, '-', ''), '0123456789') = ''"
    ),
}
