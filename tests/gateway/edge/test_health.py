"""What an orchestrator is told."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable

import httpx
import pytest
from starlette.applications import Starlette

from gateway.database import DatabaseBusy, DatabaseUnavailable
from gateway.edge.health import Health
from tests.gateway.edge.toy import nothing

Ping = Callable[[], Awaitable[None]]


def asking(ping: Ping, draining: threading.Event | None = None, fresh: float = 0.0) -> httpx.AsyncClient:
    health = Health(ping, draining or threading.Event(), ping_timeout=0.05, fresh=fresh)
    app = Starlette(routes=health.routes())
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost")


async def unavailable() -> None:
    raise DatabaseUnavailable("no route to 10.0.0.7")


async def busy() -> None:
    raise DatabaseBusy("no connection")


async def hanging() -> None:
    await asyncio.Event().wait()


async def test_a_ready_process_says_so() -> None:
    response = await asking(nothing).get("/health/ready")
    assert (response.status_code, response.json()) == (200, {"status": "ready"})
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("ping", [unavailable, busy, hanging])
async def test_without_its_database_a_process_lives_but_is_not_ready(ping: Ping) -> None:
    client = asking(ping)
    response = await client.get("/health/ready")
    assert (response.status_code, response.json()) == (503, {"status": "unavailable"})
    assert response.headers["retry-after"] == "1"
    assert (await client.get("/health/live")).json() == {"status": "live"}


async def test_a_draining_process_is_not_ready_and_asks_nobody() -> None:
    draining = threading.Event()
    draining.set()
    client = asking(hanging, draining)
    assert (await client.get("/health/ready")).json() == {"status": "draining"}
    assert (await client.get("/health/live")).status_code == 200


async def test_a_database_that_comes_back_makes_ready_again() -> None:
    down = [True]

    async def ping() -> None:
        if down[0]:
            raise DatabaseUnavailable("gone")

    client = asking(ping)
    assert (await client.get("/health/ready")).status_code == 503
    down[0] = False
    assert (await client.get("/health/ready")).status_code == 200


async def test_many_questions_are_one_ping() -> None:
    pings: list[None] = []

    async def ping() -> None:
        pings.append(None)
        await asyncio.sleep(0)

    health = Health(ping, threading.Event(), fresh=60)
    responses = await asyncio.gather(*(health.ready(None) for _ in range(50)))  # type: ignore[arg-type]
    assert {response.status_code for response in responses} == {200}
    assert len(pings) == 1
