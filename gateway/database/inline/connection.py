"""One connection to an SQLite file: runs a round within a time, on whichever thread calls it."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from gateway.database import sqlite
from gateway.database.failures import DatabaseBusy, DatabaseUnavailable
from gateway.database.rounds import Batch, Cells, Read

STEPS_BETWEEN_LOOKS: Final = 2_000
"""Virtual machine instructions between two looks at the clock: some 20 microseconds, beside which a look is nothing."""

KEPT_STATEMENTS: Final = 512
"""Statements that a connection keeps prepared."""


class TooSlow(Exception):
    """A round did not end in its time, or found the file locked; ``read`` is the statement that it had come to."""

    def __init__(self, read: Read) -> None:
        super().__init__()
        self.read = read


class Connection:
    """Reads a file; used by one thread at a time."""

    def __init__(self, path: Path) -> None:
        self._due = 0.0
        self._stopped = False
        try:
            self._driver = sqlite3.connect(
                path, 0, isolation_level=None, check_same_thread=False, cached_statements=KEPT_STATEMENTS
            )
            self._driver.execute("PRAGMA query_only = ON").close()
        except sqlite3.Error as error:
            raise sqlite.failure(error) or DatabaseUnavailable("cannot connect") from None
        self._driver.set_progress_handler(self._is_due, STEPS_BETWEEN_LOOKS)

    def run(self, batch: Batch, seconds: float, *, alone: bool) -> list[list[Cells]]:
        """Run a round; several statements, or one that is not ``alone``, see the state of a transaction, begun if need be.

        Raises :class:`TooSlow`, and the store's failures.
        """
        self._due = time.monotonic() + seconds
        current: list[Read] = []
        try:
            if (len(batch) > 1 or not alone) and not self._driver.in_transaction:
                self._driver.execute("BEGIN")
            found = [self._rows(read, values, current) for read, values in batch]
        except sqlite3.Error as error:
            raise _meaning(error, current) from None
        finally:
            if alone:
                self.rest()
        return found

    def run_patiently(
        self, batch: Batch, seconds: float, patience: float, *, alone: bool
    ) -> list[list[Cells]]:
        """The same, waiting so many seconds for locks: for a thread of its own."""
        self._driver.execute(f"PRAGMA busy_timeout = {round(patience * 1000)}").close()
        try:
            return self.run(batch, seconds, alone=alone)
        finally:
            self._driver.execute("PRAGMA busy_timeout = 0").close()

    def stop(self) -> None:
        """Interrupt what runs or is about to; from any thread."""
        self._stopped = True

    def renew(self) -> bool:
        """Make it fit for the next one; False where that cannot be done."""
        self._stopped = False
        return self.rest()

    def rest(self) -> bool:
        """End the transaction, if there is one; False where the connection is not fit for use any more."""
        if self._driver.in_transaction:
            self._due = float("inf")
            try:
                self._driver.execute("ROLLBACK")
            except sqlite3.Error:
                return False
        return True

    def close(self) -> None:
        """Close it."""
        self._driver.close()

    def _rows(self, read: Read, values: Sequence[Any], current: list[Read]) -> list[Cells]:
        current[:] = (read,)
        given = [
            value if encode is None else encode(value)
            for encode, value in zip(read.encoders, values, strict=True)
        ]
        return self._driver.execute(read.text, given).fetchall()

    def _is_due(self) -> bool:
        return self._stopped or time.monotonic() > self._due


def _meaning(error: sqlite3.Error, current: Sequence[Read]) -> Exception:
    failure = sqlite.failure(error)
    if isinstance(failure, DatabaseBusy) and current:
        return TooSlow(current[0])
    return failure or error
