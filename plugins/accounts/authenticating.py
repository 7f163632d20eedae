"""From a bearer token to a viewer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from gateway.access import Viewer
from gateway.context import Services
from gateway.credentials import is_token, token_hash
from gateway.database import DatabaseBusy, DatabaseUnavailable
from gateway.errors import ClientError
from gateway.hookspecs import Bearer
from plugins.accounts.refusals import SESSION_REPLACED
from plugins.accounts.sessions import BY_TOKEN, PREFIX, SEEN_EVERY, mark_seen, session_of


class SessionAuthenticator:
    """Knows the tokens of sessions, whoever holds them."""

    statement = BY_TOKEN

    def parameters(self, token: str) -> Mapping[str, object] | None:
        """The hash that is stored; None for what is not spelt as a token."""
        return {"hash": token_hash(token)} if is_token(token, PREFIX) else None

    def bearer(self, row: Mapping[str, Any]) -> Bearer | None:
        """The holder of a session, or None where it was ended; a device that another one has replaced is told so."""
        found = session_of(row)
        if found.was_replaced:
            raise ClientError(SESSION_REPLACED)
        until = found.alive_until
        if until is None:
            return None
        return Bearer(found.viewer(), until, found.seen_at + SEEN_EVERY, found.acting_for)

    async def used(self, viewer: Viewer, services: Services, now: dt.datetime) -> None:
        """Keep the session awake; where the store cannot at once, the next request does."""
        assert viewer.session is not None, "a session makes its viewer"
        try:
            async with services.database.write() as work:
                await mark_seen(work, viewer.session, now)
        except (DatabaseBusy, DatabaseUnavailable):
            pass
