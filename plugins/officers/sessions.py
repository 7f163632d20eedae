"""Sessions of officers: what one says is read with its officer in every request, so a change applies to the next."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.access import Audience, Scope, Viewer, scopes_of
from gateway.agencies import CLAIM
from gateway.context import Services
from gateway.credentials import is_token, new_token, token_hash
from gateway.database import DatabaseBusy, DatabaseUnavailable
from gateway.hookspecs import Bearer
from plugins.officers.models import officer, session
from plugins.officers.roles import roles_of
from plugins.officers.settings import OfficersSettings

PREFIX: Final = "vso_"
"""What the tokens of these sessions begin with."""

SEEN_EVERY: Final = dt.timedelta(minutes=1)
"""How fine ``seen_at`` is; a session in constant use is written no more often."""

BY_TOKEN: Final = (
    select(
        session.c.id,
        session.c.officer_id,
        session.c.idle_seconds,
        session.c.seen_at,
        session.c.expires_at,
        session.c.ended_at,
        officer.c.agency_code,
        officer.c.roles,
        officer.c.disabled_at,
    )
    .join(officer, officer.c.id == session.c.officer_id)
    .where(session.c.token_hash == bindparam("hash"))
)
"""The session that the token with a hash has opened, dead or alive, and its officer as they are now."""


@dataclass(frozen=True)
class OpenedSession:
    """A new session. ``token`` is shown to its holder now and never again."""

    id: str
    token: str
    expires_at: dt.datetime


class OfficerAuthenticator:
    """Knows the tokens of officers' sessions. ``declared`` are the scopes of all plugins, each with its roles."""

    statement = BY_TOKEN

    def __init__(self, declared: Mapping[str, Scope]) -> None:
        self._declared = declared

    def parameters(self, token: str) -> Mapping[str, object] | None:
        """The hash that is stored; None for what is not spelt as a token."""
        return {"hash": token_hash(token)} if is_token(token, PREFIX) else None

    def bearer(self, row: Mapping[str, Any]) -> Bearer | None:
        """The officer of a session, or None where it was ended or the officer works here no more."""
        if row["ended_at"] is not None or row["disabled_at"] is not None:
            return None
        scopes = scopes_of(roles_of(row["roles"]), self._declared)
        viewer = Viewer(Audience.OFFICER, row["officer_id"], row["id"], scopes, {CLAIM: row["agency_code"]})
        idle_until = row["seen_at"] + dt.timedelta(seconds=row["idle_seconds"])
        return Bearer(viewer, min(row["expires_at"], idle_until), row["seen_at"] + SEEN_EVERY)

    async def used(self, viewer: Viewer, services: Services, now: dt.datetime) -> None:
        """Keep the session awake; where the store cannot at once, the next request does."""
        assert viewer.session is not None, "a session makes its viewer"
        try:
            async with services.database.write() as work:
                await mark_seen(work, viewer.session, now)
        except (DatabaseBusy, DatabaseUnavailable):
            pass


def session_row(
    id_: str, token: str, officer_id: str, limits: OfficersSettings, now: dt.datetime
) -> dict[str, object]:
    """A new session as a row of its table."""
    return {
        "id": id_,
        "officer_id": officer_id,
        "token_hash": token_hash(token),
        "idle_seconds": limits.idle_minutes * 60,
        "created_at": now,
        "seen_at": now,
        "expires_at": now + dt.timedelta(hours=limits.absolute_hours),
        "ended_at": None,
    }


async def open_session(
    work: AsyncConnection, officer_id: str, limits: OfficersSettings, now: dt.datetime
) -> OpenedSession:
    """Open a session; it counts once ``work`` is committed."""
    expires_at = now + dt.timedelta(hours=limits.absolute_hours)
    opened = OpenedSession(secrets.token_hex(16), new_token(PREFIX), expires_at)
    await work.execute(insert(session), session_row(opened.id, opened.token, officer_id, limits, now))
    return opened


async def end_session(work: AsyncConnection, id_: str, now: dt.datetime) -> None:
    """End a session for good."""
    ending = update(session).where(session.c.id == id_, session.c.ended_at.is_(None))
    await work.execute(ending.values(ended_at=now))


async def end_sessions(
    work: AsyncConnection, officer_id: str, now: dt.datetime, but: str | None = None
) -> None:
    """End all sessions of an officer for good, but for one of this id."""
    ending = update(session).where(session.c.officer_id == officer_id, session.c.ended_at.is_(None))
    await work.execute(ending.where(session.c.id != (but or "")).values(ended_at=now))


async def mark_seen(work: AsyncConnection, id_: str, now: dt.datetime) -> None:
    """Note that a session is in use; of several requests at once, the first one writes and the others do not wait."""
    stale = select(session.c.id).where(session.c.id == id_, session.c.seen_at <= now - SEEN_EVERY)
    free = stale.with_for_update(skip_locked=True)
    await work.execute(update(session).where(session.c.id.in_(free)).values(seen_at=now))
