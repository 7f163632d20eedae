"""What participants find in their records, with the documents of the mobile application, over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import delete

from gateway.demo.people import DemoParticipant
from plugins.entitlements.models import entitlement
from plugins.entitlements.regimes import EntitlementKind
from plugins.health_book.models import visit
from plugins.hi_card.models import card
from plugins.participation.models import periods
from tests.journeys.conftest import Gateway


async def asked(gateway: Gateway, name: str, token: str, **variables: object) -> dict[str, Any]:
    """What ``me`` is in the answer to a trusted document."""
    found: dict[str, Any] = (await gateway.trusted(name, token, **variables))["me"]
    return found


def nodes(connection: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [edge["node"] for edge in connection["edges"]]


async def without_records(gateway: Gateway, person: DemoParticipant) -> str:
    """The token of somebody about whom no plugin has a record any more."""
    async with gateway.application.services.database.write() as work:
        for table in (card, entitlement, periods, visit):
            await work.execute(delete(table).where(table.c.participant_id == person.key))
    return await gateway.sign_in(person)


async def test_a_participant_with_everything(gateway: Gateway, people: list[DemoParticipant]) -> None:
    token = await gateway.sign_in(people[0])

    home = await asked(gateway, "HomeScreen", token)
    assert home["fullName"] == people[0].full_name
    assert home["healthInsuranceCard"]["state"] == "ACTIVE"
    assert nodes(home["participationRecords"])
    assert [len(nodes(home[name])) for name in ("entitlements", "visits")] == [5, 5]
    assert home["entitlements"]["pageInfo"]["hasNextPage"]

    kinds: list[str] = []
    for kind in EntitlementKind:
        listed = await asked(gateway, "MyEntitlements", token, kind=kind.name)
        assert {one["kind"] for one in nodes(listed["entitlements"])} == {kind.name}
        kinds += [one["kind"] for one in nodes(listed["entitlements"])]
    every = await asked(gateway, "MyEntitlements", token)
    assert every["entitlements"]["totalCount"] == len(kinds)


async def test_entitlements_page_by_page(gateway: Gateway, people: list[DemoParticipant]) -> None:
    token = await gateway.sign_in(people[0])
    whole = await asked(gateway, "MyEntitlements", token, first=100)
    ids, after = list[str](), None
    while True:
        page = (await asked(gateway, "MyEntitlements", token, first=3, after=after))["entitlements"]
        ids += [one["id"] for one in nodes(page)]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert ids == [one["id"] for one in nodes(whole["entitlements"])]


async def test_what_entitlements_come_to(gateway: Gateway, people: list[DemoParticipant]) -> None:
    token = await gateway.sign_in(people[0])
    years = (await asked(gateway, "MyEntitlementYears", token))["entitlementYears"]
    assert [year["year"] for year in years] == sorted({year["year"] for year in years}, reverse=True)
    for year in years:
        assert year["granted"] == sum(kind["granted"] for kind in year["kinds"]) >= year["paid"] >= 0
        listed = await asked(gateway, "MyEntitlements", token, year=year["year"], first=100)
        kinds = {one["kind"] for one in nodes(listed["entitlements"])}
        assert {kind["kind"] for kind in year["kinds"]} <= kinds


async def test_the_health_care_book_by_year_and_visit(
    gateway: Gateway, people: list[DemoParticipant]
) -> None:
    token = await gateway.sign_in(people[0])
    years = (await asked(gateway, "MyHealthBook", token))["visitYears"]
    assert years[-1]["year"] == 2017
    visits = list[dict[str, Any]]()
    for year in years:
        visits = nodes((await asked(gateway, "MyVisits", token, year=year["year"], first=100))["visits"])
        assert len(visits) == year["visits"]
        assert sum(one["totalCost"] for one in visits) == year["totalCost"]
        assert sum(one["fundPayment"] for one in visits) == year["fundPayment"]
    for listed in visits:
        (one,) = nodes((await asked(gateway, "MyVisit", token, id=listed["id"]))["visits"])
        parts = ("fundPayment", "coPayment", "ownPayment", "otherPayment")
        assert one["totalCost"] == sum(one[part] for part in parts)
        assert one["facility"]["name"]
        there = await asked(gateway, "MyVisits", token, facility=listed["facility"]["id"], first=100)
        assert listed["id"] in {found["id"] for found in nodes(there["visits"])}


async def test_a_participant_with_nothing(gateway: Gateway, people: list[DemoParticipant]) -> None:
    token = await without_records(gateway, people[1])
    home = await asked(gateway, "HomeScreen", token)
    assert (home["fullName"], home["healthInsuranceCard"]) == (people[1].full_name, None)
    assert [nodes(home[name]) for name in ("participationRecords", "entitlements", "visits")] == [[], [], []]
    listed = await asked(gateway, "MyEntitlements", token)
    assert listed["entitlements"] == {
        "totalCount": 0,
        "edges": [],
        "pageInfo": {"hasNextPage": False, "endCursor": None},
    }
    assert (await asked(gateway, "MyEntitlementYears", token))["entitlementYears"] == []
    assert (await asked(gateway, "MyHealthBook", token))["visitYears"] == []
    assert nodes((await asked(gateway, "MyVisits", token, year=2020))["visits"]) == []


@pytest.mark.parametrize("year", [2016, 1900])
async def test_there_is_no_book_before_2017(
    gateway: Gateway, people: list[DemoParticipant], year: int
) -> None:
    token = await gateway.sign_in(people[0])
    query = "query ($year: Int) { me { visits(year: $year) { totalCount } } }"
    assert await gateway.codes(query, token, year=year) == ["BAD_USER_INPUT"]


async def test_a_parent_with_the_records_of_their_children(
    gateway: Gateway, people: list[DemoParticipant]
) -> None:
    parent, by_key = people[0], {person.key: person for person in people}
    token = await gateway.sign_in(parent)
    children = [
        one["participant"] for one in (await asked(gateway, "MyDependantsRecords", token))["dependants"]
    ]
    assert [by_key[child["id"]].full_name for child in children] == [child["fullName"] for child in children]
    assert any(nodes(child["visits"]) for child in children)
    for child in children:
        assert sum(year["visits"] for year in child["visitYears"]) == child["visits"]["totalCount"]
        assert not {one["id"] for one in nodes(child["visits"])} & await visits_of(gateway, token)
        # The child reads the same with an account of their own.
        own = await visits_of(gateway, await gateway.sign_in(by_key[child["id"]]))
        assert {one["id"] for one in nodes(child["visits"])} <= own
        assert len(own) == child["visits"]["totalCount"]
    stranger = next(person for person in people if person.birth_date.year < 1990 and person is not parent)
    others = (await asked(gateway, "MyDependantsRecords", await gateway.sign_in(stranger)))["dependants"]
    assert not {one["participant"]["id"] for one in others} & {child["id"] for child in children}


async def visits_of(gateway: Gateway, token: str) -> set[str]:
    listed = await asked(gateway, "MyVisits", token, first=100)
    return {one["id"] for one in nodes(listed["visits"])}
