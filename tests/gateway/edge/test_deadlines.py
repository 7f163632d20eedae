"""Connections over real sockets: clients that are slow or silent."""

from __future__ import annotations

import asyncio
import itertools
import socket
import time
from contextlib import AsyncExitStack

import pytest
from starlette.types import Receive, Scope, Send
from uvicorn.config import Config
from uvicorn.server import ServerState

from gateway.edge.deadlines import DeadlineProtocol, Deadlines
from tests.gateway.edge.toy import ToyExecutor
from tests.gateway.edge.wire import (
    CHUNKED,
    IDLE,
    MARGIN,
    RECEIVE,
    Connection,
    Served,
    request,
)


async def drip(connection: Connection, beginning: bytes, endless: bytes) -> bytes:
    """Send a byte now and then until the server hangs up; what it said before."""

    async def feed() -> None:
        await connection.send(beginning)
        for byte in itertools.cycle(endless):
            await asyncio.sleep(0.05)
            await connection.send(bytes([byte]))

    said = b""
    feeding = asyncio.create_task(feed())
    try:
        # Part by part: the reset that a late byte provokes must not take away what was read before it.
        while part := await connection.reader.read(4096):
            said += part
    except ConnectionError:
        pass
    finally:
        feeding.cancel()
        await asyncio.gather(feeding, return_exceptions=True)
    return said


SLOW = {
    "silent": (b"", b""),
    "empty lines": (b"", b"\r\n"),
    "method": (b"PO", b""),
    "url": (b"GET /", b"a"),
    "headers": (b"POST /graphql HTTP/1.1\r\nHost: x\r\n", b"x-drip: 1\r\n"),
    "header value": (b"POST /graphql HTTP/1.1\r\nX-Long: ", b"v"),
    "body": (
        b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9999\r\n\r\n",
        b" ",
    ),
    "chunks": (CHUNKED + b"\r\n", b"1\r\n \r\n"),
    "chunk extension": (CHUNKED + b"\r\n1;", b"e"),
    "trailers": (CHUNKED + b"\r\n1\r\n \r\n0\r\n", b"t: 1\r\n"),
}


@pytest.mark.parametrize("kind", SLOW)
async def test_forty_slow_connections_are_cut_in_time_while_others_are_served(
    served: Served, kind: str
) -> None:
    beginning, endless = SLOW[kind]
    async with AsyncExitStack() as stack:
        connections = [await stack.enter_async_context(served.connection()) for _ in range(40)]
        started = time.monotonic()
        slow = asyncio.gather(*(drip(connection, beginning, endless) for connection in connections))
        while not slow.done():
            before = time.monotonic()
            assert (await served.ask()).status == 200
            assert time.monotonic() - before < MARGIN
            await asyncio.wait([slow], timeout=0.1)
        assert time.monotonic() - started < RECEIVE + MARGIN
        for answer in await slow:
            assert (
                answer == b"" if kind == "silent" else answer.startswith(b"HTTP/1.1 408 Request Timeout\r\n")
            )


async def test_a_late_request_is_told_so(served: Served) -> None:
    async with served.connection() as connection:
        await connection.send(request()[:-5])
        response = await connection.response()
        assert (response.status, response.code) == (408, "REQUEST_TIMEOUT")
        assert response.headers["connection"] == "close"
        assert response.headers["x-content-type-options"] == "nosniff"
        assert await connection.ended()


async def test_the_time_to_receive_starts_with_each_request(served: Served, executor: ToyExecutor) -> None:
    async with served.connection() as connection:
        for _ in range(4):
            whole = request()
            await connection.send(whole[:30])
            await asyncio.sleep(RECEIVE * 0.4)
            assert (await connection.ask(whole[30:])).status == 200
    assert len(executor.asked) == 4


async def test_work_may_take_longer_than_receiving(served: Served, executor: ToyExecutor) -> None:
    async def work() -> None:
        await asyncio.sleep(RECEIVE + IDLE)

    executor.work = work
    assert (await served.ask()).status == 200


async def test_a_connection_is_closed_when_nothing_more_comes(served: Served) -> None:
    async with served.connection() as connection:
        assert (await connection.ask()).status == 200
        started = time.monotonic()
        assert await connection.ended()
        assert IDLE * 0.5 < time.monotonic() - started < IDLE + MARGIN


async def test_a_client_that_does_not_take_its_answer_is_cut(executor: ToyExecutor) -> None:
    gone = asyncio.Event()

    class Watched(DeadlineProtocol):
        deadlines = Deadlines(take=0.3)

        def connection_lost(self, exc: Exception | None) -> None:
            super().connection_lost(exc)
            gone.set()

    async def generous(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"x" * 20_000_000})

    config, state = Config(generous, log_config=None, interface="asgi3"), ServerState()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Watched(config, state, {}), "127.0.0.1", 0)
    with socket.create_connection(server.sockets[0].getsockname()) as client:
        client.sendall(request())
        await asyncio.wait_for(gone.wait(), 0.3 + MARGIN)
    server.close()
    await server.wait_closed()
