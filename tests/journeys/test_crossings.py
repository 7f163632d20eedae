"""Whose token it is, how it comes, and where to: what does not belong together is refused, each crossing with its code."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final

import httpx
import pytest
import pytest_asyncio
from graphql import parse, validate

from gateway.access import Audience
from gateway.demo.people import DemoParticipant
from plugins.accounts.demo import DEMO_DEVICE, DEMO_TOKENS
from tests.journeys.conftest import Gateway
from tests.journeys.officers import attempt, signed_in
from tests.journeys.phones import sign_in
from tests.journeys.test_officers import added

pytestmark = pytest.mark.asyncio(loop_scope="module")

URL: Final = "{ me { participationSpreadsheetUrl } }"
QUERY: Final = "query{__typename}"
PROOF: Final = {"x-vssid-console": "1"}

AUDIENCES: Final[Mapping[str, Audience | None]] = {
    "nothing": Audience.PUBLIC,
    "participant": Audience.PARTICIPANT,
    "officer": Audience.OFFICER,
    "officer's tool": Audience.OFFICER,
    "hospital": Audience.HOSPITAL,
    "challenge": None,
    "enrolment": None,
    "download": None,
    "session's id": None,
}
"""Everything that somebody may hold and send as a token, and whose schema it opens; None: it is no token."""

Expected = tuple[int, str | None, str | None]
"""Status, code and reason."""
OK: Final = (200, None, None)
STRANGER: Final = (401, "UNAUTHENTICATED", None)


@dataclass(frozen=True)
class Held:
    """What somebody holds, by its kind; and the address of a file that the participant has asked for."""

    secrets: Mapping[str, str]
    file: str


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def held(module_gateway: Gateway, people: list[DemoParticipant]) -> Held:
    """One of each."""
    participant = await module_gateway.sign_in(people[1], device=DEMO_DEVICE)
    _, temporary = await added(module_gateway)
    file = (await module_gateway.data(URL, participant))["me"]["participationSpreadsheetUrl"]
    return Held(
        {
            "nothing": "",
            "participant": participant,
            "officer": await signed_in(module_gateway),
            "officer's tool": DEMO_TOKENS[Audience.OFFICER],
            "hospital": DEMO_TOKENS[Audience.HOSPITAL],
            "challenge": (await sign_in(module_gateway, people[1], "another-device-000"))["challenge"],
            "enrolment": (await attempt(module_gateway, "lan.nguyen", temporary, ""))["ticket"],
            "download": file.rpartition("/")[2],
            "session's id": "demo-officer",
        },
        file,
    )


Carrier = Callable[[str], dict[str, str]]
CARRIERS: Final[Mapping[str, Carrier]] = {
    "bearer": lambda token: {"authorization": f"Bearer {token}"} if token else {},
    "cookie": lambda token: {"cookie": f"vssid={token}", **PROOF} if token else {},
    "cookie without proof": lambda token: {"cookie": f"vssid={token}"},
    "cookie of another site": lambda token: {
        "cookie": f"vssid={token}",
        **PROOF,
        "origin": "http://evil.example",
    },
    "cookie and bearer": lambda token: {
        "cookie": f"vssid={token}",
        **PROOF,
        "authorization": f"Bearer {token}",
    },
    "basic": lambda token: {"authorization": f"Basic {token}"},
    "token without a scheme": lambda token: {"authorization": token or "x"},
    "production's cookie": lambda token: {"cookie": f"__Host-vssid={token}"},
}


REFUSED: Final[Mapping[str, Expected]] = {
    "cookie without proof": (403, "FORBIDDEN", "console_header_missing"),
    "cookie of another site": (403, "FORBIDDEN", "cross_origin"),
    "cookie and bearer": (400, "BAD_REQUEST", "two_credentials"),
    "basic": STRANGER,
    "token without a scheme": STRANGER,
}
"""Ways that are refused whatever comes by them."""


def expected(carrier: str, kind: str) -> Expected:
    """What comes of asking the graph for nothing at all."""
    audience = AUDIENCES[kind]
    if carrier in REFUSED:
        # A header without a token is malformed, which is noticed first.
        return STRANGER if (carrier, kind) == ("cookie and bearer", "nothing") else REFUSED[carrier]
    if carrier == "production's cookie":
        return OK  # means nothing in development: whoever sends it is nobody
    if carrier == "cookie":
        return OK if audience in (Audience.OFFICER, Audience.PUBLIC) else STRANGER
    return STRANGER if audience is None else OK


def told(response: httpx.Response) -> Expected:
    """What came of it."""
    if response.headers["content-type"].startswith("text/csv"):
        return response.status_code, None, None
    errors = response.json().get("errors", [])
    if not errors:
        return response.status_code, None, None
    (found,) = {(error["extensions"]["code"], error["extensions"].get("reason")) for error in errors}
    return response.status_code, *found


async def _post(gateway: Gateway, headers: dict[str, str]) -> httpx.Response:
    return await gateway.http.post("/graphql", json={"query": QUERY}, headers=headers)


async def _get(gateway: Gateway, headers: dict[str, str]) -> httpx.Response:
    return await gateway.http.get("/graphql", params={"query": QUERY}, headers=headers)


METHODS: Final[Mapping[str, Callable[[Gateway, dict[str, str]], Awaitable[httpx.Response]]]] = {
    "post": _post,
    "get": _get,
}


@pytest.mark.parametrize("carrier", CARRIERS)
async def test_how_a_token_comes(module_gateway: Gateway, held: Held, carrier: str) -> None:
    for kind, secret in held.secrets.items():
        headers = CARRIERS[carrier](secret)
        for method, ask in METHODS.items():
            for time in ("the first time", "known by now"):
                found = told(await ask(module_gateway, headers))
                assert found == expected(carrier, kind), (kind, method, time)


@pytest.mark.parametrize("carrier", CARRIERS)
async def test_a_file_is_for_its_session_alone(module_gateway: Gateway, held: Held, carrier: str) -> None:
    """A file that a participant has asked for, whoever else opens its address, and however the own token comes."""
    for kind, secret in held.secrets.items():
        response = await module_gateway.http.get(held.file, headers=CARRIERS[carrier](secret))
        wanted = expected(carrier, kind)
        if wanted == OK and (carrier, kind) != ("bearer", "participant"):
            wanted = 404, "NOT_FOUND", None
        assert told(response) == wanted, kind


@pytest.mark.parametrize("name", ["access_token", "token", "authorization"])
async def test_a_token_in_the_address_is_none(module_gateway: Gateway, held: Held, name: str) -> None:
    for kind, secret in held.secrets.items():
        posted = await module_gateway.http.post("/graphql", params={name: secret}, json={"query": QUERY})
        assert told(posted) == (400, "BAD_REQUEST", "url_parameters"), kind
        asked = await module_gateway.http.get("/graphql", params={name: secret, "query": "query{me{id}}"})
        assert told(asked)[1] == "DOCUMENT_INVALID", "it is nobody's request"
        fetched = await module_gateway.http.get(held.file, params={name: secret})
        assert told(fetched) == (404, "NOT_FOUND", None), kind


@pytest.mark.parametrize("kind", [kind for kind, audience in AUDIENCES.items() if audience is not None])
async def test_documents_of_other_audiences(module_gateway: Gateway, held: Held, kind: str) -> None:
    """Every trusted document of another audience that is not one's own as well, by its text and by its hash."""
    own, token = AUDIENCES[kind], held.secrets[kind] or None
    assert own is not None
    graph, crossed = module_gateway.application.assembly.schemas[own].graph, 0
    for audience, documents in module_gateway.application.documents.items():
        for document in documents.all_trusted():
            if audience is own or not validate(graph, parse(document.text)):
                continue
            by_text = await module_gateway.post(document.text, token)
            assert told(by_text)[1] == "DOCUMENT_INVALID", (audience, document.name)
            by_hash = await module_gateway.post(None, token, documentId=document.hash)
            assert told(by_hash)[1] == "DOCUMENT_NOT_TRUSTED", (audience, document.name)
            crossed += 1
    assert crossed > 20
