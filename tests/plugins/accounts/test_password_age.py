"""Six months of the calendar, by days in Vietnam."""

from __future__ import annotations

import datetime as dt

import pytest

from gateway.authoring import VIETNAM
from plugins.accounts.signing.expiry import months_later, password_age


@pytest.mark.parametrize(
    ("changed", "expires"),
    [
        ("2020-12-01", "2021-06-01"),
        ("2020-08-31", "2021-02-28"),
        ("2019-08-31", "2020-02-29"),
        ("2019-08-29", "2020-02-29"),
        ("2020-02-29", "2020-08-29"),
        ("2020-03-31", "2020-09-30"),
        ("2020-07-01", "2021-01-01"),
        ("2020-12-31", "2021-06-30"),
    ],
)
def test_the_same_day_six_months_later_or_the_last_of_a_shorter_month(changed: str, expires: str) -> None:
    assert months_later(dt.date.fromisoformat(changed), 6) == dt.date.fromisoformat(expires)


@pytest.mark.parametrize("hour", [0, 6, 17, 23])
def test_days_begin_in_vietnam(hour: int) -> None:
    changed = dt.datetime(2020, 12, 1, hour, 30, tzinfo=VIETNAM).astimezone(dt.UTC)
    before = dt.datetime(2021, 5, 31, 23, 59, 59, tzinfo=VIETNAM)
    age = password_age(changed, before, 6)
    assert (age.days_left, age.is_over) == (1, False)
    assert age.expires_at == dt.datetime(2021, 6, 1, tzinfo=VIETNAM)
    assert password_age(changed, age.expires_at, 6).is_over
