"""How far a round has come."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable
from itertools import islice
from typing import TYPE_CHECKING

from psycopg.pq import DiagnosticField
from psycopg.pq.abc import PGresult

from gateway.database.failures import StatementFault
from gateway.database.pipelines.faults import Bumped
from gateway.database.pipelines.spelling import DOES_NOT_FIT, Asked
from gateway.database.pipelines.statements import Prepared
from gateway.database.postgresql import failure_of
from gateway.database.rounds import Cells, Read

if TYPE_CHECKING:
    from gateway.database.pipelines.connection import Connection


class Party:
    """The statements of one caller, and the rows that have come. ``carrier`` is the connection that it shares with others."""

    __slots__ = ("asked", "carrier", "rows", "waiter")

    def __init__(self, asked: Asked, waiter: asyncio.Future[list[list[Cells]]]) -> None:
        self.asked = asked
        self.waiter = waiter
        self.rows: list[list[Cells]] = []
        self.carrier: Connection | None = None

    def succeed(self) -> None:
        """Give the caller its rows, if it still waits."""
        if not self.waiter.done():
            self.waiter.set_result(self.rows)

    def fail(self, fault: Exception) -> None:
        """Tell the caller why it gets none."""
        if not self.waiter.done():
            self.waiter.set_exception(fault)


class Round:
    """What was sent up to a sync and is not answered yet, of one caller or of several parties.

    Each is told as soon as its own rows are there, the last when the connection is free again. ``parties`` are those whose
    rows are not all there; ``abandoned``, nobody waits. ``shared``: it is the connection that tells its keeper of the end.
    """

    __slots__ = ("abandoned", "began", "fault", "fresh", "heard", "parties", "shared", "statements", "syncs")

    def __init__(self, parties: Iterable[Party], began: float, *, shared: bool = False) -> None:
        self.parties = deque(parties)
        self.began = began
        self.shared = shared
        self.abandoned = not self.parties
        self.statements: deque[Prepared] = deque()
        self.fresh: list[Read] = []  # what it prepares
        self.syncs = 1
        self.heard = False
        self.fault: Exception | None = None

    @property
    def waited_for(self) -> bool:
        """Whether anybody still waits."""
        return not self.abandoned and not all(party.waiter.done() for party in self.parties)

    def load(self, result: PGresult) -> None:
        """Take the rows of the next statement, if its caller waits for them."""
        self.heard = True
        prepared, party = self.statements.popleft(), self.parties[0]
        last = len(self.parties) == 1
        rows: list[Cells] = []
        if self.fault is None and not party.waiter.done():
            try:
                rows = prepared.rows(result)
            except Exception:  # noqa: BLE001  whatever a loader raises, with the value in its words
                fault = StatementFault(DOES_NOT_FIT)
                if last:
                    self.fault = fault
                else:
                    party.fail(fault)
        party.rows.append(rows)
        if not last and len(party.rows) == len(party.asked):
            self.parties.popleft().succeed()

    def blame(self, result: PGresult) -> list[Read]:
        """Take an error, of which the first one counts; give the statements that may not have been prepared for it."""
        if self.fault is None:
            sqlstate = (result.error_field(DiagnosticField.SQLSTATE) or b"").decode()
            self.fault = failure_of(sqlstate) or StatementFault(sqlstate)
        doubtful, self.fresh = self.fresh, []
        return doubtful

    def bump(self, *, lost: bool = False) -> None:
        """Have all but the first, whose statements run, asked again: something else stands in their way."""
        for party in islice(self.parties, 1, None):
            party.fail(Bumped(lost=lost))

    def finish(self) -> None:
        """Tell whoever was not told yet: the last one, or the one with the error, and those behind it."""
        for party in islice(self.parties, 1):
            if self.fault is None:
                party.succeed()
            else:
                party.fail(self.fault)
        self.bump()

    def lose(self, failure: Exception) -> None:
        """The connection has ended."""
        self.bump(lost=True)
        for party in islice(self.parties, 1):
            party.fail(failure)
