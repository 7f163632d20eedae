"""One connection to the file, used by one thread at a time."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence
from math import inf
from pathlib import Path
from typing import Any, Final

from gateway.database import sqlite
from gateway.database.failures import DatabaseBusy, DatabaseUnavailable, StatementFault, Timeouts
from gateway.database.rounds import Cells

Asked = Sequence[tuple[str, Sequence[Any]]]
"""Statements with the values of their parameters as the driver takes them."""

Found = list[list[Cells]]
"""The rows of the first statements: a run adds those of the others."""

BUDGET: Final = 0.001
"""Seconds that a round may hold up the event loop. It has them twice, since others may have had them the first time: the
system that ran another process or a container at its limit, the collector of garbage."""

STEPS_IN_LOOP: Final = 5_000
"""Virtual machine instructions between two looks at the clock: 25 µs at least, of which a look takes a hundredth."""

STEPS_IN_THREAD: Final = 50_000
"""The same in a thread, which may have to wait for the interpreter's lock before it can look: a millisecond or more."""

STATEMENTS: Final = 256
"""Statements that a connection keeps prepared, of a few kB each."""


class Connection:
    """Opened by the first run, and again after a failure; it can neither write nor make a file that is missing.

    Several statements see the state of one transaction; with ``keep`` it stays open, and later runs see that state, too.
    Runs raise the store's failures and :class:`StatementFault`.
    """

    def __init__(self, path: Path) -> None:
        self._address = f"{path.absolute().as_uri()}?mode=rw"
        self._driver: sqlite3.Connection | None = None
        self._cursor: sqlite3.Cursor | None = None
        self._due = inf
        self._spare = 0.0
        self._stopped = False
        self._closed = False

    def run_quickly(self, asked: Asked, found: Found, *, keep: bool = False) -> bool:
        """Run within the budget. False where that did not suffice, or the file was locked; what was found is right.

        A run that continues it sees the same state if the transaction was to be kept.
        """
        try:
            cursor = self._cursor or self._opened(0)
            self._due, self._spare = time.monotonic() + BUDGET, BUDGET
            self._run(cursor, asked, found, None, keep=keep)
        except BaseException as error:  # noqa: BLE001  it is raised, or what it means
            meaning = self._meaning(error)
            self._clear(keep=keep)
            if isinstance(meaning, DatabaseBusy):
                return False
            raise meaning from None
        return True

    def run_patiently(self, asked: Asked, found: Found, limits: Timeouts, *, keep: bool = False) -> None:
        """Run in a thread, within the limits of statements and locks, until someone calls :meth:`stop`."""
        try:
            cursor = self._cursor or self._opened(limits.wait)
            self._adjust(limits.wait, STEPS_IN_THREAD)
            self._spare = 0.0
            self._run(cursor, asked, found, limits.statement or inf, keep=keep)
        except BaseException as error:  # noqa: BLE001  it is raised, or what it means
            meaning = self._meaning(error)
            self._clear(keep=keep)
            raise meaning from None
        finally:
            self._adjust(0, STEPS_IN_LOOP)

    def stop(self) -> None:
        """End the run that is under way in a thread, or about to be."""
        self._stopped = True

    def settle(self) -> None:
        """End the transaction; what was stopped may go on."""
        self._stopped = False
        self._clear(keep=False)

    def close(self) -> None:
        """Close it for good."""
        self._closed = True
        self._disconnect()

    def _run(
        self, cursor: sqlite3.Cursor, asked: Asked, found: Found, limit: float | None, *, keep: bool
    ) -> None:
        execute = cursor.execute
        together = keep or len(asked) > 1
        if together and not cursor.connection.in_transaction:
            execute("BEGIN")
        for text, values in asked[len(found) :]:
            if limit is not None:  # each has its own time
                self._due = time.monotonic() + limit
            found.append(execute(text, values).fetchall())
        if together and not keep:
            execute("COMMIT")

    def _opened(self, wait: float) -> sqlite3.Cursor:
        if self._closed:
            raise DatabaseUnavailable("the store was closed")
        try:
            self._driver = driver = sqlite3.connect(
                self._address,
                wait,
                isolation_level=None,  # Python's driver is to leave BEGIN to us
                check_same_thread=False,
                cached_statements=STATEMENTS,
                uri=True,
            )
            driver.execute("PRAGMA query_only = ON").close()
            driver.execute(
                "SELECT count(*) FROM sqlite_master"
            ).close()  # reads the schema, on no statement's time
        except sqlite3.Error as error:
            self._disconnect()
            raise sqlite.failure(error) or DatabaseUnavailable("cannot open the file") from None
        driver.set_progress_handler(self._is_over, STEPS_IN_LOOP)
        self._cursor = driver.cursor()
        return self._cursor

    def _is_over(self) -> bool:
        now = time.monotonic()
        if self._spare and now > self._due:
            self._due, self._spare = now + self._spare, 0.0
        return self._stopped or now > self._due

    def _meaning(self, error: BaseException) -> BaseException:
        if not isinstance(error, Exception) or isinstance(error, DatabaseBusy | DatabaseUnavailable):
            return error
        failure = sqlite.failure(error)
        if isinstance(failure, DatabaseUnavailable):
            self._disconnect()
        return failure or StatementFault(getattr(error, "sqlite_errorname", type(error).__name__))

    def _clear(self, *, keep: bool) -> None:
        """Leave no statement half-way, since it holds on to a state of the file, as a transaction does."""
        if self._driver is None or self._cursor is None:
            return
        try:
            self._cursor.close()
            self._cursor = self._driver.cursor()
            if not keep:
                self._driver.rollback()
        except sqlite3.Error:
            self._disconnect()

    def _adjust(self, wait: float, steps: int) -> None:
        if self._driver is not None:
            self._driver.set_progress_handler(self._is_over, steps)
            self._driver.execute(f"PRAGMA busy_timeout = {round(wait * 1000)}").close()

    def _disconnect(self) -> None:
        driver, self._driver, self._cursor = self._driver, None, None
        if driver is not None:
            driver.close()
