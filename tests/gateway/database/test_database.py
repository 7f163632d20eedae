"""The store as callers meet it: what is committed, what is refused, and what happens when it fails them."""

from __future__ import annotations

import asyncio
import random
import stat
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from gateway.database import Database, DatabaseBusy, DatabaseUnavailable, WriteConflict
from tests.stores import Store, one, opened, write

only_sqlite = pytest.mark.parametrize("store", ["sqlite"], indirect=True)
only_postgresql = pytest.mark.parametrize("store", ["postgresql"], indirect=True)

TABLES = """
CREATE TABLE account (id INTEGER PRIMARY KEY, balance INTEGER NOT NULL);
CREATE TABLE entry (id INTEGER PRIMARY KEY, account INTEGER NOT NULL REFERENCES account);
INSERT INTO account VALUES (1, 0), (2, 0)
"""
SLOW = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
    "postgresql": "SELECT pg_sleep(30)",
}
BACKENDS = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


@pytest.fixture
async def accounts(database: Database) -> Database:
    """A database with two accounts."""
    async with database.write() as connection:
        for statement in TABLES.split(";"):
            await connection.execute(text(statement))
    return database


# --- opening -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "mysql://user:secret@host/db",
        "postgres://user:secret@host/db",
        "postgresql+psycopg://user:secret@host/db",
        "postgresql://user:secret@host:port/db",
        "sqlite+aiosqlite:///file",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///file?mode=ro",
        "sqlite://secret/file",
        "var/secret.sqlite3",
        "",
    ],
)
def test_any_other_url_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(ValueError, match="sqlite:///path") as refusal:
        Database.open(url)
    assert "secret" not in str(refusal.value)


async def test_an_sqlite_file_is_made_where_it_is_wanted_and_for_its_owner_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with opened("sqlite:///var/new.sqlite3") as database:
        await write(database, "CREATE TABLE t (id INTEGER)")
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "var").iterdir()}
    assert modes == {"new.sqlite3": 0o600, "new.sqlite3-wal": 0o600, "new.sqlite3-shm": 0o600}


async def test_an_sqlite_file_may_have_any_name(tmp_path: Path) -> None:
    async with opened(f"sqlite:///{tmp_path}/sổ thẻ 100%25#1.sqlite3") as database:
        await write(database, "CREATE TABLE t (id INTEGER)")
        assert (tmp_path / "sổ thẻ 100%#1.sqlite3").exists()


async def test_an_sqlite_file_that_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    path = tmp_path / "restored.sqlite3"
    path.touch(0o644)
    async with opened(f"sqlite:///{path}"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_an_sqlite_file_that_cannot_be_made_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DatabaseUnavailable, match="cannot use"):
        Database.open(f"sqlite:///{tmp_path}/file/new.sqlite3")


async def test_a_file_that_is_no_database_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear reader, " * 500)
    async with opened(f"sqlite:///{tmp_path}/letter.txt") as database:
        with pytest.raises(DatabaseUnavailable, match="no SQLite database"):
            await one(database, "SELECT 1 FROM account")


# --- reading and writing -----------------------------------------------------------------------------------------


async def test_what_is_written_is_there_when_the_transaction_ends(accounts: Database) -> None:
    async with accounts.write() as connection:
        await connection.execute(text("UPDATE account SET balance = 5 WHERE id = 1"))
        assert await one(accounts, "SELECT balance FROM account WHERE id = 1") == 0
    assert await one(accounts, "SELECT balance FROM account WHERE id = 1") == 5


@pytest.mark.parametrize("error", [RuntimeError, asyncio.CancelledError])
async def test_an_exception_undoes_the_transaction(accounts: Database, error: type[BaseException]) -> None:
    async def fail() -> None:
        async with accounts.write() as connection:
            await connection.execute(text("UPDATE account SET balance = 5"))
            raise error

    with pytest.raises(error):
        await fail()
    assert await one(accounts, "SELECT sum(balance) FROM account") == 0


@pytest.mark.parametrize(
    "sql", ["UPDATE account SET balance = 5", "CREATE TABLE t (id INTEGER)", "DELETE FROM account"]
)
async def test_a_read_connection_cannot_write(accounts: Database, sql: str) -> None:
    with pytest.raises(DBAPIError, match=r"readonly|read-only"):
        async with accounts.read() as connection:
            await connection.execute(text(sql))
    assert await one(accounts, "SELECT count(*) FROM account WHERE balance = 0") == 2


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO account VALUES (1, 0)",
        "INSERT INTO entry VALUES (1, 99)",
        "INSERT INTO account (id) VALUES (3)",
    ],
)
async def test_a_broken_constraint_is_the_statements_fault(accounts: Database, sql: str) -> None:
    with pytest.raises(IntegrityError):
        await write(accounts, sql)


async def test_errors_do_not_carry_parameters(accounts: Database) -> None:
    with pytest.raises(IntegrityError) as refusal:
        async with accounts.write() as connection:
            await connection.execute(text("INSERT INTO entry VALUES (1, :account)"), {"account": 987654})
    assert "987654" not in str(refusal.value)


async def test_statements_can_be_observed(accounts: Database) -> None:
    seen = []
    for engine in accounts.engines:
        event.listen(engine.sync_engine, "before_cursor_execute", lambda *call: seen.append(call[2]))
    await one(accounts, "SELECT count(*) FROM account")
    await write(accounts, "DELETE FROM entry")
    await accounts.ping()
    assert [sql for sql in seen if not sql.startswith("BEGIN")] == [
        "SELECT count(*) FROM account",
        "DELETE FROM entry",
    ]


async def test_it_says_what_sql_is_compiled_for(store: Store, database: Database) -> None:
    assert database.dialect_name == database.dialect.name == store.dialect_name


# --- concurrency -------------------------------------------------------------------------------------------------


async def deposit(database: Database, lock: str = "") -> None:
    """Read a balance, think, and write it anew."""
    async with database.write() as connection:
        balance = await connection.scalar(text(f"SELECT balance FROM account WHERE id = 1 {lock}"))
        await asyncio.sleep(0)
        await connection.execute(text("UPDATE account SET balance = :new WHERE id = 1"), {"new": balance + 1})


async def test_writers_wait_for_each_other_within_a_process_and_between_processes(
    store: Store, accounts: Database
) -> None:
    lock = "FOR UPDATE" if store.dialect_name == "postgresql" else ""
    async with opened(store.url) as other_process:
        await asyncio.gather(*(deposit(database, lock) for database in (accounts, other_process) * 10))
    assert await one(accounts, "SELECT balance FROM account WHERE id = 1") == 20


@only_sqlite
async def test_a_lock_that_is_not_given_up_is_busy_while_reads_go_on(
    store: Store, accounts: Database
) -> None:
    async with opened(store.url, pool_wait=timedelta(seconds=0.1)) as other_process, accounts.write():
        with pytest.raises(DatabaseBusy, match="lock"):
            await write(other_process, "DELETE FROM entry")
        assert await one(other_process, "SELECT count(*) FROM account") == 2
    await write(accounts, "DELETE FROM entry")


@only_postgresql
async def test_a_deadlock_is_a_conflict_for_one_of_the_two(accounts: Database) -> None:
    both_hold_one = asyncio.Barrier(2)

    async def transfer(first: int, second: int) -> None:
        async with accounts.write() as connection:
            await connection.execute(text(f"UPDATE account SET balance = 7 WHERE id = {first}"))
            await both_hold_one.wait()
            await connection.execute(text(f"UPDATE account SET balance = 7 WHERE id = {second}"))

    outcomes = await asyncio.gather(transfer(1, 2), transfer(2, 1), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes if outcome] == [WriteConflict]
    assert await one(accounts, "SELECT sum(balance) FROM account") == 14


async def test_a_full_pool_is_busy_and_the_store_is_known_to_live(store: Store) -> None:
    async with opened(store.url, pool_size=2, pool_wait=timedelta(seconds=0.1)) as database:
        async with database.read(), database.read():
            with pytest.raises(DatabaseBusy, match="became free"):
                await one(database, "SELECT 1")
            await database.ping()
        assert await one(database, "SELECT 1") == 1


async def test_a_slow_statement_is_stopped_and_its_connection_is_good_again(store: Store) -> None:
    limits = {"pool_size": 1, "statement_timeout": timedelta(seconds=0.2)}
    async with opened(store.url, **limits) as database:
        for use in (database.read, database.write):
            with pytest.raises(DatabaseBusy, match="statement timeout"):
                async with use() as connection:
                    await connection.execute(text(SLOW[store.dialect_name]))
            async with use() as connection:
                assert await connection.scalar(text("SELECT 1")) == 1


async def test_a_cancelled_statement_stays_cancelled_and_leaves_room(store: Store) -> None:
    async with opened(store.url, pool_size=1, statement_timeout=timedelta(seconds=30)) as database:
        waiting = asyncio.create_task(one(database, SLOW[store.dialect_name]))
        await asyncio.sleep(0.1)
        waiting.cancel()
        async with asyncio.timeout(5):
            with pytest.raises(asyncio.CancelledError):
                await waiting
        assert await one(database, "SELECT 1") == 1


@only_sqlite
async def test_a_cancelled_transaction_gives_its_lock_up_whoever_remembers_it(
    store: Store, accounts: Database
) -> None:
    remembered = []

    async def linger() -> None:
        async with accounts.write() as connection:
            driver: Any = (await connection.get_raw_connection()).driver_connection
            remembered.append(await driver.execute("SELECT * FROM account"))  # as a traceback would
            await connection.execute(text(SLOW[store.dialect_name]))

    waiting = asyncio.create_task(linger())
    await asyncio.sleep(0.1)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await write(accounts, "DELETE FROM entry")
    assert remembered


async def test_cancellations_at_any_moment_leak_nothing(store: Store, accounts: Database) -> None:
    chance = random.Random(5)
    started = [asyncio.create_task(use(accounts)) for _ in range(60) for use in (deposit, _count)]
    for task in started:
        await asyncio.sleep(chance.random() / 200)
        task.cancel()
    await asyncio.gather(*started, return_exceptions=True)

    async with accounts.read(), accounts.read(), accounts.read(), accounts.read():
        pass  # all four are there
    await write(accounts, "UPDATE account SET balance = 0")
    if store.dialect_name == "postgresql":
        assert await one(accounts, BACKENDS) <= 2 * 4 + 1


async def _count(database: Database) -> None:
    await one(database, "SELECT count(*) FROM account")
