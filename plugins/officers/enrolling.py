"""The first sign-in: a temporary password leads to a ticket; a new password and a first code lead to a session.

What was begun is a row, so no step can be left out, and no session exists before the last of them.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.context import RequestContext
from gateway.credentials import (
    LONGEST,
    PasswordHashing,
    Sealing,
    is_token,
    new_token,
    new_totp_secret,
    password_fault,
    token_hash,
    totp_step,
    totp_uri,
)
from plugins.officers.models import enrolment, officer
from plugins.officers.refusals import OfficerSignInRefusal
from plugins.officers.sessions import OpenedSession, open_session
from plugins.officers.settings import OfficersSettings
from plugins.officers.throttling import count_enrolment

TICKET: Final = "vse_"
"""What tickets begin with. They are no tokens: nothing but the completion takes them."""
SHORTEST: Final = 12

_LOCKED: Final = (
    select(officer.c.id)
    .where(
        officer.c.id == bindparam("officer"),
        officer.c.password_hash == bindparam("password"),
        officer.c.disabled_at.is_(None),
    )
    .with_for_update()
)
_BY_TICKET: Final = (
    select(
        officer.c.id,
        officer.c.user_name,
        officer.c.password_hash,
        officer.c.temporary_until,
        officer.c.disabled_at,
        enrolment.c.totp,
        enrolment.c.expires_at,
    )
    .join(officer, officer.c.id == enrolment.c.officer_id)
    .where(enrolment.c.ticket_hash == bindparam("ticket"))
)


@dataclass(frozen=True)
class _Ticket:
    """A row of what is found by ticket, column by column."""

    id: str
    user_name: str
    password_hash: str
    temporary_until: dt.datetime | None
    disabled_at: dt.datetime | None
    totp: str
    expires_at: dt.datetime

    def is_open(self, now: dt.datetime) -> bool:
        """Whether it may still be completed."""
        until = self.temporary_until
        return self.disabled_at is None and now < self.expires_at and until is not None and now < until


@dataclass(frozen=True)
class BegunEnrolment:
    """What a first sign-in goes on with: ``secret`` and ``uri`` are for the authenticator app."""

    ticket: str
    secret: str
    uri: str
    expires_at: dt.datetime


async def begin(
    context: RequestContext, work: AsyncConnection, officer_id: str, name: str, password_hash: str
) -> BegunEnrolment | None:
    """Begin, in place of what was begun before; None where the password was changed in between."""
    # The lock lets one beginning wait for another; SQLite has one writer anyway.
    locked = await work.execute(_LOCKED, {"officer": officer_id, "password": password_hash})
    if locked.one_or_none() is None:
        return None
    services = context.services
    minutes = services.settings.section(OfficersSettings).enrolment_minutes
    secret, ticket = new_totp_secret(), new_token(TICKET)
    expires_at = context.now + dt.timedelta(minutes=minutes)
    await work.execute(delete(enrolment).where(enrolment.c.officer_id == officer_id))
    await work.execute(
        insert(enrolment).values(
            officer_id=officer_id,
            ticket_hash=token_hash(ticket),
            totp=Sealing(services.secret, "officers totp").sealed(secret, officer_id),
            expires_at=expires_at,
        )
    )
    return BegunEnrolment(ticket, secret, totp_uri(secret, name), expires_at)


async def complete(
    context: RequestContext, ticket: str, password: str, code: str
) -> OpenedSession | tuple[OfficerSignInRefusal, dt.datetime | None]:
    """A session, with the new password and the app from then on; or why not, and when to try again."""
    hashed = token_hash(ticket) if is_token(ticket, TICKET) else ""
    retry_at = await count_enrolment(context, hashed)
    if retry_at is not None:
        return OfficerSignInRefusal.TOO_MANY_OFFICER_ATTEMPTS, retry_at
    services = context.services
    async with services.database.read() as connection:
        row = (await connection.execute(_BY_TICKET, {"ticket": hashed})).one_or_none()
    found = None if row is None else _Ticket(*row)
    if found is None or not found.is_open(context.now):
        return OfficerSignInRefusal.ENROLMENT_EXPIRED, None
    hashing = services.resource(PasswordHashing)
    is_old = await hashing.verify(found.password_hash, password)
    if is_old or not is_fit(password, found.user_name):
        return OfficerSignInRefusal.UNFIT_PASSWORD, None
    secret = Sealing(services.secret, "officers totp").opened(found.totp, found.id)
    step = totp_step(secret, code, context.now)
    if step is None:
        return OfficerSignInRefusal.WRONG_ENROLMENT_CODE, None
    password_hash = await hashing.hash(password)
    opened = await _completed(context, found, hashed, password_hash, step)
    return opened or (OfficerSignInRefusal.ENROLMENT_EXPIRED, None)


def is_fit(password: str, user_name: str) -> bool:
    """Whether a new password is long enough, and no mere variation of what everybody knows or of the name."""
    return (
        SHORTEST <= len(password) <= LONGEST
        and user_name not in password.lower()
        and password_fault(password, names=[user_name]) is None
    )


async def _completed(
    context: RequestContext, found: _Ticket, ticket_hash: str, password_hash: str, step: int
) -> OpenedSession | None:
    """The session; None where somebody else was faster, or the credentials were reset in between."""
    work = await context.work()
    ended = await work.execute(delete(enrolment).where(enrolment.c.ticket_hash == ticket_hash))
    if ended.rowcount == 0:
        return None
    enrolled = await work.execute(
        update(officer)
        .where(
            officer.c.id == found.id,
            officer.c.password_hash == found.password_hash,
            officer.c.disabled_at.is_(None),
        )
        .values(password_hash=password_hash, temporary_until=None, totp=found.totp, used_step=step)
    )
    if enrolled.rowcount == 0:
        return None
    settings = context.services.settings.section(OfficersSettings)
    return await open_session(work, found.id, settings, context.now)
