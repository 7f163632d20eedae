"""Tokens: random, of one spelling, stored as a hash."""

from __future__ import annotations

import pytest

from gateway.credentials import is_token, new_token, token_hash

GOOD = "vss_" + "aZ09-_" * 7 + "x"


def test_new_tokens_differ_and_are_tokens() -> None:
    tokens = {new_token("vss_") for _ in range(100)}
    assert len(tokens) == 100
    assert all(is_token(token, "vss_") for token in tokens)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "vss_",
        GOOD[:-1],
        GOOD + "x",
        GOOD + "\n",
        " " + GOOD,
        GOOD.upper(),
        "vsx_" + GOOD[4:],
        GOOD[:-1] + "=",
        GOOD[:-1] + "é",
        GOOD[:-1] + "\uff11",
        GOOD[:-1] + "\0",
        "x" * 100_000,
        "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.",
    ],
)
def test_anything_else_is_no_token(text: str) -> None:
    assert is_token(GOOD, "vss_")
    assert not is_token(text, "vss_")


def test_a_token_of_another_prefix_is_none() -> None:
    assert not is_token(new_token("vss_"), "vso_")
    assert not is_token(new_token("vss_x"), "vss_")


def test_a_hash_does_not_hold_the_token() -> None:
    token = new_token("vss_")
    assert token not in token_hash(token)
    assert token_hash(token) == token_hash(token) != token_hash(new_token("vss_"))
    assert len(token_hash(token)) == 64
