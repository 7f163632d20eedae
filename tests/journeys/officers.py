"""Officers of the demo, and how they sign in over HTTP."""

from __future__ import annotations

from typing import Any, Final

import httpx
import pyotp

from plugins.officers.demo import DEMO_ADMINISTRATOR, DEMO_PASSWORD, DEMO_SECRET
from tests.journeys.conftest import Gateway

SIGN_IN: Final = """mutation ($c: OfficerCredentials!, $keepIn: SessionKeeping!) {
  officerSignIn(credentials: $c, keepIn: $keepIn) {
    ... on OfficerSignedIn { token expiresAt }
    ... on OfficerEnrolment { ticket secret uri expiresAt }
    ... on OfficerSignInRefused { code message retryAt }
  }
}"""
COMPLETE: Final = """mutation ($c: OfficerEnrolmentCompletion!) {
  completeOfficerEnrolment(completion: $c) {
    ... on OfficerSignedIn { token }
    ... on OfficerSignInRefused { code field }
  }
}"""
ADD: Final = """mutation ($o: NewOfficer!, $r: String!) {
  addOfficer(officer: $o, reason: $r) {
    ... on OfficerChanged { officer { id userName roles temporaryUntil agency { code name } } }
    ... on OfficerChangeRefused { code field }
  }
}"""
CHANGE: Final = """mutation ($id: ID!, $change: OfficerChange!, $r: String!) {
  changeOfficer(id: $id, change: $change, reason: $r) {
    ... on OfficerChanged { officer { id roles agency { code } } }
    ... on OfficerChangeRefused { code field }
  }
}"""
DISABLE: Final = """mutation ($id: ID!, $r: String!) {
  disableOfficer(id: $id, reason: $r) {
    ... on OfficerChanged { officer { id disabledAt } }
    ... on OfficerChangeRefused { code field }
  }
}"""
RESET: Final = """mutation ($id: ID!, $r: String!) {
  resetOfficerCredentials(id: $id, reason: $r) {
    ... on OfficerChanged { officer { id temporaryUntil disabledAt } }
    ... on OfficerChangeRefused { code field }
  }
}"""
WHO: Final = "{ thisOfficer { userName roles agency { code name above { code } } } }"


def code_of(gateway: Gateway, secret: str = DEMO_SECRET) -> str:
    """What the authenticator app shows now."""
    return pyotp.TOTP(secret).at(gateway.clock.now)


async def attempt(
    gateway: Gateway, name: str = DEMO_ADMINISTRATOR, password: str = DEMO_PASSWORD, code: str | None = None
) -> dict[str, Any]:
    """What comes of signing in; with the right code, unless another is given."""
    given = {"userName": name, "password": password, "code": code_of(gateway) if code is None else code}
    outcome: dict[str, Any] = (await gateway.data(SIGN_IN, c=given, keepIn="TOKEN"))["officerSignIn"]
    return outcome


async def signed_in(gateway: Gateway, name: str = DEMO_ADMINISTRATOR, secret: str = DEMO_SECRET) -> str:
    """A token; a while passes, so that the app shows another code."""
    gateway.clock.advance(seconds=60)
    token: str = (await attempt(gateway, name, code=code_of(gateway, secret)))["token"]
    return token


async def done(gateway: Gateway, token: str, document: str, **variables: Any) -> dict[str, Any]:
    """The outcome of a change."""
    given = {"r": "Điều chuyển", **variables}
    (outcome,) = (await gateway.data(document, token, **given)).values()
    found: dict[str, Any] = outcome
    return found


async def by_cookie(gateway: Gateway, body: dict[str, Any], cookie: str, **headers: str) -> httpx.Response:
    """A request as the console's page sends it."""
    sent = {"cookie": cookie, "accept-language": "en", **headers}
    return await gateway.http.post("/graphql", json=body, headers=sent)
