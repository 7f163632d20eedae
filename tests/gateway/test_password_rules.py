"""What may be a password."""

from __future__ import annotations

import datetime as dt
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.credentials import LONGEST, PasswordFault, password_fault

NAMES = ["Nguyễn Thị Thu Hà"]
NUMBERS = ["0012345678", "+84520123456"]
BORN = dt.date(1990, 2, 1)
SHORT, LONG, COMMON, PERSONAL = (
    PasswordFault.TOO_SHORT,
    PasswordFault.TOO_LONG,
    PasswordFault.COMMON,
    PasswordFault.PERSONAL,
)


def fault(password: str) -> PasswordFault | None:
    return password_fault(password, names=NAMES, numbers=NUMBERS, born=BORN)


@pytest.mark.parametrize(
    ("password", "expected"),
    [
        ("", SHORT),
        ("x7#kQ2p", SHORT),
        ("ế" * 7, SHORT),
        ("x7#kQ2pw", None),
        ("hoa sưa tháng ba", None),
        ("correct horse battery staple", None),
        ("z!kQ" * 32, COMMON),
        ("q7Wm" * 2 + "e", None),
        ("Kj4#" + "mùa xuân nho nhỏ " * 7, None),
        ("x" * (LONGEST + 1), LONG),
        ("x" * 1_000_000, LONG),
        ("\ufdfa" * 20, LONG),
        ("12345678", COMMON),
        ("87654321", COMMON),
        ("password", COMMON),
        ("P@ssw0rd2020", COMMON),
        ("Pa$$word!!", COMMON),
        ("iloveyou", COMMON),
        ("matkhau123", COMMON),
        ("Mật khẩu 1990!", COMMON),
        ("Mâ\u0323t khâ\u0309u 1990!", COMMON),
        ("ｐａｓｓｗｏｒｄ", COMMON),
        ("VssID@2020", COMMON),
        ("BHXH20202020", COMMON),
        ("baohiemxahoi", COMMON),
        ("Bảo hiểm xã hội", COMMON),
        ("anhyeuem123", COMMON),
        ("vietnam2020!", COMMON),
        ("qwertyuiop", COMMON),
        ("asdfghjkl", COMMON),
        ("abcdefgh", COMMON),
        ("aaaaaaaa", COMMON),
        ("abcabcabc", COMMON),
        ("1212121212", COMMON),
        ("0012345678", PERSONAL),
        ("ma0012345678", PERSONAL),
        ("0520123456", PERSONAL),
        ("0520.123.456", PERSONAL),
        ("+84520123456", PERSONAL),
        ("84520123456x", PERSONAL),
        ("01021990", PERSONAL),
        ("01/02/1990", PERSONAL),
        ("19900201!", PERSONAL),
        ("ngay010290", PERSONAL),
        ("NguyenThiThuHa", PERSONAL),
        ("Nguyễn Thị Thu Hà!", PERSONAL),
        ("hanguyen90", PERSONAL),
        ("thuha@1990", PERSONAL),
        ("Nguy3n2020", PERSONAL),
        ("bhxh-thuha", PERSONAL),
        ("hà nội mùa thu chim hót", None),
    ],
)
def test_a_password_is_long_enough_unusual_and_not_about_its_owner(
    password: str, expected: PasswordFault | None
) -> None:
    assert fault(password) is expected


def test_nothing_known_of_the_owner_is_needed() -> None:
    assert password_fault("x7#kQ2pw") is None
    assert password_fault("NguyenThiThuHa") is None


@given(st.text(max_size=200))
def test_any_text_is_judged_quickly(password: str) -> None:
    started = time.perf_counter()
    found = fault(password)
    assert time.perf_counter() - started < 1
    if found is None:
        assert len(password) >= 1


@pytest.mark.parametrize("text", ["a" * 128, "ha" * 64, "thuha" * 25, "1" * 128, "vn" * 64])
def test_no_text_takes_long(text: str) -> None:
    fault("first use reads the list")
    started = time.perf_counter()
    assert fault(text) is not None
    assert time.perf_counter() - started < 0.2
