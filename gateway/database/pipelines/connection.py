"""One connection: a round is written at once, and its results are taken as they come, without a task of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from math import inf
from typing import Final

import psycopg
from psycopg.adapt import AdaptersMap
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus
from psycopg.pq import abc as pq

from gateway.database.failures import DatabaseUnavailable
from gateway.database.pipelines.faults import ConnectionLost
from gateway.database.pipelines.keeping import Keeper
from gateway.database.pipelines.progress import Party, Round
from gateway.database.pipelines.sending import send
from gateway.database.pipelines.spelling import Asked
from gateway.database.pipelines.statements import Statements
from gateway.database.pipelines.watching import Watch
from gateway.database.rounds import Cells

GRACE: Final = 0.02
"""Seconds that a round which nobody waits for may still take; then the server is asked to stop it."""

STALE: Final = 0.25
"""Seconds: a connection that is lost this soon after it was asked was dead before, its notice being under way."""

HELD: Final = 0.02
"""Seconds that one caller's statement may hold up those that share its round; then they are asked again without it."""

LINGER: Final = 0.005
"""Seconds that the end of a transaction may wait for a round to travel with."""

_LOST: Final = (psycopg.OperationalError, OSError)
"""What libpq says of a lost connection, and the system of a socket that libpq has closed."""
_TUPLES: Final = int(ExecStatus.TUPLES_OK)
_DONE: Final = int(ExecStatus.COMMAND_OK)
_SYNC: Final = int(ExecStatus.PIPELINE_SYNC)
_ERROR: Final = int(ExecStatus.FATAL_ERROR)
_SKIPPED: Final = int(ExecStatus.PIPELINE_ABORTED)


class Connection:
    """A connection in pipeline mode, with one round at a time under way.

    ``patience`` is how many seconds a round may take (the server sends what it has at the sync), None: any time.
    ``expires`` and ``heard``, when the last round was asked that had an answer, are times of the loop's clock.
    """

    def __init__(
        self,
        pgconn: pq.PGconn,
        keeper: Keeper,
        raw_cells: AdaptersMap,
        patience: float | None,
        life: float,
    ) -> None:
        self._pgconn = pgconn
        self._keeper = keeper
        self._patience = inf if patience is None else patience
        self._statements = Statements(raw_cells)
        self._round: Round | None = None
        self._served = False
        self._owed: bytes | None = None  # the end of a transaction that was not sent yet
        self._paying: asyncio.TimerHandle | None = None
        self._unsent = False
        self._due = self._rings = inf
        self._timer: asyncio.TimerHandle | None = None
        self._loop = asyncio.get_running_loop()
        self.heard = self._loop.time()
        self.expires = self.heard + life
        self.closed = False
        self._watch = Watch(self._loop, pgconn.socket, self._ready)

    @property
    def busy(self) -> bool:
        """Whether a round is under way."""
        return self._round is not None

    @property
    def clean(self) -> bool:
        """Whether the next round may be sent, and will start outside of a transaction."""
        return (
            self._round is None
            and not self.closed
            and (self._owed is not None or self._pgconn.transaction_status == TransactionStatus.IDLE)
        )

    def fetch(self, asked: Asked, opening: Sequence[bytes] = ()) -> asyncio.Future[list[list[Cells]]]:
        """Send a round: commands without rows, then statements. The future has the rows of each statement.

        It may fail with the store's failures and :class:`StatementFault`. A caller that stops waiting calls :meth:`abandon`.
        """
        if self._round is not None:
            raise RuntimeError("one round at a time")
        waiter: asyncio.Future[list[list[Cells]]] = self._loop.create_future()
        if self.closed:
            waiter.set_exception(ConnectionLost())
            return waiter
        began = self._loop.time()
        self._start(Round((Party(asked, waiter),), began), opening)
        self._await(began + self._patience)
        return waiter

    def share(self, parties: Sequence[Party]) -> None:
        """Send one round for several callers, each of which may be told :class:`Bumped`; the keeper hears of its end.

        A caller that stops waiting calls :meth:`left`.
        """
        for party in parties:
            party.carrier = self
        began = self._loop.time()
        self._start(Round(parties, began, shared=True), ())
        self._await(began + min(HELD, self._patience))

    def left(self) -> None:
        """Somebody who shares does not wait any more."""
        if self._round is not None and self._round.shared and not self._round.waited_for:
            self.abandon()

    def end(self, command: bytes) -> None:
        """End the transaction with the next round, or soon without one. What is under way is abandoned."""
        if self.closed:
            return
        if self._round is None:
            self._owed = command
            if self._paying is None:
                self._paying = self._loop.call_later(LINGER, self._pay)
        else:
            self.abandon()
            self._round.syncs += 1
            self._command(command)

    def abandon(self) -> None:
        """Nobody waits for the round any more: let it end, or stop it; the keeper hears of either."""
        if self._round is not None and not self._round.abandoned:
            self._round.abandoned = True
            self._await(self._loop.time() + GRACE)

    def forget(self, asked: Asked) -> None:
        """Prepare these statements again when they are next sent."""
        for read, _ in asked:
            self._statements.drop(read)

    def close(self, failed: Exception | None = None, *, silent_since: float | None = None) -> None:
        """Close it. Nothing is waited for; a round under way fails."""
        if self.closed:
            return
        self.closed = True
        for timer in (self._timer, self._paying):
            if timer is not None:
                timer.cancel()
        self._watch.close()
        self._pgconn.finish()
        lost, self._round = self._round, None
        if lost is not None:
            lost.lose(failed or ConnectionLost())
        self._keeper.ended(self, silent_since)

    # --- sending -------------------------------------------------------------------------------------------------

    def _start(self, round_: Round, opening: Sequence[bytes]) -> None:
        self._round = round_
        if self._owed is not None:
            opening, self._owed = (self._owed, *opening), None
        try:
            send(self._pgconn, self._statements, round_, opening)
            self._sync()
        except _LOST:
            self._lose()

    def _pay(self) -> None:
        self._paying = None
        if self._owed is None:
            return
        if not self._keeper.withdraw(self):
            self._paying = self._loop.call_later(LINGER, self._pay)
        else:
            command, self._owed = self._owed, None
            self._round = Round((), self._loop.time())
            self._await(self._round.began + self._patience)
            self._command(command)

    def _command(self, command: bytes) -> None:
        try:
            self._pgconn.send_query_params(command, None)
            self._sync()
        except _LOST:
            self._lose()

    def _sync(self) -> None:
        self._pgconn.pipeline_sync()
        if self._pgconn.flush():  # the socket is full: results are read meanwhile, or both sides would wait
            self._watch.want_to_write(True)
            self._unsent = True

    # --- receiving -----------------------------------------------------------------------------------------------

    def _ready(self) -> None:
        alive = True
        try:
            self._pgconn.consume_input()
            if self._unsent and not self._pgconn.flush():
                self._unsent = False
                self._watch.want_to_write(False)
        except _LOST:
            alive = False  # the last words may have been read
        if self._round is not None:
            self._collect(self._round)
        elif alive:
            self._pgconn.is_busy()  # takes notices
        if not alive:
            self._lose()

    def _collect(self, under_way: Round) -> None:
        pgconn = self._pgconn
        between = False  # after a command's results there is a None
        while not pgconn.is_busy():
            result = pgconn.get_result()
            if result is None:
                if between:
                    break
                between = True
                continue
            between = False
            status = result.status
            if status == _TUPLES:
                under_way.load(result)
            elif status == _SYNC:
                under_way.syncs -= 1
                if not under_way.syncs:
                    self._finish(under_way)
                    return
            elif not self._understood(under_way, result, status):
                self._lose()
                return

    def _understood(self, under_way: Round, result: pq.PGresult, status: int) -> bool:
        if status != _ERROR:
            return status in (_DONE, _SKIPPED)
        if self._pgconn.status != ConnStatus.OK:
            return False  # libpq's own words
        for read in under_way.blame(result):
            self._statements.drop(read)
        return True

    def _finish(self, under_way: Round) -> None:
        self._round = None
        self.heard = under_way.began
        self._served = self._served or under_way.heard or under_way.fault is not None
        under_way.finish()
        if under_way.shared or under_way.abandoned:
            self._keeper.settled(self)

    # --- failing -------------------------------------------------------------------------------------------------

    def _lose(self) -> None:
        lost = self._round
        if lost is None:
            self.close()
            return
        stale = self._served and not lost.heard and self._loop.time() - lost.began <= STALE
        blamed = None if stale else lost.fault
        self.close(blamed if isinstance(blamed, DatabaseUnavailable) else ConnectionLost(stale=stale))

    def _await(self, due: float) -> None:
        # One timer serves many rounds: it looks again when the one is due that is then under way.
        self._due = due
        if due < self._rings:
            if self._timer is not None:
                self._timer.cancel()
            self._rings = due
            self._timer = self._loop.call_at(due, self._look)

    def _look(self) -> None:
        self._timer, self._rings = None, inf
        late = self._round
        if late is None:
            return
        now = self._loop.time()
        if now < self._due:
            self._await(self._due)
        elif late.shared and not late.abandoned and now < late.began + self._patience:
            self._ready()  # it may be the loop that was held up
            if self._round is late:
                late.bump()
                self._await(min(now + HELD, late.began + self._patience))
                self.left()
        else:
            self._give_up(late)

    def _give_up(self, late: Round) -> None:
        self._keeper.stop(self._pgconn.cancel_conn())
        if late.abandoned:
            self.close()
        else:
            self.close(DatabaseUnavailable("the server did not answer"), silent_since=late.began)
