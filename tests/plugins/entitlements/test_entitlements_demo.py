"""Demo entitlements: of every kind, the same for the same people, and with the awkward cases."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest

from gateway.demo import Demo
from gateway.demo.people import DemoParticipant, participants
from plugins.entitlements.demo import EntitlementsDemo
from plugins.entitlements.models import NATURAL_KEY, DossierState
from plugins.entitlements.regimes import EntitlementKind, EntitlementPaymentState, EntitlementRegime

DEMO = Demo(participants=2_000, seed=1, today=dt.date(2026, 11, 23))
Rows = list[Mapping[str, Any]]


def rows_of(people: list[DemoParticipant], demo: Demo = DEMO) -> Rows:
    return [dict(row) for rows in EntitlementsDemo().participants(people, demo) for row in rows.values]


@pytest.fixture(scope="module")
def people() -> list[DemoParticipant]:
    return list(participants(DEMO.participants, DEMO.seed))


@pytest.fixture(scope="module")
def rows(people: list[DemoParticipant]) -> Rows:
    return rows_of(people)


def test_they_do_not_depend_on_the_batch(people: list[DemoParticipant], rows: Rows) -> None:
    assert rows_of(people[:700]) + rows_of(people[700:]) == rows


def test_keys_do_not_depend_on_the_day(people: list[DemoParticipant], rows: Rows) -> None:
    later = Demo(DEMO.participants, DEMO.seed, DEMO.today + dt.timedelta(days=400))
    assert [row["id"] for row in rows_of(people, later)] == [row["id"] for row in rows]


def test_each_is_there_once(rows: Rows) -> None:
    assert max(Counter(row["id"] for row in rows).values()) == 1
    assert max(Counter(tuple(row[column] for column in NATURAL_KEY) for row in rows).values()) == 1


def test_there_is_something_of_everything(rows: Rows) -> None:
    assert {row["kind"] for row in rows} == set(EntitlementKind)
    assert {row["regime"] for row in rows} >= set(EntitlementRegime) - {EntitlementRegime.RETIREMENT_LUMP_SUM}
    assert {row["dossier_state"] for row in rows} == set(DossierState)
    assert {row["payment_state"] for row in rows} >= set(EntitlementPaymentState) - {
        EntitlementPaymentState.SUSPENDED
    }


def test_the_first_person_has_every_kind_and_some_have_nothing(people: list[DemoParticipant]) -> None:
    first = [row for row in rows_of(people[:1]) if row["dossier_state"] is DossierState.APPROVED]
    assert {row["kind"] for row in first} == set(EntitlementKind)
    with_some = {row["participant_id"] for row in rows_of(people)}
    assert 0.2 < len(with_some) / len(people) < 0.6


def test_awkward_cases(people: list[DemoParticipant], rows: Rows) -> None:
    codes = {person.key: person.social_security_code for person in people}
    assert any(row["social_security_code"] != codes[row["participant_id"]] for row in rows)
    assert any(
        row["kind"] is EntitlementKind.SHORT_TERM and row["ends_on"].year > row["starts_on"].year
        for row in rows
    )
    assert any(
        (row["months_kept"] or 0) > 0 and row["months_received"] < row["months_granted"] for row in rows
    )


@pytest.mark.parametrize("today", [dt.date(2020, 12, 1), dt.date(2024, 2, 29), dt.date(2026, 11, 23)])
def test_nothing_was_decided_or_paid_in_the_future(people: list[DemoParticipant], today: dt.date) -> None:
    for row in rows_of(people[:500], Demo(500, 1, today)):
        assert max(day for day in (row["decided_on"], row["paid_on"], row["starts_on"]) if day) <= today
