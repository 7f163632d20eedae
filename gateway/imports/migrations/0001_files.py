"""Files."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gateway.sql import Instant, iso_datetime_check

revision = "imports_0001"
down_revision = None
branch_labels = ("imports",)
depends_on = None


def upgrade() -> None:
    op.create_table(
        "imports_file",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("importer", sa.String(60), nullable=False),
        sa.Column("records", sa.BigInteger, nullable=False),
        sa.Column("refused", sa.BigInteger, nullable=False),
        sa.Column("report_bytes", sa.BigInteger, nullable=False),
        sa.Column("began_at", Instant, nullable=False),
        sa.Column("changed_at", Instant, nullable=False),
        sa.Column("finished_at", Instant),
        sa.CheckConstraint("refused >= 0 AND refused <= records", name="refused_are_among_records"),
        *(iso_datetime_check(column) for column in ("began_at", "changed_at", "finished_at")),
    )
