"""Officers at once: a code opens one session, and no more guesses are looked at than are allowed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import func, select

from gateway.credentials import PasswordHashing
from plugins.officers.demo import DEMO_ADMINISTRATOR, DEMO_OFFICER, DEMO_PASSWORD
from plugins.officers.models import session
from tests.journeys.conftest import Gateway, Start
from tests.journeys.officers import attempt, code_of
from tests.journeys.test_officer_passwords import changed

ALLOWED = 5
PATIENT = {
    "VSSID_DATABASE_WAIT": "30",
    "VSSID_OFFICERS_SIGN_INS_PER_ADDRESS": "1000000",
    "VSSID_OFFICERS_SIGN_INS_TOGETHER": "1000000",
}


async def live_sessions(gateway: Gateway, name: str) -> int:
    """How many sessions an officer has that were not ended."""
    wanted = select(func.count()).where(session.c.officer_id == name, session.c.ended_at.is_(None))
    async with gateway.application.services.database.read() as connection:
        return (await connection.execute(wanted)).scalar_one()


@contextmanager
def evaluated() -> Iterator[list[str]]:
    """The passwords that are held against a hash meanwhile."""
    seen, verify = list[str](), PasswordHashing.verify

    async def noted(hashing: PasswordHashing, password_hash: str | None, password: str) -> bool:
        seen.append(password)
        return await verify(hashing, password_hash, password)

    with pytest.MonkeyPatch.context() as patches:
        patches.setattr(PasswordHashing, "verify", noted)
        yield seen


async def race_of_uses(gateway: Gateway, round_: int) -> None:
    """One code is used at once by several: one of them has a session."""
    before = await live_sessions(gateway, DEMO_OFFICER)
    code = code_of(gateway)
    outcomes = await asyncio.gather(*(attempt(gateway, DEMO_OFFICER, code=code) for _ in range(4)))
    assert sorted("token" in one for one in outcomes) == [False] * 3 + [True], outcomes
    assert await live_sessions(gateway, DEMO_OFFICER) == before + 1


async def race_of_guesses(gateway: Gateway, round_: int) -> None:
    """Many guesses at once: five are looked at, and then not even the right password is."""
    with evaluated() as seen:
        guesses = [attempt(gateway, password=f"guess {number}", code="000000") for number in range(20)]
        outcomes = await asyncio.gather(*guesses, attempt(gateway))
    opened = sum("token" in one for one in outcomes)
    refused = [one["code"] for one in outcomes if "code" in one]
    assert set(refused) <= {"WRONG_OFFICER_CREDENTIALS", "TOO_MANY_OFFICER_ATTEMPTS"}
    # Signing in forgets the attempts before it; whoever comes after it begins anew.
    assert len(seen) == refused.count("WRONG_OFFICER_CREDENTIALS") + opened <= ALLOWED * (1 + opened)
    assert len(seen) >= ALLOWED


async def race_of_changes(gateway: Gateway, round_: int) -> None:
    """A password is changed at once by several with one code: one of them has changed it."""
    old, new = (
        DEMO_PASSWORD if number == 0 else f"mật khẩu thật dài {number}" for number in (round_, round_ + 1)
    )
    gateway.clock.advance(seconds=60)
    token: str = (await attempt(gateway, password=old))["token"]
    gateway.clock.advance(seconds=60)
    several = (changed(gateway, token, oldPassword=old, newPassword=new) for _ in range(3))
    outcomes = await asyncio.gather(*several)
    assert sorted("at" in one for one in outcomes) == [False, False, True], outcomes
    assert await live_sessions(gateway, DEMO_ADMINISTRATOR) == 1


RACES = {"uses": race_of_uses, "guesses": race_of_guesses, "changes": race_of_changes}


@pytest.mark.parametrize("race", RACES)
@pytest.mark.parametrize("rounds", [3, pytest.param(334, marks=pytest.mark.exhaustive)])
async def test_races_have_one_end(start: Start, race: str, rounds: int) -> None:
    async with start(**PATIENT) as gateway:
        for number in range(rounds):
            await RACES[race](gateway, number)
            gateway.clock.advance(hours=13)  # every delay is over, and forgotten
