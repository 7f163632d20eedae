"""Sets of months, and spans of months in a row.

A set is one whole number with a bit for each month, so that uniting the periods of a long working life and counting its
months takes no time, and no month can be in it twice.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

FIRST_YEAR: Final = 1945
LAST_YEAR: Final = 2199
IN_A_YEAR: Final = 12
FIRST_MONTH: Final = dt.date(FIRST_YEAR, 1, 1)
LAST_MONTH: Final = dt.date(LAST_YEAR, IN_A_YEAR, 1)


def first_of_month(day: dt.date) -> dt.date:
    """The month that a day is in, as its first day."""
    return day.replace(day=1)


def month_after(month: dt.date, months: int) -> dt.date:
    """The month so many months later, or earlier where the number is negative."""
    return _month(_place(month) + months)


def _place(month: dt.date) -> int:
    return (month.year - FIRST_YEAR) * IN_A_YEAR + month.month - 1


def _month(place: int) -> dt.date:
    return dt.date(FIRST_YEAR + place // IN_A_YEAR, place % IN_A_YEAR + 1, 1)


@dataclass(frozen=True, slots=True)
class Span:
    """Months in a row, both ends included, as first days."""

    first: dt.date
    last: dt.date

    @property
    def length(self) -> int:
        """How many months."""
        return _place(self.last) - _place(self.first) + 1


@dataclass(frozen=True, slots=True)
class Months:
    """A set of months from 1945 to 2199."""

    bits: int = 0

    @classmethod
    def between(cls, first: dt.date, last: dt.date) -> Months:
        """All months from one to another, both included; none where they are the wrong way round."""
        start, end = _place(first), _place(last)
        if start < 0 or last.year > LAST_YEAR:
            raise ValueError(f"months are from {FIRST_YEAR} to {LAST_YEAR}")
        return cls(((1 << max(end - start + 1, 0)) - 1) << start)

    @classmethod
    def since(cls, first: dt.date) -> Months:
        """A month and all that follow."""
        return cls.between(first, LAST_MONTH)

    @classmethod
    def of_year(cls, year: int) -> Months:
        """The twelve months of a year."""
        return cls.between(dt.date(year, 1, 1), dt.date(year, IN_A_YEAR, 1))

    def __or__(self, other: Months) -> Months:
        return Months(self.bits | other.bits)

    def __and__(self, other: Months) -> Months:
        return Months(self.bits & other.bits)

    def __sub__(self, other: Months) -> Months:
        return Months(self.bits & ~other.bits)

    def __len__(self) -> int:
        return self.bits.bit_count()

    def __iter__(self) -> Iterator[dt.date]:
        for span in self.spans():
            yield from (month_after(span.first, more) for more in range(span.length))

    @property
    def first(self) -> dt.date | None:
        """The earliest month."""
        return _month((self.bits & -self.bits).bit_length() - 1) if self.bits else None

    @property
    def last(self) -> dt.date | None:
        """The latest month."""
        return _month(self.bits.bit_length() - 1) if self.bits else None

    @property
    def years(self) -> range:
        """The years from the first month's to the last one's."""
        if self.first is None or self.last is None:
            return range(0)
        return range(self.first.year, self.last.year + 1)

    def spans(self) -> Iterator[Span]:
        """The set as few spans, the earliest first."""
        rest, at = self.bits, 0
        while rest:
            gap = (rest & -rest).bit_length() - 1
            rest, at = rest >> gap, at + gap
            length = (~rest & (rest + 1)).bit_length() - 1
            yield Span(_month(at), _month(at + length - 1))
            rest, at = rest >> length, at + length
