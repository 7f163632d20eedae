"""Tables of household_payment: who belongs to which household, and payment orders."""

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
)

from gateway.authoring import Money
from gateway.sql import Dong, Instant, iso_date_check, iso_datetime_check
from vssid_household_payment.premiums import HouseholdPaymentPeriod

metadata: Final = MetaData()


class HouseholdPaymentState(enum.Enum):
    """Where a payment order stands (Trạng thái thanh toán)."""

    AWAITING = "awaiting"
    PAID = "paid"


class MemberColumns(TypedColumns):
    """A member of a household. ``position`` is 1 for the first who joined this year; ``agency`` looks after the household."""

    participant_id = Column(String(32), primary_key=True)
    household_code: Named[str] = Column(String(10))
    position: Named[int] = Column(Integer)
    agency: Named[str] = Column(String(5))


members = Table(
    "household_payment_member",
    metadata,
    MemberColumns,
    CheckConstraint("position >= 1", name="position_counts_from_one"),
)


class OrderColumns(TypedColumns):
    """A payment order. ``reference`` goes into the bank transfer, so it tells nothing about the person; ``amount`` is đồng."""

    reference = Column(String(20), primary_key=True)
    participant_id: Named[str] = Column(String(32))
    agency: Named[str] = Column(String(5))
    period: Named[HouseholdPaymentPeriod] = Column(
        Enum(
            HouseholdPaymentPeriod,
            native_enum=False,
            length=9,
            create_constraint=True,
            name="period_is_known",
        )
    )
    valid_from: Named[dt.date] = Column(Date)
    valid_to: Named[dt.date] = Column(Date)
    amount: Named[Money] = Column(Dong)
    state: Named[HouseholdPaymentState] = Column(
        Enum(
            HouseholdPaymentState, native_enum=False, length=8, create_constraint=True, name="state_is_known"
        )
    )
    ordered_at: Named[dt.datetime] = Column(Instant)
    pay_before: Named[dt.datetime] = Column(Instant)
    paid_at: Named[dt.datetime | None] = Column(Instant)


orders = Table(
    "household_payment_order",
    metadata,
    OrderColumns,
    CheckConstraint("amount > 0", name="amount_is_positive"),
    CheckConstraint("(state = 'PAID') = (paid_at IS NOT NULL)", name="paid_orders_have_a_day"),
    *(iso_date_check(column) for column in ("valid_from", "valid_to")),
    *(iso_datetime_check(column) for column in ("ordered_at", "pay_before", "paid_at")),
    Index("household_payment_order_of_participant", "participant_id", "ordered_at"),
    Index("household_payment_order_of_agency", "agency", "ordered_at"),
)
