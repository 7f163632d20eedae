"""Pages: forward, backward, cursors real and forged, counts, and filters given, null and absent."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.access import ANONYMOUS
from gateway.app import Application
from gateway.testing import ask
from tests.gateway.clinic.people import AN, BINH, DUNG, officer, participant

NEWEST_FIRST = ["v6", "v5", "v4", "v2", "v3", "v1"]
"""An's visits: by day backward, then by doctor, then by key."""

READER = officer("clinic:read")
PAGE = """query Page($first: Int, $after: String, $last: Int, $before: String,
    $since: Date, $doctor: String, $shortest: Int) {
  me { visits(first: $first, after: $after, last: $last, before: $before,
      since: $since, doctor: $doctor, shortestMinutes: $shortest) {
    edges { cursor node { id } } totalCount
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  } }
}"""


async def page(clinic: Application, who: str = AN, **variables: object) -> dict[str, Any]:
    """A page of somebody's own visits, without an error."""
    answer = await ask(clinic, participant(who), PAGE, variables)
    assert "errors" not in answer
    found: dict[str, Any] = answer["data"]["me"]["visits"]
    return found


def ids(found: dict[str, Any]) -> list[str]:
    """The keys of a page's rows."""
    return [edge["node"]["id"] for edge in found["edges"]]


def flags(found: dict[str, Any]) -> tuple[bool, bool]:
    """Whether there is more before and after a page."""
    return found["pageInfo"]["hasPreviousPage"], found["pageInfo"]["hasNextPage"]


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 6, 7])
async def test_forward(clinic: Application, size: int) -> None:
    """Page by page from the start, every row once, in order; rows that tie are told apart by their key."""
    seen: list[str] = []
    after: str | None = None
    while True:
        found = await page(clinic, first=size, after=after)
        seen += ids(found)
        assert flags(found) == (after is not None, len(seen) < len(NEWEST_FIRST))
        assert found["totalCount"] == len(NEWEST_FIRST)
        assert found["pageInfo"]["startCursor"] == found["edges"][0]["cursor"]
        after = found["pageInfo"]["endCursor"]
        assert after == found["edges"][-1]["cursor"]
        if not found["pageInfo"]["hasNextPage"]:
            break
    assert seen == NEWEST_FIRST


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 6, 7])
async def test_backward(clinic: Application, size: int) -> None:
    """Page by page from the end; inside a page the order is the list's own."""
    seen: list[str] = []
    before: str | None = None
    while True:
        found = await page(clinic, last=size, before=before)
        seen = ids(found) + seen
        assert flags(found) == (len(seen) < len(NEWEST_FIRST), before is not None)
        before = found["pageInfo"]["startCursor"]
        if not found["pageInfo"]["hasPreviousPage"]:
            break
    assert seen == NEWEST_FIRST


async def test_every_cursor_is_a_place(clinic: Application) -> None:
    """After any row come those behind it, before it those in front of it."""
    for position, edge in enumerate((await page(clinic))["edges"]):
        assert ids(await page(clinic, first=10, after=edge["cursor"])) == NEWEST_FIRST[position + 1 :]
        assert ids(await page(clinic, last=10, before=edge["cursor"])) == NEWEST_FIRST[:position]


async def test_a_cursor_fits_the_same_list_of_somebody_else(clinic: Application) -> None:
    """It is a place in an order, not a row: Binh's visit is found although An's cursor is not among hers."""
    cursor = (await page(clinic))["edges"][0]["cursor"]
    assert ids(await page(clinic, BINH, first=5, after=cursor)) == ["v7"]


@pytest.mark.parametrize(
    ("given", "expected", "around"),
    [
        ({}, NEWEST_FIRST, (False, False)),
        ({"first": None, "after": None, "last": None, "before": None}, NEWEST_FIRST, (False, False)),
        ({"first": 100}, NEWEST_FIRST, (False, False)),
        ({"first": 0}, [], (False, True)),
        ({"last": 0}, [], (True, False)),
        ({"first": 2, "last": 1}, ["v1"], (True, False)),
    ],
)
async def test_sizes(
    clinic: Application, given: dict[str, Any], expected: list[str], around: tuple[bool, bool]
) -> None:
    """From nothing to the limit; null is as good as absent; ``last`` goes before ``first``."""
    found = await page(clinic, **given)
    assert (ids(found), flags(found), found["totalCount"]) == (expected, around, len(NEWEST_FIRST))


async def test_nothing_to_page(clinic: Application) -> None:
    """An empty list has no cursors and counts nothing."""
    found = await page(clinic, "00-nobody")
    nothing = {"hasNextPage": False, "hasPreviousPage": False, "startCursor": None, "endCursor": None}
    assert found == {"edges": [], "totalCount": 0, "pageInfo": nothing}


@pytest.mark.parametrize(
    ("given", "details"),
    [
        ({"first": -1}, {"code": "BAD_USER_INPUT", "argument": "first", "reason": "must not be negative"}),
        ({"last": -5}, {"code": "BAD_USER_INPUT", "argument": "last", "reason": "must not be negative"}),
        (
            {"first": 101},
            {
                "code": "LIMIT_EXCEEDED",
                "limit": "page_size",
                "argument": "first",
                "maximum": 100,
                "measured": 101,
            },
        ),
        (
            {"last": 2**31 - 1},
            {
                "code": "LIMIT_EXCEEDED",
                "limit": "page_size",
                "argument": "last",
                "maximum": 100,
                "measured": 2**31 - 1,
            },
        ),
        (
            {"after": "x", "before": "y"},
            {"code": "BAD_USER_INPUT", "argument": "after", "reason": "goes with first alone"},
        ),
        (
            {"after": "x", "last": 1},
            {"code": "BAD_USER_INPUT", "argument": "after", "reason": "goes with first alone"},
        ),
        ({"before": "x"}, {"code": "BAD_USER_INPUT", "argument": "before", "reason": "goes with last alone"}),
        ({"doctor": "x" * 21}, {"code": "BAD_USER_INPUT", "argument": "doctor"}),
    ],
)
async def test_refused_arguments(clinic: Application, given: dict[str, Any], details: dict[str, Any]) -> None:
    """The argument at fault and the rule are named; the other fields of the object are answered."""
    answer = await ask(clinic, participant(AN), PAGE.replace("me {", "me { fullName"), given)
    assert answer["data"] == {"me": {"fullName": "Nguyễn Văn An", "visits": None}}
    assert [(error["path"], error["extensions"]) for error in answer["errors"]] == [
        (["me", "visits"], details)
    ]


@pytest.mark.parametrize(
    "forged",
    ["", "x", "%", "====", "é", "null", "W10", "A" * 16 + "W10", "\u0000", "a b", "A" * 5000],
)
@pytest.mark.parametrize(("size", "argument"), [("first", "after"), ("last", "before")])
async def test_forged_cursors(clinic: Application, forged: str, size: str, argument: str) -> None:
    """Texts that never were cursors."""
    answer = await ask(clinic, participant(AN), PAGE, {size: 3, argument: forged})
    assert [error["extensions"] for error in answer["errors"]] == [
        {"code": "BAD_USER_INPUT", "argument": argument, "reason": "not a cursor of this list"}
    ]


async def test_spoiled_and_foreign_cursors(clinic: Application) -> None:
    """A cursor with any character changed, and the cursor of another list of the same rows, are refused."""
    cursor = (await page(clinic))["edges"][1]["cursor"]
    others = await ask(clinic, READER, "{ visits { edges { cursor } } facilities { edges { cursor } } }")
    foreign = [edge["cursor"] for found in others["data"].values() for edge in found["edges"]]
    spoiled = [
        f"{cursor[:place]}{'B' if letter != 'B' else 'C'}{cursor[place + 1 :]}"
        for place, letter in enumerate(cursor)
    ]
    for bad in (*foreign, *spoiled, cursor[:-4], f"{cursor}AAAA"):
        answer = await ask(clinic, participant(AN), PAGE, {"first": 3, "after": bad})
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"], bad


async def test_a_forged_cursor_is_noticed_whatever_is_selected(clinic: Application) -> None:
    """Even where neither rows nor flags are asked for."""
    answer = await ask(clinic, participant(AN), '{ me { visits(after: "x") { __typename } } }')
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"since": None, "doctor": None, "shortest": None}, NEWEST_FIRST),
        ({"since": "2025-06-02"}, ["v6", "v5", "v4", "v2", "v3"]),
        ({"since": "0001-01-01"}, NEWEST_FIRST),
        ({"since": "9999-12-31"}, []),
        ({"doctor": "Ha"}, ["v2", "v3", "v1"]),
        ({"doctor": ""}, NEWEST_FIRST),
        ({"doctor": "%"}, ["v4"]),
        ({"doctor": "_"}, ["v4"]),
        ({"doctor": "/"}, []),
        ({"doctor": "'"}, ["v6"]),
        ({"doctor": "' OR '1'='1"}, []),
        ({"doctor": "\\"}, []),
        ({"shortest": 20}, ["v4", "v2", "v3"]),
        ({"shortest": 2**31 - 1}, ["v4"]),
        ({"shortest": -(2**31)}, NEWEST_FIRST),
        ({"shortest": 10, "doctor": "Ha", "since": "2025-06-02"}, ["v2", "v3"]),
    ],
)
async def test_filters(clinic: Application, given: dict[str, Any], expected: list[str]) -> None:
    """Each narrows rows and count; null is no condition; wildcards and quotes are letters like others."""
    found = await page(clinic, **given)
    assert (ids(found), found["totalCount"]) == (expected, len(expected))


async def test_filters_hold_on_every_page(clinic: Application) -> None:
    """The filter narrows what comes after a cursor, and the count is over all pages."""
    first = await page(clinic, doctor="Ha", first=1)
    second = await page(clinic, doctor="Ha", first=1, after=first["pageInfo"]["endCursor"])
    assert (ids(first), ids(second), second["totalCount"]) == (["v2"], ["v3"], 3)
    assert flags(second) == (True, True)


@pytest.mark.parametrize(
    ("mood", "names"), [("GOOD", [AN]), ("BAD", ["00-chi"]), (None, [AN, BINH, "00-chi"])]
)
async def test_filter_by_enum(clinic: Application, mood: str | None, names: list[str]) -> None:
    """An enum is compared as the store spells it."""
    document = "query ($mood: Mood) { patients(mood: $mood) { totalCount edges { node { id } } } }"
    found = (await ask(clinic, READER, document, {"mood": mood}))["data"]["patients"]
    assert (ids(found), found["totalCount"]) == (names, len(names))


async def test_pages_of_several_parents(clinic: Application) -> None:
    """Each parent has its own page and its own count."""
    document = """{ patients { edges { node {
        id visits(first: 2) { totalCount edges { node { id } } pageInfo { hasNextPage } } } } } }"""
    patients = (await ask(clinic, READER, document))["data"]["patients"]["edges"]
    told = {
        edge["node"]["id"]: (
            ids(edge["node"]["visits"]),
            edge["node"]["visits"]["totalCount"],
            edge["node"]["visits"]["pageInfo"]["hasNextPage"],
        )
        for edge in patients
    }
    assert told == {AN: (["v6", "v5"], 6, True), BINH: (["v7"], 1, False), "00-chi": ([], 0, False)}


async def test_pages_by_instant(clinic: Application) -> None:
    """Cursors carry instants whole: rows of one second are told apart, none is skipped or repeated."""
    document = """query ($after: String) { visits(first: 3, after: $after) {
        edges { node { id at } cursor } pageInfo { endCursor hasNextPage } } }"""
    seen: list[str] = []
    more: list[bool] = []
    after = None
    for _ in range(3):
        found = (await ask(clinic, READER, document, {"after": after}))["data"]["visits"]
        seen += ids(found)
        more.append(found["pageInfo"]["hasNextPage"])
        after = found["pageInfo"]["endCursor"]
    assert seen == ["v6", "v5", "v4", "v2", "v3", "v7", "v8", "v1"]
    assert more == [True, True, False]


async def test_one_list_under_two_names(clinic: Application) -> None:
    """Aliases with different arguments do not mix."""
    document = """{ me { a: visits(first: 1) { edges { node { id } } } b: visits(last: 1) { edges { node { id } } }
        c: visits(doctor: "Ha") { totalCount } } }"""
    me = (await ask(clinic, participant(AN), document))["data"]["me"]
    assert (ids(me["a"]), ids(me["b"]), me["c"]) == (["v6"], ["v1"], {"totalCount": 3})
    assert (await ask(clinic, participant(DUNG), document))["data"]["me"]["c"] == {"totalCount": 1}


async def test_a_whole_list_for_everybody(clinic: Application) -> None:
    """A root list with equal names, read backward by one."""
    seen: list[str] = []
    before = None
    for _ in range(4):
        found = (
            await ask(
                clinic,
                ANONYMOUS,
                "query ($before: String) { facilities(last: 1, before: $before) { edges { node { id } cursor } } }",
                {"before": before},
            )
        )["data"]["facilities"]
        seen = ids(found) + seen
        before = found["edges"][0]["cursor"]
    assert seen == ["00001", "00002", "00003", "00004"]
