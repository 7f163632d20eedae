"""Tables of hi_card: every card that was ever issued."""

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

from gateway.sql import iso_date_check
from plugins.hi_card.benefits import LivingArea

metadata: Final = MetaData()


class CardState(enum.Enum):
    """What the register of cards says about a card (Tình trạng thẻ)."""

    ACTIVE = "active"
    EXPIRED = "expired"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"
    STOPPED = "stopped"


class CardColumns(TypedColumns):
    """A card. Numbers repeat, since a renewed card keeps the holder's number; two columns tell which card is meant.

    ``active_number`` is the number on the newest card that bears it, and NULL on the others: what a number leads to.
    ``current_for`` is the holder on the newest card of all, and NULL on the others.
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
    *(iso_date_check(column) for column in ("valid_from", "valid_to", "five_year_date", "issued_on")),
)

Index("hi_card_card_by_holder", card.c.participant_id, card.c.valid_from)
