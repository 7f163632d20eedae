"""Shared things that several plugins speak of: a key and nothing else.

Plugins never import each other's types. They meet in these entities: one plugin says where an entity is found, others add
fields to it with ``@extends``. The key is opaque text; tables hold it in a plain column, without a foreign key across plugins.
"""

from __future__ import annotations

from typing import TypeVar, dataclass_transform

import strawberry

T = TypeVar("T", bound=type)


@dataclass_transform(kw_only_default=True, field_specifiers=(strawberry.field,))
def entity(cls: T) -> T:
    """Mark a class that holds only ``id`` as a shared entity. Its docstring is the published description."""
    made = strawberry.type(cls, description=cls.__doc__)
    made.__vssid_entity__ = True  # type: ignore[attr-defined]
    return made


def is_entity(cls: object) -> bool:
    """Whether a type is a shared entity."""
    return isinstance(cls, type) and "__vssid_entity__" in vars(cls)


@entity
class Participant:
    """A person in the social security system (Người tham gia)."""

    id: strawberry.ID = strawberry.field(
        description="Opaque key; not the social security code (Mã định danh nội bộ)."
    )


@entity
class Facility:
    """A medical facility (Cơ sở khám bệnh, chữa bệnh)."""

    id: strawberry.ID = strawberry.field(description="Opaque key of the facility (Mã định danh cơ sở).")


@entity
class Agency:
    """An agency of social security (Cơ quan BHXH)."""

    id: strawberry.ID = strawberry.field(description="Opaque key of the agency (Mã định danh cơ quan BHXH).")


@entity
class Officer:
    """An officer of social security (Cán bộ cơ quan BHXH)."""

    id: strawberry.ID = strawberry.field(description="Opaque key; not the user name (Mã định danh cán bộ).")


@strawberry.type(description="What can be read (Truy vấn).")
class Query:
    """Root of reading; plugins add fields with ``@extends(Query)``."""


@strawberry.type(description="What can be changed (Thao tác thay đổi dữ liệu).")
class Mutation:
    """Root of changing; plugins add fields with ``@extends(Mutation)``, one change an operation."""
