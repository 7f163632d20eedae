"""A lost phone over HTTP: an officer asks with a token, another confirms in the console, and the new phone gets the password."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from gateway.audit import audit_entries
from gateway.background import background
from gateway.demo.people import DemoParticipant
from gateway.outbox.tables import State, message
from plugins.officers.demo import DEMO_APPROVER, DEMO_OFFICER, DEMO_PASSWORD
from tests.gateway.outbox.carrier import until
from tests.journeys.conftest import Gateway, Start
from tests.journeys.officers import SIGN_IN, by_cookie, code_of, signed_in
from tests.journeys.phones import sign_in
from tests.journeys.test_lost_phone import CONFIRM, REQUEST, RESEND, wanted
from tests.plugins.sms_gateway.gateway_server import SmsServer, serving
from tests.stores import Store

DEVICE = "a-new-device-000000"
SECRET = "a secret that the gateway knows as well"
PAGE = {"x-vssid-console": "1", "origin": "http://gateway", "sec-fetch-site": "same-origin"}


async def cookie_of(gateway: Gateway, name: str) -> str:
    """An officer's session as the console keeps it."""
    gateway.clock.advance(seconds=60)
    given = {"userName": name, "password": DEMO_PASSWORD, "code": code_of(gateway)}
    sent = {"query": SIGN_IN, "variables": {"c": given, "keepIn": "COOKIE"}}
    answer = await gateway.http.post("/graphql", json=sent)
    gateway.http.cookies.clear()
    return answer.headers["set-cookie"].partition(";")[0]


async def by_token(gateway: Gateway, token: str, document: str, **variables: Any) -> dict[str, Any]:
    outcome: dict[str, Any] = (await gateway.data(document, token, **variables))["outcome"]
    return outcome


async def in_console(gateway: Gateway, cookie: str, document: str, **variables: Any) -> dict[str, Any]:
    answer = await by_cookie(gateway, {"query": document, "variables": variables}, cookie, **PAGE)
    outcome: dict[str, Any] = answer.json()["data"]["outcome"]
    return outcome


async def kept(gateway: Gateway) -> list[Any]:
    """What the outbox still has of the temporary passwords."""
    wanted = select(message).where(message.c.purpose == "temporary_password")
    async with gateway.application.services.database.read() as connection:
        return list(await connection.execute(wanted.order_by(message.c.posted_at)))


async def test_two_officers_let_somebody_back_in_and_no_password_stays(
    start: Start, store: Store, people: list[DemoParticipant]
) -> None:
    person, server = people[1], SmsServer(SECRET.encode())
    async with serving(server):
        settings = {
            "VSSID_SMS_GATEWAY_URL": server.url,
            "VSSID_SMS_GATEWAY_SECRET": SECRET,
            "VSSID_OUTBOX_SMS": "sms_gateway",
            "VSSID_OUTBOX_POLL": "0.05",
        }
        async with start(**settings) as gateway:
            receiver, cookie = await signed_in(gateway, DEMO_OFFICER), await cookie_of(gateway, DEMO_APPROVER)
            key = (await by_token(gateway, receiver, REQUEST, reset=wanted(person)))["id"]
            assert (await by_token(gateway, receiver, CONFIRM, id=key))["code"] == "SAME_OFFICER"
            assert await in_console(gateway, cookie, CONFIRM, id=key) == {"id": key}
            gateway.clock.advance(seconds=1)
            assert await by_token(gateway, receiver, RESEND, id=key, reason="Không nhận được") == {"id": key}
            assert [row.text is not None for row in await kept(gateway)] == [True, True]
            async with background(gateway.application):
                await until(lambda: all_sent(gateway))
            passwords = [
                sent["text"].split(" la ")[1].split(",")[0]
                for sent in server.sent.values()
                if "mat khau tam" in sent["text"]
            ]
            rows = await kept(gateway)
            assert [(row.recipient, row.subject, row.text) for row in rows] == [(None, None, None)] * 2
            outcomes = [await sign_in(gateway, person, DEVICE, password) for password in passwords]
            assert sorted(one["__typename"] for one in outcomes) == [
                "PasswordChangeRequired",
                "SignInRefused",
            ]
            assert await noted(gateway) == {
                ("accounts:reset_request", DEMO_OFFICER),
                ("accounts:reset_confirm", DEMO_APPROVER),
                ("accounts:reset_resend", DEMO_OFFICER),
            }
        if store.dialect_name == "sqlite":
            content = Path(store.url.removeprefix("sqlite:///")).read_bytes()  # noqa: ASYNC240
            assert person.social_security_code.encode() in content
            assert not any(password.encode() in content for password in passwords)


async def all_sent(gateway: Gateway) -> bool:
    """Whether nothing waits to be sent."""
    return all(row.state is State.SENT for row in await kept(gateway))


async def noted(gateway: Gateway) -> set[tuple[str, str]]:
    """Who did what, as the audit trail has it."""
    wanted = select(audit_entries.c.action, audit_entries.c.actor)
    async with gateway.application.services.database.read() as connection:
        found = await connection.execute(wanted.where(audit_entries.c.action.like("accounts:reset%")))
        return {(action, str(actor)) for action, actor in found}


@pytest.mark.parametrize("name", ["demo.hatinh", "demo.quan1", "demo.admin"])
async def test_whoever_may_not_decide_is_refused(
    gateway: Gateway, people: list[DemoParticipant], name: str
) -> None:
    receiver = await signed_in(gateway, DEMO_OFFICER)
    key = (await by_token(gateway, receiver, REQUEST, reset=wanted(people[1])))["id"]
    token = await signed_in(gateway, name)
    assert await gateway.codes(CONFIRM, token, id=key) == ["FORBIDDEN"]
    assert [row.text for row in await kept(gateway)] == []
