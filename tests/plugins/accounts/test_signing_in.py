"""Signing in and out through the graph: one answer for every cause of refusal, and tokens that die."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping

import pytest

from gateway.access import ANONYMOUS, SIGNED_IN, Audience, Viewer
from gateway.app import Application
from gateway.demo import Demo
from gateway.demo.people import participants
from gateway.errors import ClientError
from gateway.testing import NOW, ask, running
from plugins.accounts.demo import DEMO_DEVICE, DEMO_PASSWORD, DEMO_TOKENS, AccountsDemo
from tests.stores import Store

PEOPLE = list(participants(3, 1))
CODE = PEOPLE[0].social_security_code
SIGN_IN = """
mutation SignIn($credentials: Credentials!) {
  signIn(credentials: $credentials) {
    __typename
    ... on SignedIn { token expiresAt }
    ... on SignInRefused { code message field }
  }
}
"""


@pytest.fixture
async def gateway(plugins: Mapping[str, object], store: Store) -> AsyncIterator[Application]:
    demo = Demo(len(PEOPLE), 1, NOW.date())
    source = AccountsDemo()
    portions = [*source.reference(demo), *source.participants(PEOPLE, demo)]
    async with running(plugins, store.url, [(rows.table, rows.values) for rows in portions]) as application:
        yield application


async def sign_in(gateway: Application, code: str, password: str) -> dict[str, str]:
    device = {"identifier": DEMO_DEVICE, "name": "Máy", "platform": "IOS"}
    credentials = {"socialSecurityCode": code, "password": password, "device": device}
    answer = await ask(gateway, ANONYMOUS, SIGN_IN, {"credentials": credentials})
    outcome: dict[str, str] = answer["data"]["signIn"]
    return outcome


async def test_a_participant_signs_in_and_out(gateway: Application) -> None:
    outcome = await sign_in(gateway, f" {CODE} ", DEMO_PASSWORD)
    assert outcome["__typename"] == "SignedIn"
    assert outcome["expiresAt"] == "2026-04-15T10:00:00+07:00"
    viewer = await gateway.executor.viewer(outcome["token"])
    assert SIGNED_IN.admits(viewer, None) is True
    me = await ask(gateway, viewer, "{ me { id socialSecurityCode fullName } }")
    assert me["data"]["me"] == {
        "id": PEOPLE[0].key,
        "socialSecurityCode": CODE,
        "fullName": PEOPLE[0].full_name,
    }
    await ask(gateway, viewer, "mutation { signOut { at } }")
    with pytest.raises(ClientError):
        await gateway.executor.viewer(outcome["token"])


async def test_signing_in_again_opens_another_session(gateway: Application) -> None:
    first, second = [await sign_in(gateway, CODE, DEMO_PASSWORD) for _ in range(2)]
    assert first["token"] != second["token"]


async def test_every_refusal_is_the_same_answer(gateway: Application) -> None:
    causes = [
        (CODE, "wrong"),
        (CODE, ""),
        (CODE, DEMO_PASSWORD * 20),
        ("0099999999", DEMO_PASSWORD),
        ("not a code", DEMO_PASSWORD),
        (PEOPLE[1].key, DEMO_PASSWORD),
        (f"{CODE}' OR '1'='1", DEMO_PASSWORD),
        ("\0", "\ud800"),
    ]
    answers = {json.dumps(await sign_in(gateway, code, password)) for code, password in causes}
    (answer,) = answers
    assert json.loads(answer) == {
        "__typename": "SignInRefused",
        "code": "WRONG_CREDENTIALS",
        "message": "The social security code or the password is wrong.",
        "field": None,
    }


@pytest.mark.parametrize("audience", list(DEMO_TOKENS), ids=lambda audience: audience.value)
async def test_demo_tokens_are_open_sessions(gateway: Application, audience: Audience) -> None:
    viewer = await gateway.executor.viewer(DEMO_TOKENS[audience])
    assert viewer.audience is audience


OFFICER = Viewer(
    Audience.OFFICER, "o1", scopes=frozenset({"accounts:find", "accounts:identity"}), claims={"agency": "000"}
)
FIND = "query ($code: String!) { participantByCode(socialSecurityCode: $code) { id fullName socialSecurityCode } }"


async def test_an_officer_finds_a_participant_by_code(gateway: Application) -> None:
    found = await ask(gateway, OFFICER, FIND, {"code": PEOPLE[2].social_security_code})
    assert found["data"]["participantByCode"]["id"] == PEOPLE[2].key
    nobody = await ask(gateway, OFFICER, FIND, {"code": "0099999999"})
    assert nobody == {"data": {"participantByCode": None}}


async def test_a_malformed_code_is_the_callers_mistake(gateway: Application) -> None:
    answer = await ask(gateway, OFFICER, FIND, {"code": "12-34"})
    (error,) = answer["errors"]
    assert error["extensions"] == {"code": "BAD_USER_INPUT", "argument": "socialSecurityCode"}
    assert "12-34" not in json.dumps(answer)


@pytest.mark.parametrize(
    ("scopes", "readable"),
    [
        ({"accounts:find"}, {"socialSecurityCode"}),
        ({"accounts:find", "accounts:identity"}, {"socialSecurityCode", "fullName", "birthDate", "sex"}),
    ],
    ids=["find", "find and identity"],
)
async def test_an_officer_reads_what_the_scopes_say(
    gateway: Application, scopes: set[str], readable: set[str]
) -> None:
    viewer = Viewer(Audience.OFFICER, "o1", scopes=frozenset(scopes), claims={"agency": "000"})
    document = "query ($id: ID!) { participant(id: $id) { socialSecurityCode fullName birthDate sex } }"
    answer = await ask(gateway, viewer, document, {"id": PEOPLE[0].key})
    fields = answer["data"]["participant"]
    assert {name for name, value in fields.items() if value is not None} == readable
    assert {error["extensions"]["code"] for error in answer.get("errors", ())} <= {"FORBIDDEN"}


async def test_an_officer_without_the_scope_finds_nobody(gateway: Application) -> None:
    viewer = Viewer(Audience.OFFICER, "o1", scopes=frozenset({"accounts:identity"}))
    answer = await ask(gateway, viewer, FIND, {"code": CODE})
    assert answer["data"] == {"participantByCode": None}
