"""The steps of a change of phone number or e-mail address.

The code for the old one and the code for the new one are of two purposes, in two challenges: neither is good for the other.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.audit import audit
from gateway.context import RequestContext
from plugins.accounts.challenges import (
    Challenge,
    ChallengeRefusal,
    Purpose,
    Refusal,
    Sent,
    begin_with_code,
    confirmed,
    end_challenges,
    go_on_with_code,
)
from plugins.accounts.codes import MalformedCode, email_address, mobile_number
from plugins.accounts.personal.models import contact
from plugins.accounts.refusals import AccountChangeRefusal
from plugins.accounts.signing.notices import EMAIL_CHANGED, PHONE_CHANGED, notify, tell
from plugins.accounts.signing.own_password import WrongPassword, forget_guesses, owner_by_password


@dataclass(frozen=True)
class Kind:
    """What of a person is changed, and how its steps differ from the other one's."""

    column: ColumnElement[str | None]
    read: Callable[[str], str]
    malformed: AccountChangeRefusal
    field: str
    at_old: Purpose
    at_new: Purpose
    notice: str


PHONE: Final = Kind(
    contact.c.phone,
    mobile_number,
    AccountChangeRefusal.PHONE_INVALID,
    "newPhone",
    Purpose.CHANGE_PHONE,
    Purpose.NEW_PHONE,
    PHONE_CHANGED,
)
EMAIL: Final = Kind(
    contact.c.email,
    email_address,
    AccountChangeRefusal.EMAIL_INVALID,
    "newEmail",
    Purpose.CHANGE_EMAIL,
    Purpose.NEW_EMAIL,
    EMAIL_CHANGED,
)


@dataclass(frozen=True)
class NotTaken:
    """A change that is not begun; ``field`` is the one of the input that is at fault."""

    why: AccountChangeRefusal
    field: str | None
    retry_at: dt.datetime | None = None


def wrong(password: WrongPassword) -> NotTaken:
    """What comes of a wrong password."""
    if password.retry_at is None:
        return NotTaken(AccountChangeRefusal.PRESENT_PASSWORD_WRONG, "password")
    return NotTaken(AccountChangeRefusal.PRESENT_PASSWORD_PAUSE, "password", password.retry_at)


async def begin(context: RequestContext, kind: Kind, password: str, new: str) -> Sent | NotTaken | Refusal:
    """Send a code to the old number or address; whoever has no address yet confirms the first one with the phone."""
    try:
        wanted = kind.read(new)
    except MalformedCode:
        return NotTaken(kind.malformed, kind.field)
    owner = await owner_by_password(context, password)
    if isinstance(owner, WrongPassword):
        return wrong(owner)
    old = owner.phone if kind is PHONE else owner.email
    if old is not None and old.lower() == wanted.lower():
        return NotTaken(AccountChangeRefusal.CONTACT_UNCHANGED, kind.field)
    whose, place = owner.participant_id, context.viewer.session or ""
    payload = {"old": old, "new": wanted}
    sent = await begin_with_code(context, whose, kind.at_old, place, old or owner.phone, payload, wanted)
    await forget_guesses(context)
    return sent


async def confirm_old(context: RequestContext, kind: Kind, token: str, code: str) -> Sent | Refusal:
    """With the code of the old one: send a code to the new one."""
    asked = await confirmed(context, token, code, kind.at_old, context.viewer.session or "")
    if isinstance(asked, Refusal):
        return asked
    return await go_on_with_code(context, asked, kind.at_new, asked.payload["new"])


async def confirm_new(context: RequestContext, kind: Kind, token: str, code: str) -> dt.datetime | Refusal:
    """With the code of the new one: from when on it counts. Whatever else was begun is over, and both are told."""
    asked = await confirmed(context, token, code, kind.at_new, context.viewer.session or "")
    if isinstance(asked, Refusal):
        return asked
    work = await context.work()
    if not await _replace(work, kind, asked):  # an officer's reset was in between
        return Refusal(ChallengeRefusal.CHALLENGE_OVER)
    await end_challenges(work, asked.participant_id)
    await _tell(work, kind, asked, context.now)
    verb = "change_phone" if kind is PHONE else "change_email"
    await audit(context, action=f"accounts:{verb}", subject=asked.participant_id)
    return context.now


async def _replace(work: AsyncConnection, kind: Kind, asked: Challenge) -> bool:
    theirs = contact.c.participant_id == asked.participant_id
    unchanged = kind.column.is_not_distinct_from(asked.payload["old"])
    changed = update(contact).where(theirs, unchanged).values({kind.column: asked.payload["new"]})
    return (await work.execute(changed)).rowcount == 1


async def _tell(work: AsyncConnection, kind: Kind, asked: Challenge, now: dt.datetime) -> None:
    """Tell the old one, which may be another person's by now, the new one, and in any case the phone."""
    for which in ("old", "new"):
        if asked.payload[which] is not None:
            await tell(work, asked.payload[which], kind.notice, f"contact:{asked.id}:{which}", now)
    if kind is EMAIL:
        await notify(work, asked.participant_id, kind.notice, f"contact:{asked.id}:phone", now)
