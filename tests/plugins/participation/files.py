"""Files of periods for tests of any size, of synthetic people, with a bad row in every hundred."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from gateway.demo.people import DemoParticipant
from plugins.participation.importing import PERIODS
from plugins.participation.months import month_after

COLUMNS: Final = [column.name for column in PERIODS.columns]
GOOD: Final[Mapping[str, str]] = {
    "social_security_code": "",
    "kind": "COMPULSORY_SOCIAL",
    "from_month": "2020-01",
    "to_month": "2020-12",
    "employer_code": "TA0001Z",
    "employer_name": "Công ty TNHH Thử nghiệm",
    "workplace": "Huế",
    "occupation": "Công nhân may",
    "title": "",
    "money_kind": "VND",
    "salary": "6000000",
    "basis": "5000000",
    "state": "PAID",
}
BAD_EVERY: Final = 100
_FAULTS: Final[tuple[tuple[str, str], ...]] = (
    ("social_security_code", "0099999999"),
    ("social_security_code", "12345"),
    ("kind", "LIFE"),
    ("to_month", "1980-01"),
    ("basis", "five million"),
    ("employer_name", ""),
    ("state", "\x07"),
)
"""A column, and what is wrong in it, in turn."""


def many(people: list[DemoParticipant], count: int) -> Iterator[Mapping[str, str]]:
    """So many rows, a month each, no two of one key; the last of each hundred is bad."""
    first = dt.date(1990, 1, 1)
    for place in range(count):
        month = f"{month_after(first, place // len(people)):%Y-%m}"
        row = {
            **GOOD,
            "social_security_code": people[place % len(people)].social_security_code,
            "from_month": month,
            "to_month": month,
        }
        if place % BAD_EVERY == BAD_EVERY - 1:
            name, cell = _FAULTS[place // BAD_EVERY % len(_FAULTS)]
            row[name] = cell
        yield row


def bad(count: int) -> list[tuple[int, str]]:
    """The lines of the bad rows among so many, and the column that is wrong."""
    return [
        (place + 2, _FAULTS[place // BAD_EVERY % len(_FAULTS)][0])
        for place in range(BAD_EVERY - 1, count, BAD_EVERY)
    ]


def written(path: Path, rows: Iterable[Mapping[str, str]]) -> Path:
    """A CSV file of rows."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    return path


def told(report: Path) -> list[tuple[int, str]]:
    """Line and column of everything in a report."""
    with report.open(encoding="utf-8", newline="") as file:
        return [(int(row["line"]), row["column"]) for row in csv.DictReader(file)]
