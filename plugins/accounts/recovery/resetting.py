"""A lost phone: one officer asks for a reset after an ID check, another one confirms it, and the new phone gets a password."""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Row, bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.agencies import may_reach
from gateway.audit import audit
from gateway.context import RequestContext
from gateway.credentials import PasswordHashing
from gateway.outbox import Channel, Message, post
from gateway.throttles import Limit
from plugins.accounts.authenticator_app.models import forget_app
from plugins.accounts.challenges import end_challenges
from plugins.accounts.codes import MalformedCode, mobile_number
from plugins.accounts.locking import locked_credential
from plugins.accounts.models import Ending, credential, participant
from plugins.accounts.personal.models import contact
from plugins.accounts.recovery.models import ResetState, reset
from plugins.accounts.recovery.refusals import ResetRefusal
from plugins.accounts.sessions import end_sessions_of
from plugins.accounts.settings import AccountsSettings
from plugins.accounts.signing.notices import notify

LONGEST_REASON: Final = 500
OPEN_FOR: Final = dt.timedelta(days=7)
PASSWORD_LIFE: Final = dt.timedelta(hours=24)
HOUR: Final = dt.timedelta(hours=1)
LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
"""Of temporary passwords: none is taken for another."""
PHONE_REPLACED: Final = (
    "VssID: so dien thoai cua tai khoan da duoc thay doi tai co quan BHXH luc {at}. "
    "Neu khong phai ban, hay goi 1900 9068."
)

_PERSON: Final = (
    select(participant.c.agency_code)
    .join(credential, credential.c.participant_id == participant.c.id)
    .where(participant.c.id == bindparam("participant"))
)
_RESET: Final = select(reset).where(reset.c.id == bindparam("id"))
_OPEN: Final = reset.c.state == ResetState.REQUESTED


class ResetRefused(Exception):
    """A reset that goes no further; ``field`` is what of the input is at fault."""

    def __init__(self, why: ResetRefusal, field_: str | None = None) -> None:
        super().__init__(why.name)
        self.why, self.field = why, field_


@dataclass(frozen=True)
class Asked:
    """What an officer asks for."""

    participant_id: str
    phone: str = field(repr=False)
    reason: str = field(repr=False)
    identity_checked: bool


async def request(context: RequestContext, asked: Asked) -> str:
    """Open a reset; its key. Raises :class:`ResetRefused`."""
    reason = _reason(asked.reason)
    try:
        phone = mobile_number(asked.phone)
    except MalformedCode:
        raise ResetRefused(ResetRefusal.RESET_PHONE_INVALID, "newPhone") from None
    if not asked.identity_checked:
        raise ResetRefused(ResetRefusal.IDENTITY_NOT_CHECKED, "identityChecked")
    work = await context.work()
    whose = {"participant": asked.participant_id}
    found = (await work.execute(_PERSON, whose)).one_or_none()
    if found is None or not may_reach(context.viewer, found.agency_code):
        raise ResetRefused(ResetRefusal.UNKNOWN_PARTICIPANT)
    old = reset.c.participant_id == asked.participant_id, _OPEN, reset.c.expires_at <= context.now
    await work.execute(update(reset).where(*old).values(state=ResetState.EXPIRED))
    key = secrets.token_hex(16)
    values = {
        "id": key,
        "participant_id": asked.participant_id,
        "agency_code": found.agency_code,
        "new_phone": phone,
        "reason": reason,
        "state": ResetState.REQUESTED,
        "requested_by": context.viewer.subject,
        "requested_at": context.now,
        "expires_at": context.now + OPEN_FOR,
    }
    dialect = sqlite if work.dialect.name == "sqlite" else postgresql
    if (await work.execute(dialect.insert(reset).on_conflict_do_nothing(), values)).rowcount == 0:
        raise ResetRefused(ResetRefusal.RESET_OPEN)
    await audit(context, action="accounts:reset_request", subject=asked.participant_id, reason=reason)
    return key


async def confirm(context: RequestContext, key: str) -> None:
    """Make the new phone the registered one, and send a temporary password to it. Raises :class:`ResetRefused`."""
    asked = await _found(context, key)
    _check_other(context, asked)
    password, hashed = await _made(context, asked.new_phone)
    work = await context.work()
    await _decide(context, work, key, ResetState.CONFIRMED)
    await locked_credential(work, asked.participant_id)
    await forget_app(work, asked.participant_id)  # it was on the lost phone, most often
    about = f"reset:{key}"
    await notify(work, asked.participant_id, PHONE_REPLACED, f"{about}:old", context.now)
    await _register(work, asked.participant_id, asked.new_phone)
    await notify(work, asked.participant_id, PHONE_REPLACED, f"{about}:new", context.now)
    await _give(context, work, asked, password, hashed)
    await audit(context, action="accounts:reset_confirm", subject=asked.participant_id, reason=asked.reason)


async def reject(context: RequestContext, key: str, reason: str) -> None:
    """Let nothing come of a reset. Raises :class:`ResetRefused`."""
    why, asked = _reason(reason), await _found(context, key)
    _check_other(context, asked)
    await _decide(context, await context.work(), key, ResetState.REJECTED, why)
    await audit(context, action="accounts:reset_reject", subject=asked.participant_id, reason=why)


async def resend(context: RequestContext, key: str, reason: str) -> None:
    """Send another temporary password; the one before is good no more. Raises :class:`ResetRefused`."""
    why, asked = _reason(reason), await _found(context, key, ResetState.CONFIRMED)
    password, hashed = await _made(context, asked.new_phone)
    work = await context.work()
    kept = await locked_credential(work, asked.participant_id)
    sent_at = (await work.execute(_RESET, {"id": key})).one().sent_at
    if kept is None or not kept.temporary or kept.changed_at != sent_at:
        raise ResetRefused(ResetRefusal.RESET_OVER)
    await _give(context, work, asked, password, hashed)
    await audit(context, action="accounts:reset_resend", subject=asked.participant_id, reason=why)


async def _found(context: RequestContext, key: str, state: ResetState = ResetState.REQUESTED) -> Row[Any]:
    async with context.services.database.read() as connection:
        found = (await connection.execute(_RESET, {"id": key})).one_or_none()
    if found is None or not may_reach(context.viewer, found.agency_code) or found.state is not state:
        raise ResetRefused(ResetRefusal.RESET_OVER)
    return found


def _check_other(context: RequestContext, asked: Row[Any]) -> None:
    if asked.requested_by == context.viewer.subject:
        raise ResetRefused(ResetRefusal.SAME_OFFICER)


async def _decide(
    context: RequestContext, work: AsyncConnection, key: str, state: ResetState, why: str | None = None
) -> None:
    """Of several decisions at once, the first one counts."""
    one = reset.c.id == key, _OPEN, reset.c.expires_at > context.now
    by = {"decided_by": context.viewer.subject, "decided_at": context.now}
    decided = update(reset).where(*one).values(state=state, rejection=why, **by)
    if (await work.execute(decided)).rowcount == 0:
        raise ResetRefused(ResetRefusal.RESET_OVER)


async def _made(context: RequestContext, phone: str) -> tuple[str, str]:
    """A temporary password and its hash, made before the transaction; takes quotas of messages."""
    settings = context.services.settings.section(AccountsSettings)
    retry_at = await context.services.throttles.count(
        context.now,
        (Limit("accounts:codes_number", settings.codes_per_number, HOUR), phone),
        (Limit("accounts:codes_together", settings.codes_together, HOUR), ""),
    )
    if retry_at is not None:
        raise ResetRefused(ResetRefusal.RESET_PAUSE)
    password = "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))
    return password, await context.services.resource(PasswordHashing).hash(password)


async def _register(work: AsyncConnection, participant_id: str, phone: str) -> None:
    theirs = contact.c.participant_id == participant_id
    if (await work.execute(update(contact).where(theirs).values(phone=phone))).rowcount == 0:
        await work.execute(insert(contact), {"participant_id": participant_id, "phone": phone})


async def _give(
    context: RequestContext, work: AsyncConnection, asked: Row[Any], password: str, hashed: str
) -> None:
    """Make a temporary password the only way in, and post it; the account is locked."""
    now, until, whose = context.now, context.now + PASSWORD_LIFE, asked.participant_id
    given = {"password_hash": hashed, "changed_at": now, "temporary": True}
    await work.execute(update(credential).where(credential.c.participant_id == whose).values(given))
    sent = {"sent_at": now, "password_until": until}
    await work.execute(update(reset).where(reset.c.id == asked.id).values(sent))
    await end_challenges(work, whose)
    await end_sessions_of(work, whose, now, Ending.REVOKED)
    message = Message(
        channel=Channel.SMS,
        to=asked.new_phone,
        purpose="temporary_password",
        text=f"VssID: mat khau tam cua ban la {password}, dung trong 24 gio. Hay dang nhap va doi mat khau.",
        dedupe_key=f"accounts:temporary:{secrets.token_hex(16)}",
        secret=True,
        expires_at=until,
    )
    await post(work, message, now)


def _reason(text: str) -> str:
    reason = " ".join(text.split())
    if not 0 < len(reason) <= LONGEST_REASON or not reason.replace(" ", "").isprintable():
        raise ResetRefused(ResetRefusal.RESET_REASON_MISSING, "reason")
    return reason
