"""Whatever happens to the store or the process: no answer is wrong or somebody else's, nothing leaks, and it is over at once."""

from __future__ import annotations

import asyncio
import json
import random
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import httpx
import pytest

from gateway.demo.people import DemoParticipant
from tests.journeys.conftest import Gateway, Start
from tests.journeys.test_served import PATIENCE, paste, running
from tests.stores import Store

ME = "{ me { fullName healthInsuranceCard { holder { fullName } } } }"
BACKENDS = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
POSTGRESQL = pytest.mark.parametrize("store", ["postgresql"], indirect=True)
POOL = 4
RECOVERED = 5.0
"""Seconds within which everything has to be as before."""


@asynccontextmanager
async def _administrator(store: Store) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    connection = await asyncpg.connect(store.url)
    try:
        yield connection
    finally:
        await connection.close()


async def _signed_in(gateway: Gateway, people: Sequence[DemoParticipant]) -> dict[str, str]:
    """Names by token."""
    return {await gateway.sign_in(person): person.full_name for person in people[:6]}


async def _asked(gateway: Gateway, token: str, name: str) -> int:
    """The status of an answer, which is right if it is one."""
    answer = await gateway.post(ME, token)
    if answer.status_code == 200:
        body = answer.json()
        assert "errors" not in body, body
        assert body["data"]["me"]["fullName"] == name
        card = body["data"]["me"]["healthInsuranceCard"]
        assert card is None or card["holder"]["fullName"] == name
    return answer.status_code


async def _load(gateway: Gateway, names: Mapping[str, str], until: asyncio.Event, seed: int) -> Counter[int]:
    chance, seen = random.Random(seed), Counter[int]()
    while not until.is_set():
        token, name = chance.choice(list(names.items()))
        seen[await _asked(gateway, token, name)] += 1
        await asyncio.sleep(0)
    return seen


async def _recovered(gateway: Gateway, names: Mapping[str, str]) -> None:
    """Every participant is answered twice over at the same time, within the time allowed."""
    due = time.monotonic() + RECOVERED
    while True:
        asked = [_asked(gateway, token, name) for token, name in [*names.items()] * 2]
        if set(await asyncio.gather(*asked)) == {200}:
            return
        assert time.monotonic() < due, "it has not recovered"


@POSTGRESQL
async def test_killed_backends(start: Start, store: Store, people: list[DemoParticipant]) -> None:
    async with start() as gateway, _administrator(store) as administrator:
        names = await _signed_in(gateway, people)
        over = asyncio.Event()
        load = [asyncio.create_task(_load(gateway, names, over, seed)) for seed in range(8)]
        for _ in range(15):
            await asyncio.sleep(0.05)
            await administrator.execute(f"SELECT pg_terminate_backend(pid) {BACKENDS}")
        over.set()
        seen = sum(await asyncio.gather(*load), Counter[int]())
        assert seen[200] > 50
        assert set(seen) <= {200, 503}, seen
        await _recovered(gateway, names)
        assert await administrator.fetchval(f"SELECT count(*) {BACKENDS}") <= 3 * POOL + 1


async def test_cancelled_requests(start: Start, people: list[DemoParticipant]) -> None:
    async with start() as gateway:
        names = await _signed_in(gateway, people)
        over = asyncio.Event()
        load = [asyncio.create_task(_load(gateway, names, over, seed)) for seed in range(3)]
        chance = random.Random(1)
        for _ in range(150):
            token, name = chance.choice(list(names.items()))
            request = asyncio.create_task(_asked(gateway, token, name))
            await asyncio.sleep(chance.random() * 0.004)
            request.cancel()
            await asyncio.gather(request, return_exceptions=True)
        over.set()
        seen = sum(await asyncio.gather(*load), Counter[int]())
        assert set(seen) == {200}, seen
        await _recovered(gateway, names)


@POSTGRESQL
async def test_a_statement_that_waits_holds_up_nobody_else(
    start: Start, store: Store, people: list[DemoParticipant]
) -> None:
    async with (
        start(VSSID_DATABASE_WAIT="0.3", VSSID_STATEMENT_TIMEOUT="1.5") as gateway,
        _administrator(store) as administrator,
    ):
        names = await _signed_in(gateway, people)
        await _recovered(gateway, names)
        token, name = next(iter(names.items()))
        async with administrator.transaction():
            await administrator.execute("LOCK TABLE accounts_participant IN ACCESS EXCLUSIVE MODE")
            waiting = [asyncio.create_task(_asked(gateway, token, name)) for _ in range(POOL - 1)]
            await asyncio.sleep(0.1)
            async with asyncio.timeout(1):
                assert await gateway.data("{ provinces(first: 1) { totalCount } }")
            crowd = [asyncio.create_task(_asked(gateway, token, name)) for _ in range(2 * POOL)]
            assert set(await asyncio.gather(*waiting, *crowd)) == {503}
        await _recovered(gateway, names)
        assert await administrator.fetchval(f"SELECT count(*) {BACKENDS}") <= 3 * POOL + 1


async def test_sigterm_under_load_breaks_no_answer(tmp_path: Path) -> None:
    async with running(tmp_path) as served:
        command = served.to_try["participant"]
        async with httpx.AsyncClient(limits=httpx.Limits(max_connections=20)) as http:
            right = (await paste(http, command)).json()
            seen, busy = Counter[str](), asyncio.Event()

            async def ask() -> None:
                while True:
                    try:
                        answer = await paste(http, command)
                    except httpx.TransportError:  # it listens no more
                        seen["refused"] += 1
                        return
                    seen[str(answer.status_code)] += 1
                    if answer.status_code == 200:
                        assert json.loads(answer.content) == right
                    if seen["200"] >= 200:
                        busy.set()

            load = [asyncio.create_task(ask()) for _ in range(20)]
            await asyncio.wait_for(busy.wait(), PATIENCE)
            served.process.send_signal(signal.SIGTERM)
            await asyncio.wait_for(asyncio.gather(*load), PATIENCE)
            assert set(seen) <= {"200", "503", "refused"}, seen
            assert await asyncio.wait_for(served.process.wait(), PATIENCE) == 0
