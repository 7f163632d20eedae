"""Cursors round-trip within one list and are refused everywhere else."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.cursors import CursorRefused, decode, encode

SECRET = b"s" * 32
VALUES = st.tuples(
    st.text(), st.integers(-(2**53), 2**53), st.dates(), st.datetimes(timezones=st.just(dt.UTC))
)
TYPES = (str, int, dt.date, dt.datetime)


@given(VALUES)
def test_round_trip(values: tuple[str, int, dt.date, dt.datetime]) -> None:
    assert decode(SECRET, "Query.a", encode(SECRET, "Query.a", values), TYPES) == list(values)


@given(st.text())
def test_other_text_is_refused(text: str) -> None:
    with pytest.raises(CursorRefused):
        decode(SECRET, "Query.a", text, (str,))


@pytest.mark.parametrize(("secret", "place"), [(b"t" * 32, "Query.a"), (SECRET, "Query.b")])
def test_a_cursor_fits_no_other_list_and_no_other_key(secret: bytes, place: str) -> None:
    cursor = encode(SECRET, "Query.a", ["x"])
    with pytest.raises(CursorRefused):
        decode(secret, place, cursor, (str,))


@given(st.integers(0, 200), st.characters(codec="ascii"))
def test_a_changed_character_is_noticed(position: int, character: str) -> None:
    cursor = encode(SECRET, "Query.a", ["Nguyễn", 1])
    at = position % len(cursor)
    changed = cursor[:at] + character + cursor[at + 1 :]
    try:
        assert decode(SECRET, "Query.a", changed, (str, int)) == ["Nguyễn", 1]
        assert (
            changed == cursor or at == len(cursor) - 1
        )  # the last character has bits that base64 does not use
    except CursorRefused:
        assert changed != cursor


@pytest.mark.parametrize("types", [(str,), (str, int, int), (int, str), (str, dt.date), ()])
def test_a_cursor_made_before_the_order_changed_is_refused(types: tuple[type, ...]) -> None:
    with pytest.raises(CursorRefused):
        decode(SECRET, "Query.a", encode(SECRET, "Query.a", ["x", 1]), types)
