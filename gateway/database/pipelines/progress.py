"""How far a round has come."""

from __future__ import annotations

import asyncio

from psycopg.pq import DiagnosticField
from psycopg.pq.abc import PGresult

from gateway.database.failures import StatementFault
from gateway.database.pipelines.spelling import DOES_NOT_FIT
from gateway.database.pipelines.statements import Prepared
from gateway.database.postgresql import failure_of
from gateway.database.rounds import Cells, Read


class Round:
    """What was sent up to a sync and is not answered yet. ``waiter`` is None where nobody waits."""

    __slots__ = ("began", "fault", "fresh", "rows", "statements", "syncs", "waiter")

    def __init__(self, waiter: asyncio.Future[list[list[Cells]]] | None, began: float) -> None:
        self.waiter = waiter
        self.began = began
        self.statements: list[Prepared] = []
        self.rows: list[list[Cells]] = []
        self.fresh: list[Read] = []  # what it prepares
        self.syncs = 1
        self.fault: Exception | None = None

    def load(self, result: PGresult) -> None:
        """Take the rows of the next statement, if anybody waits for them."""
        if self.waiter is None or self.fault is not None:
            return
        prepared = self.statements[len(self.rows)]
        try:
            self.rows.append(prepared.rows(result))
        except Exception:  # noqa: BLE001  whatever a loader raises, with the value in its words
            self.fault = StatementFault(DOES_NOT_FIT)

    def blame(self, result: PGresult) -> list[Read]:
        """Take an error, of which the first one counts; give the statements that may not have been prepared for it."""
        if self.fault is None:
            sqlstate = (result.error_field(DiagnosticField.SQLSTATE) or b"").decode()
            self.fault = failure_of(sqlstate) or StatementFault(sqlstate)
        doubtful, self.fresh = self.fresh, []
        return doubtful
