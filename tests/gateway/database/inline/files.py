"""An SQLite file, and who else is at it."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path
from typing import Any

from gateway.database import Batch, Read, Timeouts
from gateway.database.inline import SQLiteRounds

LIMITS = Timeouts(statement=5, connect=1, wait=0.2)
STEPS = Read(
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) SELECT max(i) FROM n",
    ("rows",),
    (None,),
)
"""As slow as its parameter is large."""
ENDLESS = [(STEPS, (10**12,))]
COUNT = [(Read("SELECT count(*) FROM entry", (), ()), ())]
WORD = Read("SELECT ?", ("word",), (None,))


@asynccontextmanager
async def opened(path: Path, pool_size: int = 2, limits: Timeouts = LIMITS) -> AsyncIterator[SQLiteRounds]:
    """Rounds that are closed at the end."""
    rounds = SQLiteRounds(path, pool_size, limits)
    try:
        yield rounds
    finally:
        await rounds.close()


@contextmanager
def other(path: Path) -> Iterator[sqlite3.Connection]:
    """Someone else's connection."""
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as connection:
        yield connection


def is_let_go(path: Path) -> bool:
    """Whether nobody holds on to a state of the file."""
    with other(path) as connection:
        connection.execute("INSERT INTO entry VALUES ('more')")
        (busy, _, _) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not busy


def content(path: Path) -> bytes:
    """What is in the file."""
    return path.read_bytes()


def taken(path: Path) -> bytes:
    """What was in the file, which is gone."""
    found = content(path)
    path.unlink()
    return found


def put(path: Path, whole: bytes) -> None:
    """A file."""
    path.write_bytes(whole)


async def failed(rounds: SQLiteRounds, batch: Batch) -> Exception | None:
    """What a round raises."""
    try:
        await rounds.fetch(batch)
    except Exception as error:  # noqa: BLE001  the test looks at it
        return error
    return None


async def longest_pause(until: asyncio.Future[Any]) -> float:
    """The longest time in seconds for which the loop did nothing else."""
    longest, last = 0.0, time.monotonic()
    while not until.done():
        await asyncio.sleep(0.001)
        longest, last = max(longest, time.monotonic() - last), time.monotonic()
    return longest
