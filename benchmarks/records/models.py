"""Tables of records: periods of social insurance, and entitlements."""

from __future__ import annotations

import datetime as dt
import enum
from typing import Final

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    Enum,
    Index,
    MetaData,
    Named,
    String,
    Table,
    TypedColumns,
    text,
)

from gateway.authoring import Money
from gateway.sql import Dong, iso_date_check

metadata: Final = MetaData()


class Scheme(enum.Enum):
    """Under which scheme a period was insured (Loại hình tham gia)."""

    COMPULSORY = "compulsory"
    VOLUNTARY = "voluntary"
    UNEMPLOYMENT = "unemployment"


class ParticipationColumns(TypedColumns):
    """A period of insurance; no two of a participant begin on the same day."""

    id = Column(String(40), primary_key=True)
    participant_id: Named[str] = Column(String(32))
    scheme: Named[Scheme] = Column(
        Enum(Scheme, native_enum=False, length=16, create_constraint=True, name="scheme_is_known")
    )
    valid_from: Named[dt.date] = Column(Date)
    valid_to: Named[dt.date | None] = Column(Date)
    employer: Named[str] = Column(String(200))
    position: Named[str] = Column(String(100))
    salary: Named[Money] = Column(Dong)
    contribution: Named[Money] = Column(Dong)
    agency: Named[str] = Column(String(100))


participations = Table(
    "records_participation",
    metadata,
    ParticipationColumns,
    CheckConstraint("salary >= 0 AND contribution >= 0", name="money_is_not_negative"),
    *(iso_date_check(column) for column in ("valid_from", "valid_to")),
    # The order in which pages are read, the primary key with it.
    Index("records_participation_of_participant", "participant_id", text("valid_from DESC"), "id"),
)


class EntitlementColumns(TypedColumns):
    """Something that a participant may claim."""

    id = Column(String(40), primary_key=True)
    participant_id: Named[str] = Column(String(32))
    name: Named[str] = Column(String(100))
    amount: Named[Money] = Column(Dong)
    valid_from: Named[dt.date] = Column(Date)
    valid_to: Named[dt.date | None] = Column(Date)


entitlements = Table(
    "records_entitlement",
    metadata,
    EntitlementColumns,
    CheckConstraint("amount >= 0", name="amount_is_not_negative"),
    *(iso_date_check(column) for column in ("valid_from", "valid_to")),
    Index("records_entitlement_of_participant", "participant_id", "valid_from", "id"),
)
