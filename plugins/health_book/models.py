"""Tables of the health care book: visits."""

from __future__ import annotations

import datetime as dt
from typing import Final

from sqlalchemy import (
    CheckConstraint,
    Column,
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
from gateway.sql import Dong, Instant, iso_datetime_check
from plugins.health_book.visiting import CareKind, DischargeCondition, TreatmentResult, VisitReason

metadata: Final = MetaData()


class VisitColumns(TypedColumns):
    """A visit. ``record_code`` is the facility's; ``year`` is the one in which it began, in Vietnam.

    ``later_card_number`` is of the card that took the first one's place during the visit. Diagnoses keep the words they were
    sent with. A visit that goes on has neither end nor outcome.
    """

    id = Column(String(64), primary_key=True)
    participant_id: Named[str] = Column(String(32))
    record_code: Named[str] = Column(String(64))
    facility_code: Named[str] = Column(String(5))
    year: Named[int] = Column(Integer)
    admitted_at: Named[dt.datetime] = Column(Instant)
    discharged_at: Named[dt.datetime | None] = Column(Instant)
    care_kind: Named[CareKind] = Column(
        Enum(CareKind, native_enum=False, length=24, create_constraint=True, name="care_kind_is_known")
    )
    reason: Named[VisitReason] = Column(
        Enum(VisitReason, native_enum=False, length=24, create_constraint=True, name="reason_is_known")
    )
    diagnosis_code: Named[str] = Column(String(8))
    diagnosis_name: Named[str] = Column(String(300))
    discharge_condition: Named[DischargeCondition | None] = Column(
        Enum(
            DischargeCondition,
            native_enum=False,
            length=24,
            create_constraint=True,
            name="discharge_condition_is_known",
        )
    )
    treatment_result: Named[TreatmentResult | None] = Column(
        Enum(
            TreatmentResult,
            native_enum=False,
            length=24,
            create_constraint=True,
            name="treatment_result_is_known",
        )
    )
    card_number: Named[str] = Column(String(15))
    later_card_number: Named[str | None] = Column(String(15))
    total_cost: Named[Money] = Column(Dong)
    fund_payment: Named[Money] = Column(Dong)
    co_payment: Named[Money] = Column(Dong)
    own_payment: Named[Money] = Column(Dong)
    other_payment: Named[Money] = Column(Dong)


RULES: Final = {
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
"""What holds for every visit; by name."""

NATURAL_KEY: Final = ("facility_code", "record_code")
"""What a visit is known by elsewhere."""

visit = Table(
    "health_book_visit",
    metadata,
    VisitColumns,
    UniqueConstraint(*NATURAL_KEY, name="health_book_visit_natural_key"),
    *(CheckConstraint(condition, name=name) for name, condition in RULES.items()),
    *(iso_datetime_check(column) for column in ("admitted_at", "discharged_at")),
)

Index("health_book_visit_by_participant", visit.c.participant_id, visit.c.admitted_at)
