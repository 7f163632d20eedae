"""The table of messages."""

from __future__ import annotations

import datetime as dt
import enum
from typing import Final

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Enum,
    Index,
    Integer,
    MetaData,
    Named,
    String,
    Table,
    TypedColumns,
    text,
)

from gateway.outbox.messages import LONGEST_ADDRESS, LONGEST_KEY, LONGEST_SUBJECT, Channel
from gateway.sql import Instant, iso_datetime_check

metadata: Final = MetaData()


class State(enum.Enum):
    """Whether something is left to do for a message: it waits, was sent, or was given up."""

    WAITING = "waiting"
    SENT = "sent"
    PARKED = "parked"


class MessageColumns(TypedColumns):
    """A message and what became of it.

    A message that waits is tried at ``due_at``; while a worker holds it, that is the end of the worker's lease, and ``lease`` its
    name. Recipient, subject and text are wiped when it was sent, and of a secret message when it was given up.
    """

    id = Column(String(32), primary_key=True)
    dedupe_key: Named[str] = Column(String(LONGEST_KEY), unique=True)
    channel: Named[Channel] = Column(
        Enum(Channel, native_enum=False, length=8, create_constraint=True, name="channel_is_known")
    )
    purpose: Named[str] = Column(String(40))
    recipient: Named[str | None] = Column(String(LONGEST_ADDRESS))
    subject: Named[str | None] = Column(String(LONGEST_SUBJECT))
    text: Named[str | None] = Column(String)
    secret: Named[bool] = Column(Boolean)
    state: Named[State] = Column(
        Enum(State, native_enum=False, length=8, create_constraint=True, name="state_is_known")
    )
    attempts: Named[int] = Column(Integer)
    failure: Named[str | None] = Column(String(60))
    posted_at: Named[dt.datetime] = Column(Instant)
    expires_at: Named[dt.datetime | None] = Column(Instant)
    due_at: Named[dt.datetime] = Column(Instant)
    lease: Named[str | None] = Column(String(32))
    finished_at: Named[dt.datetime | None] = Column(Instant)


_WAITING: Final = text("state = 'WAITING'")
_FINISHED: Final = text("finished_at IS NOT NULL")

message: Final = Table(
    "outbox_message",
    metadata,
    MessageColumns,
    CheckConstraint(
        "state <> 'WAITING' OR (recipient IS NOT NULL AND text IS NOT NULL AND finished_at IS NULL)",
        name="waiting_can_be_sent",
    ),
    CheckConstraint(
        "state = 'WAITING' OR (finished_at IS NOT NULL AND lease IS NULL)", name="finished_has_an_end"
    ),
    CheckConstraint(
        "state <> 'SENT' AND (state <> 'PARKED' OR NOT secret)"
        " OR (recipient IS NULL AND subject IS NULL AND text IS NULL)",
        name="finished_is_wiped",
    ),
    *(iso_datetime_check(column) for column in ("posted_at", "expires_at", "due_at", "finished_at")),
)

Index(
    "outbox_message_waiting",
    message.c.channel,
    message.c.due_at,
    sqlite_where=_WAITING,
    postgresql_where=_WAITING,
)
Index(
    "outbox_message_finished",
    message.c.state,
    message.c.finished_at,
    sqlite_where=_FINISHED,
    postgresql_where=_FINISHED,
)
