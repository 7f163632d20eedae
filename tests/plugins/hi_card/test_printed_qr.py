"""The QR code that is printed on a card: written as hospitals read it, and read as scanners give it."""

from __future__ import annotations

import contextlib
import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugins.hi_card.benefits import LivingArea
from plugins.hi_card.models import PrintedSex
from plugins.hi_card.printed_qr import UnreadableQR, printed_qr, read_printed_qr
from plugins.hi_card.printing import PrintedCard
from tests.plugins.hi_card.cards import CARDS, NEW, OLD

NAME = "Nguyễn Thị Thuỳ Dương".encode().hex()


def test_the_fields_of_a_new_card() -> None:
    fields = printed_qr(NEW).split("|")

    assert fields[:4] == ["0012345678", NAME, "14/03/1989", "2"]
    assert fields[5:10] == ["01 - 123", "01/01/2026", "31/12/2026", "18/12/2025", "001010012345678"]
    assert bytes.fromhex(fields[10]).decode() == "Nguyễn Văn Hùng"
    assert fields[11:15] == ["6", "01/07/2024", "-", "4"]
    assert bytes.fromhex(fields[15]).decode() == "Bảo hiểm xã hội quận Long Hòa"
    assert fields[16:] == ["$"]


def test_the_fields_of_an_old_card() -> None:
    fields = printed_qr(OLD).split("|")

    assert fields[0] == "GD4010012345678"
    assert (len(fields), fields[-1]) == (15, "$")


@given(CARDS)
def test_what_is_written_is_read(card: PrintedCard) -> None:
    read = read_printed_qr(printed_qr(card))

    assert (read.number, read.holder_name, read.holder_birth, read.holder_sex) == (
        card.number,
        card.holder_name,
        card.holder_birth,
        card.holder_sex,
    )
    assert (read.holder_address, read.facility_code, read.parent_name, read.living_area) == (
        card.holder_address,
        card.facility_code,
        card.parent_name,
        card.living_area,
    )
    assert (read.valid_from, read.valid_to, read.issued_on, read.five_year_date) == (
        card.valid_from,
        card.valid_to,
        card.issued_on,
        card.five_year_date,
    )
    managed = f"{card.agency_code}{card.number[-10:]}" if card.agency_code else None
    assert (read.management_code, read.check) == (managed, None)
    shown = (card.benefit_level, card.place_of_issue) if card.is_new else (None, None)
    assert (read.benefit_level, read.place_of_issue) == shown


@pytest.mark.parametrize("end", ["$", "|$", "|", "", "| $ \r\n"])
def test_short_codes_and_lost_ends(end: str) -> None:
    text = f" gd4010012345678|{NAME.upper()} |1950|1|-| 01-123 | - ||02/01/2020{end}"

    read = read_printed_qr(text)

    assert (read.number, read.holder_birth, read.holder_sex) == ("GD4010012345678", "1950", PrintedSex.MALE)
    assert (read.facility_code, read.valid_from, read.issued_on) == ("01123", None, dt.date(2020, 1, 2))
    assert read.benefit_level is None


def test_a_blank_before_the_five_year_date_and_a_check_string() -> None:
    fields = printed_qr(NEW).split("|")
    fields[12:14] = [" 01/07/2024", "1a2b3c-7102"]

    read = read_printed_qr("|".join(fields))

    assert (read.five_year_date, read.check) == (dt.date(2024, 7, 1), "1a2b3c-7102")
    assert read.living_area is LivingArea.K2


@pytest.mark.parametrize(
    ("field", "given"),
    [
        (0, "12345"),
        (0, "GD9010012345678"),
        (0, "-"),
        (1, "4e6"),
        (1, "ff"),
        (1, "-"),
        (1, "Nguyễn"),
        (2, "31/02/2001"),
        (2, "2001-02-28"),
        (2, "50"),
        (3, "0"),
        (3, "Nam"),
        (5, "GD"),
        (6, "1/1/2026"),
        (8, "٠١/٠١/٢٠٢٦"),
        (9, "<script>"),
        (11, "8"),
        (12, "00/00/0000"),
        (14, "9"),
    ],
)
def test_the_field_at_fault_is_named_and_not_repeated(field: int, given: str) -> None:
    fields = printed_qr(NEW).split("|")
    fields[field] = given

    with pytest.raises(UnreadableQR) as refused:
        read_printed_qr("|".join(fields))

    assert refused.value.field == field
    assert str(refused.value) == f"field {field} of a card's QR code"


@settings(max_examples=300)
@given(st.text(max_size=200) | st.text("0123456789|$-/ abcdef", max_size=300))
def test_whatever_is_scanned_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(UnreadableQR):
        read_printed_qr(text)


@pytest.mark.parametrize("text", ["", "$", "|" * 8, "|" * 100_000, "0" * 3_001, "0012345678"])
def test_what_is_no_code(text: str) -> None:
    with pytest.raises(UnreadableQR):
        read_printed_qr(text)
