"""What a round can fail at besides the store's own failures."""

from __future__ import annotations

from gateway.database.failures import DatabaseUnavailable


class ConnectionLost(DatabaseUnavailable):
    """The connection ended under a round. ``stale``: it seems to have been dead before it was asked, so ask another one."""

    def __init__(self, *, stale: bool = False) -> None:
        super().__init__("the connection was lost")
        self.stale = stale
