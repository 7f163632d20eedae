"""The present password, asked of whoever is signed in already: a session that was stolen changes nothing."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from gateway.context import RequestContext
from gateway.credentials import PasswordHashing
from plugins.accounts.settings import AccountsSettings
from plugins.accounts.signing.people import Owner, owner_of
from plugins.accounts.signing.throttling import Guess, password_guesses


@dataclass(frozen=True)
class WrongPassword:
    """The password is another; with ``retry_at`` it was not looked at, after too many guesses."""

    retry_at: dt.datetime | None = None


async def owner_by_password(context: RequestContext, password: str, former: int = 0) -> Owner | WrongPassword:
    """Whoever is signed in, with so many passwords before, if this is the present one.

    The guess is counted first. Call :func:`forget_guesses` once the rest of what was asked for was right, too.
    """
    retry_at = await context.services.throttles.count(context.now, _guess(context))
    if retry_at is not None:
        return WrongPassword(retry_at)
    owner = await owner_of(context.services.database, context.viewer.subject or "", former)
    present = None if owner is None else owner.password_hashes[0]
    # Hashed before the transaction, which on SQLite would keep everybody else from writing.
    if not await context.services.resource(PasswordHashing).verify(present, password) or owner is None:
        return WrongPassword()
    return owner


async def forget_guesses(context: RequestContext) -> None:
    """Count guesses anew, in the transaction of ``context.work()``."""
    await context.services.throttles.forget(await context.work(), _guess(context))


def _guess(context: RequestContext) -> Guess:
    settings = context.services.settings.section(AccountsSettings)
    return password_guesses("accounts:old_password", settings), context.viewer.subject or ""
