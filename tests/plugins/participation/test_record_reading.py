"""Reading records: pages, filters, totals and years, by the person and a guardian, and by nobody else."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from gateway.access import Audience, Viewer
from gateway.app import Application
from gateway.demo import Demo
from gateway.demo.people import participants
from gateway.testing import NOW, ask, running
from plugins.participation.demo import ParticipationDemo
from plugins.participation.models import periods
from plugins.participation.periods import ParticipationKind, PaymentState
from tests.stores import Store

DEMO = Demo(30, 1, NOW.date())
PEOPLE = list(participants(DEMO.participants, DEMO.seed))
(RECORDS,) = ParticipationDemo().participants(PEOPLE, DEMO)
ROWS: list[Mapping[str, Any]] = [dict(row) for row in RECORDS.values]
OWN_ROWS = sorted(
    (row for row in ROWS if row["participant_id"] == PEOPLE[0].key),
    key=lambda row: row["id"],
)
EMPLOYER = OWN_ROWS[0]["employer_code"]
ME = Viewer(Audience.PARTICIPANT, PEOPLE[0].key)
PAGE = """query ($kind: ParticipationKind, $state: PaymentState, $employer: String, $since: Date, $until: Date) {
  me { participationRecords(kind: $kind, state: $state, employer: $employer, since: $since, until: $until, first: 100) {
    totalCount edges { node { kind state employerCode fromMonth toMonth } } } } }"""


@pytest.fixture
async def gateway(plugins: Mapping[str, object], store: Store) -> AsyncIterator[Application]:
    async with running(plugins, store.url, [(periods, ROWS)]) as application:
        yield application


@pytest.mark.parametrize(
    ("filters", "kept"),
    [
        ({}, lambda row: True),
        ({"kind": "HEALTH"}, lambda row: row["kind"] is ParticipationKind.HEALTH),
        ({"state": "LATE"}, lambda row: row["state"] is PaymentState.LATE),
        ({"employer": EMPLOYER.lower()}, lambda row: row["employer_code"] == EMPLOYER),
        ({"since": "2020-06-30"}, lambda row: row["to_month"] >= dt.date(2020, 6, 1)),
        ({"until": "2020-06-01"}, lambda row: row["from_month"] <= dt.date(2020, 6, 1)),
        (
            {"kind": "ACCIDENT", "since": "2018-01-01", "until": "2018-12-31"},
            lambda row: (
                row["kind"] is ParticipationKind.ACCIDENT
                and row["to_month"] >= dt.date(2018, 1, 1)
                and row["from_month"] <= dt.date(2018, 12, 1)
            ),
        ),
        ({"employer": "NOBODY"}, lambda row: False),
    ],
    ids=lambda given: str(given) if isinstance(given, dict) else "",
)
async def test_filters(gateway: Application, filters: dict[str, str], kept: Any) -> None:
    page = (await ask(gateway, ME, PAGE, filters))["data"]["me"]["participationRecords"]
    expected = [row for row in OWN_ROWS if kept(row)]
    nodes = [edge["node"] for edge in page["edges"]]
    assert page["totalCount"] == len(nodes) == len(expected)
    assert sorted((node["fromMonth"], node["kind"], node["employerCode"]) for node in nodes) == sorted(
        (row["from_month"].isoformat(), row["kind"].name, row["employer_code"]) for row in expected
    )
    months = [node["fromMonth"] for node in nodes]
    assert months == sorted(months, reverse=True)


async def test_totals_and_years_are_of_the_same_record(gateway: Application) -> None:
    document = """{ me { participationTotals { kinds { kind time { totalMonths lateMonths unpaidMonths } } }
        participationYears { kind paidMonths lateMonths unpaidMonths } } }"""
    me = (await ask(gateway, ME, document))["data"]["me"]
    assert [one["kind"] for one in me["participationTotals"]["kinds"]] == [
        kind.name for kind in ParticipationKind
    ]
    for one in me["participationTotals"]["kinds"]:
        years = [year for year in me["participationYears"] if year["kind"] == one["kind"]]
        for whole, part in (
            ("totalMonths", "paidMonths"),
            ("lateMonths", "lateMonths"),
            ("unpaidMonths", "unpaidMonths"),
        ):
            assert one["time"][whole] == sum(year[part] for year in years)
    assert any(one["time"]["lateMonths"] for one in me["participationTotals"]["kinds"])


async def test_somebody_with_nothing(gateway: Application) -> None:
    document = """{ me { participationRecords { totalCount edges { node { kind } } }
        participationTotals { socialInsurance { years months firstMonth } kinds { unpaidWhileEmployed { months } } }
        participationYears { year } } }"""
    me = (await ask(gateway, Viewer(Audience.PARTICIPANT, "nobody"), document))["data"]["me"]
    assert me == {
        "participationRecords": {"totalCount": 0, "edges": []},
        "participationTotals": {
            "socialInsurance": {"years": 0, "months": 0, "firstMonth": None},
            "kinds": [{"unpaidWhileEmployed": []}] * len(ParticipationKind),
        },
        "participationYears": [],
    }
