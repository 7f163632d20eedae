"""Servers on 127.0.0.1, and clients that send exactly the bytes they are told to."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp

from gateway.edge import listen, serve, site
from gateway.edge.graphql import Answers
from gateway.settings import CoreSettings
from tests.gateway.edge.toy import QUERY, nothing

IDLE, RECEIVE = 0.4, 0.8
"""Deadlines of the fixture ``served``, in seconds."""

MARGIN = 5.0
"""Seconds that a busy machine may add."""

CHUNKED = (
    b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n"
)


def request(body: str = QUERY, *headers: str, method: str = "POST", target: str = "/graphql") -> bytes:
    """A request as bytes."""
    lines = [f"{method} {target} HTTP/1.1", "Host: localhost", *headers]
    if method == "POST":
        lines += ["Content-Type: application/json", f"Content-Length: {len(body.encode())}"]
    else:
        body = ""
    return "\r\n".join([*lines, "", body]).encode()


@dataclass(frozen=True)
class Received:
    """A response from the wire."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, which must be JSON."""
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """The code of the one error."""
        [error] = self.json["errors"]
        return str(error["extensions"]["code"])


class Connection:
    """One connection to a server."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def send(self, data: bytes) -> None:
        """Send some bytes."""
        self.writer.write(data)
        await self.writer.drain()

    async def response(self) -> Received:
        """The next response."""
        head = await self.reader.readuntil(b"\r\n\r\n")
        first, *lines = head.decode().rstrip().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        body = await self.reader.readexactly(int(headers["content-length"]))
        return Received(int(first.split()[1]), headers, body)

    async def ask(self, data: bytes | None = None) -> Received:
        """Send a request and return its response."""
        await self.send(request() if data is None else data)
        return await self.response()

    async def ended(self) -> bool:
        """Wait until the server closes; whether it did so without another byte."""
        try:
            return await self.reader.read() == b""
        except ConnectionError:
            return True


@dataclass(frozen=True)
class Served:
    """A running server; set ``draining`` and it ends."""

    port: int
    draining: threading.Event
    running: asyncio.Task[None]

    @property
    def url(self) -> str:
        """Where GraphQL is."""
        return f"http://127.0.0.1:{self.port}/graphql"

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """A new connection."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            yield Connection(reader, writer)
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    async def ask(self, data: bytes | None = None) -> Received:
        """One request on a connection of its own."""
        async with self.connection() as connection:
            return await connection.ask(data)


@asynccontextmanager
async def serving(app: ASGIApp, core: CoreSettings) -> AsyncIterator[Served]:
    """Serve an application on a free port."""
    draining, started = threading.Event(), asyncio.Event()
    listener = listen("127.0.0.1", 0)
    port = listener.getsockname()[1]
    running = asyncio.create_task(
        serve(app, core, draining, listener=listener, started=started.set, signals=False)
    )
    await started.wait()
    try:
        yield Served(port, draining, running)
    finally:
        draining.set()
        await running


@asynccontextmanager
async def serving_graphql(
    executor: Answers, core: CoreSettings, more: Sequence[Any] = ()
) -> AsyncIterator[Served]:
    """Serve the whole site over an executor."""
    async with serving(site(executor, core, nothing, threading.Event(), more), core) as served:
        yield served
