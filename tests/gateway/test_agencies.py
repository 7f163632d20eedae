"""Agencies: which codes there are, which is above which, and that SQL and code agree on who is in whose tree."""

from __future__ import annotations

import pytest
from sqlalchemy import String, bindparam, literal, select, type_coerce

from gateway.access import ANONYMOUS, Audience, Viewer, scope
from gateway.agencies import CENTRE, above, in_agency_tree, is_agency_code, is_in_tree, may_reach
from gateway.database import Database

IN_TREE = [
    ("000", "07921", True),
    ("000", "000", True),
    ("000", None, True),
    ("079", "079", True),
    ("079", "07921", True),
    ("079", "07821", False),
    ("079", "000", False),
    ("079", None, False),
    ("07921", "07921", True),
    ("07921", "07922", False),
    ("07921", "079", False),
    ("07", "07921", False),
    ("0792", "07921", False),
    ("%", "07921", False),
    ("___", "07921", False),
    ("079%", "07921", False),
    ("'", "07921", False),
]


@pytest.mark.parametrize("code", ["000", "001", "079", "07921", "99999"])
def test_codes_of_agencies(code: str) -> None:
    assert is_agency_code(code)


@pytest.mark.parametrize(
    "text",
    ["", "0", "79", "0792", "079210", "00001", "07a", "079 ", "079\n", "\uff10\uff17\uff19", "%", "07_"],
)
def test_anything_else_is_no_agency(text: str) -> None:
    assert not is_agency_code(text)


@pytest.mark.parametrize(("code", "expected"), [("07921", "079"), ("079", CENTRE), (CENTRE, None)])
def test_the_agency_above(code: str, expected: str | None) -> None:
    assert above(code) == expected


@pytest.mark.parametrize(
    ("agency", "code", "expected"), [*IN_TREE, (None, "079", False), (None, None, False)]
)
def test_who_is_in_whose_tree(agency: str | None, code: str | None, expected: bool) -> None:
    assert is_in_tree(code, agency) is expected


async def test_sql_says_the_same(database: Database) -> None:
    async with database.read() as connection:
        for agency, code, expected in IN_TREE:
            within = in_agency_tree(type_coerce(literal(code, String), String)).condition(
                agency=bindparam("agency", type_=String)
            )
            found = await connection.scalar(select(1).where(within), {"agency": agency})
            assert (found == 1) is expected, (agency, code)


@pytest.mark.parametrize(
    ("viewer", "narrowed"),
    [
        (ANONYMOUS, False),
        (Viewer(Audience.PARTICIPANT, "p1"), False),
        (Viewer(Audience.HOSPITAL, "01001"), False),
        (Viewer(Audience.OFFICER, "o1"), True),
        (Viewer(Audience.OFFICER, "o1", claims={"agency": "078"}), True),
        (Viewer(Audience.OFFICER, "o1", scopes=frozenset({"cards:everywhere"})), False),
    ],
)
def test_officers_alone_are_narrowed_unless_a_rule_lifts_it(viewer: Viewer, narrowed: bool) -> None:
    rows = in_agency_tree(literal("07921"), unless=scope("cards:everywhere"))

    assert rows.unless is not None
    assert (rows.unless.admits(viewer, None) is True) is not narrowed
    assert [name for name, _ in rows.claims] == ["agency"]


@pytest.mark.parametrize(
    ("viewer", "expected"),
    [
        (Viewer(Audience.HOSPITAL, "01001"), True),
        (Viewer(Audience.OFFICER, "o1"), False),
        (Viewer(Audience.OFFICER, "o1", claims={"agency": "078"}), False),
        (Viewer(Audience.OFFICER, "o1", claims={"agency": "079"}), True),
    ],
)
def test_code_asks_the_same_of_a_viewer(viewer: Viewer, expected: bool) -> None:
    assert may_reach(viewer, "07921") is expected
