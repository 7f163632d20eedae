"""A lost phone: two officers, a new number, and a temporary password that is good for choosing another."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import select, update

from gateway.access import Audience, Viewer
from gateway.audit import audit_entries
from gateway.demo.people import DemoParticipant
from gateway.outbox.tables import message
from gateway.testing import answer, ask
from plugins.accounts.models import participant
from tests.journeys.conftest import Gateway, Start
from tests.journeys.phones import received, sign_in, step
from tests.journeys.test_forgotten_password import DEVICE, NEW

PHONE = "+84912345678"
REFUSED = "... on CredentialResetRefused { code field message }"
REQUEST = (
    "mutation ($reset: NewCredentialReset!) { outcome: requestCredentialReset(reset: $reset)"
    f" {{ ... on CredentialResetChanged {{ id }} {REFUSED} }} }}"
)
CONFIRM = (
    "mutation ($id: ID!) { outcome: confirmCredentialReset(id: $id)"
    f" {{ ... on CredentialResetChanged {{ id }} {REFUSED} }} }}"
)
REJECT = (
    "mutation ($id: ID!, $reason: String!) { outcome: rejectCredentialReset(id: $id, reason: $reason)"
    f" {{ ... on CredentialResetChanged {{ id }} {REFUSED} }} }}"
)
RESEND = (
    "mutation ($id: ID!, $reason: String!) { outcome: resendTemporaryPassword(id: $id, reason: $reason)"
    f" {{ ... on CredentialResetChanged {{ id }} {REFUSED} }} }}"
)
LIST = "{ credentialResets(first: 5, state: REQUESTED) { edges { node { id reason newPhone participant { id } } } } }"
SCOPES = frozenset({"accounts:reset-request", "accounts:reset-confirm"})


def officer(name: str, agency: str = "000") -> Viewer:
    return Viewer(Audience.OFFICER, name, scopes=SCOPES, claims={"agency": agency})


FIRST, SECOND = officer("first"), officer("second")


async def outcome(gateway: Gateway, viewer: Viewer, document: str, **variables: Any) -> dict[str, Any]:
    body = await ask(gateway.application, viewer, document, variables)
    assert "errors" not in body, body["errors"]
    found: dict[str, Any] = body["data"]["outcome"]
    return found


def wanted(person: DemoParticipant, **differs: Any) -> dict[str, Any]:
    given = {"participant": person.key, "newPhone": "0912 345 678", "reason": "Mất máy"}
    return given | {"identityChecked": True} | differs


async def requested(gateway: Gateway, person: DemoParticipant) -> str:
    return str((await outcome(gateway, FIRST, REQUEST, reset=wanted(person)))["id"])


async def texts(gateway: Gateway, purpose: str) -> list[str]:
    chosen = select(message.c.text).where(message.c.recipient == PHONE, message.c.purpose == purpose)
    async with gateway.application.services.database.read() as connection:
        return [str(text) for (text,) in await connection.execute(chosen.order_by(message.c.posted_at))]


async def passwords(gateway: Gateway) -> list[str]:
    return [text.split(" la ")[1].split(",")[0] for text in await texts(gateway, "temporary_password")]


async def test_back_in_with_a_new_phone(gateway: Gateway, people: list[DemoParticipant]) -> None:
    person = people[1]
    token = (await sign_in(gateway, person, DEVICE))["token"]
    key = await requested(gateway, person)
    (edge,) = (await ask(gateway.application, SECOND, LIST))["data"]["credentialResets"]["edges"]
    assert edge["node"] == {
        "id": key,
        "reason": "Mất máy",
        "newPhone": PHONE,
        "participant": {"id": person.key},
    }
    assert await passwords(gateway) == []
    assert await outcome(gateway, SECOND, CONFIRM, id=key) == {"id": key}
    assert "so dien thoai" in (await received(gateway, person))[-1], "the old number"
    assert "so dien thoai" in (await texts(gateway, "notice"))[-1], "the new one"
    assert (await gateway.post("{ me { id } }", token)).status_code == 401
    gateway.clock.advance(seconds=1)
    assert await outcome(gateway, FIRST, RESEND, id=key, reason="Không nhận được") == {"id": key}
    lost, password = await passwords(gateway)
    assert (await sign_in(gateway, person, DEVICE, lost))["__typename"] == "SignInRefused"
    required = await sign_in(gateway, person, DEVICE, password)
    assert required["reason"] == "TEMPORARY"
    change = {
        "challenge": required["challenge"],
        "device": DEVICE,
        "newPassword": NEW,
        "repeatedPassword": NEW,
    }
    sent = await step(gateway, "changeRequiredPassword", change=change)
    code = (await texts(gateway, "otp"))[-1].split()[1]
    given = {"challenge": sent["challenge"], "code": code}
    await step(gateway, "confirmRequiredPassword", confirmation=given, device=DEVICE)
    assert (await sign_in(gateway, person, DEVICE, NEW))["__typename"] == "SignedIn"
    pause = await outcome(gateway, FIRST, RESEND, id=key, reason="Không nhận được")
    assert pause["code"] == "RESET_PAUSE", "three messages an hour to one number"
    gateway.clock.advance(hours=1)
    over = await outcome(gateway, FIRST, RESEND, id=key, reason="Không nhận được")
    assert over["code"] == "RESET_OVER"
    async with gateway.application.services.database.read() as connection:
        noted = await connection.execute(
            select(audit_entries.c.action, audit_entries.c.actor, audit_entries.c.reason).where(
                audit_entries.c.action.like("accounts:reset%")
            )
        )
        assert sorted(map(tuple, noted)) == [
            ("accounts:reset_confirm", "second", "Mất máy"),
            ("accounts:reset_request", "first", "Mất máy"),
            ("accounts:reset_resend", "first", "Không nhận được"),
        ]
        secrets_kept = await connection.scalars(
            select(message.c.secret).where(message.c.purpose == "temporary_password")
        )
        assert set(secrets_kept) == {True}


async def test_a_temporary_password_ends(gateway: Gateway, people: list[DemoParticipant]) -> None:
    await outcome(gateway, SECOND, CONFIRM, id=await requested(gateway, people[1]))
    gateway.clock.advance(hours=24)
    (password,) = await passwords(gateway)
    assert (await sign_in(gateway, people[1], DEVICE, password))["__typename"] == "SignInRefused"


async def test_two_officers_take_the_steps_in_their_order(
    gateway: Gateway, people: list[DemoParticipant]
) -> None:
    key = await requested(gateway, people[1])
    assert (await outcome(gateway, FIRST, REQUEST, reset=wanted(people[1])))["code"] == "RESET_OPEN"
    assert (await outcome(gateway, FIRST, CONFIRM, id=key))["code"] == "SAME_OFFICER"
    assert (await outcome(gateway, FIRST, REJECT, id=key, reason="x"))["code"] == "SAME_OFFICER"
    assert (await outcome(gateway, SECOND, RESEND, id=key, reason="x"))["code"] == "RESET_OVER"
    assert (await outcome(gateway, SECOND, REJECT, id=key, reason=" "))["code"] == "RESET_REASON_MISSING"
    assert await outcome(gateway, SECOND, REJECT, id=key, reason="Sai người") == {"id": key}
    assert (await outcome(gateway, SECOND, CONFIRM, id=key))["code"] == "RESET_OVER"
    late = await requested(gateway, people[1])
    gateway.clock.advance(days=7)
    assert (await outcome(gateway, SECOND, CONFIRM, id=late))["code"] == "RESET_OVER"
    assert await requested(gateway, people[1]) != late
    assert await texts(gateway, "temporary_password") == []


@pytest.mark.parametrize(
    ("differs", "code"),
    [
        ({"newPhone": "024 3936 1234"}, "RESET_PHONE_INVALID"),
        ({"reason": ""}, "RESET_REASON_MISSING"),
        ({"identityChecked": False}, "IDENTITY_NOT_CHECKED"),
        ({"participant": "nobody"}, "UNKNOWN_PARTICIPANT"),
    ],
)
async def test_what_is_not_asked_for_rightly(
    gateway: Gateway, people: list[DemoParticipant], differs: dict[str, Any], code: str
) -> None:
    assert (await outcome(gateway, FIRST, REQUEST, reset=wanted(people[1], **differs)))["code"] == code


async def test_another_district_finds_nobody(gateway: Gateway, people: list[DemoParticipant]) -> None:
    person = people[1]
    async with gateway.application.services.database.write() as work:
        theirs = participant.c.id == person.key
        await work.execute(update(participant).where(theirs).values(agency_code="07901"))
    elsewhere, missing = officer("other", "07902"), wanted(person, participant="0" * 24)
    key = await requested(gateway, person)
    for document, real, unreal in (
        (REQUEST, {"reset": wanted(person)}, {"reset": missing}),
        (CONFIRM, {"id": key}, {"id": "0" * 32}),
        (REJECT, {"id": key, "reason": "x"}, {"id": "0" * 32, "reason": "x"}),
        (RESEND, {"id": key, "reason": "x"}, {"id": "0" * 32, "reason": "x"}),
    ):
        answers = [await answer(gateway.application, elsewhere, document, given) for given in (real, unreal)]
        assert answers[0] == answers[1]
    listed = await ask(gateway.application, elsewhere, LIST)
    assert listed["data"]["credentialResets"]["edges"] == []
    assert await outcome(gateway, officer("near", "07901"), CONFIRM, id=key) == {"id": key}


async def test_of_several_officers_one_confirms(start: Start, people: list[DemoParticipant]) -> None:
    async with start(VSSID_DATABASE_WAIT="30", VSSID_ACCOUNTS_CODES_PER_NUMBER="100") as gateway:
        key = await requested(gateway, people[1])
        several = [officer(f"officer{number}") for number in range(4)]
        outcomes = await asyncio.gather(*(outcome(gateway, one, CONFIRM, id=key) for one in several))
        assert sum("id" in one for one in outcomes) == 1
        assert len(await passwords(gateway)) == 1
