"""The load generator: prepared requests over connections that are kept alive, and how long each took to be answered.

It is our own and runs in the benchmark's process, because it shares a processor with PostgreSQL: autocannon, in Node, takes
more of that processor for a request than the gateway takes of its own, and what it adds cannot be subtracted. httptools parses
the answers in C; a request is one ``write`` of bytes that were made before.
"""

from __future__ import annotations

import asyncio
import gc
import random
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import accumulate
from typing import Final, Protocol, cast

import httptools

from benchmarks.figures import percentile

HOST: Final = "127.0.0.1"
PATIENCE: Final = 120
"""Seconds after which a round counts as hung."""
OK: Final = 200


class Hung(Exception):
    """A server broke off a connection, or did not answer in time."""


class Wrong(Exception):
    """An answer under load that is not the one that was proved."""


@dataclass(frozen=True)
class Prepared:
    """Requests of one operation to one server, and how long each answer's body is; empty when that is not known yet."""

    port: int
    requests: Sequence[bytes]
    lengths: Sequence[int] = ()

    @property
    def known(self) -> bool:
        """Whether answers can be recognised by their length."""
        return bool(self.lengths)


@dataclass(frozen=True)
class Volley:
    """What came of many requests: ``seconds`` from the first to the last answer, and the time of each in milliseconds."""

    seconds: float
    times: Sequence[float]

    @property
    def rate(self) -> float:
        """Requests a second."""
        return len(self.times) / self.seconds

    def percentile(self, rank: float) -> float:
        """Milliseconds within which so many per cent were answered."""
        return percentile(self.times, rank)


class _Owner(Protocol):
    def answered(self, connection: _Connection, status: int, body: bytes) -> None:
        """An answer is complete, and the connection free."""

    def broken(self) -> None:
        """A connection is gone."""


class _Connection(asyncio.Protocol):
    """One connection, one request at a time."""

    def __init__(self, owner: _Owner) -> None:
        self._owner = owner
        self.index = 0
        self.since = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)  # uvloop's is none by inheritance

    def ask(self, index: int, request: bytes, since: float) -> None:
        """Send a request; ``since`` is when it was due."""
        self.index, self.since = index, since
        self._parser = httptools.HttpResponseParser(self)
        self._body: list[bytes] = []
        self._transport.write(request)

    def close(self) -> None:
        """Hang up."""
        self._transport.close()

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_body(self, part: bytes) -> None:
        """Called by the parser."""
        self._body.append(part)

    def on_message_complete(self) -> None:
        """Called by the parser."""
        self._owner.answered(self, self._parser.get_status_code(), b"".join(self._body))

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  asyncio's
        self._owner.broken()


class _Asking:
    """Asks prepared requests in turn, from a place in the list on, until so many are answered."""

    def __init__(self, prepared: Prepared, count: int, first: int) -> None:
        self._prepared = prepared
        self._count = count
        self._next = self._first = first
        self.times: list[float] = []
        self.bodies: dict[int, bytes] = {}
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def answered(self, connection: _Connection, status: int, body: bytes) -> None:
        """Note the time, and send the next request."""
        self.times.append((time.perf_counter() - connection.since) * 1000)
        self._check(connection.index, status, body)
        if len(self.times) == self._count and not self.done.done():
            self.done.set_result(None)
        self.free(connection)

    def broken(self) -> None:
        """Without a connection there is no end."""
        if not self.done.done():
            self.done.set_exception(Hung("the server hung up"))

    def free(self, connection: _Connection) -> None:
        """Use a connection that has nothing to do."""
        if self._next < self._first + self._count:
            self._ask(connection, time.perf_counter())

    def _ask(self, connection: _Connection, since: float) -> None:
        index = self._next % len(self._prepared.requests)
        self._next += 1
        connection.ask(index, self._prepared.requests[index], since)

    def _check(self, index: int, status: int, body: bytes) -> None:
        if not self._prepared.known:
            self.bodies[index] = body
        wrong = status != OK or (self._prepared.known and len(body) != self._prepared.lengths[index])
        if wrong and not self.done.done():
            self.done.set_exception(Wrong(f"request {index}: status {status}, {len(body)} bytes"))


class _Pacing(_Asking):
    """Asks at moments that were drawn before, whether answers have come or not; time counts from that moment."""

    def __init__(self, prepared: Prepared, first: int, moments: Sequence[float]) -> None:
        super().__init__(prepared, len(moments), first)
        self._due: deque[float] = deque()
        self._idle: list[_Connection] = []
        self._moments = moments

    def free(self, connection: _Connection) -> None:
        """Answer what is due, or wait."""
        if self._due:
            self._ask(connection, self._due.popleft())
        else:
            self._idle.append(connection)

    async def run(self) -> None:
        """Let requests fall due."""
        start = time.perf_counter()
        for moment in self._moments:
            due = start + moment
            if (wait := due - time.perf_counter()) > 0:
                await asyncio.sleep(wait)
            self._due.append(due)
            if self._idle:
                self.free(self._idle.pop())


async def saturate(prepared: Prepared, count: int, connections: int, first: int = 0) -> Volley:
    """Ask ``count`` requests as fast as they are answered. Raises :class:`Hung` and :class:`Wrong`."""
    asking = _Asking(prepared, count, first)
    start = await _through(asking, prepared, min(connections, count))
    return Volley(time.perf_counter() - start, asking.times)


async def pace(prepared: Prepared, rate: float, seconds: float, connections: int, first: int = 0) -> Volley:
    """Ask ``rate`` requests a second, at random moments. Raises :class:`Hung` and :class:`Wrong`."""
    chance = random.Random(first)  # noqa: S311  the same moments each time
    moments = list(accumulate(chance.expovariate(rate) for _ in range(max(1, int(rate * seconds)))))
    asking = _Pacing(prepared, first, moments)
    start = await _through(asking, prepared, connections)
    return Volley(time.perf_counter() - start, asking.times)


async def answers(prepared: Prepared) -> list[bytes]:
    """The body of every answer, in the order of the requests. Raises :class:`Hung` and :class:`Wrong`."""
    asking = _Asking(prepared, len(prepared.requests), 0)
    await _through(asking, prepared, 1)
    return [asking.bodies[index] for index in range(len(prepared.requests))]


async def _through(asking: _Asking, prepared: Prepared, connections: int) -> float:
    loop = asyncio.get_running_loop()
    opened: list[_Connection] = []
    try:
        while len(opened) < connections:
            opened.append((await loop.create_connection(lambda: _Connection(asking), HOST, prepared.port))[1])
        with _undisturbed():
            start = time.perf_counter()
            for connection in opened:
                asking.free(connection)
            async with asyncio.timeout(PATIENCE):
                if isinstance(asking, _Pacing):
                    await asking.run()
                await asking.done
    except TimeoutError:
        raise Hung("the server did not answer in time") from None
    finally:
        asking.done.cancel()
        for connection in opened:
            connection.close()
    return start


@contextmanager
def _undisturbed() -> Iterator[None]:
    """No garbage is collected meanwhile, since it would delay answers that are there."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
