"""What a round can fail at besides the store's own failures."""

from __future__ import annotations

from gateway.database.failures import DatabaseUnavailable


class ConnectionLost(DatabaseUnavailable):
    """The connection ended under a round. ``stale``: it seems to have been dead before it was asked, so ask another one."""

    def __init__(self, *, stale: bool = False) -> None:
        super().__init__("the connection was lost")
        self.stale = stale


class Bumped(Exception):
    """What was asked together with others has to be asked by itself: one of them was slow or at fault, or the connection was
    ``lost``.
    """

    def __init__(self, *, lost: bool = False) -> None:
        super().__init__()
        self.lost = lost
