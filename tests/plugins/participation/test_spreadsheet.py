"""The CSV file: nothing in it is a formula, and texts with commas, quotation marks and breaks come back whole."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import Language
from plugins.participation.certificate import on_paper
from plugins.participation.periods import MoneyKind, ParticipationKind, PaymentState
from plugins.participation.spreadsheet import BYTE_ORDER_MARK, as_csv
from tests.plugins.participation.test_certificate import PERSON

ROW: dict[str, object] = {
    "kind": ParticipationKind.COMPULSORY_SOCIAL,
    "from_month": dt.date(2020, 1, 1),
    "to_month": dt.date(2020, 12, 1),
    "employer_code": "TA0001Z",
    "employer_name": "Công ty Thử nghiệm",
    "workplace": None,
    "occupation": "Công nhân",
    "title": None,
    "money_kind": MoneyKind.VND,
    "salary": None,
    "basis": 5_000_000,
    "salary_thousandths": None,
    "basis_thousandths": None,
    "state": PaymentState.PAID,
}
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1) | st.sampled_from(
    ["=cmd|'/C calc'!A0", "+1", "-1", "@SUM(A1)", "＝1", "\t=1", "\r=1"]
)


def read(content: bytes) -> list[list[str]]:
    assert content.startswith(BYTE_ORDER_MARK)
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@given(TEXTS, TEXTS)
def test_no_cell_is_a_formula(employer: str, workplace: str) -> None:
    row = ROW | {"employer_name": employer, "workplace": workplace}
    _, cells = read(as_csv([row], Language.VI))
    assert [cell for cell in cells if cell[:1] in "=+-@\t\r＝＋－＠" and cell] == []
    assert [cell.removeprefix("'") for cell in cells[4:6]] == [
        text.removeprefix("'") for text in (employer, workplace)
    ]


@pytest.mark.parametrize(
    ("language", "first"), [(Language.VI, "BHXH bắt buộc"), (Language.EN, "Compulsory social insurance")]
)
def test_rows(language: Language, first: str) -> None:
    coefficient = {"money_kind": MoneyKind.COEFFICIENT, "basis": None, "basis_thousandths": 2340}
    headings, plain, other = read(as_csv([ROW, ROW | coefficient], language))
    assert len(headings) == len(plain) == 12
    assert plain[:4] == [first, "01/2020", "12/2020", "TA0001Z"]
    assert (plain[10], other[10]) == ("5000000", "2.34")


def test_a_paper_has_the_same_rows() -> None:
    coefficient = {"money_kind": MoneyKind.COEFFICIENT, "basis": None, "basis_thousandths": 2667}
    paper: dict[str, Any] = on_paper(PERSON, [ROW, ROW | coefficient], dt.date(2021, 1, 2))
    assert [line[4] for part in paper["parts"] for line in part["rows"]] == ["5.000.000 đ", "HS 2.667"]
