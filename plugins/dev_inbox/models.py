"""The table of messages as they arrived."""

from __future__ import annotations

import datetime as dt
from typing import Final

from sqlalchemy import Column, Enum, Index, MetaData, Named, String, Table, TypedColumns

from gateway.outbox import Channel
from gateway.sql import Instant, iso_datetime_check

metadata: Final = MetaData()


class MessageColumns(TypedColumns):
    """A message that was delivered, once for each key."""

    dedupe_key = Column(String(200), primary_key=True)
    channel: Named[Channel] = Column(
        Enum(Channel, native_enum=False, length=8, create_constraint=True, name="channel_is_known")
    )
    recipient: Named[str] = Column(String(320))
    purpose: Named[str] = Column(String(40))
    subject: Named[str | None] = Column(String(200))
    text: Named[str] = Column(String)
    delivered_at: Named[dt.datetime] = Column(Instant)


message: Final = Table("dev_inbox_message", metadata, MessageColumns, iso_datetime_check("delivered_at"))
Index("dev_inbox_message_delivered", message.c.delivered_at)
