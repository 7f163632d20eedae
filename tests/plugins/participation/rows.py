"""A period of a record, to be changed by tests."""

from __future__ import annotations

import datetime as dt
from typing import Final

from plugins.participation.periods import MoneyKind, ParticipationKind, PaymentState

GOOD: Final[dict[str, object]] = {
    "id": "p1-202001",
    "participant_id": "p1",
    "kind": ParticipationKind.COMPULSORY_SOCIAL,
    "from_month": dt.date(2020, 1, 1),
    "to_month": dt.date(2020, 12, 1),
    "employer_code": "TA0001Z",
    "employer_name": "Công ty Thử nghiệm",
    "workplace": None,
    "occupation": "Công nhân may",
    "title": None,
    "money_kind": MoneyKind.VND,
    "salary": None,
    "basis": 5_000_000,
    "salary_thousandths": None,
    "basis_thousandths": None,
    "state": PaymentState.PAID,
}
