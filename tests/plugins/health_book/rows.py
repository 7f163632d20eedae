"""A visit, to be changed by tests."""

from __future__ import annotations

import datetime as dt
from typing import Final

from plugins.health_book.visiting import CareKind, DischargeCondition, TreatmentResult, VisitReason

Row = dict[str, object]

GOOD: Final[Row] = {
    "id": "v1",
    "participant_id": "p1",
    "record_code": "000000001",
    "facility_code": "01001",
    "year": 2025,
    "admitted_at": dt.datetime(2025, 3, 1, 1, 0, tzinfo=dt.UTC),
    "discharged_at": dt.datetime(2025, 3, 1, 4, 0, tzinfo=dt.UTC),
    "care_kind": CareKind.EXAMINATION,
    "reason": VisitReason.RIGHT_ROUTE,
    "diagnosis_code": "J00",
    "diagnosis_name": "Viêm mũi họng cấp",
    "discharge_condition": DischargeCondition.DISCHARGED,
    "treatment_result": TreatmentResult.BETTER,
    "card_number": "0012345678",
    "later_card_number": None,
    "total_cost": 500_000,
    "fund_payment": 360_000,
    "co_payment": 90_000,
    "own_payment": 45_500,
    "other_payment": 4_500,
}


def visit_of(key: str, **columns: object) -> Row:
    """A visit with a key and a record of its own."""
    return GOOD | {"id": key, "record_code": key} | columns
