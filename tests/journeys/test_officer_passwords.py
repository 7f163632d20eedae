"""Officers change their own password over HTTP: with the old one and a fresh code, and whoever else was signed in is out."""

from __future__ import annotations

import asyncio
from typing import Any, Final

import pytest
from sqlalchemy import func, select

from gateway.access import Audience
from gateway.audit import audit_entries
from gateway.outbox.tables import message
from plugins.accounts.demo import DEMO_TOKENS
from plugins.officers.demo import DEMO_ADMINISTRATOR, DEMO_OFFICER, DEMO_PASSWORD
from tests.journeys.conftest import Gateway
from tests.journeys.officers import WHO, attempt, code_of, signed_in

CHANGE: Final = """mutation ($change: OfficerPasswordChange!) {
  changeOfficerPassword(change: $change) {
    ... on OfficerPasswordChanged { at }
    ... on OfficerPasswordRefused { code field retryAt }
  }
}"""
NEW: Final = "một mật khẩu thật dài"
WRONG: Final = {"code": "WRONG_PASSWORD_OR_CODE", "field": None, "retryAt": None}
UNFIT: Final = {"code": "UNFIT_OFFICER_PASSWORD", "field": "newPassword", "retryAt": None}


async def changed(gateway: Gateway, token: str, **differs: str) -> dict[str, Any]:
    """What comes of a change with the right password and code, unless others are given."""
    given = {"oldPassword": DEMO_PASSWORD, "newPassword": NEW, "code": code_of(gateway), **differs}
    outcome: dict[str, Any] = (await gateway.data(CHANGE, token, change=given))["changeOfficerPassword"]
    return outcome


async def later(gateway: Gateway) -> str:
    """The code of a minute later."""
    gateway.clock.advance(seconds=60)
    return code_of(gateway)


async def test_a_new_password(gateway: Gateway) -> None:
    other, mine = await signed_in(gateway), await signed_in(gateway)
    colleague = await signed_in(gateway, DEMO_OFFICER)
    code = await later(gateway)
    assert set(await changed(gateway, mine)) == {"at"}
    assert (await gateway.data(WHO, mine))["thisOfficer"]["userName"] == DEMO_ADMINISTRATOR
    assert await gateway.codes(WHO, other) == ["UNAUTHENTICATED"]
    assert await gateway.codes(WHO, colleague) == []

    assert "code" in await attempt(gateway, password=NEW, code=code), "the code was used"
    assert "code" in await attempt(gateway, code=await later(gateway)), "the old password"
    assert "token" in await attempt(gateway, password=NEW, code=await later(gateway))
    async with gateway.application.services.database.read() as connection:
        wanted = select(audit_entries.c.actor).where(audit_entries.c.action == "officers:change_password")
        assert list(await connection.scalars(wanted)) == [DEMO_ADMINISTRATOR]
        sent = select(message.c.recipient, message.c.secret).where(message.c.purpose == "notice")
        assert [*map(tuple, await connection.execute(sent))] == [(f"{DEMO_ADMINISTRATOR}@example.org", False)]


@pytest.mark.parametrize(
    ("differs", "expected"),
    [
        ({"oldPassword": "another"}, WRONG),
        ({"oldPassword": ""}, WRONG),
        ({"oldPassword": "x" * 10_000}, WRONG),
        ({"code": "000000"}, WRONG),
        ({"code": ""}, WRONG),
        ({"newPassword": "short"}, UNFIT),
        ({"newPassword": "x" * 129}, UNFIT),
        ({"newPassword": DEMO_PASSWORD}, UNFIT),
        ({"newPassword": "xx demo.admin xx"}, UNFIT),
        ({"newPassword": "passwordpassword1"}, UNFIT),
        ({"newPassword": "abcdefghijklmnop"}, UNFIT),
    ],
    ids=str,
)
async def test_what_is_refused_changes_nothing(
    gateway: Gateway, differs: dict[str, str], expected: dict[str, Any]
) -> None:
    other, mine = await signed_in(gateway), await signed_in(gateway)
    await later(gateway)
    assert await changed(gateway, mine, **differs) == expected
    assert await gateway.codes(WHO, other) == []
    assert set(await changed(gateway, mine)) == {"at"}, "neither the code nor the password was used up"


async def test_a_code_of_a_sign_in_does_not_change_the_password(gateway: Gateway) -> None:
    mine = await signed_in(gateway)
    assert await changed(gateway, mine) == WRONG


async def test_guessing_stops_at_the_fifth_and_locks_nobody_out(gateway: Gateway) -> None:
    mine = await signed_in(gateway)
    guesses = [(await changed(gateway, mine, oldPassword="guess", code="000000"))["code"] for _ in range(7)]
    assert guesses == ["WRONG_PASSWORD_OR_CODE"] * 5 + ["TOO_MANY_PASSWORD_ATTEMPTS"] * 2
    code = await later(gateway)
    assert (await changed(gateway, mine))["retryAt"]
    assert "token" in await attempt(gateway, code=code), "signing in is counted apart"
    gateway.clock.advance(minutes=15)
    assert set(await changed(gateway, mine)) == {"at"}


async def test_of_several_at_once_one_wins(gateway: Gateway) -> None:
    mine = await signed_in(gateway)
    code = await later(gateway)
    others = [attempt(gateway, code=code) for _ in range(2)]
    changes = [changed(gateway, mine, newPassword=f"{NEW} {number}") for number in range(2)]
    outcomes: list[Any] = await asyncio.gather(*changes, *others)
    assert sum("at" in one or "token" in one for one in outcomes) == 1, outcomes
    async with gateway.application.services.database.read() as connection:
        wanted = select(func.count()).where(audit_entries.c.action == "officers:change_password")
        assert await connection.scalar(wanted) == sum("at" in one for one in outcomes)


async def test_a_token_that_was_issued_by_hand_has_no_password(gateway: Gateway) -> None:
    assert await changed(gateway, DEMO_TOKENS[Audience.OFFICER]) == WRONG
