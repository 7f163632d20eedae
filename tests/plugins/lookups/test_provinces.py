"""The register of provinces: complete, consistent, and never read by code alone."""

from __future__ import annotations

import datetime as dt
import unicodedata

import pytest

from plugins.lookups.provinces import Era, ProvinceKind, Provinces, load_provinces

PILOT = [
    "Hà Tĩnh",
    "Quảng Bình",
    "Quảng Trị",
    "Thừa Thiên Huế",
    "Đà Nẵng",
    "Quảng Nam",
    "Quảng Ngãi",
    "Bình Định",
]
CITIES_OF_63 = ["Hà Nội", "Hải Phòng", "Đà Nẵng", "Hồ Chí Minh", "Cần Thơ"]
MERGED = {
    "08": "02 08",
    "15": "10 15",
    "19": "06 19",
    "24": "24 27",
    "25": "17 25 26",
    "31": "30 31",
    "33": "33 34",
    "37": "35 36 37",
    "44": "44 45",
    "48": "48 49",
    "51": "51 62",
    "52": "52 64",
    "56": "56 58",
    "66": "54 66",
    "68": "60 67 68",
    "75": "70 75",
    "79": "74 77 79",
    "80": "72 80",
    "82": "82 87",
    "86": "83 84 86",
    "91": "89 91",
    "92": "92 93 94",
    "96": "95 96",
}


@pytest.fixture(scope="module")
def provinces() -> Provinces:
    return load_provinces()


@pytest.mark.parametrize(("era", "count", "cities"), [(Era.OF_63, 63, 5), (Era.OF_34, 34, 6)])
def test_each_era_is_complete_and_in_order(provinces: Provinces, era: Era, count: int, cities: int) -> None:
    listed = provinces.of(era)
    codes = [province.code for province in listed]
    assert len(listed) == len({province.name for province in listed}) == count
    assert codes == sorted(set(codes))
    assert all(len(code) == 2 and code.isascii() and code.isdigit() for code in codes)
    assert sum(province.kind is ProvinceKind.CITY for province in listed) == cities
    assert all(provinces.find(era, province.code) is province for province in listed)


def test_names_are_composed_and_trimmed(provinces: Provinces) -> None:
    for province in provinces.by_key.values():
        assert province.name == unicodedata.normalize("NFC", province.name).strip()


def test_centrally_run_cities(provinces: Provinces) -> None:
    def cities(era: Era) -> list[str]:
        return [province.name for province in provinces.of(era) if province.kind is ProvinceKind.CITY]

    assert cities(Era.OF_63) == CITIES_OF_63
    assert cities(Era.OF_34) == sorted([*CITIES_OF_63, "Huế"], key=cities(Era.OF_34).index)


@pytest.mark.parametrize(
    ("era", "code", "name", "full_name"),
    [
        (Era.OF_63, "01", "Hà Nội", "Thành phố Hà Nội"),
        (Era.OF_63, "46", "Thừa Thiên Huế", "Tỉnh Thừa Thiên Huế"),
        (Era.OF_34, "46", "Huế", "Thành phố Huế"),
        (Era.OF_63, "77", "Bà Rịa - Vũng Tàu", "Tỉnh Bà Rịa - Vũng Tàu"),
        (Era.OF_63, "96", "Cà Mau", "Tỉnh Cà Mau"),
    ],
)
def test_names(provinces: Provinces, era: Era, code: str, name: str, full_name: str) -> None:
    province = provinces.find(era, code)
    assert province is not None
    assert (province.name, province.full_name) == (name, full_name)


@pytest.mark.parametrize(
    ("code", "name_of_63", "name_of_34"),
    [
        ("15", "Yên Bái", "Lào Cai"),
        ("24", "Bắc Giang", "Bắc Ninh"),
        ("44", "Quảng Bình", "Quảng Trị"),
        ("52", "Bình Định", "Gia Lai"),
        ("80", "Long An", "Tây Ninh"),
        ("82", "Tiền Giang", "Đồng Tháp"),
        ("91", "Kiên Giang", "An Giang"),
    ],
)
def test_one_code_names_two_provinces(
    provinces: Provinces, code: str, name_of_63: str, name_of_34: str
) -> None:
    old, new = provinces.find(Era.OF_63, code), provinces.find(Era.OF_34, code)
    assert old is not None
    assert new is not None
    assert (old.name, new.name) == (name_of_63, name_of_34)
    assert provinces.successor(old) is new, "the old holder of the code went into the new one"


def test_codes_that_are_gone(provinces: Provinces) -> None:
    assert provinces.find(Era.OF_34, "02") is None
    assert provinces.find(Era.OF_63, "03") is None
    assert provinces.find(Era.OF_63, "97") is None


def test_mapping_between_the_eras(provinces: Provinces) -> None:
    for new in provinces.of(Era.OF_34):
        codes = " ".join(old.code for old in provinces.predecessors(new))
        assert codes == MERGED.get(new.code, new.code)


def test_successors_and_predecessors_agree(provinces: Provinces) -> None:
    for old in provinces.of(Era.OF_63):
        assert provinces.successor(old).era is Era.OF_34
        assert old in provinces.predecessors(provinces.successor(old))
        assert provinces.predecessors(old) == (old,)
    for new in provinces.of(Era.OF_34):
        assert provinces.successor(new) is new


def test_pilot_provinces(provinces: Provinces) -> None:
    assert {province.name for province in provinces.pilot()} == {*PILOT, "Phú Yên", "Kon Tum"}
    assert all(province.era is Era.OF_63 for province in provinces.pilot())
    assert not any(provinces.is_pilot(province) for province in provinces.of(Era.OF_34))


@pytest.mark.parametrize(
    ("day", "era"),
    [
        (dt.date(2008, 7, 31), None),
        (dt.date(2008, 8, 1), Era.OF_63),
        (dt.date(2020, 11, 25), Era.OF_63),
        (dt.date(2025, 6, 30), Era.OF_63),
        (dt.date(2025, 7, 1), Era.OF_34),
        (dt.date.max, Era.OF_34),
    ],
)
def test_era_of_a_day(provinces: Provinces, day: dt.date, era: Era | None) -> None:
    assert provinces.era_on(day) is era
