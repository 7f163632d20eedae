"""A forgotten password: a code to the registered phone, and then a new password.

Until the code is given, nothing tells whether an account was named: the answers are the same, a password is
hashed for each, and where nothing is to be written, as much is written in vain, so that the time is the same, too.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from typing import Final

from gateway.context import RequestContext
from gateway.credentials import PasswordHashing
from gateway.throttles import Limit, network_of
from plugins.accounts.authenticator_app.models import has_app
from plugins.accounts.challenges import (
    CODE_LIFE,
    Challenge,
    ChallengeRefusal,
    Purpose,
    Refusal,
    Sent,
    begin_with_code,
    confirmed,
    found_challenge,
    go_on_with_code,
    open_challenge,
    untold_challenge,
    use,
)
from plugins.accounts.settings import AccountsSettings
from plugins.accounts.signing.changing import NotChanged, set_password, taken
from plugins.accounts.signing.people import account_of, owner_of, phone_of

HOUR: Final = dt.timedelta(hours=1)
_LONGEST: Final = 32
"""Characters of a code that are told apart; a real one has ten."""

_PRETENDED: Final = tuple(Limit(f"accounts:pretended_{n}", 1_000_000, HOUR) for n in range(3))
"""Counted for the time that it takes; what they say is not looked at."""


@dataclass(frozen=True)
class Begun:
    """Perhaps a code is on its way. The token is a challenge's, if so."""

    token: str = field(repr=False)
    until: dt.datetime


@dataclass(frozen=True)
class Confirmed:
    """A new password can be chosen; ``by_app``: with a code of the authenticator app."""

    token: str = field(repr=False)
    by_app: bool


async def begin(context: RequestContext, code: str, place: str) -> Begun | Refusal:
    """Send a code to the phone of the account that a social security code names, if there are both."""
    services = context.services
    retry_at = await _count(context, code)
    if retry_at is not None:
        return Refusal(ChallengeRefusal.TOO_MANY_CODES, retry_at)
    account = await account_of(services.database, code, place)
    whose = "" if account is None else account.participant_id
    phone = await phone_of(services.database, whose)
    await _take_time(context, code)
    until = context.now + CODE_LIFE
    if account is None or phone is None:
        await _pretend_to_send(context, code.strip()[:_LONGEST])
        return Begun(untold_challenge(), until)
    sent = await begin_with_code(context, whose, Purpose.FORGOTTEN_PASSWORD, place, phone)
    return Begun(sent.token if isinstance(sent, Sent) else untold_challenge(), until)


async def confirm(context: RequestContext, token: str, code: str, place: str) -> Confirmed | Refusal:
    """The challenge with which a new password can be chosen. Every refusal is the same."""
    await _take_time(context, code)
    if isinstance(await found_challenge(context, token, Purpose.FORGOTTEN_PASSWORD, place), Refusal):
        await _pretend_to_try(context)
    asked = await confirmed(context, token, code, Purpose.FORGOTTEN_PASSWORD, place)
    if isinstance(asked, Refusal):
        return Refusal(ChallengeRefusal.CODE_WRONG)
    work, purpose = await context.work(), Purpose.RECOVERED_PASSWORD
    if not await has_app(work, asked.participant_id):
        opened = await open_challenge(work, asked.participant_id, purpose, place, context.now)
        return Confirmed(opened.token, by_app=False)
    waiting = await go_on_with_code(context, asked, purpose, None)
    return waiting if isinstance(waiting, Refusal) else Confirmed(waiting.token, by_app=True)


async def choose(
    context: RequestContext, token: str, place: str, new: str, repeated: str, app_code: str
) -> dt.datetime | NotChanged | Refusal:
    """Make a new password count, after the code; other sessions are over, and the owner is told.

    Whoever has an authenticator app gives a code of it as well, or a recovery code: a phone in wrong hands is no way around it.
    """
    asked = await found_challenge(context, token, Purpose.RECOVERED_PASSWORD, place)
    if isinstance(asked, Refusal):
        return asked
    former = context.services.settings.section(AccountsSettings).former_passwords
    owner = await owner_of(context.services.database, asked.participant_id, former)
    assert owner is not None, "challenges are of accounts"
    password_hash = await taken(context, owner, new, repeated)
    if isinstance(password_hash, NotChanged):
        return password_hash
    refusal = await _used(context, asked, app_code)
    if refusal is not None:
        return refusal
    chosen = replace(asked, payload={"password_hash": password_hash})
    await set_password(context, await context.work(), chosen)
    return context.now


async def _used(context: RequestContext, asked: Challenge, app_code: str) -> Refusal | None:
    async with context.services.database.read() as connection:
        by_app = await has_app(connection, asked.participant_id)
    if by_app:
        proved = await confirmed(context, asked.token, app_code, asked.purpose, asked.place)
        return proved if isinstance(proved, Refusal) else None
    return None if await use(context, asked) else Refusal(ChallengeRefusal.CHALLENGE_OVER)


async def _count(context: RequestContext, code: str) -> dt.datetime | None:
    settings = context.services.settings.section(AccountsSettings)
    return await context.services.throttles.count(
        context.now,
        (Limit("accounts:recoveries", settings.recoveries_per_account, HOUR), code.strip()[:_LONGEST]),
        (
            Limit("accounts:recoveries_address", settings.recoveries_per_address, HOUR),
            network_of(context.client_address),
        ),
        (Limit("accounts:recoveries_together", settings.recoveries_together, HOUR), ""),
    )


async def _take_time(context: RequestContext, text: str) -> None:
    """Hash something: next to that, what is done for an account alone is short."""
    await context.services.resource(PasswordHashing).verify(None, text)


async def _pretend_to_send(context: RequestContext, whose: str) -> None:
    """Write as often as a code does: its quotas, and then a few rows in the request's own transaction."""
    throttles = context.services.throttles
    guesses = [(limit, whose) for limit in _PRETENDED]
    await throttles.count(context.now, *guesses)
    work = await context.work()
    for guess in guesses:
        await throttles.forget(work, guess)


async def _pretend_to_try(context: RequestContext) -> None:
    """Write as often as a guess of a code does."""
    for limit in _PRETENDED[:2]:
        guess = limit, network_of(context.client_address)
        await context.services.throttles.count(context.now, guess)
