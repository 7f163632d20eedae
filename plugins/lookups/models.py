"""Tables of look-ups: provinces of both eras, and medical facilities."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Enum,
    ForeignKey,
    Index,
    MetaData,
    Named,
    String,
    Table,
    TypedColumns,
)

from plugins.lookups.facility_kinds import FacilityKind
from plugins.lookups.provinces import Era, ProvinceKind

metadata: Final = MetaData()


class ProvinceColumns(TypedColumns):
    """A province of one era; ``key`` is era and code, as ``63:01``. Filled by the migration that makes the table."""

    key = Column(String(5), primary_key=True)
    era: Named[Era] = Column(
        Enum(Era, native_enum=False, length=8, create_constraint=True, name="era_is_known")
    )
    code: Named[str] = Column(String(2))
    name: Named[str] = Column(String(100))
    kind: Named[ProvinceKind] = Column(
        Enum(ProvinceKind, native_enum=False, length=16, create_constraint=True, name="kind_is_known")
    )
    is_pilot: Named[bool] = Column(Boolean(create_constraint=True, name="is_pilot_is_boolean"))
    became_key: Named[str | None] = Column(String(5), ForeignKey("lookups_province.key"), index=True)


def province_key(era: Era, code: str) -> str:
    """The key of a province, as ``63:01``."""
    return f"{era.value}:{code}"


province = Table(
    "lookups_province",
    metadata,
    ProvinceColumns,
    CheckConstraint("substr(key, 3) = ':' || code", name="key_ends_in_code"),
)


class FacilityColumns(TypedColumns):
    """A medical facility; ``code`` is the key by which all plugins speak of it, ``search_name`` the folded name."""

    code = Column(String(5), primary_key=True)
    name: Named[str] = Column(String(300))
    search_name: Named[str] = Column(String(300))
    kind: Named[FacilityKind] = Column(
        Enum(FacilityKind, native_enum=False, length=32, create_constraint=True, name="kind_is_known")
    )
    province_key: Named[str] = Column(String(5), ForeignKey("lookups_province.key"))


facility = Table("lookups_facility", metadata, FacilityColumns)

# Pages are read in the order of an index, and names are compared in the index itself, until a page is full.
Index("lookups_facility_by_name", facility.c.search_name, facility.c.code)
Index("lookups_facility_by_province", facility.c.province_key, facility.c.search_name, facility.c.code)
