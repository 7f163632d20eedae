"""A record as a CSV file that spreadsheets open as it is meant: with a byte order mark, and without formulas."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from io import StringIO
from typing import Any, Final

from gateway.errors import Language, Text
from plugins.participation.coefficients import decimal_text
from plugins.participation.wording import KINDS, MONEY_KINDS, STATES

BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What spreadsheets take for the beginning of a formula, full-width forms included."""

_Row = Mapping[Any, Any]


def as_csv(rows: Iterable[_Row], language: Language) -> bytes:
    """Rows of the table of periods, with headings, in UTF-8."""
    written = StringIO()
    writer = csv.writer(written)
    writer.writerow([heading.in_(language) for heading, _ in _COLUMNS])
    for row in rows:
        writer.writerow([harmless(read(row, language)) for _, read in _COLUMNS])
    return BYTE_ORDER_MARK + written.getvalue().encode()


def harmless(cell: str) -> str:
    """The same text, with an apostrophe before it where a spreadsheet would reckon with it."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _month(month: dt.date) -> str:
    return f"{month:%m/%Y}"


def _amount(dong: str, thousandths: str) -> Callable[[_Row, Language], str]:
    def read(row: _Row, _: Language) -> str:
        if row[dong] is not None:
            return str(row[dong])
        return "" if row[thousandths] is None else decimal_text(row[thousandths])

    return read


def _text(name: str) -> Callable[[_Row, Language], str]:
    return lambda row, _: row[name] or ""


_COLUMNS: Final[tuple[tuple[Text, Callable[[_Row, Language], str]], ...]] = (
    (Text("Loại bảo hiểm", "Insurance"), lambda row, language: KINDS[row["kind"]].in_(language)),
    (Text("Từ tháng", "From month"), lambda row, _: _month(row["from_month"])),
    (Text("Đến tháng", "To month"), lambda row, _: _month(row["to_month"])),
    (Text("Mã đơn vị", "Employer code"), _text("employer_code")),
    (Text("Đơn vị", "Employer"), _text("employer_name")),
    (Text("Nơi làm việc", "Workplace"), _text("workplace")),
    (Text("Nghề nghiệp", "Occupation"), _text("occupation")),
    (Text("Chức vụ", "Title"), _text("title")),
    (
        Text("Loại tiền", "Money"),
        lambda row, language: MONEY_KINDS[row["money_kind"]].in_(language) if row["money_kind"] else "",
    ),
    (Text("Mức lương", "Salary"), _amount("salary", "salary_thousandths")),
    (Text("Tiền lương đóng", "Contribution basis"), _amount("basis", "basis_thousandths")),
    (Text("Tình trạng đóng", "State"), lambda row, language: STATES[row["state"]].in_(language)),
)
