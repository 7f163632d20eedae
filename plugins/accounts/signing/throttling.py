"""How often somebody may try to sign in."""

from __future__ import annotations

import datetime as dt
from datetime import timedelta
from typing import Final

from gateway.context import RequestContext
from gateway.throttles import Limit, network_of
from plugins.accounts.settings import AccountsSettings

QUARTER: Final = timedelta(minutes=15)
NEW_PASSWORDS: Final = Limit("accounts:new_passwords", 10, QUARTER)
"""Each costs several hashes, to compare it with those before."""

_LONGEST: Final = 32
"""Characters of a code that are told apart; a real one has ten."""


Guess = tuple[Limit, str]
"""A limit, and whose attempts it counts."""


def sign_in_guess(context: RequestContext, code: str, known_place: str | None) -> Guess:
    """What counts the guesses of an account's password, there and then."""
    settings = context.services.settings.section(AccountsSettings)
    whose = code.strip()[:_LONGEST]
    if known_place is not None:
        return password_guesses("accounts:sign_in_device", settings), f"{whose}\0{known_place}"
    return password_guesses("accounts:sign_in", settings), whose


async def count_sign_in(context: RequestContext, guess: Guess, *, known: bool) -> dt.datetime | None:
    """Count an attempt to sign in; when to try again, None where it is allowed.

    A device on which the account was used before is counted by itself: whatever strangers do, it can be used. Codes that
    nobody has are counted as others are, so that the counters do not tell who has an account.
    """
    throttles = context.services.throttles
    if known:
        return await throttles.count(context.now, guess)
    settings = context.services.settings.section(AccountsSettings)
    return await throttles.count(
        context.now,
        guess,
        (
            Limit("accounts:sign_in_address", settings.sign_ins_per_address, QUARTER),
            network_of(context.client_address),
        ),
        (Limit("accounts:sign_in_together", settings.sign_ins_together, timedelta(minutes=1)), ""),
    )


def password_guesses(name: str, settings: AccountsSettings) -> Limit:
    """The limit of guesses of one password."""
    return Limit(
        name,
        settings.sign_in_attempts,
        timedelta(minutes=settings.sign_in_delay_minutes),
        longest=timedelta(hours=settings.sign_in_longest_delay_hours),
    )
