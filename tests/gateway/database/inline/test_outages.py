"""What becomes of rounds when the file is locked, missing or damaged."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest

from gateway.database import DatabaseBusy, DatabaseUnavailable, Read, Timeouts
from gateway.database.inline import SQLiteRounds
from tests.gateway.database.inline.files import (
    COUNT,
    STEPS,
    WORD,
    content,
    failed,
    longest_pause,
    opened,
    other,
    put,
    taken,
)


async def test_a_locked_file_is_busy_and_does_not_hold_up_the_loop(rounds: SQLiteRounds, path: Path) -> None:
    with other(path) as connection:
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("BEGIN IMMEDIATE")
        for _ in range(2):
            waiting = asyncio.ensure_future(failed(rounds, COUNT))
            assert await longest_pause(waiting) < 0.1
            assert isinstance(waiting.result(), DatabaseBusy)
        waiting = asyncio.ensure_future(failed(rounds, COUNT))
        await asyncio.sleep(0.05)
    assert await waiting is None  # it came in time
    assert await rounds.fetch(COUNT) == [[(1,)]]


async def assert_refused(asked: Coroutine[Any, Any, object]) -> None:
    waiting = asyncio.ensure_future(asked)
    assert await longest_pause(waiting) < 0.5
    assert isinstance(waiting.exception(), DatabaseBusy)


async def test_a_lock_is_waited_for_in_a_thread_whatever_ran_there_before(path: Path) -> None:
    with other(path) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")  # where a writer shuts readers out
    async with opened(path, 1, Timeouts(statement=5, connect=1, wait=0.7)) as rounds:
        async with rounds.snapshot() as snapshot:
            await snapshot.fetch([(STEPS, (300_000,)), *COUNT])
        with other(path) as connection:
            connection.execute("BEGIN EXCLUSIVE")
            async with rounds.snapshot() as snapshot:
                await assert_refused(snapshot.fetch(COUNT))
            await assert_refused(rounds.fetch([(WORD, (1,)), *COUNT]))
            later = asyncio.ensure_future(rounds.fetch(COUNT))
            await asyncio.sleep(0.05)
        assert await later == [[(1,)]]  # in time


async def test_a_missing_file_is_unavailable_and_not_made(path: Path) -> None:
    whole = taken(path)
    async with opened(path) as rounds:
        for _ in range(5):  # more often than there are connections
            assert isinstance(await failed(rounds, COUNT), DatabaseUnavailable)
            async with rounds.snapshot() as snapshot:
                with pytest.raises(DatabaseUnavailable):
                    await snapshot.fetch(COUNT)
        with pytest.raises(FileNotFoundError):
            taken(path)
        put(path, whole)
        assert await rounds.fetch(COUNT) == [[(1,)]]


async def test_a_damaged_file_is_unavailable_until_it_is_restored(path: Path) -> None:
    whole = taken(path)
    put(path, b"no database at all, " * 500)
    async with opened(path) as rounds:
        assert isinstance(await failed(rounds, COUNT), DatabaseUnavailable)
        put(path, whole)
        assert await rounds.fetch(COUNT) == [[(1,)]]
        async with rounds.snapshot() as snapshot:
            assert await snapshot.fetch(COUNT) == [[(1,)]]


async def test_a_file_that_was_damaged_in_use_is_opened_anew(path: Path) -> None:
    with other(path) as connection:
        connection.execute("CREATE TABLE large AS SELECT randomblob(4000) AS content FROM entry")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    large = [(Read("SELECT count(*) FROM large WHERE content > ''", (), ()), ())]
    async with opened(path) as rounds:
        assert await rounds.fetch(COUNT) == [[(1,)]]
        whole = content(path)
        put(path, b"no database at all, " * 1000)
        assert isinstance(await failed(rounds, large), DatabaseUnavailable)
        taken(path)
        put(path, whole)
        assert await rounds.fetch(large) == [[(1,)]]
