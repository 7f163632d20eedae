"""The connections that rounds share."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from psycopg.pq import abc as pq

from gateway.database.failures import DatabaseBusy, DatabaseUnavailable
from gateway.database.pipelines.connecting import cancel
from gateway.database.pipelines.connection import Connection
from gateway.database.pipelines.keeping import Keeper

Connect = Callable[[Keeper], Awaitable[Connection]]


class Pool:
    """At most ``size`` connections, made on demand; the one last used serves next. Who waits is served in order."""

    def __init__(self, connect: Connect, size: int, wait: float) -> None:
        self._connect = connect
        self._size = size
        self._wait = wait
        self._members: set[Connection] = set()
        self._opening = 0
        self._idle: list[Connection] = []
        self._waiters: deque[asyncio.Future[Connection | None]] = deque()
        self._cancelling: set[asyncio.Task[None]] = set()
        self._closed = False

    @property
    def size(self) -> int:
        """Connections that there are or are being made."""
        return len(self._members) + self._opening

    def ready(self) -> Connection | None:
        """A connection, if one is idle."""
        while self._idle:
            connection = self._idle.pop()
            if connection.expires > asyncio.get_running_loop().time():
                return connection
            connection.close()
        return None

    async def take(self, *, fresh: bool = False) -> Connection:
        """A connection; with ``fresh``, a new one if there is room. It has to be given back.

        Raises :class:`DatabaseBusy` where none becomes free in time, :class:`DatabaseUnavailable` where none can be made.
        """
        while True:
            if self._closed:
                raise DatabaseUnavailable("the store was closed")
            connection = None if fresh and self.size < self._size else self.ready()
            if connection is not None:
                return connection
            if self.size < self._size:
                self._opening += 1
                return await self._opened()
            connection = await self._handed()
            if connection is None:
                return await self._opened()
            if not connection.closed:
                return connection

    def give(self, connection: Connection) -> None:
        """Take a connection back, in whatever state it is."""
        if connection.busy:
            connection.abandon()
        elif not connection.clean or self._closed:
            connection.close()
        else:
            waiter = self._first_waiter()
            if waiter is None:
                self._idle.append(connection)
            else:
                waiter.set_result(connection)

    def settled(self, connection: Connection) -> None:
        """A connection is free again whose caller had left."""
        self.give(connection)

    def withdraw(self, connection: Connection) -> bool:
        """Take an idle connection out until it is settled."""
        if connection not in self._idle:
            return False
        self._idle.remove(connection)
        return True

    def ended(self, connection: Connection, silent_since: float | None) -> None:
        """A connection is gone. Where its server was silent, idle ones that were not heard since lead to the same silence."""
        self._members.discard(connection)
        self.withdraw(connection)
        if silent_since is not None:
            for idle in tuple(self._idle):
                if idle.heard < silent_since:
                    idle.close()
        self._make_room()

    def stop(self, request: pq.PGcancelConn) -> None:
        """Cancel in the background."""
        task = asyncio.get_running_loop().create_task(cancel(request))
        self._cancelling.add(task)
        task.add_done_callback(self._cancelling.discard)

    def close(self) -> None:
        """Close all connections; rounds under way fail."""
        self._closed = True
        for connection in tuple(self._members):
            connection.close()
        for task in self._cancelling:
            task.cancel()
        while (waiter := self._first_waiter()) is not None:
            waiter.set_exception(DatabaseUnavailable("the store was closed"))

    async def _opened(self) -> Connection:
        """A new connection, for which there is room already."""
        try:
            connection = await self._connect(self)
        except BaseException:
            self._opening -= 1
            self._make_room()
            raise
        self._opening -= 1
        self._members.add(connection)
        if self._closed:
            connection.close()
            raise DatabaseUnavailable("the store was closed")
        return connection

    async def _handed(self) -> Connection | None:
        """What someone gives back; None is room for another connection."""
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[Connection | None] = loop.create_future()
        self._waiters.append(waiter)
        alarm = loop.call_later(self._wait, _give_up, waiter)
        try:
            return await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled() and waiter.exception() is None:
                self._pass_on(waiter.result())
            raise
        finally:
            alarm.cancel()

    def _pass_on(self, handed: Connection | None) -> None:
        if handed is not None:
            self.give(handed)
        else:
            self._opening -= 1
            self._make_room()

    def _make_room(self) -> None:
        if self.size < self._size and not self._closed:
            waiter = self._first_waiter()
            if waiter is not None:
                self._opening += 1
                waiter.set_result(None)

    def _first_waiter(self) -> asyncio.Future[Connection | None] | None:
        while self._waiters:
            waiter = self._waiters.popleft()
            if not waiter.done():
                return waiter
        return None


def _give_up(waiter: asyncio.Future[Connection | None]) -> None:
    if not waiter.done():
        waiter.set_exception(DatabaseBusy("no connection became free in time"))
