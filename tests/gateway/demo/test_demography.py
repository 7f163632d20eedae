"""The synthetic population: lawful, unlike anybody, and the same person for the same seed and index."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections import Counter
from itertools import islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.demo.people import (
    FEWEST_FACILITIES,
    MOST_FACILITIES,
    MOST_PARTICIPANTS,
    DatePrecision,
    DemoParticipant,
    Sex,
    facility_code,
    facility_count,
    facility_shares,
    participants,
)
from gateway.folding import clean_text
from plugins.accounts.codes import mobile_number, social_security_code
from plugins.lookups.provinces import Era, load_provinces

SEEDS = st.integers()
MANY = 20_000


@pytest.fixture(scope="module")
def people() -> list[DemoParticipant]:
    return list(participants(MANY, 20201125))


@given(SEEDS, st.integers(0, MOST_PARTICIPANTS - 10))
def test_a_person_depends_on_seed_and_index_alone(seed: int, index: int) -> None:
    batch = list(participants(10, seed, first=index))
    assert [person.index for person in batch] == list(range(index, index + 10))
    assert batch[7:] == list(participants(3, seed, first=index + 7))


def test_the_first_hundred_of_a_million_are_the_hundred_of_a_hundred() -> None:
    assert list(islice(participants(1_000_000, 1), 100)) == list(participants(100, 1))


def test_a_seed_makes_the_same_people_for_ever() -> None:
    (person,) = participants(1, 1)
    assert person == DemoParticipant(
        index=0,
        key="db10cfa40fdd11f4c70a7fa3",
        social_security_code="0053037933",
        full_name="Nguyễn Thị Thu Khánh",
        birth_date=dt.date(1997, 5, 21),
        birth_date_precision=DatePrecision.DAY,
        sex=Sex.FEMALE,
        province="30",
        phone="+84520115861",
        identity_number="000197618451",
    )


@given(SEEDS)
def test_two_seeds_make_other_people(seed: int) -> None:
    one, other = participants(20, seed), participants(20, seed + 1)
    assert not {person.key for person in one} & {person.key for person in other}


@given(SEEDS, st.sets(st.integers(0, MOST_PARTICIPANTS - 1), min_size=2, max_size=40))
def test_codes_never_repeat(seed: int, indexes: set[int]) -> None:
    codes = {next(participants(1, seed, first=index)).social_security_code for index in indexes}
    assert len(codes) == len(indexes)


@pytest.mark.parametrize("field", ["key", "social_security_code", "phone", "identity_number"])
def test_what_identifies_a_person_is_unique(people: list[DemoParticipant], field: str) -> None:
    assert len({getattr(person, field) for person in people}) == MANY


@given(SEEDS, st.integers(0, 999_998))
def test_phones_and_identity_numbers_differ_within_a_million(seed: int, index: int) -> None:
    one, other = participants(2, seed, first=index)
    assert one.phone != other.phone
    assert one.identity_number[-6:] != other.identity_number[-6:]


def test_codes_do_not_count_up(people: list[DemoParticipant]) -> None:
    steps = Counter(
        int(after.social_security_code) - int(before.social_security_code)
        for before, after in pairwise(people)
    )
    assert steps.most_common(1)[0][1] < MANY / 100


@given(SEEDS, st.integers(0, MOST_PARTICIPANTS - 1))
def test_every_person_is_lawful_and_nobodys(seed: int, index: int) -> None:
    (person,) = participants(1, seed, first=index)
    assert social_security_code(person.social_security_code).startswith("00")
    assert re.fullmatch(r"[0-9A-Za-z_-]{20,40}", person.key)
    assert person.social_security_code[2:] not in person.key
    assert mobile_number(person.phone) == person.phone
    assert re.fullmatch(r"\+8452[01][0-9]{6}", person.phone)
    assert clean_text(person.full_name) == person.full_name
    assert unicodedata.is_normalized("NFC", person.full_name)
    assert dt.date(1926, 1, 1) <= person.birth_date < dt.date(2025, 1, 1)


@given(SEEDS, st.integers(0, MOST_PARTICIPANTS - 1))
def test_the_identity_number_agrees_with_sex_and_birth(seed: int, index: int) -> None:
    (person,) = participants(1, seed, first=index)
    number = person.identity_number
    assert re.fullmatch(r"000[0-3][0-9]{8}", number)
    century, woman = divmod(int(number[3]), 2)
    assert (1900 + 100 * century) + int(number[4:6]) == person.birth_date.year
    assert (woman == 1) == (person.sex is Sex.FEMALE)


def test_years_without_a_day_are_of_the_elderly_and_few(people: list[DemoParticipant]) -> None:
    elderly = [person for person in people if person.birth_date.year < 1960]
    year_only = [person for person in people if person.birth_date_precision is DatePrecision.YEAR]
    assert set(year_only) <= set(elderly)
    assert all((person.birth_date.month, person.birth_date.day) == (1, 1) for person in year_only)
    assert 0.015 < len(year_only) / len(elderly) < 0.045


def test_names_are_spread_as_in_vietnam(people: list[DemoParticipant]) -> None:
    families = Counter(person.full_name.split()[0] for person in people)
    assert [name for name, _ in families.most_common(4)] == ["Nguyễn", "Trần", "Lê", "Phạm"]
    assert 0.36 < families["Nguyễn"] / MANY < 0.40
    assert len({person.full_name for person in people}) > MANY / 2
    assert {"Nông", "Lò", "Giàng", "Thạch"} <= families.keys()


def test_names_suit_the_sex(people: list[DemoParticipant]) -> None:
    def share(sex: Sex, middle: str) -> float:
        of_sex = [person for person in people if person.sex is sex]
        return sum(middle in person.full_name.split()[1:-1] for person in of_sex) / len(of_sex)

    assert share(Sex.FEMALE, "Thị") > 0.4
    assert share(Sex.MALE, "Thị") == 0
    assert share(Sex.MALE, "Văn") > 0.2
    assert share(Sex.FEMALE, "Văn") == 0
    assert 0.48 < sum(person.sex is Sex.FEMALE for person in people) / MANY < 0.52


def test_people_live_in_all_63_provinces_by_population(people: list[DemoParticipant]) -> None:
    provinces = Counter(person.province for person in people)
    assert provinces.keys() == {province.code for province in load_provinces().of(Era.OF_63)}
    assert [code for code, _ in provinces.most_common(2)] == ["79", "01"]
    assert provinces["79"] > 20 * provinces["06"]


def test_all_ages_are_there(people: list[DemoParticipant]) -> None:
    decades = Counter(person.birth_date.year // 10 for person in people)
    assert decades.keys() == set(range(192, 203))


@given(SEEDS, st.text(max_size=20), st.integers(1, 10**6))
def test_draws_are_the_same_for_a_person_and_a_purpose(seed: int, purpose: str, below: int) -> None:
    one, other = participants(2, seed)
    assert 0 <= one.draw(purpose, below) < below
    assert one.draw(purpose, below) == next(participants(1, seed)).draw(purpose, below)
    assert one.draw(purpose, 2**60) != other.draw(purpose, 2**60)
    assert one.draw(purpose, 2**60) != one.draw(purpose + "/", 2**60)


@pytest.mark.parametrize(
    ("count", "first"), [(-1, 0), (1, -1), (MOST_PARTICIPANTS + 1, 0), (1, MOST_PARTICIPANTS)]
)
def test_impossible_populations_are_refused_at_once(count: int, first: int) -> None:
    with pytest.raises(ValueError, match="100000000 people"):
        participants(count, 1, first=first)


def test_nobody_is_a_population_too() -> None:
    assert list(participants(0, 1)) == []


@given(st.integers(63, MOST_FACILITIES))
def test_facilities_are_shared_out_whole(count: int) -> None:
    shares = facility_shares(count)
    assert sum(shares.values()) == count
    assert min(shares.values()) >= 1
    assert max(shares, key=lambda code: shares[code]) in ("01", "79") or count < 100


@pytest.mark.parametrize(
    ("people", "facilities"),
    [
        (0, FEWEST_FACILITIES),
        (2_000, FEWEST_FACILITIES),
        (50_000, 7_000),
        (100_000, 14_000),
        (10**8, MOST_FACILITIES),
    ],
)
def test_facilities_suit_the_population(people: int, facilities: int) -> None:
    assert facility_count(people) == facilities


@pytest.mark.parametrize(
    ("number", "code"), [(1, "01001"), (999, "01999"), (1_000, "01A00"), (1_101, "01B01"), (3_599, "01Z99")]
)
def test_facility_codes(number: int, code: str) -> None:
    assert facility_code("01", number) == code


@pytest.mark.parametrize("number", [-1, 0, 3_600])
def test_facility_codes_end(number: int) -> None:
    with pytest.raises(ValueError, match="1 to 3599"):
        facility_code("01", number)
