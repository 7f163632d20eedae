"""The lock of an account: whoever changes what it is signed in with, or where, holds its row until the end of the transaction."""

from __future__ import annotations

import datetime as dt
from typing import Final

from sqlalchemy import Row, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from plugins.accounts.models import credential

# On SQLite, where there is one writer, the transaction itself is the lock.
_LOCKED: Final = (
    select(credential.c.password_hash, credential.c.changed_at, credential.c.temporary)
    .where(credential.c.participant_id == bindparam("participant"))
    .with_for_update()
)


async def locked_credential(work: AsyncConnection, participant_id: str) -> Row[str, dt.datetime, bool] | None:
    """What a participant signs in with, as it is once the lock is ours; None for somebody without an account."""
    return (await work.execute(_LOCKED, {"participant": participant_id})).one_or_none()
