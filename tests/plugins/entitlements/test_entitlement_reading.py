"""A participant reads what was approved for them, by kind, year and state of payment, and what it comes to."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Mapping
from typing import Any, Final

import pytest

from gateway.access import Audience, Viewer
from gateway.app import Application
from gateway.testing import ask, running
from plugins.entitlements.models import DossierState, entitlement
from plugins.entitlements.regimes import EntitlementKind
from tests.plugins.entitlements.rows import GOOD
from tests.stores import Store

Kind = EntitlementKind
ROWS = [
    *GOOD.values(),
    *(
        GOOD[Kind.MONTHLY]
        | {"id": state.value, "dossier_number": state.value, "dossier_state": state, "monthly_amount": 1}
        for state in DossierState
        if state is not DossierState.APPROVED
    ),
    GOOD[Kind.MONTHLY]
    | {"id": "later", "starts_on": dt.date(2025, 9, 1), "ends_on": None, "monthly_amount": 3_450_000},
    GOOD[Kind.LUMP_SUM] | {"id": "other", "participant_id": "p2"},
]
OWNER, OTHER, NOBODY = (Viewer(Audience.PARTICIPANT, key) for key in ("p1", "p2", "p3"))
IDS = """query ($kind: EntitlementKind, $year: Int, $state: EntitlementPaymentState) {
  me { entitlements(kind: $kind, year: $year, paymentState: $state) { totalCount edges { node { id } } } }
}"""


@pytest.fixture
async def gateway(plugins: Mapping[str, object], store: Store) -> AsyncIterator[Application]:
    async with running(plugins, store.url, [(entitlement, ROWS)]) as application:
        yield application


async def ids(gateway: Application, viewer: Viewer, **variables: object) -> list[str]:
    answer = await ask(gateway, viewer, IDS, variables)
    found = answer["data"]["me"]["entitlements"]
    assert found["totalCount"] == len(found["edges"])
    return [edge["node"]["id"] for edge in found["edges"]]


async def test_each_kind_says_what_belongs_to_it(gateway: Application) -> None:
    document = """{ me { entitlements { edges { node {
      kind regime dossierNumber decisionNumber decidedOn startsOn endsOn paymentState paymentMethod paidOn
      agencyCode agencyName socialSecurityCode note
      ... on LumpSumEntitlement { amount insuredMonths }
      ... on ShortTermEntitlement { amount days }
      ... on MonthlyEntitlement { monthlyAmount }
      ... on UnemploymentEntitlement { monthlyAmount monthsGranted monthsReceived monthsKept }
      ... on OccupationalEntitlement { amount impairmentPercent }
    } } } } }"""
    found = (await ask(gateway, OWNER, document))["data"]["me"]["entitlements"]["edges"]
    by_kind: dict[str, dict[str, Any]] = {edge["node"]["kind"]: edge["node"] for edge in found[1:]}
    assert by_kind["UNEMPLOYMENT"] == {
        "kind": "UNEMPLOYMENT",
        "regime": "UNEMPLOYMENT_BENEFIT",
        "dossierNumber": "00001/2025/unemployment",
        "decisionNumber": None,
        "decidedOn": "2025-03-10",
        "startsOn": "2025-03-01",
        "endsOn": "2025-08-31",
        "paymentState": "PAYING",
        "paymentMethod": "CASH",
        "paidOn": None,
        "agencyCode": "00101",
        "agencyName": "BHXH cơ sở",
        "socialSecurityCode": "0012345678",
        "note": None,
        "monthlyAmount": 4_000_000,
        "monthsGranted": 6,
        "monthsReceived": 2,
        "monthsKept": 17,
    }
    assert (by_kind["LUMP_SUM"]["amount"], by_kind["LUMP_SUM"]["insuredMonths"]) == (70_000_000, 60)
    assert (by_kind["SHORT_TERM"]["amount"], by_kind["SHORT_TERM"]["days"]) == (36_000_000, 180)
    assert by_kind["MONTHLY"]["monthlyAmount"] == 3_000_000
    assert (by_kind["OCCUPATIONAL"]["amount"], by_kind["OCCUPATIONAL"]["impairmentPercent"]) == (
        20_000_000,
        15,
    )


async def test_only_what_is_approved_is_shown_and_the_latest_first(gateway: Application) -> None:
    found = await ids(gateway, OWNER)
    assert found[0] == "later"
    assert set(found) == {"later", *(kind.value for kind in Kind)}


FILTERED: Final[tuple[tuple[dict[str, object], list[str]], ...]] = (
    ({"kind": "LUMP_SUM"}, ["lump_sum"]),
    ({"kind": "MONTHLY"}, ["later", "monthly"]),
    ({"year": 2024}, list[str]()),
    ({"year": 2026}, ["later"]),
    ({"year": 2025, "state": "PAYING"}, ["later", "monthly", "unemployment"]),
    ({"state": "PAID", "kind": "SHORT_TERM"}, ["short_term"]),
    ({"year": -(2**31)}, list[str]()),
    ({"year": 2**31 - 1}, ["later"]),
)
"""Variables, and the keys that they lead to."""


async def test_filters(gateway: Application) -> None:
    for variables, expected in FILTERED:
        assert sorted(await ids(gateway, OWNER, **variables)) == expected, variables


async def test_each_sees_their_own(gateway: Application) -> None:
    assert await ids(gateway, OTHER) == ["other"]
    assert await ids(gateway, NOBODY) == []


async def test_what_they_come_to_by_year(gateway: Application) -> None:
    document = "{ me { entitlementYears { year granted paid kinds { kind count granted paid } } } }"
    years = (await ask(gateway, OWNER, document))["data"]["me"]["entitlementYears"]
    assert [year["year"] for year in years] == [2026, 2025]
    monthly = 6 * 3_000_000 + 4 * 3_450_000
    assert [(kind["kind"], kind["count"], kind["granted"], kind["paid"]) for kind in years[1]["kinds"]] == [
        ("LUMP_SUM", 1, 70_000_000, 70_000_000),
        ("SHORT_TERM", 1, 36_000_000, 36_000_000),
        ("MONTHLY", 2, monthly, monthly),
        ("UNEMPLOYMENT", 1, 24_000_000, 8_000_000),
        ("OCCUPATIONAL", 1, 20_000_000, 20_000_000),
    ]
    assert (years[1]["granted"], years[1]["paid"]) == (
        150_000_000 + monthly,
        134_000_000 + monthly,
    )
    assert (await ask(gateway, NOBODY, document))["data"]["me"]["entitlementYears"] == []


async def test_every_year_of_the_totals_has_its_rows_in_the_list(gateway: Application) -> None:
    document = "{ me { entitlementYears { year kinds { kind count } } } }"
    for year in (await ask(gateway, OWNER, document))["data"]["me"]["entitlementYears"]:
        for kind in year["kinds"]:
            listed = await ids(gateway, OWNER, year=year["year"], kind=kind["kind"])
            assert len(listed) >= kind["count"]


def test_nobody_else_has_a_way_to_them(gateway: Application) -> None:
    schemas = gateway.assembly.schemas
    assert [audience for audience in schemas if "Entitlement" in schemas[audience].graph.type_map] == [
        Audience.PARTICIPANT
    ]
