"""The columns of a file: a name, what is in it, and a function that reads a cell.

A reader gets a cell that is not empty, composed (NFC), without blanks around it and without control characters. It raises
:class:`Unreadable` with a reason that never repeats the cell.
"""

from __future__ import annotations

import datetime as dt
import enum
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from gateway.authoring.scalars import MOST_MONEY

E = TypeVar("E", bound=enum.Enum)

_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MONTH: Final = re.compile(r"([0-9]{4})-([0-9]{2})(?:-01)?|([0-9]{2})/([0-9]{4})")
_WHOLE: Final = re.compile(r"-?[0-9]{1,18}")


class Unreadable(ValueError):
    """A cell that is not what its column holds; the text says what that is and goes into the report."""


@dataclass(frozen=True)
class ImportColumn:
    """A column. A cell that is empty or absent is None where the column is not ``required``.

    With ``person`` it holds social security codes, and the values have the participant's key under that name; a code that
    nobody has is a fault.
    """

    name: str
    read: Callable[[str], Any]
    description: str
    required: bool = True
    person: str | None = None


def text(longest: int) -> Callable[[str], str]:
    """Text of at most so many characters."""

    def read(cell: str) -> str:
        if len(cell) > longest:
            raise Unreadable(f"is longer than {longest} characters")
        return cell

    return read


def matching(pattern: str, described: str) -> Callable[[str], str]:
    """Text that a regular expression matches as a whole; ``described`` ends the sentence "is not ..."."""
    compiled = re.compile(pattern)

    def read(cell: str) -> str:
        if compiled.fullmatch(cell) is None:
            raise Unreadable(f"is not {described}")
        return cell

    return read


def member(kind: type[E], spelled: Mapping[str, E] | None = None) -> Callable[[str], E]:
    """A member of an enum by its name, in capitals or not, or as ``spelled`` has it."""
    known = {one.name: one for one in kind} | {name.upper(): one for name, one in (spelled or {}).items()}

    def read(cell: str) -> E:
        found = known.get(cell.upper())
        if found is None:
            raise Unreadable(f"is not one of {', '.join(known)}")
        return found

    return read


def whole(least: int, most: int) -> Callable[[str], int]:
    """A whole number within bounds, in plain digits."""

    def read(cell: str) -> int:
        if _WHOLE.fullmatch(cell) is None or not least <= int(cell) <= most:
            raise Unreadable(f"is not a whole number from {least} to {most}")
        return int(cell)

    return read


def money(cell: str) -> int:
    """Whole đồng, not negative, in plain digits."""
    if _WHOLE.fullmatch(cell) is None or not 0 <= int(cell) <= MOST_MONEY:
        raise Unreadable("is not a whole number of đồng, in plain digits")
    return int(cell)


def day(cell: str) -> dt.date:
    """A day, YYYY-MM-DD."""
    try:
        if _DAY.fullmatch(cell):
            return dt.date.fromisoformat(cell)
    except ValueError:
        pass
    raise Unreadable("is not a day, YYYY-MM-DD")


def month(cell: str) -> dt.date:
    """A month as its first day: YYYY-MM, YYYY-MM-01 or MM/YYYY."""
    match = _MONTH.fullmatch(cell)
    try:
        if match:
            return dt.date(int(match[1] or match[4]), int(match[2] or match[3]), 1)
    except ValueError:
        pass
    raise Unreadable("is not a month, YYYY-MM or MM/YYYY")


PARTICIPANT: Final = ImportColumn(
    "social_security_code",
    matching("[0-9]{10}", "ten digits"),
    "Whose row it is: ten digits (Mã số BHXH).",
    person="participant_id",
)
"""An importer with this column gets the participant's key as ``participant_id`` among the values."""
