"""Salary coefficients: exact decimals with up to three places, kept as whole thousandths."""

from __future__ import annotations

import re
from typing import Final

_COEFFICIENT: Final = re.compile(r"([0-9]{1,3})(?:[.,]([0-9]{1,3}))?")


def thousandths(text: str) -> int:
    """``2.34`` or ``2,34`` as 2340. Raises ValueError, without the text."""
    match = _COEFFICIENT.fullmatch(text)
    if match is None:
        raise ValueError("a coefficient has up to three digits before and after the point")
    whole, places = match.groups()
    return int(whole) * 1000 + int((places or "").ljust(3, "0"))


def decimal_text(value: int) -> str:
    """2340 as ``2.34``: two places at least, the third where it counts."""
    whole, rest = divmod(value, 1000)
    places = f"{rest:03}"
    return f"{whole}.{places[:2]}{places[2:].rstrip('0')}"
