"""Tokens: random, of one spelling, stored as a hash."""

from __future__ import annotations

import pytest

from gateway.access import Audience
from plugins.accounts.demo import DEMO_TOKENS
from plugins.accounts.tokens import is_token, new_token, token_hash

GOOD = "vss_" + "aZ09-_" * 7 + "x"


def test_new_tokens_differ_and_are_tokens() -> None:
    tokens = {new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert all(map(is_token, tokens))


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
    assert is_token(GOOD)
    assert not is_token(text)


def test_a_hash_does_not_hold_the_token() -> None:
    token = new_token()
    assert token not in token_hash(token)
    assert token_hash(token) == token_hash(token) != token_hash(new_token())
    assert len(token_hash(token)) == 64


@pytest.mark.parametrize("audience", list(DEMO_TOKENS))
def test_demo_tokens_are_tokens(audience: Audience) -> None:
    assert is_token(DEMO_TOKENS[audience])
    assert audience.value in DEMO_TOKENS[audience]
