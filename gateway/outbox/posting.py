"""Writing a message, in the transaction of the change that it tells of."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Final

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.outbox.messages import Message
from gateway.outbox.tables import State, message

POSTED: Final = "gateway.outbox.posted"
"""A mark on a connection that has written a message: whoever watches connections hears of it when it is given back."""

_INSERT: Final = {
    "postgresql": postgresql.insert(message).on_conflict_do_nothing(index_elements=["dedupe_key"]),
    "sqlite": sqlite.insert(message).on_conflict_do_nothing(index_elements=["dedupe_key"]),
}


async def post(work: AsyncConnection, posted: Message, now: dt.datetime) -> bool:
    """Write a message in the transaction ``work``: it is delivered after the commit, at least once, or not at all.

    False where a message with this key was written before; then nothing is. Takes one statement and sends nothing itself.
    """
    values = {
        "id": secrets.token_hex(16),
        "dedupe_key": posted.dedupe_key,
        "channel": posted.channel,
        "purpose": posted.purpose,
        "recipient": posted.to,
        "subject": posted.subject,
        "text": posted.text,
        "secret": posted.secret,
        "state": State.WAITING,
        "attempts": 0,
        "posted_at": now,
        "expires_at": posted.expires_at,
        "due_at": now,
    }
    written = await work.execute(_INSERT[work.dialect.name], values)
    work.info[POSTED] = True
    return written.rowcount > 0
