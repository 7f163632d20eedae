"""A code is good for what it was sent for, and for nothing else: every purpose against every mutation that takes a code."""

from __future__ import annotations

from typing import Final

from sqlalchemy import update

from gateway.demo.people import DemoParticipant
from plugins.accounts.challenges import Purpose
from plugins.accounts.challenges.models import challenge
from plugins.accounts.challenges.opening import Challenge, open_challenge
from plugins.accounts.challenges.sending import code_hash
from plugins.accounts.signing.devices import place_of
from tests.journeys.conftest import Gateway
from tests.journeys.phones import FLOWS, Outcome, sign_in

DEVICE: Final = "my-own-device-0000"
CODE: Final = "271828"
FORGOTTEN: Final = (
    "mutation ($confirmation: Confirmation!, $device: String!) { confirmForgottenPassword"
    "(confirmation: $confirmation, device: $device) { __typename ... on ChallengeRefused { challengeRefusal: code } } }"
)
APP: Final = (
    "mutation ($confirmation: AuthenticatorConfirmation!) { confirmAuthenticator(confirmation: $confirmation)"
    " { __typename ... on ChallengeRefused { challengeRefusal: code } } }"
)
BEFORE: Final = {
    "confirmDevice": (Purpose.SWITCH_DEVICE, FLOWS["confirmDevice"]),
    "confirmRequiredPassword": (Purpose.REQUIRED_PASSWORD, FLOWS["confirmRequiredPassword"]),
    "confirmForgottenPassword": (Purpose.FORGOTTEN_PASSWORD, FORGOTTEN),
}
"""Mutations for those who are not signed in: they name the device."""
WITHIN: Final = {
    "confirmPassword": (Purpose.CHANGE_PASSWORD, FLOWS["confirmPassword"]),
    "confirmOldPhone": (Purpose.CHANGE_PHONE, FLOWS["confirmOldPhone"]),
    "confirmNewPhone": (Purpose.NEW_PHONE, FLOWS["confirmNewPhone"]),
    "confirmOldEmail": (Purpose.CHANGE_EMAIL, FLOWS["confirmOldEmail"]),
    "confirmNewEmail": (Purpose.NEW_EMAIL, FLOWS["confirmNewEmail"]),
    "confirmAuthenticator": (Purpose.REGISTER_APP, APP),
}
"""Mutations within a session."""


async def opened(gateway: Gateway, person: DemoParticipant, purpose: Purpose, place: str) -> Challenge:
    """A challenge whose code is known."""
    services, now = gateway.application.services, gateway.clock.now
    async with services.database.write() as work:
        asked = await open_challenge(work, person.key, purpose, place, now)
        sent = {"code_hash": code_hash(services, asked, CODE), "code_until": asked.expires_at}
        await work.execute(update(challenge).where(challenge.c.id == asked.id).values(sent))
    return asked


async def confirmed(gateway: Gateway, name: str, token: str, asked: Challenge, code: str) -> Outcome:
    """What giving a code to a mutation comes to."""
    _, document = (BEFORE | WITHIN)[name]
    given = {"challenge": asked.token, "code": code}
    if name == "confirmAuthenticator":
        given["appCode"] = code
    if name in BEFORE:
        found = await gateway.data(document, confirmation=given, device=DEVICE)
    else:
        found = await gateway.data(document, token, confirmation=given)
    outcome: Outcome = found[name]
    return outcome


def test_every_purpose_with_a_code_has_its_mutation() -> None:
    known = {purpose for purpose, _ in (BEFORE | WITHIN).values()}
    assert known == set(Purpose) - {Purpose.RECOVERED_PASSWORD}, "which follows a code and takes none"


async def test_a_code_for_one_thing_does_no_other(gateway: Gateway, people: list[DemoParticipant]) -> None:
    person = people[1]
    token = str((await sign_in(gateway, person, DEVICE))["token"])
    session = (await gateway.application.executor.viewer(token)).session
    assert session is not None
    for name, (wanted, _) in (BEFORE | WITHIN).items():
        place = place_of(DEVICE) if name in BEFORE else session
        if wanted is not Purpose.REGISTER_APP:  # which compares the app's code first
            asked = await opened(gateway, person, wanted, place)
            wrong = await confirmed(gateway, name, token, asked, "314159")
            assert wrong["challengeRefusal"] == "CODE_WRONG", name
        # Of a forgotten password nothing is told but that something was wrong.
        refusal = "CODE_WRONG" if name == "confirmForgottenPassword" else "CHALLENGE_OVER"
        for purpose in set(Purpose) - {wanted}:
            asked = await opened(gateway, person, purpose, place)
            outcome = await confirmed(gateway, name, token, asked, CODE)
            assert (outcome["__typename"], outcome["challengeRefusal"]) == ("ChallengeRefused", refusal), (
                name,
                purpose,
            )
