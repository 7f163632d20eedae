"""Which media type an ``Accept`` header gets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.edge.answers import Media
from gateway.edge.negotiation import negotiated
from gateway.errors import NOT_ACCEPTABLE, ClientError

GRAPHQL = "application/graphql-response+json"
JSON = "application/json"


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        (None, JSON),
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        (JSON, JSON),
        ("APPLICATION/JSON", JSON),
        (GRAPHQL, GRAPHQL),
        (f"{GRAPHQL}; charset=utf-8", GRAPHQL),
        (f'{GRAPHQL};charset="UTF-8"', GRAPHQL),
        (f"{GRAPHQL}, {JSON};q=0.9", GRAPHQL),
        (f"{JSON};q=0.9, {GRAPHQL}", GRAPHQL),
        (f"{JSON}, {GRAPHQL}", GRAPHQL),
        (f"{GRAPHQL};q=0.5, {JSON}", JSON),
        (f"{GRAPHQL};q=0, {JSON};q=0.001", JSON),
        (f"{GRAPHQL}, */*;q=0.1", GRAPHQL),
        (f"{JSON}, */*", JSON),
        (f"{GRAPHQL};q=0.5, */*", JSON),
        (f"{JSON};q=0, */*", GRAPHQL),
        ("text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8", JSON),
        (f"multipart/mixed;deferSpec=20220824, {JSON}", JSON),
        (f"{JSON};q=nonsense, {GRAPHQL};q=0.1", GRAPHQL),
        (f", ,{JSON},", JSON),
    ],
)
def test_the_heaviest_and_most_precise_range_decides(accept: str | None, media: str) -> None:
    assert negotiated(None if accept is None else accept.encode()) is Media(media)


@pytest.mark.parametrize(
    "accept",
    [
        "text/html",
        "text/*",
        f"{JSON};q=0",
        "*/*;q=0",
        f"{JSON};charset=utf-16",
        f"{JSON};q=2",
        f"{JSON};q=-1",
        "json",
        "*",
        "application/",
        ";",
    ],
)
def test_a_client_that_takes_neither_type_is_told_so(accept: str) -> None:
    with pytest.raises(ClientError) as refusal:
        negotiated(accept.encode())
    assert refusal.value.code is NOT_ACCEPTABLE


RANGES = st.sampled_from(["*/*", "application/*", JSON, GRAPHQL, "text/html", "*/json", ""])
QUALITIES = st.sampled_from(["", ";q=1", ";q=0", ";q=0.5", ";q=0.123", ";q=x", ";level=1;q=0.2"])


@given(st.lists(st.tuples(RANGES, QUALITIES), max_size=6))
def test_what_is_chosen_is_acceptable(ranges: list[tuple[str, str]]) -> None:
    accept = ", ".join(name + quality for name, quality in ranges)
    excluded = {name for name, quality in ranges if quality == ";q=0"}
    admitted = {name for name, quality in ranges if quality not in (";q=0", ";q=x")}
    try:
        chosen = negotiated(accept.encode())
    except ClientError:
        assert not admitted & {JSON, GRAPHQL} - excluded
    else:
        covering = {"*/*", "application/*", chosen.value}
        assert not accept.strip() or admitted & covering
        assert chosen.value not in excluded - admitted


@given(st.binary(max_size=200))
def test_bytes_that_are_no_media_ranges_admit_nothing(noise: bytes) -> None:
    assert negotiated(noise.replace(b",", b"") + b", " + GRAPHQL.encode()) is Media.GRAPHQL
