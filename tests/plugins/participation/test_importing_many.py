"""Large files: every bad row is named, memory stays flat, and a kill half-way costs nothing and doubles nothing.

The ordinary run has some thousands of rows; the marked one a million, and prints how long they took::

    .venv/bin/pytest -m exhaustive -s tests/plugins/participation/test_importing_many.py

``VSSID_TEST_ROWS`` is another number.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import func, insert, select

from gateway.database import Database
from gateway.demo import Demo
from gateway.demo.people import participants
from gateway.imports.models import imported_files
from gateway.testing import NOW
from plugins.accounts.demo import AccountsDemo
from plugins.accounts.models import participant
from plugins.participation.models import periods
from tests.plugins.participation.files import bad, many, told, written
from tests.stores import Store

MANY: Final = int(os.environ.get("VSSID_TEST_ROWS", "1000000"))
MIB: Final = 1024
"""Of KiB, which the system counts in."""


async def _write_people(url: str, demo: Demo) -> None:
    database = Database.open(url)
    people = list(participants(demo.participants, demo.seed))
    try:
        async with database.write() as connection:
            (rows, *_) = AccountsDemo().participants(people, demo)
            await connection.execute(insert(participant), list(rows.values))
    finally:
        await database.close()


async def _asked(url: str, statement: Any) -> Any:
    database = Database.open(url)
    try:
        async with database.read() as connection:
            return await connection.scalar(statement)
    finally:
        await database.close()


class Importing:
    """``vssid import`` in a process of its own."""

    def __init__(self, store: Store, file: Path) -> None:
        environ = {
            **os.environ,
            "VSSID_DATABASE_URL": store.url,
            "VSSID_PLUGINS": "accounts,participation",
            "VSSID_SCHEMA_PATH": "/nonexistent",
        }
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gateway", "import", "participation", str(file)],
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def end(self) -> tuple[int, str, float, int]:
        """Status, output, seconds, and KiB of memory at most."""
        assert self.process.stdout is not None
        with self.process.stdout as written:
            output = written.read()
        _, status, usage = os.wait4(self.process.pid, 0)
        self.process.returncode = os.waitstatus_to_exitcode(status)
        return self.process.returncode, output, time.monotonic() - self.began, usage.ru_maxrss

    def kill(self) -> None:
        """No farewell."""
        self.process.send_signal(signal.SIGKILL)
        assert self.end()[0] == -signal.SIGKILL


def import_killed_and_resumed(store: Store, folder: Path, count: int, people: int) -> None:
    """Import a file, killed when a good part is done; then go on; then give it again."""
    demo = Demo(people, 1, NOW.date())
    asyncio.run(_write_people(store.url, demo))
    file = written(folder / "many.csv", many(list(participants(people, demo.seed)), count))
    done = select(imported_files.c.records)

    first = Importing(store, file)
    while (asyncio.run(_asked(store.url, done)) or 0) < count // 3:
        if first.process.poll() is not None:
            pytest.fail(f"it ended too early: {first.process.communicate()[0]}")
        time.sleep(0.1)  # opening a database takes the processor from what is measured
    first.kill()
    half = asyncio.run(_asked(store.url, done))
    assert count // 3 <= half < count
    written_then = asyncio.run(_asked(store.url, select(func.count()).select_from(periods)))
    assert written_then == half - half // 100, "rows and progress are one transaction"
    with (folder / "many.csv.refused.csv").open("ab") as report:
        report.write(b"7,kind,written but never committed")

    status, output, seconds, memory = Importing(store, file).end()
    good = count - count // 100
    assert f"{good} of {count} rows are in the database." in output
    assert status == 1
    assert asyncio.run(_asked(store.url, select(func.count()).select_from(periods))) == good
    assert told(folder / "many.csv.refused.csv") == bad(count)
    rate = (count - half) / seconds
    figures = f"{count - half} rows in {seconds:.1f} s ({rate:.0f}/s), {memory // MIB} MiB at most"
    sys.stderr.write(f"\n{store.dialect_name}: {figures}\n")

    status, output, _, again = Importing(store, file).end()
    assert (status, f"{good} of {count}" in output) == (1, True)
    assert memory < again + 60 * MIB, "what the rows took is no more than a batch"


def test_a_kill_half_way(store: Store, tmp_path: Path) -> None:
    import_killed_and_resumed(store, tmp_path, 20_000, 100)


@pytest.mark.exhaustive
def test_a_million_rows(store: Store, tmp_path: Path) -> None:
    import_killed_and_resumed(store, tmp_path, MANY, 5_000)
