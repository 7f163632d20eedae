"""Passwords: changed with a code, before the first sign-in, when they are old, and whenever somebody likes."""

from __future__ import annotations

import asyncio
import datetime as dt

import pytest
from sqlalchemy import select

from gateway.demo.people import DemoParticipant
from gateway.outbox.tables import message
from plugins.accounts.challenges.models import challenge
from plugins.accounts.demo import DEMO_PASSWORD, DEMO_TOKENS, NEWCOMER
from plugins.accounts.models import credential, former_password
from plugins.accounts.signing.reminding import forget_challenges, remind
from tests.journeys.conftest import Gateway, Start
from tests.journeys.phones import Outcome, codes, received, sign_in, step, wrong

DEVICE, OTHER = "first-device-0000", "second-device-0000"
NEW = "Hoa sưa tháng ba"
ME = "{ me { id } }"


async def choose(gateway: Gateway, required: Outcome, new: str = NEW, device: str = DEVICE) -> Outcome:
    """Choose a password before signing in."""
    change = {"challenge": required["challenge"], "device": device}
    change |= {"newPassword": new, "repeatedPassword": new}
    return await step(gateway, "changeRequiredPassword", change=change)


async def confirm_required(gateway: Gateway, sent: Outcome, code: str, device: str = DEVICE) -> Outcome:
    """Confirm it."""
    confirmation = {"challenge": sent["challenge"], "code": code}
    return await step(gateway, "confirmRequiredPassword", confirmation=confirmation, device=device)


async def change(
    gateway: Gateway, token: str, old: str = DEMO_PASSWORD, new: str = NEW, again: str | None = None
) -> Outcome:
    """Choose a password while signed in."""
    given = {"oldPassword": old, "newPassword": new, "repeatedPassword": new if again is None else again}
    return await step(gateway, "changePassword", token, change=given)


async def confirm(gateway: Gateway, token: str, sent: Outcome, code: str) -> Outcome:
    """Confirm it."""
    confirmation = {"challenge": sent["challenge"], "code": code}
    return await step(gateway, "confirmPassword", token, confirmation=confirmation)


async def test_a_first_sign_in_asks_for_a_new_password(
    gateway: Gateway, people: list[DemoParticipant]
) -> None:
    person = people[NEWCOMER]
    required = await sign_in(gateway, person, DEVICE)
    assert (required["__typename"], required["reason"]) == ("PasswordChangeRequired", "TEMPORARY")
    refused = await gateway.post(ME, required["challenge"])
    assert refused.status_code == 401

    sent = await choose(gateway, required)
    assert sent["__typename"] == "CodeSent"
    (code,) = await codes(gateway, person)
    assert (await sign_in(gateway, person, DEVICE, NEW))["__typename"] == "SignInRefused"
    assert (await confirm_required(gateway, sent, wrong(code)))["challengeRefusal"] == "CODE_WRONG"
    changed = await confirm_required(gateway, sent, code)
    assert changed == {"__typename": "RequiredPasswordChanged", "at": "2020-12-01T09:00:00+07:00"}

    assert (await sign_in(gateway, person, DEVICE))["__typename"] == "SignInRefused"
    signed_in = await sign_in(gateway, person, DEVICE, NEW.upper())
    assert signed_in["__typename"] == "SignInRefused"
    signed_in = await sign_in(gateway, person, DEVICE, "Hoa su\u031ba tha\u0301ng ba")
    assert signed_in["__typename"] == "SignedIn"
    assert signed_in["passwordExpiresOn"] == "2021-06-01"
    assert signed_in["passwordReminder"] is None
    assert any("mat khau cua ban da duoc doi luc 09:00" in text for text in await received(gateway, person))


@pytest.mark.parametrize(
    ("days", "outcome", "reminder"),
    [
        (167, "SignedIn", None),
        (168, "SignedIn", 14),
        (181, "SignedIn", 1),
        (182, "PasswordChangeRequired", None),
        (400, "PasswordChangeRequired", None),
    ],
)
async def test_a_password_is_good_for_six_months(
    gateway: Gateway, people: list[DemoParticipant], days: int, outcome: str, reminder: int | None
) -> None:
    gateway.clock.advance(days=days)
    found = await sign_in(gateway, people[1], DEVICE)
    assert found["__typename"] == outcome
    if outcome == "SignedIn":
        assert found["passwordExpiresOn"] == "2021-06-01"
        assert found["passwordReminder"] == reminder
    else:
        assert found["reason"] == "EXPIRED"


async def test_no_session_outlives_its_password(gateway: Gateway, people: list[DemoParticipant]) -> None:
    gateway.clock.advance(days=181, hours=14, minutes=59)
    signed_in = await sign_in(gateway, people[1], DEVICE)
    assert signed_in["expiresAt"] == "2021-06-01T00:00:00+07:00"
    assert (await gateway.post(ME, signed_in["token"])).status_code == 200
    gateway.clock.advance(minutes=1)
    assert (await gateway.post(ME, signed_in["token"])).status_code == 401
    assert (await sign_in(gateway, people[1], DEVICE))["__typename"] == "PasswordChangeRequired"


async def test_a_password_is_changed_with_a_code(gateway: Gateway, people: list[DemoParticipant]) -> None:
    person = people[1]
    token = (await sign_in(gateway, person, DEVICE))["token"]
    gateway.clock.advance(days=10)
    sent = await change(gateway, token)
    (code,) = await codes(gateway, person)
    assert (await gateway.post(ME, token)).status_code == 200
    changed = await confirm(gateway, token, sent, code)

    assert changed["__typename"] == "SignedIn"
    assert changed["passwordExpiresOn"] == "2021-06-11"
    assert (await gateway.post(ME, changed["token"])).status_code == 200
    dead = await gateway.post(ME, token)
    assert dead.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert (await sign_in(gateway, person, DEVICE))["__typename"] == "SignInRefused"
    assert (await sign_in(gateway, person, DEVICE, NEW))["__typename"] == "SignedIn"


async def test_the_demo_token_changes_its_password_too(
    gateway: Gateway, people: list[DemoParticipant]
) -> None:
    token = DEMO_TOKENS[next(one for one in DEMO_TOKENS if one.value == "participant")]
    sent = await change(gateway, token)
    (code,) = await codes(gateway, people[0])
    assert (await confirm(gateway, token, sent, code))["__typename"] == "SignedIn"


@pytest.mark.parametrize(
    ("given", "refusal", "field"),
    [
        ({"old": "wrong"}, "OLD_PASSWORD_WRONG", "oldPassword"),
        ({"again": NEW + "!"}, "PASSWORDS_DIFFER", "repeatedPassword"),
        ({"new": DEMO_PASSWORD}, "PASSWORD_COMMON", "newPassword"),
        ({"new": "1234567"}, "PASSWORD_TOO_SHORT", "newPassword"),
        ({"new": "x" * 129}, "PASSWORD_TOO_LONG", "newPassword"),
        ({"new": "mat khau 2020"}, "PASSWORD_COMMON", "newPassword"),
    ],
    ids=str,
)
async def test_a_password_that_is_not_taken_changes_nothing(
    gateway: Gateway, people: list[DemoParticipant], given: dict[str, str], refusal: str, field: str
) -> None:
    token = (await sign_in(gateway, people[1], DEVICE))["token"]
    refused = await change(gateway, token, **given)
    assert refused == {
        "__typename": "PasswordRefused",
        "passwordRefusal": refusal,
        "field": field,
        "retryAt": None,
    }
    assert await received(gateway, people[1]) == []


async def test_a_password_is_not_made_of_its_owner(gateway: Gateway, people: list[DemoParticipant]) -> None:
    person = people[1]
    token = (await sign_in(gateway, person, DEVICE))["token"]
    owned = [
        person.social_security_code,
        "0" + person.phone[3:],
        f"{person.birth_date:%d%m%Y}",
        person.full_name,
    ]
    for new in owned:
        assert (await change(gateway, token, new=f"{new}!"))["passwordRefusal"] == "PASSWORD_PERSONAL"
    async with gateway.application.services.database.read() as connection:
        assert (await connection.execute(select(challenge))).all() == []


async def test_passwords_before_are_not_taken_again(start: Start, people: list[DemoParticipant]) -> None:
    person = people[1]
    async with start(VSSID_ACCOUNTS_FORMER_PASSWORDS="2", VSSID_ACCOUNTS_CODES_PER_NUMBER="100") as gateway:
        token = (await sign_in(gateway, person, DEVICE))["token"]
        old = DEMO_PASSWORD
        for new in ("bếp lửa chờn vờn", "sương sớm ấp iu", "nồng đượm cháu thương"):
            gateway.clock.advance(hours=1)
            sent = await change(gateway, token, old, new)
            token = (await confirm(gateway, token, sent, (await codes(gateway, person))[-1]))["token"]
            assert (await change(gateway, token, new, old if old != DEMO_PASSWORD else new))[
                "passwordRefusal"
            ] == "PASSWORD_USED_BEFORE"
            old = new
        gateway.clock.advance(hours=1)
        async with gateway.application.services.database.read() as connection:
            assert len((await connection.execute(select(former_password))).all()) == 2


async def test_a_changed_password_ends_what_was_begun(
    gateway: Gateway, people: list[DemoParticipant]
) -> None:
    person = people[1]
    token = (await sign_in(gateway, person, DEVICE))["token"]
    warned = await sign_in(gateway, person, OTHER)
    gateway.clock.advance(seconds=1)
    sent = await change(gateway, token)
    changed = await confirm(gateway, token, sent, (await codes(gateway, person))[-1])
    over = await step(gateway, "continueOnThisDevice", challenge=warned["challenge"], device=OTHER)
    assert over["challengeRefusal"] == "CHALLENGE_OVER"
    assert (await gateway.post(ME, changed["token"])).status_code == 200


async def test_a_code_for_a_device_does_not_change_a_password(
    gateway: Gateway, people: list[DemoParticipant]
) -> None:
    person = people[1]
    token = (await sign_in(gateway, person, DEVICE))["token"]
    warned = await sign_in(gateway, person, OTHER)
    await step(gateway, "continueOnThisDevice", challenge=warned["challenge"], device=OTHER)
    (code,) = await codes(gateway, person)
    assert (await confirm(gateway, token, warned, code))["challengeRefusal"] == "CHALLENGE_OVER"
    sent = await change(gateway, token)
    if code not in (await codes(gateway, person))[1:]:
        assert (await confirm(gateway, token, sent, code))["challengeRefusal"] == "CODE_WRONG"


async def test_old_passwords_are_not_guessed_with_a_stolen_token(
    gateway: Gateway, people: list[DemoParticipant]
) -> None:
    token = (await sign_in(gateway, people[1], DEVICE))["token"]
    refusals = [(await change(gateway, token, old=f"guess {guess}"))["passwordRefusal"] for guess in range(7)]
    assert refusals == ["OLD_PASSWORD_WRONG"] * 5 + ["PASSWORD_PAUSE"] * 2


async def test_of_two_first_changes_one_counts(start: Start, people: list[DemoParticipant]) -> None:
    person = people[NEWCOMER]
    async with start(VSSID_DATABASE_WAIT="30") as gateway:
        asked = []
        for device, new in ((DEVICE, "bếp lửa chờn vờn"), (OTHER, "sương sớm ấp iu")):
            required = await sign_in(gateway, person, device)
            sent = await choose(gateway, required, new, device)
            asked.append((sent, (await codes(gateway, person))[-1], device))
            gateway.clock.advance(seconds=1)
        outcomes = await asyncio.gather(*(confirm_required(gateway, *one) for one in asked))
        assert sorted(outcome["__typename"] for outcome in outcomes) == [
            "ChallengeRefused",
            "RequiredPasswordChanged",
        ]
        assert (await sign_in(gateway, person, DEVICE))["__typename"] == "SignInRefused"


async def test_neither_codes_nor_passwords_nor_tokens_are_stored(
    gateway: Gateway, people: list[DemoParticipant]
) -> None:
    person = people[NEWCOMER]
    required = await sign_in(gateway, person, DEVICE)
    sent = await choose(gateway, required)
    (code,) = await codes(gateway, person)
    async with gateway.application.services.database.read() as connection:
        (row,) = (await connection.execute(select(challenge))).all()
        (posted,) = (await connection.execute(select(message).where(message.c.purpose == "otp"))).all()
    assert posted.secret
    assert posted.expires_at == gateway.clock.now + dt.timedelta(minutes=5)
    for secret in (code, NEW, required["challenge"], DEVICE):
        assert secret not in repr(row)
    await confirm_required(gateway, sent, code)
    async with gateway.application.services.database.read() as connection:
        kept = (
            await connection.execute(select(credential).where(credential.c.participant_id == person.key))
        ).one()
    assert NEW not in repr(kept)
    assert not kept.temporary


async def test_reminders_are_sent_twice_before_a_password_expires(
    gateway: Gateway, people: list[DemoParticipant]
) -> None:
    services, sent = gateway.application.services, list[int]()
    for days in (160, 7, 1, 1, 8, 3, 1, 1):
        gateway.clock.advance(days=days)
        await remind(services)
        await remind(services)
        sent.append(len(await received(gateway, people[1])))
    assert sent == [0, 0, 1, 1, 1, 2, 2, 2]
    assert "het han ngay 01/06/2021" in (await received(gateway, people[1]))[0]
    assert await received(gateway, people[NEWCOMER]) == []


async def test_challenges_that_are_over_are_deleted(gateway: Gateway, people: list[DemoParticipant]) -> None:
    services = gateway.application.services
    await sign_in(gateway, people[NEWCOMER], DEVICE)
    for minutes, left in ((14, 1), (1, 0)):
        gateway.clock.advance(minutes=minutes)
        await forget_challenges(services)
        async with services.database.read() as connection:
            assert len((await connection.execute(select(challenge))).all()) == left
