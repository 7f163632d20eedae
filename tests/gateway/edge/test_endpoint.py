"""The endpoint, called in-process: what is answered, by which method, and to whom."""

from __future__ import annotations

import hashlib
import json
import re

import pytest

from gateway.access import ANONYMOUS, Audience
from gateway.errors import Language
from tests.gateway.edge.toy import QUERY, TOKEN, Client, ToyExecutor

GRAPHQL = "application/graphql-response+json"
JSON = "application/json"
HASH = hashlib.sha256(b"{ hello }").hexdigest()
OTHER_HASH = hashlib.sha256(b"other").hexdigest()
BODY_HEADERS = [(b"host", b"localhost"), (b"content-type", b"application/json")]


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
