"""Synthetic medical facilities: codes in every province's own range, and names that read like the real ones.

The places in the names are put together from common syllables. Which codes exist is settled by
:func:`gateway.demo.people.facility_shares`, so that people of the same demonstration are registered at
facilities that exist.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import chain, product
from math import gcd
from typing import Final

from gateway.access import Audience
from gateway.demo import Demo, DemoData, DemoIdentity, DemoRows
from gateway.demo.people import facility_code, facility_count, facility_shares
from gateway.folding import folded
from plugins.lookups.facility_kinds import FacilityKind
from plugins.lookups.models import facility, province_key
from plugins.lookups.provinces import Era, Province, ProvinceKind, Provinces, load_provinces

_FIRST_SYLLABLES: Final = (
    "An Bình Cẩm Đại Đồng Đức Hà Hải Hòa Hưng Lộc Long Mỹ Nam Nghĩa Ninh Phú Phước Quang Tam Tân Thạch"
    " Thanh Thạnh Thịnh Thuận Tiên Trung Vạn Vĩnh Xuân Yên"
)
_SECOND_SYLLABLES: Final = (
    "An Bình Châu Điền Giang Hà Hải Hiệp Hòa Hưng Khánh Lâm Lập Lộc Lợi Long Mỹ Ninh Phong Phú Phúc"
    " Phước Quang Sơn Tân Thành Thắng Thịnh Thọ Thuận Thủy Tiến Trung Vân Xuân"
)
_PLACES: Final = tuple(
    f"{first} {second}"
    for first, second in product(_FIRST_SYLLABLES.split(), _SECOND_SYLLABLES.split())
    if first != second
)
_SPECIALITIES: Final = (
    "Sản - Nhi",
    "Y học cổ truyền",
    "Phổi",
    "Phục hồi chức năng",
    "Mắt",
    "Tâm thần",
    "Ung bướu",
    "Tim mạch",
)
_MOST_CENTRES: Final = 15


@dataclass(frozen=True)
class DemoFacility:
    """A synthetic facility. ``province`` is a code of the 63, and the first two characters of ``code``."""

    code: str
    name: str
    kind: FacilityKind
    province: str


def demo_facilities(count: int, seed: int, provinces: Provinces) -> Iterator[DemoFacility]:
    """``count`` facilities in the order of their codes. Raises ValueError as :func:`facility_shares` does."""
    shares = facility_shares(count)
    return chain.from_iterable(
        _facilities_of(province, shares[province.code], seed) for province in provinces.of(Era.OF_63)
    )


def _facilities_of(province: Province, share: int, seed: int) -> Iterator[DemoFacility]:
    for number, (kind, name) in enumerate(_named(province, share, seed), start=1):
        yield DemoFacility(facility_code(province.code, number), name, kind, province.code)


def _named(province: Province, share: int, seed: int) -> Iterator[tuple[FacilityKind, str]]:
    """``share`` kinds and names, all different within the province, the hospitals first."""
    in_city = province.kind is ProvinceKind.CITY
    seat = f"{'thành phố' if in_city else 'tỉnh'} {province.name}"
    specialities = _SPECIALITIES[: share // 20 + 1]
    centres = min(_MOST_CENTRES, share // 8)
    clinics = share // 8
    fixed = [
        (FacilityKind.GENERAL_HOSPITAL, f"Bệnh viện đa khoa {seat}"),
        *(
            (FacilityKind.SPECIALISED_HOSPITAL, f"Bệnh viện {speciality} {seat}")
            for speciality in specialities
        ),
    ][:share]
    yield from fixed
    for number in range(share - len(fixed)):
        place = _place(number, province.code, seed)
        if number < centres:
            yield FacilityKind.HEALTH_CENTRE, f"Trung tâm y tế {'quận' if in_city else 'huyện'} {place}"
        elif number < centres + clinics:
            yield FacilityKind.CLINIC, f"Phòng khám đa khoa {place}"
        else:
            yield FacilityKind.COMMUNE_STATION, f"Trạm y tế {_commune(number, in_city=in_city)} {place}"


def _commune(number: int, *, in_city: bool) -> str:
    """Ward or commune; the word changes once all places have been used, which keeps the names apart."""
    again, order = divmod(number, len(_PLACES))
    urban = (order % 4 == 0) != in_city
    return "phường" if urban != (again % 2 == 1) else "xã"


def _place(number: int, province: str, seed: int) -> str:
    """A different place for each number below the number of places: steps that meet each of them once."""
    digest = blake2b(f"{seed}/{province}".encode(), digest_size=8).digest()
    start, step = int.from_bytes(digest[:4]), int.from_bytes(digest[4:]) % len(_PLACES)
    while gcd(step, len(_PLACES)) != 1:
        step += 1
    return _PLACES[(start + number * step) % len(_PLACES)]


class LookupsDemo(DemoData):
    """The demo's facilities; provinces are there without it."""

    def reference(self, demo: Demo) -> Iterator[DemoRows]:
        """As many facilities as suit the people."""
        facilities = demo_facilities(facility_count(demo.participants), demo.seed, load_provinces())
        yield DemoRows(facility, [_facility_row(one) for one in facilities])

    def identities(self, demo: Demo) -> Sequence[DemoIdentity]:  # noqa: ARG002
        """Everybody, without an account."""
        return (
            DemoIdentity(
                Audience.PUBLIC,
                "Anybody",
                "No sign-in, no token.",
                "SearchFacilities",
                variables={"search": "da khoa", "province": "63:01"},
            ),
        )


def _facility_row(one: DemoFacility) -> dict[str, object]:
    return {
        "code": one.code,
        "name": one.name,
        "search_name": folded(one.name),
        "kind": one.kind,
        "province_key": province_key(Era.OF_63, one.province),
    }
