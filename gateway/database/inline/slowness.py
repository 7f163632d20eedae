"""Which statements were too slow for the event loop a short while ago."""

from __future__ import annotations

import time
from typing import Final

from gateway.database.rounds import Batch, Read

REMEMBERED: Final = 10.0
"""Seconds for which a statement goes to a thread at once. Then it is tried in the loop again: data and values change."""

MOST: Final = 256
"""Statements that are remembered."""


class SlowStatements:
    """What each of them costs the event loop is one budget in the time that it is remembered for, however often it is asked."""

    def __init__(self) -> None:
        self._until: dict[Read, float] = {}

    def among(self, batch: Batch) -> bool:
        """Whether one of them is in a round."""
        until = self._until
        if not until:
            return False
        found = False
        for read, _ in batch:
            if read in until:
                if time.monotonic() < until[read]:
                    found = True
                else:
                    del until[read]
        return found

    def add(self, batch: Batch, done: int) -> None:
        """Remember the statement that a round came to when so many were done, instead of the oldest where there are too many."""
        read, _ = batch[min(done, len(batch) - 1)]
        self._until.pop(read, None)
        self._until[read] = time.monotonic() + REMEMBERED
        if len(self._until) > MOST:
            del self._until[next(iter(self._until))]
