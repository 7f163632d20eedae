"""The end of a server: what was asked is answered, and nobody waits for ever."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from gateway.edge import listen, site
from tests.gateway.edge.toy import ToyExecutor, nothing, settings
from tests.gateway.edge.wire import Received, Served, request, serving

MARGIN = 10.0
"""Seconds that a busy machine may add."""


@dataclass(frozen=True)
class Process:
    """A server process."""

    process: asyncio.subprocess.Process
    served: Served

    async def ended(self) -> float:
        """Wait for its orderly end; the seconds it took."""
        started = time.monotonic()
        assert self.process.stdout is not None
        assert (await asyncio.wait_for(self.process.stdout.read(), 30)).split() == [b"closed"]
        assert await self.process.wait() == 0
        return time.monotonic() - started


@asynccontextmanager
async def process(seconds: float, **core: float) -> AsyncIterator[Process]:
    """A server process whose requests take so many seconds."""
    server = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.gateway.edge.served",
        str(seconds),
        json.dumps(core),
        stdout=asyncio.subprocess.PIPE,
    )
    assert server.stdout is not None
    port = int(await asyncio.wait_for(server.stdout.readline(), 30))
    try:
        yield Process(server, Served(port, threading.Event(), asyncio.create_task(nothing())))
    finally:
        if server.returncode is None:
            server.kill()
            await server.wait()


async def ask_until_the_end(served: Served, answers: list[Received], busy: asyncio.Event) -> None:
    """One request after another on one connection, until the server says that it closes it."""
    async with served.connection() as connection:
        while True:
            await connection.send(request())
            if len(answers) >= 20:
                busy.set()
            answers.append(await connection.response())
            if answers[-1].headers.get("connection") == "close":
                return


async def test_after_sigterm_every_request_that_was_sent_is_answered() -> None:
    async with process(0.05, drain_timeout=60) as server:
        answers: list[Received] = []
        busy = asyncio.Event()
        clients = [asyncio.create_task(ask_until_the_end(server.served, answers, busy)) for _ in range(10)]
        await busy.wait()
        server.process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(asyncio.gather(*clients), 30)
        await server.ended()
    assert {answer.status for answer in answers} == {200}
    assert len(answers) >= 30


async def test_work_that_was_begun_is_finished_and_readiness_is_off_meanwhile() -> None:
    async with process(1.0, drain_timeout=60, idle_timeout=5) as server, server.served.connection() as probe:
        ready = request(method="GET", target="/health/ready")
        assert (await probe.ask(ready)).status == 200
        async with server.served.connection() as connection:
            await connection.send(request())
            await asyncio.sleep(0.2)
            server.process.send_signal(signal.SIGTERM)
            await asyncio.sleep(0.3)
            answer = await probe.ask(ready)
            assert (answer.status, answer.json) == (503, {"status": "draining"})
            assert answer.headers["connection"] == "close"
            assert (await connection.response()).status == 200
        assert await server.ended() < MARGIN


async def test_work_that_outlasts_the_drain_is_told_to_try_again() -> None:
    async with process(60, drain_timeout=1, request_timeout=90) as server:
        async with server.served.connection() as connection:
            await connection.send(request())
            await asyncio.sleep(0.2)
            server.process.send_signal(signal.SIGTERM)
            answer = await asyncio.wait_for(connection.response(), 1 + MARGIN)
            assert (answer.status, answer.code) == (503, "UNAVAILABLE")
        assert await server.ended() < MARGIN


async def test_an_interrupt_does_not_wait_for_silent_clients() -> None:
    async with process(0, drain_timeout=60, idle_timeout=60) as server, server.served.connection() as idle:
        assert (await idle.ask()).status == 200
        server.process.send_signal(signal.SIGINT)
        assert await server.ended() < MARGIN
        assert await idle.ended()


async def test_silent_clients_delay_the_end_by_the_idle_deadline_at_most() -> None:
    async with process(0, drain_timeout=60, idle_timeout=1) as server, server.served.connection() as idle:
        server.process.send_signal(signal.SIGTERM)
        assert await server.ended() < 1 + MARGIN
        assert await idle.ended()


async def test_a_request_that_crosses_the_drain_is_answered() -> None:
    core = settings(idle_timeout=2.0)
    app = site(ToyExecutor(), core, nothing, threading.Event())
    async with serving(app, core) as served, served.connection() as half, served.connection() as late:
        whole = request()
        await half.send(whole[:40])
        assert (await late.ask()).status == 200
        served.draining.set()
        await asyncio.sleep(0.4)
        for answer in (await half.ask(whole[40:]), await late.ask()):
            assert answer.status == 200
            assert answer.headers["connection"] == "close"
        with pytest.raises(ConnectionError):
            await served.ask()


def test_an_address_that_is_taken_is_an_error() -> None:
    with listen("127.0.0.1", 0) as taken, pytest.raises(OSError, match="in use"):
        listen("127.0.0.1", taken.getsockname()[1])


def test_an_ipv6_address_can_be_listened_on() -> None:
    with listen("::1", 0) as listener:
        assert listener.getsockname()[0] == "::1"
