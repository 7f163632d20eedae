"""Cells that are not what their column promises: only a field that shows such a cell fails."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from gateway.app import Application
from gateway.testing import ask
from tests.gateway.clinic.people import AN, BINH, officer, participant

READER = officer("clinic:read")
Corrupt = Callable[[str], Any]
SQLITE = pytest.mark.parametrize("store", ["sqlite"], indirect=True)
"""PostgreSQL's own types hold what they promise, so such cells can be on SQLite alone."""


@pytest.fixture
def corrupt(clinic: Application) -> Corrupt:
    """Run a statement of SQL as somebody does who is past the checks."""
    database = clinic.services.database

    async def run(statement: str) -> None:
        async with database.write() as connection:
            if database.dialect_name == "sqlite":
                await connection.execute(text("PRAGMA ignore_check_constraints = ON"))
            else:
                await connection.execute(text("ALTER TABLE clinic_person DROP CONSTRAINT mood_is_known"))
            await connection.execute(text(statement))

    return run


def codes(answer: dict[str, Any]) -> list[tuple[list[object], str]]:
    """Paths and codes of the errors."""
    return [(error["path"], error["extensions"]["code"]) for error in answer.get("errors", [])]


async def test_a_bad_enum(clinic: Application, corrupt: Corrupt) -> None:
    """The field with it fails; others of the same row, and the same field of other rows, do not."""
    await corrupt("UPDATE clinic_person SET mood = 'ugly' WHERE participant_id = '00-an'")
    document = "{ patients { edges { node { id fullName mood } } } }"
    answer = await ask(clinic, READER, document)
    assert [list(edge["node"].values()) for edge in answer["data"]["patients"]["edges"]] == [
        [AN, "Nguyễn Văn An", None],
        [BINH, "Trần Thị Bình", None],
        ["00-chi", "Trần Thị Bình", "BAD"],
    ]
    assert codes(answer) == [(["patients", "edges", 0, "node", "mood"], "INTERNAL")]
    unasked = await ask(clinic, READER, "{ patients { edges { node { fullName } } } }")
    assert "errors" not in unasked


@SQLITE
@pytest.mark.parametrize(
    ("field", "cell"),
    [
        ("birthDate", "'soon'"),
        ("birthDate", "x'00'"),
        ("birthDate", "'2025-02-30'"),
        ("savings", "'much'"),
        ("savings", "1.5"),
    ],
)
async def test_a_bad_cell(clinic: Application, corrupt: Corrupt, field: str, cell: str) -> None:
    """SQLite takes anything; what cannot be read is an error of its own field alone, masked."""
    column = {"birthDate": "birth_date"}.get(field, field)
    await corrupt(f"UPDATE clinic_person SET {column} = {cell} WHERE participant_id = '{AN}'")
    answer = await ask(clinic, participant(AN), f"{{ me {{ fullName {field} }} }}")
    assert answer["data"] == {"me": {"fullName": "Nguyễn Văn An", field: None}}
    assert codes(answer) == [(["me", field], "INTERNAL")]
    assert "soon" not in str(answer)
    assert "much" not in str(answer)


@SQLITE
async def test_a_bad_cell_that_must_not_be_null(clinic: Application, corrupt: Corrupt) -> None:
    """The nearest field that may be null is; without the cell the row is whole."""
    await corrupt("UPDATE clinic_card SET valid_from = 'never' WHERE number = 'GD4000000001'")
    answer = await ask(clinic, participant(AN), "{ me { fullName card { number validFrom } } }")
    assert answer["data"] == {"me": {"fullName": "Nguyễn Văn An", "card": None}}
    assert codes(answer) == [(["me", "card", "validFrom"], "INTERNAL")]
    answer = await ask(clinic, participant(AN), "{ me { card { number validTo } } }")
    assert answer == {"data": {"me": {"card": {"number": "GD4000000001", "validTo": "2025-12-31"}}}}


@SQLITE
async def test_a_bad_cell_in_an_order(clinic: Application, corrupt: Corrupt) -> None:
    """The list is answered; only the cursor of that row cannot be made."""
    await corrupt("UPDATE clinic_visit SET on_day = 'zzz' WHERE id = 'v1'")
    answer = await ask(clinic, participant(AN), "{ me { visits { edges { node { id } } totalCount } } }")
    visits = answer["data"]["me"]["visits"]
    assert [edge["node"]["id"] for edge in visits["edges"]] == ["v1", "v6", "v5", "v4", "v2", "v3"]
    answer = await ask(clinic, participant(AN), "{ me { visits { edges { cursor } } } }")
    assert codes(answer) == [(["me", "visits", "edges", 0, "cursor"], "INTERNAL")]


@SQLITE
async def test_money_beyond_what_json_readers_keep(clinic: Application, corrupt: Corrupt) -> None:
    """2^53 is not shown: a reader might round it. An Int of 2^31 is not shown either."""
    await corrupt(f"UPDATE clinic_person SET savings = {2**53} WHERE participant_id = '{AN}'")
    await corrupt(f"UPDATE clinic_facility SET beds = {2**31} WHERE code = '00001'")
    answer = await ask(clinic, participant(AN), "{ me { savings clinic { id beds name } } }")
    assert answer["data"] == {
        "me": {"savings": None, "clinic": {"id": "00001", "beds": None, "name": "Alpha"}}
    }
    assert sorted(codes(answer)) == [(["me", "clinic", "beds"], "INTERNAL"), (["me", "savings"], "INTERNAL")]


@SQLITE
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE clinic_person SET birth_date = 'soon'",
        "UPDATE clinic_person SET mood = 'ugly'",
        "UPDATE clinic_visit SET at = '2025-06-01'",
    ],
)
async def test_the_checks_keep_such_cells_out(clinic: Application, statement: str) -> None:
    """Without going behind them, none of the above can be written."""
    with pytest.raises(IntegrityError):
        async with clinic.services.database.write() as connection:
            await connection.execute(text(statement))


async def test_an_unknown_kind(clinic: Application) -> None:
    """Its list fails as a whole, masked: nothing can be said about a row of no kind."""
    async with clinic.services.database.write() as connection:
        await connection.execute(text("UPDATE clinic_grant SET kind = 'funeral' WHERE id = 1"))
    answer = await ask(clinic, participant(AN), "{ me { fullName grants { amount } } }")
    assert answer["data"] == {"me": {"fullName": "Nguyễn Văn An", "grants": None}}
    assert [code for _, code in codes(answer)] == ["INTERNAL"]
