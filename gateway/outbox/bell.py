"""Waking whoever waits for messages as soon as one is committed in this process."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from sqlalchemy import event

from gateway.database import Database
from gateway.outbox.posting import POSTED


class Bell:
    """One waits, others ring. A ring while nobody waits is heard by the next who does."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Wake who waits; in the event loop's thread."""
        self._rung.set()

    async def heard(self, seconds: float) -> None:
        """Wait for the bell, and so long at most."""
        if seconds > 0:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._rung.wait(), seconds)
        self._rung.clear()


class Doorbell:
    """Rings when a connection comes back that has written a message. Other processes are not heard; their messages are polled."""

    def __init__(self, database: Database) -> None:
        self._pools = [engine.sync_engine.pool for engine in database.engines]

    @contextmanager
    def ringing(self, bells: Sequence[Bell]) -> Iterator[None]:
        """Ring these, for as long as the block lasts."""
        loop = asyncio.get_running_loop()

        def came_back(_connection: Any, record: Any) -> None:
            if record.info.pop(POSTED, False):
                for bell in bells:
                    loop.call_soon_threadsafe(bell.ring)

        for pool in self._pools:
            event.listen(pool, "checkin", came_back)
        try:
            yield
        finally:
            for pool in self._pools:
                event.remove(pool, "checkin", came_back)
