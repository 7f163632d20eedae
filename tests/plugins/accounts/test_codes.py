"""Social security codes and mobile numbers: what is taken, what is refused."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.accounts.codes import MalformedCode, email_address, mobile_number, social_security_code


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


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("a@example.org", "a@example.org"),
        (" Lan.Nguyen+bhxh@Mail.Example.COM ", "Lan.Nguyen+bhxh@mail.example.com"),
        ("o'hara_1%x-2@a-b.example.vn", "o'hara_1%x-2@a-b.example.vn"),
        ("x" * 64 + "@example.org", "x" * 64 + "@example.org"),
    ],
)
def test_usual_addresses(written: str, address: str) -> None:
    assert email_address(written) == address
    assert email_address(address) == address


@pytest.mark.parametrize(
    "written",
    [
        "",
        "lan",
        "@example.org",
        "lan@",
        "lan@example",
        "lan@example.o",
        "lan@example.123",
        "lan@-a.org",
        "lan@a-.org",
        "lan@a..org",
        ".lan@example.org",
        "lan.@example.org",
        "la..n@example.org",
        "la n@example.org",
        "lan@exam ple.org",
        "lan@@example.org",
        "a@b@example.org",
        "lân@example.org",
        "lan@exámple.org",
        "lan@example.org\nBcc: b@example.org",
        "lan@example.org,b@example.org",
        "<lan@example.org>",
        "lan@[127.0.0.1]",
        "x" * 65 + "@example.org",
        "a@" + "b." * 126 + "org",
        "a" * 10_000,
    ],
)
def test_other_texts_are_no_address(written: str) -> None:
    with pytest.raises(MalformedCode) as refused:
        email_address(written)
    assert str(refused.value) == "not an e-mail address"
