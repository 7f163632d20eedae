"""Entitlements."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gateway import sql

revision = "entitlements_0001"
down_revision = None
branch_labels = ("entitlements",)
depends_on = None

_RULES = {
    "amount_is_once_or_by_month": (
        "(amount IS NULL) = (kind IN ('MONTHLY', 'UNEMPLOYMENT'))"
        " AND (monthly_amount IS NULL) = (kind NOT IN ('MONTHLY', 'UNEMPLOYMENT'))"
    ),
    "amounts_are_positive": "(amount IS NULL OR amount > 0) AND (monthly_amount IS NULL OR monthly_amount > 0)",
    "days_of_short_term": "(days IS NULL) = (kind <> 'SHORT_TERM') AND (days IS NULL OR days > 0)",
    "insured_months_of_lump_sum": "insured_months IS NULL OR (kind = 'LUMP_SUM' AND insured_months >= 0)",
    "months_of_unemployment": (
        "(months_granted IS NULL) = (kind <> 'UNEMPLOYMENT')"
        " AND (months_received IS NULL) = (kind <> 'UNEMPLOYMENT')"
        " AND (months_kept IS NULL) = (kind <> 'UNEMPLOYMENT')"
    ),
    "months_received_were_granted": (
        "months_granted IS NULL"
        " OR (months_granted BETWEEN 1 AND 12 AND months_received BETWEEN 0 AND months_granted AND months_kept >= 0)"
    ),
    "impairment_of_occupational": (
        "(impairment_percent IS NULL) = (kind <> 'OCCUPATIONAL')"
        " AND (impairment_percent IS NULL OR impairment_percent BETWEEN 1 AND 100)"
    ),
    "regime_is_of_kind": (
        "(kind = 'LUMP_SUM' AND regime IN ('SOCIAL_INSURANCE_LUMP_SUM', 'RETIREMENT_LUMP_SUM',"
        " 'SURVIVORS_LUMP_SUM', 'FUNERAL'))"
        " OR (kind = 'SHORT_TERM' AND regime IN ('SICKNESS', 'MATERNITY', 'CONVALESCENCE'))"
        " OR (kind = 'MONTHLY' AND regime IN ('PENSION', 'WORKING_CAPACITY_LOSS', 'SURVIVORS_ALLOWANCE',"
        " 'OCCUPATIONAL_ALLOWANCE'))"
        " OR (kind = 'UNEMPLOYMENT' AND regime = 'UNEMPLOYMENT_BENEFIT')"
        " OR (kind = 'OCCUPATIONAL' AND regime IN ('OCCUPATIONAL_ACCIDENT', 'OCCUPATIONAL_DISEASE'))"
    ),
    "payment_state_is_of_kind": (
        "(kind IN ('MONTHLY', 'UNEMPLOYMENT') AND payment_state <> 'PAID')"
        " OR (kind NOT IN ('MONTHLY', 'UNEMPLOYMENT') AND payment_state IN ('PENDING', 'PAID'))"
    ),
    "paid_on_a_day": "(payment_state = 'PAID') = (paid_on IS NOT NULL)",
    "halted_after_a_day": "payment_state NOT IN ('SUSPENDED', 'ENDED') OR ends_on IS NOT NULL",
    "starts_in_our_time": "starts_on BETWEEN '1945-01-01' AND '2199-12-31'",
    "ends_after_start": "ends_on >= starts_on",
    "approved_on_a_day": "dossier_state <> 'APPROVED' OR decided_on IS NOT NULL",
    "agency_code_is_known": ("length(agency_code) IN (3, 5) AND ltrim(agency_code, '0123456789') = ''"),
}


def upgrade() -> None:
    op.create_table(
        "entitlements_entitlement",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("participant_id", sa.String(32), nullable=False),
        sa.Column(
            "kind",
            _one_of("kind_is_known", 16, "LUMP_SUM", "SHORT_TERM", "MONTHLY", "UNEMPLOYMENT", "OCCUPATIONAL"),
            nullable=False,
        ),
        sa.Column(
            "regime",
            _one_of(
                "regime_is_known",
                32,
                "SOCIAL_INSURANCE_LUMP_SUM",
                "RETIREMENT_LUMP_SUM",
                "SURVIVORS_LUMP_SUM",
                "FUNERAL",
                "SICKNESS",
                "MATERNITY",
                "CONVALESCENCE",
                "PENSION",
                "WORKING_CAPACITY_LOSS",
                "SURVIVORS_ALLOWANCE",
                "OCCUPATIONAL_ALLOWANCE",
                "UNEMPLOYMENT_BENEFIT",
                "OCCUPATIONAL_ACCIDENT",
                "OCCUPATIONAL_DISEASE",
            ),
            nullable=False,
        ),
        sa.Column("dossier_number", sa.String(32), nullable=False),
        sa.Column(
            "dossier_state",
            _one_of("dossier_state_is_known", 16, "UNDER_REVIEW", "APPROVED", "REFUSED"),
            nullable=False,
        ),
        sa.Column("social_security_code", sa.String(10), nullable=False),
        sa.Column("decision_number", sa.String(64)),
        sa.Column("decided_on", sa.Date),
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("ends_on", sa.Date),
        sa.Column(
            "payment_state",
            _one_of("payment_state_is_known", 16, "PENDING", "PAID", "PAYING", "SUSPENDED", "ENDED"),
            nullable=False,
        ),
        sa.Column(
            "payment_method", _one_of("payment_method_is_known", 16, "BANK_ACCOUNT", "CASH", "EMPLOYER")
        ),
        sa.Column("paid_on", sa.Date),
        sa.Column("agency_code", sa.String(5), nullable=False),
        sa.Column("agency_name", sa.String(200), nullable=False),
        sa.Column("note", sa.String(200)),
        sa.Column("amount", sql.Dong),
        sa.Column("monthly_amount", sql.Dong),
        sa.Column("days", sa.Integer),
        sa.Column("insured_months", sa.Integer),
        sa.Column("months_granted", sa.Integer),
        sa.Column("months_received", sa.Integer),
        sa.Column("months_kept", sa.Integer),
        sa.Column("impairment_percent", sa.Integer),
        *(sa.CheckConstraint(condition, name=name) for name, condition in _RULES.items()),
        sa.UniqueConstraint(
            "participant_id",
            "dossier_number",
            "regime",
            "starts_on",
            name="entitlements_entitlement_natural_key",
        ),
        *(sql.iso_date_check(column) for column in ("decided_on", "ends_on", "paid_on", "starts_on")),
    )
    op.create_index(
        "entitlements_entitlement_by_participant", "entitlements_entitlement", ["participant_id", "starts_on"]
    )


def _one_of(name: str, length: int, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=length)
