"""Tables of hi_card: every card that was ever issued, as it was printed, and the keys that sign what phones show."""

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
    Integer,
    MetaData,
    Named,
    String,
    Table,
    TypedColumns,
)

from gateway.sql import Instant, iso_date_check, iso_datetime_check
from plugins.hi_card.benefits import LivingArea

metadata: Final = MetaData()


class CardState(enum.Enum):
    """What the register of cards says about a card (Tình trạng thẻ)."""

    ACTIVE = "active"
    EXPIRED = "expired"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"
    STOPPED = "stopped"


class PrintedSex(enum.Enum):
    """Sex as printed on a card (Giới tính)."""

    MALE = "male"
    FEMALE = "female"


class CardColumns(TypedColumns):
    """A card. Numbers repeat, since a renewed card keeps the holder's number; two columns tell which card is meant.

    ``active_number`` is the number on the newest card that bears it, and NULL on the others: what a number leads to.
    ``current_for`` is the holder on the newest card of all, and NULL on the others.

    ``agency_code`` is the agency that manages the card. The columns from ``holder_name`` on are what is printed on it about
    people and places: they stay as they were on the day of issue, whatever is corrected elsewhere. Name, birth and sex are
    there together or not at all. ``holder_birth`` is a day as 2001-02-28, or 1950 where only the year is known.
    """

    id = Column(String(40), primary_key=True)
    participant_id: Named[str] = Column(String(32))
    number: Named[str] = Column(String(15))
    active_number: Named[str | None] = Column(String(15), unique=True)
    current_for: Named[str | None] = Column(String(32), unique=True)
    object_code: Named[str] = Column(String(2))
    benefit_level: Named[int] = Column(Integer)
    valid_from: Named[dt.date] = Column(Date)
    valid_to: Named[dt.date | None] = Column(Date)
    facility_code: Named[str] = Column(String(5))
    five_year_date: Named[dt.date | None] = Column(Date)
    living_area: Named[LivingArea | None] = Column(
        Enum(LivingArea, native_enum=False, length=2, create_constraint=True, name="living_area_is_known")
    )
    place_of_issue: Named[str] = Column(String(200))
    state: Named[CardState] = Column(
        Enum(CardState, native_enum=False, length=16, create_constraint=True, name="state_is_known")
    )
    issued_on: Named[dt.date] = Column(Date)
    agency_code: Named[str | None] = Column(String(5))
    holder_name: Named[str | None] = Column(String(200))
    holder_birth: Named[str | None] = Column(String(10))
    holder_sex: Named[PrintedSex | None] = Column(
        Enum(PrintedSex, native_enum=False, length=8, create_constraint=True, name="holder_sex_is_known")
    )
    holder_address: Named[str | None] = Column(String(300))
    parent_name: Named[str | None] = Column(String(200))
    facility_name: Named[str | None] = Column(String(300))


card = Table(
    "hi_card_card",
    metadata,
    CardColumns,
    CheckConstraint(
        "length(number) IN (10, 15) AND ltrim(substr(number, length(number) - 9), '0123456789') = ''",
        name="number_ends_in_ten_digits",
    ),
    CheckConstraint("active_number = number", name="active_number_is_its_own"),
    CheckConstraint("current_for = participant_id", name="current_for_its_holder"),
    CheckConstraint("benefit_level BETWEEN 1 AND 5", name="benefit_level_is_known"),
    CheckConstraint("valid_to >= valid_from", name="valid_to_follows_valid_from"),
    CheckConstraint(
        "length(agency_code) = 5 AND ltrim(agency_code, '0123456789') = ''",
        name="agency_code_has_five_digits",
    ),
    CheckConstraint(
        "(holder_name IS NULL) = (holder_birth IS NULL) AND (holder_name IS NULL) = (holder_sex IS NULL)",
        name="holder_is_whole",
    ),
    CheckConstraint(
        "length(holder_birth) IN (4, 10) AND ltrim(replace(holder_birth, '-', ''), '0123456789') = ''",
        name="holder_birth_is_day_or_year",
    ),
    *(iso_date_check(column) for column in ("valid_from", "valid_to", "five_year_date", "issued_on")),
)

Index("hi_card_card_by_holder", card.c.participant_id, card.c.valid_from)


class SigningKeyColumns(TypedColumns):
    """An Ed25519 key pair. ``id`` is the key id in tokens; the private half is encrypted, the public one base64url.

    A key is published from ``created_at`` on, signs from ``signs_from`` on until a later one does, and neither after
    ``retired_at``.
    """

    id = Column(String(16), primary_key=True)
    public_key: Named[str] = Column(String(43))
    private_key: Named[str] = Column(String(200))
    created_at: Named[dt.datetime] = Column(Instant)
    signs_from: Named[dt.datetime] = Column(Instant)
    retired_at: Named[dt.datetime | None] = Column(Instant)


signing_key = Table(
    "hi_card_signing_key",
    metadata,
    SigningKeyColumns,
    CheckConstraint("length(public_key) = 43", name="public_key_has_32_bytes"),
    CheckConstraint("signs_from >= created_at", name="signs_once_it_is_published"),
    *(iso_datetime_check(column) for column in ("created_at", "signs_from", "retired_at")),
)
