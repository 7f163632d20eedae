"""Scalars of the graph: dates in ISO form, instants in Vietnam's time, money as whole đồng beyond 32 bits."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Final, NewType
from zoneinfo import ZoneInfo

import strawberry
from strawberry.types.scalar import ScalarDefinition

VIETNAM: Final = ZoneInfo("Asia/Ho_Chi_Minh")

if TYPE_CHECKING:
    Money = int
else:
    Money = NewType("Money", int)
"""A whole number of Vietnamese đồng; columns of it are ``BigInteger``. Python has no need to tell it from other numbers."""

# date.fromisoformat alone also takes 20240229 and 2024-W09-4, and \d alone takes Arabic digits.
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})"
)
MOST_MONEY: Final = 2**53 - 1
"""The most đồng that every JSON reader keeps exactly."""


def _date(value: object) -> dt.date:
    if not isinstance(value, str) or _DATE.fullmatch(value) is None:
        raise ValueError("a date is written YYYY-MM-DD")
    return dt.date.fromisoformat(value)


def _instant(value: object) -> dt.datetime:
    if not isinstance(value, str) or _INSTANT.fullmatch(value) is None:
        raise ValueError("an instant is written YYYY-MM-DDThh:mm:ss with an offset")
    return dt.datetime.fromisoformat(value)


def _money(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > MOST_MONEY:
        raise ValueError("money is a whole number of đồng")
    return value


def _written_date(value: dt.date) -> str:
    return value.isoformat()


def _written_instant(value: dt.datetime) -> str:
    return value.astimezone(VIETNAM).isoformat(timespec="seconds")


SCALARS: Final[dict[object, ScalarDefinition]] = {
    dt.date: strawberry.scalar(
        name="Date",
        description="A calendar day, YYYY-MM-DD (Ngày).",
        serialize=_written_date,
        parse_value=_date,
    ),
    dt.datetime: strawberry.scalar(
        name="DateTime",
        description="An instant in ISO 8601 with the offset of Asia/Ho_Chi_Minh (Thời điểm).",
        serialize=_written_instant,
        parse_value=_instant,
    ),
    Money: strawberry.scalar(
        name="Money",
        description="Whole Vietnamese đồng, up to 2^53 - 1 (Số tiền, đồng).",
        serialize=_money,
        parse_value=_money,
    ),
}
