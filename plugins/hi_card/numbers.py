"""Health insurance card numbers: the 15 characters of old cards and the ten digits of new ones.

Old: kind of insured person (2 letters), benefit level (1 digit), issuing province (2 digits, era of 63
provinces), social security code (10 digits); Decision 1351/QĐ-BHXH. New: the social security code alone;
Decision 1666/QĐ-BHXH, from 1 April 2021.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from typing import Final

# The codes of the 63 provinces before July 2025, then Defence (97) and Public Security (98), which issue
# their own cards.
ISSUERS: Final = frozenset(
    "01 02 04 06 08 10 11 12 14 15 17 19 20 22 24 25 26 27 30 31 33 34 35 36 37 38 40 42 44 45 46 48 49 51"
    " 52 54 56 58 60 62 64 66 67 68 70 72 74 75 77 79 80 82 83 84 86 87 89 91 92 93 94 95 96 97 98".split()
)
LEVELS: Final = frozenset("12345")

_NEW: Final = re.compile(r"[0-9]{10}")
# The level and the province are looked at after the shape, so that a fault in them can be named.
_OLD: Final = re.compile(r"([A-Z]{2})([0-9A-Z])([0-9A-Z]{2})([0-9]{10})")
_OLD_BOXES: Final = re.compile(r"[A-Z]{2} [0-9] [0-9]{2} [0-9]{10}")
_FACILITY_SUFFIX: Final = re.compile(r"[0-9]{2}[0-9A-Z]{3}")
_OLD_LENGTH: Final = 15
_WITH_FACILITY_LENGTH: Final = 20
_LONGEST_INPUT: Final = 64
# Blanks and hyphens (also the unbreakable ones) that people and printed cards put between the groups.
_BETWEEN_GROUPS: Final = str.maketrans("", "", " \t\u00a0\u202f-\u2010\u2011")


class CardNumberFault(enum.Enum):
    """Why a number is refused; the values are the result codes (maKetQua) of the hospitals' card check."""

    MALFORMED = "051"
    WRONG_PROVINCE = "052"
    WRONG_LEVEL = "053"


class InvalidCardNumber(ValueError):
    """A text that is no card number. ``fault`` says why; the text is never part of the message."""

    def __init__(self, fault: CardNumberFault) -> None:
        super().__init__(f"not a health insurance card number ({fault.value})")
        self.fault: Final = fault


@dataclass(frozen=True)
class OldCardNumber:
    """A number of 15 characters. ``object_code`` may be one that no table knows."""

    object_code: str
    level: int
    province: str
    social_security_code: str

    def __post_init__(self) -> None:
        fault = _fault(self.text)
        # Parts of wrong lengths can still add up to a well-formed text.
        if fault is None and _OLD_BOXES.fullmatch(self.formatted()) is None:
            fault = CardNumberFault.MALFORMED
        if fault is not None:
            raise InvalidCardNumber(fault)

    @property
    def text(self) -> str:
        """The number without blanks, as it is stored and compared."""
        return f"{self.object_code}{self.level}{self.province}{self.social_security_code}"

    def formatted(self) -> str:
        """The number in the four boxes of the printed card: ``GD 4 01 0012345678``."""
        return f"{self.object_code} {self.level} {self.province} {self.social_security_code}"


@dataclass(frozen=True)
class NewCardNumber:
    """A number of ten digits: the holder's social security code; the benefit level is printed apart."""

    social_security_code: str

    def __post_init__(self) -> None:
        if _NEW.fullmatch(self.social_security_code) is None:
            raise InvalidCardNumber(CardNumberFault.MALFORMED)

    @property
    def text(self) -> str:
        """The number as it is stored and compared."""
        return self.social_security_code

    def formatted(self) -> str:
        """The number as printed: ten digits in one row."""
        return self.social_security_code


CardNumber = OldCardNumber | NewCardNumber


def card_number(text: str) -> CardNumber:
    """Read a card number as a person or a hospital's screen writes it.

    Lower case, blanks and hyphens between the groups are tolerated, and so are 15 characters with the
    registered facility's five behind them, which are dropped. Raises InvalidCardNumber; with several faults
    the first character at fault counts, once the shape as a whole is right.
    """
    compact = _compact(text)
    if len(compact) == _WITH_FACILITY_LENGTH and _FACILITY_SUFFIX.fullmatch(compact[_OLD_LENGTH:]):
        compact = compact[:_OLD_LENGTH]
    if _NEW.fullmatch(compact):
        return NewCardNumber(compact)
    fault = _fault(compact)
    if fault is not None:
        raise InvalidCardNumber(fault)
    return OldCardNumber(compact[:2], int(compact[2]), compact[3:5], compact[5:])


def _compact(text: str) -> str:
    if len(text) > _LONGEST_INPUT:
        raise InvalidCardNumber(CardNumberFault.MALFORMED)
    compact = text.translate(_BETWEEN_GROUPS)
    # upper() would turn a few letters of other alphabets into Latin ones, such as U+017F into S.
    if not compact.isascii():
        raise InvalidCardNumber(CardNumberFault.MALFORMED)
    return compact.upper()


def _fault(compact: str) -> CardNumberFault | None:
    match = _OLD.fullmatch(compact)
    if match is None:
        return CardNumberFault.MALFORMED
    if match[2] not in LEVELS:
        return CardNumberFault.WRONG_LEVEL
    return None if match[3] in ISSUERS else CardNumberFault.WRONG_PROVINCE
