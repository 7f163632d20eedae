"""Sessions: opened with a new token, ended once, and alive until they are old or were asleep for too long."""

from __future__ import annotations

import datetime as dt
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.access import Audience, Viewer
from gateway.credentials import new_token, token_hash
from plugins.accounts.dependants.acting import acting_for, children_of
from plugins.accounts.models import Ending, session

PREFIX: Final = "vss_"
"""What the tokens of these sessions begin with."""

SEEN_EVERY: Final = dt.timedelta(minutes=1)
"""How fine ``seen_at`` is; a session in constant use is written no more often."""

BY_TOKEN: Final = select(
    session.c.id,
    session.c.audience,
    session.c.subject,
    session.c.scopes,
    session.c.claims,
    session.c.idle_seconds,
    session.c.seen_at,
    session.c.expires_at,
    session.c.ended_at,
    session.c.ending,
    children_of(session.c.subject).label("children"),
).where(session.c.token_hash == bindparam("hash"))
"""The session that the token with a hash has opened, dead or alive, and whom its holder acts for; :func:`session_of` reads it."""


@dataclass(frozen=True)
class Limits:
    """How long a session lasts: altogether, and without being used (None: however long)."""

    absolute: dt.timedelta
    idle: dt.timedelta | None


@dataclass(frozen=True)
class Holder:
    """Whose session it is, and what it may do."""

    audience: Audience
    subject: str
    scopes: frozenset[str] = frozenset()
    claims: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class OpenedSession:
    """A new session. ``token`` is shown to its holder now and never again."""

    id: str
    token: str
    expires_at: dt.datetime


@dataclass(frozen=True)
class Session:
    """A session as it is stored."""

    id: str
    holder: Holder
    idle: dt.timedelta | None
    seen_at: dt.datetime
    expires_at: dt.datetime
    ended_at: dt.datetime | None
    ending: Ending | None
    acting_for: Mapping[str, dt.datetime]

    @property
    def alive_until(self) -> dt.datetime | None:
        """When its token stops to count, if nobody uses it; None where it was ended."""
        return None if self.ended_at is not None else self._lasts

    @property
    def was_replaced(self) -> bool:
        """Whether another device has ended it while it was alive."""
        if self.ended_at is None or self.ending is not Ending.REPLACED:
            return False
        return self.ended_at < self._lasts

    @property
    def _lasts(self) -> dt.datetime:
        return self.expires_at if self.idle is None else min(self.expires_at, self.seen_at + self.idle)

    def viewer(self) -> Viewer:
        """Its holder as the access rules see it."""
        holder = self.holder
        return Viewer(holder.audience, holder.subject, self.id, holder.scopes, holder.claims)


def session_row(
    id_: str, token: str, holder: Holder, limits: Limits, now: dt.datetime, device_id: str | None = None
) -> dict[str, object]:
    """A new session as a row of its table."""
    return {
        "id": id_,
        "token_hash": token_hash(token),
        "audience": holder.audience,
        "subject": holder.subject,
        "scopes": " ".join(sorted(holder.scopes)),
        "claims": json.dumps(dict(holder.claims), ensure_ascii=False, sort_keys=True),
        "idle_seconds": None if limits.idle is None else int(limits.idle.total_seconds()),
        "created_at": now,
        "seen_at": now,
        "expires_at": now + limits.absolute,
        "ended_at": None,
        "ending": None,
        "device_id": device_id,
    }


async def open_session(
    work: AsyncConnection, holder: Holder, limits: Limits, now: dt.datetime, device_id: str | None = None
) -> OpenedSession:
    """Open a session; it counts once ``work`` is committed."""
    opened = OpenedSession(secrets.token_hex(16), new_token(PREFIX), now + limits.absolute)
    await work.execute(insert(session), session_row(opened.id, opened.token, holder, limits, now, device_id))
    return opened


async def end_session(
    work: AsyncConnection, id_: str, now: dt.datetime, why: Ending = Ending.SIGNED_OUT
) -> bool:
    """End a session for good; False where it does not exist or was ended before."""
    one = session.c.id == id_, session.c.ended_at.is_(None)
    ending = update(session).where(*one).values(ended_at=now, ending=why)
    return (await work.execute(ending)).rowcount > 0


async def end_sessions_of(work: AsyncConnection, participant_id: str, now: dt.datetime, why: Ending) -> None:
    """End whatever session a participant has."""
    theirs = (
        session.c.audience == Audience.PARTICIPANT,
        session.c.subject == participant_id,
        session.c.ended_at.is_(None),
    )
    await work.execute(update(session).where(*theirs).values(ended_at=now, ending=why))


def session_of(row: Mapping[str, Any]) -> Session:
    """A row of :data:`BY_TOKEN`."""
    idle = row["idle_seconds"]
    return Session(
        row["id"],
        Holder(row["audience"], row["subject"], frozenset(row["scopes"].split()), json.loads(row["claims"])),
        None if idle is None else dt.timedelta(seconds=idle),
        row["seen_at"],
        row["expires_at"],
        row["ended_at"],
        row["ending"],
        acting_for(row["children"]) if row["audience"] is Audience.PARTICIPANT else {},
    )


async def mark_seen(work: AsyncConnection, id_: str, now: dt.datetime) -> None:
    """Note that a session is in use; of several requests at once, the first one writes and the others do not wait."""
    stale = select(session.c.id).where(session.c.id == id_, session.c.seen_at <= now - SEEN_EVERY)
    free = stale.with_for_update(skip_locked=True)
    await work.execute(update(session).where(session.c.id.in_(free)).values(seen_at=now))
