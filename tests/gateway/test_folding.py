"""Stored text, search keys, and texts that are refused."""

from __future__ import annotations

import time
import unicodedata
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.demo.names import ELDER_WOMEN, FAMILY_NAMES
from gateway.folding import TextFault, UnsafeText, clean_text, folded, normalised, text_fault

ANY_TEXT = st.text(st.characters())
FORMS: tuple[Literal["NFC", "NFD", "NFKC", "NFKD"], ...] = ("NFC", "NFD", "NFKC", "NFKD")
VIETNAMESE = st.text(
    "aăâbcdđeêghiklmnoôơpqrstuưvxy AĂÂBCDĐEÊGHIKLMNOÔƠPQRSTUƯVXY"
    "àảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ"
)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Nguyễn Thị Ánh", "nguyen thi anh"),
        ("NGUYỄN THỊ ÁNH", "nguyen thi anh"),
        ("  Đặng\tVăn\u00a0 Ơn\n", "dang van on"),
        ("Ðặng Văn Ơn", "dang van on"),
        ("Bà Rịa - Vũng Tàu", "ba ria - vung tau"),
        ("Ｎｇｕｙễｎ", "nguyen"),
        ("Nguy\u200bễn\u202e", "nguyen"),
        ("a\x00b", "ab"),
        ("\ud800x", "x"),
        ("STRASSE straße", "strasse strasse"),
        ("", ""),
    ],
)
def test_keys(text: str, key: str) -> None:
    assert folded(text) == key


@given(ANY_TEXT)
def test_a_key_is_its_own_key(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@given(ANY_TEXT, st.sampled_from(FORMS))
def test_all_normal_forms_have_one_key(text: str, form: Literal["NFC", "NFD", "NFKC", "NFKD"]) -> None:
    assert folded(unicodedata.normalize(form, text)) == folded(text)


@given(VIETNAMESE)
def test_case_and_marks_do_not_matter(text: str) -> None:
    assert folded(text.upper()) == folded(text.lower()) == folded(folded(text).upper())
    assert folded(text).isascii()


@given(ANY_TEXT)
def test_keys_hold_nothing_a_database_would_refuse(text: str) -> None:
    key = folded(text)
    assert not any(unicodedata.category(char)[0] in "MC" for char in key)
    assert key == " ".join(key.split())


@given(VIETNAMESE, VIETNAMESE)
def test_a_part_of_a_name_is_found_in_the_name(start: str, end: str) -> None:
    assert folded(start) in folded(start + end)


@given(ANY_TEXT)
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    assert normalised(normalised(text)) == normalised(text)
    assert normalised(unicodedata.normalize("NFD", text)) == normalised(text)


def test_normalising_composes_and_trims() -> None:
    assert normalised("  Nguye\u0302\u0303n \n Thị ") == "Nguyễn Thị"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("a\x00b", TextFault.CONTROL),
        ("a\nb", TextFault.CONTROL),
        ("a\x7fb", TextFault.CONTROL),
        ("a\x85b", TextFault.CONTROL),
        ("a\u2028b", TextFault.CONTROL),
        ("a\u202eb", TextFault.INVISIBLE),
        ("a\u2066b", TextFault.INVISIBLE),
        ("a\u200bb", TextFault.INVISIBLE),
        ("a\u200db", TextFault.INVISIBLE),
        ("\ufeffa", TextFault.INVISIBLE),
        ("a\u00adb", TextFault.INVISIBLE),
        ("\u3164", TextFault.INVISIBLE),
        ("a\U000e0041", TextFault.INVISIBLE),
        ("\ud800", TextFault.SURROGATE),
        ("a\udfffb", TextFault.SURROGATE),
        ("e" + "\u0301" * 5, TextFault.MARKS),
        ("ế" + "\u0301" * 3, TextFault.MARKS),
        ("a" + "\u0301" * 5_000, TextFault.TOO_LONG),
        ("a" + "\u0301" * 3_999, TextFault.MARKS),
        ("Nguy\u0435n", TextFault.MIXED_SCRIPTS),
        ("\u041dguyễn Thị", TextFault.MIXED_SCRIPTS),
        ("N\u039fng", TextFault.MIXED_SCRIPTS),
        ("a" * 1_001, TextFault.TOO_LONG),
    ],
)
def test_refused_texts(text: str, fault: TextFault) -> None:
    assert text_fault(text) is fault
    with pytest.raises(UnsafeText) as refused:
        clean_text(text)
    assert refused.value.fault is fault
    assert str(refused.value) == f"text refused: {fault.value}"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Nguyễn Thị Ánh Tuyết",
        unicodedata.normalize("NFD", "Nguyễn Thị Ánh Tuyết"),
        "Rơ Châm H'Lan",
        "5 μg TNFα 😀",
        "Москва и Hà Nội",
        "e" + "\u0301" * 4,
        "a" * 1_000,
    ],
)
def test_texts_that_people_type(text: str) -> None:
    assert clean_text(text) == normalised(text)


def test_all_names_of_the_synthetic_population_are_clean() -> None:
    words = [name for name, _ in (*FAMILY_NAMES, *ELDER_WOMEN.middle)]
    assert all(clean_text(word) == word for word in words)


def test_length_counts_composed_letters() -> None:
    name = "ễ" * 10
    assert clean_text(unicodedata.normalize("NFD", name), longest=10) == name
    assert text_fault(name + "ễ", longest=10) is TextFault.TOO_LONG


def test_texts_of_several_lines_keep_their_lines() -> None:
    assert clean_text("\r\n Kính  gửi\tanh\r\n\r\nXin\nchào \n", lines=True) == "Kính gửi anh\n\nXin\nchào"
    assert text_fault("a\x00", lines=True) is TextFault.CONTROL
    assert text_fault("a\x0bb", lines=True) is TextFault.CONTROL


@given(ANY_TEXT, st.booleans())
def test_a_clean_text_is_stored_as_it_is(text: str, lines: bool) -> None:
    fault = text_fault(text, lines=lines)
    if fault is None:
        clean = clean_text(text, lines=lines)
        assert clean_text(clean, lines=lines) == clean
        assert clean.encode().decode() == clean
        assert unicodedata.is_normalized("NFC", clean)


@given(ANY_TEXT)
def test_both_forms_of_a_text_are_judged_alike(text: str) -> None:
    decomposed = text_fault(unicodedata.normalize("NFD", text))
    assert (text_fault(unicodedata.normalize("NFC", text)) is None) == (decomposed is None)


@pytest.mark.parametrize("make", [folded, text_fault])
def test_long_rows_of_marks_cost_no_more_than_their_length(make: object) -> None:
    # Putting 100,000 marks in their order takes seconds; both must get rid of them first.
    assert callable(make)
    hostile = "a" + "\u0301\u0323" * 50_000
    start = time.process_time()
    make(hostile)
    assert time.process_time() - start < 1
