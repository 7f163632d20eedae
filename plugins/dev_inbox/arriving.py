"""Messages arrive in a table, since the worker may be another process than the one that serves the page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from gateway.context import Services
from gateway.outbox import Channel, Message
from plugins.dev_inbox.models import message
from plugins.dev_inbox.settings import DevInboxSettings

_INSERT: Final = {
    "postgresql": postgresql.insert(message).on_conflict_do_nothing(),
    "sqlite": sqlite.insert(message).on_conflict_do_nothing(),
}


@dataclass(frozen=True)
class Inbox:
    """Takes the messages of a channel."""

    channel: Channel

    async def deliver(self, message: Message, services: Services) -> None:
        """Keep it for the page; the second of a key is dropped."""
        values = {
            "dedupe_key": message.dedupe_key,
            "channel": message.channel,
            "recipient": message.to,
            "purpose": message.purpose,
            "subject": message.subject,
            "text": message.text,
            "delivered_at": services.clock(),
        }
        async with services.database.write() as work:
            await work.execute(_INSERT[work.dialect.name], values)


async def newest(services: Services) -> Sequence[Any]:
    """The rows that the page shows, the newest first."""
    most = services.settings.section(DevInboxSettings).shown
    async with services.database.read() as connection:
        found = await connection.execute(select(message).order_by(message.c.delivered_at.desc()).limit(most))
        return found.all()


async def forget_old(services: Services) -> None:
    """Delete what is old."""
    kept = dt.timedelta(days=services.settings.section(DevInboxSettings).keep_days)
    async with services.database.write() as work:
        await work.execute(delete(message).where(message.c.delivered_at < services.clock() - kept))
