"""Counting attempts before they are looked at, in the database, so that all nodes count together."""

from __future__ import annotations

import datetime as dt
import hmac
from collections.abc import Callable
from typing import Any, Final

from sqlalchemy import ColumnElement, Insert, bindparam, case, delete, literal, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.database import Database
from gateway.sql import Instant
from gateway.throttles.limits import Limit
from gateway.throttles.models import counter

CLEARED_EVERY: Final = dt.timedelta(minutes=1)
"""How often a process deletes counters that have expired."""

CLEARED_AT_ONCE: Final = 500
"""Counters deleted by one statement."""

_AGAIN: Final = select(counter.c.again_at).where(counter.c.key == bindparam("key"))
_EXPIRED: Final = (
    select(counter.c.key)
    .where(counter.c.expires_at <= bindparam("now"))
    .limit(CLEARED_AT_ONCE)
    .with_for_update(skip_locked=True)
)

_NOW: Final = bindparam("now", type_=Instant())


class _Refused(Exception):
    """An attempt comes too early."""

    def __init__(self, again_at: dt.datetime) -> None:
        self.again_at = again_at


class Throttles:
    """The counters. Who is counted is stored as an HMAC alone: an address or a code cannot be read off the table."""

    def __init__(
        self, database: Database, secret: bytes, refused: Callable[[str], None] = lambda limit: None
    ) -> None:
        """``refused`` hears the name of each limit that refuses an attempt."""
        self._database = database
        self._refused = refused
        self._key = hmac.digest(secret, b"throttles", "sha256")
        self._insert = (sqlite if database.dialect_name == "sqlite" else postgresql).insert
        self._cleared_at: dt.datetime | None = None

    async def count(self, now: dt.datetime, *attempts: tuple[Limit, str]) -> dt.datetime | None:
        """Count an attempt against each (limit, whose), and commit; when to try again, or None where it is allowed.

        An attempt that any of them refuses is counted by none. Call it before what it protects, and before
        :meth:`~gateway.context.RequestContext.work` has begun: it has a transaction of its own, and SQLite one writer.
        Raises what the store fails with; then nothing is allowed.
        """
        keyed = sorted(((self._hashed(limit, whose), limit) for limit, whose in attempts), key=_turn)
        try:
            async with self._database.write() as work:
                refused = [
                    again for key, limit in keyed if (again := await self._take(work, key, limit, now))
                ]
                if refused:
                    raise _Refused(max(refused))
        except _Refused as refusal:
            return refusal.again_at
        await self._clear_sometimes(now)
        return None

    async def forget(self, work: AsyncConnection, *attempts: tuple[Limit, str]) -> None:
        """Start anew for each (limit, whose), in the transaction ``work``: what was tried has succeeded."""
        keys = sorted(self._hashed(limit, whose) for limit, whose in attempts)
        for key in keys:
            await work.execute(delete(counter).where(counter.c.key == key))

    async def clear(self, now: dt.datetime) -> None:
        """Delete counters that have expired, some at a time."""
        async with self._database.write() as work:
            await work.execute(delete(counter).where(counter.c.key.in_(_EXPIRED)), {"now": now})

    async def _clear_sometimes(self, now: dt.datetime) -> None:
        if self._cleared_at is None or abs(now - self._cleared_at) >= CLEARED_EVERY:
            self._cleared_at = now
            await self.clear(now)

    async def _take(
        self, work: AsyncConnection, key: str, limit: Limit, now: dt.datetime
    ) -> dt.datetime | None:
        # A statement that is refused still locks the row on PostgreSQL, so what is read then is what refused it.
        taken = await work.execute(_counted(self._insert(counter), limit, now), {"key": key, "now": now})
        if taken.one_or_none() is not None:
            return None
        self._refused(limit.name)
        again: dt.datetime = (await work.execute(_AGAIN, {"key": key})).scalar_one()
        return again

    def _hashed(self, limit: Limit, whose: str) -> str:
        return hmac.digest(
            self._key, f"{limit.name}\0{whose}".encode("utf-8", "surrogatepass"), "sha256"
        ).hex()


def _turn(keyed: tuple[str, Limit]) -> tuple[int, str]:
    # One order for everybody, so that nobody waits in a circle; what many are counted by comes last and is locked least.
    key, limit = keyed
    return limit.attempts, key


def _counted(insert: Any, limit: Limit, now: dt.datetime) -> Insert:
    """Insert the first attempt or count a further one; no row comes back where it is too early."""
    again_at, expires_at = (_growing if limit.longest is not None else _in_period)(limit, now)
    is_new = counter.c.expires_at <= _NOW
    first_again, first_expiry = _first_attempt(limit, now)
    made: Insert = (
        insert.values(key=bindparam("key"), attempts=1, again_at=first_again, expires_at=first_expiry)
        .on_conflict_do_update(
            index_elements=[counter.c.key],
            set_={
                "attempts": case((is_new, 1), else_=counter.c.attempts + 1),
                "again_at": case((is_new, first_again), else_=again_at),
                "expires_at": case((is_new, first_expiry), else_=expires_at),
            },
            where=or_(is_new, counter.c.again_at <= _NOW),
        )
        .returning(counter.c.attempts)
    )
    return made


def _first_attempt(limit: Limit, now: dt.datetime) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    delay = limit.period if limit.attempts == 1 else dt.timedelta(0)
    kept = limit.period if limit.longest is None else delay + limit.longest
    return _at(now + delay), _at(now + kept)


def _in_period(limit: Limit, _now: dt.datetime) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    is_last = counter.c.attempts + 1 >= limit.attempts
    return case((is_last, counter.c.expires_at), else_=_NOW), counter.c.expires_at


def _growing(limit: Limit, now: dt.datetime) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    *growing, longest = limit.delays
    attempt = counter.c.attempts + 1
    steps = [(attempt < limit.attempts, now)]
    steps += [(attempt == limit.attempts + step, now + delay) for step, delay in enumerate(growing)]
    return (
        case(*((when, _at(again)) for when, again in steps), else_=_at(now + longest)),
        case(*((when, _at(again + longest)) for when, again in steps), else_=_at(now + longest + longest)),
    )


def _at(moment: dt.datetime) -> ColumnElement[Any]:
    return literal(moment, Instant())
