"""From bearer tokens to viewers, asked of the plugins' authenticators for every request.

What a token meant the last time is supposed, so that its row can be read together with the answer's; see
``docs/decisions/0011-supposed-viewers.md``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from hashlib import sha256
from typing import Final, NoReturn

from gateway.access import Viewer
from gateway.context import Services
from gateway.database.rounds import Batch, Cells, Rounds
from gateway.errors import UNAUTHENTICATED, ClientError
from gateway.execution.lookups import Asked, RoundLookup, StatementLookup, live_viewer
from gateway.execution.memory import Memory, Remembered
from gateway.hookspecs import Authenticator, RowAuthenticator

REMEMBERED: Final = 10_000
"""Tokens, by hash, about 2 KiB each."""


class Unsupposed(Exception):
    """A token does not mean what it was supposed to."""


class Supposition:
    """A token's supposed viewer, for one request. It is worth nothing until :meth:`check` has seen the row.

    ``along`` is what has to be read for that; ``now`` is the moment for which it is judged.
    """

    __slots__ = ("_bearer", "_kept", "_key", "_memory", "along", "confirmed", "now", "viewer")

    def __init__(self, memory: Memory, key: bytes, kept: Remembered, along: Batch, now: dt.datetime) -> None:
        self.viewer = kept.bearer.viewer_at(now)
        self.along = along
        self.confirmed = False
        self.now = now
        self._memory = memory
        self._key = key
        self._kept = kept
        self._bearer = kept.bearer

    def check(self, found: Sequence[list[Cells]]) -> None:
        """Judge what ``along`` has found; raise :class:`Unsupposed`."""
        (rows,) = found
        kept = self._kept
        if len(rows) != 1 or rows[0] != kept.cells:
            self._compare(rows)
        if not self._bearer.is_alive(self.now):
            self._refute()
        self.confirmed = True

    def _compare(self, rows: list[Cells]) -> None:
        try:
            bearer = self._kept.lookup.bearer(rows)
        except ClientError:  # read again by itself, it will be told
            bearer = None
        if bearer is None or bearer.viewer_at(self.now) != self.viewer:
            self._refute()
        self._bearer = bearer
        self._memory.renew(self._key, self._kept, rows[0], bearer)

    def _refute(self) -> NoReturn:
        self._memory.forget(self._key)
        raise Unsupposed

    async def note(self, services: Services) -> None:
        """Have the use noted, if it is time."""
        if self._bearer.is_noted(self.now):
            await self._kept.lookup.authenticator.used(self.viewer, services, self.now)


class Recognition:
    """Asks the authenticators in turn. Without ``rounds`` nothing is supposed."""

    def __init__(
        self,
        services: Services,
        authenticators: Sequence[Authenticator | RowAuthenticator],
        rounds: Rounds | None = None,
        *,
        capacity: int = REMEMBERED,
    ) -> None:
        self._services = services
        self._memory = Memory(capacity)
        self._authenticators = [_asked_by_the_core(one, rounds) for one in authenticators]

    async def viewer(self, token: str) -> Viewer:
        """The viewer of a token; raise :class:`ClientError` where nobody knows it, or it is dead and why."""
        alone = True  # nobody before could have known the token, so that the next time only this one has to be asked
        for one in self._authenticators:
            if isinstance(one, RoundLookup):
                asked = one.asked(token)
                if asked is None:
                    continue
                found = await self._looked_up(one, asked, _key(token) if alone else None)
            else:
                found = await one.authenticate(token, self._services)
            if found is not None:
                return found
            alone = False
        self._memory.forget(_key(token))
        raise ClientError(UNAUTHENTICATED)

    def supposed(self, token: str, now: dt.datetime) -> Supposition | None:
        """What a token meant when it was last seen, to be judged at ``now``."""
        key = _key(token)
        kept = self._memory.recall(key)
        asked = None if kept is None else kept.lookup.asked(token)
        if kept is None or asked is None:
            return None
        return Supposition(self._memory, key, kept, (asked,), now)

    async def _looked_up(self, lookup: RoundLookup, asked: Asked, key: bytes | None) -> Viewer | None:
        rows = await lookup.rows(asked, self._services)
        bearer = lookup.bearer(rows)
        viewer = await live_viewer(lookup.authenticator, bearer, self._services)
        if key is not None and bearer is not None and viewer is not None:
            self._memory.keep(key, Remembered(lookup, rows[0], bearer))
        return viewer


def _asked_by_the_core(
    one: Authenticator | RowAuthenticator, rounds: Rounds | None
) -> Authenticator | RoundLookup:
    if not isinstance(one, RowAuthenticator):
        return one
    return StatementLookup(one) if rounds is None else RoundLookup(one, rounds)


def _key(token: str) -> bytes:
    return sha256(token.encode("utf-8", "surrogatepass")).digest()
