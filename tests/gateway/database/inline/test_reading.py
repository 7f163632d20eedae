"""SQLite's own way: quick rounds run on the event loop, slow ones beside it, and nothing is left behind."""

from __future__ import annotations

import asyncio
import gc
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from gateway.database import Batch, DatabaseBusy, Read, StatementFault, Timeouts
from gateway.database.inline import SQLiteRounds, slowness
from tests.gateway.database.inline.files import (
    COUNT,
    ENDLESS,
    STEPS,
    WORD,
    failed,
    is_let_go,
    longest_pause,
    opened,
    other,
)

# --- where rounds run ------------------------------------------------------------------------------------------------


async def test_quick_rounds_need_no_thread(rounds: SQLiteRounds) -> None:
    before = set(threading.enumerate())
    for number in range(200):
        assert await rounds.fetch([(WORD, (number,)), *COUNT]) == [[(number,)], [(1,)]]
        async with rounds.snapshot() as snapshot:
            assert await snapshot.fetch([(WORD, (number,))]) == [[(number,)]]
    assert set(threading.enumerate()) <= before


@pytest.mark.parametrize("in_snapshot", [False, True])
async def test_a_slow_round_does_not_hold_up_the_loop(path: Path, in_snapshot: bool) -> None:
    async with (
        opened(path, limits=Timeouts(statement=0.7, connect=1, wait=1)) as rounds,
        rounds.snapshot() as snapshot,
    ):
        fetch = snapshot.fetch if in_snapshot else rounds.fetch
        for _ in range(1 if in_snapshot else 2):  # tried on the loop, and known to be slow
            slow = asyncio.ensure_future(fetch(ENDLESS))
            assert await longest_pause(slow) < 0.3
            assert isinstance(slow.exception(), DatabaseBusy)


async def test_a_slow_statement_is_not_tried_on_the_loop_again_and_again(rounds: SQLiteRounds) -> None:
    slow = [(STEPS, (30_000,))]  # a multiple of what the loop gives
    await rounds.fetch(slow)
    before = time.thread_time()
    for _ in range(100):
        await rounds.fetch(slow)
    assert time.thread_time() - before < 100 * 0.001


async def test_a_statement_is_tried_on_the_loop_again_after_a_while(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = SimpleNamespace(monotonic=lambda: time.monotonic() + slowness.REMEMBERED)
    async with opened(path, 1) as rounds:
        await rounds.fetch([(WORD, (1,)), (STEPS, (300_000,))])
        async with rounds.snapshot() as snapshot:
            await snapshot.fetch(COUNT)  # takes the only connection that goes to threads
            assert await rounds.fetch([(WORD, (2,))]) == [[(2,)]]
            assert isinstance(await failed(rounds, [(STEPS, (3,))]), DatabaseBusy)
            monkeypatch.setattr("gateway.database.inline.slowness.time", later)
            assert await rounds.fetch([(STEPS, (3,))]) == [[(3,)]]


async def test_no_more_statements_are_remembered_than_that(monkeypatch: pytest.MonkeyPatch) -> None:
    slow = slowness.SlowStatements()
    batches: list[Batch] = [[(Read(str(number), (), ()), ())] for number in range(slowness.MOST + 10)]
    for batch in batches:
        slow.add(batch, 0)
    assert [slow.among(batch) for batch in batches] == [False] * 10 + [True] * slowness.MOST


async def test_time_that_others_took_is_not_the_statements(
    rounds: SQLiteRounds, monkeypatch: pytest.MonkeyPatch
) -> None:
    await rounds.fetch(COUNT)
    before = set(threading.enumerate())
    times = iter([0.0, *[1.0] * 1000])  # the process stood still after the round had begun
    monkeypatch.setattr(
        "gateway.database.inline.connection.time", SimpleNamespace(monotonic=lambda: next(times))
    )
    assert await rounds.fetch([(STEPS, (5_000,))]) == [[(5_000,)]]
    assert next(times) == 1.0
    assert set(threading.enumerate()) <= before


async def test_quick_rounds_go_on_while_all_threads_are_busy(rounds: SQLiteRounds) -> None:
    slow = [asyncio.ensure_future(rounds.fetch(ENDLESS)) for _ in range(2)]
    for _ in range(50):
        await asyncio.sleep(0)
        assert await rounds.fetch(COUNT) == [[(1,)]]
    refused = await failed(rounds, ENDLESS)
    assert isinstance(refused, DatabaseBusy)
    assert "became free" in str(refused)
    assert not any(one.done() for one in slow)
    for one in slow:
        one.cancel()
    assert await rounds.fetch([(STEPS, (4,))]) == [[(4,)]]  # in a thread, since its statement was slow
    await asyncio.wait(slow)


# --- what is left behind ---------------------------------------------------------------------------------------------


async def test_no_round_holds_on_to_the_files_state(rounds: SQLiteRounds, path: Path) -> None:
    with other(path) as connection:
        connection.execute("INSERT INTO entry VALUES (CAST(x'3939ff' AS TEXT))")
    words = Read("SELECT word FROM entry ORDER BY length(CAST(word AS BLOB))", (), ())
    for batch in (COUNT, COUNT * 2, [(STEPS, (300_000,))], [(STEPS, (3,)), *COUNT]):
        await rounds.fetch(batch)
        assert is_let_go(path)
    for batch in (
        [(words, ())],
        [*COUNT, (words, ())],
        [(Read("SELECT ? + nothing", ("x",), (None,)), (1,))],
    ):
        fault = await failed(rounds, batch)
        assert isinstance(fault, StatementFault)
        assert "99" not in repr(fault)
        assert is_let_go(path)


async def test_a_snapshot_stays_one_when_it_moves_to_a_thread(rounds: SQLiteRounds, path: Path) -> None:
    slow = (STEPS, (300_000,))
    async with rounds.snapshot() as snapshot:
        assert await snapshot.fetch(COUNT) == [[(1,)]]
        with other(path) as connection:
            connection.execute("INSERT INTO entry VALUES ('second')")
        for batch in ([*COUNT, slow, *COUNT], COUNT, [slow, *COUNT], COUNT * 2):
            found = await snapshot.fetch(batch)
            assert [rows for rows in found if rows != [(300_000,)]] == [[(1,)]] * sum(
                one is COUNT[0] for one in batch
            )
        assert await rounds.fetch([*COUNT, slow]) == [[(2,)], [(300_000,)]]
    assert is_let_go(path)
    async with rounds.snapshot() as snapshot:
        assert await snapshot.fetch(COUNT) == [[(3,)]]


async def test_a_snapshot_ends_with_a_failure(path: Path) -> None:
    async with opened(path, 1, Timeouts(statement=0.1, connect=1, wait=1)) as rounds:
        async with rounds.snapshot() as snapshot:
            with pytest.raises(DatabaseBusy):
                await snapshot.fetch(ENDLESS)
            with pytest.raises(RuntimeError):
                await snapshot.fetch(COUNT)
        async with rounds.snapshot() as snapshot:
            assert await snapshot.fetch(COUNT) == [[(1,)]]


async def test_a_snapshot_takes_one_round_at_a_time(rounds: SQLiteRounds) -> None:
    async with rounds.snapshot() as snapshot:
        slow = asyncio.ensure_future(snapshot.fetch(ENDLESS))
        await asyncio.sleep(0.05)
        with pytest.raises(RuntimeError, match="one round at a time"):
            await snapshot.fetch(COUNT)
        slow.cancel()
        await asyncio.wait([slow])
        with pytest.raises(RuntimeError, match="one round at a time"):
            await snapshot.fetch(COUNT)


async def test_what_is_cancelled_fails_in_silence(rounds: SQLiteRounds) -> None:
    told: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))
    slow = asyncio.ensure_future(rounds.fetch(ENDLESS))
    await asyncio.sleep(0.02)
    slow.cancel()
    await asyncio.wait([slow])
    await rounds.close()
    del slow
    gc.collect()
    assert not told
