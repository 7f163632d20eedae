"""Exchanges on SQLite: in a thread, since a commit waits for the disk, on a connection of their own."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from math import inf
from pathlib import Path

from sqlalchemy.dialects.sqlite.aiosqlite import SQLiteDialect_aiosqlite
from sqlalchemy.sql.elements import DQLDMLClauseElement

from gateway.database import sqlite
from gateway.database.exchanges import Following
from gateway.database.failures import DatabaseBusy, DatabaseUnavailable, StatementFault, Timeouts
from gateway.database.inline.spelling import encoder, spelled
from gateway.database.placing import Reads
from gateway.database.rounds import Read


class Turn:
    """One writer after the other, as they come. Between processes SQLite keeps order, and there it is luck who is next."""

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._lock = asyncio.Lock()

    async def __aenter__(self) -> None:
        if not self._lock.locked():
            await self._lock.acquire()
            return
        try:
            async with asyncio.timeout(self._patience):
                await self._lock.acquire()
        except TimeoutError:
            raise DatabaseBusy("the store's writer was not free in time") from None

    async def __aexit__(self, *_: object) -> None:
        self._lock.release()


class SQLiteExchanges:
    """Exchanges of one file. Nothing is opened before the first of them, and everything anew after a failure."""

    def __init__(self, path: Path, limits: Timeouts) -> None:
        self._path = path
        self._limits = limits
        dialect = SQLiteDialect_aiosqlite()
        self._reads = Reads(dialect, lambda type_: encoder(type_, dialect))
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="sqlite-exchange")
        self._driver: sqlite3.Connection | None = None
        self._due = inf
        self._closed = False
        self._turn = Turn(limits.wait)

    def compile(self, statement: DQLDMLClauseElement) -> Read:
        """The statement with a question mark in each place."""
        return self._reads.of(statement)

    def turn(self) -> Turn:
        """Keeps exchanges out: a thread that waits for the file's lock looks for it now and then, and would seldom get it."""
        return self._turn

    async def exchange(self, read: Read, following: Following) -> None:
        """Read, and write what follows. One that is cancelled still ends in its thread, in one way or the other."""
        async with self._turn:
            if self._closed:
                raise DatabaseUnavailable("the store was closed")
            await asyncio.get_running_loop().run_in_executor(self._thread, self._run, read, following)

    async def close(self) -> None:
        """Close the connection, when what is under way is over."""
        if not self._closed:
            self._closed = True
            await asyncio.get_running_loop().run_in_executor(self._thread, self._disconnect)
            self._thread.shutdown(wait=False)

    # --- in the thread -------------------------------------------------------------------------------------------

    def _run(self, read: Read, following: Following) -> None:
        try:
            execute = (self._driver or self._opened()).execute
            self._wind()
            execute("BEGIN IMMEDIATE")
            (row,) = execute(read.text).fetchall()
            for text, values in spelled(following(row)):
                self._wind()
                execute(text, values)
            execute("COMMIT")
        except BaseException as error:
            self._disconnect()
            if isinstance(error, sqlite3.Error):
                raise sqlite.failure(error) or StatementFault(error.sqlite_errorname) from None
            raise

    def _opened(self) -> sqlite3.Connection:
        self._driver = driver = sqlite3.connect(
            f"{self._path.absolute().as_uri()}?mode=rw",
            self._limits.wait,
            isolation_level=None,  # Python's driver is to leave BEGIN to us
            check_same_thread=False,
            uri=True,
        )
        sqlite.prepare_writer(driver)
        driver.set_progress_handler(self._is_over, sqlite.STEPS_BETWEEN_LOOKS)
        return driver

    def _wind(self) -> None:
        limit = self._limits.statement
        self._due = inf if limit is None else time.monotonic() + limit

    def _is_over(self) -> bool:
        return time.monotonic() > self._due

    def _disconnect(self) -> None:
        driver, self._driver = self._driver, None
        if driver is not None:
            self._due = inf
            with suppress(sqlite3.Error):  # closing does as much, where no cursor is around
                driver.rollback()
            driver.close()
