"""Several processes append to one audit trail at once: it stays one chain, and no acknowledged entry is missing from it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence

import pytest
from sqlalchemy import select

from gateway.audit.models import entry
from gateway.audit.verifying import verify
from gateway.database import Database
from gateway.foundations import FOUNDATIONS
from gateway.migrations import MigrationBranch
from tests.stores import Store

WRITERS = 3


@pytest.fixture(scope="session")
def branches() -> Sequence[MigrationBranch]:
    return tuple(
        MigrationBranch(name, given.migrations, given.metadata) for name, given in FOUNDATIONS.items()
    )


async def written(store: Store, name: str, count: int) -> int:
    """The status of a process that appends."""
    command = (sys.executable, "-m", "tests.gateway.audit.writer", store.url, name, str(count))
    return await (await asyncio.create_subprocess_exec(*command)).wait()


@pytest.mark.parametrize("count", [25, pytest.param(400, marks=pytest.mark.exhaustive)])
async def test_processes_make_one_chain(store: Store, database: Database, count: int) -> None:
    names = [f"writer-{number}" for number in range(WRITERS)]
    assert await asyncio.gather(*(written(store, name, count) for name in names)) == [0] * WRITERS
    verdict = await verify(database, (), ())
    assert (verdict.fault, verdict.entries) == (None, WRITERS * count)
    async with database.read() as connection:
        rows = await connection.execute(select(entry.c.actor, entry.c.reason).order_by(entry.c.number))
        noted = [(str(actor), int(str(reason))) for actor, reason in rows]
    assert sorted(noted) == [(name, number) for name in names for number in range(count)]
    assert noted != sorted(noted), "nobody wrote at the same time as another"
