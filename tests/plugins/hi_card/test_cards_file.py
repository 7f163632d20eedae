"""``vssid import cards``: the register from a file, as often as one likes."""

from __future__ import annotations

import asyncio
import csv
import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import insert, select

from gateway.commands.installation import Installation
from gateway.commands.root import vssid
from gateway.database import Database
from gateway.demo import Demo
from gateway.demo.people import participants
from gateway.testing import NOW
from plugins.accounts.demo import AccountsDemo
from plugins.hi_card.importing import CARDS_FILE
from plugins.hi_card.models import CardState, PrintedSex, card
from tests.stores import Store

DEMO = Demo(5, 1, NOW.date())
FIRST, SECOND = list(participants(DEMO.participants, DEMO.seed))[:2]
COLUMNS = [column.name for column in CARDS_FILE.columns]
OLD = {
    "social_security_code": FIRST.social_security_code,
    "number": f"GD401{FIRST.social_security_code}",
    "object_code": "GD",
    "benefit_level": "4",
    "valid_from": "2019-01-01",
    "valid_to": "2021-03-31",
    "facility_code": "01123",
    "place_of_issue": "BHXH thành phố Hà Nội",
    "state": "REPLACED",
    "issued_on": "2018-12-20",
    "holder_name": "Nguyễn Thị Lan",
    "holder_birth": "1950",
    "holder_sex": "Nữ",
}
NEW = {
    **OLD,
    "number": FIRST.social_security_code,
    "valid_from": "2021-04-01",
    "valid_to": "",
    "state": "ACTIVE",
    "agency_code": "00101",
    "living_area": "K2",
}
OTHER = {**NEW, "social_security_code": SECOND.social_security_code, "number": SECOND.social_security_code}

Importing = Callable[..., Result]


async def _write(url: str, *portions: Any) -> None:
    database = Database.open(url)
    try:
        async with database.write() as connection:
            for table, values in portions:
                await connection.execute(insert(table), list(values))
    finally:
        await database.close()


def register(store: Store) -> dict[str, Any]:
    """Every card, by number and first day."""

    async def read() -> dict[str, Any]:
        database = Database.open(store.url)
        try:
            async with database.read() as connection:
                rows = await connection.execute(select(card))
                return {f"{row.number} {row.valid_from}": row for row in rows}
        finally:
            await database.close()

    return asyncio.run(read())


@pytest.fixture
def importing(store: Store, plugins: Mapping[str, object], tmp_path: Path) -> Importing:
    """Writes rows to a file and imports it."""
    (people, *_) = AccountsDemo().participants([FIRST, SECOND], DEMO)
    asyncio.run(_write(store.url, (people.table, people.values)))
    environ = {"VSSID_DATABASE_URL": store.url, "VSSID_SCHEMA_PATH": "/nonexistent"}

    def run(*rows: Mapping[str, str], status: int = 0) -> Result:
        path = tmp_path / "cards.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS)
            writer.writeheader()
            writer.writerows(rows)
        arguments = ["import", "cards", str(path), "--again"]
        result = CliRunner().invoke(vssid(), arguments, obj=Installation(environ, plugins))
        assert result.exit_code == status, (result.output, result.exception)
        return result

    return run


def test_the_newest_card_of_a_person_is_known(store: Store, importing: Importing) -> None:
    importing(NEW, OLD, OTHER)

    found = register(store)
    old, new = found[f"{OLD['number']} 2019-01-01"], found[f"{NEW['number']} 2021-04-01"]
    assert (old.current_for, old.active_number) == (None, old.number)
    assert (new.current_for, new.active_number) == (FIRST.key, new.number)
    assert (new.holder_name, new.holder_birth, new.holder_sex) == (
        "Nguyễn Thị Lan",
        "1950",
        PrintedSex.FEMALE,
    )
    assert (new.agency_code, old.agency_code, new.valid_to) == ("00101", None, None)
    assert len(found) == 3


def test_a_file_can_be_given_again_and_in_any_order(store: Store, importing: Importing) -> None:
    importing(OLD, NEW)
    once = register(store)
    importing(NEW)
    importing(OLD)

    assert register(store) == once


def test_a_newer_card_takes_the_number_over(store: Store, importing: Importing) -> None:
    importing(NEW)
    renewed = {**NEW, "valid_from": "2022-04-01", "holder_name": "Nguyễn Thị Lan Anh"}
    importing({**NEW, "state": "REPLACED"}, renewed)

    found = register(store)
    before, after = found[f"{NEW['number']} 2021-04-01"], found[f"{NEW['number']} 2022-04-01"]
    assert (before.current_for, before.active_number, before.state) == (None, None, CardState.REPLACED)
    assert (after.current_for, after.active_number) == (FIRST.key, after.number)


def test_cards_that_were_there_before_get_what_is_printed(store: Store, importing: Importing) -> None:
    there = {
        "id": "kept",
        "participant_id": FIRST.key,
        "number": NEW["number"],
        "active_number": NEW["number"],
        "current_for": FIRST.key,
        "object_code": "GD",
        "benefit_level": 4,
        "valid_from": dt.date(2021, 4, 1),
        "facility_code": "01001",
        "place_of_issue": "BHXH",
        "state": CardState.ACTIVE,
        "issued_on": dt.date(2021, 3, 1),
    }
    asyncio.run(_write(store.url, (card, [there])))
    importing(NEW)

    (found,) = register(store).values()
    assert (found.id, found.holder_name, found.facility_code) == ("kept", "Nguyễn Thị Lan", "01123")


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("number", "12345"),
        ("number", "GD9010012345678"),
        ("number", SECOND.social_security_code),
        ("object_code", "gd"),
        ("benefit_level", "6"),
        ("valid_from", "01/04/2021"),
        ("valid_to", "2021-03-31"),
        ("facility_code", "1123"),
        ("living_area", "K9"),
        ("state", "GOOD"),
        ("agency_code", "101"),
        ("holder_name", ""),
        ("holder_birth", "50"),
        ("holder_birth", "2001-02-30"),
        ("holder_sex", "?"),
        ("social_security_code", "0099999999"),
    ],
)
def test_bad_rows_are_named_and_change_nothing(
    store: Store, importing: Importing, tmp_path: Path, column: str, cell: str
) -> None:
    importing({**NEW, column: cell}, OTHER, status=1)

    with (tmp_path / "cards.csv.refused.csv").open(encoding="utf-8") as report:
        refused = list(csv.DictReader(report))
    assert column in {row["column"] for row in refused}
    assert [row.participant_id for row in register(store).values()] == [SECOND.key]


def test_an_old_number_says_level_and_kind(importing: Importing) -> None:
    importing({**OLD, "benefit_level": "3", "object_code": "TE"}, status=1)
