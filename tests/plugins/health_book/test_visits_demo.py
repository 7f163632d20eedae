"""Demo visits: plausible, the same for the same people, and with the awkward cases."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest

from gateway.authoring import VIETNAM
from gateway.demo import Demo
from gateway.demo.people import DemoParticipant, participants
from plugins.health_book.demo import VisitsDemo
from plugins.health_book.models import NATURAL_KEY
from plugins.health_book.visiting import (
    CareKind,
    DischargeCondition,
    TreatmentResult,
    VisitReason,
    book_year,
)

DEMO = Demo(participants=2_000, seed=1, today=dt.date(2026, 11, 23))
Rows = list[Mapping[str, Any]]


def rows_of(people: list[DemoParticipant], demo: Demo = DEMO) -> Rows:
    return [dict(row) for rows in VisitsDemo().participants(people, demo) for row in rows.values]


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
    assert {row["care_kind"] for row in rows} == set(CareKind)
    assert {row["reason"] for row in rows} == set(VisitReason)
    assert {row["treatment_result"] for row in rows} - {None} == set(TreatmentResult) - {TreatmentResult.DIED}
    assert {row["discharge_condition"] for row in rows} == {None, DischargeCondition.DISCHARGED}


def test_how_often_people_come(people: list[DemoParticipant], rows: Rows) -> None:
    visits = Counter(row["participant_id"] for row in rows)
    assert 0.05 < 1 - len(visits) / len(people) < 0.25
    assert max(visits.values()) == 156
    assert sum(visits.values()) / len(people) < 10


@pytest.mark.parametrize("today", [dt.date(2020, 12, 1), dt.date(2024, 2, 29), dt.date(2026, 11, 23)])
def test_the_first_person_has_the_awkward_cases(today: dt.date) -> None:
    person = next(participants(1, 1))
    rows = rows_of([person], Demo(300, 1, today))
    years = [(row["year"], row["discharged_at"] and book_year(row["discharged_at"])) for row in rows]
    assert (today.year - 2, today.year - 1) in years  # over new year
    assert any(row["admitted_at"].year < row["year"] for row in rows)  # new year comes earlier in Vietnam
    assert any(row["later_card_number"] for row in rows)
    assert any(row["card_number"][-10:] != person.social_security_code for row in rows)
    assert any(row["discharged_at"] is None for row in rows)
    assert any(row["total_cost"] and not row["co_payment"] for row in rows)
    assert min(row["year"] for row in rows) == 2017


@pytest.mark.parametrize("today", [dt.date(2020, 12, 1), dt.date(2026, 11, 23)])
def test_nothing_happens_in_the_future_or_before_the_book(
    people: list[DemoParticipant], today: dt.date
) -> None:
    for row in rows_of(people[:500], Demo(500, 1, today)):
        last = row["discharged_at"] or row["admitted_at"]
        assert last.astimezone(VIETNAM).date() <= today
        assert row["year"] == book_year(row["admitted_at"]) >= 2017
