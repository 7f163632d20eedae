"""What the level digit and the letters of a card mean, and when."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.hi_card.benefits import (
    BENEFIT_LEVELS,
    OBJECT_CODES,
    BenefitScope,
    LivingArea,
    ObjectCode,
    benefit_level,
    object_code,
)

DAYS = st.dates(dt.date(2015, 11, 16), dt.date(2100, 1, 1))
LAST_DAY_OF_2025 = dt.date(2025, 12, 31)
FIRST_DAY_OF_2026 = dt.date(2026, 1, 1)


@given(DAYS, st.integers(1, 5))
def test_every_level_has_one_meaning_on_every_day(day: dt.date, level: int) -> None:
    meanings = [row for row in BENEFIT_LEVELS if row.level == level and row.covers(day)]
    assert meanings == [benefit_level(level, day)]


@pytest.mark.parametrize(
    ("level", "rate", "scope", "waived"),
    [
        (1, 100, BenefitScope.NO_LIMITS, False),
        (2, 100, BenefitScope.WITHIN_LIMITS, False),
        (3, 95, BenefitScope.WITHIN_LIMITS, True),
        (4, 80, BenefitScope.WITHIN_LIMITS, True),
        (5, 100, BenefitScope.BEYOND_LIST, False),
    ],
)
@pytest.mark.parametrize("day", [dt.date(2020, 11, 25), LAST_DAY_OF_2025, FIRST_DAY_OF_2026])
def test_rates(level: int, rate: int, scope: BenefitScope, waived: bool, day: dt.date) -> None:
    meaning = benefit_level(level, day)
    assert meaning is not None
    assert (meaning.rate_percent, meaning.scope, meaning.waived_for_small_costs) == (rate, scope, waived)


@pytest.mark.parametrize(
    ("level", "day"),
    [(0, FIRST_DAY_OF_2026), (6, FIRST_DAY_OF_2026), (4, dt.date(2015, 11, 15)), (4, dt.date.min)],
)
def test_what_no_decision_covers_has_no_meaning(level: int, day: dt.date) -> None:
    assert benefit_level(level, day) is None


@pytest.mark.parametrize(("code", "before"), [("CN", 3), ("LH", 4)])
def test_near_poor_and_the_aged_usually_hold_level_2_from_2026(code: str, before: int) -> None:
    def usual(day: dt.date) -> list[int]:
        return [row.level for row in BENEFIT_LEVELS if row.covers(day) and code in row.usual_objects]

    assert (usual(LAST_DAY_OF_2025), usual(FIRST_DAY_OF_2026)) == ([before], [2])


@given(DAYS)
def test_every_known_kind_usually_holds_exactly_one_level(day: dt.date) -> None:
    in_force = [row.usual_objects for row in BENEFIT_LEVELS if row.covers(day)]
    assert sorted(itertools.chain.from_iterable(in_force)) == sorted(entry.code for entry in OBJECT_CODES)


def test_object_codes_are_unique_and_said_in_both_languages() -> None:
    codes = [entry.code for entry in OBJECT_CODES]
    assert len(set(codes)) == len(codes)
    assert all(len(code) == 2 and code.isascii() and code.isupper() for code in codes)
    assert all(entry.meaning.vi and entry.meaning.en for entry in OBJECT_CODES)


@pytest.mark.parametrize("entry", OBJECT_CODES, ids=lambda entry: entry.code)
def test_known_object_codes_are_found(entry: ObjectCode) -> None:
    assert object_code(entry.code) is entry
    assert entry.known


@given(st.text().filter(lambda code: code not in {entry.code for entry in OBJECT_CODES}))
def test_unknown_object_codes_mean_other(code: str) -> None:
    found = object_code(code)
    assert (found.code, found.known) == (code, False)
    assert (found.meaning.vi, found.meaning.en) == ("Đối tượng khác", "Other")


def test_living_areas_are_said_in_both_languages() -> None:
    assert [area.value for area in LivingArea] == ["K1", "K2", "K3"]
    assert len({area.meaning.vi for area in LivingArea}) == len({area.meaning.en for area in LivingArea}) == 3
    assert (
        len({scope.meaning.vi for scope in BenefitScope})
        == len({scope.meaning.en for scope in BenefitScope})
        == 3
    )
