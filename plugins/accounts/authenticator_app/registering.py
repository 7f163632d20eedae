"""An app is registered, removed, and given new recovery codes."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.audit import audit
from gateway.context import RequestContext
from gateway.credentials import new_totp_secret, totp_step, totp_uri
from plugins.accounts.authenticator_app.models import authenticator, forget_app, has_app
from plugins.accounts.authenticator_app.recovery_codes import new_recovery_codes
from plugins.accounts.authenticator_app.spending import sealing
from plugins.accounts.challenges import (
    Purpose,
    Refusal,
    Sent,
    app_confirmed,
    begin_with_code,
    confirmed,
    end_challenges,
    found_challenge,
)
from plugins.accounts.contact.changing import NotTaken, wrong
from plugins.accounts.refusals import AccountChangeRefusal
from plugins.accounts.signing.notices import APP_REGISTERED, APP_REMOVED, notify
from plugins.accounts.signing.own_password import WrongPassword, forget_guesses, owner_by_password


@dataclass(frozen=True)
class Begun:
    """A code is on its way to the phone; ``secret`` and ``uri`` are for the app, and shown this once."""

    sent: Sent
    secret: str = field(repr=False)
    uri: str = field(repr=False)


async def begin(context: RequestContext, password: str) -> Begun | NotTaken | Refusal:
    """Make a secret for an app, and send a code to the phone."""
    owner = await owner_by_password(context, password)
    if isinstance(owner, WrongPassword):
        return wrong(owner)
    whose = owner.participant_id
    async with context.services.database.read() as connection:
        if await has_app(connection, whose):
            return NotTaken(AccountChangeRefusal.AUTHENTICATOR_REGISTERED, None)
    secret, place = new_totp_secret(), context.viewer.session or ""
    payload = {"secret": sealing(context.services).sealed(secret, whose)}
    sent = await begin_with_code(context, whose, Purpose.REGISTER_APP, place, owner.phone, payload)
    await forget_guesses(context)
    if isinstance(sent, Refusal):
        return sent
    return Begun(sent, secret, totp_uri(secret, owner.social_security_code))


async def confirm(
    context: RequestContext, token: str, code: str, app_code: str
) -> list[str] | NotTaken | Refusal:
    """With the code of the phone and the first one of the app: the app counts; its recovery codes, which are told this once.

    Everything else that was begun, with codes by SMS, is over.
    """
    purpose, place = Purpose.REGISTER_APP, context.viewer.session or ""
    begun = await found_challenge(context, token, purpose, place)
    if isinstance(begun, Refusal):
        return begun
    whose, sealed = begun.participant_id, begun.payload["secret"]
    # The app's code is looked at first and not counted: whoever has begun knows the secret.
    step = totp_step(sealing(context.services).opened(sealed, whose), app_code, context.now)
    if step is None:
        return NotTaken(AccountChangeRefusal.APP_CODE_WRONG, "appCode")
    asked = await confirmed(context, token, code, purpose, place)
    if isinstance(asked, Refusal):
        return asked
    work = await context.work()
    await end_challenges(work, whose)  # so that there is none to register a second app with
    values = {"secret": sealed, "used_step": step, "registered_at": context.now}
    await work.execute(insert(authenticator), {"participant_id": whose} | values)
    await notify(work, whose, APP_REGISTERED, f"app:{asked.id}", context.now)
    await audit(context, action="accounts:register_app", subject=whose)
    return await new_recovery_codes(context.services, work, whose)


async def remove(context: RequestContext, password: str, code: str) -> NotTaken | Refusal | None:
    """Do without the app from now on; None where that was done."""
    work = await _proved(context, password, code)
    if not isinstance(work, AsyncConnection):
        return work
    whose = context.viewer.subject or ""
    await forget_app(work, whose)
    await end_challenges(work, whose)
    await notify(work, whose, APP_REMOVED, f"app_removed:{secrets.token_hex(16)}", context.now)
    await audit(context, action="accounts:remove_app", subject=whose)
    return None


async def renew_recovery_codes(
    context: RequestContext, password: str, code: str
) -> list[str] | NotTaken | Refusal:
    """A new set, told this once; those before are worth nothing."""
    work = await _proved(context, password, code)
    if not isinstance(work, AsyncConnection):
        return work
    whose = context.viewer.subject or ""
    await audit(context, action="accounts:renew_recovery_codes", subject=whose)
    return await new_recovery_codes(context.services, work, whose)


async def _proved(context: RequestContext, password: str, code: str) -> AsyncConnection | NotTaken | Refusal:
    """The transaction in which the password and a code of the app, or a recovery code, were right."""
    owner = await owner_by_password(context, password)
    if isinstance(owner, WrongPassword):
        return wrong(owner)
    async with context.services.database.read() as connection:
        if not await has_app(connection, owner.participant_id):
            return NotTaken(AccountChangeRefusal.NO_AUTHENTICATOR, None)
    refusal = await app_confirmed(context, owner.participant_id, code)
    if refusal is not None:
        return refusal
    await forget_guesses(context)
    return await context.work()
