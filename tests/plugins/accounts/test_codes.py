"""Social security codes and mobile numbers: what is taken, what is refused."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.accounts.codes import MalformedCode, mobile_number, social_security_code


@given(st.from_regex(r"[0-9]{10}", fullmatch=True), st.sampled_from(["", " ", "\u00a0", "\n", "\t "]))
def test_ten_digits_are_a_code_whatever_they_start_with(code: str, blank: str) -> None:
    assert social_security_code(blank + code + blank) == code


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "001234567",
        "00123456789",
        "00 12345678",
        "0012-345678",
        "００12345678",
        "٠٠12345678",
        "001234567²",
        "001234567x",
        "0012345678\x00",
        "+012345678",
        "\u200b0012345678",
    ],
)
def test_other_texts_are_no_code(text: str) -> None:
    with pytest.raises(MalformedCode) as refused:
        social_security_code(text)
    assert str(refused.value) == "a social security code has ten digits"


NATIONAL = st.from_regex(r"(3[2-9]|5[25689]|7[06-9]|8[1-9]|9[0-46-9])[0-9]{7}", fullmatch=True)


@given(NATIONAL, st.sampled_from(["0", "84", "+84"]), st.data())
def test_every_way_to_write_a_mobile_number_is_the_same_number(
    national: str, prefix: str, data: st.DataObject
) -> None:
    written = "".join(
        char + data.draw(st.sampled_from(["", "", "", " ", ".", "-"])) for char in prefix + national
    )
    assert mobile_number(written) == f"+84{national}"
    assert mobile_number(mobile_number(written)) == f"+84{national}"


@pytest.mark.parametrize(
    "written", ["0520 123 456", "0520.123.456", "84520123456", "+84 520-123-456", "(+84) 520 123 456"]
)
def test_usual_ways_to_write_a_number(written: str) -> None:
    assert mobile_number(written) == "+84520123456"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "520123456",
        "052012345",
        "05201234567",
        "0951234567",
        "0311234567",
        "0241234567",
        "02412345678",
        "0001234567",
        "+85520123456",
        "++84520123456",
        "84+520123456",
        "0520123456x",
        "０520123456",
        "0520123456\n",
        "0520123456;0520123457",
        "0520123456" + " " * 30,
        "0" * 1_000_000,
    ],
)
def test_other_texts_are_no_mobile_number(text: str) -> None:
    with pytest.raises(MalformedCode) as refused:
        mobile_number(text)
    assert str(refused.value) == "not a Vietnamese mobile number"


@given(st.text(alphabet="0123456789+84 .-() ", max_size=20))
def test_what_is_taken_is_in_e164(text: str) -> None:
    try:
        number = mobile_number(text)
    except MalformedCode:
        return
    assert re.fullmatch(r"\+84[35789][0-9]{8}", number)
