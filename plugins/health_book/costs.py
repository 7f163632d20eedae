"""Who bears what a visit costs: the parts add up to the whole, to the last đồng."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Costs:
    """Đồng: the whole, and who bears it. Raises ValueError where a part is negative, or they do not add up."""

    total: int
    fund: int
    co_payment: int
    own: int
    other: int

    def __post_init__(self) -> None:
        parts = (self.fund, self.co_payment, self.own, self.other)
        if min(parts) < 0:
            raise ValueError("no part of the costs is negative")
        if sum(parts) != self.total:
            raise ValueError("the parts of the costs do not add up to the total")


_PER_CENT: Final = 100


def shared(insured: int, rate_percent: int, uninsured: int = 0, other: int = 0) -> Costs:
    """Costs of which the fund bears its rate of the insured part, rounded down, and the person the rest as co-payment.

    ``uninsured`` is what the person bears alone, ``other`` what somebody else pays on top.
    """
    fund = insured * rate_percent // _PER_CENT
    return Costs(insured + uninsured + other, fund, insured - fund, uninsured, other)
