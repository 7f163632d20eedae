"""Whatever is thrown at the endpoint, it answers with a documented code, and never as if the fault were ours."""

from __future__ import annotations

import asyncio
import json

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.edge import GraphQLEndpoint
from gateway.errors import CORE_CODES
from tests.gateway.edge.toy import QUERY, TOKEN, Client, ToyExecutor
from tests.gateway.edge.toy import settings as core_settings

STATUSES = {code.name: code.status for code in CORE_CODES}

NAMES = st.sampled_from(
    "accept accept-language authorization connection content-encoding content-length content-type cookie expect host "
    "origin transfer-encoding upgrade x-forwarded-for x-request-id".split()
)
VALUES = st.one_of(
    st.sampled_from(
        "application/json|application/json; charset=utf-8|application/graphql-response+json|*/*|text/plain|utf-8|gzip|"
        f"chunked|identity|0|1|20|5000|99999999999|vi|en;q=0.5|Bearer {TOKEN}|Bearer x|Basic eA==|;q=|, ,|localhost".split(
            "|"
        )
    ).map(str.encode),
    st.binary(max_size=30),
)
HEADERS = st.lists(st.tuples(NAMES.map(str.encode), VALUES), max_size=8)
USUAL = [(b"host", b"localhost"), (b"content-type", b"application/json"), (b"transfer-encoding", b"chunked")]

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)
MEMBERS = st.dictionaries(
    st.sampled_from(
        "query operationName variables extensions documentId persistedQuery sha256Hash x".split()
    ),
    JSON_VALUES
    | st.sampled_from(
        ["{ hello }", "{", "mutation { bump }", "0" * 64, "query A { hello } query B { hello }"]
    ),
)
BODIES = st.one_of(
    st.binary(max_size=200),
    MEMBERS.map(lambda members: json.dumps(members).encode()),
    st.tuples(st.just(QUERY.encode()), st.integers(0, 25), st.binary(max_size=3)).map(
        lambda cut: cut[0][: cut[1]] + cut[2] + cut[0][cut[1] :]
    ),
    st.binary(min_size=1, max_size=3).map(lambda piece: piece * 2000),
)
METHODS = st.sampled_from("GET POST HEAD PUT OPTIONS TRACE get".split()) | st.text(max_size=5)
URLS = st.binary(max_size=60) | st.sampled_from(
    [b"query={hello}", b"query=%7Bhello%7D&variables={}", b"documentId=0"]
)


def answered(method: str, headers: list[tuple[bytes, bytes]], pieces: list[bytes], url: bytes) -> None:
    client = Client(GraphQLEndpoint(ToyExecutor(), core_settings()))
    response = asyncio.run(client(method, headers, pieces, query_string=url))
    assert response is not None
    if response.status == 200 and "data" in response.json:
        return
    for error in response.json["errors"]:
        status = STATUSES[error["extensions"]["code"]]
        assert 400 <= status < 500
        assert response.status in (status, 200)
    assert set(response.json) == {"errors"}
    assert response.header("content-length") == str(len(response.body))


@settings(deadline=None)
@given(METHODS, HEADERS, st.lists(st.binary(max_size=100), min_size=1, max_size=3), URLS)
def test_any_request_is_answered(
    method: str, headers: list[tuple[bytes, bytes]], pieces: list[bytes], url: bytes
) -> None:
    answered(method, headers, pieces, url)


@settings(deadline=None)
@given(BODIES)
def test_any_body_is_answered(body: bytes) -> None:
    answered("POST", USUAL, [body], b"")


@settings(deadline=None)
@given(URLS)
def test_any_url_is_answered(url: bytes) -> None:
    answered("GET", [(b"host", b"localhost")], [b""], url)


@settings(deadline=None)
@given(HEADERS)
def test_any_headers_are_answered(headers: list[tuple[bytes, bytes]]) -> None:
    answered("POST", [*USUAL, *headers], [QUERY.encode()], b"")
