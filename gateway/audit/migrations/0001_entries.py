"""The audit trail."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gateway.sql import Instant, iso_datetime_check

revision = "audit_0001"
down_revision = None
branch_labels = ("audit",)
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NOTHING_BEFORE = "0" * 64
TABLES = ("audit_entry", "audit_head")


def upgrade() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("number", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("request_id", sa.String(64), nullable=False),
        sa.Column("address", sa.String(64)),
        sa.Column("audience", sa.String(16), nullable=False),
        sa.Column("actor", sa.String(64)),
        sa.Column("agency", sa.String(64)),
        sa.Column("subject", sa.String(64)),
        sa.Column("shown_to", sa.String(64)),
        sa.Column("action", sa.String(100), nullable=False),
        sa.Column("kind", sa.String(100)),
        sa.Column("purpose", sa.String(16), nullable=False),
        sa.Column("reason", sa.String(1000)),
        sa.Column("result", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.CheckConstraint("number >= 1", name="number_counts"),
        sa.CheckConstraint("shown_to = subject", name="shown_to_its_subject"),
        sa.CheckConstraint("length(hash) = 64", name="hash_is_whole"),
        iso_datetime_check("at"),
    )
    op.create_index("audit_entry_shown_to", "audit_entry", ["shown_to", "at", "number"])
    end = op.create_table(
        "audit_end",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.CheckConstraint("id = 1", name="one_row"),
    )
    op.bulk_insert(end, [{"id": 1, "number": 0, "hash": NOTHING_BEFORE}])
    op.create_table(
        "audit_head",
        sa.Column("number", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("signature", sa.String(128), nullable=False),
        iso_datetime_check("at"),
    )
    refuse = _on_sqlite if op.get_context().dialect.name == "sqlite" else _on_postgresql
    refuse()


def _on_sqlite() -> None:
    for table in TABLES:
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_refuses_{change.lower()} BEFORE {change} ON {table} "
                "BEGIN SELECT RAISE(ABORT, 'the audit trail only grows'); END"
            )
    op.execute(
        "CREATE TRIGGER audit_end_refuses_delete BEFORE DELETE ON audit_end "
        "BEGIN SELECT RAISE(ABORT, 'the audit trail only grows'); END"
    )


def _on_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION audit_only_grows() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the audit trail only grows'; END $$"
    )
    for table, changes in (
        *((table, "UPDATE OR DELETE OR TRUNCATE") for table in TABLES),
        ("audit_end", "DELETE OR TRUNCATE"),
    ):
        op.execute(
            f"CREATE TRIGGER {table}_only_grows BEFORE {changes} ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION audit_only_grows()"
        )
