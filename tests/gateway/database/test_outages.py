"""What callers meet when the store fails them, and that it serves again as soon as it can."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from gateway.database import Database, DatabaseUnavailable
from tests.gate import Gate
from tests.stores import Store, one, opened, write

only_sqlite = pytest.mark.parametrize("store", ["sqlite"], indirect=True)
only_postgresql = pytest.mark.parametrize("store", ["postgresql"], indirect=True)

BACKENDS = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
KILL = f"SELECT pg_terminate_backend(pid) FROM ({BACKENDS.replace('count(*)', 'pid')}) AS others"


@pytest.fixture
async def accounts(database: Database) -> Database:
    """A database with two accounts."""
    await write(database, "CREATE TABLE account (id INTEGER PRIMARY KEY, balance INTEGER NOT NULL)")
    await write(database, "INSERT INTO account VALUES (1, 0), (2, 0)")
    return database


@only_sqlite
async def test_a_full_disk_stops_writers_only_and_only_while_it_is_full(accounts: Database) -> None:
    await write(accounts, "PRAGMA max_page_count = 1")  # no more than it has
    with pytest.raises(DatabaseUnavailable, match="disk"):
        await write(accounts, "CREATE TABLE t AS SELECT zeroblob(100000)")
    assert await one(accounts, "SELECT count(*) FROM account") == 2
    await write(accounts, "PRAGMA max_page_count = 1000000")
    await write(accounts, "CREATE TABLE t AS SELECT zeroblob(100000)")


ENDLESS = """
import asyncio, sys
from sqlalchemy import text
from gateway.database import Database

async def main():
    database = Database.open(sys.argv[1])
    for number in range(3, 1_000_000):
        async with database.write() as connection:
            await connection.execute(text(f"INSERT INTO account VALUES ({number}, 0)"))
        sys.stdout.write(f"{number}\\n")
        sys.stdout.flush()

asyncio.run(main())
"""


async def test_what_was_acknowledged_survives_the_writers_sudden_end(
    store: Store, accounts: Database
) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", ENDLESS, store.url, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    acknowledged = [await process.stdout.readline() for _ in range(20)]
    process.kill()
    acknowledged += [line async for line in process.stdout if line.endswith(b"\n")]
    await process.wait()
    assert await one(accounts, "SELECT max(id) FROM account") >= int(acknowledged[-1])
    assert await one(accounts, "SELECT max(id) - count(*) FROM account") == 0
    if store.dialect_name == "sqlite":
        assert await one(accounts, "PRAGMA integrity_check") == "ok"


@only_postgresql
async def test_connections_that_the_server_closed_are_replaced_unnoticed(
    store: Store, accounts: Database
) -> None:
    async with accounts.read(), accounts.read():
        pass
    await _kill_others(store)
    assert await one(accounts, "SELECT count(*) FROM account") == 2
    await write(accounts, "UPDATE account SET balance = 1")


@only_postgresql
async def test_a_connection_that_is_cut_under_a_statement_is_unavailable_once(
    store: Store, accounts: Database
) -> None:
    async def wait() -> None:
        async with accounts.write() as connection:
            await connection.execute(text("UPDATE account SET balance = 1"))
            await connection.execute(text("SELECT pg_sleep(1)"))

    waiting = asyncio.create_task(wait())
    while not await one(  # noqa: ASYNC110  only the server knows when
        accounts, f"{BACKENDS} AND query LIKE '%pg_sleep%' AND state = 'active'"
    ):
        await asyncio.sleep(0.01)
    await _kill_others(store)
    with pytest.raises(DatabaseUnavailable):
        await waiting
    assert await one(accounts, "SELECT sum(balance) FROM account") == 0


async def _kill_others(store: Store) -> None:
    async with opened(store.url, pool_size=1) as administrator, administrator.read() as connection:
        await connection.execute(text(KILL))
    await asyncio.sleep(0.1)  # until the sockets have told


@only_postgresql
async def test_a_database_that_does_not_exist_is_unavailable(store: Store) -> None:
    url = make_url(store.url).set(database="nowhere").render_as_string(hide_password=False)
    async with opened(url) as database:
        with pytest.raises(DatabaseUnavailable, match="does not exist"):
            await database.ping()


@pytest.fixture
async def gate(store: Store) -> AsyncIterator[Gate]:
    """An open gate to the store's server."""
    gate = Gate(store.url)
    await gate.open()
    yield gate
    await gate.shut()


@only_postgresql
async def test_a_server_that_is_down_is_told_at_once_and_found_when_it_is_back(gate: Gate) -> None:
    await gate.shut()
    async with opened(gate.url, pool_size=2) as database:
        for _ in range(2):
            for use in (database.ping(), one(database, "SELECT 1"), write(database, "SELECT 1")):
                start = time.monotonic()
                with pytest.raises(DatabaseUnavailable, match="cannot connect"):
                    await use
                assert time.monotonic() - start < 1
            await gate.open()
            assert await one(database, "SELECT 1") == 1
            await write(database, "SELECT 1")
            await database.ping()
            await gate.shut()


@only_postgresql
@pytest.mark.parametrize("connected", [True, False])
async def test_a_server_that_says_nothing_is_given_up_in_time(gate: Gate, connected: bool) -> None:
    limits = {"statement_timeout": timedelta(seconds=0.3), "connect_timeout": timedelta(seconds=0.5)}
    async with opened(gate.url, pool_size=1, **limits) as database:
        if connected:
            await one(database, "SELECT 1")
        gate.silence()
        start = time.monotonic()
        with pytest.raises(DatabaseUnavailable):
            await one(database, "SELECT 1")
        assert time.monotonic() - start < 1.5
        await gate.shut()
        await gate.open()
        assert await one(database, "SELECT 1") == 1
