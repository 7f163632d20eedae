"""The endpoint, called in-process: what it answers when the gateway is at fault, busy, or alone."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import re
from typing import Any

import pytest

from gateway.database import DatabaseBusy, DatabaseUnavailable
from gateway.edge import GraphQLEndpoint
from gateway.errors import FORBIDDEN, ClientError
from tests.gateway.edge.toy import QUERY, Client, Response, ToyExecutor, settings

GRAPHQL = "application/graphql-response+json"
JSON = "application/json"
HASH = hashlib.sha256(b"{ hello }").hexdigest()
OTHER_HASH = hashlib.sha256(b"other").hexdigest()
BODY_HEADERS = [(b"host", b"localhost"), (b"content-type", b"application/json")]


async def failing(client: Client, executor: ToyExecutor, fault: BaseException) -> Response:
    async def work() -> None:
        raise fault

    executor.work = work
    return await client.post(QUERY)


@pytest.mark.parametrize(
    "fault",
    [
        RuntimeError("Nguyễn Thị Lan 0012345678"),
        TimeoutError("0012345678"),
        KeyError("0012345678"),
        RecursionError(),
    ],
)
async def test_an_unexpected_fault_tells_its_id_to_the_client_and_its_place_to_the_log(
    client: Client, executor: ToyExecutor, caplog: pytest.LogCaptureFixture, fault: Exception
) -> None:
    with caplog.at_level(logging.DEBUG):
        response = await failing(client, executor, fault)
    assert (response.status, response.code) == (500, "INTERNAL")
    extensions = response.json["errors"][0]["extensions"]
    assert extensions == {"code": "INTERNAL", "requestId": response.header("x-request-id")}
    assert "0012345678" not in response.body.decode()
    [record] = [one for one in caplog.records if one.name.startswith("gateway.edge")]
    assert "0012345678" not in str(vars(record))
    assert record.exc_info is None
    place = rf"builtins\.{type(fault).__name__} at [a-z/]*/test_faults\.py:\d+ < "
    assert re.search(place, record.getMessage())
    assert vars(record)["request_id"] == extensions["requestId"]


@pytest.mark.parametrize("failure", [DatabaseUnavailable("gone"), DatabaseBusy("no connection")])
async def test_an_unreachable_store_is_a_reason_to_try_again(
    client: Client, executor: ToyExecutor, failure: Exception
) -> None:
    response = await failing(client, executor, failure)
    assert (response.status, response.code) == (503, "UNAVAILABLE")
    assert response.header("retry-after") == "1"


async def test_an_error_for_the_client_is_passed_on(client: Client, executor: ToyExecutor) -> None:
    response = await failing(client, executor, ClientError(FORBIDDEN))
    assert (response.status, response.code) == (403, "FORBIDDEN")


async def test_work_ends_at_the_deadline(executor: ToyExecutor) -> None:
    cancelled = asyncio.Event()

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise

    executor.work = work
    client = Client(GraphQLEndpoint(executor, settings(request_timeout=0.05)))
    response = await client.post(QUERY)
    assert (response.status, response.code) == (504, "DEADLINE_EXCEEDED")
    assert cancelled.is_set()


async def test_more_requests_than_agreed_are_refused_at_once(executor: ToyExecutor) -> None:
    release, full = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        if len(executor.asked) == 3:
            full.set()
        await release.wait()

    executor.work = work
    endpoint = GraphQLEndpoint(executor, settings(concurrency=3))
    busy = [asyncio.create_task(Client(endpoint).post(QUERY)) for _ in range(3)]
    await full.wait()
    refused = await asyncio.wait_for(Client(endpoint).post(QUERY), 1)
    assert (refused.status, refused.code, refused.header("retry-after")) == (503, "UNAVAILABLE", "1")
    release.set()
    assert [response.status for response in await asyncio.gather(*busy)] == [200, 200, 200]
    assert (await Client(endpoint).post(QUERY)).status == 200


async def test_a_client_that_hangs_up_takes_its_work_along(client: Client, executor: ToyExecutor) -> None:
    started, cancelled, hang_up = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def work() -> None:
        started.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise

    executor.work = work
    headers = [*BODY_HEADERS, (b"content-length", str(len(QUERY)).encode())]
    call = asyncio.create_task(client("POST", headers, QUERY.encode(), hang_up=hang_up))
    await started.wait()
    hang_up.set()
    await asyncio.wait([call], timeout=1)
    assert call.done()
    assert call.result() is None
    assert cancelled.is_set()


async def test_a_client_that_hangs_up_within_its_body_is_not_answered(
    client: Client, executor: ToyExecutor
) -> None:
    async def receive() -> dict[str, object]:
        return {"type": "http.disconnect"}

    async def send(message: object) -> None:
        raise AssertionError(message)

    headers = [*BODY_HEADERS, (b"content-length", b"20")]
    scope = {"type": "http", "method": "POST", "http_version": "1.1", "headers": headers, "query_string": b""}
    await client.app(scope, receive, send)
    assert executor.asked == []


async def test_a_server_that_stops_tells_those_it_cannot_wait_for(
    client: Client, executor: ToyExecutor
) -> None:
    started = asyncio.Event()
    answered: list[dict[str, Any]] = []

    async def work() -> None:
        started.set()
        await asyncio.Event().wait()

    async def receive() -> dict[str, object]:
        if started.is_set():
            await asyncio.Event().wait()
        return {"type": "http.request", "body": QUERY.encode(), "more_body": False}

    async def send(message: Any) -> None:
        answered.append(message)

    executor.work = work
    headers = [*BODY_HEADERS, (b"content-length", b"20")]
    scope = {"type": "http", "method": "POST", "http_version": "1.1", "headers": headers, "query_string": b""}
    call = asyncio.ensure_future(client.app(scope, receive, send))
    await started.wait()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert answered[0]["status"] == 503
