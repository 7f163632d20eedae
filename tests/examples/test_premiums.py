"""What a member of a household pays, against the amounts that the decrees lead to."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vssid_household_payment.premiums import (
    HouseholdPaymentPeriod,
    base_salary,
    last_day,
    month_after,
    premium,
    share_percent,
)

YEAR, HALF_YEAR, QUARTER = (
    HouseholdPaymentPeriod.YEAR,
    HouseholdPaymentPeriod.HALF_YEAR,
    HouseholdPaymentPeriod.QUARTER,
)
DAYS = st.dates(dt.date(2019, 7, 1), dt.date(2099, 12, 31))


@pytest.mark.parametrize(
    ("day", "amount"),
    [
        (dt.date(2019, 7, 1), 1_490_000),
        (dt.date(2023, 6, 30), 1_490_000),
        (dt.date(2023, 7, 1), 1_800_000),
        (dt.date(2024, 6, 30), 1_800_000),
        (dt.date(2024, 7, 1), 2_340_000),
    ],
)
def test_the_base_salary_changes_on_the_day_of_its_decree(day: dt.date, amount: int) -> None:
    assert base_salary(day) == amount


def test_no_base_salary_is_made_up_for_earlier_days() -> None:
    with pytest.raises(LookupError):
        base_salary(dt.date(2019, 6, 30))


@pytest.mark.parametrize(
    ("position", "share"), [(1, 100), (2, 70), (3, 60), (4, 50), (5, 40), (6, 40), (19, 40)]
)
def test_each_further_member_pays_a_smaller_share(position: int, share: int) -> None:
    assert share_percent(position) == share


@pytest.mark.parametrize(
    ("position", "period", "day", "amount"),
    [
        (1, YEAR, dt.date(2022, 1, 1), 804_600),
        (2, YEAR, dt.date(2022, 1, 1), 563_220),
        (1, YEAR, dt.date(2023, 7, 1), 972_000),
        (1, YEAR, dt.date(2024, 7, 1), 1_263_600),
        (2, YEAR, dt.date(2024, 7, 1), 884_520),
        (3, YEAR, dt.date(2024, 7, 1), 758_160),
        (4, YEAR, dt.date(2024, 7, 1), 631_800),
        (5, YEAR, dt.date(2024, 7, 1), 505_440),
        (9, YEAR, dt.date(2024, 7, 1), 505_440),
        (1, HALF_YEAR, dt.date(2024, 7, 1), 631_800),
        (1, QUARTER, dt.date(2024, 7, 1), 315_900),
    ],
)
def test_the_premium_is_the_one_that_the_decrees_lead_to(
    position: int, period: HouseholdPaymentPeriod, day: dt.date, amount: int
) -> None:
    assert premium(position, period, day) == amount


@given(st.integers(1, 30), DAYS)
def test_nothing_is_lost_by_rounding(position: int, day: dt.date) -> None:
    quarter = premium(position, QUARTER, day)

    assert premium(position, HALF_YEAR, day) == 2 * quarter
    assert premium(position, YEAR, day) == 4 * quarter
    assert quarter * 100 == premium(1, QUARTER, day) * share_percent(position)


@given(DAYS, st.sampled_from(HouseholdPaymentPeriod))
def test_a_period_ends_the_day_before_the_next_begins(day: dt.date, period: HouseholdPaymentPeriod) -> None:
    first = day.replace(day=1)
    following = last_day(first, period) + dt.timedelta(days=1)

    assert following == month_after(first, period.value)
    assert (following.year - first.year) * 12 + following.month - first.month == period.value
    assert following.day == 1
