"""A hospital checks a card, an officer looks somebody up: the citizen sees who it was, of what and what for."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from sqlalchemy import text

from gateway.access import Audience
from gateway.demo.people import DemoParticipant
from tests.journeys.conftest import Gateway

Tokens = Mapping[Audience, str | None]

LOG = """query ($first: Int, $after: String) { me { accessLog(first: $first, after: $after) {
  totalCount edges { node { at by who facility { id name } agencyCode dataKind data purpose refused } }
  pageInfo { hasNextPage endCursor } } } }"""
LOOK_UP = "query ($code: String!) { participantByCode(socialSecurityCode: $code) { fullName sex } }"


def document(gateway: Gateway, audience: Audience, name: str) -> str:
    """The text of a trusted document."""
    return next(one.text for one in gateway.application.documents[audience].all_trusted() if one.name == name)


async def test_a_hospital_checks_a_card(
    gateway: Gateway, tokens: Tokens, people: list[DemoParticipant]
) -> None:
    person = people[0]
    check = document(gateway, Audience.HOSPITAL, "CheckCard")
    checked = await gateway.data(check, tokens[Audience.HOSPITAL], number=person.social_security_code)
    assert checked["healthInsuranceCard"]["holder"]["fullName"]
    gateway.clock.advance(minutes=5)
    await gateway.data(LOOK_UP, tokens[Audience.OFFICER], code=person.social_security_code)

    token = await gateway.sign_in(person)
    log = (await gateway.data(LOG, token))["me"]["accessLog"]
    seen = [edge["node"] for edge in log["edges"]]
    assert log["totalCount"] == 3
    officer, *hospital = seen
    assert {entry["data"] for entry in hospital} == {
        "Health insurance card",
        "Identity (name, date of birth, social security code)",
    }
    for entry in hospital:
        assert (entry["by"], entry["who"]) == ("HOSPITAL", "A medical facility")
        assert entry["facility"]["name"]
        assert entry["purpose"] == "Checking the card, treatment"
        assert entry["agencyCode"] is None
        assert not entry["refused"]
        assert entry["at"] == "2020-12-01T09:00:00+07:00"
    assert (officer["by"], officer["facility"]) == ("OFFICER", None)
    assert officer["who"].startswith("An officer of social insurance")
    assert officer["purpose"] == "Finding or verifying a participant"
    assert officer["at"] == "2020-12-01T09:05:00+07:00"

    vietnamese = await gateway.post(LOG, token, language="vi", variables={"first": 1})
    (edge,) = vietnamese.json()["data"]["me"]["accessLog"]["edges"]
    assert edge["node"]["data"] == "Nhân thân (họ tên, ngày sinh, mã số BHXH)"
    assert edge["node"]["purpose"] == "Tra cứu, xác minh người tham gia"


async def test_reading_the_log_is_no_entry(
    gateway: Gateway, tokens: Tokens, people: list[DemoParticipant]
) -> None:
    token = await gateway.sign_in(people[1])
    for _ in range(2):
        assert (await gateway.data(LOG, token))["me"]["accessLog"]["totalCount"] == 0
    check = document(gateway, Audience.HOSPITAL, "CheckCard")
    await gateway.data(check, tokens[Audience.HOSPITAL], number=people[0].social_security_code)
    assert (await gateway.data(LOG, token))["me"]["accessLog"]["totalCount"] == 0


async def test_the_log_page_by_page(gateway: Gateway, tokens: Tokens, people: list[DemoParticipant]) -> None:
    for _ in range(3):
        await gateway.data(LOOK_UP, tokens[Audience.OFFICER], code=people[0].social_security_code)
        gateway.clock.advance(minutes=1)
    token = await gateway.sign_in(people[0])
    moments, after = [], None
    while True:
        page = (await gateway.data(LOG, token, first=2, after=after))["me"]["accessLog"]
        moments += [edge["node"]["at"] for edge in page["edges"]]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert len(moments) == 3
    assert moments == sorted(moments, reverse=True)


@pytest.mark.parametrize("times", [1, 2])
async def test_a_supposed_viewer_whose_session_has_ended_leaves_no_entry(
    gateway: Gateway, tokens: Tokens, people: list[DemoParticipant], times: int
) -> None:
    """Its plan has run beside the session's row; the answer is thrown away, and so is what it would have told."""
    for _ in range(times):
        await gateway.data(LOOK_UP, tokens[Audience.OFFICER], code=people[0].social_security_code)
    async with gateway.application.services.database.write() as connection:
        await connection.execute(text("UPDATE officers_session SET ended_at = seen_at"))
    answer = await gateway.post(
        LOOK_UP, tokens[Audience.OFFICER], variables={"code": people[0].social_security_code}
    )
    assert answer.status_code == 401
    async with gateway.application.services.database.read() as connection:
        count = await connection.scalar(text("SELECT count(*) FROM audit_entry"))
    assert count == times
