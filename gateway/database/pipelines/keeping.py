"""What a connection needs of whoever keeps it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from psycopg.pq.abc import PGcancelConn

if TYPE_CHECKING:
    from gateway.database.pipelines.connection import Connection


class Keeper(Protocol):
    """Who keeps connections, and hears of them what no caller of theirs does."""

    def settled(self, connection: Connection) -> None:
        """A round that nobody waited for is over."""

    def ended(self, connection: Connection, silent_since: float | None) -> None:
        """The connection is closed; with a time of the loop's clock: it was asked then, and the server did not answer."""

    def withdraw(self, connection: Connection) -> bool:
        """Let the connection do something of its own, after which it is settled; False where a caller is about to use it."""

    def stop(self, request: PGcancelConn) -> None:
        """Have the server stop what it does for a connection that is being closed."""
