"""What a member of a household pays: base salary by day, share by place in the household, periods.

Sources: Decree 146/2018/NĐ-CP, article 7, clause 1, point e (4.5 % of the base salary, and the steps); base salary by Decrees
38/2019/NĐ-CP, 24/2023/NĐ-CP and 73/2024/NĐ-CP. A new decree adds a row and changes no function.
"""

from __future__ import annotations

import datetime as dt
import enum
from typing import Final

from gateway.authoring import Money

RATE_PER_MILLE: Final = 45
SHARES: Final = (100, 70, 60, 50, 40)
"""Per cent of the first member's premium; the last is for the fifth member and all after."""
BASE_SALARIES: Final = (
    (dt.date(2024, 7, 1), 2_340_000),
    (dt.date(2023, 7, 1), 1_800_000),
    (dt.date(2019, 7, 1), 1_490_000),
)
"""Đồng a month, and from which day on, the latest first."""


class HouseholdPaymentPeriod(enum.Enum):
    """For how many months a payment counts (Phương thức đóng)."""

    QUARTER = 3
    HALF_YEAR = 6
    YEAR = 12


def base_salary(day: dt.date) -> int:
    """Đồng a month. Raises LookupError for a day before the first row of the table."""
    for since, amount in BASE_SALARIES:
        if since <= day:
            return amount
    raise LookupError(f"no base salary is known for {day}")


def share_percent(position: int) -> int:
    """Per cent of the first member's premium that this member pays (Tỷ lệ đóng so với người thứ nhất)."""
    return SHARES[min(position, len(SHARES)) - 1]


def premium(position: int, period: HouseholdPaymentPeriod, day: dt.date) -> Money:
    """Đồng for the whole period, when paid on a day; a later rise of the base salary does not count."""
    scaled = base_salary(day) * RATE_PER_MILLE * share_percent(position) * period.value
    return Money(scaled // (1000 * 100))


def month_after(first_day: dt.date, months: int) -> dt.date:
    """The first day of the month so many months later."""
    years, month = divmod(first_day.month - 1 + months, 12)
    return dt.date(first_day.year + years, month + 1, 1)


def last_day(first_day: dt.date, period: HouseholdPaymentPeriod) -> dt.date:
    """The last day that a payment counts for."""
    return month_after(first_day, period.value) - dt.timedelta(days=1)
