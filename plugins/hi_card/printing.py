"""What is printed on a card, and how: days as 31/12/2026, the registered facility as ``01 - 123``."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Final

from plugins.hi_card.benefits import LivingArea
from plugins.hi_card.models import PrintedSex
from plugins.hi_card.numbers import InvalidCardNumber, NewCardNumber, card_number

_DAY: Final = re.compile(r"[0-9]{2}/[0-9]{2}/[0-9]{4}")
_YEAR: Final = re.compile(r"[0-9]{4}")
_FACILITY: Final = re.compile(r"([0-9]{2}) ?- ?([0-9A-Z]{3})")


@dataclass(frozen=True, kw_only=True)
class PrintedCard:
    """A card as it was printed. ``holder_birth`` is a day as 2001-02-28, or a year as 1950."""

    number: str
    holder_name: str
    holder_birth: str
    holder_sex: PrintedSex
    benefit_level: int
    valid_from: dt.date
    valid_to: dt.date | None
    facility_code: str
    issued_on: dt.date
    place_of_issue: str
    five_year_date: dt.date | None = None
    living_area: LivingArea | None = None
    holder_address: str | None = None
    parent_name: str | None = None
    facility_name: str | None = None
    agency_code: str | None = None

    @property
    def is_new(self) -> bool:
        """Whether the number is the social security code alone (cards from April 2021 on)."""
        return len(self.number) == len(self.social_security_code)

    @property
    def social_security_code(self) -> str:
        """The holder's ten digits, with which every number ends."""
        return self.number[-10:]

    @property
    def formatted_number(self) -> str:
        """The number in its groups."""
        try:
            found = card_number(self.number)
        except InvalidCardNumber:  # the register has some that no decision provides for
            return self.number
        if isinstance(found, NewCardNumber):
            return f"{self.number[:3]} {self.number[3:6]} {self.number[6:]}"
        return found.formatted()


def printed_day(day: dt.date) -> str:
    """A day as on paper: 31/12/2026."""
    return f"{day:%d/%m/}{day.year:04}"


def read_day(text: str) -> dt.date:
    """The day of 31/12/2026. Raises ValueError without the text in it."""
    if _DAY.fullmatch(text) is None:
        raise ValueError("not a day as 31/12/2026")
    return dt.date(int(text[6:]), int(text[3:5]), int(text[:2]))


def printed_birth(birth: str) -> str:
    """A birth date as on paper: 28/02/2001, or 1950."""
    return birth if _YEAR.fullmatch(birth) else printed_day(dt.date.fromisoformat(birth))


def read_birth(text: str) -> str:
    """A birth date as it is kept: 2001-02-28 or 1950. Raises ValueError."""
    return text if _YEAR.fullmatch(text) else read_day(text).isoformat()


def printed_facility(code: str) -> str:
    """A facility's code as on paper: ``01 - 123``."""
    return f"{code[:2]} - {code[2:]}"


def read_facility(text: str) -> str:
    """The code of ``01 - 123``, blanks aside. Raises ValueError."""
    found = _FACILITY.fullmatch(text)
    if found is None:
        raise ValueError("not a facility as 01 - 123")
    return found[1] + found[2]
