"""The server's side of the tests: who is connected, and a way to it that can be troubled."""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import asyncpg
from sqlalchemy.engine import make_url

from gateway.database import Timeouts
from gateway.database.pipelines import PostgreSQLRounds
from gateway.database.rounds import Read

OURS = "FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'vssid'"
LIMITS = Timeouts(statement=2, connect=2, wait=1)
RESET = struct.pack("ii", 1, 0)
"""SO_LINGER: closing is a reset."""


def sql(text: str) -> Read:
    """A statement without parameters."""
    return Read(text, (), ())


PID = sql("SELECT pg_backend_pid()")


async def pid(rounds: PostgreSQLRounds) -> int:
    """Which server process answers."""
    found: int = (await rounds.fetch([(PID, ())]))[0][0][0]
    return found


@asynccontextmanager
async def opened_rounds(
    url: str, pool_size: int = 1, limits: Timeouts = LIMITS
) -> AsyncIterator[PostgreSQLRounds]:
    """Rounds that are closed at the end."""
    rounds = PostgreSQLRounds(url, pool_size, limits)
    try:
        yield rounds
    finally:
        await rounds.close()


class Observer:
    """A session that is not ours: it changes data, watches and kills."""

    def __init__(self, connection: asyncpg.Connection[asyncpg.Record]) -> None:
        self._connection = connection

    @classmethod
    @asynccontextmanager
    async def connected(cls, url: str) -> AsyncIterator[Observer]:
        """Connect for a while."""
        connection = await asyncpg.connect(url)
        yield cls(connection)
        await connection.close()

    async def run(self, statement: str) -> None:
        """Run a statement, or several."""
        await self._connection.execute(statement)

    async def value(self, query: str) -> Any:
        """The first value."""
        return await self._connection.fetchval(query)

    async def ours(self, condition: str = "true") -> int:
        """How many sessions of rounds there are."""
        found: int = await self.value(f"SELECT count(*) {OURS} AND ({condition})")
        return found

    async def until(self, number: int, condition: str = "true", within: float = 5) -> None:
        """Wait for a number of sessions of rounds; only the server knows when."""
        end = time.monotonic() + within
        while (found := await self.ours(condition)) != number:
            assert time.monotonic() < end, f"{found} sessions instead of {number} where {condition}"
            await asyncio.sleep(0.005)

    async def strike(self) -> None:
        """Have all sessions of rounds end."""
        await self.run(f"SELECT pg_terminate_backend(pid) {OURS}")

    async def kill(self) -> None:
        """End all sessions of rounds, and see them gone."""
        await self.strike()
        await self.until(0)


class Line:
    """Open it first; ``url`` leads through it. What goes to the client may be cut in pieces, limited, silenced or reset."""

    def __init__(self, url: str, tls: ssl.SSLContext | None = None) -> None:
        self._target = make_url(url)
        self._tls = tls
        self._server: asyncio.Server | None = None
        self.port = 0
        """Where it listens on 127.0.0.1."""
        self._forgotten = 0
        self._ends: set[asyncio.StreamWriter] = set()
        self._serving: set[asyncio.Task[None]] = set()
        self._flowing = asyncio.Event()
        self._hearing = asyncio.Event()
        self.piece = 65536
        """Bytes that are passed on at once, to the client."""
        self.allowance: int | None = None
        """Bytes that the client still gets before there is silence."""
        self.then_reset = False
        """Whether there is a reset instead of the silence."""
        self.accepted = 0
        """Connections so far."""

    @property
    def url(self) -> str:
        """The server's URL through the line."""
        target = self._target.difference_update_query(["host", "port"])
        return target.set(host="127.0.0.1", port=self.port).render_as_string(hide_password=False)

    async def open(self) -> None:
        """Let connections through, on the same port as before."""
        self.resume()
        self.allowance = None
        self.then_reset = False
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    def silence(self) -> None:
        """Take everything and answer nothing."""
        self._flowing.clear()

    def deafen(self) -> None:
        """Take nothing more, so that senders have to wait."""
        self._hearing.clear()

    def resume(self) -> None:
        """Take and answer again."""
        self._hearing.set()
        self._flowing.set()

    def reset(self) -> None:
        """Reset the connections that there are."""
        for end in tuple(self._ends):
            _reset(end)

    def forget(self) -> None:
        """Reset each of the connections that there are when it is next used, as a firewall does that has forgotten them."""
        self._forgotten = self.accepted

    async def shut(self) -> None:
        """Cut all connections and refuse new ones."""
        assert self._server is not None
        self._server.close()
        self.reset()
        self.resume()
        await asyncio.gather(*self._serving)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        task = asyncio.ensure_future(self._serve(reader, writer))
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if self._tls is not None:
                await reader.readexactly(8)  # the request for TLS
                writer.write(b"S")
                await writer.start_tls(self._tls)
            folder = self._target.query.get("host")
            there, to_server = await (
                asyncio.open_unix_connection(f"{folder}/.s.PGSQL.{self._target.query.get('port', 5432)}")
                if folder
                else asyncio.open_connection(self._target.host, self._target.port or 5432)
            )
        except (OSError, asyncio.IncompleteReadError):
            writer.close()
            return
        ends = {writer, to_server}
        self._ends |= ends
        await asyncio.gather(self._ask(reader, to_server, writer), self._answer(there, writer))
        self._ends -= ends

    async def _ask(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, client: asyncio.StreamWriter
    ) -> None:
        number = self.accepted
        with suppress(OSError):
            while data := await reader.read(65536):
                if number <= self._forgotten:
                    _reset(client)
                await self._hearing.wait()
                await _write(writer, data)
        writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(self.piece):
                if self.allowance is not None:
                    self.allowance -= len(data)
                    if self.allowance < 0 and self.then_reset:
                        writer.write(data[: self.allowance])
                        self.reset()
                    elif self.allowance < 0:
                        self.silence()
                await self._flowing.wait()
                await _write(writer, data)
        writer.close()


def _reset(end: asyncio.StreamWriter) -> None:
    peer: socket.socket | None = end.get_extra_info("socket")
    if peer is not None and peer.fileno() >= 0 and peer.family != socket.AF_UNIX:
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    end.transport.abort()


async def _write(writer: asyncio.StreamWriter, data: bytes) -> None:
    if writer.is_closing():
        raise ConnectionAbortedError
    writer.write(data)
    await writer.drain()
