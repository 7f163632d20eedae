"""The endpoint, called in-process: what is answered to well-formed and to malformed requests."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import re
from collections.abc import Sequence
from typing import Any

import pytest

from gateway.access import ANONYMOUS, Audience
from gateway.database import DatabaseBusy, DatabaseUnavailable
from gateway.edge import GraphQLEndpoint
from gateway.edge.bodies import LINGER_BYTES
from gateway.errors import FORBIDDEN, ClientError, Language
from gateway.execution import GraphQLRequest
from tests.gateway.edge.toy import QUERY, TOKEN, Client, Response, ToyExecutor, settings

GRAPHQL = "application/graphql-response+json"
JSON = "application/json"
HASH = hashlib.sha256(b"{ hello }").hexdigest()
OTHER_HASH = hashlib.sha256(b"other").hexdigest()
BODY_HEADERS = [(b"host", b"localhost"), (b"content-type", b"application/json")]


@pytest.fixture
def executor() -> ToyExecutor:
    return ToyExecutor()


@pytest.fixture
def client(executor: ToyExecutor) -> Client:
    return Client(GraphQLEndpoint(executor, settings()))


def asked(executor: ToyExecutor) -> GraphQLRequest:
    [(request, _)] = executor.asked
    return request


# --- answers ---


async def test_a_query_is_answered_with_headers_that_keep_it_private(client: Client) -> None:
    response = await client.post(QUERY)
    assert response.status == 200
    assert response.json == {"data": {"hello": "Hello world"}}
    request_id = response.header("x-request-id") or ""
    assert re.fullmatch("[0-9a-f]{16}", request_id)
    assert dict(response.headers) == {
        b"content-type": b"application/json; charset=utf-8",
        b"content-length": str(len(response.body)).encode(),
        b"x-request-id": request_id.encode(),
        b"x-content-type-options": b"nosniff",
        b"cache-control": b"no-store",
        b"referrer-policy": b"no-referrer",
    }


async def test_the_request_id_is_never_the_clients(client: Client, executor: ToyExecutor) -> None:
    first = await client.post(QUERY, ("x-request-id", "mine"))
    second = await client.post(QUERY, ("x-request-id", "mine"))
    ids = [first.header("x-request-id"), second.header("x-request-id")]
    assert "mine" not in ids
    assert ids[0] != ids[1]
    assert ids == [caller.request_id for _, caller in executor.asked]


@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
async def test_no_other_site_is_granted_anything(client: Client, origin: str) -> None:
    answers = [
        await client.post(QUERY, ("origin", origin)),
        await client("OPTIONS", [(b"host", b"x"), (b"access-control-request-method", b"POST")]),
    ]
    for answer in answers:
        assert answer is not None
        assert not [name for name, _ in answer.headers if name.startswith(b"access-control")]


@pytest.mark.parametrize(
    ("accept", "query", "status", "media"),
    [
        (GRAPHQL, "{ hello }", 200, GRAPHQL),
        (GRAPHQL, "{", 400, GRAPHQL),
        (GRAPHQL, "{ unknown }", 400, GRAPHQL),
        (JSON, "{ hello }", 200, JSON),
        (JSON, "{", 200, JSON),
        (JSON, "{ unknown }", 200, JSON),
        ("text/html", "{ hello }", 406, JSON),
    ],
)
async def test_mistakes_in_documents_are_200_for_clients_of_the_old_media_type_alone(
    client: Client, accept: str, query: str, status: int, media: str
) -> None:
    response = await client.post(json.dumps({"query": query}), ("accept", accept))
    assert response.status == status
    assert response.header("content-type") == f"{media}; charset=utf-8"


async def test_texts_come_in_the_clients_language(client: Client, executor: ToyExecutor) -> None:
    vietnamese = await client.post("5")
    english = await client.post("5", ("accept-language", "fr, en;q=0.8"))
    assert vietnamese.json["errors"][0]["message"] == "Yêu cầu không đúng định dạng."
    assert english.json["errors"][0]["message"] == "The request is malformed."
    await client.post(QUERY, ("accept-language", "en"))
    assert executor.asked[0][1].language is Language.EN


# --- methods ---


@pytest.mark.parametrize("method", ["HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY"])
async def test_other_methods_are_not_allowed(client: Client, method: str) -> None:
    response = await client(method, [(b"host", b"localhost")])
    assert response is not None
    assert (response.status, response.code) == (405, "METHOD_NOT_ALLOWED")
    assert response.header("allow") == "GET, POST"


async def test_a_get_reads_its_parameters_from_the_url(client: Client, executor: ToyExecutor) -> None:
    url = 'query=query+Q($name:String){hello(name:$name)}&operationName=Q&variables={"name":"Lan"}&utm=1'
    response = await client.get(url)
    assert response.json == {"data": {"hello": "Hello Lan"}}
    request, caller = executor.asked[0]
    assert request.operation_name == "Q"
    assert caller.read_only


@pytest.mark.parametrize(
    "empty", ["operationName=", "variables=", "extensions=", "variables=null", "documentId="]
)
async def test_an_empty_parameter_is_as_good_as_none(client: Client, empty: str) -> None:
    assert (await client.get(f"query={{hello}}&{empty}")).status == 200


async def test_a_mutation_by_get_is_not_allowed(client: Client) -> None:
    response = await client.get("query=mutation{bump}")
    assert response.status == 405
    assert response.header("allow") == "POST"


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("query={hello}&query={hello}", "repeated_parameter"),
        ("query={hello}&variables={}&variables={}", "repeated_parameter"),
        ("query={hello}&variables=[]", "not_an_object"),
        ('query={hello}&variables={"a":NaN}', "not_a_number"),
        ("query={hello}&extensions=5", "not_an_object"),
        ("query=%ff", "url"),
        ("query=é", "url"),
        ("query={hello}" + "&a=1" * 30, "url"),
        ("", "no_document"),
        ("notquery={hello}", "no_document"),
        ("documentId=short", "parameter_type"),
    ],
)
async def test_a_malformed_url_is_a_bad_request(client: Client, url: str, reason: str) -> None:
    response = await client.get(url)
    assert (response.status, response.code, response.reason) == (400, "BAD_REQUEST", reason)


@pytest.mark.parametrize("header", [("content-length", "5"), ("transfer-encoding", "chunked")])
async def test_a_get_has_no_body(client: Client, header: tuple[str, str]) -> None:
    response = await client.get("query={hello}", header)
    assert (response.status, response.reason) == (400, "body")


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


# --- who asks ---


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
async def test_a_bearer_token_makes_a_viewer(client: Client, executor: ToyExecutor, scheme: str) -> None:
    await client.post(QUERY, ("authorization", f"{scheme} {TOKEN}"))
    assert executor.asked[0][1].viewer.audience is Audience.PARTICIPANT


@pytest.mark.parametrize(
    "credentials",
    [
        "Bearer unknown",
        f"Basic {TOKEN}",
        f"{TOKEN}",
        "Bearer",
        "Bearer ",
        f"Bearer {TOKEN} {TOKEN}",
        f"Bearer {TOKEN}, Bearer {TOKEN}",
        f'Bearer "{TOKEN}"',
        "Bearer ệ",
        "Bearer eyJhbGciOiJub25lIn0.e30.",
        "Bearer " + "x" * 10000,
        "",
    ],
)
async def test_credentials_that_nobody_knows_are_refused(
    client: Client, executor: ToyExecutor, credentials: str
) -> None:
    response = await client.post(QUERY, ("authorization", credentials))
    assert (response.status, response.code) == (401, "UNAUTHENTICATED")
    assert (response.header("www-authenticate") or "").startswith("Bearer ")
    assert executor.asked == []


async def test_a_token_in_a_url_or_cookie_is_ignored(client: Client, executor: ToyExecutor) -> None:
    await client.get(f"query={{hello}}&access_token={TOKEN}", ("cookie", f"token={TOKEN}; session={TOKEN}"))
    assert executor.asked[0][1].viewer is ANONYMOUS


async def test_the_client_address_is_the_peers(client: Client, executor: ToyExecutor) -> None:
    forged = [
        ("x-forwarded-for", "203.0.113.9"),
        ("forwarded", "for=203.0.113.9"),
        ("x-real-ip", "203.0.113.9"),
    ]
    await client.post(QUERY, *forged)
    assert executor.asked[0][1].client_address == "192.0.2.7"


# --- faults ---


async def failing(client: Client, executor: ToyExecutor, fault: BaseException) -> Response:
    async def work() -> None:
        raise fault

    executor.work = work
    return await client.post(QUERY)


@pytest.mark.parametrize(
    "fault",
    [
        RuntimeError("Nguyễn Thị Lan 0012345678"),
        TimeoutError("0012345678"),
        KeyError("0012345678"),
        RecursionError(),
    ],
)
async def test_an_unexpected_fault_tells_its_id_to_the_client_and_its_place_to_the_log(
    client: Client, executor: ToyExecutor, caplog: pytest.LogCaptureFixture, fault: Exception
) -> None:
    with caplog.at_level(logging.DEBUG):
        response = await failing(client, executor, fault)
    assert (response.status, response.code) == (500, "INTERNAL")
    extensions = response.json["errors"][0]["extensions"]
    assert extensions == {"code": "INTERNAL", "requestId": response.header("x-request-id")}
    assert "0012345678" not in response.body.decode()
    [record] = [one for one in caplog.records if one.name.startswith("gateway.edge")]
    assert "0012345678" not in str(vars(record))
    assert record.exc_info is None
    place = rf"builtins\.{type(fault).__name__} at [a-z/]*/test_endpoint\.py:\d+ < "
    assert re.search(place, record.getMessage())
    assert vars(record)["request_id"] == extensions["requestId"]


@pytest.mark.parametrize("failure", [DatabaseUnavailable("gone"), DatabaseBusy("no connection")])
async def test_an_unreachable_store_is_a_reason_to_try_again(
    client: Client, executor: ToyExecutor, failure: Exception
) -> None:
    response = await failing(client, executor, failure)
    assert (response.status, response.code) == (503, "UNAVAILABLE")
    assert response.header("retry-after") == "1"


async def test_an_error_for_the_client_is_passed_on(client: Client, executor: ToyExecutor) -> None:
    response = await failing(client, executor, ClientError(FORBIDDEN))
    assert (response.status, response.code) == (403, "FORBIDDEN")


async def test_work_ends_at_the_deadline(executor: ToyExecutor) -> None:
    cancelled = asyncio.Event()

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise

    executor.work = work
    client = Client(GraphQLEndpoint(executor, settings(request_timeout=0.05)))
    response = await client.post(QUERY)
    assert (response.status, response.code) == (504, "DEADLINE_EXCEEDED")
    assert cancelled.is_set()


async def test_more_requests_than_agreed_are_refused_at_once(executor: ToyExecutor) -> None:
    release, full = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        if len(executor.asked) == 3:
            full.set()
        await release.wait()

    executor.work = work
    endpoint = GraphQLEndpoint(executor, settings(concurrency=3))
    busy = [asyncio.create_task(Client(endpoint).post(QUERY)) for _ in range(3)]
    await full.wait()
    refused = await asyncio.wait_for(Client(endpoint).post(QUERY), 1)
    assert (refused.status, refused.code, refused.header("retry-after")) == (503, "UNAVAILABLE", "1")
    release.set()
    assert [response.status for response in await asyncio.gather(*busy)] == [200, 200, 200]
    assert (await Client(endpoint).post(QUERY)).status == 200


async def test_a_client_that_hangs_up_takes_its_work_along(client: Client, executor: ToyExecutor) -> None:
    started, cancelled, hang_up = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def work() -> None:
        started.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise

    executor.work = work
    headers = [*BODY_HEADERS, (b"content-length", str(len(QUERY)).encode())]
    call = asyncio.create_task(client("POST", headers, QUERY.encode(), hang_up=hang_up))
    await started.wait()
    hang_up.set()
    assert await asyncio.wait_for(call, 1) is None
    assert cancelled.is_set()


async def test_a_client_that_hangs_up_within_its_body_is_not_answered(
    client: Client, executor: ToyExecutor
) -> None:
    async def receive() -> dict[str, object]:
        return {"type": "http.disconnect"}

    async def send(message: object) -> None:
        raise AssertionError(message)

    headers = [*BODY_HEADERS, (b"content-length", b"20")]
    scope = {"type": "http", "method": "POST", "http_version": "1.1", "headers": headers, "query_string": b""}
    await client.app(scope, receive, send)
    assert executor.asked == []


async def test_a_server_that_stops_tells_those_it_cannot_wait_for(
    client: Client, executor: ToyExecutor
) -> None:
    started = asyncio.Event()
    answered: list[dict[str, Any]] = []

    async def work() -> None:
        started.set()
        await asyncio.Event().wait()

    async def receive() -> dict[str, object]:
        if started.is_set():
            await asyncio.Event().wait()
        return {"type": "http.request", "body": QUERY.encode(), "more_body": False}

    async def send(message: Any) -> None:
        answered.append(message)

    executor.work = work
    headers = [*BODY_HEADERS, (b"content-length", b"20")]
    scope = {"type": "http", "method": "POST", "http_version": "1.1", "headers": headers, "query_string": b""}
    call = asyncio.ensure_future(client.app(scope, receive, send))
    await started.wait()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert answered[0]["status"] == 503
