"""What cells hold, and how they are refused: never with what was in them."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Callable
from typing import Any

import pytest

from gateway.imports import Unreadable, day, matching, member, money, month, text, whole


class Colour(enum.Enum):
    RED = "red"


@pytest.mark.parametrize(
    ("read", "cell", "value"),
    [
        (text(3), "Huế", "Huế"),
        (matching("[0-9]{2}", "two digits"), "07", "07"),
        (member(Colour, {"đỏ": Colour.RED}), "red", Colour.RED),
        (member(Colour, {"đỏ": Colour.RED}), "Đỏ", Colour.RED),
        (whole(-1, 12), "-1", -1),
        (money, "9007199254740991", 2**53 - 1),
        (day, "2020-02-29", dt.date(2020, 2, 29)),
        (month, "2020-02", dt.date(2020, 2, 1)),
        (month, "2020-02-01", dt.date(2020, 2, 1)),
        (month, "02/2020", dt.date(2020, 2, 1)),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)
def test_cells(read: Callable[[str], Any], cell: str, value: object) -> None:
    assert read(cell) == value


@pytest.mark.parametrize(
    ("read", "cell"),
    [
        (text(3), "Huế "),
        (matching("[0-9]{2}", "two digits"), "7"),
        (matching("[0-9]{2}", "two digits"), "٠٧"),
        (member(Colour), "blue"),
        (whole(1, 12), "13"),
        (whole(1, 12), "1.0"),
        (whole(1, 12), "９"),
        (whole(1, 12), "9" * 5_000),
        (money, "-1"),
        (money, "5.000.000"),
        (money, "9007199254740992"),
        (day, "2021-02-29"),
        (day, "20210228"),
        (day, "2021-W09-4"),
        (day, "28/02/2021"),
        (month, "2020-13"),
        (month, "0000-01"),
        (month, "2020-02-02"),
        (month, "2/2020"),
    ],
    ids=lambda given: given[:20] if isinstance(given, str) else "",
)
def test_other_cells(read: Callable[[str], Any], cell: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read(cell)
    assert cell not in str(refused.value)
