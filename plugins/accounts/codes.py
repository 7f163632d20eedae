"""Formats of what a person signs in with and is reached at: social security code, mobile phone number, e-mail address."""

from __future__ import annotations

import re
from typing import Final

# [0-9], not \d: \d also takes the digits of other scripts.
_SOCIAL_SECURITY_CODE: Final = re.compile(r"[0-9]{10}")
_MOBILE: Final = re.compile(r"(?:0|\+?84)((?:3[2-9]|5[25689]|7[06-9]|8[1-9]|9[0-46-9])[0-9]{7})")
_LABEL: Final = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_EMAIL: Final = re.compile(rf"([A-Za-z0-9_+%'-]+(?:\.[A-Za-z0-9_+%'-]+)*)@((?:{_LABEL}\.)+[A-Za-z]{{2,63}})")
_LONGEST_NAME: Final = 64
_LONGEST_EMAIL: Final = 254
_BETWEEN_DIGITS: Final = str.maketrans("", "", " \u00a0.-()")
_LONGEST: Final = 32


class MalformedCode(ValueError):
    """Not a code of the kind asked for. The text is never part of the message."""


def social_security_code(text: str) -> str:
    """The ten digits of a social security code (mã số BHXH), blanks around them taken off.

    Any ten ASCII digits are accepted: the code has no published check digit, and its first digits say
    nothing for sure. Raises MalformedCode for everything else, full-width digits and inner blanks included.
    """
    code = text.strip()
    if _SOCIAL_SECURITY_CODE.fullmatch(code) is None:
        raise MalformedCode("a social security code has ten digits")
    return code


def mobile_number(text: str) -> str:
    """A Vietnamese mobile number in E.164: ``+84`` and nine digits.

    Takes ``0912 345 678``, ``84912345678`` and ``+84 912.345.678`` alike. Landlines and foreign numbers
    cannot receive the one-time codes, so they raise MalformedCode like any other text.
    """
    match = _MOBILE.fullmatch(text.translate(_BETWEEN_DIGITS)) if len(text) <= _LONGEST else None
    if match is None:
        raise MalformedCode("not a Vietnamese mobile number")
    return f"+84{match[1]}"


def email_address(text: str) -> str:
    """An e-mail address, blanks around it taken off and its domain in small letters.

    ASCII alone, as what can be sent everywhere and read out without a mistake: letters, digits and ``. _ + % ' -`` before the
    sign, a domain with a dot after it, 254 characters at most. Raises MalformedCode for everything else.
    """
    given = text.strip() if len(text) <= 2 * _LONGEST_EMAIL else ""
    match = _EMAIL.fullmatch(given) if len(given) <= _LONGEST_EMAIL else None
    if match is None or len(match[1]) > _LONGEST_NAME:
        raise MalformedCode("not an e-mail address")
    return f"{match[1]}@{match[2].lower()}"
