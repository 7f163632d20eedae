"""What every source answers, on awkward data."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from gateway.access import ANONYMOUS, Viewer
from gateway.app import Application
from gateway.testing import ask
from tests.gateway.clinic import tables as t
from tests.gateway.clinic.people import AN, BINH, CHI, DUNG, RICH, officer, participant

READER = officer("clinic:read")


async def own(clinic: Application, who: str, fields: str) -> Any:
    """What participants see of themselves, without an error."""
    answer = await ask(clinic, participant(who), f"{{ me {{ {fields} }} }}")
    assert "errors" not in answer
    return answer["data"]["me"]


async def found(clinic: Application, viewer: Viewer, document: str, **variables: object) -> Any:
    """The one field that is asked for, without an error."""
    answer = await ask(clinic, viewer, document, variables)
    assert "errors" not in answer
    (value,) = answer["data"].values()
    return value


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        (AN, ["Nguyễn Văn An", 'An "the %" O\'Neil', "1980-02-29", "GOOD", 3_000_000_000, 13, "N"]),
        (BINH, ["Trần Thị Bình", "", None, None, RICH, 13, "T"]),
        (CHI, ["Trần Thị Bình", None, "0999-12-31", "BAD", -1, 13, "T"]),
        (DUNG, [None] * 7),
        ("00-nobody", [None] * 7),
    ],
)
async def test_cells_of_our_row_about_an_entity(
    clinic: Application, who: str, expected: list[object]
) -> None:
    """Columns, computed and derived fields; all are null for somebody whom the plugin does not know."""
    me = await own(clinic, who, "fullName nickname birthDate mood savings nameLength initial")
    assert list(me.values()) == expected


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        (AN, ["GD4000000001", "**********01", 0, "2025-01-01", "2025-12-31", 364]),
        (BINH, ["GD4000000002", "**********02", 20, "2024-02-29", None, None]),
        (DUNG, ["%_'\"", "**'\"", 0, "0999-01-01", "9999-12-31", 3287546]),
    ],
)
async def test_cells_of_a_row(clinic: Application, who: str, expected: list[object]) -> None:
    """Columns, computed and derived fields of a table's own type."""
    card = (await own(clinic, who, "card { number maskedNumber coPayment validFrom validTo days }"))["card"]
    assert list(card.values()) == expected


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        (
            AN,
            {
                "leaflet": {"title": "Keep well"},
                "stamp": {"colour": "red"},
                "registeredAt": {"id": "00001", "name": "Alpha"},
            },
        ),
        (BINH, {"leaflet": None, "stamp": None, "registeredAt": {"id": "00999", "name": None}}),
        (DUNG, {"leaflet": None, "stamp": None, "registeredAt": None}),
    ],
)
async def test_one_row_or_entity(clinic: Application, who: str, expected: dict[str, object]) -> None:
    """By our column and by theirs; a key that leads nowhere is no row, but still an entity."""
    card = (await own(clinic, who, "card { leaflet { title } stamp { colour } registeredAt { id name } }"))[
        "card"
    ]
    assert card == expected


@pytest.mark.parametrize(("who", "clinic_of"), [(AN, "00001"), (BINH, "00999"), (CHI, None), (DUNG, None)])
async def test_entity_of_our_row_about_an_entity(
    clinic: Application, who: str, clinic_of: str | None
) -> None:
    """A key in our row about the parent; null where the key or the row is missing."""
    assert (await own(clinic, who, "clinic { id }"))["clinic"] == (clinic_of and {"id": clinic_of})


async def test_back_to_the_entity(clinic: Application) -> None:
    """From the entity to a row and back again; the entity's fields are there again."""
    me = await own(clinic, AN, "card { holder { id fullName card { number } } }")
    assert me["card"]["holder"] == {"id": AN, "fullName": "Nguyễn Văn An", "card": {"number": "GD4000000001"}}


async def test_rows_in_order(clinic: Application) -> None:
    """Newest first, equal days by primary key; money beyond 32 bits and up to 2^53 - 1."""
    card = (await own(clinic, AN, "card { uses { onDay cost } }"))["card"]
    assert [(use["onDay"], use["cost"]) for use in card["uses"]] == [
        ("2025-03-05", RICH),
        ("2025-03-02", 2**31),
        ("2025-03-02", 0),
        ("2025-03-01", 100),
    ]
    assert (await own(clinic, DUNG, "card { uses { cost } }"))["card"] == {"uses": []}


async def test_kinds(clinic: Application) -> None:
    """Each row is of the kind that its column tells."""
    fields = "grants { __typename amount ... on SicknessGrant { days } ... on BirthGrant { child } }"
    assert (await own(clinic, AN, fields))["grants"] == [
        {"__typename": "BirthGrant", "amount": 0, "child": "Bé"},
        {"__typename": "BirthGrant", "amount": 12, "child": None},
        {"__typename": "SicknessGrant", "amount": 5_000_000_000, "days": 3},
    ]
    assert (await own(clinic, DUNG, "grants { amount }"))["grants"] == []


@pytest.mark.parametrize(
    ("argument", "expected"),
    [
        ("", "hello 00-an, it is 2026-01-15"),
        ("(loud: false)", "hello 00-an, it is 2026-01-15"),
        ("(loud: true)", "HELLO 00-AN, IT IS 2026-01-15"),
    ],
)
async def test_code_on_an_entity(clinic: Application, argument: str, expected: str) -> None:
    """Real code gets the entity, the context's day in Vietnam, and its arguments or their defaults."""
    assert (await own(clinic, AN, f"greeting{argument}"))["greeting"] == expected


async def test_code_on_a_row(clinic: Application) -> None:
    """Real code reads the row's fields by their Python names."""
    me = await own(clinic, AN, 'card { remark(tone: "mild") }')
    assert me["card"]["remark"] == "mild: GD4000000001 on 2026-01-15"


async def test_code_on_the_root(clinic: Application) -> None:
    """Input objects in, a union out, with an entity in it that other fields extend."""
    document = """query ($hurts: [Complaint!]!, $where: ID) { advise(complaints: $hurts, facility: $where) {
        __typename ... on Advice { text at { id name } } ... on NoAdvice { reason } } }"""
    hurts = [{"where": "knee", "days": 3, "moods": ["BAD"]}, {"where": ""}, {"where": "ear", "days": None}]
    assert await found(clinic, ANONYMOUS, document, hurts=hurts, where="00002") == [
        {"__typename": "Advice", "text": "knee 3", "at": {"id": "00002", "name": "Beta"}},
        {"__typename": "NoAdvice", "reason": "nowhere"},
        {"__typename": "Advice", "text": "ear 0", "at": {"id": "00002", "name": "Beta"}},
    ]


@pytest.mark.parametrize(
    ("number", "holder"),
    [
        ("GD4000000001", AN),
        ("gd4000000002", BINH),
        ("%_'\"", DUNG),
        ("%", None),
        ("", None),
        ("GD4000000009", None),
    ],
)
async def test_lookup(clinic: Application, number: str, holder: str | None) -> None:
    """By the whole value, prepared; nothing in it is a wildcard."""
    document = "query ($number: String!) { checkCard(cardNumber: $number) { holder { id } } }"
    assert await found(clinic, READER, document, number=number) == (holder and {"holder": {"id": holder}})


async def test_lookup_of_what_can_be_no_key(clinic: Application) -> None:
    """What ``prepare`` refuses is the caller's mistake; the answer names the argument, not the value."""
    answer = await ask(clinic, READER, f'{{ checkCard(cardNumber: "{"7" * 21}") {{ number }} }}')
    assert answer["data"] == {"checkCard": None}
    assert [error["extensions"] for error in answer["errors"]] == [
        {"code": "BAD_USER_INPUT", "argument": "cardNumber"}
    ]


async def test_lookup_of_an_entity(clinic: Application) -> None:
    """A table about an entity gives the entity."""
    document = "query ($code: String!) { facility(code: $code) { id name beds } }"
    assert await found(clinic, ANONYMOUS, document, code="00003") == {
        "id": "00003",
        "name": "Beta",
        "beds": 2**31 - 1,
    }
    assert await found(clinic, ANONYMOUS, document, code="00404") is None


@pytest.mark.parametrize("key", [AN, "", "%", "nobody at all"])
async def test_entity_by_key(clinic: Application, key: str) -> None:
    """Any key is an entity; whether there is anything about it is for its fields to say."""
    document = "query ($id: ID!) { participant(id: $id) { id fullName } }"
    name = "Nguyễn Văn An" if key == AN else None
    assert await found(clinic, READER, document, id=key) == {"id": key, "fullName": name}


async def test_lists_of_entities(clinic: Application) -> None:
    """Rows about entities, listed as entities; equal names in the order of keys."""
    facilities = await found(clinic, ANONYMOUS, "{ facilities { edges { node { id name } } } }")
    assert [edge["node"]["id"] for edge in facilities["edges"]] == ["00001", "00002", "00003", "00004"]
    patients = await found(clinic, READER, "{ patients { edges { node { id fullName } } } }")
    assert [edge["node"]["id"] for edge in patients["edges"]] == [AN, BINH, CHI]


async def test_instants(clinic: Application) -> None:
    """In Vietnam's time, to the second, the newest first."""
    visits = await found(clinic, READER, "{ visits(first: 2) { edges { node { id at } } } }")
    assert [edge["node"] for edge in visits["edges"]] == [
        {"id": "v6", "at": "2025-06-05T06:30:15+07:00"},
        {"id": "v5", "at": "2025-06-04T00:30:15+07:00"},
    ]


@pytest.mark.parametrize("confirmed", [True, False])
async def test_a_change_is_kept_whole_or_not_at_all(clinic: Application, confirmed: bool) -> None:
    """What a mutation writes is committed if it answers, and undone if it raises."""
    answer = await ask(
        clinic,
        participant(CHI),
        "mutation ($name: String!, $yes: Boolean!) { rename(name: $name, confirmed: $yes) { id nickname } }",
        {"name": "Ki", "yes": confirmed},
    )
    assert answer["data"]["rename"] == ({"id": CHI, "nickname": "Ki"} if confirmed else None)
    assert ("errors" in answer) is not confirmed
    async with clinic.services.database.read() as connection:
        titles = (await connection.scalars(select(t.leaflet.c.title).order_by(t.leaflet.c.title))).all()
        nickname = await connection.scalar(
            select(t.person.c.nickname).where(t.person.c.participant_id == CHI)
        )
    assert (titles, nickname) == ((["Keep well", "Ki"], "Ki") if confirmed else (["Keep well"], None))
