"""Migrations: each plugin has an Alembic branch of its own, one line of revisions that only goes forward.

A plugin's folder holds files like ``0001_cards.py`` with revision ids like ``hi_card_0001``; the first carries the
branch label ``hi_card``. The last revision applied stands in the table ``hi_card_schema_version``: a plugin that is
not installed any more stops nobody, and a program older than its database still runs. So change tables in steps
that the code of the step before survives.

A transaction holds one revision on PostgreSQL, and on SQLite what is pending of one plugin; an upgrade that was
killed is simply run again. Only an ``autocommit_block`` steps out (``CREATE INDEX CONCURRENTLY`` on PostgreSQL):
write it so that it may be repeated.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

from alembic import command
from sqlalchemy import Connection, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.database import DatabaseBusy, connected, open_engine
from gateway.migrations.awaiting import PATIENCE, Pending, awaiting
from gateway.migrations.branches import MigrationBranch
from gateway.migrations.loading import alembic_config, loaded_line, refuse_problems

TURN: Final = 30
"""Seconds to wait for another node's upgrade."""

LOCK_TIMEOUT: Final = "1s"
"""How long a change of a table may wait, requests queueing behind it, before it steps back for a moment."""

ATTEMPTS: Final = 10
"""How often it tries, a second apart."""

UPGRADING: Final = int.from_bytes(b"VssID", "big")
"""PostgreSQL's advisory lock of whoever upgrades."""


async def upgrade(url: str, branches: Sequence[MigrationBranch]) -> list[Pending]:
    """Apply what is pending, plugin by plugin in the given order, and return it; several nodes may do so at once.

    Raises :class:`MigrationsRefused` before anything is done, :class:`~gateway.database.DatabaseBusy` where another
    upgrade or a long transaction does not give way, and what a revision raises, of which nothing remains.
    """
    refuse_problems(branches)
    applied: list[Pending] = []
    async with maintenance(url) as connection:
        for branch in branches:
            applied += await upgrade_branch(connection, branch)
    return applied


@asynccontextmanager
async def maintenance(url: str) -> AsyncIterator[AsyncConnection]:
    """A connection for changing tables: no statement timeout, and nobody else's upgrade beside it."""
    engine = open_engine(url, 1, PATIENCE, read_only=False)
    try:
        async with connected(engine) as connection:
            if connection.dialect.name == "sqlite":
                await _suspend_foreign_keys(connection)
            else:
                await connection.execute(text(f"SET lock_timeout = '{LOCK_TIMEOUT}'"))
                await connection.commit()
                await _take_turn(connection)
            yield connection
    finally:
        await engine.dispose()


async def _suspend_foreign_keys(connection: AsyncConnection) -> None:
    # SQLite changes a table by copying it; dropping the old one must not reach the rows that refer to it. Inside a
    # transaction the setting has no effect, and this connection is in one as soon as it is used.
    driver: Any = (await connection.get_raw_connection()).driver_connection
    async with driver.execute("PRAGMA foreign_keys = OFF"):
        pass


async def _take_turn(connection: AsyncConnection) -> None:
    # Asked again and again: a statement that waits for the lock holds a snapshot, which would stop the other node's
    # CREATE INDEX CONCURRENTLY for ever. The lock ends with the connection.
    try:
        async with asyncio.timeout(TURN):
            while not await connection.scalar(select(func.pg_try_advisory_lock(UPGRADING))):
                await connection.rollback()
                await asyncio.sleep(0.1)
    except TimeoutError:
        raise DatabaseBusy("another upgrade is running") from None
    await connection.commit()


async def upgrade_branch(connection: AsyncConnection, branch: MigrationBranch) -> list[Pending]:
    """Apply what is pending of one branch, on a connection of :func:`maintenance`."""
    applied: dict[str, Pending] = {}
    for _ in range(ATTEMPTS - 1):
        try:
            await connection.run_sync(_apply, branch, applied)
        except DatabaseBusy:
            await asyncio.sleep(1)
        else:
            return list(applied.values())
    await connection.run_sync(_apply, branch, applied)
    return list(applied.values())


def _apply(connection: Connection, branch: MigrationBranch, applied: dict[str, Pending]) -> None:
    if connection.dialect.name == "sqlite":
        with connection.begin():  # which is the lock, too
            _run(connection, branch, _note_pending(connection, branch, applied))
    else:  # the lock is held already; Alembic makes the transactions, since an autocommit_block must end them
        with connection.begin():
            pending = _note_pending(connection, branch, applied)
        _run(connection, branch, pending)


def _note_pending(
    connection: Connection, branch: MigrationBranch, applied: dict[str, Pending]
) -> list[Pending]:
    pending = awaiting(connection, branch, loaded_line(branch))
    applied.update((revision.revision, revision) for revision in pending)
    return pending


def _run(connection: Connection, branch: MigrationBranch, pending: Sequence[Pending]) -> None:
    if not pending:
        return
    command.upgrade(alembic_config(branch, connection), pending[-1].revision)
    if connection.dialect.name == "sqlite":
        _refuse_dangling(connection)


def _refuse_dangling(connection: Connection) -> None:
    dangling = {row.table for row in connection.exec_driver_sql("PRAGMA foreign_key_check")}
    if dangling:
        raise ValueError(f"rows of {', '.join(sorted(dangling))} would refer to rows that are gone")
