"""Rounds on SQLite, which runs in the process: a quick statement takes less time than to hand it to a thread.

So a round runs on the event loop's own thread, on a connection that no other round waits for. There it may take
:data:`~gateway.database.inline.connection.BUDGET` twice. If it takes longer, or finds the file locked, it is interrupted and
run again, whole, in a thread, on a connection of the pool, with the limits of the store. The statement that it had come to is
remembered for :data:`~gateway.database.inline.slowness.REMEMBERED` seconds, in which it goes to a thread at once: it holds up
the loop once in that time, not with every request.

A snapshot has a connection of the pool to itself, so that its transaction meets nobody else's statements. Its rounds run by
the same rule, and one that is too slow continues in a thread on that connection, with the statement that was interrupted.

What no look at the clock can interrupt is a single instruction of SQLite's: the reading of a page that the system has to
fetch from the disk, the sort of what has been collected. Files are meant to fit into memory.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

from sqlalchemy import Select
from sqlalchemy.dialects.sqlite.aiosqlite import SQLiteDialect_aiosqlite
from sqlalchemy.types import TypeEngine

from gateway.database.failures import Timeouts
from gateway.database.inline.connection import Asked, Connection, Found
from gateway.database.inline.pool import Pool
from gateway.database.inline.slowness import SlowStatements
from gateway.database.inline.spelling import encoder, spelled
from gateway.database.placing import Reads
from gateway.database.rounds import Batch, Cells, Read


class SQLiteRounds:
    """Reads of one file. Nothing is opened before the first of them.

    Snapshots and threads have ``pool_size`` connections; there is one more, for what runs in the loop.
    """

    def __init__(self, path: Path, pool_size: int, limits: Timeouts) -> None:
        self._dialect = SQLiteDialect_aiosqlite()  # the one that the reference speaks
        self._reads = Reads(self._dialect, lambda type_: encoder(type_, self._dialect))
        self._inline = Connection(path)
        self._pool = Pool(path, pool_size, limits)
        self._slow = SlowStatements()

    def compile(self, statement: Select[*tuple[Any, ...]]) -> Read:
        """The statement with a question mark in each place."""
        return self._reads.of(statement)

    def converter(self, type_: TypeEngine[Any]) -> Callable[[Any], Any] | None:
        """SQLAlchemy's own: the cells are those that it gets."""
        return type_.dialect_impl(self._dialect).result_processor(self._dialect, None)

    async def fetch(self, batch: Batch) -> list[list[Cells]]:
        """The rows of each statement, of one state of the file. Raises the store's failures and :class:`StatementFault`."""
        asked = spelled(batch)
        found: Found = []
        if not self._slow.among(batch):
            if self._inline.run_quickly(asked, found):
                return found
            self._slow.add(batch, len(found))
            found = []
        connection = await self._pool.take()
        try:
            await self._pool.run(connection, asked, found)
        finally:
            self._pool.give(connection)
        return found

    def snapshot(self) -> SQLiteSnapshot:
        """For more than one round. Its connection is taken with the first."""
        return SQLiteSnapshot(self._pool, self._slow)

    async def close(self) -> None:
        """Close the connections; what runs in threads fails, and so do later rounds."""
        self._inline.close()
        await self._pool.close()


class SQLiteSnapshot:
    """A transaction on a connection of its own, which begins with the first round and ends when the context does."""

    def __init__(self, pool: Pool, slow: SlowStatements) -> None:
        self._pool = pool
        self._slow = slow
        self._connection: Connection | None = None
        self._busy = False

    async def __aenter__(self) -> SQLiteSnapshot:
        return self

    async def fetch(self, batch: Batch) -> list[list[Cells]]:
        """The rows of each statement. Raises the store's failures and :class:`StatementFault`; then nothing more is to be had."""
        if self._busy:
            raise RuntimeError("one round at a time, and none after a failure")
        self._busy = True
        asked = spelled(batch)
        if self._connection is None:
            self._connection = await self._pool.take()
        found = await self._run(self._connection, batch, asked)
        self._busy = False  # a round that was cancelled may still be at work
        return found

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            self._pool.give(connection)

    async def _run(self, connection: Connection, batch: Batch, asked: Asked) -> list[list[Cells]]:
        found: Found = []
        if not self._slow.among(batch):
            if connection.run_quickly(asked, found, keep=True):
                return found
            self._slow.add(batch, len(found))
        await self._pool.run(connection, asked, found, keep=True)
        return found
