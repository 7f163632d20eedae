"""Signing in with social security code and password."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from sqlalchemy import bindparam, select

from gateway.access import Audience
from gateway.context import RequestContext
from gateway.credentials import PasswordHashing
from gateway.database import Database
from plugins.accounts.codes import MalformedCode, social_security_code
from plugins.accounts.models import credential, participant
from plugins.accounts.refusals import SignInRefusal
from plugins.accounts.sessions import Holder, OpenedSession, open_session
from plugins.accounts.settings import AccountsSettings
from plugins.accounts.throttling import count_sign_in

_CREDENTIAL: Final = (
    select(credential.c.participant_id, credential.c.password_hash)
    .join(participant, participant.c.id == credential.c.participant_id)
    .where(participant.c.social_security_code == bindparam("code"))
)


@dataclass(frozen=True)
class Refused:
    """No session. Which of code and password was wrong is not told: nor does the time tell that it took."""

    why: SignInRefusal
    retry_at: dt.datetime | None = None


async def sign_in(context: RequestContext, code: str, password: str) -> OpenedSession | Refused:
    """A new session, if nobody has tried too often."""
    retry_at = await count_sign_in(context, code)
    if retry_at is not None:
        return Refused(SignInRefusal.TOO_MANY_ATTEMPTS, retry_at)
    services = context.services
    found = await _credential(services.database, code)
    participant_id, password_hash = found or (None, None)
    # Hashed before the transaction is begun, which on SQLite would keep everybody else from writing.
    matches = await services.resource(PasswordHashing).verify(password_hash, password)
    if participant_id is None or not matches:
        return Refused(SignInRefusal.WRONG_CREDENTIALS)
    holder = Holder(Audience.PARTICIPANT, participant_id)
    limits = services.settings.section(AccountsSettings).participant
    return await open_session(await context.work(), holder, limits, context.now)


async def _credential(database: Database, text: str) -> tuple[str, str] | None:
    try:
        code = social_security_code(text)
    except MalformedCode:
        return None
    async with database.read() as connection:
        row = (await connection.execute(_CREDENTIAL, {"code": code})).one_or_none()
    return None if row is None else (row.participant_id, row.password_hash)
