"""Codes of an app, and recovery codes, as they are used: each once, whatever is asked for at the same time."""

from __future__ import annotations

from typing import Final

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.context import RequestContext, Services
from gateway.credentials import Sealing, totp_step
from plugins.accounts.authenticator_app.models import authenticator, recovery_code
from plugins.accounts.authenticator_app.recovery_codes import recovery_hash
from plugins.accounts.locking import locked_credential
from plugins.accounts.signing.notices import RECOVERY_CODE_USED, notify

_KEPT: Final = select(authenticator.c.secret, authenticator.c.used_step).where(
    authenticator.c.participant_id == bindparam("participant")
)


def sealing(services: Services) -> Sealing:
    """What seals the secrets of participants' apps."""
    return Sealing(services.secret, "accounts totp")


async def spent(context: RequestContext, participant_id: str, code: str) -> bool:
    """Use a code of a participant's app, or a recovery code, in the transaction of ``context.work()``; False where it is wrong.

    The account is locked from then on. A code that is no later than the last one used is wrong.
    """
    work = await context.work()
    await locked_credential(work, participant_id)
    kept = (await work.execute(_KEPT, {"participant": participant_id})).one_or_none()
    if kept is None:
        return False
    secret = sealing(context.services).opened(kept.secret, participant_id)
    step = totp_step(secret, code, context.now, kept.used_step)
    if step is None:
        return await _spend_recovery_code(context, work, participant_id, code)
    app = authenticator.c.participant_id == participant_id, authenticator.c.used_step < step
    return (await work.execute(update(authenticator).where(*app).values(used_step=step))).rowcount == 1


async def _spend_recovery_code(
    context: RequestContext, work: AsyncConnection, participant_id: str, code: str
) -> bool:
    hashed = recovery_hash(context.services, participant_id, code)
    one = (
        recovery_code.c.code_hash == hashed,
        recovery_code.c.participant_id == participant_id,
        recovery_code.c.used_at.is_(None),
    )
    used = await work.execute(update(recovery_code).where(*one).values(used_at=context.now))
    if used.rowcount == 0:
        return False
    await notify(work, participant_id, RECOVERY_CODE_USED, f"recovery_code:{hashed}", context.now)
    return True
