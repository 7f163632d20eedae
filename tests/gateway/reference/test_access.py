"""Who is answered: rules and their combinations, and rows narrowed by claims."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.access import ANONYMOUS, Viewer
from gateway.app import Application
from gateway.testing import ask
from tests.gateway.clinic.people import AN, BINH, HOSPITAL, officer, participant

FORBIDDEN = {"code": "FORBIDDEN"}
READER = officer("clinic:read")
SUPERVISOR = officer("clinic:read", "clinic:all")


async def test_a_refusal_is_null_and_siblings_are_answered(clinic: Application) -> None:
    """One error for each refused field, at its path, and nothing else is touched."""
    document = """{ participant(id: "00-binh") { id fullName card { number } visits { totalCount } grants { amount }
        greeting clinic { id } } me { fullName } }"""
    answer = await ask(clinic, participant(AN), document)
    refused = ["fullName", "card", "visits", "grants", "greeting", "clinic"]
    assert answer["data"] == {
        "participant": {"id": BINH, **dict.fromkeys(refused)},
        "me": {"fullName": "Nguyễn Văn An"},
    }
    assert sorted(error["path"] for error in answer["errors"]) == sorted(
        ["participant", name] for name in refused
    )
    assert all(error["extensions"] == FORBIDDEN for error in answer["errors"])
    assert {error["message"] for error in answer["errors"]} == {"You may not see this."}


@pytest.mark.parametrize(
    ("viewer", "key", "sees"),
    [
        (participant(AN), AN, True),
        (participant(AN), BINH, False),
        (participant("%"), AN, False),
        (READER, AN, True),
        (HOSPITAL, AN, True),
        (officer(), AN, False),
        (officer("clinic:all"), AN, False),
        (officer("clinic:read "), AN, False),
        (Viewer(READER.audience, AN), AN, False),
    ],
)
async def test_self_or_scope(clinic: Application, viewer: Viewer, key: str, sees: bool) -> None:
    """Either suffices; an officer whose key equals the participant's is not the participant."""
    answer = await ask(clinic, viewer, "query ($id: ID!) { participant(id: $id) { fullName } }", {"id": key})
    assert answer["data"]["participant"] == {"fullName": "Nguyễn Văn An" if sees else None}
    assert [error["extensions"] for error in answer.get("errors", [])] == ([] if sees else [FORBIDDEN])


@pytest.mark.parametrize(
    ("scopes", "seen"),
    [
        ((), [None, None]),
        (("clinic:read",), ["GD4000000001", 2]),
        (("clinic:all",), [None, None]),
        (("clinic:read", "clinic:all"), ["GD4000000001", 2]),
    ],
)
async def test_rules_inside_rules(clinic: Application, scopes: tuple[str, ...], seen: list[object]) -> None:
    """``and`` and ``or`` hold together; a field behind a refused one is not asked at all."""
    document = '{ checkCard(cardNumber: "GD4000000001") { number secretLevel } }'
    card = (await ask(clinic, officer(*scopes), document))["data"]["checkCard"]
    assert (list(card.values()) if card else [None, None]) == seen


@pytest.mark.parametrize(
    ("viewer", "field"),
    [
        (ANONYMOUS, "me { id }"),
        (ANONYMOUS, 'participant(id: "00-an") { fullName }'),
        (participant(AN), "wards { totalCount }"),
        (participant(AN), 'checkCard(cardNumber: "1") { secretLevel }'),
        (HOSPITAL, 'checkCard(cardNumber: "1") { secretLevel }'),
        (READER, "me { id }"),
        (READER, 'participant(id: "00-an") { nickname }'),
    ],
)
async def test_what_an_audience_may_never_ask_does_not_exist(
    clinic: Application, viewer: Viewer, field: str
) -> None:
    """It is an unknown field, not a forbidden one."""
    answer = await ask(clinic, viewer, f"{{ {field} }}")
    assert "data" not in answer
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["DOCUMENT_INVALID"]


def names(answer: dict[str, Any]) -> list[str] | None:
    """The wards of an answer, sorted: their order is the store's matter."""
    found = answer["data"]["wards"]
    assert found is None or found["totalCount"] == len(found["edges"])
    return found and sorted(edge["node"]["name"] for edge in found["edges"])


@pytest.mark.parametrize(
    ("viewer", "expected"),
    [
        (SUPERVISOR, ["East", "East", "Lost", "North", "South", "West"]),
        (officer("clinic:read", agency="HN"), ["East", "East", "West"]),
        (officer("clinic:read", agency="HN/01"), ["West"]),
        (officer("clinic:read", agency="HP"), ["South"]),
        (officer("clinic:read", agency="%"), ["Lost"]),
        (officer("clinic:read", agency=""), []),
        (officer("clinic:read", agency="HN' OR '1'='1"), []),
        (HOSPITAL, ["West"]),
    ],
)
async def test_rows_are_narrowed_by_claims(clinic: Application, viewer: Viewer, expected: list[str]) -> None:
    """Rows and counts alike; a wildcard in a claim is a letter."""
    answer = await ask(clinic, viewer, "{ wards { totalCount edges { node { name } } } }")
    assert "errors" not in answer
    assert names(answer) == expected


@pytest.mark.parametrize(
    "selected", ["totalCount", "edges { node { name } }", "__typename", "pageInfo { hasNextPage }"]
)
@pytest.mark.parametrize("claims", [{}, {"Agency": "HN"}, {"other": "HN"}])
async def test_without_the_claim_nothing_is_answered(
    clinic: Application, selected: str, claims: dict[str, str]
) -> None:
    """A missing claim is a refusal, also where no row is asked for; never a NULL in the condition."""
    answer = await ask(clinic, officer("clinic:read", **claims), f"{{ wards {{ {selected} }} }}")
    assert answer["data"] == {"wards": None}
    assert [error["extensions"] for error in answer["errors"]] == [FORBIDDEN]


async def test_narrowing_follows_the_type_on_every_path(clinic: Application) -> None:
    """Through a parent as well as from the root, with each parent's own count."""
    document = "{ facilities { edges { node { id wards { totalCount edges { node { name } } } } } } }"
    answer = await ask(clinic, officer("clinic:read", agency="HN"), document)
    told = {
        edge["node"]["id"]: sorted(ward["node"]["name"] for ward in edge["node"]["wards"]["edges"])
        for edge in answer["data"]["facilities"]["edges"]
    }
    assert told == {"00001": ["East", "West"], "00002": ["East"], "00003": [], "00004": []}


@pytest.mark.parametrize(
    ("claims", "numbers", "codes"),
    [
        ({"agency": "HN"}, ["LIC-1", None], set()),
        ({"agency": "HP"}, [None, "LIC-2"], set()),
        ({"agency": "%"}, [None, None], set()),
        ({}, [None, None], {"FORBIDDEN"}),
    ],
)
async def test_narrowing_of_our_row_about_an_entity(
    clinic: Application, claims: dict[str, str], numbers: list[str | None], codes: set[str]
) -> None:
    """A row that is out of scope is as good as missing; other rows about the entity are not concerned."""
    document = "{ facilities(first: 2) { edges { node { name licenceNumber } } } }"
    answer = await ask(clinic, officer("clinic:read", **claims), document)
    nodes = [edge["node"] for edge in answer["data"]["facilities"]["edges"]]
    assert [node["licenceNumber"] for node in nodes] == numbers
    assert [node["name"] for node in nodes] == ["Alpha", "Beta"]
    assert {error["extensions"]["code"] for error in answer.get("errors", [])} == codes
