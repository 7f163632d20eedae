"""An authenticator app: registered with the phone, used in its place, and what becomes of it when it is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pyotp
import pytest
from sqlalchemy import insert, select

from gateway.audit import audit_entries
from gateway.credentials import new_totp_secret
from gateway.demo.people import DemoParticipant
from plugins.accounts.authenticator_app.models import authenticator, forget_app, recovery_code
from plugins.accounts.authenticator_app.recovery_codes import new_recovery_codes
from plugins.accounts.authenticator_app.spending import sealing
from plugins.accounts.challenges.models import challenge
from plugins.accounts.demo import DEMO_PASSWORD
from tests.journeys import test_forgotten_password as forgotten
from tests.journeys import test_lost_phone as lost
from tests.journeys.conftest import Gateway, Start
from tests.journeys.phones import Outcome, codes, received, sign_in, step, wrong
from tests.journeys.test_contact import PHONE, change, confirm, registered
from tests.journeys.test_one_device import PATIENT, begin_anew

FIRST, SECOND, THIRD = "first-device-0000", "second-device-0000", "third-device-0000"
MINE = "{ me { authenticator { registeredAt recoveryCodesLeft } } }"


def shown(gateway: Gateway, secret: str, seconds: int = 0) -> str:
    """What the app shows, so many seconds later."""
    return pyotp.TOTP(secret).at(gateway.clock.now, counter_offset=seconds // 30)


async def begin(gateway: Gateway, token: str, password: str = DEMO_PASSWORD) -> Outcome:
    return await step(gateway, "registerAuthenticator", token, password=password)


async def finish(gateway: Gateway, token: str, begun: Outcome, code: str, app_code: str) -> Outcome:
    given = {"challenge": begun["challenge"], "code": code, "appCode": app_code}
    return await step(gateway, "confirmAuthenticator", token, confirmation=given)


async def with_app(gateway: Gateway, person: DemoParticipant) -> tuple[str, str, list[str]]:
    """A session, the secret of an app, and its recovery codes; the next code of the app is good."""
    token = (await sign_in(gateway, person, FIRST))["token"]
    begun = await begin(gateway, token)
    code = (await codes(gateway, person))[-1]
    outcome = await finish(gateway, token, begun, code, shown(gateway, begun["secret"]))
    assert outcome["__typename"] == "RecoveryCodes", outcome
    gateway.clock.advance(seconds=30)
    return token, begun["secret"], outcome["codes"]


async def warned(gateway: Gateway, person: DemoParticipant, device: str) -> Outcome:
    """A device that may take the other's place with a code."""
    found = await sign_in(gateway, person, device)
    return await step(gateway, "continueOnThisDevice", challenge=found["challenge"], device=device)


async def take_over(gateway: Gateway, asked: Outcome, code: str, device: str) -> str:
    """What confirming the device comes to."""
    given = {"challenge": asked["challenge"], "code": code}
    outcome = await step(gateway, "confirmDevice", confirmation=given, device=device)
    return str(outcome.get("challengeRefusal") or outcome["__typename"])


async def apps_left(gateway: Gateway, token: str) -> int | None:
    """How many recovery codes are left, None without an app."""
    found = (await gateway.data(MINE, token))["me"]["authenticator"]
    return None if found is None else found["recoveryCodesLeft"]


async def test_an_app_takes_the_place_of_messages(gateway: Gateway, people: list[DemoParticipant]) -> None:
    person = people[1]
    token = (await sign_in(gateway, person, FIRST))["token"]
    assert await apps_left(gateway, token) is None
    begun = await begin(gateway, token)
    assert begun["sentTo"].endswith(person.phone[-3:])
    assert begun["uri"].startswith("otpauth://totp/VssID:")
    assert f"secret={begun['secret']}" in begun["uri"]
    assert "dang ky ung dung xac thuc" in (await received(gateway, person))[0]
    (code,) = await codes(gateway, person)
    assert await apps_left(gateway, token) is None, "not before it is confirmed"
    gateway.clock.advance(seconds=1)
    first = shown(gateway, begun["secret"])
    made = await finish(gateway, token, begun, code, first)
    assert len(set(made["codes"])) == 10
    assert await gateway.data(MINE, token) == {
        "me": {"authenticator": {"registeredAt": "2020-12-01T09:00:01+07:00", "recoveryCodesLeft": 10}}
    }
    assert "da dang ky ung dung xac thuc luc 09:00" in (await received(gateway, person))[-1]
    async with gateway.application.services.database.read() as connection:
        noted = await connection.scalars(
            select(audit_entries.c.action).where(audit_entries.c.action.like("accounts:%app"))
        )
        assert noted.all() == ["accounts:register_app"]


async def test_another_device_takes_over_with_the_app(
    gateway: Gateway, people: list[DemoParticipant]
) -> None:
    person = people[1]
    token = (await sign_in(gateway, person, FIRST))["token"]
    begun = await begin(gateway, token)
    first = shown(gateway, begun["secret"])
    made = await finish(gateway, token, begun, (await codes(gateway, person))[-1], first)
    before = len(await received(gateway, person))
    asked = await warned(gateway, person, SECOND)
    assert asked["__typename"] == "AppCodeRequired"
    assert asked["validUntil"] == "2020-12-01T09:15:00+07:00"
    assert len(await received(gateway, person)) == before, "no code is sent any more"
    assert await take_over(gateway, asked, first, SECOND) == "CODE_WRONG", "it was used already"
    gateway.clock.advance(seconds=30)
    second = shown(gateway, begun["secret"])
    assert await take_over(gateway, asked, second, SECOND) == "SignedIn"
    asked = await warned(gateway, person, THIRD)
    assert await take_over(gateway, asked, second, THIRD) == "CODE_WRONG"
    gateway.clock.advance(seconds=1)
    written = made["codes"][3].upper().replace("-", " ")
    assert await take_over(gateway, asked, written, THIRD) == "SignedIn"
    assert "mot ma khoi phuc cua ban da duoc dung" in "".join(await received(gateway, person))
    asked = await warned(gateway, person, SECOND)
    assert await take_over(gateway, asked, made["codes"][3], SECOND) == "CODE_WRONG", "once"
    assert await take_over(gateway, asked, made["codes"][4], SECOND) == "SignedIn"
    token = (await sign_in(gateway, person, SECOND))["token"]
    assert await apps_left(gateway, token) == 8


async def test_what_registers_no_app(gateway: Gateway, people: list[DemoParticipant]) -> None:
    person = people[1]
    token = (await sign_in(gateway, person, FIRST))["token"]
    assert (await begin(gateway, token, "a guess"))["changeRefusal"] == "PRESENT_PASSWORD_WRONG"
    for name in ("removeAuthenticator", "renewRecoveryCodes"):
        proof = {"password": DEMO_PASSWORD, "code": "000000"}
        assert (await step(gateway, name, token, proof=proof))["changeRefusal"] == "NO_AUTHENTICATOR"
    begun = await begin(gateway, token)
    (code,) = await codes(gateway, person)
    right = shown(gateway, begun["secret"])
    for bad in (wrong(right), "", shown(gateway, new_totp_secret(), 90), code if code != right else ""):
        refused = await finish(gateway, token, begun, code, bad)
        assert (refused["changeRefusal"], refused["field"]) == ("APP_CODE_WRONG", "appCode")
    refused = await finish(gateway, token, begun, wrong(code), right)
    assert refused["challengeRefusal"] == "CODE_WRONG"
    assert await apps_left(gateway, token) is None
    assert (await finish(gateway, token, begun, code, right))["__typename"] == "RecoveryCodes"
    assert (await finish(gateway, token, begun, code, right))["challengeRefusal"] == "CHALLENGE_OVER"
    assert (await begin(gateway, token))["changeRefusal"] == "AUTHENTICATOR_REGISTERED"


async def test_guesses_of_the_app_are_counted(gateway: Gateway, people: list[DemoParticipant]) -> None:
    """Five a challenge and fifteen a day, whatever they are for; then the right one is refused as well."""
    person = people[1]
    token, secret, _ = await with_app(gateway, person)
    answers = list[str]()
    for _ in range(2):
        asked = await warned(gateway, person, SECOND)
        answers += [await take_over(gateway, asked, shown(gateway, secret, 600), SECOND) for _ in range(6)]
        asked_again = await step(gateway, "resendCode", challenge=asked["challenge"], device=SECOND)
        assert asked_again["challengeRefusal"] == "CHALLENGE_OVER"
    assert answers == (["CODE_WRONG"] * 5 + ["CHALLENGE_OVER"]) * 2
    proof = {"password": DEMO_PASSWORD, "code": "jjjj-jjjj-jjjj"}
    removals = [await step(gateway, "removeAuthenticator", token, proof=proof) for _ in range(6)]
    assert [one.get("challengeRefusal") for one in removals] == ["CODE_WRONG"] * 5 + [None]
    assert removals[-1]["changeRefusal"] == "PRESENT_PASSWORD_PAUSE"
    gateway.clock.advance(hours=1)
    proof["code"] = shown(gateway, secret)
    refused = await step(gateway, "removeAuthenticator", token, proof=proof)
    assert refused["challengeRefusal"] == "TOO_MANY_CODES"
    gateway.clock.advance(days=1)
    proof["code"] = shown(gateway, secret)
    assert (await step(gateway, "removeAuthenticator", token, proof=proof))["at"]


@pytest.mark.parametrize(
    ("seconds", "taken"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)]
)
async def test_a_clock_may_be_half_a_minute_off(
    gateway: Gateway, people: list[DemoParticipant], seconds: int, taken: bool
) -> None:
    _, secret, _ = await with_app(gateway, people[1])
    gateway.clock.advance(seconds=60)
    asked = await warned(gateway, people[1], SECOND)
    outcome = await take_over(gateway, asked, shown(gateway, secret, seconds), SECOND)
    assert outcome == ("SignedIn" if taken else "CODE_WRONG")


async def test_the_app_proves_no_new_number(gateway: Gateway, people: list[DemoParticipant]) -> None:
    """It stands in for the old phone, which may be lost, and never for the new one."""
    person = people[1]
    token, secret, kept = await with_app(gateway, person)
    before = len(await codes(gateway, person))
    begun = await change(gateway, token, "Phone", PHONE)
    assert begun["__typename"] == "AppCodeRequired"
    asked = await confirm(gateway, token, "OldPhone", begun, shown(gateway, secret))
    assert asked["sentTo"].endswith(PHONE[-3:])
    gateway.clock.advance(seconds=30)
    for code in (shown(gateway, secret), kept[0]):
        refused = await confirm(gateway, token, "NewPhone", asked, code)
        assert refused["challengeRefusal"] == "CODE_WRONG"
    (code,) = await codes(gateway, PHONE)
    assert (await confirm(gateway, token, "NewPhone", asked, code))["__typename"] == "ContactChanged"
    assert (await registered(gateway, token))["phone"] == PHONE
    assert len(await codes(gateway, person)) == before
    assert "so dien thoai cua tai khoan" in (await received(gateway, person))[-1], "the old number is told"
    assert await apps_left(gateway, token) == 10


async def test_an_app_confirms_a_new_password(gateway: Gateway, people: list[DemoParticipant]) -> None:
    token, secret, _ = await with_app(gateway, people[1])
    change = {"oldPassword": DEMO_PASSWORD, "newPassword": forgotten.NEW, "repeatedPassword": forgotten.NEW}
    sent = await step(gateway, "changePassword", token, change=change)
    assert sent["__typename"] == "AppCodeRequired"
    outcome = await confirm(gateway, token, "Password", sent, shown(gateway, secret))
    assert outcome["__typename"] == "SignedIn"
    assert await apps_left(gateway, outcome["token"]) == 10


async def test_removing_and_new_recovery_codes(gateway: Gateway, people: list[DemoParticipant]) -> None:
    person = people[1]
    token, secret, old = await with_app(gateway, person)

    async def asked(name: str, code: str, password: str = DEMO_PASSWORD) -> Outcome:
        return await step(gateway, name, token, proof={"password": password, "code": code})

    code = shown(gateway, secret)
    assert (await asked("renewRecoveryCodes", code, "a guess"))["changeRefusal"] == "PRESENT_PASSWORD_WRONG"
    assert (await asked("renewRecoveryCodes", wrong(code)))["challengeRefusal"] == "CODE_WRONG"
    made = await asked("renewRecoveryCodes", code)
    assert set(made["codes"]).isdisjoint(old)
    assert (await asked("removeAuthenticator", code))["challengeRefusal"] == "CODE_WRONG", "used"
    assert (await asked("removeAuthenticator", old[0]))["challengeRefusal"] == "CODE_WRONG", "of the old set"
    begun = await warned(gateway, person, SECOND)
    gateway.clock.advance(seconds=1)
    assert (await asked("removeAuthenticator", made["codes"][0]))["__typename"] == "AuthenticatorRemoved"
    assert await apps_left(gateway, token) is None
    assert "da go ung dung xac thuc" in "".join(await received(gateway, person))
    assert await take_over(gateway, begun, made["codes"][1], SECOND) == "CHALLENGE_OVER"
    gateway.clock.advance(hours=1)
    sent = await warned(gateway, person, SECOND)
    assert sent["__typename"] == "CodeSent", "by SMS again"
    gateway.clock.advance(seconds=30)
    assert await take_over(gateway, sent, shown(gateway, secret), SECOND) == "CODE_WRONG"
    assert await take_over(gateway, sent, (await codes(gateway, person))[-1], SECOND) == "SignedIn"


@pytest.mark.parametrize("by", ["app", "recovery code"])
async def test_a_phone_in_wrong_hands_recovers_nothing(
    gateway: Gateway, people: list[DemoParticipant], by: str
) -> None:
    """Whoever has an app needs it, or a recovery code, for a forgotten password as well."""
    person = people[1]
    _, secret, kept = await with_app(gateway, person)
    begun = await forgotten.forget(gateway, person.social_security_code)
    code = (await codes(gateway, person))[-1]
    assert "lay lai mat khau" in "".join(await received(gateway, person))
    assert await forgotten.confirm(gateway, begun, shown(gateway, secret)) == forgotten.WRONG
    asked = await forgotten.confirm(gateway, begun, code)
    assert asked["appCodeRequired"] is True
    for bad in (None, code, wrong(shown(gateway, secret))):
        assert await forgotten.choose(gateway, asked, app_code=bad) == forgotten.WRONG
    right = shown(gateway, secret) if by == "app" else kept[0]
    refused = await forgotten.choose(gateway, asked, again="x", app_code=right)
    assert refused["passwordRefusal"] == "PASSWORDS_DIFFER", "and the code is good for another try"
    chosen = await forgotten.choose(gateway, asked, app_code=right)
    assert chosen["__typename"] == "RequiredPasswordChanged"
    token = (await sign_in(gateway, person, FIRST, forgotten.NEW))["token"]
    assert await apps_left(gateway, token) == (10 if by == "app" else 9), "the app stays"


async def test_five_guesses_at_a_forgotten_password(gateway: Gateway, people: list[DemoParticipant]) -> None:
    person = people[1]
    _, secret, _ = await with_app(gateway, person)
    begun = await forgotten.forget(gateway, person.social_security_code)
    asked = await forgotten.confirm(gateway, begun, (await codes(gateway, person))[-1])
    guesses = [await forgotten.choose(gateway, asked, app_code="000000") for _ in range(5)]
    assert guesses == [forgotten.WRONG] * 5
    assert await forgotten.choose(gateway, asked, app_code=shown(gateway, secret)) == forgotten.OVER


async def test_an_officers_reset_ends_the_app(gateway: Gateway, people: list[DemoParticipant]) -> None:
    person = people[1]
    await with_app(gateway, person)
    key = await lost.requested(gateway, person)
    assert await lost.outcome(gateway, lost.SECOND, lost.CONFIRM, id=key) == {"id": key}
    async with gateway.application.services.database.read() as connection:
        for table in (authenticator, recovery_code):
            assert (await connection.execute(select(table))).all() == []


async def test_neither_secrets_nor_recovery_codes_are_stored(
    gateway: Gateway, people: list[DemoParticipant]
) -> None:
    person = people[1]
    token = (await sign_in(gateway, person, FIRST))["token"]
    begun = await begin(gateway, token)

    async def stored() -> str:
        async with gateway.application.services.database.read() as connection:
            tables = (challenge, authenticator, recovery_code)
            return repr([(await connection.execute(select(table))).all() for table in tables])

    assert begun["secret"] not in await stored()
    code = (await codes(gateway, person))[-1]
    made = await finish(gateway, token, begun, code, shown(gateway, begun["secret"]))
    kept = await stored()
    assert kept.count(person.key) >= 11
    for secret in (begun["secret"], *made["codes"], *(one.replace("-", "") for one in made["codes"])):
        assert secret not in kept


async def given_app(gateway: Gateway, person: DemoParticipant) -> tuple[str, str]:
    """A code of an app, and a recovery code, of somebody to whom both were given past the flow."""
    services, secret = gateway.application.services, new_totp_secret()
    values: dict[str, Any] = {
        "participant_id": person.key,
        "used_step": 0,
        "registered_at": gateway.clock.now,
    }
    async with services.database.write() as work:
        await forget_app(work, person.key)
        values["secret"] = sealing(services).sealed(secret, person.key)
        await work.execute(insert(authenticator), values)
        made = await new_recovery_codes(services, work, person.key)
    return shown(gateway, secret), made[0]


async def race(gateway: Gateway, person: DemoParticipant, which: int, contenders: int) -> None:
    """Several devices use one code at once: one of them takes over."""
    code = (await given_app(gateway, person))[which]
    await sign_in(gateway, person, FIRST)
    names = [f"device-in-a-race-{number:04}" for number in range(contenders)]
    asked = [(await warned(gateway, person, name), name) for name in names]
    uses: list[Awaitable[str]] = [take_over(gateway, one, code, name) for one, name in asked]
    assert sorted(await asyncio.gather(*uses)) == ["CODE_WRONG"] * (contenders - 1) + ["SignedIn"]


async def race_on_one_challenge(
    gateway: Gateway, person: DemoParticipant, which: int, contenders: int
) -> None:
    """The same, of one device that sends its request again and again."""
    code = (await given_app(gateway, person))[which]
    await sign_in(gateway, person, FIRST)
    asked = await warned(gateway, person, SECOND)
    uses = [take_over(gateway, asked, code, SECOND) for _ in range(contenders)]
    assert (await asyncio.gather(*uses)).count("SignedIn") == 1


Race = Callable[[Gateway, DemoParticipant, int, int], Awaitable[None]]


@pytest.mark.parametrize("run", [race, race_on_one_challenge])
@pytest.mark.parametrize("which", [0, 1], ids=["app", "recovery code"])
@pytest.mark.parametrize("rounds", [2, pytest.param(500, marks=pytest.mark.exhaustive)])
async def test_a_code_is_used_once_whoever_else_uses_it(
    start: Start, people: list[DemoParticipant], run: Race, which: int, rounds: int
) -> None:
    async with start(**PATIENT) as gateway:
        for number in range(rounds):
            await run(gateway, people[3 + number % 18], which, 4)
            await begin_anew(gateway)
