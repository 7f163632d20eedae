"""Rounds on SQLite: on the event loop's own thread while they are quick, which most are, since a thread costs more than they do.

A round may take :data:`BUDGET` there. One that takes longer is interrupted and run again, whole, in a thread with the
statement timeout; the statement that was too slow goes to a thread at once for the next :data:`REMEMBERED` seconds, so that
it holds up the loop for one budget in that time and not for one a request. What no handler can interrupt is the disk: a page
that is not in memory is waited for, as SQLite is meant for a data file that fits into it.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Any, Final

from sqlalchemy import Select
from sqlalchemy.dialects.sqlite.aiosqlite import SQLiteDialect_aiosqlite
from sqlalchemy.types import TypeEngine

from gateway.database.failures import DatabaseBusy, DatabaseUnavailable, Timeouts
from gateway.database.inline.connection import Connection, TooSlow
from gateway.database.placing import placed
from gateway.database.rounds import Batch, Cells, Read

BUDGET: Final = 0.002
"""Seconds on the event loop's thread."""

REMEMBERED: Final = 10.0
"""Seconds for which a statement that was too slow is not tried there again."""

MOST_REMEMBERED: Final = 256


class SQLiteRounds:
    """Reads of one file on at most ``pool_size`` connections, opened when needed; each serves one round or snapshot at a time."""

    def __init__(self, path: Path, pool_size: int, limits: Timeouts) -> None:
        self._path = path
        self._limits = limits
        self._dialect = SQLiteDialect_aiosqlite()
        self._free = asyncio.Semaphore(pool_size)
        self._idle: list[Connection] = []
        self._busy: dict[Connection, asyncio.Future[Any] | None] = {}
        self._threads = ThreadPoolExecutor(pool_size, thread_name_prefix="sqlite")
        self._slow: OrderedDict[Read, float] = OrderedDict()
        self._closed = False

    def compile(self, statement: Select[Any]) -> Read:
        """The statement with question marks."""
        text, names, types = placed(statement, self._dialect)
        kinds = [type_.dialect_impl(self._dialect) for type_ in types]
        return Read(text, names, tuple(kind.bind_processor(self._dialect) for kind in kinds))

    def converter(self, type_: TypeEngine[Any]) -> Callable[[Any], Any] | None:
        """SQLAlchemy's own: the driver is the same."""
        return type_.dialect_impl(self._dialect).result_processor(self._dialect, None)

    async def fetch(self, batch: Batch) -> list[list[Cells]]:
        """The rows of each statement; all of them see one state of the file."""
        connection = await self.take()
        try:
            return await self.run(connection, batch, alone=True)
        finally:
            self.give(connection)

    def snapshot(self) -> SQLiteSnapshot:
        """Several rounds that see one state of the file."""
        return SQLiteSnapshot(self)

    async def close(self) -> None:
        """Close the connections; what still runs is interrupted."""
        self._closed = True
        for connection in self._busy:
            connection.stop()
        while self._idle:
            self._idle.pop().close()
        self._threads.shutdown(wait=False)

    # --- for snapshots -------------------------------------------------------------------------------------------

    async def take(self) -> Connection:
        """A connection, to be given back. Raises :class:`DatabaseBusy` where none becomes free in time."""
        try:
            if self._free.locked():
                async with asyncio.timeout(self._limits.wait):
                    await self._free.acquire()
            else:
                await self._free.acquire()
        except TimeoutError:
            raise DatabaseBusy("no connection became free in time") from None
        try:
            if self._closed:
                raise DatabaseUnavailable("the store was closed")
            connection = self._idle.pop() if self._idle else Connection(self._path)
        except BaseException:
            self._free.release()
            raise
        self._busy[connection] = None
        return connection

    def give(self, connection: Connection) -> None:
        """Take a connection back; one whose thread still runs comes by itself when that has ended."""
        running = self._busy[connection]
        if running is not None and not running.done():
            running.add_done_callback(lambda done: self._left(connection, done))
            return
        del self._busy[connection]
        if connection.renew() and not self._closed:
            self._idle.append(connection)
        else:
            connection.close()
        self._free.release()

    async def run(self, connection: Connection, batch: Batch, *, alone: bool) -> list[list[Cells]]:
        """Run a round: here, or in a thread where it is too slow."""
        if not self._is_slow(batch):
            try:
                return connection.run(batch, BUDGET, alone=alone)
            except TooSlow as slow:
                self._remember(slow.read)
        return await self._in_thread(connection, batch, alone=alone)

    async def _in_thread(self, connection: Connection, batch: Batch, *, alone: bool) -> list[list[Cells]]:
        seconds, patience = self._limits.statement or float("inf"), self._limits.wait
        running = asyncio.get_running_loop().run_in_executor(
            self._threads, lambda: connection.run_patiently(batch, seconds, patience, alone=alone)
        )
        self._busy[connection] = running
        try:
            return await asyncio.shield(running)
        except TooSlow:
            raise DatabaseBusy("statement timeout, or a lock") from None
        except asyncio.CancelledError:
            connection.stop()
            raise

    def _left(self, connection: Connection, done: asyncio.Future[Any]) -> None:
        done.exception()  # nobody waits for it any more
        self.give(connection)

    def _is_slow(self, batch: Batch) -> bool:
        now = time.monotonic() if self._slow else 0.0
        return any(self._slow.get(read, 0.0) > now for read, _ in batch)

    def _remember(self, read: Read) -> None:
        self._slow[read] = time.monotonic() + REMEMBERED
        self._slow.move_to_end(read)
        if len(self._slow) > MOST_REMEMBERED:
            self._slow.popitem(last=False)


class SQLiteSnapshot:
    """A connection with a transaction, which its first round begins."""

    def __init__(self, rounds: SQLiteRounds) -> None:
        self._rounds = rounds
        self._connection: Connection | None = None

    async def __aenter__(self) -> SQLiteSnapshot:
        self._connection = await self._rounds.take()
        return self

    async def fetch(self, batch: Batch) -> list[list[Cells]]:
        """The rows of each statement."""
        assert self._connection is not None
        return await self._rounds.run(self._connection, batch, alone=False)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._connection is not None
        self._rounds.give(self._connection)
