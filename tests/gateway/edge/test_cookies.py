"""The console's cookie: who it speaks for, what another site cannot do with it, and how it comes and goes."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from gateway.access import Audience
from gateway.edge import GraphQLEndpoint
from gateway.execution import Answer, GraphQLRequest, Sender
from tests.gateway.edge.toy import QUERY, TOKEN, Client, ToyExecutor, settings

COOKIE = ("cookie", f"vssid={TOKEN}")
PROOF = ("x-vssid-console", "1")
BEARER = ("authorization", f"Bearer {TOKEN}")


@dataclass
class Signing(ToyExecutor):
    """Answers with a cookie to keep."""

    cookie: str | None = None

    async def answer(self, request: GraphQLRequest, token: str | None, sender: Sender) -> Answer:
        return replace(await super().answer(request, token, sender), cookie=self.cookie)


@pytest.fixture
def secure(executor: ToyExecutor) -> Client:
    """Calls the endpoint of a production deployment."""
    core = settings(environment="production", secret_key="x" * 32)
    return Client(GraphQLEndpoint(executor, core))


def audience(executor: ToyExecutor) -> Audience:
    return executor.asked[-1][1].viewer.audience


@pytest.mark.parametrize(
    "more",
    [
        (),
        (("origin", "http://localhost"),),
        (("origin", "http://localhost"), ("sec-fetch-site", "same-origin")),
    ],
)
async def test_the_cookie_speaks_for_its_bearer(
    client: Client, executor: ToyExecutor, more: tuple[tuple[str, str], ...]
) -> None:
    response = await client.post(QUERY, COOKIE, PROOF, *more)
    assert response.status == 200
    assert audience(executor) is Audience.PARTICIPANT


@pytest.mark.parametrize("cookie", ["other=1", f"vssidx={TOKEN}", f"x=vssid; y={TOKEN}", "", ";;", "vssid"])
async def test_cookies_of_others_are_nothing_to_us(
    client: Client, executor: ToyExecutor, cookie: str
) -> None:
    response = await client.post(QUERY, ("cookie", cookie), *([PROOF] if cookie == "vssid" else []))
    assert response.status == (401 if cookie == "vssid" else 200)
    assert executor.asked == [] or audience(executor) is Audience.PUBLIC


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ((), "console_header_missing"),
        ((("x-vssid-console", ""),), "console_header_missing"),
        ((PROOF, ("origin", "http://evil.example")), "cross_origin"),
        ((PROOF, ("origin", "null")), "cross_origin"),
        ((PROOF, ("origin", "http://localhost:81")), "cross_origin"),
        ((PROOF, ("origin", "http://localhost.evil.example")), "cross_origin"),
        ((PROOF, ("sec-fetch-site", "cross-site")), "cross_origin"),
        ((PROOF, ("sec-fetch-site", "same-site")), "cross_origin"),
        ((PROOF, ("sec-fetch-site", "none")), "cross_origin"),
    ],
)
@pytest.mark.parametrize("method", ["post", "get"])
async def test_what_another_site_could_have_sent_is_refused(
    client: Client, executor: ToyExecutor, method: str, headers: tuple[tuple[str, str], ...], reason: str
) -> None:
    if method == "post":
        response = await client.post(QUERY, COOKIE, *headers)
    else:
        response = await client.get("query={hello}", COOKIE, *headers)
    assert (response.status, response.code, response.reason) == (403, "FORBIDDEN", reason)
    assert response.header("access-control-allow-origin") is None
    assert executor.asked == []


async def test_a_get_changes_nothing_with_the_cookie_either(client: Client) -> None:
    response = await client.get("query=mutation{bump}", COOKIE, PROOF)
    assert (response.status, response.code) == (405, "METHOD_NOT_ALLOWED")


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data"])
async def test_a_form_cannot_use_it(client: Client, kind: str) -> None:
    response = await client.post(QUERY, COOKIE, PROOF, ("content-type", kind))
    assert response.status == 415


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ((COOKIE, PROOF, BEARER), "two_credentials"),
        ((COOKIE, COOKIE, PROOF), "repeated_header"),
        (
            (PROOF, COOKIE, ("origin", "http://localhost"), ("origin", "http://evil.example")),
            "repeated_header",
        ),
        ((("cookie", f"vssid={TOKEN}; vssid={TOKEN}"), PROOF), "repeated_cookie"),
        ((("cookie", "vssid=é"), PROOF), "cookie"),
    ],
)
async def test_two_answers_to_who_asks_are_none(
    client: Client, executor: ToyExecutor, headers: tuple[tuple[str, str], ...], reason: str
) -> None:
    response = await client.post(QUERY, *headers)
    assert (response.status, response.reason) == (400, reason)
    assert executor.asked == []


async def test_a_bearer_token_is_not_disturbed_by_the_cookies_of_others(
    client: Client, executor: ToyExecutor
) -> None:
    assert (await client.post(QUERY, BEARER, ("cookie", "theme=dark"))).status == 200
    assert audience(executor) is Audience.PARTICIPANT


async def test_in_production_the_cookie_is_for_https_and_this_host_alone(
    secure: Client, executor: ToyExecutor
) -> None:
    assert (await secure.post(QUERY, COOKIE, PROOF)).status == 200
    assert audience(executor) is Audience.PUBLIC
    kept = ("cookie", f"__Host-vssid={TOKEN}")
    assert (await secure.post(QUERY, kept, PROOF, ("origin", "http://localhost"))).reason == "cross_origin"
    assert (await secure.post(QUERY, kept, PROOF, ("origin", "https://localhost"))).status == 200
    assert audience(executor) is Audience.PARTICIPANT


@pytest.mark.parametrize(
    ("production", "token", "expected"),
    [
        (False, "vso_abc", "vssid=vso_abc; Path=/; HttpOnly; SameSite=Strict"),
        (False, "", "vssid=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0"),
        (True, "vso_abc", "__Host-vssid=vso_abc; Path=/; HttpOnly; SameSite=Strict; Secure"),
        (True, "", "__Host-vssid=; Path=/; HttpOnly; SameSite=Strict; Secure; Max-Age=0"),
        (True, None, None),
    ],
)
async def test_what_an_answer_has_the_browser_keep(
    production: bool, token: str | None, expected: str | None
) -> None:
    core = settings(environment="production", secret_key="x" * 32) if production else settings()
    client = Client(GraphQLEndpoint(Signing(cookie=token), core))
    response = await client.post(QUERY)
    assert response.header("set-cookie") == expected
    assert response.header("cache-control") == "no-store"


async def test_the_browser_is_rid_of_a_dead_session(client: Client) -> None:
    dead = await client.post(QUERY, ("cookie", "vssid=dead"), PROOF)
    assert (dead.status, dead.header("set-cookie")) == (
        401,
        "vssid=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0",
    )
    assert (await client.post(QUERY, ("authorization", "Bearer dead"))).header("set-cookie") is None
