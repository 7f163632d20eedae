"""Provinces of both eras, with their names, and facilities."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from plugins.lookups.provinces import Era, load_provinces

revision = "lookups_0001"
down_revision = None
branch_labels = ("lookups",)
depends_on = None


def upgrade() -> None:
    provinces = op.create_table(
        "lookups_province",
        sa.Column("key", sa.String(5), primary_key=True),
        sa.Column("era", _one_of("era_is_known", 8, "OF_63", "OF_34"), nullable=False),
        sa.Column("code", sa.String(2), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("kind", _one_of("kind_is_known", 16, "PROVINCE", "CITY"), nullable=False),
        sa.Column("is_pilot", sa.Boolean(create_constraint=True, name="is_pilot_is_boolean"), nullable=False),
        sa.Column("became_key", sa.String(5), sa.ForeignKey("lookups_province.key"), index=True),
        sa.CheckConstraint("substr(key, 3) = ':' || code", name="key_ends_in_code"),
    )
    op.bulk_insert(provinces, _province_rows())
    op.create_table(
        "lookups_facility",
        sa.Column("code", sa.String(5), primary_key=True),
        sa.Column("name", sa.String(300), nullable=False),
        sa.Column("search_name", sa.String(300), nullable=False),
        sa.Column(
            "kind",
            _one_of(
                "kind_is_known",
                32,
                "GENERAL_HOSPITAL",
                "SPECIALISED_HOSPITAL",
                "HEALTH_CENTRE",
                "CLINIC",
                "COMMUNE_STATION",
            ),
            nullable=False,
        ),
        sa.Column("province_key", sa.String(5), sa.ForeignKey("lookups_province.key"), nullable=False),
    )
    op.create_index("lookups_facility_by_name", "lookups_facility", ["search_name", "code"])
    op.create_index(
        "lookups_facility_by_province", "lookups_facility", ["province_key", "search_name", "code"]
    )


def _province_rows() -> list[dict[str, object]]:
    """Today's provinces first, since those of 63 refer to them."""
    register = load_provinces()
    return [
        {
            "key": f"{province.era.value}:{province.code}",
            "era": province.era.name,
            "code": province.code,
            "name": province.name,
            "kind": province.kind.name,
            "is_pilot": register.is_pilot(province),
            "became_key": None if province.era is Era.OF_34 else f"34:{register.successor(province).code}",
        }
        for era in (Era.OF_34, Era.OF_63)
        for province in register.of(era)
    ]


def _one_of(name: str, length: int, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=length)
