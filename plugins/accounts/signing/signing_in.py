"""Signing in with social security code, password and a device."""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
from dataclasses import dataclass
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.access import Audience
from gateway.context import RequestContext
from gateway.credentials import PasswordHashing
from plugins.accounts.challenges import (
    Challenge,
    Purpose,
    Refusal,
    Sent,
    confirmed,
    found_challenge,
    open_challenge,
    send_code,
)
from plugins.accounts.locking import locked_credential
from plugins.accounts.models import Ending, Platform
from plugins.accounts.recovery.models import is_over
from plugins.accounts.refusals import SignInRefusal
from plugins.accounts.sessions import Holder, Limits, OpenedSession, end_sessions_of, open_session
from plugins.accounts.settings import AccountsSettings
from plugins.accounts.signing.devices import Active, Device, active_session, remembered
from plugins.accounts.signing.expiry import PasswordAge, password_age
from plugins.accounts.signing.notices import DEVICE_REPLACED, notify
from plugins.accounts.signing.people import Account, account_of, phone_of
from plugins.accounts.signing.throttling import count_sign_in, sign_in_guess

_SECOND: Final = dt.timedelta(seconds=1)


@dataclass(frozen=True)
class Refused:
    """No session. Which of code and password was wrong is not told: nor does the time tell that it took."""

    why: SignInRefusal
    retry_at: dt.datetime | None = None


@dataclass(frozen=True)
class Admitted:
    """A session was opened."""

    session: OpenedSession
    password: PasswordAge


class ChangeReason(enum.Enum):
    """Why a password has to be changed before anything else (Lý do phải đổi mật khẩu)."""

    TEMPORARY = "temporary"
    EXPIRED = "expired"


@dataclass(frozen=True)
class ChangeRequired:
    """The password is right, and good for nothing but choosing another."""

    why: ChangeReason
    challenge: Challenge


@dataclass(frozen=True)
class OtherDevice:
    """The password is right, and another device is signed in."""

    active: Active
    challenge: Challenge


async def sign_in(
    context: RequestContext, code: str, password: str, used: Device
) -> Admitted | ChangeRequired | OtherDevice | Refused:
    """What comes of a code, a password and a device. The attempt is counted first, and a password is hashed in any case."""
    services = context.services
    account = await account_of(services.database, code, used.place)
    known = account is not None and account.known_device
    guess = sign_in_guess(context, code, used.place if known else None)
    retry_at = await count_sign_in(context, guess, known=known)
    if retry_at is not None:
        return Refused(SignInRefusal.TOO_MANY_ATTEMPTS, retry_at)
    expected = None if account is None else account.password_hash
    # Hashed before the transaction is begun, which on SQLite would keep everybody else from writing.
    matches = await services.resource(PasswordHashing).verify(expected, password)
    if account is None or not matches:
        return Refused(SignInRefusal.WRONG_CREDENTIALS)
    admitted = await _admitted(context, account, used)
    if not isinstance(admitted, Refused):  # the password was right, whatever has to be done first
        await services.throttles.forget(await context.work(), guess)
    return admitted


async def continue_here(context: RequestContext, token: str, place: str) -> Sent | Refusal:
    """Send the code with which this device takes the place of the one that is signed in."""
    asked = await found_challenge(context, token, Purpose.SWITCH_DEVICE, place)
    if isinstance(asked, Refusal):
        return asked
    return await send_code(context, asked, await phone_of(context.services.database, asked.participant_id))


async def confirm_device(context: RequestContext, token: str, code: str, place: str) -> Admitted | Refusal:
    """Sign in here with the code, and end the session of the other device, whose owner is told."""
    asked = await confirmed(context, token, code, Purpose.SWITCH_DEVICE, place)
    if isinstance(asked, Refusal):
        return asked
    work = await context.work()
    used = Device(place, asked.payload["name"], Platform[asked.payload["platform"]])
    active = await active_session(work, asked.participant_id, context.now)
    if active is not None and active.place != place:
        key = f"device:{asked.id}"
        await notify(work, asked.participant_id, DEVICE_REPLACED, key, context.now)
    kept = await locked_credential(work, asked.participant_id)
    assert kept is not None, "challenges of an account end with its password"
    return await opened(context, work, asked.participant_id, used, kept.changed_at, Ending.REPLACED)


async def opened(
    context: RequestContext,
    work: AsyncConnection,
    participant_id: str,
    used: Device,
    changed_at: dt.datetime,
    ending: Ending,
) -> Admitted:
    """A session on a device instead of whatever session there is; the account is locked. It does not outlive the password."""
    settings = context.services.settings.section(AccountsSettings)
    age = password_age(changed_at, context.now, settings.password_months)
    await end_sessions_of(work, participant_id, context.now, ending)
    device_id = await remembered(work, participant_id, used, context.now)
    limits = _within(settings.participant, max(age.expires_at - context.now, _SECOND))
    holder = Holder(Audience.PARTICIPANT, participant_id)
    return Admitted(await open_session(work, holder, limits, context.now, device_id), age)


async def _admitted(
    context: RequestContext, account: Account, used: Device
) -> Admitted | ChangeRequired | OtherDevice | Refused:
    work = await context.work()
    kept = await locked_credential(work, account.participant_id)
    if kept is None or kept.password_hash != account.password_hash:  # changed since it was looked at
        return Refused(SignInRefusal.WRONG_CREDENTIALS)
    if kept.temporary and await is_over(work, account.participant_id, kept.changed_at, context.now):
        return Refused(SignInRefusal.WRONG_CREDENTIALS)
    months = context.services.settings.section(AccountsSettings).password_months
    if kept.temporary or password_age(kept.changed_at, context.now, months).is_over:
        why = ChangeReason.TEMPORARY if kept.temporary else ChangeReason.EXPIRED
        purpose = Purpose.REQUIRED_PASSWORD
        return ChangeRequired(
            why, await open_challenge(work, account.participant_id, purpose, used.place, context.now)
        )
    active = await active_session(work, account.participant_id, context.now)
    if active is None or active.place == used.place:
        ending = Ending.SIGNED_OUT
        return await opened(context, work, account.participant_id, used, kept.changed_at, ending)
    described = {"name": used.name, "platform": used.platform.name}
    return OtherDevice(
        active,
        await open_challenge(
            work, account.participant_id, Purpose.SWITCH_DEVICE, used.place, context.now, described
        ),
    )


def _within(limits: Limits, longest: dt.timedelta) -> Limits:
    return dataclasses.replace(limits, absolute=min(limits.absolute, longest))
