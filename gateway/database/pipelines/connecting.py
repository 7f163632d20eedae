"""Connecting and cancelling without blocking the event loop: names are looked up in a thread, sockets are waited for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, Protocol

import psycopg
from psycopg.conninfo import conninfo_attempts_async, conninfo_to_dict, make_conninfo
from psycopg.pq import ConnStatus, PGconn, PollingStatus
from psycopg.pq import abc as pq

from gateway.database.failures import DatabaseUnavailable, Timeouts
from gateway.database.postgresql import IDLE_TRANSACTION, SILENCE

CANCEL_WITHIN: Final = 2.0
"""Seconds that a cancel request may take: after the statement timeout it is needless anyway."""

Address = dict[str, str | int]
"""Parameters of libpq: those of the URL, and those which every connection has."""


class _Polled(Protocol):
    """A connection being made: libpq says what it waits for, and on which socket."""

    @property
    def socket(self) -> int: ...


def address(url: str) -> Address:
    """What a URL says, as libpq reads it; :class:`ValueError`, which does not repeat it, where libpq cannot."""
    try:
        said = conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        raise ValueError("libpq cannot read the database URL") from None
    silence: Address = {
        "keepalives_idle": SILENCE["TCP_KEEPIDLE"],
        "keepalives_interval": SILENCE["TCP_KEEPINTVL"],
        "keepalives_count": SILENCE["TCP_KEEPCNT"],
        "tcp_user_timeout": SILENCE["TCP_USER_TIMEOUT"],
    }
    told: Address = {name: value for name, value in said.items() if isinstance(value, str | int)}
    return silence | told | {"application_name": "vssid", "client_encoding": "UTF8"}


def session(limits: Timeouts, *, read_only: bool) -> tuple[bytes, ...]:
    """What every session is told before its first statement; a pooler could drop it from the options of connecting."""
    # All statements of a pipeline up to its sync are one transaction: so those that read see one snapshot. Whoever locks
    # has to see what the one has written who had the lock before.
    isolation = "repeatable read" if read_only else "read committed"
    settings = {
        "timezone": "UTC",
        "datestyle": "ISO",
        "jit": "off",
        "default_transaction_isolation": isolation,
        "default_transaction_read_only": "on" if read_only else "off",
        "statement_timeout": round((limits.statement or 0) * 1000),
        "idle_in_transaction_session_timeout": IDLE_TRANSACTION * 1000,
        "tcp_keepalives_idle": SILENCE["TCP_KEEPIDLE"],
        "tcp_keepalives_interval": SILENCE["TCP_KEEPINTVL"],
        "tcp_keepalives_count": SILENCE["TCP_KEEPCNT"],
    }
    return tuple(f"SET {name} TO '{value}'".encode() for name, value in settings.items())


async def connected(where: Address, end: float) -> pq.PGconn:
    """A connection in pipeline mode. Every address of every host gets a fair share of the time until ``end`` (loop's clock).

    Raises :class:`DatabaseUnavailable` with libpq's words for the last address.
    """
    loop = asyncio.get_running_loop()
    words = "no answer in time"
    try:
        async with asyncio.timeout_at(end):
            attempts = await conninfo_attempts_async(where)
        for left, attempt in zip(range(len(attempts), 0, -1), attempts, strict=True):
            try:
                async with asyncio.timeout((end - loop.time()) / left):
                    return await _attempt(make_conninfo("", **attempt))
            except psycopg.Error as error:
                words = str(error)
            except TimeoutError:
                words = "no answer in time"
    except (psycopg.Error, OSError, ValueError) as error:  # no such host; a timeout is an OSError
        words = str(error) or words
    raise DatabaseUnavailable(f"cannot connect: {words}")


async def cancel(request: pq.PGcancelConn) -> None:
    """Ask the server to stop what a connection does. Nothing is raised: the statement timeout will, if this does not."""
    try:
        async with asyncio.timeout(CANCEL_WITHIN):
            request.start()
            await _made(request, request.poll)
    except (psycopg.Error, OSError):
        pass
    finally:
        request.finish()


async def _attempt(conninfo: str) -> pq.PGconn:
    connection = PGconn.connect_start(conninfo.encode())
    try:
        if connection.status == ConnStatus.BAD:
            raise psycopg.OperationalError(connection.get_error_message())
        try:
            await _made(connection, connection.connect_poll)
        except psycopg.OperationalError:
            raise psycopg.OperationalError(connection.get_error_message()) from None
        connection.nonblocking = 1
        connection.enter_pipeline_mode()
    except BaseException:
        connection.finish()
        raise
    return connection


async def _made(connection: _Polled, poll: Callable[[], int]) -> None:
    wanted: int = PollingStatus.WRITING
    while wanted != PollingStatus.OK:
        if wanted == PollingStatus.FAILED:
            raise psycopg.OperationalError("refused")
        await _until_ready(connection.socket, writing=wanted == PollingStatus.WRITING)
        wanted = poll()


async def _until_ready(descriptor: int, *, writing: bool) -> None:
    loop = asyncio.get_running_loop()
    ready = loop.create_future()

    def tell() -> None:
        if not ready.done():
            ready.set_result(None)

    if writing:
        loop.add_writer(descriptor, tell)
    else:
        loop.add_reader(descriptor, tell)
    try:
        await ready
    finally:
        if writing:
            loop.remove_writer(descriptor)
        else:
            loop.remove_reader(descriptor)
