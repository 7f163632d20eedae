"""Loaders of one request: each waits a moment, then reads for all keys that were asked for in it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import Any, TypeVar

from aiodataloader import DataLoader

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class RequestLoader(DataLoader[K, V]):
    """A loader whose answers several fields wait for: one that is given up takes nothing away from the others.

    A required field that fails makes those beside it needless, and they are cancelled; what they wait for may be awaited
    elsewhere too.
    """

    def __init__(self, batch: Callable[[list[K]], Awaitable[Sequence[V]]]) -> None:
        self._batch = batch
        self._answers: dict[Any, asyncio.Future[V]] = {}
        self._running: set[asyncio.Task[Any]] = set()
        self._over = False
        super().__init__(self._read, cache_map=self._answers)

    def load(self, key: K) -> asyncio.Future[V]:
        """The value of a key."""
        answer = super().load(key)
        return answer if answer.done() else asyncio.shield(answer)

    @property
    def pending(self) -> list[asyncio.Future[V]]:
        """What is being read."""
        return [answer for answer in self._answers.values() if not answer.done()]

    def abandon(self) -> set[asyncio.Task[Any]]:
        """Cancel what is being read and start nothing more; return what is ending."""
        self._over = True
        for task in self._running:
            task.cancel()
        return set(self._running)

    async def _read(self, keys: list[K]) -> list[V]:
        task = asyncio.current_task()
        assert task is not None, "batches run in tasks of their own"
        if self._over:
            raise asyncio.CancelledError
        self._running.add(task)
        try:
            return list(await self._batch(keys))
        finally:
            self._running.discard(task)
