"""PostgreSQL, directly or through a pooler in session mode: connections have settings and prepared statements."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING, Any, Final

import asyncpg
from sqlalchemy import event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from gateway.database.failures import DatabaseBusy, DatabaseUnavailable, Timeouts, WriteConflict

if TYPE_CHECKING:
    AsyncpgConnection = asyncpg.Connection[asyncpg.Record]
else:
    AsyncpgConnection = asyncpg.Connection

ANSWER_MARGIN: Final = 0.5
"""Seconds that the server has after the statement timeout to say that it was reached; then it counts as gone."""

FAREWELL: Final = 0.2
"""Seconds for closing a connection politely."""

IDLE_TRANSACTION: Final = 30
"""Seconds after which an idle transaction ends, so that its locks do not outlive a stuck client."""

CONNECTION_LIFE: Final = 600
"""Seconds after which a connection is replaced, so that a switch-over by name is followed."""

SILENCE: Final = {"TCP_KEEPIDLE": 15, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 3, "TCP_USER_TIMEOUT": 15_000}
"""A peer that has not been heard of for 30 s is dead; so is one that has not taken what was sent 15 s ago."""


def open_engine(url: str, pool_size: int, limits: Timeouts, *, read_only: bool) -> AsyncEngine:
    """An engine on a libpq URL; readers work without transactions, on connections that refuse to write."""
    reading: dict[str, Any] = {"isolation_level": "AUTOCOMMIT", "skip_autocommit_rollback": True}
    engine = create_async_engine(
        "postgresql+asyncpg://",  # asyncpg reads the URL itself, as libpq would
        connect_args={
            "dsn": url,
            "connection_class": _KeptAlive,
            "timeout": limits.connect,
            "command_timeout": limits.statement and limits.statement + ANSWER_MARGIN,
            "server_settings": _server_settings(limits, read_only=read_only),
        },
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=limits.wait,
        pool_recycle=CONNECTION_LIFE,
        pool_use_lifo=True,
        hide_parameters=True,
        **(reading if read_only else {}),
    )
    event.listen(engine.sync_engine, "checkout", _refuse_closed)
    return engine


def failure(error: BaseException) -> Exception | None:
    """What an error means for the caller; None where the statement is to blame."""
    return failure_of(getattr(error, "sqlstate", None) or "")


def failure_of(sqlstate: str) -> Exception | None:
    """The same, of what the server calls an error."""
    if sqlstate in ("40001", "40P01"):
        return WriteConflict("deadlock or serialization failure")
    if sqlstate == "55P03":
        return DatabaseBusy("a lock was not free in time")
    if sqlstate == "57014":
        return DatabaseBusy("statement timeout")
    if sqlstate[:2] in ("08", "53", "57", "58"):  # connection, resources, operator's intervention, system
        return DatabaseUnavailable(f"the server cannot work: {sqlstate}")
    return None


def _server_settings(limits: Timeouts, *, read_only: bool) -> dict[str, str]:
    return {
        "application_name": "vssid",
        "timezone": "UTC",
        "jit": "off",
        "default_transaction_isolation": "read committed",
        "default_transaction_read_only": "on" if read_only else "off",
        "statement_timeout": str(round((limits.statement or 0) * 1000)),
        "idle_in_transaction_session_timeout": str(IDLE_TRANSACTION * 1000),
        "tcp_keepalives_idle": str(SILENCE["TCP_KEEPIDLE"]),
        "tcp_keepalives_interval": str(SILENCE["TCP_KEEPINTVL"]),
        "tcp_keepalives_count": str(SILENCE["TCP_KEEPCNT"]),
    }


class _KeptAlive(AsyncpgConnection):
    """A connection that notices a dead peer, and does not wait for one when it is given up."""

    def __init__(self, protocol: Any, transport: asyncio.Transport, *rest: Any) -> None:
        super().__init__(protocol, transport, *rest)
        _keep_alive(transport.get_extra_info("socket"))

    async def close(self, *, timeout: float | None = None) -> None:  # noqa: ASYNC109  the driver's signature
        await super().close(timeout=FAREWELL if timeout is None else min(timeout, FAREWELL))


def _keep_alive(peer: socket.socket) -> None:
    if peer.family not in (socket.AF_INET, socket.AF_INET6):
        return
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in SILENCE.items():
        if hasattr(socket, option):  # not every system has all of them
            peer.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)


def _refuse_closed(connection: Any, _record: object, _proxy: object) -> None:
    # What a ping would tell, without its round trip: the driver has heard already if the server hung up.
    if connection.driver_connection.is_closed():
        raise DisconnectionError("closed by the server")
