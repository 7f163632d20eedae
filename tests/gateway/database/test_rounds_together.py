"""Rounds mean the same on both stores: one state is seen, requests are kept apart, limits hold."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import pytest
from sqlalchemy import String, bindparam, select

from gateway.database import Batch, Cells, Database, DatabaseBusy, DatabaseUnavailable, Read, Rounds
from tests.stores import Store, opened, write

Fetch = Callable[[Batch], Awaitable[list[list[Cells]]]]

VALUE = select(bindparam("value", type_=String()).label("value"))
NAP = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500000) SELECT max(i) FROM n",
    "postgresql": "SELECT pg_sleep(0.1)",
}
SLOW = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
    "postgresql": "SELECT pg_sleep(30)",
}
COUNT = (Read("SELECT count(*) FROM entry", (), ()), ())
"""Of a table that has one row at first."""


def sql(texts: Mapping[str, str], store: Store) -> tuple[Read, tuple[()]]:
    """A statement without parameters, in the store's words."""
    return Read(texts[store.dialect_name], (), ()), ()


def through_snapshot(rounds: Rounds) -> Fetch:
    """A snapshot for each round."""

    async def fetch(batch: Batch) -> list[list[Cells]]:
        async with rounds.snapshot() as snapshot:
            return await snapshot.fetch(batch)

    return fetch


@pytest.fixture
async def rounds(database: Database) -> Rounds:
    """The store's rounds, over a table with one row."""
    await write(database, "CREATE TABLE entry (id VARCHAR(20))")
    await write(database, "INSERT INTO entry VALUES ('first')")
    return database.rounds


# --- one state -----------------------------------------------------------------------------------------------------


async def test_a_snapshot_sees_one_state(rounds: Rounds, database: Database) -> None:
    async with rounds.snapshot() as snapshot:
        assert await snapshot.fetch([COUNT]) == [[(1,)]]
        await write(database, "DELETE FROM entry")
        assert await snapshot.fetch([COUNT, COUNT]) == [[(1,)], [(1,)]]
        assert await rounds.fetch([COUNT]) == [[(0,)]]
    async with rounds.snapshot() as snapshot:
        assert await snapshot.fetch([COUNT]) == [[(0,)]]


async def test_the_statements_of_a_round_see_one_state(
    rounds: Rounds, database: Database, store: Store
) -> None:
    for read in (rounds.fetch, through_snapshot(rounds)):
        written = 0
        asked = asyncio.ensure_future(read([COUNT, sql(NAP, store), COUNT, sql(NAP, store), COUNT]))
        while not asked.done():
            await write(database, "INSERT INTO entry VALUES ('more')")
            written += 1
        first, _, second, _, third = await asked
        assert written > 1
        assert first == second == third
        assert (await rounds.fetch([COUNT]))[0] > first


# --- many at once --------------------------------------------------------------------------------------------------


async def test_answers_are_never_mixed(store: Store) -> None:
    patient = dt.timedelta(seconds=30)  # a busy machine is not what is asked about
    async with opened(store.url, pool_wait=patient, statement_timeout=patient) as database:
        await _many_at_once(database.rounds, store)


async def _many_at_once(rounds: Rounds, store: Store) -> None:
    read = rounds.compile(VALUE)

    async def fetched(number: int) -> None:
        values = [f"{number}-{part}" for part in range(number % 4 + 1)]
        batch: list[Any] = [(read, (value,)) for value in values]
        if number % 3:
            found = await rounds.fetch([*batch, sql(NAP, store)] if number % 10 == 1 else batch)
            assert found[: len(values)] == [[(value,)] for value in values]
        else:
            async with rounds.snapshot() as snapshot:
                for one in batch:
                    assert await snapshot.fetch([one]) == [[(one[1][0],)]]
                    await asyncio.sleep(0)

    async with asyncio.TaskGroup() as group:
        for number in range(100):
            group.create_task(fetched(number))


@pytest.mark.parametrize("in_snapshot", [False, True])
async def test_cancelled_rounds_leave_nothing_running(store: Store, in_snapshot: bool) -> None:
    async with opened(store.url, pool_size=1, statement_timeout=dt.timedelta(seconds=30)) as database:
        rounds = database.rounds
        value = rounds.compile(VALUE)
        read = through_snapshot(rounds) if in_snapshot else rounds.fetch
        for delay in (0.0, 0.001, 0.005, 0.05) * 3:
            task = asyncio.ensure_future(read([(value, ("x",)), sql(SLOW, store)]))
            await asyncio.sleep(delay)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            async with asyncio.timeout(5):  # the only connection comes back
                assert await through_snapshot(rounds)([(value, ("y",))]) == [[("y",)]]


async def test_cancellations_at_any_moment_leak_nothing(rounds: Rounds, store: Store) -> None:
    value = rounds.compile(VALUE)
    for read in (rounds.fetch, through_snapshot(rounds)):
        tasks = [asyncio.ensure_future(read([(value, ("x",)), sql(NAP, store)])) for _ in range(20)]
        for number, task in enumerate(tasks):
            await asyncio.sleep(number % 5 / 1000)
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        async with asyncio.timeout(5):
            answers = await asyncio.gather(*(read([(value, (str(number),))]) for number in range(8)))
        assert answers == [[[(str(number),)]] for number in range(8)]


# --- limits ----------------------------------------------------------------------------------------------------------


async def test_a_slow_statement_is_ended_and_holds_up_no_other(store: Store) -> None:
    async with opened(store.url, pool_size=2, statement_timeout=dt.timedelta(seconds=0.5)) as database:
        rounds = database.rounds
        value = rounds.compile(VALUE)
        for read in (rounds.fetch, through_snapshot(rounds)):
            slow = asyncio.ensure_future(read([sql(SLOW, store)]))
            for number in range(20):
                assert await rounds.fetch([(value, (str(number),))]) == [[(str(number),)]]
            assert not slow.done()
            with pytest.raises(DatabaseBusy, match="statement timeout"):
                await slow
            assert await read([(value, ("x",))]) == [[("x",)]]


async def test_each_statement_has_its_own_time(store: Store) -> None:
    naps = {"sqlite": NAP["sqlite"], "postgresql": "SELECT pg_sleep(0.3)"}
    async with opened(store.url, statement_timeout=dt.timedelta(seconds=1)) as database:
        found = await database.rounds.fetch([sql(naps, store)] * 4)
        assert len(found) == 4


async def test_who_waits_too_long_for_a_connection_is_told(store: Store) -> None:
    async with opened(store.url, pool_size=1, pool_wait=dt.timedelta(seconds=0.1)) as database:
        read = through_snapshot(database.rounds)
        value = [(database.rounds.compile(VALUE), ("x",))]
        async with database.rounds.snapshot() as snapshot:
            await snapshot.fetch(value)
            with pytest.raises(DatabaseBusy, match="became free"):
                await read(value)
        assert await read(value) == [[("x",)]]


async def test_closing_twice_is_closing_once(store: Store) -> None:
    async with opened(store.url) as database:
        value = [(database.rounds.compile(VALUE), ("x",))]
        async with database.rounds.snapshot() as snapshot:
            await database.rounds.fetch(value)
            await snapshot.fetch(value)
            await database.rounds.close()
            await database.rounds.close()
            with pytest.raises(DatabaseUnavailable):
                await snapshot.fetch(value)
        for read in (database.rounds.fetch, through_snapshot(database.rounds)):
            with pytest.raises(DatabaseUnavailable, match="closed"):
                await read(value)


async def test_closing_ends_what_runs(store: Store) -> None:
    async with opened(store.url, statement_timeout=dt.timedelta(seconds=30)) as database:
        slow = asyncio.ensure_future(database.rounds.fetch([sql(SLOW, store)]))
        await asyncio.sleep(0.1)
        async with asyncio.timeout(5):
            await database.rounds.close()
            with pytest.raises((DatabaseBusy, DatabaseUnavailable)):
                await slow
