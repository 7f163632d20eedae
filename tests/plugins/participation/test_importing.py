"""Importing records: what rows have to say, and that a file can be given twice, or half, or changed."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import stat
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
from plugins.accounts.models import participant
from plugins.participation.models import periods
from plugins.participation.periods import MoneyKind, ParticipationKind, PaymentState
from tests.plugins.participation.files import GOOD, written
from tests.stores import Store

DEMO = Demo(5, 1, NOW.date())
PEOPLE = list(participants(DEMO.participants, DEMO.seed))
CODE = PEOPLE[0].social_security_code
ROW = {**GOOD, "social_security_code": CODE}

Importing = Callable[..., Result]


def found(store: Store) -> list[dict[str, Any]]:
    """All periods in the store."""

    async def read() -> list[dict[str, Any]]:
        database = Database.open(store.url)
        try:
            async with database.read() as connection:
                rows = await connection.execute(select(periods).order_by(periods.c.id))
                return [dict(row) for row in rows.mappings()]
        finally:
            await database.close()

    return asyncio.run(read())


async def _write_people(url: str) -> None:
    database = Database.open(url)
    try:
        async with database.write() as connection:
            (people, *_) = AccountsDemo().participants(PEOPLE, DEMO)
            assert people.table is participant
            await connection.execute(insert(participant), list(people.values))
    finally:
        await database.close()


@pytest.fixture
def importing(store: Store, plugins: Mapping[str, object]) -> Importing:
    """Runs ``vssid import participation FILE``."""
    asyncio.run(_write_people(store.url))
    installation = Installation(
        {"VSSID_DATABASE_URL": store.url, "VSSID_SCHEMA_PATH": "/nonexistent"}, plugins
    )

    def run(*arguments: str | Path, status: int = 0) -> Result:
        given = ["import", "participation", *map(str, arguments)]
        result = CliRunner().invoke(vssid(), given, obj=installation)
        assert result.exit_code == status, (result.output, result.exception)
        return result

    return run


def test_a_row_of_each_kind_of_money(importing: Importing, store: Store, tmp_path: Path) -> None:
    voluntary = {"employer_code": "", "employer_name": "", "salary": "", "occupation": ""}
    file = written(
        tmp_path / "p.csv",
        [
            ROW,
            ROW | {"from_month": "01/2021", "to_month": "2021-03-01", "money_kind": "hệ số", "salary": "2,67", "basis": "2.34"},
            ROW | voluntary | {"kind": "BHXH tự nguyện", "state": "Chậm đóng"},
            ROW | voluntary | {"kind": "health", "money_kind": "", "basis": ""},
        ],
    )  # fmt: skip
    assert importing(file).output == "4 of 4 rows are in the database.\n"
    rows = {(row["kind"], row["from_month"].year): row for row in found(store)}
    assert len(rows) == 4
    first = rows[ParticipationKind.COMPULSORY_SOCIAL, 2020]
    assert first["participant_id"] == PEOPLE[0].key
    assert (first["salary"], first["basis"], first["basis_thousandths"]) == (6_000_000, 5_000_000, None)
    assert (first["title"], first["workplace"]) == (None, "Huế")
    second = rows[ParticipationKind.COMPULSORY_SOCIAL, 2021]
    assert (second["money_kind"], second["to_month"]) == (MoneyKind.COEFFICIENT, dt.date(2021, 3, 1))
    assert (second["salary"], second["salary_thousandths"], second["basis_thousandths"]) == (None, 2670, 2340)
    assert rows[ParticipationKind.VOLUNTARY_SOCIAL, 2020]["state"] is PaymentState.LATE
    assert rows[ParticipationKind.HEALTH, 2020]["money_kind"] is None


def test_json_lines_say_the_same(importing: Importing, store: Store, tmp_path: Path) -> None:
    importing(written(tmp_path / "p.csv", [ROW]))
    rows = found(store)
    file = tmp_path / "p.jsonl"
    file.write_text(json.dumps(ROW | {"salary": 6_000_000, "title": None}) + "\n", encoding="utf-8")
    assert importing(file).output == "1 of 1 rows are in the database.\n"
    assert found(store) == rows


def test_the_same_period_again_is_changed_not_added(
    importing: Importing, store: Store, tmp_path: Path
) -> None:
    later = ROW | {"to_month": "2021-06", "state": "LATE"}
    importing(written(tmp_path / "p.csv", [ROW, ROW | {"to_month": "2020-02"}, ROW]))
    (row,) = found(store)
    assert row["to_month"] == dt.date(2020, 12, 1)
    importing(written(tmp_path / "later.csv", [later]))
    (row,) = found(store)
    assert (row["to_month"], row["state"]) == (dt.date(2021, 6, 1), PaymentState.LATE)


def test_a_file_that_is_done_is_left_alone(importing: Importing, store: Store, tmp_path: Path) -> None:
    file = written(tmp_path / "p.csv", [ROW, ROW | {"kind": "LIFE"}])
    first = importing(file, status=1)
    importing(written(tmp_path / "later.csv", [ROW | {"state": "LATE"}]))
    assert importing(file.rename(tmp_path / "renamed.csv"), "--report", tmp_path / "r", status=1).output != ""
    assert [row["state"] for row in found(store)] == [PaymentState.LATE]
    assert importing(tmp_path / "renamed.csv", "--again", status=1).output == first.output.replace(
        "p.csv", "renamed.csv"
    )
    assert [row["state"] for row in found(store)] == [PaymentState.PAID]


@pytest.mark.parametrize(
    ("change", "faults"),
    [
        ({"social_security_code": "0099999999"}, [("social_security_code", "is nobody's whom we know")]),
        ({"social_security_code": "123"}, [("social_security_code", "is not ten digits")]),
        ({"social_security_code": "٠٠12345678"}, [("social_security_code", "is not ten digits")]),
        ({"social_security_code": ""}, [("social_security_code", "is missing")]),
        ({"kind": "LIFE", "state": "OWED"}, [("kind", "is not one of"), ("state", "is not one of")]),
        ({"from_month": "2020-13"}, [("from_month", "is not a month")]),
        ({"to_month": "2019-12"}, [("to_month", "is before from_month")]),
        ({"from_month": "1944-12"}, [("from_month", "is not from 1945-01 to 2199-12")]),
        ({"employer_code": ""}, [("employer_code", "is missing")]),
        ({"employer_name": ""}, [("employer_name", "is missing beside employer_code")]),
        ({"employer_code": "ta0001z"}, [("employer_code", "is not 1 to 12 capitals and digits")]),
        ({"employer_name": "x" * 301}, [("employer_name", "is longer than 300 characters")]),
        ({"basis": ""}, [("basis", "is missing beside money_kind")]),
        ({"money_kind": ""}, [("money_kind", "is missing beside an amount")]),
        ({"basis": "2.34"}, [("basis", "is not a whole number of đồng")]),
        ({"basis": "-5"}, [("basis", "is not an amount")]),
        ({"money_kind": "COEFFICIENT"}, [("salary", "is not a coefficient"), ("basis", "is not a coeff")]),
        ({"title": "a\x00b"}, [("title", "has control characters")]),
        ({"title": "a\u202eb"}, [("title", "has control characters")]),
        ({"to_month": "2019-12", "social_security_code": "0099999999", "basis": "1.5"},
         [("social_security_code", "is nobody's"), ("to_month", "is before"), ("basis", "is not a whole")]),
    ],
    ids=lambda given: ",".join(given) if isinstance(given, dict) else "",
)  # fmt: skip
def test_rows_that_are_refused(
    importing: Importing,
    store: Store,
    tmp_path: Path,
    change: dict[str, str],
    faults: list[tuple[str, str]],
) -> None:
    file = written(tmp_path / "p.csv", [ROW | change, ROW])
    report = tmp_path / "p.csv.refused.csv"
    output = importing(file, status=1).output
    assert output == f"1 of 2 rows are in the database.\n1 were refused; {report} says why.\n"
    heading, *lines = report.read_text(encoding="utf-8").splitlines()
    assert heading == "line,column,reason"
    assert len(lines) == len(faults)
    for line, (column, reason) in zip(lines, faults, strict=True):
        assert line.startswith(f"2,{column},"), line
        assert reason in line
        assert all(cell not in line for cell in change.values() if cell and column not in cell)
    assert len(found(store)) == 1


def test_what_is_composed_and_what_is_not_is_one_text(
    importing: Importing, store: Store, tmp_path: Path
) -> None:
    importing(written(tmp_path / "p.csv", [ROW | {"workplace": " Hue\u0302\u0301 "}]))
    assert [row["workplace"] for row in found(store)] == ["Huế"]


def test_bytes_that_are_no_utf_8_are_refused_where_they_are(importing: Importing, tmp_path: Path) -> None:
    file = written(tmp_path / "p.csv", [ROW, ROW | {"title": "XX"}, ROW])
    file.write_bytes(file.read_bytes().replace(b"XX", b"\xff"))
    importing(file, status=1)
    assert (tmp_path / "p.csv.refused.csv").read_text() == (
        "line,column,reason\n3,title,has bytes that are not UTF-8\n"
    )


def test_the_report_is_for_whoever_imports(importing: Importing, tmp_path: Path) -> None:
    file = written(tmp_path / "p.csv", [ROW | {"kind": "LIFE"}])
    importing(file, status=1)
    assert stat.S_IMODE((tmp_path / "p.csv.refused.csv").stat().st_mode) == 0o600


def test_no_other_file_is_written_over(importing: Importing, store: Store, tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text("something of mine", encoding="utf-8")
    refused = importing(written(tmp_path / "p.csv", [ROW]), "--report", other, status=2)
    assert "is no report; name another file with --report" in refused.stderr
    assert other.read_text(encoding="utf-8") == "something of mine"
    assert found(store) == []


def test_files_that_do_not_fit(importing: Importing, store: Store, tmp_path: Path) -> None:
    file = tmp_path / "p.csv"
    file.write_text("social_security_code,kind\n", encoding="utf-8")
    assert "There is no file" in importing(tmp_path / "other.csv", status=2).stderr
    assert "column from_month is missing" in importing(file, status=2).stderr
    assert "ends neither in .csv" in importing(written(tmp_path / "p.txt", [ROW]), status=2).stderr
    assert found(store) == []
