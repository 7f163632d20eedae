"""A forgotten password: back into the account by a code, and nothing told to whoever has none."""

from __future__ import annotations

import asyncio
import statistics
import time

import pytest

from gateway.demo.people import DemoParticipant
from plugins.accounts.demo import DEMO_PASSWORD
from tests.journeys.conftest import Gateway, Start
from tests.journeys.phones import REFUSED, Outcome, codes, received, sign_in, step, wrong

DEVICE, OTHER = "my-own-device-0000", "another-device-0000"
NEW = "bếp lửa chờn vờn"
FORGET = (
    "mutation ($code: String!, $device: String!) { forgetPassword(socialSecurityCode: $code, device: $device)"
    f" {{ __typename ... on RecoveryBegun {{ challenge validUntil }} {REFUSED} }} }}"
)
CONFIRM = (
    "mutation ($c: Confirmation!, $device: String!) { confirmForgottenPassword(confirmation: $c, device: $device)"
    f" {{ __typename ... on RecoveryConfirmed {{ challenge appCodeRequired }} {REFUSED} }} }}"
)
CHOOSE = (
    "mutation ($change: RecoveredPassword!) { chooseForgottenPassword(change: $change)"
    " { __typename ... on RequiredPasswordChanged { at } ... on PasswordRefused { passwordRefusal: code field }"
    f" {REFUSED} }} }}"
)
WRONG = {"__typename": "ChallengeRefused", "challengeRefusal": "CODE_WRONG", "retryAt": None}
OVER = {"__typename": "ChallengeRefused", "challengeRefusal": "CHALLENGE_OVER", "retryAt": None}


async def forget(gateway: Gateway, code: str) -> Outcome:
    outcome: Outcome = (await gateway.data(FORGET, code=code, device=DEVICE))["forgetPassword"]
    return outcome


async def confirm(gateway: Gateway, begun: Outcome, code: str, device: str = DEVICE) -> Outcome:
    given = {"challenge": begun["challenge"], "code": code}
    outcome: Outcome = (await gateway.data(CONFIRM, c=given, device=device))["confirmForgottenPassword"]
    return outcome


async def choose(
    gateway: Gateway, asked: Outcome, new: str = NEW, again: str | None = None, app_code: str | None = None
) -> Outcome:
    change = {"challenge": asked["challenge"], "device": DEVICE, "newPassword": new, "appCode": app_code}
    change["repeatedPassword"] = new if again is None else again
    outcome: Outcome = (await gateway.data(CHOOSE, change=change))["chooseForgottenPassword"]
    return outcome


async def test_a_new_password_by_a_code(gateway: Gateway, people: list[DemoParticipant]) -> None:
    person = people[1]
    token = (await sign_in(gateway, person, OTHER))["token"]
    begun = await forget(gateway, person.social_security_code)
    (code,) = await codes(gateway, person)
    assert "lay lai mat khau" in (await received(gateway, person))[0]
    gateway.clock.advance(seconds=1)
    asked = await confirm(gateway, begun, code)
    refused = await choose(gateway, asked, again="x")
    assert refused["passwordRefusal"] == "PASSWORDS_DIFFER"
    assert (await choose(gateway, asked, DEMO_PASSWORD))["passwordRefusal"] == "PASSWORD_COMMON"
    assert (await choose(gateway, asked))["__typename"] == "RequiredPasswordChanged"
    assert (await gateway.post("{ me { id } }", token)).status_code == 401
    assert "mat khau cua ban da duoc doi" in (await received(gateway, person))[-1]
    assert (await sign_in(gateway, person, DEVICE))["__typename"] == "SignInRefused"
    assert (await sign_in(gateway, person, DEVICE, NEW))["__typename"] == "SignedIn"
    assert await choose(gateway, asked, "sương sớm ấp iu") == OVER


async def test_steps_are_taken_in_their_order(gateway: Gateway, people: list[DemoParticipant]) -> None:
    person = people[1]
    begun = await forget(gateway, person.social_security_code)
    (code,) = await codes(gateway, person)
    assert await choose(gateway, begun) == OVER, "no password before the code"
    again = await step(gateway, "resendCode", challenge=begun["challenge"], device=DEVICE)
    assert again == OVER, "it would tell whether there is an account"
    required = {
        "challenge": begun["challenge"],
        "device": DEVICE,
        "newPassword": NEW,
        "repeatedPassword": NEW,
    }
    assert await step(gateway, "changeRequiredPassword", change=required) == OVER, "of another purpose"
    given = {"challenge": begun["challenge"], "code": code}
    assert await step(gateway, "confirmDevice", confirmation=given, device=DEVICE) == OVER
    assert await confirm(gateway, begun, code, OTHER) == WRONG, "of another device"
    asked = await confirm(gateway, begun, code)
    assert await confirm(gateway, begun, code) == WRONG, "used"
    assert await confirm(gateway, asked, code) == WRONG
    gateway.clock.advance(minutes=15)
    assert await choose(gateway, asked) == OVER, "too late"


@pytest.mark.parametrize("who", ["somebody", "nobody", "malformed"])
async def test_everybody_is_answered_alike(gateway: Gateway, people: list[DemoParticipant], who: str) -> None:
    codes_ = {"somebody": people[1].social_security_code, "nobody": "0099999999", "malformed": "no code"}
    for _ in range(3):
        begun = await forget(gateway, codes_[who])
        assert begun["__typename"] == "RecoveryBegun"
        assert begun["validUntil"] == "2020-12-01T09:05:00+07:00"
        assert begun["challenge"].startswith("chg_")
        assert len(begun["challenge"]) == len("chg_") + 43
        sent = await codes(gateway, people[1])
        for _ in range(6):
            assert await confirm(gateway, begun, wrong(sent[-1]) if sent else "000000") == WRONG
    assert (await forget(gateway, codes_[who]))["challengeRefusal"] == "TOO_MANY_CODES"


@pytest.mark.parametrize(
    ("setting", "sent"),
    [("CODES_PER_PARTICIPANT", 1), ("CODES_PER_NUMBER", 1), ("CODES_TOGETHER", 1)],
)
async def test_messages_have_quotas_that_are_not_told(
    start: Start, people: list[DemoParticipant], setting: str, sent: int
) -> None:
    async with start(**{f"VSSID_ACCOUNTS_{setting}": "1"}) as gateway:
        for _ in range(3):
            begun = await forget(gateway, people[1].social_security_code)
            assert begun["__typename"] == "RecoveryBegun"
        assert len(await codes(gateway, people[1])) == sent


@pytest.mark.parametrize("setting", ["RECOVERIES_PER_ADDRESS", "RECOVERIES_TOGETHER"])
async def test_accounts_are_not_tried_one_after_the_other(
    start: Start, people: list[DemoParticipant], setting: str
) -> None:
    async with start(**{f"VSSID_ACCOUNTS_{setting}": "2"}) as gateway:
        outcomes = [await forget(gateway, person.social_security_code) for person in people[3:6]]
        assert [one["__typename"] for one in outcomes] == ["RecoveryBegun"] * 2 + ["ChallengeRefused"]


async def test_of_two_choices_one_counts(start: Start, people: list[DemoParticipant]) -> None:
    async with start(VSSID_DATABASE_WAIT="30") as gateway:
        begun = await forget(gateway, people[1].social_security_code)
        asked = await confirm(gateway, begun, (await codes(gateway, people[1]))[-1])
        outcomes = await asyncio.gather(*(choose(gateway, asked, new) for new in (NEW, "sương sớm ấp iu")))
        assert sorted(one["__typename"] for one in outcomes) == [
            "ChallengeRefused",
            "RequiredPasswordChanged",
        ]


async def test_whether_there_is_an_account_cannot_be_timed(
    start: Start, people: list[DemoParticipant]
) -> None:
    """Pairs, as for signing in."""
    settings = {"VSSID_HASHING_MEMORY": str(19 * 1024), "VSSID_HASHING_PASSES": "2"}
    somebody, nobody = list[float](), list[float]()
    async with start(**settings) as gateway:
        for number in range(25):
            person = people[3 + number]
            for code, seconds in ((person.social_security_code, somebody), (f"00999999{number:02}", nobody)):
                started = time.perf_counter()
                begun = await forget(gateway, code)
                assert await confirm(gateway, begun, "000000") == WRONG
                seconds.append(time.perf_counter() - started)
    difference = statistics.median(known - unknown for known, unknown in zip(somebody, nobody, strict=True))
    assert abs(difference) < max(0.005, 0.2 * statistics.median(nobody))
