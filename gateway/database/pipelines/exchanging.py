"""Exchanges on PostgreSQL: two round trips, the second of which ends with the commit."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Final

from sqlalchemy.sql.elements import DQLDMLClauseElement

from gateway.database.exchanges import Following
from gateway.database.failures import StatementFault, Timeouts
from gateway.database.pipelines.sessions import BEGIN, COMMIT, Sessions
from gateway.database.pipelines.spelling import dialect, encoder, spelled
from gateway.database.placing import Reads
from gateway.database.rounds import Read

_COMMIT: Final = Read(COMMIT.decode(), (), ())
"""Sent with what it commits. The server skips it where any of that fails."""


class PostgreSQLExchanges:
    """Exchanges on one connection. Nothing is connected before the first of them.

    :class:`ValueError` for a URL that libpq cannot read.
    """

    def __init__(self, url: str, limits: Timeouts) -> None:
        self._sessions = Sessions(url, 1, limits, read_only=False)
        spoken = dialect()
        self._reads = Reads(spoken, lambda type_: encoder(type_, spoken))

    def compile(self, statement: DQLDMLClauseElement) -> Read:
        """The statement for PostgreSQL; :class:`TypeError` where a parameter's type cannot be spelled."""
        return self._reads.of(statement)

    def turn(self) -> AbstractAsyncContextManager[object]:
        """Nobody's: rows are locked, and the server keeps order."""
        return nullcontext()

    async def exchange(self, read: Read, following: Following) -> None:
        """Read, and write what follows. Only the first round is asked again of another connection: nothing is written twice."""
        connection, found = await self._sessions.first(spelled([(read, ())]), BEGIN)
        try:
            ((row,),) = found
            asked = spelled([*following(row), (_COMMIT, ())])
            try:
                await connection.fetch(asked)
            except StatementFault:
                connection.forget(asked)
                raise
        except BaseException:
            self._sessions.leave(connection, BEGIN)
            raise
        self._sessions.give(connection)

    async def close(self) -> None:
        """Close the connection; what is under way fails."""
        self._sessions.close()
