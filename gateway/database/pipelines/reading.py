"""Rounds on PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from types import TracebackType
from typing import Any, Final

from sqlalchemy import Select
from sqlalchemy.engine import make_url
from sqlalchemy.types import TypeEngine

from gateway.database.failures import DatabaseUnavailable, StatementFault, Timeouts
from gateway.database.pipelines import cells, connecting
from gateway.database.pipelines.connection import Connection
from gateway.database.pipelines.faults import ConnectionLost
from gateway.database.pipelines.keeping import Keeper
from gateway.database.pipelines.pool import Pool
from gateway.database.pipelines.spelling import Asked, encoder, spelled
from gateway.database.placing import Reads
from gateway.database.postgresql import ANSWER_MARGIN, CONNECTION_LIFE
from gateway.database.rounds import Batch, Cells, Read

BEGIN: Final = (b"BEGIN",)
COMMIT: Final = b"COMMIT"
ROLLBACK: Final = b"ROLLBACK"

OUTDATED: Final = ("0A000", "26000")
"""What the server says of a prepared statement whose columns were changed under it, or that someone has deallocated."""

First = Callable[[Asked, Sequence[bytes]], Coroutine[Any, Any, tuple[Connection, list[list[Cells]]]]]
"""Takes a connection and sends a first round, behind commands that open it."""


class PostgreSQLRounds:
    """Reads over libpq's pipeline mode. Nothing is connected before the first of them.

    :class:`ValueError` for a URL that libpq cannot read.
    """

    def __init__(self, url: str, pool_size: int, limits: Timeouts) -> None:
        self._address = connecting.address(url)
        self._limits = limits
        self._session = connecting.session(limits)
        self._patience = None if limits.statement is None else limits.statement + ANSWER_MARGIN
        self._raw_cells = cells.raw_cells()
        self._dialect = make_url("postgresql+asyncpg://").get_dialect()()  # the reference speaks it too
        self._reads = Reads(self._dialect, lambda type_: encoder(type_, self._dialect))
        self._pool = Pool(self._connect, pool_size, limits.wait)

    def compile(self, statement: Select[*tuple[Any, ...]]) -> Read:
        """The statement for PostgreSQL; :class:`TypeError` where a parameter's type cannot be spelled."""
        return self._reads.of(statement)

    def converter(self, type_: TypeEngine[Any]) -> cells.Convert | None:
        """From a raw cell to SQLAlchemy's value, None where they are the same; :class:`TypeError` for an unknown type."""
        return cells.converter(type_, self._dialect)

    async def fetch(self, batch: Batch) -> list[list[Cells]]:
        """The rows of each statement, of one snapshot. Raises the store's failures and :class:`StatementFault`."""
        if not batch:
            return []
        connection, rows = await self._first(spelled(batch))
        self._pool.give(connection)
        return rows

    def snapshot(self) -> PostgreSQLSnapshot:
        """For more than one round. Its connection is taken with the first."""
        return PostgreSQLSnapshot(self._first, self._pool)

    async def close(self) -> None:
        """Close the connections; rounds under way fail, and so do later ones."""
        self._pool.close()

    async def _first(
        self, asked: Asked, opening: Sequence[bytes] = ()
    ) -> tuple[Connection, list[list[Cells]]]:
        """A connection with the rows of a first round on it. It is tried twice where only the connection is to blame."""
        connection = self._pool.ready() or await self._pool.take()
        try:
            return connection, await connection.fetch(asked, opening)
        except ConnectionLost as loss:
            if not loss.stale:
                raise
            connection = await self._pool.take(fresh=True)
        except StatementFault as fault:
            if fault.code not in OUTDATED or not connection.forget(asked):
                self._leave(connection, opening)
                raise
            opening = (ROLLBACK, *opening) if opening else ()
        except BaseException:
            self._leave(connection, opening)
            raise
        try:
            return connection, await connection.fetch(asked, opening)
        except BaseException:
            self._leave(connection, opening)
            raise

    def _leave(self, connection: Connection, opening: Sequence[bytes]) -> None:
        if opening:
            connection.end(ROLLBACK)
        self._pool.give(connection)

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


class PostgreSQLSnapshot:
    """A read-only transaction, which begins with the first round and ends when the context does."""

    def __init__(self, first: First, pool: Pool) -> None:
        self._first = first
        self._pool = pool
        self._connection: Connection | None = None
        self._busy = False

    async def __aenter__(self) -> PostgreSQLSnapshot:
        return self

    async def fetch(self, batch: Batch) -> list[list[Cells]]:
        """The rows of each statement. After a failure there is nothing more to be had of the snapshot."""
        if self._busy:
            raise RuntimeError("one round at a time")
        if not batch:
            return []
        asked = spelled(batch)
        self._busy = True
        try:
            if self._connection is not None:
                return await self._connection.fetch(asked)
            self._connection, rows = await self._first(asked, BEGIN)
            return rows
        finally:
            self._busy = False

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.end(COMMIT if error is None else ROLLBACK)
            self._pool.give(connection)
