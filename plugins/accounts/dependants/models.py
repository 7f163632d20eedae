"""Who may act for which child."""

from __future__ import annotations

import datetime as dt
import enum

from sqlalchemy import CheckConstraint, Column, Enum, ForeignKey, Index, Named, String, Table, TypedColumns

from gateway.sql import Instant, iso_datetime_check
from plugins.accounts.models import metadata


class Relation(enum.Enum):
    """What a guardian is to the child (Quan hệ với trẻ)."""

    MOTHER = "mother"
    FATHER = "father"
    GUARDIAN = "guardian"


class DependantColumns(TypedColumns):
    """A guardian registered for a child; it ends at ``ended_at``, and when the child comes of age, which no row tells."""

    id = Column(String(32), primary_key=True)
    guardian_id: Named[str] = Column(String(32), ForeignKey("accounts_participant.id"))
    child_id: Named[str] = Column(String(32), ForeignKey("accounts_participant.id"))
    relation: Named[Relation] = Column(
        Enum(Relation, native_enum=False, length=8, create_constraint=True, name="relation_is_known")
    )
    registered_at: Named[dt.datetime] = Column(Instant)
    ended_at: Named[dt.datetime | None] = Column(Instant)


dependant = Table(
    "accounts_dependant",
    metadata,
    DependantColumns,
    CheckConstraint("guardian_id <> child_id", name="nobody_is_their_own_guardian"),
    iso_datetime_check("registered_at"),
    iso_datetime_check("ended_at"),
)

Index(
    "accounts_dependant_registered_once",
    dependant.c.guardian_id,
    dependant.c.child_id,
    unique=True,
    sqlite_where=dependant.c.ended_at.is_(None),
    postgresql_where=dependant.c.ended_at.is_(None),
)
