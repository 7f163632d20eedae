"""Synthetic facilities: lawful codes, names without doubles, the same for the same seed."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.demo.people import MOST_FACILITIES, facility_shares, participants, registered_facility
from gateway.folding import folded
from plugins.lookups.demo import demo_facilities
from plugins.lookups.facility_kinds import FacilityKind
from plugins.lookups.provinces import Era, Provinces, load_provinces


@pytest.fixture(scope="module")
def provinces() -> Provinces:
    return load_provinces()


@pytest.mark.parametrize("count", [63, 64, 630, 5_000, MOST_FACILITIES])
def test_facilities_have_lawful_codes_and_different_names(provinces: Provinces, count: int) -> None:
    facilities = list(demo_facilities(count, 1, provinces))
    codes = [facility.code for facility in facilities]
    assert len(facilities) == count
    assert codes == sorted(set(codes))
    assert all(re.fullmatch(r"[0-9]{2}[0-9A-Z]{3}", code) for code in codes)
    assert all(facility.code.startswith(facility.province) for facility in facilities)
    assert len({(facility.province, facility.name) for facility in facilities}) == count
    assert all(facility.name == unicodedata.normalize("NFC", facility.name) for facility in facilities)


def test_every_province_has_its_general_hospital(provinces: Provinces) -> None:
    generals = [
        facility
        for facility in demo_facilities(630, 1, provinces)
        if facility.kind is FacilityKind.GENERAL_HOSPITAL
    ]
    names = {facility.province: facility.name for facility in generals}
    assert len(generals) == len(names) == len(provinces.of(Era.OF_63))
    assert names["42"] == "Bệnh viện đa khoa tỉnh Hà Tĩnh"
    assert names["79"] == "Bệnh viện đa khoa thành phố Hồ Chí Minh"


def test_the_whole_country_has_every_kind_and_mostly_stations(provinces: Provinces) -> None:
    kinds = Counter(facility.kind for facility in demo_facilities(MOST_FACILITIES, 1, provinces))
    assert set(kinds) == set(FacilityKind)
    assert kinds[FacilityKind.COMMUNE_STATION] > MOST_FACILITIES / 2


@settings(max_examples=15, deadline=None)
@given(st.integers(63, 2_000), st.integers())
def test_the_seed_decides_the_names_and_nothing_else(count: int, seed: int) -> None:
    provinces = load_provinces()
    made = list(demo_facilities(count, seed, provinces))
    assert made == list(demo_facilities(count, seed, provinces))
    other = list(demo_facilities(count, seed + 1, provinces))
    assert [facility.code for facility in made] == [facility.code for facility in other]


def test_two_seeds_differ(provinces: Provinces) -> None:
    assert list(demo_facilities(630, 1, provinces)) != list(demo_facilities(630, 2, provinces))


def test_people_are_registered_at_facilities_that_exist(provinces: Provinces) -> None:
    codes = {facility.code: facility.province for facility in demo_facilities(630, 1, provinces)}
    shares = facility_shares(630)
    for person in participants(2_000, 1):
        assert codes[registered_facility(person, shares)] == person.province


def test_facilities_come_one_at_a_time(provinces: Provinces) -> None:
    (first,) = islice(demo_facilities(MOST_FACILITIES, 1, provinces), 1)
    assert folded(first.name) == "benh vien da khoa thanh pho ha noi"


@pytest.mark.parametrize("count", [-1, 0, 62, MOST_FACILITIES + 1])
def test_impossible_numbers_of_facilities_are_refused(provinces: Provinces, count: int) -> None:
    with pytest.raises(ValueError, match="63 to 14000"):
        demo_facilities(count, 1, provinces)


def test_kinds_are_said_in_both_languages() -> None:
    assert (
        len({kind.meaning.vi for kind in FacilityKind})
        == len({kind.meaning.en for kind in FacilityKind})
        == 5
    )
