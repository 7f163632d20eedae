"""The table of periods refuses what no record can say."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import DBAPIError

from gateway.database import Database
from plugins.participation.models import periods
from plugins.participation.periods import MoneyKind, ParticipationKind
from tests.plugins.participation.rows import GOOD

WITHOUT_EMPLOYER = {"employer_code": None, "employer_name": None}
BY_COEFFICIENT = {"money_kind": MoneyKind.COEFFICIENT, "basis": None, "basis_thousandths": 2340}


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"to_month": dt.date(2020, 1, 1), "salary": 0},
        {"kind": ParticipationKind.VOLUNTARY_SOCIAL, **WITHOUT_EMPLOYER},
        {"kind": ParticipationKind.HEALTH, **WITHOUT_EMPLOYER, "money_kind": None, "basis": None},
        {**BY_COEFFICIENT, "salary_thousandths": 2670},
    ],
    ids=str,
)
async def test_periods(database: Database, change: dict[str, object]) -> None:
    async with database.write() as work:
        await work.execute(insert(periods), GOOD | change)


@pytest.mark.parametrize(
    "change",
    [
        {"from_month": dt.date(2020, 1, 2)},
        {"to_month": dt.date(2020, 12, 31)},
        {"to_month": dt.date(2019, 12, 1)},
        {"from_month": dt.date(1944, 12, 1)},
        {"to_month": dt.date(2200, 1, 1)},
        WITHOUT_EMPLOYER,
        {"employer_name": None},
        {"money_kind": None},
        {"basis": None},
        {"basis": -1},
        {"basis_thousandths": 2340},
        {**BY_COEFFICIENT, "salary": 5_000_000},
        {"salary_thousandths": 1},
        {"state": None},
    ],
    ids=str,
)
async def test_no_periods(database: Database, change: dict[str, object]) -> None:
    with pytest.raises(DBAPIError):
        async with database.write() as work:
            await work.execute(insert(periods), GOOD | change)
