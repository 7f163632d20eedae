"""Sessions on PostgreSQL: connections that know the limits, and first rounds, which no connection fails that died unseen."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

from gateway.database.failures import DatabaseUnavailable, StatementFault, Timeouts
from gateway.database.pipelines import cells, connecting
from gateway.database.pipelines.connection import Connection
from gateway.database.pipelines.faults import ConnectionLost
from gateway.database.pipelines.keeping import Keeper
from gateway.database.pipelines.pool import Pool
from gateway.database.pipelines.spelling import Asked
from gateway.database.postgresql import ANSWER_MARGIN, CONNECTION_LIFE
from gateway.database.rounds import Cells

BEGIN: Final = (b"BEGIN",)
COMMIT: Final = b"COMMIT"
ROLLBACK: Final = b"ROLLBACK"

OUTDATED: Final = ("0A000", "26000")
"""What the server says of a prepared statement whose columns were changed under it, or that someone has deallocated."""


class Sessions:
    """At most ``size`` of them. Nothing is connected before the first round.

    :class:`ValueError` for a URL that libpq cannot read.
    """

    def __init__(self, url: str, size: int, limits: Timeouts, *, read_only: bool) -> None:
        self._address = connecting.address(url)
        self._limits = limits
        self._session = connecting.session(limits, read_only=read_only)
        self._patience = None if limits.statement is None else limits.statement + ANSWER_MARGIN
        self._raw_cells = cells.raw_cells()
        self._pool = Pool(self._connect, size, limits.wait)

    async def first(
        self, asked: Asked, opening: Sequence[bytes] = (), *, fresh: bool = False
    ) -> tuple[Connection, list[list[Cells]]]:
        """A connection with the rows of a first round on it. It is tried twice where only the connection is to blame.

        With ``fresh``, it is a new one if there is room.
        """
        connection = await self._pool.take(fresh=fresh)
        try:
            return connection, await connection.fetch(asked, opening)
        except ConnectionLost as loss:
            if not loss.stale:
                raise
            connection = await self._pool.take(fresh=True)
        except StatementFault as fault:
            if fault.code not in OUTDATED:
                self.leave(connection, opening)
                raise
            connection.forget(asked)
            opening = (ROLLBACK, *opening) if opening else ()
        except BaseException:
            self.leave(connection, opening)
            raise
        try:
            return connection, await connection.fetch(asked, opening)
        except BaseException:
            self.leave(connection, opening)
            raise

    def ready(self) -> Connection | None:
        """A connection, if one is idle. It has to be given back."""
        return self._pool.ready()

    async def take(self) -> Connection:
        """A connection, when there is one. It has to be given back."""
        return await self._pool.take()

    def leave(self, connection: Connection, opening: Sequence[bytes]) -> None:
        """Give back a connection on which a round has failed; with ``opening``, a transaction ends that it began."""
        if opening:
            connection.end(ROLLBACK)
        self._pool.give(connection)

    def give(self, connection: Connection) -> None:
        """Take a connection back, in whatever state it is."""
        self._pool.give(connection)

    def close(self) -> None:
        """Close the connections; rounds under way fail, and so do later ones."""
        self._pool.close()

    async def _connect(self, keeper: Keeper) -> Connection:
        end = asyncio.get_running_loop().time() + self._limits.connect
        pgconn = await connecting.connected(self._address, end)
        connection = Connection(pgconn, keeper, self._raw_cells, self._patience, CONNECTION_LIFE)
        try:
            async with asyncio.timeout_at(end):
                await connection.fetch([], self._session)
        except (StatementFault, TimeoutError) as error:
            connection.close()
            raise DatabaseUnavailable(f"cannot prepare a session: {error!r}") from None
        except BaseException:
            connection.close()
            raise
        return connection
