"""A card over HTTP: pictures at addresses of one session, a signed code that the published keys verify."""

from __future__ import annotations

import io
import itertools
from typing import Any

import pytest
import zxingcpp
from PIL import Image
from sqlalchemy import update

from gateway.demo.people import DemoParticipant
from plugins.accounts.dependants.models import dependant
from plugins.hi_card.verification import Outcome, read_keys, verify
from tests.journeys.conftest import Gateway

PICTURE = """query ($side: CardSide, $format: PictureFormat, $orientation: CardOrientation) {
  me { healthInsuranceCard { printedQr picture(side: $side, format: $format, orientation: $orientation) { url mediaType } } }
}"""
SHOW = "{ me { fullName healthInsuranceCard { presentation { token } } } }"


async def card(gateway: Gateway, token: str, **variables: str) -> dict[str, Any]:
    found: dict[str, Any] = (await gateway.data(PICTURE, token, **variables))["me"]["healthInsuranceCard"]
    return found


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


@pytest.mark.parametrize("orientation", ["LANDSCAPE", "PORTRAIT"])
async def test_the_code_in_a_fetched_picture_is_decoded(
    gateway: Gateway, people: list[DemoParticipant], orientation: str
) -> None:
    token = await gateway.sign_in(people[0])
    found = await card(gateway, token, format="PNG", orientation=orientation)
    answer = await gateway.http.get(found["picture"]["url"], headers=bearer(token))

    assert answer.headers["content-type"] == found["picture"]["mediaType"] == "image/png"
    (code,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(answer.content)).convert("L"))
    assert code.text == found["printedQr"]


async def test_every_picture_has_an_address_that_tells_nothing(
    gateway: Gateway, people: list[DemoParticipant]
) -> None:
    token = await gateway.sign_in(people[0])
    for side, form in itertools.product(("FRONT", "BACK"), ("SVG", "PNG")):
        url = (await card(gateway, token, side=side, format=form))["picture"]["url"]
        answer = await gateway.http.get(url, headers=bearer(token))
        assert answer.status_code == 200
        assert people[0].key not in url
        assert people[0].social_security_code not in url
        assert people[0].key not in answer.headers["content-disposition"]


async def test_a_picture_is_for_the_session_that_asked(
    gateway: Gateway, people: list[DemoParticipant]
) -> None:
    first, second = await gateway.sign_in(people[0]), await gateway.sign_in(people[1])
    url = (await card(gateway, first))["picture"]["url"]

    assert (await gateway.http.get(url, headers=bearer(second))).status_code == 404
    assert (await gateway.http.get(url)).status_code == 404
    gateway.clock.advance(minutes=5)
    assert (await gateway.http.get(url, headers=bearer(first))).status_code == 404


async def test_a_shown_card_is_verified_with_the_published_keys(
    gateway: Gateway, people: list[DemoParticipant]
) -> None:
    token = await gateway.sign_in(people[0])
    me = (await gateway.data(SHOW, token))["me"]
    published = await gateway.http.get("/.well-known/vssid-card-keys.json")

    keys = read_keys(published.content)
    checked = verify(me["healthInsuranceCard"]["presentation"]["token"], keys, gateway.clock())
    assert checked.outcome is Outcome.VALID
    assert checked.facts is not None
    assert checked.facts.holder_name == me["fullName"]
    gateway.clock.advance(minutes=3)
    late = verify(me["healthInsuranceCard"]["presentation"]["token"], keys, gateway.clock())
    assert late.outcome is Outcome.EXPIRED


async def test_a_parent_shows_the_card_of_a_child(gateway: Gateway, people: list[DemoParticipant]) -> None:
    parent, stranger = await gateway.sign_in(people[0]), await gateway.sign_in(people[1])
    published = await gateway.http.get("/.well-known/vssid-card-keys.json")
    keys = read_keys(published.content)

    children = (await gateway.trusted("ShowDependantsCards", parent, format="PNG"))["me"]["dependants"]
    shown = [one["participant"] for one in children if one["participant"]["healthInsuranceCard"]]
    assert shown, "no child of the first person has a card"
    for child in shown:
        of_child = child["healthInsuranceCard"]
        checked = verify(of_child["presentation"]["token"], keys, gateway.clock())
        assert (checked.outcome, checked.facts and checked.facts.holder_name) == (
            Outcome.VALID,
            child["fullName"],
        )
        answer = await gateway.http.get(of_child["picture"]["url"], headers=bearer(parent))
        (code,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(answer.content)).convert("L"))
        assert code.text == of_child["printedQr"]
        refused = await gateway.http.get(of_child["picture"]["url"], headers=bearer(stranger))
        assert refused.status_code == 404


async def test_a_guardian_no_longer_shows_the_card_of_a_child(
    gateway: Gateway, people: list[DemoParticipant]
) -> None:
    parent = await gateway.sign_in(people[0])
    children = (await gateway.trusted("ShowDependantsCards", parent))["me"]["dependants"]
    urls = [one["participant"]["healthInsuranceCard"]["picture"]["url"] for one in children]
    async with gateway.application.services.database.write() as work:
        await work.execute(update(dependant).values(ended_at=gateway.clock()))

    assert (await gateway.trusted("ShowDependantsCards", parent))["me"]["dependants"] == []
    for url in urls:
        assert (await gateway.http.get(url, headers=bearer(parent))).status_code in {403, 404}
