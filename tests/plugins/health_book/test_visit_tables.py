"""The table of visits refuses what does not add up, what is before the book, and a record told twice."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import DBAPIError

from gateway.database import Database
from plugins.health_book.models import visit
from plugins.health_book.visiting import TreatmentResult
from tests.plugins.health_book.rows import GOOD, Row, visit_of


async def write(database: Database, *rows: Row) -> None:
    async with database.write() as work:
        for row in rows:
            await work.execute(insert(visit), row)


GOES_ON: Row = dict.fromkeys(("discharged_at", "discharge_condition", "treatment_result"))


@pytest.mark.parametrize(
    "change",
    [
        {},
        GOES_ON,
        {"card_number": "GD4010012345678", "later_card_number": "0012345678"},
        {"co_payment": 0, "fund_payment": 450_000},
        {"total_cost": 2**53 - 1, "fund_payment": 2**53 - 1 - 140_000},
        {"year": 2017},
    ],
    ids=str,
)
async def test_visits(database: Database, change: Row) -> None:
    await write(database, GOOD | change, visit_of("v2"))


@pytest.mark.parametrize(
    "change",
    [
        {"total_cost": 500_001},
        {"co_payment": 89_999},
        {"own_payment": -4_500, "other_payment": 54_500},
        {"year": 2016},
        {"discharged_at": dt.datetime(2025, 3, 1, 0, 59, tzinfo=dt.UTC)},
        {"discharged_at": None},
        GOES_ON | {"treatment_result": TreatmentResult.DIED},
        {"later_card_number": GOOD["card_number"]},
        {"diagnosis_name": None},
    ],
    ids=str,
)
async def test_no_visits(database: Database, change: Row) -> None:
    with pytest.raises(DBAPIError):
        await write(database, GOOD | change)


async def test_a_facilitys_record_is_one_visit(database: Database) -> None:
    await write(database, GOOD, GOOD | {"id": "v2", "facility_code": "01002"})
    with pytest.raises(DBAPIError):
        await write(database, GOOD | {"id": "v3", "participant_id": "p2"})
