"""Signing in with user name, password and code; the first time only as far as the enrolment."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from sqlalchemy import bindparam, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.context import RequestContext
from gateway.credentials import PasswordHashing, Sealing, totp_step
from plugins.officers.enrolling import BegunEnrolment, begin
from plugins.officers.models import officer
from plugins.officers.profiles import is_user_name
from plugins.officers.refusals import OfficerSignInRefusal
from plugins.officers.sessions import OpenedSession, open_session
from plugins.officers.settings import OfficersSettings
from plugins.officers.throttling import count_sign_in, forget_sign_ins

_BY_NAME: Final = select(
    officer.c.id,
    officer.c.password_hash,
    officer.c.temporary_until,
    officer.c.totp,
    officer.c.used_step,
    officer.c.disabled_at,
).where(officer.c.user_name == bindparam("name"))

_USE_STEP: Final = (
    update(officer)
    .where(
        officer.c.id == bindparam("officer"),
        officer.c.password_hash == bindparam("password"),
        officer.c.disabled_at.is_(None),
        or_(officer.c.used_step.is_(None), officer.c.used_step < bindparam("step")),
    )
    .values(used_step=bindparam("step"))
)
"""Of two who use a code at once one finds a row, and nobody whose password was changed in between."""


@dataclass(frozen=True)
class _Account:
    """A row of what is found by name, column by column."""

    id: str
    password_hash: str
    temporary_until: dt.datetime | None
    totp: str | None
    used_step: int | None
    disabled_at: dt.datetime | None


@dataclass(frozen=True)
class Refused:
    """No session, and not a word about which of name, password and code was wrong; nor does the time tell that it took."""

    why: OfficerSignInRefusal
    retry_at: dt.datetime | None = None


WRONG: Final = Refused(OfficerSignInRefusal.WRONG_OFFICER_CREDENTIALS)


async def sign_in(
    context: RequestContext, name: str, password: str, code: str
) -> OpenedSession | BegunEnrolment | Refused:
    """A new session; with a temporary password an enrolment, which leads to one."""
    name = name.strip().lower()
    retry_at = await count_sign_in(context, name)
    if retry_at is not None:
        return Refused(OfficerSignInRefusal.TOO_MANY_OFFICER_ATTEMPTS, retry_at)
    found, step = await _verified(context, name, password, code)
    if found is None:
        return WRONG
    work = await context.work()
    if found.totp is None:
        return await begin(context, work, found.id, name, found.password_hash) or WRONG
    if step is None or not await _use_step(work, found, step):
        return WRONG
    await forget_sign_ins(context, name)
    settings = context.services.settings.section(OfficersSettings)
    return await open_session(work, found.id, settings, context.now)


async def _verified(
    context: RequestContext, name: str, password: str, code: str
) -> tuple[_Account | None, int | None]:
    """Whoever has the name and the password, and the step of the code. Right or wrong, it is the same work."""
    services, now = context.services, context.now
    async with services.database.read() as connection:
        row = (
            (await connection.execute(_BY_NAME, {"name": name})).one_or_none() if is_user_name(name) else None
        )
    found = None if row is None else _Account(*row)
    # Hashed before the transaction is begun, which on SQLite would keep everybody else from writing.
    hashing, sealing = services.resource(PasswordHashing), Sealing(services.secret, "officers totp")
    matches = await hashing.verify(found.password_hash if found else None, password)
    secret = sealing.opened(found.totp, found.id) if found and found.totp else None
    step = totp_step(secret, code, now, found.used_step if found else None)
    if found is None or not matches or found.disabled_at is not None:
        return None, None
    expired = found.temporary_until is not None and found.temporary_until <= now
    return (None if expired else found), step


async def _use_step(work: AsyncConnection, found: _Account, step: int) -> bool:
    given = {"officer": found.id, "password": found.password_hash, "step": step}
    return (await work.execute(_USE_STEP, given)).rowcount > 0
