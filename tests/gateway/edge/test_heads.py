"""What is kept of heads, how much of it, and when it is known again."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from gateway.edge.arrivals import WholeArrival
from gateway.edge.heads import LONGEST, SIGHTINGS, Heads, Known
from tests.gateway.edge.toy import QUERY, TOKEN
from tests.gateway.edge.wire import CHUNKED, request

BODY = QUERY.encode()
WHOLE = request(QUERY, f"Authorization: Bearer {TOKEN}")
HEAD = WHOLE[: -len(BODY)]


async def meaning(arrival: WholeArrival) -> None:
    """What a head means does not matter here."""


def learn(heads: Heads, whole: bytes, body: bytes = BODY, token: str | None = None) -> None:
    """Have a head seen twice, and kept."""
    heads.place(whole, body)
    place = heads.place(whole, body)
    assert place is not None
    place.keep(token, meaning)


def recalled(heads: Heads) -> tuple[Known, bytes]:
    """What is known of the request."""
    found = heads.recall(WHOLE)
    assert found is not None
    return found


def test_a_head_is_known_when_it_was_kept() -> None:
    heads = Heads()
    learn(heads, WHOLE, token=TOKEN)
    known, body = recalled(heads)
    assert (known.meaning, body) == (meaning, BODY)
    assert known.token is not None
    assert WHOLE[known.token] == TOKEN.encode()


def test_another_body_of_the_same_length_is_none_of_its_business() -> None:
    heads = Heads()
    learn(heads, WHOLE)
    assert heads.recall(HEAD + b"x" * len(BODY)) is not None


def test_a_head_that_differs_by_one_byte_is_another() -> None:
    heads = Heads()
    learn(heads, WHOLE)
    for at in range(len(HEAD)):
        other = bytes([WHOLE[at] ^ 0x20])
        assert heads.recall(WHOLE[:at] + other + WHOLE[at + 1 :]) is None
        assert heads.recall(WHOLE[:at] + WHOLE[at + 1 :]) is None


@pytest.mark.parametrize(
    "data",
    [b"", HEAD, WHOLE[:-1], WHOLE + b" ", WHOLE + b"\r\n", WHOLE + WHOLE, b"\r\n" + WHOLE, BODY, WHOLE[1:]],
)
def test_only_the_whole_request_and_nothing_else_is_known(data: bytes) -> None:
    heads = Heads()
    learn(heads, WHOLE)
    assert heads.recall(data) is None


@pytest.mark.parametrize(
    ("data", "body"),
    [
        (WHOLE + b"\r\n", BODY),
        (WHOLE + WHOLE, BODY),
        (b"\r\n\r\n" + WHOLE, BODY),
        (CHUNKED + b"\r\n14\r\n" + BODY + b"\r\n0\r\n\r\n", BODY),
        (HEAD, b""),
        (WHOLE, BODY[1:]),
        (request(QUERY, "X-Long: " + "v" * LONGEST), BODY),
        (b"POST / HTTP/1.1\r\n" + BODY, BODY),
    ],
    ids=["more", "two", "empty lines", "chunks", "no body", "less", "long", "no end"],
)
def test_there_is_no_place_for_a_head_whose_end_is_not_plain(data: bytes, body: bytes) -> None:
    heads = Heads()
    assert [heads.place(data, body) for _ in range(3)] == [None] * 3


def test_what_comes_once_is_not_kept() -> None:
    heads = Heads()
    assert heads.place(WHOLE, BODY) is None
    assert heads.place(WHOLE, BODY) is not None


def test_the_least_recently_used_has_to_go() -> None:
    heads = Heads(capacity=2)
    first, second, third = (request(QUERY, f"X-Number: {number}") for number in range(3))
    learn(heads, first)
    learn(heads, second)
    assert heads.recall(first) is not None
    learn(heads, third)
    assert len(heads) == 2
    assert [heads.recall(one) is not None for one in (first, second, third)] == [True, False, True]


def test_a_flood_of_heads_takes_bounded_memory() -> None:
    heads = Heads(capacity=16)
    for number in range(SIGHTINGS + 100):
        heads.place(request(QUERY, f"X-Number: {number}"), BODY)
    for number in range(100):
        learn(heads, request(QUERY, f"X-Number: {number}"))
    assert len(heads) == 16


def test_two_heads_with_the_same_hash_are_not_taken_for_one_another() -> None:
    heads = Heads()
    learn(heads, WHOLE)
    known, _ = recalled(heads)
    heads.keep(HEAD.removesuffix(b"\r\n\r\n"), known._replace(digest=b"that of another head"))
    assert heads.recall(WHOLE) is None


def test_no_token_is_kept() -> None:
    heads = Heads()
    learn(heads, WHOLE, token=TOKEN)
    texts = [one for one in reachable(heads) if isinstance(one, bytes | str)]
    assert len(heads) == 1
    assert not [one for one in texts if TOKEN[:8] in (one if isinstance(one, str) else one.decode("latin-1"))]


def reachable(heads: Heads) -> Iterator[object]:
    """All that a memory holds, but for functions."""
    left: list[object] = [vars(heads)]
    seen: set[int] = set()
    while left:
        one = left.pop()
        if id(one) not in seen and isinstance(one, dict | tuple | bytes | str | slice | Known):
            seen.add(id(one))
            left += gc.get_referents(one)
            if isinstance(one, dict):
                left += [*one.keys(), *one.values()]
            yield one
