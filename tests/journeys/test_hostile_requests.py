"""Hostile requests, one by one: each is refused quickly, with a code, and without repeating what it said.

The names in the tables are those of the project's threat list: resource exhaustion through documents and bodies, probing of the
schema, cross-site requests, and ambiguous encodings.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from gateway.access import Audience
from gateway.documents import hash_of
from gateway.errors import CORE_CODES
from tests.journeys.conftest import Gateway, Start

pytestmark = pytest.mark.asyncio(loop_scope="module")

Tokens = Mapping[Audience, str | None]
DOCUMENTED = {code.name: code for code in CORE_CODES}
PRODUCTION = {"VSSID_ENVIRONMENT": "production", "VSSID_SECRET_KEY": "k" * 32}


def doubling(times: int, leaf: str) -> str:
    """Fragments that each spread the next one twice: 2^times in a few hundred bytes."""
    chain = " ".join(f"fragment f{n} on Query {{ ...f{n + 1} ...f{n + 1} }}" for n in range(times))
    return f"{{ ...f0 }} {chain} fragment f{times} on Query {{ {leaf} }}"


def nested(times: int, opening: str, closing: str, core: str) -> str:
    return opening * times + core + closing * times


CREDENTIALS = "($c: Credentials!)"
SIGN_IN = "signIn(credentials: $c) { __typename }"
PROVINCES = "provinces(first: 100) { edges { node { madeOf { became { madeOf { became { name } } } } } } }"

DOCUMENTS: dict[str, tuple[str, str]] = {
    "many sign-ins by alias": (f"mutation {CREDENTIALS} {{ a: {SIGN_IN} b: {SIGN_IN} }}", "LIMIT_EXCEEDED"),
    "many sign-ins by fragment": (
        (
            f"mutation {CREDENTIALS} {{ ...A ...B }} fragment A on Mutation {{ a: {SIGN_IN} }}"
            f" fragment B on Mutation {{ b: {SIGN_IN} }}"
        ),
        "LIMIT_EXCEEDED",
    ),
    "alias flood": ("{ " + " ".join(f"a{n}: __typename" for n in range(300)) + " }", "LIMIT_EXCEEDED"),
    "alias flood in fragments": (doubling(4, "x: __typename"), "LIMIT_EXCEEDED"),
    "doubling fragments": (doubling(60, "__typename"), "LIMIT_EXCEEDED"),
    "fragment multiplication": (
        "{ ...a } "
        + " ".join(
            f"fragment {x} on Query {{ ...{y} ...{y} ...{y} }}"
            for x, y in zip("abcdefghi", "bcdefghij", strict=True)
        )
        + " fragment j on Query { __typename }",
        "LIMIT_EXCEEDED",
    ),
    "nested lists": (f"{{ {PROVINCES} }}", "LIMIT_EXCEEDED"),
    "deep": (
        "{ provinces { edges { node { " + nested(30, "became { ", "} ", "name ") + "} } } }",
        "LIMIT_EXCEEDED",
    ),
    "fragment cycle": (
        "{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }",
        "DOCUMENT_INVALID",
    ),
    "deep selections": (nested(5000, "{a", "}", ""), "LIMIT_EXCEEDED"),
    "deep lists": (f"{{ a(x: {nested(5000, '[', ']', '')}) }}", "LIMIT_EXCEEDED"),
    "deep objects": (f"{{ a(x: {nested(5000, '{a:', '}', '1')}) }}", "LIMIT_EXCEEDED"),
    "deep types": (f"query ($x: {nested(5000, '[', ']', 'Int')}) {{ a }}", "LIMIT_EXCEEDED"),
    "directive flood": ("{ __typename " + "@skip(if: false) " * 1000 + "}", "LIMIT_EXCEEDED"),
    "some directives too many": ("{ " + "... @skip(if: true) { __typename } " * 21 + "}", "LIMIT_EXCEEDED"),
    "unknown fields": (
        "{ provinces { edges { node { " + " ".join(f"unknown{n}" for n in range(150)) + " } } } }",
        "DOCUMENT_INVALID",
    ),
    "unknown fields flood": ("{ " + " ".join(f"unknown{n}" for n in range(2000)) + " }", "LIMIT_EXCEEDED"),
    "overlapping fields": ("{ " + "provinces { totalCount } " * 190 + "}", "LIMIT_EXCEEDED"),
    "comment flood": ("#\n" * 20_000 + "{ __typename }", "LIMIT_EXCEEDED"),
    "comma flood": ("{ __typename" + "," * 60_000 + "}", "LIMIT_EXCEEDED"),
    "long name": ("{ " + "a" * 20_000 + " }", "DOCUMENT_INVALID"),
    "long number": ("{ provinces(first: " + "9" * 5000 + ") { totalCount } }", "LIMIT_EXCEEDED"),
    "integer overflow": ("{ provinces(first: 99999999999) { totalCount } }", "LIMIT_EXCEEDED"),
    "huge page": ("{ provinces(first: 1000000) { totalCount } }", "LIMIT_EXCEEDED"),
    "too many root fields": (
        "{ " + " ".join(f"a{n}: provinces {{ totalCount }}" for n in range(6)) + " }",
        "LIMIT_EXCEEDED",
    ),
    "subscription": ("subscription { provinces { totalCount } }", "OPERATION_NOT_ALLOWED"),
    "defer": ("{ ... @defer { __typename } }", "OPERATION_NOT_ALLOWED"),
    "stream": ("{ provinces { edges @stream { cursor } } }", "OPERATION_NOT_ALLOWED"),
    "federation service": ("{ _service { sdl } }", "DOCUMENT_INVALID"),
    "federation entities": (
        '{ _entities(representations: [{ __typename: "Participant" }]) { __typename } }',
        "DOCUMENT_INVALID",
    ),
    "secret in the document": (
        (
            'mutation { signIn(credentials: { socialSecurityCode: "0012345678", password: "hunter2", '
            'device: { identifier: "0123456789abcdef", name: "x", platform: IOS } }) { __typename } }'
        ),
        "OPERATION_NOT_ALLOWED",
    ),
    "text of the wrong type": ('{ provinces(first: "hunter2") { totalCount } }', "DOCUMENT_INVALID"),
    "syntax error in a secret": ('{ a(x: "hunter2" }', "DOCUMENT_SYNTAX"),
}


def well_refused(answer: httpx.Response, code: str) -> None:
    """A refusal: documented, small, with at most ten errors, echoing no value, telling nothing of the inside."""
    body = answer.json()
    assert "data" not in body or body["data"] is None
    codes = [error["extensions"]["code"] for error in body["errors"]]
    assert codes[0] == code, body
    assert set(codes) <= DOCUMENTED.keys()
    assert len(codes) <= 10
    assert len(answer.content) <= 20_000
    for secret in ("hunter2", "Did you mean", "Traceback", "SELECT", "/gateway/", "site-packages"):
        assert secret not in answer.text
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("name", DOCUMENTS)
async def test_documents(module_gateway: Gateway, name: str, caplog: pytest.LogCaptureFixture) -> None:
    document, code = DOCUMENTS[name]
    started = time.perf_counter()
    answer = await module_gateway.post(
        document, variables={"c": {"socialSecurityCode": "0", "password": "hunter2"}}
    )
    assert time.perf_counter() - started < 1
    well_refused(answer, code)
    assert (
        len(
            [
                record
                for record in caplog.records
                if record.levelno >= logging.INFO and record.name.startswith("gateway")
            ]
        )
        <= 1
    )
    assert "hunter2" not in caplog.text


INTROSPECTIONS = [
    "{ __schema { types { name } } }",
    '{ __type(name: "Query") { name } }',
    "query Harmless { __typename x: __schema { queryType { name } } }",
    "{ ... { __schema { types { name } } } }",
    "{ ... on Query { __schema { types { name } } } }",
    "{ ...F } fragment F on Query { __schema { types { name } } }",
    "query A { __typename } query B { __schema { types { name } } }",
    "{\n#\n__schema\n{types,,{name}}}",
    "query ($n: String!) { __type(name: $n) { name } }",
    "{ __schema @include(if: true) { types { name } } }",
]


@pytest.mark.parametrize("query", INTROSPECTIONS)
async def test_no_introspection_in_production(start: Start, tokens: Tokens, query: str) -> None:
    async with start(**PRODUCTION) as gateway:
        for audience in Audience:
            expected = "INTROSPECTION_DISABLED" if audience is Audience.OFFICER else "DOCUMENT_NOT_TRUSTED"
            answer = await gateway.post(query, tokens[audience], operationName=None, variables={"n": "Query"})
            well_refused(answer, expected)
            by_get = await gateway.http.get("/graphql", params={"query": query})
            well_refused(by_get, "DOCUMENT_NOT_TRUSTED")


async def test_real_and_invented_fields_look_alike_where_only_trusted_documents_run(
    start: Start, tokens: Tokens
) -> None:
    async with start(**PRODUCTION) as gateway:
        for audience in (Audience.PUBLIC, Audience.PARTICIPANT, Audience.HOSPITAL):
            real = await gateway.post("{ provinces { totalCount } }", tokens[audience])
            invented = await gateway.post("{ provinzes { totalCount } }", tokens[audience])
            assert real.text == invented.text
            well_refused(real, "DOCUMENT_NOT_TRUSTED")


BODIES: dict[str, tuple[bytes, int]] = {
    "batch": (b'[{"query": "{ __typename }"}]', 400),
    "number": (b"5", 400),
    "text": (b'"x"', 400),
    "null": (b"null", 400),
    "empty": (b"", 400),
    "not JSON": (b"{", 400),
    "brackets": (b'{"query":' + b"[" * 100_000, 400),
    "duplicate keys": (b'{"query": "{ a }", "query": "{ __typename }"}', 400),
    "NaN": (b'{"query": "{ __typename }", "variables": {"a": NaN}}', 400),
    "long integer": (b'{"query": "{ __typename }", "variables": {"a": ' + b"9" * 5000 + b"}}", 400),
    "lone surrogate": (b'{"query": "{ __typename }", "variables": {"a": "\\ud800"}}', 400),
    "NUL": (b'{"query": "{ __typename }", "variables": {"a": "\\u0000"}}', 400),
    "UTF-16": ('{"query": "{ __typename }"}'.encode("utf-16"), 400),
    "byte order mark": (b"\xef\xbb\xbf" + b'{"query": "{ __typename }"}', 400),
    "overlong UTF-8": (b'{"query": "{ __typename\xc0\xa0}"}', 400),
    "latin-1": ('{"query": "{ __typename }", "variables": {"a": "\xe9"}}'.encode("latin-1"), 400),
    "too large": (b'{"query": "' + b"#" * 300_000 + b'"}', 413),
    "query is a number": (b'{"query": 5}', 400),
    "variables are a list": (b'{"query": "{ __typename }", "variables": []}', 400),
    "operation name is a number": (b'{"query": "{ __typename }", "operationName": 5}', 400),
    "extensions are text": (b'{"query": "{ __typename }", "extensions": "x"}', 400),
    "nothing to run": (b"{}", 400),
}


@pytest.mark.parametrize("name", BODIES)
async def test_bodies(module_gateway: Gateway, name: str) -> None:
    body, status = BODIES[name]
    answer = await module_gateway.http.post(
        "/graphql", content=body, headers={"content-type": "application/json"}
    )
    assert answer.status_code == status
    well_refused(answer, "BODY_TOO_LARGE" if status == 413 else "BAD_REQUEST")


CSRF: dict[str, tuple[str, dict[str, Any], int]] = {
    "mutation by GET": ("GET", {"params": {"query": "mutation { signOut { at } }"}}, 405),
    "form": ("POST", {"data": {"query": "{ __typename }"}}, 415),
    "multipart": ("POST", {"files": {"query": b"{ __typename }"}}, 415),
    "text": (
        "POST",
        {"content": b'{"query": "{ __typename }"}', "headers": {"content-type": "text/plain"}},
        415,
    ),
    "no type": ("POST", {"content": b'{"query": "{ __typename }"}'}, 415),
    "graphql": (
        "POST",
        {"content": b"{ __typename }", "headers": {"content-type": "application/graphql"}},
        415,
    ),
    "jsonp": ("POST", {"content": b"{}", "headers": {"content-type": "application/jsonp"}}, 415),
    "other charset": (
        "POST",
        {"content": b"{}", "headers": {"content-type": "application/json; charset=utf-16"}},
        415,
    ),
    "compressed": (
        "POST",
        {"content": b"\x1f\x8b", "headers": {"content-type": "application/json", "content-encoding": "gzip"}},
        415,
    ),
    "PUT": ("PUT", {"json": {"query": "{ __typename }"}}, 405),
    "URL beside body": ("POST", {"json": {"query": "{ __typename }"}, "params": {"query": "{ a }"}}, 400),
    "parameter twice": ("GET", {"params": [("query", "{ __typename }"), ("query", "{ a }")]}, 400),
    "type twice": (
        "POST",
        {
            "content": b'{"query": "{ __typename }"}',
            "headers": [("content-type", "application/json"), ("content-type", "text/plain")],
        },
        400,
    ),
    "not acceptable": (
        "POST",
        {"json": {"query": "{ __typename }"}, "headers": {"accept": "text/html"}},
        406,
    ),
}


@pytest.mark.parametrize("name", CSRF)
async def test_requests_that_a_foreign_page_or_a_confused_proxy_could_send(
    module_gateway: Gateway, name: str, tokens: Tokens
) -> None:
    method, request, status = CSRF[name]
    if name == "mutation by GET":
        request = {**request, "headers": {"authorization": f"Bearer {tokens[Audience.PARTICIPANT]}"}}
    answer = await module_gateway.http.request(method, "/graphql", **request)
    assert answer.status_code == status, answer.text
    assert set(code_names(answer)) <= DOCUMENTED.keys()


@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
async def test_no_origin_is_granted_anything(module_gateway: Gateway, origin: str) -> None:
    headers = {"origin": origin, "access-control-request-method": "POST"}
    for answer in (
        await module_gateway.http.options("/graphql", headers=headers),
        await module_gateway.http.post(
            "/graphql", json={"query": "{ __typename }"}, headers={"origin": origin}
        ),
    ):
        assert not [name for name in answer.headers if name.startswith("access-control-")]


async def test_a_wrong_hash_runs_nothing(module_gateway: Gateway) -> None:
    query = "{ __typename }"
    extensions = {"persistedQuery": {"version": 1, "sha256Hash": hash_of("{ other }")}}
    well_refused(await module_gateway.post(query, extensions=extensions), "BAD_REQUEST")
    well_refused(await module_gateway.post(extensions=extensions), "DOCUMENT_NOT_TRUSTED")
    well_refused(await module_gateway.post(documentId=hash_of(query), extensions=extensions), "BAD_REQUEST")


@pytest.mark.parametrize(
    ("first", "code"),
    [
        (-1, "BAD_USER_INPUT"),
        (101, "LIMIT_EXCEEDED"),
        (2**31, "BAD_USER_INPUT"),
        ("hunter2", "BAD_USER_INPUT"),
    ],
)
async def test_bad_pages_by_variable(module_gateway: Gateway, first: object, code: str) -> None:
    answer = await module_gateway.post(
        "query ($n: Int) { provinces(first: $n) { totalCount } }", variables={"n": first}
    )
    well_refused(answer, code)


@pytest.mark.parametrize("cursor", ["", "x", "é" * 1000, "AAAA", "hunter2" * 100])
async def test_forged_cursors(module_gateway: Gateway, cursor: str) -> None:
    answer = await module_gateway.post(
        "query ($c: String) { provinces(after: $c) { edges @skip(if: true) { cursor } } }",
        variables={"c": cursor},
    )
    well_refused(answer, "BAD_USER_INPUT")


def code_names(answer: httpx.Response) -> list[str]:
    return [error["extensions"]["code"] for error in json.loads(answer.text)["errors"]]
