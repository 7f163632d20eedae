"""What a participation record is made of: kinds of insurance, states of payment, periods."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from plugins.participation.months import Months


class ParticipationKind(enum.Enum):
    """A kind of insurance (Loại bảo hiểm)."""

    COMPULSORY_SOCIAL = "compulsory_social"
    VOLUNTARY_SOCIAL = "voluntary_social"
    UNEMPLOYMENT = "unemployment"
    ACCIDENT = "accident"
    HEALTH = "health"


class PaymentState(enum.Enum):
    """How a period was paid for (Tình trạng đóng)."""

    PAID = "paid"
    LATE = "late"
    UNPAID = "unpaid"


class MoneyKind(enum.Enum):
    """What salary and basis are counted in (Loại tiền)."""

    VND = "vnd"
    COEFFICIENT = "coefficient"


@dataclass(frozen=True, slots=True)
class Period:
    """Months of one kind in one state, as far as totals need them.

    ``basis`` is đồng a month, None where it is a coefficient (``has_coefficient``) or where nobody pays an amount.
    """

    kind: ParticipationKind
    state: PaymentState
    months: Months
    employer_code: str | None = None
    employer_name: str | None = None
    basis: int | None = None
    has_coefficient: bool = False
