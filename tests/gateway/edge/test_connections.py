"""Connections over real sockets: clients that send too much, speak ambiguously, or behave."""

from __future__ import annotations

import asyncio
import json
import logging

import pytest

from tests.gateway.edge.toy import QUERY, ToyExecutor, settings
from tests.gateway.edge.wire import (
    CHUNKED,
    MARGIN,
    RECEIVE,
    Served,
    request,
    serving_graphql,
)

# --- size ---


@pytest.mark.parametrize(
    "head",
    [
        b"GET /graphql?" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /graphql?" + b"a" * 20_000 + b" HTTP/1.1\r\n\r\n",
        b"GET /graphql HTTP/1.1\r\nHost: x\r\nX-Long: " + b"v" * 64_000 + b"\r\n\r\n",
        b"GET /graphql HTTP/1.1\r\nHost: x\r\n" + b"a: b\r\n" * 10_000 + b"\r\n",
        b"GET /graphql HTTP/1.1\r\nHost: x\r\nX-Long: " + b"v" * 500_000,
        b"GET /graphql?" + b"a" * 500_000,
        b"\r\n" * 20_000,
        CHUNKED + b"\r\n0\r\n" + b"trailer: x\r\n" * 3_000,
    ],
    ids=[
        "url",
        "url alone",
        "long header",
        "many headers",
        "endless header",
        "endless url",
        "empty lines",
        "trailers",
    ],
)
async def test_a_head_over_the_limit_is_refused(served: Served, head: bytes) -> None:
    response = await served.ask(head)
    assert (response.status, response.code) == (431, "HEADERS_TOO_LARGE")
    assert response.json["errors"][0]["extensions"]["maximum"] == 16 * 1024


async def test_a_head_below_the_limit_is_read(served: Served) -> None:
    response = await served.ask(request(QUERY, "X-Long: " + "v" * 15_000))
    assert response.status == 200


async def test_the_head_of_each_request_counts_for_itself(served: Served) -> None:
    whole = request(QUERY, "X-Long: " + "v" * 4_000)
    async with served.connection() as connection:
        for _ in range(10):
            await connection.send(whole[:2_000])
            await served.ask()  # meanwhile, the first part is read
            assert (await connection.ask(whole[2_000:])).status == 200


async def test_a_large_body_counts_for_nothing_in_the_head(served: Served) -> None:
    assert (await served.ask(request(QUERY + " " * 100_000))).status == 200


async def test_an_announced_giant_is_refused_before_it_is_sent(served: Served) -> None:
    head = request("", method="GET").replace(b"GET", b"POST").rstrip()
    announced = head + b"\r\nContent-Type: application/json\r\nContent-Length: 2000000000\r\n"
    expecting = await served.ask(announced + b"Expect: 100-continue\r\n\r\n")
    assert expecting.status == 413
    assert (await served.ask(announced + b"\r\n")).status == 413


async def test_an_endless_body_is_cut_and_its_client_finds_out_why(served: Served) -> None:
    async with served.connection() as connection:
        await connection.send(CHUNKED + b"\r\n")
        chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
        sent = 0

        async def flood() -> None:
            nonlocal sent
            while True:
                await connection.send(chunk)
                sent += len(chunk)

        flooding = asyncio.create_task(flood())
        response = await connection.response()
        assert (response.status, response.code) == (413, "BODY_TOO_LARGE")
        await asyncio.wait([flooding], timeout=RECEIVE + MARGIN)
        assert isinstance(flooding.exception(), ConnectionError)
        assert sent < 20_000_000


async def test_a_large_body_that_is_refused_still_finds_its_answer(served: Served) -> None:
    body = " " * 600_000
    async with served.connection() as connection:
        response = await connection.ask(request(body))
        assert response.status == 413
        assert await connection.ended()


# --- ambiguity ---

SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"


@pytest.mark.parametrize(
    "data",
    [
        POST + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        POST + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
        POST + b"Content-Length: 4\r\nContent-Length: 5\r\n\r\n{}  ",
        POST + b"Content-Length: 4\r\nContent-Length: 4\r\n\r\n{}  ",
        POST + b"Content-Length: 4, 4\r\n\r\n{}  ",
        POST + b"Content-Length: +4\r\n\r\n{}  ",
        POST + b"Content-Length : 4\r\n\r\n{}  ",
        POST + b"Content-Length: 4\n\n{}  ",
        POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        POST + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        POST + b"Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n",
        POST + b"Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n",
        POST + b"Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
        POST + b"X-Folded: a\r\n Content-Length: 4\r\n\r\n",
        POST + b"X-Null: \x00\r\n\r\n",
        b"GET /graphql HTTP/1.1\r\n\r\n",
        b"GET /graphql HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET /graphql HTTP/9.9\r\nHost: x\r\n\r\n",
        b"GET /gr\xc3\xa9phql HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET  /graphql HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ],
)
async def test_an_ambiguous_request_is_refused_and_ends_the_connection(
    served: Served, executor: ToyExecutor, data: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async with served.connection() as connection:
        response = await connection.ask(data + SMUGGLED)
        assert (response.status, response.code) == (400, "BAD_REQUEST")
        assert response.headers["connection"] == "close"
        assert await connection.ended()
    assert executor.asked == []
    assert [one for one in caplog.records if one.levelno >= logging.WARNING] == []


async def test_trailers_change_nothing(served: Served, executor: ToyExecutor) -> None:
    chunk = (
        f"{len(QUERY):x}\r\n{QUERY}\r\n0\r\nAuthorization: Bearer unknown\r\nContent-Type: text/plain\r\n\r\n"
    )
    assert (await served.ask(CHUNKED + b"\r\n" + chunk.encode())).status == 200


@pytest.mark.parametrize(
    "upgrade",
    [
        ("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: eHg="),
        ("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Protocol: graphql-transport-ws"),
        ("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABk"),
    ],
)
@pytest.mark.parametrize("target", ["/graphql", "/health/live"])
async def test_nothing_is_upgraded(
    served: Served, executor: ToyExecutor, upgrade: tuple[str, ...], target: str
) -> None:
    for method in ("GET", "POST"):
        async with served.connection() as connection:
            response = await connection.ask(request(QUERY, *upgrade, method=method, target=target) + SMUGGLED)
            assert (response.status, response.code) == (400, "BAD_REQUEST")
            assert await connection.ended()
    assert executor.asked == []


async def test_a_connect_is_refused(served: Served) -> None:
    response = await served.ask(b"CONNECT internal:80 HTTP/1.1\r\nHost: x\r\n\r\n")
    assert response.status == 400


async def test_of_pipelined_requests_the_first_is_answered(served: Served, executor: ToyExecutor) -> None:
    async with served.connection() as connection:
        response = await connection.ask(request() * 50)
        assert response.json == {"data": {"hello": "Hello world"}}
        assert response.headers["connection"] == "close"
        assert await connection.ended()
    assert len(executor.asked) == 1


async def test_noise_after_a_request_does_not_answer_in_its_place(
    served: Served, executor: ToyExecutor
) -> None:
    async with served.connection() as connection:
        response = await connection.ask(request() + b"\x00\x01garbage\r\n\r\n")
        assert response.json == {"data": {"hello": "Hello world"}}
        assert response.headers["connection"] == "close"
        assert await connection.ended()


# --- ordinary life ---


async def test_a_connection_serves_many_requests(served: Served) -> None:
    async with served.connection() as connection:
        for number in range(20):
            body = json.dumps({"query": f'{{ hello(name: "{number}") }}'})
            response = await connection.ask(request(body))
            assert response.json == {"data": {"hello": f"Hello {number}"}}
            assert "connection" not in response.headers
            assert "server" not in response.headers


async def test_a_refused_request_leaves_a_connection_usable_when_it_was_received(served: Served) -> None:
    async with served.connection() as connection:
        assert (await connection.ask(request("{"))).status == 400
        assert (await connection.ask()).status == 200


async def test_a_client_may_ask_to_be_told_to_continue(served: Served) -> None:
    async with served.connection() as connection:
        head, body = request(QUERY, "Expect: 100-continue").split(b"\r\n\r\n")
        await connection.send(head + b"\r\n\r\n")
        assert await connection.reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        assert (await connection.ask(body)).status == 200


async def test_a_client_that_hangs_up_takes_its_work_along(served: Served, executor: ToyExecutor) -> None:
    started, cancelled = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        started.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise

    executor.work = work
    async with served.connection() as connection:
        await connection.send(request())
        await started.wait()
    await asyncio.wait_for(cancelled.wait(), MARGIN)


async def test_three_hundred_clients_at_once_are_served_or_told_to_come_back(executor: ToyExecutor) -> None:
    async def work() -> None:
        await asyncio.sleep(0.1)

    executor.work = work
    async with serving_graphql(executor, settings(concurrency=50)) as running:
        responses = await asyncio.gather(*(running.ask() for _ in range(300)))
    statuses = [response.status for response in responses]
    assert set(statuses) == {200, 503}
    assert all("retry-after" in response.headers for response in responses if response.status == 503)
    assert statuses.count(200) >= 50


async def test_addresses_from_headers_are_ignored(served: Served, executor: ToyExecutor) -> None:
    await served.ask(request(QUERY, "X-Forwarded-For: 203.0.113.9", "X-Forwarded-Proto: https"))
    assert executor.asked[0][1].client_address == "127.0.0.1"
