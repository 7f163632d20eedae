"""What a visit costs adds up to the last đồng, and visits are of the year in which they began in Vietnam."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.authoring import VIETNAM
from plugins.health_book.costs import Costs, shared
from plugins.health_book.diagnoses import DIAGNOSES, is_diagnosis_code
from plugins.health_book.visiting import (
    CareKind,
    DischargeCondition,
    TreatmentResult,
    VisitReason,
    book_year,
    known_year,
)

PARTS = st.integers(0, 10**12)


@given(PARTS, st.integers(0, 100), PARTS, PARTS)
def test_money_adds_up(insured: int, rate: int, uninsured: int, other: int) -> None:
    costs = shared(insured, rate, uninsured, other)
    assert (
        costs.total == insured + uninsured + other == costs.fund + costs.co_payment + costs.own + costs.other
    )
    assert costs.fund <= insured * rate / 100 + 1e-3 * insured
    assert (costs.co_payment == 0) or rate < 100


@given(PARTS, PARTS, PARTS, PARTS, st.integers(-(10**12), 10**12).filter(bool))
def test_costs_that_do_not_add_up_are_none(a: int, b: int, c: int, d: int, off: int) -> None:
    Costs(a + b + c + d, a, b, c, d)
    with pytest.raises(ValueError, match="add up"):
        Costs(a + b + c + d + off, a, b, c, d)


@pytest.mark.parametrize("part", range(1, 5))
def test_no_part_is_negative(part: int) -> None:
    costs = [0, 0, 0, 0, 0]
    costs[part] = -1
    costs[0] = -1
    with pytest.raises(ValueError, match="negative"):
        Costs(*costs)


@pytest.mark.parametrize(
    ("moment", "year"),
    [
        (dt.datetime(2024, 12, 31, 16, 59, 59, tzinfo=dt.UTC), 2024),
        (dt.datetime(2024, 12, 31, 17, 0, tzinfo=dt.UTC), 2025),
        (dt.datetime(2025, 1, 1, 0, 0, tzinfo=VIETNAM), 2025),
        (dt.datetime(2025, 12, 31, 23, 59, tzinfo=VIETNAM), 2025),
    ],
)
def test_the_year_is_vietnams(moment: dt.datetime, year: int) -> None:
    assert book_year(moment) == year


@pytest.mark.parametrize("year", [2016, 0, -1, 2200, 2**31 - 1])
def test_years_without_a_book(year: int) -> None:
    with pytest.raises(ValueError, match="2017"):
        known_year(year)


def test_the_first_year_of_the_book() -> None:
    assert known_year(2017) == 2017


@pytest.mark.parametrize("words", [CareKind, VisitReason, DischargeCondition, TreatmentResult])
def test_everything_is_said_in_both_languages(words: Any) -> None:
    assert len({one.meaning.vi for one in words}) == len({one.meaning.en for one in words}) == len(words)


def test_the_diagnoses_of_the_demo() -> None:
    assert len(DIAGNOSES) >= 60
    assert all(is_diagnosis_code(code) for code in DIAGNOSES)
    assert len(set(DIAGNOSES.values())) == len(DIAGNOSES)


@pytest.mark.parametrize("text", ["", "J", "J6", "j06", "J06.", "J066", "J06.99999", "Ｊ06", "J06\n"])
def test_no_diagnosis_codes(text: str) -> None:
    assert not is_diagnosis_code(text)
