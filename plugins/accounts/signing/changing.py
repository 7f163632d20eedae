"""Changing the password: the new one is looked at, a code is sent, and with the code it counts."""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass
from typing import Final

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.context import RequestContext
from gateway.credentials import PasswordFault, PasswordHashing, password_fault, token_hash
from plugins.accounts.challenges import (
    Challenge,
    Purpose,
    Refusal,
    Sent,
    begin_with_code,
    confirmed,
    end_challenges,
    found_challenge,
    send_code,
)
from plugins.accounts.locking import locked_credential
from plugins.accounts.models import Ending, Platform, credential, device, former_password, session
from plugins.accounts.refusals import PasswordRefusal
from plugins.accounts.sessions import end_sessions_of
from plugins.accounts.settings import AccountsSettings
from plugins.accounts.signing.devices import Device
from plugins.accounts.signing.notices import PASSWORD_CHANGED, notify
from plugins.accounts.signing.own_password import WrongPassword, forget_guesses, owner_by_password
from plugins.accounts.signing.people import Owner, owner_of
from plugins.accounts.signing.signing_in import Admitted, opened
from plugins.accounts.signing.throttling import NEW_PASSWORDS

_FAULTS: Final = {
    PasswordFault.TOO_SHORT: PasswordRefusal.PASSWORD_TOO_SHORT,
    PasswordFault.TOO_LONG: PasswordRefusal.PASSWORD_TOO_LONG,
    PasswordFault.COMMON: PasswordRefusal.PASSWORD_COMMON,
    PasswordFault.PERSONAL: PasswordRefusal.PASSWORD_PERSONAL,
}


@dataclass(frozen=True)
class NotChanged:
    """A password that was not taken; ``field`` is the one of the input that is at fault."""

    why: PasswordRefusal
    field: str | None
    retry_at: dt.datetime | None = None


async def change(context: RequestContext, old: str, new: str, repeated: str) -> Sent | NotChanged | Refusal:
    """The signed-in participant's first step: the code that confirms the new password is sent to the registered phone."""
    former = context.services.settings.section(AccountsSettings).former_passwords
    owner = await owner_by_password(context, old, former)
    if isinstance(owner, WrongPassword):
        why, retry_at = PasswordRefusal.OLD_PASSWORD_WRONG, owner.retry_at
        return NotChanged(
            why if retry_at is None else PasswordRefusal.PASSWORD_PAUSE, "oldPassword", retry_at
        )
    password_hash = await taken(context, owner, new, repeated)
    if isinstance(password_hash, NotChanged):
        return password_hash
    whose, place = owner.participant_id, context.viewer.session or ""
    payload = {"password_hash": password_hash}
    sent = await begin_with_code(context, whose, Purpose.CHANGE_PASSWORD, place, owner.phone, payload)
    await forget_guesses(context)
    return sent


async def change_required(
    context: RequestContext, token: str, place: str, new: str, repeated: str
) -> Sent | NotChanged | Refusal:
    """The same for somebody who may not sign in before, with the challenge that signing in has given."""
    asked = await found_challenge(context, token, Purpose.REQUIRED_PASSWORD, place)
    if isinstance(asked, Refusal):
        return asked
    former = context.services.settings.section(AccountsSettings).former_passwords
    owner = await owner_of(context.services.database, asked.participant_id, former)
    assert owner is not None, "challenges are of accounts"
    password_hash = await taken(context, owner, new, repeated)
    if isinstance(password_hash, NotChanged):
        return password_hash
    return await send_code(context, asked, owner.phone, {"password_hash": password_hash})


async def confirm(context: RequestContext, token: str, code: str) -> Admitted | Refusal:
    """The signed-in participant's second step: the password counts, other sessions are over, this one has a new token."""
    place = context.viewer.session or ""
    asked = await confirmed(context, token, code, Purpose.CHANGE_PASSWORD, place)
    if isinstance(asked, Refusal):
        return asked
    work = await context.work()
    used = await _device_of(work, place)
    await set_password(context, work, asked)
    participant_id = asked.participant_id
    return await opened(context, work, participant_id, used, context.now, Ending.PASSWORD_CHANGED)


async def confirm_required(
    context: RequestContext, token: str, code: str, place: str
) -> dt.datetime | Refusal:
    """The same for somebody who may not sign in before, and does so afterwards: when the password has begun to count."""
    asked = await confirmed(context, token, code, Purpose.REQUIRED_PASSWORD, place)
    if isinstance(asked, Refusal):
        return asked
    await set_password(context, await context.work(), asked)
    return context.now


async def set_password(context: RequestContext, work: AsyncConnection, asked: Challenge) -> None:
    """Make the ``password_hash`` of a confirmed challenge's payload the password; whatever was begun before is over.

    All sessions end, and the owner is told. The account is locked.
    """
    participant_id, now = asked.participant_id, context.now
    before = await locked_credential(work, participant_id)
    assert before is not None, "challenges are of accounts"
    kept = context.services.settings.section(AccountsSettings).former_passwords
    await _remember(work, participant_id, before.password_hash, now, kept)
    changed = {"password_hash": asked.payload["password_hash"], "changed_at": now, "temporary": False}
    await work.execute(
        update(credential).where(credential.c.participant_id == participant_id).values(changed)
    )
    await end_challenges(work, participant_id)
    await end_sessions_of(work, participant_id, now, Ending.PASSWORD_CHANGED)
    await notify(work, participant_id, PASSWORD_CHANGED, f"password:{asked.id}", now)


async def taken(context: RequestContext, owner: Owner, new: str, repeated: str) -> str | NotChanged:
    """The hash of a new password, or what is wrong with it."""
    retry_at = await context.services.throttles.count(context.now, (NEW_PASSWORDS, owner.participant_id))
    if retry_at is not None:
        return NotChanged(PasswordRefusal.PASSWORD_PAUSE, "newPassword", retry_at)
    if new != repeated:
        return NotChanged(PasswordRefusal.PASSWORDS_DIFFER, "repeatedPassword")
    numbers = [number for number in (owner.social_security_code, owner.phone) if number is not None]
    names = [owner.full_name, *(owner.email or "").split("@")[:1]]
    fault = password_fault(new, names=names, numbers=numbers, born=owner.birth_date)
    if fault is not None:
        return NotChanged(_FAULTS[fault], "newPassword")
    hashing = context.services.resource(PasswordHashing)
    for password_hash in owner.password_hashes:
        if await hashing.verify(password_hash, new):
            return NotChanged(PasswordRefusal.PASSWORD_USED_BEFORE, "newPassword")
    return await hashing.hash(new)


async def _remember(
    work: AsyncConnection, participant_id: str, password_hash: str, now: dt.datetime, kept: int
) -> None:
    made = {"id": secrets.token_hex(16), "participant_id": participant_id}
    await work.execute(insert(former_password), made | {"password_hash": password_hash, "replaced_at": now})
    theirs = former_password.c.participant_id == participant_id
    latest = (
        select(former_password.c.id)
        .where(theirs)
        .order_by(former_password.c.replaced_at.desc(), former_password.c.id)
        .limit(kept)
    )
    await work.execute(delete(former_password).where(theirs, former_password.c.id.not_in(latest)))


async def _device_of(work: AsyncConnection, session_id: str) -> Device:
    """The device of a session; a session that was opened without one gets a place of its own."""
    wanted = (
        select(device.c.place, device.c.name, device.c.platform)
        .join(session, session.c.device_id == device.c.id)
        .where(session.c.id == session_id)
    )
    found = (await work.execute(wanted)).one_or_none()
    return Device(token_hash(session_id), "VssID", Platform.OTHER) if found is None else Device(*found)
