"""The table of cards refuses what would make a person's card ambiguous, and what is no card."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import DBAPIError

from gateway.database import Database
from plugins.hi_card.benefits import LivingArea
from plugins.hi_card.models import CardState, card

GOOD: dict[str, object] = {
    "id": "c1",
    "participant_id": "p1",
    "number": "GD4010012345678",
    "active_number": "GD4010012345678",
    "current_for": "p1",
    "object_code": "GD",
    "benefit_level": 4,
    "valid_from": dt.date(2020, 1, 1),
    "valid_to": dt.date(2020, 12, 31),
    "facility_code": "01001",
    "five_year_date": None,
    "living_area": LivingArea.K1,
    "place_of_issue": "BHXH",
    "state": CardState.ACTIVE,
    "issued_on": dt.date(2019, 12, 20),
}
OTHER = GOOD | {
    "id": "c2",
    "participant_id": "p2",
    "number": "0012345679",
    "active_number": None,
    "current_for": None,
}


async def write(database: Database, *rows: dict[str, object]) -> None:
    async with database.write() as work:
        for row in rows:
            await work.execute(insert(card), row)


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"number": "0012345678", "active_number": None, "current_for": None, "valid_to": None},
        {"living_area": None, "five_year_date": dt.date(2025, 1, 1), "valid_to": dt.date(2020, 1, 1)},
    ],
    ids=str,
)
async def test_cards(database: Database, change: dict[str, object]) -> None:
    await write(database, GOOD | change, OTHER)


@pytest.mark.parametrize(
    "change",
    [
        {"current_for": "p2"},
        {"active_number": "0012345678"},
        {"number": "GD401001234567", "active_number": None},
        {"number": "GD401001234567X", "active_number": None},
        {"benefit_level": 0},
        {"benefit_level": 6},
        {"valid_to": dt.date(2019, 12, 31)},
        {"object_code": None},
    ],
    ids=str,
)
async def test_no_cards(database: Database, change: dict[str, object]) -> None:
    with pytest.raises(DBAPIError):
        await write(database, GOOD | change)


@pytest.mark.parametrize(
    "change",
    [
        {"participant_id": "p1", "current_for": "p1"},
        {"number": GOOD["number"], "active_number": GOOD["active_number"]},
        {"id": GOOD["id"]},
    ],
    ids=["two newest cards of a person", "two newest cards of a number", "one key"],
)
async def test_only_one(database: Database, change: dict[str, object]) -> None:
    with pytest.raises(DBAPIError):
        await write(database, GOOD, OTHER | change)
