"""From a bearer token to a viewer."""

from __future__ import annotations

import datetime as dt

from gateway.access import Viewer
from gateway.context import Services
from gateway.database import DatabaseBusy
from plugins.accounts.sessions import SEEN_EVERY, Session, find_session, mark_seen
from plugins.accounts.tokens import is_token


class SessionAuthenticator:
    """Knows the tokens of sessions, whoever holds them."""

    async def authenticate(self, token: str, services: Services) -> Viewer | None:
        """The viewer, or None for a token that is malformed, unknown, ended or expired."""
        if not is_token(token):
            return None
        async with services.database.read() as connection:
            found = await find_session(connection, token)
        now = services.clock()
        if found is None or not found.is_alive(now):
            return None
        if found.seen_at <= now - SEEN_EVERY:
            await _note(found, services, now)
        return found.viewer()


async def _note(found: Session, services: Services, now: dt.datetime) -> None:
    try:
        async with services.database.write() as work:
            await mark_seen(work, found.id, now)
    except DatabaseBusy:
        pass  # the next request notes it; this one need not wait for a lock
