"""The endpoint, called in-process: which bodies, parameters and headers make a request."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Sequence
from typing import Any

import pytest

from gateway.edge import GraphQLEndpoint
from gateway.edge.bodies import LINGER_BYTES
from gateway.execution import GraphQLRequest
from tests.gateway.edge.toy import QUERY, Client, ToyExecutor, settings

GRAPHQL = "application/graphql-response+json"
JSON = "application/json"
HASH = hashlib.sha256(b"{ hello }").hexdigest()
OTHER_HASH = hashlib.sha256(b"other").hexdigest()
BODY_HEADERS = [(b"host", b"localhost"), (b"content-type", b"application/json")]


def asked(executor: ToyExecutor) -> GraphQLRequest:
    [(request, _)] = executor.asked
    return request


# --- bodies ---


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "Application/JSON",
        "application/json; charset=utf-8",
        'application/json;charset="UTF-8"',
        "application/json; charset=utf-8; profile=x",
    ],
)
async def test_json_in_utf8_is_read(client: Client, content_type: str) -> None:
    assert (await client.post(QUERY, ("content-type", content_type))).status == 200


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "text/plain",
        "text/plain; application/json",
        "text/plain, application/json",
        "application/jsonp",
        "application/graphql",
        "application/graphql-response+json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=utf-16",
        "application/json; charset=latin1",
        "application/json; charset=utf-8; charset=utf-16",
        "application/json; charset",
    ],
)
async def test_any_other_content_type_is_unsupported(client: Client, content_type: str) -> None:
    response = await client.post(QUERY, ("content-type", content_type))
    assert (response.status, response.code) == (415, "UNSUPPORTED_MEDIA_TYPE")


async def test_a_body_without_content_type_is_unsupported(client: Client) -> None:
    headers = [(b"host", b"x"), (b"content-length", b"20")]
    response = await client(headers=headers, body=b"{}")
    assert response is not None
    assert response.status == 415


@pytest.mark.parametrize("encoding", ["gzip", "br", "identity, gzip", "deflate"])
async def test_a_compressed_body_is_refused_unread(client: Client, encoding: str) -> None:
    response = await client.post(b"\x1f\x8b", ("content-encoding", encoding))
    assert (response.status, response.code) == (415, "UNSUPPORTED_MEDIA_TYPE")
    assert response.header("connection") == "close"


async def test_an_announced_body_over_the_limit_is_refused_at_once(client: Client) -> None:
    headers = [*BODY_HEADERS, (b"content-length", b"2000000000")]
    pieces = [b"x" * 65536] * 1000
    response = await client(headers=headers, body=pieces)
    assert response is not None
    assert (response.status, response.code) == (413, "BODY_TOO_LARGE")
    assert response.json["errors"][0]["extensions"]["maximum"] == 4096
    assert response.header("connection") == "close"
    # A little is taken and dropped after the answer, so that the client finds it.
    assert client.taken == LINGER_BYTES // 65536


async def test_an_endless_body_is_cut_at_the_limit(client: Client) -> None:
    class Endless(Sequence[bytes]):
        def __len__(self) -> int:
            return 10**9

        def __getitem__(self, index: Any) -> Any:
            return b" " * 1024

    headers = [*BODY_HEADERS, (b"transfer-encoding", b"chunked")]
    response = await client(headers=headers, body=Endless())
    assert response is not None
    assert response.status == 413
    assert client.taken <= 5 + LINGER_BYTES // 1024


async def test_a_body_may_be_as_large_as_the_limit(client: Client) -> None:
    body = QUERY + " " * (4096 - len(QUERY))
    assert (await client.post(body)).status == 200
    assert (await client.post(body + " ")).status == 413


async def test_bodies_under_way_take_a_bounded_amount_of_memory_together(executor: ToyExecutor) -> None:
    client_count, limit = 200, 4096
    endpoint = GraphQLEndpoint(executor, settings(body_limit=limit))
    finish = asyncio.Event()
    held = b'{"query": "{ hello }", "padding": "' + b"x" * (limit - 100)
    headers: list[Any] = [
        (b"type", b""),
        *BODY_HEADERS,
        (b"transfer-encoding", b"chunked"),
    ]

    async def slow_client() -> int:
        pieces = iter([(held, True), (b'"}', False)])
        sent: list[Any] = []

        async def receive() -> Any:
            body, more = next(pieces)
            if not more:
                await finish.wait()
            return {"type": "http.request", "body": body, "more_body": more}

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "method": "POST",
            "http_version": "1.1",
            "headers": headers,
            "query_string": b"",
        }
        await endpoint(scope, receive, send)
        return int(sent[0]["status"])

    clients = [asyncio.create_task(slow_client()) for _ in range(client_count)]
    await asyncio.sleep(0)
    finish.set()
    statuses = await asyncio.gather(*clients)
    served = statuses.count(200)
    assert served + statuses.count(503) == client_count
    assert 100 < served < 150
    assert (await Client(endpoint).post(QUERY)).status == 200


# --- parameters ---


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("", "syntax"),
        ("{", "syntax"),
        ("[]", "not_an_object"),
        ('[{"query": "{ hello }"}, {"query": "{ hello }"}]', "not_an_object"),
        ("5", "not_an_object"),
        ('"x"', "not_an_object"),
        ("null", "not_an_object"),
        ("{}", "no_document"),
        ('{"query": null}', "no_document"),
        ('{"qeury": "{ hello }"}', "no_document"),
        ('{"query": 1}', "parameter_type"),
        ('{"query": ["{ hello }"]}', "parameter_type"),
        ('{"query": "{ hello }", "variables": []}', "parameter_type"),
        ('{"query": "{ hello }", "variables": "{}"}', "parameter_type"),
        ('{"query": "{ hello }", "operationName": 0}', "parameter_type"),
        ('{"query": "{ hello }", "extensions": false}', "parameter_type"),
        ('{"query": "{ hello }", "documentId": "../../x"}', "parameter_type"),
        ('{"documentId": "' + "A" * 64 + '"}', "parameter_type"),
        ('{"extensions": {"persistedQuery": "x"}}', "parameter_type"),
        ('{"extensions": {"persistedQuery": {}}}', "parameter_type"),
        (
            '{"extensions": {"persistedQuery": {"version": 2, "sha256Hash": "' + HASH + '"}}}',
            "parameter_type",
        ),
        ('{"query": "{ hello }", "query": "{ hello }"}', "duplicate_key"),
        (b"\xff\xfe{\x00}\x00", "utf8"),
        (b'\xef\xbb\xbf{"query": "{ hello }"}', "byte_order_mark"),
        ("[" * 4000, "nesting"),
        ('{"query": "{ hello }", "variables": {"a": ' + "9" * 2000 + "}}", "number_length"),
    ],
)
async def test_a_malformed_body_is_a_bad_request(client: Client, body: str | bytes, reason: str) -> None:
    for accept in (GRAPHQL, JSON):
        response = await client.post(body, ("accept", accept))
        assert (response.status, response.code, response.reason) == (400, "BAD_REQUEST", reason)


async def test_members_that_the_protocol_does_not_know_are_ignored(client: Client) -> None:
    assert (await client.post('{"query": "{ hello }", "isAdmin": true, "id": 7}')).status == 200


async def test_url_parameters_beside_a_body_are_a_bad_request(client: Client) -> None:
    response = await client.post(QUERY, query_string=b"query={hello}")
    assert (response.status, response.reason) == (400, "url_parameters")


@pytest.mark.parametrize(
    "members",
    [
        {"documentId": HASH},
        {"documentId": HASH, "query": None},
        {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": HASH}}},
        {"extensions": {"persistedQuery": {"sha256Hash": HASH}}},
        {"documentId": HASH, "extensions": {"persistedQuery": {"version": 1, "sha256Hash": HASH}}},
    ],
)
async def test_a_trusted_document_is_named_by_its_hash_in_either_place(
    client: Client, executor: ToyExecutor, members: dict[str, object]
) -> None:
    assert (await client.post(json.dumps(members))).status == 200
    assert asked(executor) == GraphQLRequest(None, HASH, None, {})


async def test_a_trusted_document_may_be_asked_for_by_get(client: Client, executor: ToyExecutor) -> None:
    extensions = json.dumps({"persistedQuery": {"version": 1, "sha256Hash": HASH}})
    assert (await client.get(f"documentId={HASH}&extensions={extensions}")).status == 200
    assert asked(executor).document_id == HASH


async def test_two_different_hashes_are_a_bad_request(client: Client) -> None:
    persisted = {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": OTHER_HASH}}}
    response = await client.post(json.dumps({"documentId": HASH, **persisted}))
    assert (response.status, response.reason) == (400, "two_documents")


# --- headers ---


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ([(b"content-type", b"application/json")], "repeated_header"),
        ([(b"content-length", b"20")], "repeated_header"),
        ([(b"content-length", b"21")], "repeated_header"),
        ([(b"host", b"other")], "repeated_header"),
        ([(b"authorization", b"Bearer a"), (b"authorization", b"Bearer a")], "repeated_header"),
        ([(b"transfer-encoding", b"chunked")], "content_length_and_transfer_encoding"),
    ],
)
async def test_ambiguous_headers_are_a_bad_request_and_end_the_connection(
    client: Client, headers: list[tuple[bytes, bytes]], reason: str
) -> None:
    response = await client(
        "POST", [*BODY_HEADERS, (b"content-length", b"20"), *headers], b'{"query":"{ hello }"}'
    )
    assert response is not None
    assert (response.status, response.code, response.reason) == (400, "BAD_REQUEST", reason)
    assert response.header("connection") == "close"


@pytest.mark.parametrize("length", [b"-1", b"+5", b"0x10", b"1_0", b"1e3", b"", b"9" * 30, "٣".encode()])
async def test_a_content_length_is_a_number(client: Client, length: bytes) -> None:
    response = await client("POST", [*BODY_HEADERS, (b"content-length", length)], b"{}")
    assert response is not None
    assert (response.status, response.reason) == (400, "content_length")


@pytest.mark.parametrize(
    "encoding", [b"gzip", b"gzip, chunked", b"identity", b"chunked, chunked", b"xchunked"]
)
async def test_a_body_is_sent_plain_or_in_chunks(client: Client, encoding: bytes) -> None:
    response = await client("POST", [*BODY_HEADERS, (b"transfer-encoding", encoding)], b"{}")
    assert response is not None
    assert (response.status, response.reason) == (400, "transfer_encoding")


async def test_a_request_names_its_host(client: Client) -> None:
    response = await client("GET", [], query_string=b"query={hello}")
    assert response is not None
    assert (response.status, response.reason) == (400, "host_missing")
