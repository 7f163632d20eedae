"""Putting a round into libpq's buffer."""

from __future__ import annotations

from collections.abc import Sequence

from psycopg.pq import abc as pq

from gateway.database.pipelines.progress import Round
from gateway.database.pipelines.statements import Statements


def send(pgconn: pq.PGconn, statements: Statements, under_way: Round, opening: Sequence[bytes]) -> None:
    """Commands without rows, then the statements of all parties; what is not prepared yet is prepared on the way."""
    turn = statements.turn()
    if statements.closing:  # they come first, so that no error keeps the server from them
        _send_closing(pgconn, statements)
    for command in opening:
        pgconn.send_query_params(command, None)
    last = under_way.parties[-1]
    for party in under_way.parties:
        for read, values in party.asked:
            prepared = statements.known(read)
            if prepared is None:
                prepared = statements.add(read)
                under_way.fresh.append(read)
                pgconn.send_prepare(prepared.name, read.text.encode())
            prepared.turn = turn
            under_way.statements.append(prepared)
            pgconn.send_query_prepared(prepared.name, values)
        if party is not last:  # or the server would keep its rows until those of all are there
            pgconn.send_flush_request()


def _send_closing(pgconn: pq.PGconn, statements: Statements) -> None:
    names, statements.closing = statements.closing, []
    for name in names:
        pgconn.send_close_prepared(name)
