"""What a person's phone has received, and the flows in which it is read."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import select

from gateway.demo.people import DemoParticipant
from gateway.outbox.tables import message
from plugins.accounts.demo import DEMO_PASSWORD
from tests.journeys.conftest import Gateway, credentials

SIGN_IN = """
mutation SignIn($credentials: Credentials!) {
  signIn(credentials: $credentials) {
    __typename
    ... on SignedIn { token expiresAt passwordExpiresOn passwordReminder }
    ... on PasswordChangeRequired { reason challenge }
    ... on OtherDeviceActive { deviceName since challenge }
    ... on SignInRefused { code retryAt }
  }
}
"""
SENT = "... on CodeSent { challenge sentTo validUntil } ... on AppCodeRequired { challenge validUntil }"
REFUSED = "... on ChallengeRefused { challengeRefusal: code retryAt }"
SIGNED_IN = "... on SignedIn { token expiresAt passwordExpiresOn passwordReminder }"
PASSWORD = "... on PasswordRefused { passwordRefusal: code field retryAt }"
CHANGE = "... on AccountChangeRefused { changeRefusal: code field message retryAt }"
RECOVERY_CODES = "... on RecoveryCodes { codes }"
FLOWS = {
    "continueOnThisDevice": (
        "mutation ($challenge: ID!, $device: String!)"
        f" {{ continueOnThisDevice(challenge: $challenge, device: $device) {{ __typename {SENT} {REFUSED} }} }}"
    ),
    "confirmDevice": (
        "mutation ($confirmation: Confirmation!, $device: String!)"
        f" {{ confirmDevice(confirmation: $confirmation, device: $device) {{ __typename {SIGNED_IN} {REFUSED} }} }}"
    ),
    "changeRequiredPassword": (
        "mutation ($change: RequiredPassword!)"
        f" {{ changeRequiredPassword(change: $change) {{ __typename {SENT} {PASSWORD} {REFUSED} }} }}"
    ),
    "confirmRequiredPassword": (
        "mutation ($confirmation: Confirmation!, $device: String!)"
        " { confirmRequiredPassword(confirmation: $confirmation, device: $device)"
        f" {{ __typename ... on RequiredPasswordChanged {{ at }} {REFUSED} }} }}"
    ),
    "changePassword": (
        "mutation ($change: PasswordChange!)"
        f" {{ changePassword(change: $change) {{ __typename {SENT} {PASSWORD} {REFUSED} }} }}"
    ),
    "confirmPassword": (
        "mutation ($confirmation: Confirmation!)"
        f" {{ confirmPassword(confirmation: $confirmation) {{ __typename {SIGNED_IN} {REFUSED} }} }}"
    ),
    "resendCode": (
        "mutation ($challenge: ID!, $device: String)"
        f" {{ resendCode(challenge: $challenge, device: $device) {{ __typename {SENT} {REFUSED} }} }}"
    ),
    **{
        f"change{what}": (
            f"mutation ($change: {what}Change!)"
            f" {{ change{what}(change: $change) {{ __typename {SENT} {CHANGE} {REFUSED} }} }}"
        )
        for what in ("Phone", "Email")
    },
    **{
        f"confirm{which}{what}": (
            f"mutation ($confirmation: Confirmation!) {{ confirm{which}{what}(confirmation: $confirmation)"
            f" {{ __typename {told} {REFUSED} }} }}"
        )
        for what in ("Phone", "Email")
        for which, told in (("Old", SENT), ("New", "... on ContactChanged { at }"))
    },
    "registerAuthenticator": (
        "mutation ($password: String!) { registerAuthenticator(password: $password)"
        " { __typename ... on AuthenticatorBegun { challenge sentTo validUntil secret uri }"
        f" {CHANGE} {REFUSED} }} }}"
    ),
    "confirmAuthenticator": (
        "mutation ($confirmation: AuthenticatorConfirmation!) { confirmAuthenticator(confirmation: $confirmation)"
        f" {{ __typename {RECOVERY_CODES} {CHANGE} {REFUSED} }} }}"
    ),
    "renewRecoveryCodes": (
        "mutation ($proof: AuthenticatorProof!) { renewRecoveryCodes(proof: $proof)"
        f" {{ __typename {RECOVERY_CODES} {CHANGE} {REFUSED} }} }}"
    ),
    "removeAuthenticator": (
        "mutation ($proof: AuthenticatorProof!) { removeAuthenticator(proof: $proof)"
        f" {{ __typename ... on AuthenticatorRemoved {{ at }} {CHANGE} {REFUSED} }} }}"
    ),
}
Outcome = dict[str, Any]


async def step(gateway: Gateway, name: str, token: str | None = None, **variables: Any) -> Outcome:
    """What a mutation of a flow answers."""
    outcome: Outcome = (await gateway.data(FLOWS[name], token, **variables))[name]
    return outcome


async def sign_in(
    gateway: Gateway, person: DemoParticipant, device: str, password: str = DEMO_PASSWORD
) -> Outcome:
    """What signing in on a device answers."""
    given = credentials(person.social_security_code, password, device)
    outcome: Outcome = (await gateway.data(SIGN_IN, credentials=given))["signIn"]
    return outcome


async def received(gateway: Gateway, whose: DemoParticipant | str) -> list[str]:
    """The texts that a person's phone, or a number or address, was sent, in the order of their writing."""
    to = whose if isinstance(whose, str) else whose.phone
    wanted = select(message.c.text).where(message.c.recipient == to)
    async with gateway.application.services.database.read() as connection:
        found = await connection.execute(wanted.order_by(message.c.posted_at, message.c.dedupe_key))
        return [text for (text,) in found if text is not None]


async def codes(gateway: Gateway, whose: DemoParticipant | str) -> list[str]:
    """The one-time codes among them."""
    return [
        found[1] for text in await received(gateway, whose) if (found := re.match(r"VssID: (\d{6}) ", text))
    ]


def wrong(code: str) -> str:
    """Another code."""
    return f"{(int(code) + 1) % 1_000_000:06}"
