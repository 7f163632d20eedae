"""Tables of the clinic."""

from __future__ import annotations

import datetime as dt
import enum
from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Enum,
    Integer,
    MetaData,
    Named,
    String,
    Table,
    TypedColumns,
)

from gateway.sql import Instant, iso_date_check, iso_datetime_check

metadata: Final = MetaData()


class Mood(enum.Enum):
    """How somebody feels."""

    GOOD = "good"
    BAD = "bad"


class PersonColumns(TypedColumns):
    """What the clinic knows about a participant; not everybody has a row."""

    participant_id = Column(String(40), primary_key=True)
    full_name: Named[str] = Column(String(100))
    nickname: Named[str | None] = Column(String(100))
    birth_date: Named[dt.date | None] = Column(Date)
    mood: Named[Mood | None] = Column(
        Enum(Mood, native_enum=False, length=8, create_constraint=True, name="mood_is_known")
    )
    savings: Named[int] = Column(BigInteger)
    facility_code: Named[str | None] = Column(String(10))
    insured: Named[bool | None] = Column(Boolean)
    grant_id: Named[int | None] = Column(Integer)


person = Table("clinic_person", metadata, PersonColumns, iso_date_check("birth_date"))


class CardColumns(TypedColumns):
    """An appointment card; a participant has one at most."""

    number = Column(String(20), primary_key=True)
    participant_id: Named[str] = Column(String(40), unique=True)
    level: Named[int] = Column(Integer)
    valid_from: Named[dt.date] = Column(Date)
    valid_to: Named[dt.date | None] = Column(Date)
    facility_code: Named[str | None] = Column(String(10))
    leaflet_code: Named[str | None] = Column(String(10))
    ward_id: Named[int | None] = Column(Integer)


card = Table(
    "clinic_card", metadata, CardColumns, *(iso_date_check(column) for column in ("valid_from", "valid_to"))
)


class LeafletColumns(TypedColumns):
    """A leaflet that cards name by its code; no foreign key, so a code may lead nowhere."""

    code = Column(String(10), primary_key=True)
    title: Named[str] = Column(String(100))


leaflet = Table("clinic_leaflet", metadata, LeafletColumns)


class StampColumns(TypedColumns):
    """The one stamp that a card may bear."""

    id = Column(Integer, primary_key=True)
    card_number: Named[str] = Column(String(20), unique=True)
    colour: Named[str] = Column(String(20))


stamp = Table("clinic_stamp", metadata, StampColumns)


class UseColumns(TypedColumns):
    """A use of a card."""

    id = Column(Integer, primary_key=True)
    card_number: Named[str] = Column(String(20), index=True)
    on_day: Named[dt.date] = Column(Date)
    cost: Named[int] = Column(BigInteger)


use = Table("clinic_use", metadata, UseColumns, iso_date_check("on_day"))


class VisitColumns(TypedColumns):
    """A visit; several people come on one day, and to doctors of one name."""

    id = Column(String(10), primary_key=True)
    participant_id: Named[str] = Column(String(40), index=True)
    on_day: Named[dt.date] = Column(Date)
    at: Named[dt.datetime] = Column(Instant)
    doctor: Named[str] = Column(String(100))
    minutes: Named[int] = Column(Integer)
    mood: Named[Mood | None] = Column(
        Enum(Mood, native_enum=False, length=8, create_constraint=True, name="visit_mood_is_known")
    )
    urgent: Named[bool] = Column(Boolean)


visit = Table("clinic_visit", metadata, VisitColumns, iso_date_check("on_day"), iso_datetime_check("at"))


class GrantColumns(TypedColumns):
    """Money for sickness or for a birth, told apart by ``kind``."""

    id = Column(Integer, primary_key=True)
    participant_id: Named[str] = Column(String(40), index=True)
    kind: Named[str] = Column(String(10))
    amount: Named[int] = Column(BigInteger)
    days: Named[int | None] = Column(Integer)
    child: Named[str | None] = Column(String(100))


grant = Table("clinic_grant", metadata, GrantColumns)


class FacilityColumns(TypedColumns):
    """What the clinic knows about a facility."""

    code = Column(String(10), primary_key=True)
    name: Named[str] = Column(String(100))
    beds: Named[int] = Column(Integer)
    open: Named[bool | None] = Column(Boolean)
    opened_at: Named[dt.datetime | None] = Column(Instant)


facility = Table("clinic_facility", metadata, FacilityColumns, iso_datetime_check("opened_at"))


class WardColumns(TypedColumns):
    """A ward; ``agency`` is a path like ``HN/01``."""

    id = Column(Integer, primary_key=True)
    facility_code: Named[str] = Column(String(10), index=True)
    name: Named[str] = Column(String(100))
    agency: Named[str] = Column(String(20))


ward = Table("clinic_ward", metadata, WardColumns)


class LicenceColumns(TypedColumns):
    """The licence of a facility, visible inside the agency that issued it."""

    facility_code = Column(String(10), primary_key=True)
    number: Named[str] = Column(String(20))
    agency: Named[str] = Column(String(20))


licence = Table("clinic_licence", metadata, LicenceColumns)
