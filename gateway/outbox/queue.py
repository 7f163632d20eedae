"""The table as a queue: messages are held under a lease, and marked by whoever holds them.

No transaction is open while a message is delivered: holding and marking are short transactions of their own.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    delete,
    func,
    literal_column,
    null,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.outbox.messages import Channel, Message
from gateway.outbox.tables import State, message

EXPIRED: Final = "expired"
GIVEN_UP: Final = "given up"
PURGED_AT_ONCE: Final = 500
LONGEST_REASON: Final = 60

# Spelt out, not a parameter: a statement finds the partial index by it.
_WAITS: Final[ColumnElement[bool]] = message.c.state == literal_column("'WAITING'")
_IS_PARKED: Final = and_(message.c.state == State.PARKED, message.c.finished_at.is_not(None))
_IS_FINISHED: Final = and_(
    message.c.state.in_((State.SENT, State.PARKED)), message.c.finished_at.is_not(None)
)
_WIPED: Final[dict[str, Any]] = {"recipient": None, "subject": None, "text": None}


@dataclass(frozen=True)
class Held:
    """A message under a lease; ``attempts`` counts the one that is about to be made."""

    id: str
    lease: str
    attempts: int
    purpose: str
    posted_at: dt.datetime
    expires_at: dt.datetime | None
    row: Any

    def message(self) -> Message:
        """As it was posted; ValueError where it would not be posted today."""
        row = self.row
        return Message(
            channel=row.channel,
            to=row.recipient,
            purpose=row.purpose,
            text=row.text,
            dedupe_key=row.dedupe_key,
            subject=row.subject,
            secret=row.secret,
            expires_at=row.expires_at,
        )


@dataclass(frozen=True)
class Parked:
    """A message that was given up, for the log and the metrics."""

    id: str
    channel: Channel
    purpose: str
    reason: str


@dataclass(frozen=True)
class Count:
    """How many messages of a purpose are in a state, and since when the oldest."""

    channel: Channel
    purpose: str
    state: State
    messages: int
    oldest: dt.datetime


async def next_due(connection: AsyncConnection, channel: Channel) -> dt.datetime | None:
    """When the next message of a channel is to be looked at; None where none waits."""
    found: dt.datetime | None = await connection.scalar(
        select(message.c.due_at)
        .where(_WAITS, message.c.channel == channel)
        .order_by(message.c.due_at)
        .limit(1)
    )
    return found


async def hold(
    work: AsyncConnection, channel: Channel, most: int, lease: dt.timedelta, now: dt.datetime
) -> list[Held]:
    """Take messages that are due, the longest due first; nobody else gets them before the lease ends.

    One that a worker held and did not mark counts as tried, so a message that ends processes is given up in the end.
    """
    due = (
        select(message.c.id)
        .where(_WAITS, message.c.channel == channel, message.c.due_at <= now)
        .order_by(message.c.due_at)
        .limit(most)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    name = secrets.token_hex(16)
    held = await work.execute(
        update(message)
        .where(message.c.id.in_(select(due.c.id)))
        .values(lease=name, due_at=now + lease, attempts=message.c.attempts + 1)
        .returning(message)
    )
    return [
        Held(row.id, name, row.attempts, row.purpose, row.posted_at, row.expires_at, row)
        for row in sorted(held, key=lambda row: row.posted_at)
    ]


async def mark_sent(work: AsyncConnection, held: Held, now: dt.datetime) -> bool:
    """It was handed over: nothing personal of it is kept. False where the lease is somebody else's by now."""
    return await _mark(work, held, state=State.SENT, finished_at=now, lease=None, failure=None, **_WIPED)


async def mark_failed(work: AsyncConnection, held: Held, reason: str, due: dt.datetime) -> bool:
    """It is to be tried again."""
    return await _mark(work, held, due_at=due, lease=None, failure=reason[:LONGEST_REASON])


async def mark_parked(work: AsyncConnection, held: Held, reason: str, now: dt.datetime) -> bool:
    """It is given up."""
    return await _mark(work, held, **_parking(now), failure=reason[:LONGEST_REASON])


async def _mark(work: AsyncConnection, held: Held, **values: Any) -> bool:
    marking = update(message).where(message.c.id == held.id, message.c.lease == held.lease).values(**values)
    return (await work.execute(marking)).rowcount > 0


def _parking(now: dt.datetime) -> dict[str, Any]:
    kept = {name: case((message.c.secret, null()), else_=message.c[name]) for name in _WIPED}
    return {"state": State.PARKED, "finished_at": now, "lease": None, **kept}


async def park_hopeless(
    work: AsyncConnection, attempts: int, now: dt.datetime, channel: Channel | None = None
) -> list[Parked]:
    """Give up what is due but has expired, or was tried so often; of one channel or of all."""
    expired = and_(message.c.expires_at.is_not(None), message.c.expires_at <= now)
    found = await work.execute(
        update(message)
        .where(
            _WAITS,
            message.c.due_at <= now,
            or_(expired, message.c.attempts >= attempts),
            *(() if channel is None else (message.c.channel == channel,)),
        )
        .values(
            **_parking(now),
            failure=case((expired, EXPIRED), else_=func.coalesce(message.c.failure, GIVEN_UP)),
        )
        .returning(message.c.id, message.c.channel, message.c.purpose, message.c.failure)
    )
    return [Parked(row.id, row.channel, row.purpose, row.failure or GIVEN_UP) for row in found]


async def purge(work: AsyncConnection, before: dt.datetime) -> int:
    """Delete some of the messages that were finished before a moment; how many, 0 where none is left."""
    old = select(message.c.id).where(_IS_FINISHED, message.c.finished_at < before).limit(PURGED_AT_ONCE)
    return (await work.execute(delete(message).where(message.c.id.in_(old)))).rowcount


async def release(work: AsyncConnection, channel: Channel | None, now: dt.datetime) -> int:
    """Let what was given up and is not wiped wait again, as if it had never been tried; how many."""
    released = await work.execute(
        update(message)
        .where(
            _IS_PARKED,
            message.c.text.is_not(None),
            or_(message.c.expires_at.is_(None), message.c.expires_at > now),
            *(() if channel is None else (message.c.channel == channel,)),
        )
        .values(state=State.WAITING, due_at=now, attempts=0, finished_at=None)
    )
    return released.rowcount


async def census(connection: AsyncConnection) -> Sequence[Count]:
    """What waits and what was given up."""
    found = await connection.execute(union_all(_counted(_WAITS), _counted(_IS_PARKED)))
    return [Count(*row) for row in found]


def _counted(condition: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    grouped = (message.c.channel, message.c.purpose, message.c.state)
    return select(*grouped, func.count(), func.min(message.c.posted_at)).where(condition).group_by(*grouped)
