"""Tables of entitlements: one row a decision, of every kind, with the columns of its kind filled and the others NULL."""

from __future__ import annotations

import datetime as dt
import enum
from typing import Final

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    Enum,
    Index,
    Integer,
    MetaData,
    Named,
    String,
    Table,
    TypedColumns,
    UniqueConstraint,
)

from gateway.authoring import Money
from gateway.sql import Dong, iso_date_check
from plugins.entitlements.regimes import (
    EntitlementKind,
    EntitlementPaymentMethod,
    EntitlementPaymentState,
    EntitlementRegime,
)

metadata: Final = MetaData()


class DossierState(enum.Enum):
    """What became of the dossier (Tình trạng hồ sơ); nobody is shown an entitlement before it is approved."""

    UNDER_REVIEW = "under_review"
    APPROVED = "approved"
    REFUSED = "refused"


class EntitlementColumns(TypedColumns):
    """An entitlement. ``social_security_code`` is the one on the decision: another than the person's where codes were merged.

    The columns from ``amount`` on belong to some kinds alone. The agency that pays has a code of three digits (a province)
    or five (a district).
    """

    id = Column(String(64), primary_key=True)
    participant_id: Named[str] = Column(String(32))
    kind: Named[EntitlementKind] = Column(
        Enum(EntitlementKind, native_enum=False, length=16, create_constraint=True, name="kind_is_known")
    )
    regime: Named[EntitlementRegime] = Column(
        Enum(EntitlementRegime, native_enum=False, length=32, create_constraint=True, name="regime_is_known")
    )
    dossier_number: Named[str] = Column(String(32))
    dossier_state: Named[DossierState] = Column(
        Enum(
            DossierState, native_enum=False, length=16, create_constraint=True, name="dossier_state_is_known"
        )
    )
    social_security_code: Named[str] = Column(String(10))
    decision_number: Named[str | None] = Column(String(64))
    decided_on: Named[dt.date | None] = Column(Date)
    starts_on: Named[dt.date] = Column(Date)
    ends_on: Named[dt.date | None] = Column(Date)
    payment_state: Named[EntitlementPaymentState] = Column(
        Enum(
            EntitlementPaymentState,
            native_enum=False,
            length=16,
            create_constraint=True,
            name="payment_state_is_known",
        )
    )
    payment_method: Named[EntitlementPaymentMethod | None] = Column(
        Enum(
            EntitlementPaymentMethod,
            native_enum=False,
            length=16,
            create_constraint=True,
            name="payment_method_is_known",
        )
    )
    paid_on: Named[dt.date | None] = Column(Date)
    agency_code: Named[str] = Column(String(5))
    agency_name: Named[str] = Column(String(200))
    note: Named[str | None] = Column(String(200))
    amount: Named[Money | None] = Column(Dong)
    monthly_amount: Named[Money | None] = Column(Dong)
    days: Named[int | None] = Column(Integer)
    insured_months: Named[int | None] = Column(Integer)
    months_granted: Named[int | None] = Column(Integer)
    months_received: Named[int | None] = Column(Integer)
    months_kept: Named[int | None] = Column(Integer)
    impairment_percent: Named[int | None] = Column(Integer)


RULES: Final = {
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
"""What holds for every row, and what a kind has; by name."""

DATES: Final = ("decided_on", "starts_on", "ends_on", "paid_on")
NATURAL_KEY: Final = ("participant_id", "dossier_number", "regime", "starts_on")
"""What an entitlement is known by elsewhere: a dossier may grant a person several, as leave in two spells."""

entitlement = Table(
    "entitlements_entitlement",
    metadata,
    EntitlementColumns,
    UniqueConstraint(*NATURAL_KEY, name="entitlements_entitlement_natural_key"),
    *(CheckConstraint(condition, name=name) for name, condition in RULES.items()),
    *(iso_date_check(column) for column in DATES),
)

Index("entitlements_entitlement_by_participant", entitlement.c.participant_id, entitlement.c.starts_on)
