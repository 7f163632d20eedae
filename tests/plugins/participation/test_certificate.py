"""The certificate as PDF: what is on it is what the record says, and data are never markup."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from pypdf import PdfReader

from gateway.demo import Demo
from gateway.demo.people import participants
from gateway.directory import Person
from gateway.typesetting import Typesetting
from plugins.participation.certificate import TEMPLATE, on_paper
from plugins.participation.demo import ParticipationDemo

DEMO = Demo(1, 1, dt.date(2020, 12, 1))
PERSON = Person("p1", "0012345678", "Đặng Thị Ơn", dt.date(1990, 2, 28), is_year_only=False)


async def words(person: Person, rows: list[dict[str, object]]) -> str:
    typesetting = Typesetting()
    try:
        paper = await typesetting.pdf(TEMPLATE, on_paper(person, rows, DEMO.today))
    finally:
        await typesetting.close()
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(paper)).pages).split())


def record() -> list[dict[str, object]]:
    (rows,) = ParticipationDemo().participants(list(participants(1, 1)), DEMO)
    return sorted((dict(row) for row in rows.values), key=lambda row: (str(row["from_month"]), row["id"]))


async def test_a_certificate() -> None:
    text = await words(PERSON, record())
    for told in ("Đặng Thị Ơn", "0012345678", "28/02/1990", "II.1. BHXH bắt buộc", "Chậm đóng", "1/"):
        assert told in text
    for row in record():
        assert str(row["employer_name"]) in text


async def test_somebody_with_nothing() -> None:
    year_only = Person("p1", "0012345678", "Vũ Ân", dt.date(1950, 1, 1), is_year_only=True)
    text = await words(year_only, [])
    assert "Ngày sinh: 1950" in text
    assert "0 năm 0 tháng" in text
    assert "Chưa có dữ liệu về quá trình tham gia." in text


@pytest.mark.parametrize("name", ["#strong[An]", "$x^2$", "*An* _Bình_", "<script>", '"\\', "= An", "@an"])
async def test_names_are_text_and_nothing_else(name: str) -> None:
    person = Person("p1", "0012345678", name, dt.date(1990, 2, 28), is_year_only=False)
    assert f"Họ và tên: {name}" in await words(person, [])
