"""The connections of snapshots and of rounds that run in threads."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from gateway.database.failures import DatabaseBusy, DatabaseUnavailable, Timeouts
from gateway.database.inline.connection import Asked, Connection, Found


class Pool:
    """At most ``size`` connections, and as many threads; the one last used serves next. Who waits is served in order."""

    def __init__(self, path: Path, size: int, limits: Timeouts) -> None:
        self._path = path
        self._limits = limits
        self._free = asyncio.Semaphore(size)
        self._idle: list[Connection] = []
        self._lent: set[Connection] = set()
        self._running: dict[Connection, asyncio.Future[None]] = {}
        self._threads = ThreadPoolExecutor(size, thread_name_prefix="sqlite")
        self._closed = False

    async def take(self) -> Connection:
        """A connection, which has to be given back; :class:`DatabaseBusy` where none becomes free in time."""
        if self._free.locked():
            try:
                async with asyncio.timeout(self._limits.wait):
                    await self._free.acquire()
            except TimeoutError:
                raise DatabaseBusy("no connection became free in time") from None
        else:
            await self._free.acquire()
        if self._closed:
            self._free.release()
            raise DatabaseUnavailable("the store was closed")
        connection = self._idle.pop() if self._idle else Connection(self._path)
        self._lent.add(connection)
        return connection

    def give(self, connection: Connection) -> None:
        """Take a connection back: as soon as its thread has left it, if one is at work with it that nobody waits for."""
        running = self._running.get(connection)
        if running is not None:
            running.add_done_callback(lambda _: self.give(connection))
            return
        self._lent.discard(connection)
        connection.settle()
        if self._closed:
            connection.close()
        else:
            self._idle.append(connection)
        self._free.release()

    async def run(self, connection: Connection, asked: Asked, found: Found, *, keep: bool = False) -> None:
        """Run in a thread. If the caller is cancelled, the thread is told to stop, and not waited for."""
        if self._closed:
            raise DatabaseUnavailable("the store was closed")
        running = asyncio.get_running_loop().run_in_executor(
            self._threads, lambda: connection.run_patiently(asked, found, self._limits, keep=keep)
        )
        self._running[connection] = running
        running.add_done_callback(lambda _: self._left(connection))
        try:
            await asyncio.shield(running)
        except asyncio.CancelledError:
            connection.stop()
            raise

    def _left(self, connection: Connection) -> None:
        self._running.pop(connection).exception()  # looked at, since nobody may wait for it any more

    async def close(self) -> None:
        """Close the connections. What runs is stopped; snapshots see no more."""
        self._closed = True
        for connection in self._idle:
            connection.close()
        self._idle.clear()
        for connection in self._lent - self._running.keys():
            connection.close()
        for connection in self._running:
            connection.stop()
        if self._running:
            await asyncio.wait(self._running.values())
        self._threads.shutdown(wait=False)
