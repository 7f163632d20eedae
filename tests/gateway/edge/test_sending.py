"""Answers over real sockets: what they are on the wire, and clients that do not take them."""

from __future__ import annotations

import asyncio
import re
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from gateway.execution import Answer, GraphQLRequest, Sender
from tests.gateway.edge.toy import ToyExecutor, settings
from tests.gateway.edge.wire import MARGIN, Served, request, serving_graphql


@dataclass
class Generous(ToyExecutor):
    """Answers with more than sockets hold."""

    body: bytes = b"x" * 20_000_000
    twice: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, request: GraphQLRequest, token: str | None, sender: Sender) -> Answer:
        await super().answer(request, token, sender)
        if len(self.asked) == 2:
            self.twice.set()
        return Answer(200, self.body)


async def test_an_answer_has_its_headers_and_the_date(served: Served) -> None:
    response = await served.ask()
    length, request_id = str(len(response.body)), response.headers["x-request-id"]
    date = parsedate_to_datetime(response.headers["date"])
    assert abs((datetime.now(UTC) - date).total_seconds()) < MARGIN
    assert re.fullmatch("[0-9a-f]{16}", request_id)
    assert response.headers == {
        "date": response.headers["date"],
        "content-type": "application/json; charset=utf-8",
        "content-length": length,
        "x-request-id": request_id,
        "x-content-type-options": "nosniff",
        "cache-control": "no-store",
        "referrer-policy": "no-referrer",
    }


async def test_an_answer_to_head_is_its_head(served: Served) -> None:
    async with served.connection() as connection:
        await connection.send(b"HEAD /graphql HTTP/1.1\r\nHost: x\r\n\r\n")
        head = await connection.reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 405 ")
        assert (await connection.ask()).status == 200


async def test_a_client_of_http_1_0_is_answered_and_left(served: Served) -> None:
    async with served.connection() as connection:
        response = await connection.ask(request().replace(b"HTTP/1.1", b"HTTP/1.0"))
        assert (response.status, response.headers["connection"]) == (200, "close")
        assert await connection.ended()


async def test_answers_that_are_not_taken_do_not_pile_up() -> None:
    executor = Generous()
    async with serving_graphql(executor, settings()) as served, served.connection() as connection:
        await connection.send(request())
        await connection.reader.readuntil(b"\r\n\r\n")
        await connection.send(request())
        await asyncio.wait_for(executor.twice.wait(), MARGIN)
        await connection.send(request())
        await connection.reader.readexactly(len(executor.body))
        second = await connection.response()
        assert second.headers["connection"] == "close"
        assert await connection.ended()
    assert len(executor.asked) == 2


async def test_an_answer_does_not_wait_for_acknowledgements(served: Served) -> None:
    async with served.connection() as connection:
        times = []
        for _ in range(20):
            started = time.monotonic()
            await connection.ask()
            times.append(time.monotonic() - started)
    assert min(times[1:]) < 0.035  # a delayed acknowledgement takes 40 ms, every time
