"""A process that is killed at any moment loses no message, and no change that it has acknowledged."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest

from gateway.database import Database
from tests.stores import Store, one, write

LEASE = 120
"""Seconds, longer than what a process that was killed may have held messages for."""

AT_ONCE = 8


@contextmanager
def nursery(store: Store, folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Where processes come from."""
    command = [sys.executable, "-m", "tests.gateway.outbox.mortal", store.url, str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


def lines(path: Path) -> list[str]:
    """The lines of a file that may not be there yet."""
    return path.read_text().splitlines() if path.exists() else []


def born(process: subprocess.Popen[str], order: str) -> tuple[int, IO[str]]:
    """A process's id, and where its status comes."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{order}\n")
    process.stdin.flush()
    return int(process.stdout.readline()), process.stdout


def wait_for_more(path: Path, before: int) -> None:
    """Until a file has more lines: the process is at work."""
    end = time.monotonic() + 30
    while len(lines(path)) <= before:
        assert time.monotonic() < end
        time.sleep(0.005)


async def count(database: Database, sql: str) -> int:
    """A number."""
    return int(await one(database, sql))


@pytest.mark.parametrize("rounds", [20, pytest.param(200, marks=pytest.mark.exhaustive)])
async def test_killed_between_commit_and_sending(
    store: Store, database: Database, tmp_path: Path, rounds: int
) -> None:
    await write(database, "CREATE TABLE changes (key VARCHAR(40) PRIMARY KEY)")
    acknowledged, sent = tmp_path / "acknowledged", tmp_path / "sent"
    with nursery(store, tmp_path) as process:
        for number in range(rounds):
            before = len(lines(acknowledged))
            child, status = born(process, str(number * LEASE))
            wait_for_more(acknowledged, before)
            await asyncio.sleep(random.uniform(0, 0.15))
            os.kill(child, signal.SIGKILL)
            assert int(status.readline()) == -signal.SIGKILL
        _, status = born(process, f"{rounds * LEASE} drain")
        assert int(status.readline()) == 0

    delivered = Counter(lines(sent))
    committed = await count(database, "SELECT count(*) FROM changes")
    in_both = "SELECT count(*) FROM changes JOIN outbox_message ON dedupe_key = key WHERE state = 'SENT'"
    assert set(lines(acknowledged)) <= delivered.keys()
    assert len(delivered) == committed == await count(database, in_both)
    assert delivered.total() - len(delivered) <= rounds * AT_ONCE
    if store.dialect_name == "sqlite":
        assert await one(database, "PRAGMA integrity_check") == "ok"
