"""Card numbers: every lawful form is read, every fault is named, and nothing of a refused text leaks."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.hi_card.numbers import (
    ISSUERS,
    CardNumber,
    CardNumberFault,
    InvalidCardNumber,
    NewCardNumber,
    OldCardNumber,
    card_number,
)
from plugins.lookups.provinces import Era, load_provinces

CODES = st.text(string.digits, min_size=8, max_size=8).map("00".__add__)
OLD_NUMBERS = st.builds(
    OldCardNumber,
    object_code=st.text(string.ascii_uppercase, min_size=2, max_size=2),
    level=st.integers(1, 5),
    province=st.sampled_from(sorted(ISSUERS)),
    social_security_code=CODES,
)
NUMBERS = st.one_of(OLD_NUMBERS, st.builds(NewCardNumber, CODES))
BETWEEN = st.sampled_from(["", " ", "-", "  ", " - ", "\u00a0", "\u2011", "\t"])

OLD = OldCardNumber("GD", 4, "79", "0012345678")


def fault_of(text: str) -> CardNumberFault:
    with pytest.raises(InvalidCardNumber) as refused:
        card_number(text)
    return refused.value.fault


@given(NUMBERS)
def test_a_number_reads_back_as_stored_and_as_printed(number: CardNumber) -> None:
    assert card_number(number.text) == number
    assert card_number(number.formatted()) == number


@given(NUMBERS, st.data())
def test_blanks_hyphens_and_lower_case_are_tolerated(number: CardNumber, data: st.DataObject) -> None:
    written = "".join(data.draw(BETWEEN) + char for char in number.text).lower() + data.draw(BETWEEN)
    if len(written) <= 64:
        assert card_number(written) == number


@given(OLD_NUMBERS, st.from_regex(r"[0-9]{2}[0-9A-Za-z]{3}", fullmatch=True))
def test_the_facility_behind_an_old_number_is_dropped(number: OldCardNumber, facility: str) -> None:
    assert card_number(number.text + facility) == number
    assert card_number(f"{number.formatted()} {facility}") == number


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("GD4790012345678", OLD),
        ("gd 4 79 0012345678", OLD),
        ("GD-4-79-0012345678-79024", OLD),
        ("GD47900123456780154C", OLD),
        ("0012345678", NewCardNumber("0012345678")),
        (" 00 1234 5678 ", NewCardNumber("0012345678")),
        ("QN5970012345678", OldCardNumber("QN", 5, "97", "0012345678")),
        ("CA5980012345678", OldCardNumber("CA", 5, "98", "0012345678")),
        ("ZZ1010012345678", OldCardNumber("ZZ", 1, "01", "0012345678")),
    ],
)
def test_forms_that_are_read(written: str, expected: CardNumber) -> None:
    assert card_number(written) == expected


def test_the_printed_forms() -> None:
    assert OLD.formatted() == "GD 4 79 0012345678"
    assert NewCardNumber("0012345678").formatted() == "0012345678"


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ("", CardNumberFault.MALFORMED),
        ("GD", CardNumberFault.MALFORMED),
        ("001234567", CardNumberFault.MALFORMED),
        ("00123456789", CardNumberFault.MALFORMED),
        ("GD479001234567", CardNumberFault.MALFORMED),
        ("GD47900123456789", CardNumberFault.MALFORMED),
        ("G14790012345678", CardNumberFault.MALFORMED),
        ("GD479001234567X", CardNumberFault.MALFORMED),
        ("GD4790012345678 7902", CardNumberFault.MALFORMED),
        ("GD4790012345678 A9024", CardNumberFault.MALFORMED),
        ("001234567879024", CardNumberFault.MALFORMED),
        ("0012345678.", CardNumberFault.MALFORMED),
        ("０012345678", CardNumberFault.MALFORMED),
        ("٠012345678", CardNumberFault.MALFORMED),
        ("0012345678\n", CardNumberFault.MALFORMED),
        ("0012345678\x00", CardNumberFault.MALFORMED),
        ("Đ" + "N4790012345678", CardNumberFault.MALFORMED),
        ("\u017fv4790012345678", CardNumberFault.MALFORMED),
        ("ß4790012345678", CardNumberFault.MALFORMED),
        ("GD0790012345678", CardNumberFault.WRONG_LEVEL),
        ("GD6790012345678", CardNumberFault.WRONG_LEVEL),
        ("GDX790012345678", CardNumberFault.WRONG_LEVEL),
        ("GD4030012345678", CardNumberFault.WRONG_PROVINCE),
        ("GD4000012345678", CardNumberFault.WRONG_PROVINCE),
        ("GD4990012345678", CardNumberFault.WRONG_PROVINCE),
        ("GD4AB0012345678", CardNumberFault.WRONG_PROVINCE),
        ("GD4030012345678 79024", CardNumberFault.WRONG_PROVINCE),
        ("GD0030012345678", CardNumberFault.WRONG_LEVEL),
        ("GD0030012345X78", CardNumberFault.MALFORMED),
        (" " * 64 + "0012345678", CardNumberFault.MALFORMED),
        ("0" * 1_000_000, CardNumberFault.MALFORMED),
    ],
)
def test_faults_are_named(written: str, fault: CardNumberFault) -> None:
    assert fault_of(written) is fault


def test_faults_have_the_result_codes_of_the_card_check() -> None:
    assert {fault.name: fault.value for fault in CardNumberFault} == {
        "MALFORMED": "051",
        "WRONG_PROVINCE": "052",
        "WRONG_LEVEL": "053",
    }


@given(st.text())
def test_any_text_is_a_number_or_refused_without_repeating_it(text: str) -> None:
    try:
        number = card_number(text)
    except InvalidCardNumber as error:
        refused = error
    else:
        assert card_number(number.text) == number
        return
    assert str(refused) == f"not a health insurance card number ({refused.fault.value})"
    assert refused.args == (str(refused),)


@given(st.text(string.ascii_letters + string.digits + " -", max_size=30))
def test_what_is_read_was_written_in_the_text(text: str) -> None:
    try:
        number = card_number(text)
    except InvalidCardNumber:
        return
    assert text.replace(" ", "").replace("-", "").upper().startswith(number.text)


@pytest.mark.parametrize(
    ("object_code", "level", "province", "code", "fault"),
    [
        ("gd", 4, "79", "0012345678", CardNumberFault.MALFORMED),
        ("GD", 47, "9", "0012345678", CardNumberFault.MALFORMED),
        ("GD", 4, "790", "012345678", CardNumberFault.MALFORMED),
        ("GD", 0, "79", "0012345678", CardNumberFault.WRONG_LEVEL),
        ("GD", 4, "03", "0012345678", CardNumberFault.WRONG_PROVINCE),
    ],
)
def test_an_old_number_cannot_be_made_of_wrong_parts(
    object_code: str, level: int, province: str, code: str, fault: CardNumberFault
) -> None:
    with pytest.raises(InvalidCardNumber) as refused:
        OldCardNumber(object_code, level, province, code)
    assert refused.value.fault is fault


@pytest.mark.parametrize("code", ["", "001234567", "00123456789", "GD4790012345678", "００12345678"])
def test_a_new_number_cannot_be_made_of_anything_but_ten_digits(code: str) -> None:
    with pytest.raises(InvalidCardNumber):
        NewCardNumber(code)


def test_the_issuers_are_the_63_provinces_with_defence_and_public_security() -> None:
    provinces = {province.code for province in load_provinces().of(Era.OF_63)}
    assert provinces | {"97", "98"} == ISSUERS
