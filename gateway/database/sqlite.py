"""SQLite: one file in WAL mode, every commit flushed to disk, one writer at a time."""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, ExceptionContext, event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from gateway.database.failures import DatabaseBusy, DatabaseUnavailable, Timeouts

STEPS_BETWEEN_LOOKS: Final = 10_000
"""Virtual machine instructions between two looks at the clock: well under a millisecond."""


def open_engine(path: Path, pool_size: int, limits: Timeouts, *, read_only: bool) -> AsyncEngine:
    """An engine on a file, made if it is missing; its owner alone may read it, since it holds people's data."""
    _create_private(path)
    _turn_to_wal(path, limits.wait)
    engine = create_async_engine(
        URL.create("sqlite+aiosqlite", database=str(path)),
        # No isolation level: Python's driver is to leave BEGIN to us.
        connect_args={"timeout": limits.wait, "isolation_level": None, "factory": _Unlocking},
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=limits.wait,
        skip_autocommit_rollback=read_only,
        hide_parameters=True,
    )
    event.listen(engine.sync_engine, "connect", _prepare_reader if read_only else prepare_writer)
    if not read_only:
        event.listen(engine.sync_engine, "begin", _begin_immediate)
    if limits.statement is not None:
        _limit_statements(engine, limits.statement)
    return engine


def failure(error: BaseException) -> Exception | None:
    """What an error means for the caller; None where the statement is to blame."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return DatabaseBusy("another process holds the lock")
    if code == sqlite3.SQLITE_INTERRUPT:
        return DatabaseBusy("statement timeout")
    if code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PROTOCOL):
        return DatabaseUnavailable("the file or its disk does not work")
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return DatabaseUnavailable("the file is damaged or no SQLite database")
    return None


def _create_private(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        if path.stat().st_mode & 0o077:
            path.chmod(0o600)
    except OSError as error:
        raise DatabaseUnavailable(f"cannot use {path}: {error.strerror}") from error


def _turn_to_wal(path: Path, patience: float) -> None:
    # Once in a file's life. SQLite does not wait for its turn here, so two processes that start at once would trip.
    end = time.monotonic() + patience
    with closing(sqlite3.connect(path, timeout=0)) as connection:
        while True:
            try:
                connection.execute("PRAGMA journal_mode = WAL")
            except sqlite3.Error as error:
                if isinstance(failure(error), DatabaseBusy) and time.monotonic() < end:
                    time.sleep(0.01)
                    continue
            return  # what else is wrong is told to whoever uses it


def truncate_log(path: Path) -> bool:
    """Move everything into the file and empty the log beside it, where nobody is in the way; whether that was so."""
    with closing(sqlite3.connect(path, timeout=0)) as connection:
        busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy


class _Unlocking(sqlite3.Connection):
    """A connection whose transaction ends with it: SQLite would keep it, and its lock, while a cursor is still around.

    A cancelled statement's cursor is, in the traceback of the cancellation.
    """

    def close(self) -> None:
        try:
            if self.in_transaction:
                self.rollback()
        finally:
            super().close()


def _prepare_reader(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA query_only = ON").close()


def prepare_writer(connection: Any, _record: object = None) -> None:
    """What every connection that writes is told first."""
    connection.execute("PRAGMA synchronous = FULL").close()
    connection.execute("PRAGMA foreign_keys = ON").close()
    # What is wiped or deleted is overwritten with zeros: messages hold one-time passwords.
    connection.execute("PRAGMA secure_delete = ON").close()


def _begin_immediate(connection: Connection) -> None:
    # A transaction that starts by reading cannot wait for its turn to write: SQLite refuses it at once.
    connection.exec_driver_sql("BEGIN IMMEDIATE")


class _Alarm:
    """The clock of one connection, which SQLite asks whether to go on."""

    def __init__(self) -> None:
        self.due = 0.0

    def rings(self) -> bool:
        return time.monotonic() > self.due


def _limit_statements(engine: AsyncEngine, seconds: float) -> None:
    def put_up(connection: Any, record: Any) -> None:
        record.info["alarm"] = alarm = _Alarm()
        connection.run_async(lambda driver: driver.set_progress_handler(alarm.rings, STEPS_BETWEEN_LOOKS))

    def wind(connection: Connection, *_: object) -> None:
        connection.info["alarm"].due = time.monotonic() + seconds

    def ring(context: ExceptionContext) -> None:
        # Nobody waits for a cancelled statement any more, but its thread would go on.
        connection = context.connection
        if isinstance(context.original_exception, Exception) or connection is None:
            return
        if not connection.closed and not connection.invalidated:
            connection.info["alarm"].due = 0.0

    event.listen(engine.sync_engine, "connect", put_up)
    event.listen(engine.sync_engine, "before_cursor_execute", wind)
    event.listen(engine.sync_engine, "handle_error", ring)
