"""Rounds on PostgreSQL."""

from __future__ import annotations

from collections.abc import Coroutine
from types import TracebackType
from typing import Any

from sqlalchemy import Select
from sqlalchemy.types import TypeEngine

from gateway.database.failures import Timeouts
from gateway.database.pipelines import cells
from gateway.database.pipelines.connection import Connection
from gateway.database.pipelines.sessions import BEGIN, COMMIT, ROLLBACK, Sessions
from gateway.database.pipelines.sharing import SharedRounds
from gateway.database.pipelines.spelling import dialect, encoder, spelled
from gateway.database.placing import Reads
from gateway.database.rounds import Batch, Cells, Read


class PostgreSQLRounds:
    """Reads over libpq's pipeline mode. Nothing is connected before the first of them.

    :class:`ValueError` for a URL that libpq cannot read.
    """

    def __init__(self, url: str, pool_size: int, limits: Timeouts) -> None:
        self._sessions = Sessions(url, pool_size, limits, read_only=True)
        self._shared = SharedRounds(self._sessions)
        self._dialect = dialect()
        self._reads = Reads(self._dialect, lambda type_: encoder(type_, self._dialect))

    def compile(self, statement: Select[*tuple[Any, ...]]) -> Read:
        """The statement for PostgreSQL; :class:`TypeError` where a parameter's type cannot be spelled."""
        return self._reads.of(statement)

    def converter(self, type_: TypeEngine[Any]) -> cells.Convert | None:
        """From a raw cell to SQLAlchemy's value, None where they are the same; :class:`TypeError` for an unknown type."""
        return cells.converter(type_, self._dialect)

    def fetch(self, batch: Batch) -> Coroutine[Any, Any, list[list[Cells]]]:
        """The rows of each statement, of one snapshot. Raises the store's failures and :class:`StatementFault`."""
        return self._shared.fetch(spelled(batch))  # which to await is one frame less than to await here

    def snapshot(self) -> PostgreSQLSnapshot:
        """For more than one round. Its connection is taken with the first."""
        return PostgreSQLSnapshot(self._sessions)

    async def close(self) -> None:
        """Close the connections; rounds under way fail, and so do later ones."""
        self._shared.close()
        self._sessions.close()


class PostgreSQLSnapshot:
    """A read-only transaction, which begins with the first round and ends when the context does."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
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
            self._connection, rows = await self._sessions.first(asked, BEGIN)
            return rows
        finally:
            self._busy = False

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.end(COMMIT if error is None else ROLLBACK)
            self._sessions.give(connection)
