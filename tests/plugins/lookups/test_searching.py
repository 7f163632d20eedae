"""Searching the directory on both stores: by a part of a name, whatever its marks, and by place and kind."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.access import ANONYMOUS
from gateway.app import Application
from gateway.folding import folded
from gateway.testing import ask, running
from plugins.lookups.facility_kinds import FacilityKind
from plugins.lookups.models import facility
from plugins.lookups.provinces import Era, load_provinces
from plugins.lookups.searching import ESCAPE, LONGEST, containing
from tests.stores import Store

FACILITIES = [
    ("01001", "Bệnh viện đa khoa thành phố Hà Nội", FacilityKind.GENERAL_HOSPITAL),
    ("01002", "Trạm y tế xã Đồng Tâm", FacilityKind.COMMUNE_STATION),
    ("01003", "Phòng khám 100% Á/Âu_1", FacilityKind.CLINIC),
    ("01004", "Phòng khám 100 Đ", FacilityKind.CLINIC),
    ("79001", "Bệnh viện đa khoa Chợ Lớn", FacilityKind.GENERAL_HOSPITAL),
    ("79002", "Trạm y tế phường Đồng Tâm", FacilityKind.COMMUNE_STATION),
]
ROWS = [
    {
        "code": code,
        "name": name,
        "search_name": folded(name),
        "kind": kind,
        "province_key": f"63:{code[:2]}",
    }
    for code, name, kind in FACILITIES
]
EVERY = {code for code, _, _ in FACILITIES}
SEARCH = """
query ($search: String, $province: String, $kind: FacilityKind, $first: Int, $after: String) {
  facilities(search: $search, province: $province, kind: $kind, first: $first, after: $after) {
    totalCount
    edges { node { code name kind province { id fullName became { name } } } }
    pageInfo { hasNextPage endCursor }
  }
}
"""


@pytest.fixture
async def gateway(plugins: Mapping[str, object], store: Store) -> AsyncIterator[Application]:
    alone = {"lookups": plugins["lookups"]}
    async with running(alone, store.url, [(facility, ROWS)]) as application:
        yield application


async def codes(gateway: Application, **variables: object) -> set[str]:
    found = (await ask(gateway, ANONYMOUS, SEARCH, variables))["data"]["facilities"]
    assert found["totalCount"] == len(found["edges"])
    return {edge["node"]["code"] for edge in found["edges"]}


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("đa khoa", {"79001", "01001"}),
        ("DA KHOA", {"79001", "01001"}),
        ("  Đa   Khoa ", {"79001", "01001"}),
        ("dong tam", {"79002", "01002"}),
        ("Đo\u0302\u0300ng", {"79002", "01002"}),
        ("%", {"01003"}),
        ("100%", {"01003"}),
        ("_", {"01003"}),
        ("a/a", {"01003"}),
        ("/", {"01003"}),
        ("' OR 1=1 --", set[str]()),
        ("\\", set[str]()),
        ("khong co", set[str]()),
        ("\0", EVERY),
    ],
)
async def test_by_a_part_of_the_name(gateway: Application, search: str, expected: set[str]) -> None:
    assert await codes(gateway, search=search) == expected


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"province": "63:79"}, {"79001", "79002"}),
        ({"province": "34:79"}, set[str]()),
        ({"kind": "CLINIC"}, {"01004", "01003"}),
        ({"kind": "COMMUNE_STATION", "province": "63:01", "search": "dong"}, {"01002"}),
        (
            {"search": None, "province": None, "kind": None},
            EVERY,
        ),
    ],
    ids=["province", "no province of 63", "kind", "all of them", "nulls"],
)
async def test_by_place_and_kind(
    gateway: Application, variables: dict[str, object], expected: set[str]
) -> None:
    assert await codes(gateway, **variables) == expected


async def test_page_by_page(gateway: Application) -> None:
    seen: list[str] = []
    after = None
    while True:
        page = (await ask(gateway, ANONYMOUS, SEARCH, {"first": 2, "after": after}))["data"]["facilities"]
        seen += [edge["node"]["code"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert len(seen) == len(FACILITIES)
    assert set(seen) == EVERY


async def test_in_the_order_of_names_without_marks(gateway: Application) -> None:
    found = (await ask(gateway, ANONYMOUS, SEARCH, {"search": "t"}))["data"]["facilities"]["edges"]
    assert [edge["node"]["code"] for edge in found] == ["01001", "79002", "01002"]


async def test_a_facility_tells_where_it_is(gateway: Application) -> None:
    found = await ask(gateway, ANONYMOUS, SEARCH, {"search": "cho lon"})
    (edge,) = found["data"]["facilities"]["edges"]
    assert edge["node"] == {
        "code": "79001",
        "name": "Bệnh viện đa khoa Chợ Lớn",
        "kind": "GENERAL_HOSPITAL",
        "province": {
            "id": "63:79",
            "fullName": "Thành phố Hồ Chí Minh",
            "became": {"name": "Hồ Chí Minh"},
        },
    }


async def test_too_long_a_search_is_the_callers_mistake(gateway: Application) -> None:
    answer = await ask(gateway, ANONYMOUS, SEARCH, {"search": "x" * (LONGEST + 1)})
    (error,) = answer["errors"]
    assert error["extensions"] == {"code": "BAD_USER_INPUT", "argument": "search"}


@pytest.mark.parametrize("era", list(Era))
async def test_the_register_of_provinces_is_there(gateway: Application, era: Era) -> None:
    document = """
      query ($era: Era) {
        provinces(era: $era, first: 100) {
          edges { node { code name fullName isPilot became { code } madeOf { code } } }
        }
      }
    """
    answer = await ask(gateway, ANONYMOUS, document, {"era": era.name})
    found = [edge["node"] for edge in answer["data"]["provinces"]["edges"]]
    register = load_provinces()
    assert found == [
        {
            "code": province.code,
            "name": province.name,
            "fullName": province.full_name,
            "isPilot": register.is_pilot(province),
            "became": {"code": register.successor(province).code} if era is Era.OF_63 else None,
            "madeOf": [{"code": old.code} for old in register.predecessors(province) if era is Era.OF_34],
        }
        for province in register.of(era)
    ]


@given(st.text(max_size=LONGEST))
def test_a_pattern_has_no_wildcards_of_the_searcher(text: str) -> None:
    pattern = containing(text)
    unescaped = pattern[1:-1]
    for special in (ESCAPE, "%", "_"):
        unescaped = unescaped.replace(ESCAPE + special, "")
    assert not {"%", "_", ESCAPE} & set(unescaped)
    assert pattern[0] == pattern[-1] == "%"
    assert "\0" not in pattern
