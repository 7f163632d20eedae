"""Tables of authenticator apps: one app for each participant, and its recovery codes."""

from __future__ import annotations

import datetime as dt
from typing import Final

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Named,
    String,
    Table,
    TypedColumns,
    bindparam,
    delete,
    select,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.sql import Instant, iso_datetime_check
from plugins.accounts.models import metadata


class AuthenticatorColumns(TypedColumns):
    """An app. Its ``secret`` is sealed; ``used_step`` is the step of the last code that was used, and no earlier one counts."""

    participant_id = Column(String(32), ForeignKey("accounts_participant.id"), primary_key=True)
    secret: Named[str] = Column(String(200))
    used_step: Named[int] = Column(BigInteger)
    registered_at: Named[dt.datetime] = Column(Instant)


authenticator = Table(
    "accounts_authenticator", metadata, AuthenticatorColumns, iso_datetime_check("registered_at")
)


class RecoveryCodeColumns(TypedColumns):
    """A code for when the app is lost, good once. ``code_hash`` is an HMAC, over the participant's key as well."""

    code_hash = Column(String(64), primary_key=True)
    participant_id: Named[str] = Column(String(32), ForeignKey("accounts_participant.id"))
    used_at: Named[dt.datetime | None] = Column(Instant)


recovery_code = Table(
    "accounts_recovery_code",
    metadata,
    RecoveryCodeColumns,
    CheckConstraint("length(code_hash) = 64", name="code_is_hashed"),
    iso_datetime_check("used_at"),
    Index("accounts_recovery_code_of_participant", "participant_id"),
)

_APP: Final = select(authenticator.c.participant_id).where(
    authenticator.c.participant_id == bindparam("participant")
)


async def has_app(connection: AsyncConnection, participant_id: str) -> bool:
    """Whether a participant has registered an app."""
    return (await connection.execute(_APP, {"participant": participant_id})).first() is not None


async def forget_app(work: AsyncConnection, participant_id: str) -> None:
    """Take away a participant's app, if there is one, and its recovery codes; the account is locked."""
    for table in (recovery_code, authenticator):
        await work.execute(delete(table).where(table.c.participant_id == participant_id))
