"""What went over to the store in rounds and exchanges, for tests that count."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from gateway.database import Batch, Cells, Exchanges, Following, Read, Rounds, Snapshot

Fetch = Callable[[Batch], Coroutine[Any, Any, list[list[Cells]]]]


@dataclass
class Trips:
    """The texts of the statements of each round trip, and how many exchanges there were."""

    texts: list[list[str]] = field(default_factory=list)
    exchanges: int = 0

    @property
    def statements(self) -> int:
        """How many statements they were."""
        return sum(len(texts) for texts in self.texts)

    def watch(self, rounds: Rounds, patch: pytest.MonkeyPatch) -> None:
        """Note every round from here on."""
        patch.setattr(rounds, "fetch", self._noting(rounds.fetch))
        begin = rounds.snapshot

        @asynccontextmanager
        async def snapshot() -> AsyncIterator[Snapshot]:
            async with begin() as found:
                yield _Watched(self._noting(found.fetch))

        patch.setattr(rounds, "snapshot", snapshot)

    def watch_exchanges(self, exchanges: Exchanges, patch: pytest.MonkeyPatch) -> None:
        """Count every exchange from here on."""
        exchange = exchanges.exchange

        async def counted(read: Read, following: Following) -> None:
            self.exchanges += 1
            await exchange(read, following)

        patch.setattr(exchanges, "exchange", counted)

    def reset(self) -> None:
        """Count anew."""
        self.texts.clear()
        self.exchanges = 0

    def _noting(self, fetch: Fetch) -> Fetch:
        async def noted(batch: Batch) -> list[list[Cells]]:
            self.texts.append([read.text for read, _ in batch])
            return await fetch(batch)

        return noted


class _Watched:
    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch

    async def fetch(self, batch: Batch) -> list[list[Cells]]:
        return await self._fetch(batch)
