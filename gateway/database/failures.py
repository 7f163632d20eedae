"""What a store can fail at, whichever it is."""

from __future__ import annotations

from dataclasses import dataclass


class DatabaseBusy(Exception):
    """The store lives but had no time: no connection, a lock, the statement timeout. Nothing was done."""


class WriteConflict(DatabaseBusy):
    """Two transactions met and this one was rolled back; run as a whole once more, it may succeed."""


class DatabaseUnavailable(Exception):
    """The store cannot be reached or cannot work. Whether a commit that failed so was done is not known."""


class StatementFault(Exception):
    """The statement or a value is to blame. It says SQLSTATE or SQLite's name for it: the store's own words may quote values."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Timeouts:
    """Limits in seconds: of a statement (None: no limit), of connecting, of waiting for a connection or lock."""

    statement: float | None
    connect: float
    wait: float
