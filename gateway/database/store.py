"""The one relational store, SQLite or PostgreSQL: short reads, transactions, and what it may fail at."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Dialect, ExceptionContext, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from gateway.database import sqlite
from gateway.database.exchanges import Exchanges
from gateway.database.failures import DatabaseBusy, DatabaseUnavailable, Timeouts
from gateway.database.inline import SQLiteExchanges, SQLiteRounds
from gateway.database.rounds import Rounds


class Database:
    """The store. Nothing is connected before it is needed, so a process may start before its server does."""

    def __init__(
        self,
        reads: AsyncEngine,
        writes: AsyncEngine,
        probe: AsyncEngine,
        rounds: Rounds,
        exchanges: Exchanges,
        file: Path | None = None,
    ) -> None:
        self._file = file
        self._reads = reads
        self._writes = writes
        self._probe = probe
        self._rounds = rounds
        self._exchanges = exchanges

    @classmethod
    def open(
        cls,
        url: str,
        *,
        pool_size: int = 8,
        statement_timeout: timedelta = timedelta(seconds=2),
        connect_timeout: timedelta = timedelta(seconds=2),
        pool_wait: timedelta = timedelta(seconds=1),
    ) -> Database:
        """Open ``sqlite:///path`` or ``postgresql://...``; another URL is a ValueError, which does not repeat it.

        An SQLite path is absolute after four slashes; the file is made if missing, and private to its owner. A
        PostgreSQL URL is read as libpq does: ``host=`` may name a socket's folder, ``sslmode=`` applies.
        ``pool_size`` connections serve reads, as many rounds, and as many writes; SQLite has one writer. One serves exchanges.
        """
        limits = Timeouts(
            statement_timeout.total_seconds(), connect_timeout.total_seconds(), pool_wait.total_seconds()
        )
        return cls(
            open_engine(url, pool_size, limits, read_only=True),
            open_engine(url, 1 if sqlite_path(url) else pool_size, limits, read_only=False),
            open_engine(url, 1, limits, read_only=True),
            *_open_past_sqlalchemy(url, pool_size, limits),
            sqlite_path(url),
        )

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection that cannot write, for one batch; each statement sees what is committed when it starts.

        Raises :class:`DatabaseBusy` or :class:`DatabaseUnavailable`, as do the statements run on it.
        """
        async with connected(self._reads) as connection:
            yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """One transaction: committed at the end, rolled back on any exception or cancellation.

        Raises :class:`DatabaseBusy` or :class:`DatabaseUnavailable`, as do its statements and its commit.
        """
        async with self._exchanges.turn(), connected(self._writes) as connection, connection.begin():
            yield connection

    async def ping(self) -> None:
        """Ask the store for a sign of life, on a connection of its own: a full pool is not a dead store."""
        async with connected(self._probe) as connection:
            await connection.execute(text("SELECT 1"))

    async def forget_overwritten(self) -> bool:
        """Let go of what was overwritten or deleted and is still in a log; False where others are in the way just now.

        SQLite alone: its log keeps a changed page as it was. On PostgreSQL it is vacuumed and archived as the server is told.
        """
        return self._file is None or await asyncio.to_thread(sqlite.truncate_log, self._file)

    @property
    def rounds(self) -> Rounds:
        """Reads of statements that are known beforehand, several in a round trip."""
        return self._rounds

    @property
    def exchanges(self) -> Exchanges:
        """Short transactions of statements that are known beforehand."""
        return self._exchanges

    async def close(self) -> None:
        """Close the connections."""
        await self._rounds.close()
        await self._exchanges.close()
        for engine in (self._probe, *self.engines):
            await engine.dispose()

    @property
    def dialect(self) -> Dialect:
        """What SQL is compiled for."""
        return self._reads.dialect

    @property
    def dialect_name(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return self.dialect.name

    @property
    def engines(self) -> tuple[AsyncEngine, ...]:
        """The engines of reads and writes, for whoever observes statements (SQLAlchemy events)."""
        return (self._reads, self._writes)


def sqlite_path(url: str) -> Path | None:
    """The file of an SQLite URL, None for PostgreSQL; :class:`ValueError` for any other URL."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise ValueError("not a database URL; use sqlite:///path or postgresql://...") from None
    if parsed.drivername == "postgresql":
        return None
    if parsed.drivername != "sqlite":
        raise ValueError(f"cannot use {parsed.drivername!r}; use sqlite:///path or postgresql://...")
    if parsed.host or parsed.query or parsed.database in (None, "", ":memory:"):
        raise ValueError(
            "an SQLite URL names a file and nothing else: sqlite:///path or sqlite:////absolute/path"
        )
    return Path(str(parsed.database))


def open_engine(url: str, pool_size: int, limits: Timeouts, *, read_only: bool) -> AsyncEngine:
    """An engine of at most ``pool_size`` connections, whose errors are ours where the store is to blame."""
    path = sqlite_path(url)
    if path is None:
        from gateway.database import postgresql  # noqa: PLC0415  its drivers take 10 MiB, for nothing where SQLite is

        engine = postgresql.open_engine(url, pool_size, limits, read_only=read_only)
    else:
        engine = sqlite.open_engine(path, pool_size, limits, read_only=read_only)
    event.listen(engine.sync_engine, "handle_error", _blame, retval=True)
    return engine


def _open_past_sqlalchemy(url: str, pool_size: int, limits: Timeouts) -> tuple[Rounds, Exchanges]:
    path = sqlite_path(url)
    if path is None:
        from gateway.database.pipelines import (  # noqa: PLC0415  as above
            PostgreSQLExchanges,
            PostgreSQLRounds,
        )

        return PostgreSQLRounds(url, pool_size, limits), PostgreSQLExchanges(url, limits)
    return SQLiteRounds(path, pool_size, limits), SQLiteExchanges(path, limits)


@asynccontextmanager
async def connected(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A connection, or why there is none."""
    async with AsyncExitStack() as stack:
        try:
            connection = await stack.enter_async_context(engine.connect())
        except PoolTimeoutError:
            raise DatabaseBusy("no connection became free in time") from None
        except OSError as error:
            raise DatabaseUnavailable(f"cannot connect: {type(error).__name__}") from error
        yield connection


def _blame(context: ExceptionContext) -> Exception | None:
    error = context.original_exception
    if not isinstance(error, Exception):
        return None  # a cancellation stays one
    if isinstance(error, OSError):  # which TimeoutError is, too
        return DatabaseUnavailable("the server did not answer")
    failure = _failure(context.dialect.name, error)
    if failure is None and context.connection is None:
        return DatabaseUnavailable(f"cannot connect: {error}")
    if failure is None and context.is_disconnect:
        return DatabaseUnavailable("the connection was lost")
    return failure


def _failure(dialect_name: str, error: Exception) -> Exception | None:
    if dialect_name == "sqlite":
        return sqlite.failure(error)
    from gateway.database import postgresql  # noqa: PLC0415  as above; it is there by now

    return postgresql.failure(error)
