"""Rounds that are asked for at about the same time travel together, so that they share system calls and connections."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Final

from gateway.database.failures import DatabaseUnavailable, StatementFault
from gateway.database.pipelines.connection import Connection
from gateway.database.pipelines.faults import Bumped, ConnectionLost
from gateway.database.pipelines.progress import Party
from gateway.database.pipelines.sessions import OUTDATED, Sessions
from gateway.database.pipelines.spelling import Asked
from gateway.database.rounds import Cells

TOGETHER: Final = 16
"""Callers that share a round: more would wait longer for each other than they save."""


class SharedRounds:
    """Sends what was asked for in one turn of the event loop in one round, on the first connection that is free.

    A caller is told what befalls its own statements only: where another's is slow or at fault, it is asked again by itself.
    """

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._boarding: deque[Party] = deque()
        self._called = False
        self._waiting: asyncio.Task[None] | None = None

    async def fetch(self, asked: Asked) -> list[list[Cells]]:
        """The rows of each statement, of one snapshot. Raises the store's failures and :class:`StatementFault`."""
        if not asked:
            return []
        loop = asyncio.get_running_loop()
        party = Party(asked, loop.create_future())
        self._boarding.append(party)
        if not self._called and self._waiting is None:
            self._called = True
            loop.call_soon(self._depart)
        fresh = False
        try:
            return await party.waiter
        except Bumped as bumped:
            fresh = bumped.lost
        except ConnectionLost as loss:
            if not loss.stale:
                raise
            fresh = True
        except StatementFault as fault:
            if fault.code not in OUTDATED or party.carrier is None:
                raise
            party.carrier.forget(asked)
        except asyncio.CancelledError:
            if party.carrier is not None:
                party.carrier.left()
            raise
        connection, rows = await self._sessions.first(asked, fresh=fresh)
        self._sessions.give(connection)
        return rows

    def close(self) -> None:
        """Wait for no connection any more."""
        if self._waiting is not None:
            self._waiting.cancel()

    def _depart(self) -> None:
        self._called = False
        while self._somebody_boards():
            connection = self._sessions.ready()
            if connection is None:
                self._waiting = asyncio.get_running_loop().create_task(self._wait())
                return
            self._send(connection)

    async def _wait(self) -> None:
        """Wait for a connection. Who comes meanwhile goes along with it, but is not told that it did not come in time."""
        patient = tuple(self._boarding)
        try:
            self._send(await self._sessions.take())
        except Exception as failure:  # noqa: BLE001  whatever it is, it is theirs
            for party in patient:
                party.fail(failure)
        except asyncio.CancelledError:
            for party in self._boarding:
                party.fail(DatabaseUnavailable("the store was closed"))
            raise
        finally:
            self._waiting = None
            self._depart()

    def _somebody_boards(self) -> bool:
        while self._boarding and self._boarding[0].waiter.done():
            self._boarding.popleft()
        return bool(self._boarding)

    def _send(self, connection: Connection) -> None:
        parties: list[Party] = []
        while len(parties) < TOGETHER and self._somebody_boards():
            parties.append(self._boarding.popleft())
        if not parties:
            self._sessions.give(connection)
        elif connection.closed:
            for party in parties:
                party.fail(Bumped(lost=True))
        else:
            connection.share(parties)
