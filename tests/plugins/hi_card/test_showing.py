"""Showing a card: the holder's decision, signed, and nobody else's."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from sqlalchemy import update

from gateway.access import Audience, Viewer
from gateway.app import Application
from gateway.demo import Demo
from gateway.demo.people import participants
from gateway.testing import NOW, SECRET, ask, running
from plugins.accounts.demo import AccountsDemo
from plugins.hi_card.demo import CardsDemo
from plugins.hi_card.models import card, signing_key
from plugins.hi_card.printed_qr import read_printed_qr
from plugins.hi_card.signing_keys import SigningKeys, key_row, new_pair
from plugins.hi_card.verification import Outcome, verify
from tests.stores import Store

DEMO = Demo(20, 1, NOW.date())
PEOPLE = list(participants(DEMO.participants, DEMO.seed))
FIRST, SECOND = PEOPLE[:2]
PAIR = new_pair()
ROWS = [
    (signing_key, [key_row(PAIR, SECRET, NOW, NOW)]),
    *(
        (rows.table, rows.values)
        for demo in (AccountsDemo(), CardsDemo())
        for rows in demo.participants(PEOPLE, DEMO)
    ),
]
CARDS = {row["id"]: row for row in ROWS[-1][1]}
CURRENT = CARDS[f"{FIRST.key}-2"]
HOLDER = Viewer(Audience.PARTICIPANT, FIRST.key)
SHOW = "{ me { healthInsuranceCard { printedQr presentation { token issuedAt expiresAt qrSvg } } } }"


@pytest.fixture
async def gateway(plugins: Mapping[str, object], store: Store) -> AsyncIterator[Application]:
    async with running(plugins, store.url, ROWS) as application:
        yield application


async def shown(gateway: Application, viewer: Viewer = HOLDER, document: str = SHOW) -> dict[str, Any]:
    found: dict[str, Any] = (await ask(gateway, viewer, document))["data"]["me"]["healthInsuranceCard"]
    return found


async def test_a_holder_shows_the_card(gateway: Application) -> None:
    presentation = (await shown(gateway))["presentation"]

    checked = verify(presentation["token"], {PAIR.id: PAIR.private.public_key()}, NOW)
    assert checked.outcome is Outcome.VALID
    assert checked.facts is not None
    assert (checked.facts.number, checked.facts.holder_name) == (CURRENT["number"], FIRST.full_name)
    assert (checked.facts.facility_code, checked.facts.state) == (CURRENT["facility_code"], "ACTIVE")
    assert dt.datetime.fromisoformat(presentation["expiresAt"]) == NOW + dt.timedelta(seconds=90)
    assert ET.fromstring(presentation["qrSvg"]).tag.endswith("svg")  # noqa: S314  our own


async def test_an_application_may_draw_the_code_itself(gateway: Application) -> None:
    document = "{ me { healthInsuranceCard { presentation(qr: false) { token qrSvg } } } }"
    presentation = (await shown(gateway, document=document))["presentation"]

    assert presentation["qrSvg"] is None
    assert presentation["token"]


async def test_the_printed_code_is_that_of_the_card(gateway: Application) -> None:
    read = read_printed_qr((await shown(gateway))["printedQr"])

    assert (read.number, read.holder_name, read.facility_code) == (
        CURRENT["number"],
        FIRST.full_name,
        CURRENT["facility_code"],
    )


async def test_everybody_shows_the_own_card(gateway: Application) -> None:
    other = await shown(gateway, replace(HOLDER, subject=SECOND.key))

    assert read_printed_qr(other["printedQr"]).holder_name == SECOND.full_name


@pytest.mark.parametrize("audience", [Audience.OFFICER, Audience.HOSPITAL, Audience.PUBLIC])
async def test_nobody_else_can_ask_for_it(gateway: Application, audience: Audience) -> None:
    graph = gateway.assembly.schemas[audience].graph.type_map.get("HealthInsuranceCard")
    fields = set(getattr(graph, "fields", ()))

    assert not fields & {"presentation", "printedQr", "picture", "holderName", "holderAddress", "parentName"}


async def test_without_a_key_nothing_is_signed(gateway: Application) -> None:
    async with gateway.services.database.write() as work:
        await work.execute(update(signing_key).values(retired_at=NOW))

    body = await ask(gateway, HOLDER, SHOW)

    assert body["data"]["me"]["healthInsuranceCard"]["presentation"] is None
    assert [error["extensions"]["code"] for error in body["errors"]] == ["NO_SIGNING_KEY"]
    assert await SigningKeys(gateway.services).published() == []


async def test_a_card_of_which_nothing_printed_is_known_is_not_shown(gateway: Application) -> None:
    async with gateway.services.database.write() as work:
        nothing = dict.fromkeys(("holder_name", "holder_birth", "holder_sex"))
        await work.execute(update(card).values(**nothing))

    assert await shown(gateway) == {"printedQr": None, "presentation": None}


@pytest.mark.parametrize(
    ("agency", "sees"),
    [("centre", True), ("province", True), ("district", True), ("sister", False), ("elsewhere", False)],
)
async def test_officers_see_the_cards_of_their_agencies(
    gateway: Application, agency: str, sees: bool
) -> None:
    managed = str(CURRENT["agency_code"])
    claim = {
        "centre": "000",
        "province": managed[:3],
        "district": managed,
        "sister": f"{managed[:3]}99",
        "elsewhere": "001" if managed[:3] != "001" else "002",
    }[agency]
    officer = Viewer(
        Audience.OFFICER, "o1", scopes=frozenset({"hi_card:read", "accounts:find"}), claims={"agency": claim}
    )
    document = "query ($n: String!) { healthInsuranceCard(number: $n) { number } }"
    found, missing = [
        await ask(gateway, officer, document, {"n": number}) for number in (CURRENT["number"], "0099999999")
    ]

    assert (found != missing) is sees
    by_holder = "query ($id: ID!) { participant(id: $id) { healthInsuranceCards { totalCount } } }"
    holder = (await ask(gateway, officer, by_holder, {"id": FIRST.key}))["data"]["participant"]
    assert holder == ({"healthInsuranceCards": {"totalCount": 2}} if sees else None)


async def test_hospitals_are_not_narrowed(gateway: Application) -> None:
    hospital = Viewer(Audience.HOSPITAL, "01001", scopes=frozenset({"hi_card:read"}))
    document = "query ($n: String!) { healthInsuranceCard(number: $n) { agencyCode } }"

    body = await ask(gateway, hospital, document, {"n": CURRENT["number"]})

    assert body == {"data": {"healthInsuranceCard": {"agencyCode": CURRENT["agency_code"]}}}
