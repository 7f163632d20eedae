"""What look-ups add to the graph: facilities and provinces, for everybody."""

from __future__ import annotations

from sqlalchemy import ColumnElement

from gateway.access import ANYONE
from gateway.authoring import (
    ID,
    Connection,
    Filter,
    Value,
    column,
    connection,
    derived,
    enumeration,
    extends,
    identifier,
    to_many,
    to_one,
    value_type,
)
from gateway.entities import Facility, Query
from plugins.lookups.facility_kinds import FacilityKind
from plugins.lookups.models import facility, province
from plugins.lookups.provinces import Era, ProvinceKind, full_name
from plugins.lookups.searching import ESCAPE, containing

enumeration(
    OF_63="The 63 provinces until 30 June 2025; card numbers and facility codes are of this era.",
    OF_34="The 34 provinces from 1 July 2025.",
)(Era)
enumeration(PROVINCE="Province (Tỉnh).", CITY="City of its own (Thành phố trực thuộc trung ương).")(
    ProvinceKind
)
enumeration(**{kind.name: f"{kind.meaning.en} ({kind.meaning.vi})." for kind in FacilityKind})(FacilityKind)


@value_type(province)
class Province:
    """A province of one era; a code alone does not tell which, for seven codes changed hands (Tỉnh, thành phố)."""

    id: ID = identifier(province.c.key, "Key: era and code in one (Mã định danh tỉnh).")
    era: Era = column(province.c.era, "To which division of the country it belongs.")
    code: str = column(province.c.code, "Two digits, within its era (Mã tỉnh).")
    name: str = column(province.c.name, "Name without its kind (Tên).")
    full_name: str = derived(full_name, province.c.name, province.c.kind)
    kind: ProvinceKind = column(province.c.kind, "Province or city.")
    is_pilot: bool = column(
        province.c.is_pilot,
        "Whether the card in the application may stand for the paper card (Tỉnh thí điểm).",
    )
    became: Province | None = to_one(
        province.c.became_key, "The province of 34 that it became or went into (Sáp nhập vào)."
    )
    made_of: list[Province] = to_many(
        province.c.became_key, "The provinces of 63 that it was made of.", order=[province.c.code]
    )


@extends(Facility, row=facility.c.code)
class MedicalFacility:
    """A facility in the directory."""

    code: str | None = column(
        facility.c.code, "Five characters, the first two its province of 63 (Mã cơ sở KCB).", rule=ANYONE
    )
    name: str | None = column(facility.c.name, "Name (Tên cơ sở).", rule=ANYONE)
    kind: FacilityKind | None = column(facility.c.kind, "What sort of place it is.", rule=ANYONE)
    province: Province | None = to_one(facility.c.province_key, "Where it is (Tỉnh).", rule=ANYONE)


def name_contains(search: Value[str]) -> ColumnElement[bool]:
    """Part of the name; marks and case do not matter (Tên cơ sở)."""
    return facility.c.search_name.like(search, escape=ESCAPE)


def in_province(province: Value[str]) -> ColumnElement[bool]:
    """Key of a province of 63 (Tỉnh)."""
    return facility.c.province_key == province


def of_kind(kind: Value[FacilityKind]) -> ColumnElement[bool]:
    """Only this sort of place."""
    return facility.c.kind == kind


def of_era(era: Value[Era]) -> ColumnElement[bool]:
    """Only this division of the country."""
    return province.c.era == era


@extends(Query)
class Directory:
    """The directory that needs no account."""

    facilities: Connection[Facility] = connection(
        description="Medical facilities by name (Tra cứu cơ sở KCB).",
        order=[facility.c.search_name],
        filters=[Filter(name_contains, prepare=containing), in_province, of_kind],
        rule=ANYONE,
    )
    provinces: Connection[Province] = connection(
        description="Provinces by code (Danh mục tỉnh).",
        order=[province.c.code],
        filters=[of_era],
        rule=ANYONE,
    )
