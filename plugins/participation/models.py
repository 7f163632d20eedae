"""Tables of participation: the periods of every record."""

from __future__ import annotations

import datetime as dt
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
from gateway.sql import Dong, first_of_month_checks
from plugins.participation.periods import MoneyKind, ParticipationKind, PaymentState

metadata: Final = MetaData()


class PeriodColumns(TypedColumns):
    """A period of a record. Months are their first days; coefficients are thousandths, so 2.34 is 2340.

    ``id`` is spelt from what tells periods apart (:func:`period_id`), so that whoever brings a period again changes the one
    that is there. Amounts are in the unit that ``money_kind`` names; without one nobody pays an amount, as for a child's
    health insurance.
    """

    id = Column(String(80), primary_key=True)
    participant_id: Named[str] = Column(String(32))
    kind: Named[ParticipationKind] = Column(
        Enum(ParticipationKind, native_enum=False, length=20, create_constraint=True, name="kind_is_known")
    )
    from_month: Named[dt.date] = Column(Date)
    to_month: Named[dt.date] = Column(Date)
    employer_code: Named[str | None] = Column(String(12))
    employer_name: Named[str | None] = Column(String(300))
    workplace: Named[str | None] = Column(String(300))
    occupation: Named[str | None] = Column(String(300))
    title: Named[str | None] = Column(String(300))
    money_kind: Named[MoneyKind | None] = Column(
        Enum(MoneyKind, native_enum=False, length=12, create_constraint=True, name="money_kind_is_known")
    )
    salary: Named[Money | None] = Column(Dong)
    basis: Named[Money | None] = Column(Dong)
    salary_thousandths: Named[int | None] = Column(Integer)
    basis_thousandths: Named[int | None] = Column(Integer)
    state: Named[PaymentState] = Column(
        Enum(PaymentState, native_enum=False, length=8, create_constraint=True, name="state_is_known")
    )


periods = Table(
    "participation_period",
    metadata,
    PeriodColumns,
    CheckConstraint("to_month >= from_month", name="to_month_follows_from_month"),
    CheckConstraint("from_month >= '1945-01-01' AND to_month <= '2199-12-01'", name="months_are_of_our_time"),
    CheckConstraint("(employer_code IS NULL) = (employer_name IS NULL)", name="employers_have_a_name"),
    CheckConstraint(
        "kind IN ('VOLUNTARY_SOCIAL', 'HEALTH') OR employer_code IS NOT NULL",
        name="employers_pay_other_kinds",
    ),
    CheckConstraint(
        "(basis IS NOT NULL) = (money_kind IS NOT NULL AND money_kind = 'VND')"
        " AND (salary IS NULL OR basis IS NOT NULL)",
        name="dong_where_money_is_dong",
    ),
    CheckConstraint(
        "(basis_thousandths IS NOT NULL) = (money_kind IS NOT NULL AND money_kind = 'COEFFICIENT')"
        " AND (salary_thousandths IS NULL OR basis_thousandths IS NOT NULL)",
        name="thousandths_where_money_is_coefficient",
    ),
    CheckConstraint(
        "salary >= 0 AND basis >= 0 AND salary_thousandths >= 0 AND basis_thousandths >= 0",
        name="amounts_are_not_negative",
    ),
    *first_of_month_checks("from_month"),
    *first_of_month_checks("to_month"),
    Index("participation_period_of_participant", "participant_id", "from_month", "id"),
)


def period_id(participant: str, kind: ParticipationKind, from_month: dt.date, employer: str | None) -> str:
    """The key of the one period of a kind that begins in a month at an employer, or without one."""
    return f"{participant}-{from_month:%Y%m}-{kind.value}-{employer or ''}"
