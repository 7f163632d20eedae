"""Who reads which card: holders their own, hospitals and officers with the scope by number."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

import pytest

from gateway.access import Audience, Viewer
from gateway.app import Application
from gateway.demo import Demo
from gateway.demo.people import participants
from gateway.testing import NOW, ask, running
from plugins.accounts.demo import AccountsDemo
from plugins.hi_card.demo import CardsDemo
from tests.stores import Store

DEMO = Demo(20, 1, NOW.date())
PEOPLE = list(participants(DEMO.participants, DEMO.seed))
FIRST, SECOND = PEOPLE[:2]
ROWS = [
    (rows.table, rows.values)
    for demo in (AccountsDemo(), CardsDemo())
    for rows in demo.participants(PEOPLE, DEMO)
]
OLD, NEW = (row for row in ROWS[-1][1] if row["participant_id"] == FIRST.key)
HOSPITAL = Viewer(Audience.HOSPITAL, "01001", scopes=frozenset({"hi_card:read", "accounts:identity"}))
BY_NUMBER = "query ($n: String!) { healthInsuranceCard(number: $n) { number state holder { fullName } } }"


@pytest.fixture
async def gateway(plugins: Mapping[str, object], store: Store) -> AsyncIterator[Application]:
    async with running(plugins, store.url, ROWS) as application:
        yield application


async def test_a_participant_reads_the_card_at_hand_and_those_before(gateway: Application) -> None:
    document = """{ me {
      healthInsuranceCard { number holder { id } registeredFacility { id } }
      healthInsuranceCards { totalCount edges { node { number } } }
    } }"""
    me = (await ask(gateway, Viewer(Audience.PARTICIPANT, FIRST.key), document))["data"]["me"]
    assert me["healthInsuranceCard"] == {
        "number": NEW["number"],
        "holder": {"id": FIRST.key},
        "registeredFacility": {"id": NEW["facility_code"]},
    }
    assert [edge["node"]["number"] for edge in me["healthInsuranceCards"]["edges"]] == [
        NEW["number"],
        OLD["number"],
    ]
    assert me["healthInsuranceCards"]["totalCount"] == 2


async def test_whoever_has_no_card_gets_none(gateway: Application) -> None:
    document = "{ me { healthInsuranceCard { number } healthInsuranceCards { totalCount } } }"
    me = (await ask(gateway, Viewer(Audience.PARTICIPANT, "nobody"), document))["data"]["me"]
    assert me == {"healthInsuranceCard": None, "healthInsuranceCards": {"totalCount": 0}}


@pytest.mark.parametrize(
    ("number", "state"),
    [
        (FIRST.social_security_code, "ACTIVE"),
        (f"{FIRST.social_security_code[:5]} {FIRST.social_security_code[5:]}", "ACTIVE"),
        (OLD["number"], "REPLACED"),
        (str(OLD["number"]).lower(), "REPLACED"),
    ],
    ids=["new", "new with a blank", "old", "old in lower case"],
)
async def test_a_hospital_finds_the_card_of_a_number(gateway: Application, number: str, state: str) -> None:
    found = (await ask(gateway, HOSPITAL, BY_NUMBER, {"n": number}))["data"]["healthInsuranceCard"]
    assert (found["state"], found["holder"]["fullName"]) == (state, FIRST.full_name)


async def test_a_number_of_no_card_is_null(gateway: Application) -> None:
    assert await ask(gateway, HOSPITAL, BY_NUMBER, {"n": "0099999999"}) == {
        "data": {"healthInsuranceCard": None}
    }


@pytest.mark.parametrize("number", ["", "1234", "GD9010012345678", "GD4010012345678' --", "x" * 10_000])
async def test_what_is_no_number_is_the_callers_mistake(gateway: Application, number: str) -> None:
    (error,) = (await ask(gateway, HOSPITAL, BY_NUMBER, {"n": number}))["errors"]
    assert error["extensions"] == {"code": "BAD_USER_INPUT", "argument": "number"}


async def test_a_card_and_its_holder_need_a_scope_each(gateway: Application) -> None:
    number = {"n": FIRST.social_security_code}
    nothing = await ask(gateway, Viewer(Audience.HOSPITAL, "01001"), BY_NUMBER, number)
    assert nothing["data"] == {"healthInsuranceCard": None}
    cards = Viewer(Audience.HOSPITAL, "01001", scopes=frozenset({"hi_card:read"}))
    found = (await ask(gateway, cards, BY_NUMBER, number))["data"]["healthInsuranceCard"]
    assert found == {"number": NEW["number"], "state": "ACTIVE", "holder": {"fullName": None}}
