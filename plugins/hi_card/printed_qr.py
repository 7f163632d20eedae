"""The QR code printed on a card: fields between upright strokes, ended by a dollar sign.

Three forms are in use: fourteen fields on cards with a number of 15 characters, sixteen on those of ten digits, nine on a
short one. Names are the hexadecimal digits of their UTF-8 bytes, a hyphen stands for nothing. The check string (field 13) is
made by a rule that nobody publishes, so the code proves nothing; what proves something is a presentation.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from plugins.hi_card.benefits import LivingArea
from plugins.hi_card.models import PrintedSex
from plugins.hi_card.numbers import card_number
from plugins.hi_card.printing import (
    PrintedCard,
    printed_birth,
    printed_day,
    printed_facility,
    read_birth,
    read_day,
    read_facility,
)

T = TypeVar("T")

LONGEST: Final = 3_000
"""Characters: a QR code holds fewer."""
CAPACITY: Final = 2_331
"""Characters that the largest code holds when 15 per cent of it may be damaged."""
_NOTHING: Final = "-"
_END: Final = "$"
_SEXES: Final = {"1": PrintedSex.MALE, "2": PrintedSex.FEMALE}
_AREAS: Final = {"4": None, "5": LivingArea.K1, "6": LivingArea.K2, "7": LivingArea.K3}
_SHORT, _OLD, _NEW = 9, 14, 16
_HEX: Final = re.compile("(?:[0-9A-Fa-f]{2})+")
_LEVEL: Final = re.compile("[1-5]")
_MANAGED: Final = re.compile("[0-9A-Z]{1,20}")


class UnreadableQR(ValueError):
    """A text that is no card's QR code. ``field`` is the number of the field at fault, None where it is the whole."""

    def __init__(self, field: int | None = None) -> None:
        super().__init__("not a card's QR code" if field is None else f"field {field} of a card's QR code")
        self.field: Final = field


@dataclass(frozen=True, kw_only=True)
class ScannedCard:
    """What a printed QR code says. The short form has nothing after the day of issue."""

    number: str
    holder_name: str
    holder_birth: str
    holder_sex: PrintedSex
    holder_address: str | None
    facility_code: str | None
    valid_from: dt.date | None
    valid_to: dt.date | None
    issued_on: dt.date | None
    management_code: str | None = None
    parent_name: str | None = None
    living_area: LivingArea | None = None
    five_year_date: dt.date | None = None
    check: str | None = None
    benefit_level: int | None = None
    place_of_issue: str | None = None


def printed_qr(card: PrintedCard) -> str:
    """The text of the card's QR code, in the form of its number.

    Texts of many letters may be more than a code holds: then the address is left out, the parent's name, the place of issue.
    """
    texts = (_written(one) for one in _ever_shorter(card))
    return next(text for text in texts if len(text) <= CAPACITY)


def _ever_shorter(card: PrintedCard) -> Iterator[PrintedCard]:
    yield card
    yield (card := replace(card, holder_address=None))
    yield (card := replace(card, parent_name=None))
    yield replace(card, place_of_issue="")


def _written(card: PrintedCard) -> str:
    fields = [
        card.number,
        _hex(card.holder_name),
        printed_birth(card.holder_birth),
        _code(_SEXES, card.holder_sex),
        _hex(card.holder_address),
        printed_facility(card.facility_code),
        printed_day(card.valid_from),
        _day(card.valid_to),
        printed_day(card.issued_on),
        f"{card.agency_code}{card.social_security_code}" if card.agency_code else _NOTHING,
        _hex(card.parent_name),
        _code(_AREAS, card.living_area),
        _day(card.five_year_date),
        _NOTHING,
    ]
    if card.is_new:
        fields += [str(card.benefit_level), _hex(card.place_of_issue)]
    return "|".join([*fields, _END])


def read_printed_qr(text: str) -> ScannedCard:
    """Read a QR code as scanners give it: blanks, small letters and a lost dollar sign are tolerated.

    Raises :class:`UnreadableQR`, which never repeats the text.
    """
    if len(text) > LONGEST:
        raise UnreadableQR
    fields = [
        field.strip() for field in text.strip().removesuffix(_END).rstrip().removesuffix("|").split("|")
    ]
    if len(fields) not in (_SHORT, _OLD, _NEW):
        raise UnreadableQR
    found = _Fields(fields)
    return ScannedCard(
        number=found.needed(0, lambda given: card_number(given).text),
        holder_name=found.needed(1, _unhex),
        holder_birth=found.needed(2, read_birth),
        holder_sex=found.needed(3, _SEXES.__getitem__),
        holder_address=found.perhaps(4, _unhex),
        facility_code=found.perhaps(5, lambda given: read_facility(given.upper())),
        valid_from=found.perhaps(6, read_day),
        valid_to=found.perhaps(7, read_day),
        issued_on=found.perhaps(8, read_day),
        management_code=found.perhaps(9, lambda given: _shaped(_MANAGED, given.upper())),
        parent_name=found.perhaps(10, _unhex),
        living_area=found.perhaps(11, _AREAS.__getitem__),
        five_year_date=found.perhaps(12, read_day),
        check=found.perhaps(13, str),
        benefit_level=found.perhaps(14, lambda given: int(_shaped(_LEVEL, given))),
        place_of_issue=found.perhaps(15, _unhex),
    )


class _Fields:
    def __init__(self, fields: list[str]) -> None:
        self._fields = fields

    def needed(self, index: int, read: Callable[[str], T]) -> T:
        found = self.perhaps(index, read)
        if found is None:
            raise UnreadableQR(index)
        return found

    def perhaps(self, index: int, read: Callable[[str], T]) -> T | None:
        given = self._fields[index] if index < len(self._fields) else ""
        if given in ("", _NOTHING):
            return None
        try:
            return read(given)
        except (ValueError, KeyError):
            raise UnreadableQR(index) from None


def _hex(text: str | None) -> str:
    return text.encode().hex() if text else _NOTHING


def _unhex(given: str) -> str:
    return bytes.fromhex(_shaped(_HEX, given)).decode()


def _shaped(shape: re.Pattern[str], given: str) -> str:
    if shape.fullmatch(given) is None:
        raise ValueError
    return given


def _day(day: dt.date | None) -> str:
    return _NOTHING if day is None else printed_day(day)


def _code(codes: dict[str, T], value: T) -> str:
    return next(code for code, meaning in codes.items() if meaning is value)
