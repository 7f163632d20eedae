"""An officer's own new password: with the old one and a code of the app, as somebody may sit at a desk that was left."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from sqlalchemy import bindparam, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.audit import audit
from gateway.authoring import VIETNAM
from gateway.context import RequestContext
from gateway.credentials import PasswordHashing, Sealing, totp_step
from gateway.outbox import Channel, Message, post
from plugins.officers.enrolling import is_fit
from plugins.officers.models import officer
from plugins.officers.refusals import OfficerPasswordRefusal
from plugins.officers.sessions import end_sessions
from plugins.officers.throttling import count_password_change, forget_password_changes

_BY_KEY: Final = select(
    officer.c.id,
    officer.c.user_name,
    officer.c.email,
    officer.c.password_hash,
    officer.c.totp,
    officer.c.used_step,
).where(officer.c.id == bindparam("officer"))
_CHANGE: Final = (
    update(officer)
    .where(
        officer.c.id == bindparam("officer"),
        officer.c.password_hash == bindparam("old"),
        officer.c.disabled_at.is_(None),
        or_(officer.c.used_step.is_(None), officer.c.used_step < bindparam("step")),
    )
    .values(password_hash=bindparam("new"), used_step=bindparam("step"))
)
"""Of two changes at once one finds a row, and of a change and a sign-in with one code."""


@dataclass(frozen=True)
class _Account:
    """A row of what is found by key, column by column."""

    id: str
    user_name: str
    email: str
    password_hash: str
    totp: str | None
    used_step: int | None


@dataclass(frozen=True)
class NotChanged:
    """The password is what it was; and when to try again, after too many attempts."""

    why: OfficerPasswordRefusal
    retry_at: dt.datetime | None = None


WRONG: Final = NotChanged(OfficerPasswordRefusal.WRONG_PASSWORD_OR_CODE)


async def change_password(context: RequestContext, old: str, new: str, code: str) -> NotChanged | None:
    """Change the viewer's password, and end their other sessions; None where it was done.

    Counted before anything is looked at. Whether password or code was wrong is not told, nor by the time that it takes.
    """
    key = context.viewer.subject or ""
    retry_at = await count_password_change(context, key)
    if retry_at is not None:
        return NotChanged(OfficerPasswordRefusal.TOO_MANY_PASSWORD_ATTEMPTS, retry_at)
    found, step = await _verified(context, key, old, code)
    if found is None or step is None:
        return WRONG
    if new == old or not is_fit(new, found.user_name):
        return NotChanged(OfficerPasswordRefusal.UNFIT_OFFICER_PASSWORD)
    hashed = await context.services.resource(PasswordHashing).hash(new)
    work = await context.work()
    given = {"officer": found.id, "old": found.password_hash, "new": hashed, "step": step}
    if (await work.execute(_CHANGE, given)).rowcount == 0:
        return WRONG
    await end_sessions(work, found.id, context.now, but=context.viewer.session)
    await forget_password_changes(context, key)
    await _tell(context, work, found, step)
    await audit(context, action="officers:change_password")
    return None


async def _verified(
    context: RequestContext, key: str, password: str, code: str
) -> tuple[_Account | None, int | None]:
    """The viewer's account, if the password is its own, and the step of the code; as much work in any case."""
    services = context.services
    async with services.database.read() as connection:
        row = (await connection.execute(_BY_KEY, {"officer": key})).one_or_none()
    found = None if row is None else _Account(*row)
    # Hashed before the transaction is begun, which on SQLite would keep everybody else from writing.
    matches = await services.resource(PasswordHashing).verify(
        found.password_hash if found else None, password
    )
    sealing = Sealing(services.secret, "officers totp")
    secret = sealing.opened(found.totp, found.id) if found and found.totp else None
    step = totp_step(secret, code, context.now, found.used_step if found else None)
    return (found if matches else None), step


async def _tell(context: RequestContext, work: AsyncConnection, found: _Account, step: int) -> None:
    at = f"{context.now.astimezone(VIETNAM):%H:%M %d/%m/%Y}"
    message = Message(
        channel=Channel.EMAIL,
        to=found.email,
        purpose="notice",
        subject="VssID: mật khẩu đã được đổi / password changed",
        text=(
            f"Mật khẩu của bạn trên cổng cán bộ VssID đã được đổi lúc {at}. Nếu không phải bạn, hãy báo ngay quản trị viên.\n\n"
            f"Your password for the VssID officers' console was changed at {at}. If it was not you, tell an administrator.\n"
        ),
        dedupe_key=f"officers:password:{found.id}:{step}",
    )
    await post(work, message, context.now)
