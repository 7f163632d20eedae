"""What the graph makes of a card's columns."""

from __future__ import annotations

import datetime as dt

import pytest

from plugins.hi_card.benefits import BenefitScope
from plugins.hi_card.numbers import InvalidCardNumber
from plugins.hi_card.schema import Benefit, ObjectMeaning, as_printed, as_stored, benefit, meaning


@pytest.mark.parametrize(
    ("number", "printed"),
    [
        ("GD4010012345678", "GD 4 01 0012345678"),
        ("0012345678", "0012345678"),
        ("ZZ4010012345678", "ZZ 4 01 0012345678"),
        ("GD9990012345678", "GD9990012345678"),
    ],
)
def test_numbers_as_printed(number: str, printed: str) -> None:
    assert as_printed(number) == printed


@pytest.mark.parametrize("number", ["gd 4 01 0012345678", "GD4-01-0012345678", "GD4010012345678" + "01001"])
def test_numbers_as_stored(number: str) -> None:
    assert as_stored(number) == "GD4010012345678"


@pytest.mark.parametrize("number", ["", "12345", "GD9010012345678", "GD4990012345678"])
def test_no_numbers(number: str) -> None:
    with pytest.raises(InvalidCardNumber):
        as_stored(number)


@pytest.mark.parametrize(
    ("level", "valid_from", "expected"),
    [
        (
            4,
            dt.date(2025, 12, 31),
            Benefit(
                rate_percent=80,
                scope=BenefitScope.WITHIN_LIMITS,
                waived_for_small_costs=True,
                valid_from=dt.date(2015, 11, 16),
                valid_to=dt.date(2025, 12, 31),
            ),
        ),
        (
            2,
            dt.date(2026, 1, 1),
            Benefit(
                rate_percent=100,
                scope=BenefitScope.WITHIN_LIMITS,
                waived_for_small_costs=False,
                valid_from=dt.date(2026, 1, 1),
                valid_to=None,
            ),
        ),
        (4, dt.date(2010, 1, 1), None),
    ],
)
def test_benefits(level: int, valid_from: dt.date, expected: Benefit | None) -> None:
    assert benefit(level, valid_from) == expected


@pytest.mark.parametrize(("code", "en"), [("TE", "Child under 6"), ("ZZ", "Other")])
def test_meanings(code: str, en: str) -> None:
    found = meaning(code)
    assert isinstance(found, ObjectMeaning)
    assert found.en == en
    assert found.vi
