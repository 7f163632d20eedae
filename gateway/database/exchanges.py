"""Exchanges: a row is read and locked, and what follows from it is written, past SQLAlchemy's execution."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from sqlalchemy.sql.elements import DQLDMLClauseElement

from gateway.database.rounds import Batch, Cells, Read

Following = Callable[[Cells], Batch]
"""From the row that was read to the statements that write, none of which gives rows. It is quick, and may run in a thread."""


class Exchanges(Protocol):
    """Short transactions of statements that are known beforehand. A store has one of them under way in a process.

    Raises :class:`DatabaseBusy`, :class:`StatementFault` and :class:`DatabaseUnavailable`; nothing is written then, but where
    the store was lost under the commit, of which nobody knows.
    """

    def compile(self, statement: DQLDMLClauseElement) -> Read:
        """The statement for this store; the names are those of its bind parameters."""
        ...

    async def exchange(self, read: Read, following: Following) -> None:
        """Read the one row of ``read``, which has to lock it, write what follows, and return when the store has it."""
        ...

    def turn(self) -> AbstractAsyncContextManager[object]:
        """For whoever writes otherwise: keeps exchanges out where the store has one writer."""
        ...

    async def close(self) -> None:
        """Close the connections."""
        ...
