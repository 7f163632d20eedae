"""How many connections there are, who gets them, and when they go."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack

import pytest

from gateway.database import DatabaseBusy, DatabaseUnavailable, Timeouts
from gateway.database.pipelines import PostgreSQLRounds, sessions
from tests.gateway.database.pipelines.server import LIMITS, Line, Observer, opened_rounds, pid, sql

ONE = [(sql("SELECT 1"), ())]
HELD = sql("SELECT pg_advisory_xact_lock_shared(1)")
WAITING = "wait_event_type = 'Lock'"


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://user:secret@host/name?no_such_parameter=1",
        "postgresql://user:secret@[host/name",
        "postgresql://user:secret%zz@host/name",
    ],
)
def test_a_url_that_libpq_cannot_read_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(ValueError, match="cannot read") as refusal:
        PostgreSQLRounds(url, 1, LIMITS)
    assert "secret" not in f"{refusal.value!r} {refusal.value.__cause__!r}"


async def test_nothing_is_connected_before_it_is_needed(url: str, observer: Observer) -> None:
    async with opened_rounds(url, 4) as rounds:
        assert await observer.ours() == 0
        await rounds.fetch(ONE)
        assert await observer.ours() == 1


async def test_what_comes_one_after_the_other_shares_a_connection(url: str, observer: Observer) -> None:
    async with opened_rounds(url, 4) as rounds:
        async with AsyncExitStack() as stack:
            for _ in range(4):
                snapshot = await stack.enter_async_context(rounds.snapshot())
                await snapshot.fetch(ONE)
        await observer.until(0, "state LIKE 'idle in transaction%'")
        last = await pid(rounds)
        assert {await pid(rounds) for _ in range(10)} == {last}
        assert await observer.ours() == 4


async def test_there_are_never_more_connections_than_may_be(url: str, observer: Observer) -> None:
    async with opened_rounds(url, 3) as rounds:
        answers = await asyncio.gather(
            *(rounds.fetch([(sql(f"SELECT {number} FROM pg_sleep(0.01)"), ())]) for number in range(100))
        )
        assert answers == [[[(number,)]] for number in range(100)]
        assert await observer.ours() == 3


async def test_a_full_pool_is_busy_and_good_again_afterwards(url: str, observer: Observer) -> None:
    await observer.run("SELECT pg_advisory_lock(1)")
    async with opened_rounds(url, 2, Timeouts(statement=5, connect=2, wait=0.2)) as rounds:
        holders = [asyncio.create_task(rounds.fetch([(HELD, ())])) for _ in range(2)]
        await observer.until(2, WAITING)
        start = time.monotonic()
        with pytest.raises(DatabaseBusy, match="became free"):
            await rounds.fetch(ONE)
        assert 0.15 < time.monotonic() - start < 1
        await observer.run("SELECT pg_advisory_unlock(1)")
        await asyncio.gather(*holders)
        assert await rounds.fetch(ONE) == [[(1,)]]


async def test_who_waits_is_served_in_order_and_who_leaves_costs_nobody_a_place(
    url: str, observer: Observer
) -> None:
    served: list[int] = []

    async def ask(rounds: PostgreSQLRounds, number: int) -> None:
        await rounds.fetch(ONE)
        served.append(number)

    await observer.run("SELECT pg_advisory_lock(1)")
    async with opened_rounds(url, 1, Timeouts(statement=5, connect=2, wait=5)) as rounds:
        holder = asyncio.create_task(rounds.fetch([(HELD, ())]))
        await observer.until(1, WAITING)
        asking = [asyncio.create_task(ask(rounds, number)) for number in range(10)]
        await asyncio.sleep(0)
        for number in (0, 4, 9):
            asking[number].cancel()
        await observer.run("SELECT pg_advisory_unlock(1)")
        await asyncio.gather(holder, *asking, return_exceptions=True)
        assert served == [1, 2, 3, 5, 6, 7, 8]
        assert await rounds.fetch(ONE) == [[(1,)]]


async def test_a_connection_is_replaced_at_the_end_of_its_life(
    url: str, observer: Observer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "CONNECTION_LIFE", 0)
    async with opened_rounds(url) as rounds:
        assert len({await pid(rounds) for _ in range(5)}) == 5
        await observer.until(1)


async def test_closing_ends_everything_at_once(url: str, observer: Observer) -> None:
    await observer.run("SELECT pg_advisory_lock(1)")
    async with opened_rounds(url, 2) as rounds:
        asking = [asyncio.create_task(rounds.fetch([(HELD, ())])) for _ in range(4)]
        await observer.until(2, WAITING)
        start = time.monotonic()
        await rounds.close()
        await rounds.close()
        outcomes = await asyncio.gather(*asking, return_exceptions=True)
        assert time.monotonic() - start < 0.5
        assert {type(outcome) for outcome in outcomes} <= {
            DatabaseUnavailable,
            *DatabaseUnavailable.__subclasses__(),
        }
        with pytest.raises(DatabaseUnavailable):
            await rounds.fetch(ONE)
        await observer.run("SELECT pg_advisory_unlock(1)")
        await observer.until(0)


async def test_closing_while_a_connection_is_made_leaves_none(url: str, observer: Observer) -> None:
    async with opened_rounds(url, 4) as rounds:
        asking = [asyncio.create_task(rounds.fetch(ONE)) for _ in range(4)]
        await asyncio.sleep(0.001)
        await rounds.close()
        outcomes = await asyncio.gather(*asking, return_exceptions=True)
        assert all(isinstance(outcome, DatabaseUnavailable) for outcome in outcomes)
        await observer.until(0)


async def test_a_database_that_does_not_exist_is_unavailable(url: str) -> None:
    async with opened_rounds(url.replace("/vssid_", "/nowhere_")) as rounds:
        for _ in range(2):
            with pytest.raises(DatabaseUnavailable, match="does not exist"):
                await rounds.fetch(ONE)


async def test_a_host_without_address_is_unavailable() -> None:
    async with opened_rounds("postgresql://user:secret@nowhere.invalid/name") as rounds:
        with pytest.raises(DatabaseUnavailable, match="cannot connect") as refusal:
            await rounds.fetch(ONE)
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize("trouble", ["down", "silent"])
async def test_the_next_host_is_tried_in_time(url: str, line: Line, trouble: str) -> None:
    folder = url.partition("host=")[2]
    if not folder:
        pytest.skip("the server is not on a socket")
    line.silence()
    port = 1 if trouble == "down" else line.port
    several = url.replace(f"host={folder}", f"host=127.0.0.1,{folder}&port={port},5432")
    async with opened_rounds(several, 1, Timeouts(statement=2, connect=0.6, wait=1)) as rounds:
        assert await rounds.fetch(ONE) == [[(1,)]]
