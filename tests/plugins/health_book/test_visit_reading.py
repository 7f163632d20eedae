"""A participant reads their health care book: by year, facility and kind, one visit by its key, and the sums of each year."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Mapping
from typing import Final

import pytest

from gateway.access import Audience, Viewer
from gateway.app import Application
from gateway.testing import ask, running
from plugins.health_book.models import visit
from plugins.health_book.visiting import CareKind
from tests.plugins.health_book.rows import visit_of
from tests.stores import Store


def at(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> dict[str, object]:
    begins = dt.datetime(year, month, day, hour, minute, tzinfo=dt.UTC)
    return {"admitted_at": begins, "discharged_at": begins + dt.timedelta(days=9)}


ROWS = [
    visit_of("new-year", year=2024, care_kind=CareKind.INPATIENT, **at(2024, 12, 28, 2)),
    visit_of("first-minutes", year=2025, **at(2024, 12, 31, 17, 30)),
    visit_of("elsewhere", year=2025, facility_code="79A01", **at(2025, 2, 1)),
    visit_of(
        "free",
        year=2025,
        **at(2025, 6, 1),
        fund_payment=3_000_000_000,
        co_payment=0,
        own_payment=0,
        other_payment=0,
        total_cost=3_000_000_000,
    ),
    visit_of("beginning", year=2017, **at(2017, 1, 1)),
    visit_of("foreign", participant_id="p2", year=2025, **at(2025, 5, 1)),
]
OWNER, OTHER, NOBODY = (Viewer(Audience.PARTICIPANT, key) for key in ("p1", "p2", "p3"))
IDS = """query ($id: ID, $year: Int, $facility: ID, $kind: CareKind) {
  me { visits(id: $id, year: $year, facility: $facility, careKind: $kind) { totalCount edges { node { id } } } }
}"""


@pytest.fixture
async def gateway(plugins: Mapping[str, object], store: Store) -> AsyncIterator[Application]:
    async with running(plugins, store.url, [(visit, ROWS)]) as application:
        yield application


async def ids(gateway: Application, viewer: Viewer, **variables: object) -> list[str]:
    found = (await ask(gateway, viewer, IDS, variables))["data"]["me"]["visits"]
    assert found["totalCount"] == len(found["edges"])
    return [edge["node"]["id"] for edge in found["edges"]]


FILTERED: Final[tuple[tuple[dict[str, object], list[str]], ...]] = (
    ({}, ["free", "elsewhere", "first-minutes", "new-year", "beginning"]),
    ({"year": 2025}, ["free", "elsewhere", "first-minutes"]),
    ({"year": 2024}, ["new-year"]),
    ({"year": 2017}, ["beginning"]),
    ({"year": 2018}, []),
    ({"facility": "79A01"}, ["elsewhere"]),
    ({"facility": "01001", "year": 2025}, ["free", "first-minutes"]),
    ({"kind": "INPATIENT"}, ["new-year"]),
    ({"id": "free"}, ["free"]),
    ({"id": "free", "year": 2024}, []),
    ({"id": "foreign"}, []),
    ({"id": "x" * 1_000}, []),
)
"""Variables, and the keys that they lead to, in order."""


async def test_visits(gateway: Application) -> None:
    for variables, expected in FILTERED:
        assert await ids(gateway, OWNER, **variables) == expected, variables


async def test_a_foreign_visit_is_a_missing_one(gateway: Application) -> None:
    foreign, missing = [await ask(gateway, OTHER, IDS, {"id": key}) for key in ("free", "no such visit")]
    assert foreign == missing
    assert await ids(gateway, OTHER) == ["foreign"]
    assert await ids(gateway, NOBODY) == []


async def test_years_without_a_book_are_the_callers_mistake(gateway: Application) -> None:
    for year in (2016, 1, -5, 9999):
        (error,) = (await ask(gateway, OWNER, IDS, {"year": year}))["errors"]
        assert error["extensions"] == {"code": "BAD_USER_INPUT", "argument": "year"}, year


async def test_all_of_a_visit(gateway: Application) -> None:
    document = """{ me { visits(id: "new-year") { edges { node {
      recordCode facility { id } year admittedAt dischargedAt careKind reason diagnosisCode diagnosisName
      dischargeCondition treatmentResult cardNumber laterCardNumber
      totalCost fundPayment coPayment ownPayment otherPayment
    } } } } }"""
    (edge,) = (await ask(gateway, OWNER, document))["data"]["me"]["visits"]["edges"]
    assert edge["node"] == {
        "recordCode": "new-year",
        "facility": {"id": "01001"},
        "year": 2024,
        "admittedAt": "2024-12-28T09:00:00+07:00",
        "dischargedAt": "2025-01-06T09:00:00+07:00",
        "careKind": "INPATIENT",
        "reason": "RIGHT_ROUTE",
        "diagnosisCode": "J00",
        "diagnosisName": "Viêm mũi họng cấp",
        "dischargeCondition": "DISCHARGED",
        "treatmentResult": "BETTER",
        "cardNumber": "0012345678",
        "laterCardNumber": None,
        "totalCost": 500_000,
        "fundPayment": 360_000,
        "coPayment": 90_000,
        "ownPayment": 45_500,
        "otherPayment": 4_500,
    }


async def test_sums_by_year(gateway: Application) -> None:
    document = """{ me { visitYears {
      year visits totalCost fundPayment coPayment ownPayment otherPayment
    } } }"""
    years = (await ask(gateway, OWNER, document))["data"]["me"]["visitYears"]
    assert [(year["year"], year["visits"]) for year in years] == [(2025, 3), (2024, 1), (2017, 1)]
    assert years[0] == {
        "year": 2025,
        "visits": 3,
        "totalCost": 3_001_000_000,
        "fundPayment": 3_000_720_000,
        "coPayment": 180_000,
        "ownPayment": 91_000,
        "otherPayment": 9_000,
    }
    for year in years:
        assert len(await ids(gateway, OWNER, year=year["year"])) == year["visits"]
    assert (await ask(gateway, NOBODY, document))["data"]["me"]["visitYears"] == []


def test_nobody_else_has_a_way_to_them(gateway: Application) -> None:
    schemas = gateway.assembly.schemas
    assert [audience for audience in schemas if "MedicalVisit" in schemas[audience].graph.type_map] == [
        Audience.PARTICIPANT
    ]
