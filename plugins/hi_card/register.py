"""A row of the register, and the card that was printed of it."""

from __future__ import annotations

import datetime as dt
from typing import Protocol

from plugins.hi_card.benefits import LivingArea
from plugins.hi_card.models import CardState, PrintedSex
from plugins.hi_card.printing import PrintedCard


class RegisterRow(Protocol):
    """A row of the register, as code sees it: what ``HealthInsuranceCard`` has as columns."""

    number: str
    holder_name: str | None
    holder_birth: str | None
    holder_sex: PrintedSex | None
    holder_address: str | None
    parent_name: str | None
    benefit_level: int
    valid_from: dt.date
    valid_to: dt.date | None
    facility_code: str
    facility_name: str | None
    issued_on: dt.date
    place_of_issue: str
    five_year_date: dt.date | None
    living_area: LivingArea | None
    agency_code: str | None
    state: CardState


def printed(row: RegisterRow) -> PrintedCard | None:
    """The card as it was printed; None where the register does not know what stands on it."""
    if row.holder_name is None or row.holder_birth is None or row.holder_sex is None:
        return None
    return PrintedCard(
        number=row.number,
        holder_name=row.holder_name,
        holder_birth=row.holder_birth,
        holder_sex=row.holder_sex,
        holder_address=row.holder_address,
        parent_name=row.parent_name,
        benefit_level=row.benefit_level,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        facility_code=row.facility_code,
        facility_name=row.facility_name,
        issued_on=row.issued_on,
        place_of_issue=row.place_of_issue,
        five_year_date=row.five_year_date,
        living_area=row.living_area,
        agency_code=row.agency_code,
    )
